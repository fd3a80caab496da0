//! What a page of the desk needs of who comes: said where its route is.

use crate::staff::{Reach, Right, Rights};

/// What a page of the desk needs of who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To be signed in, the second factor given or not: for the page that asks for it.
    Session,
    /// To be signed in, and the second factor given if there is one: for the page that sets it up.
    Setup,
    /// An account, whatever it may do.
    Account,
    /// This right.
    Right(Right),
    /// One of these rights.
    AnyOf(&'static [Right]),
    /// The same, and the page keeps to what is the account's to see: it opens to one that is bound to an organisation,
    /// too. Every other page is closed to those, but for the ones that lead in.
    Within(&'static Need),
}

/// Looking after people: for who is bound to an organisation, its own alone.
pub(super) const OWN_PEOPLE: Need = Need::Within(&Need::Right(Right::People));

/// One's own account, and what waits for it.
pub(super) const OWN_ACCOUNT: Need = Need::Within(&Need::Account);

/// Looking at what goes next and at what is in it: who wrote it, who approves it and who answers for it look at the same,
/// and each finds the buttons of their own right there.
pub(super) const SEES_WHAT_GOES: Need = Need::AnyOf(&[Right::Write, Right::Approve, Right::Send]);

/// Taking back what is sent: who wrote it, and who answers for it.
pub(super) const TAKES_BACK: Need = Need::AnyOf(&[Right::Write, Right::Send]);

impl From<Right> for Need {
    fn from(right: Right) -> Need {
        Need::Right(right)
    }
}

impl Need {
    /// Whether somebody with these rights, who sees so far, has it.
    pub(super) fn is_met_by(self, rights: &Rights, reach: &Reach) -> bool {
        match self {
            Need::Session | Need::Setup => true,
            Need::Within(need) => need.is_met_by(rights, &Reach::Everybody),
            _ if reach.is_bound() => false,
            Need::Account => true,
            Need::Right(right) => rights.have(right),
            Need::AnyOf(some) => some.iter().any(|right| rights.have(*right)),
        }
    }

    /// The rights of which one is needed; none: an account is enough.
    pub(super) fn rights(self) -> Option<Vec<Right>> {
        match self {
            Need::Session | Need::Setup | Need::Account => None,
            Need::Right(right) => Some(vec![right]),
            Need::AnyOf(rights) => Some(rights.to_vec()),
            Need::Within(need) => need.rights(),
        }
    }
}
