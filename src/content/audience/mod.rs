//! The audience language: `group:health/leader or (role:decision-maker and kind-of-org:municipality) and not org:nav`; `all`.
//!
//! `and` binds before `or`, `not` before both, brackets before all. The words are written in small
//! letters; blanks and line breaks part them. A term selects what lies under it too; a position
//! (`group:health/leader`) asks one seat for group and position. What was parsed prints back in
//! its one spelling, with no bracket too many: parsing that gives the same expression again.

mod chips;
mod error;
mod expression;
mod parse;
mod print;

pub use chips::{Chip, Chips};
pub use error::{AudienceError, AudienceProblem, MAX_DEPTH};
pub use expression::Audience;

#[cfg(test)]
mod tests;
