//! Whose people an account sees: everybody's, or those of the one organisation that it is bound to.

use std::borrow::Cow;

use super::{Right, Rights};
use crate::forum::{Facet, Forum, Standing, TermIx};

/// Whose people an account sees at the desk.
///
/// An account that is bound to an organisation looks after the people who work there and the places that represent it, and
/// does nothing else. It is their employer's, too: what they chose, their roles, and the places that they have for somebody
/// else may tell who is with a union, so it sees none of that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everybody's.
    Everybody,
    /// Those of the organisation of that slug alone.
    Organisation(String),
}

impl Reach {
    /// That of an account bound to the organisation of that slug; none: to none.
    pub fn of(organisation: Option<String>) -> Reach {
        organisation.map_or(Reach::Everybody, Reach::Organisation)
    }

    /// The slug of the organisation that the account is bound to.
    pub fn organisation(&self) -> Option<&str> {
        match self {
            Reach::Everybody => None,
            Reach::Organisation(own) => Some(own),
        }
    }

    /// Whether the account is bound to an organisation.
    pub fn is_bound(&self) -> bool {
        self.organisation().is_some()
    }

    /// What is left of an account's rights: every right but to look after people reaches beyond an organisation.
    pub fn leave(&self, rights: &Rights) -> Rights {
        rights.iter().filter(|right| !self.is_bound() || *right == Right::People).collect()
    }

    /// Whether an account may have these rights, and write for these groups: one that is bound looks after people, has no
    /// other right, and writes for none.
    pub fn goes_with(&self, rights: &Rights, groups: &[String]) -> bool {
        !self.is_bound() || (rights.iter().eq([Right::People]) && groups.is_empty())
    }

    /// Whether the organisation of that slug is theirs, and with it its page and the places that represent it.
    pub fn has_organisation(&self, slug: &str) -> bool {
        self.organisation().is_none_or(|own| own == slug)
    }

    /// Whether somebody is theirs who works at the organisation of that slug; none: it is not known where.
    pub fn has_worker_of(&self, organisation: Option<&str>) -> bool {
        self.organisation().is_none_or(|own| organisation == Some(own))
    }

    /// Whether a person is theirs.
    pub fn has(&self, forum: &Forum, person: &Standing) -> bool {
        let slug_of = |ix: &TermIx| {
            let term = forum.terms.term(*ix);
            (term.facet == Facet::Org).then_some(term.slug.as_str())
        };
        self.has_worker_of(person.workplace.iter().find_map(slug_of))
    }

    /// What of a person the account knows: all of it; if it is bound, where they work, whether letters reach them, and the
    /// places that they have for that organisation. That they have others, or are here without any, is left out.
    pub fn known_of<'a>(&self, forum: &Forum, person: &'a Standing) -> Cow<'a, Standing> {
        let Some(own) = self.organisation() else { return Cow::Borrowed(person) };
        let is_own = |ix: TermIx| forum.terms.term(ix).slug == own;
        Cow::Owned(Standing {
            status: person.status,
            roles: Vec::new(),
            workplace: person.workplace.clone(),
            seats: person.seats.iter().filter(|seat| is_own(seat.represents)).cloned().collect(),
            admitted: false,
            follows: Vec::new(),
            mutes: Vec::new(),
            muted_kinds: Default::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> Reach {
        Reach::of(Some("vik".to_owned()))
    }

    #[test]
    fn a_bound_account_has_its_own_organisation_alone() {
        assert!(bound().has_organisation("vik") && bound().has_worker_of(Some("vik")));
        assert!(!bound().has_organisation("nav") && !bound().has_worker_of(Some("nav")));
        assert!(!bound().has_worker_of(None), "it is not known that they work there");
        let free = Reach::of(None);
        assert!(free.has_organisation("nav") && free.has_worker_of(Some("nav")) && free.has_worker_of(None));
    }

    #[test]
    fn a_bound_account_looks_after_people_and_has_no_other_right() {
        let all: Rights = Right::ALL.into_iter().collect();
        let people: Rights = [Right::People].into_iter().collect();
        assert_eq!(bound().leave(&all), people);
        assert_eq!(Reach::Everybody.leave(&all), all);
        let groups = ["health".to_owned()];
        assert!(bound().goes_with(&people, &[]) && Reach::Everybody.goes_with(&all, &groups));
        assert!(!bound().goes_with(&all, &[]) && !bound().goes_with(&Rights::default(), &[]));
        assert!(
            !bound().goes_with(&people, &groups),
            "who writes for a group reaches beyond the organisation"
        );
    }
}
