//! The audience language: `group:health/leader or (role:decision-maker and kind-of-org:municipality) and not org:nav`; `all`.

use crate::forum::{Position, TermIx};

/// Who the lead sends an item to: a boolean expression over terms. Parsed against the forum's
/// terms, so every term in it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every recipient.
    All,
    /// Who holds the term or one under it.
    Term(TermIx),
    /// Who has a seat of that position in the group or one under it.
    Seat(TermIx, Position),
    /// Who is not.
    Not(Box<Audience>),
    /// Who is all of these; at least two.
    And(Vec<Audience>),
    /// Who is any of these; at least two.
    Or(Vec<Audience>),
}
