//! Final failures: what kind they are, and what follows for the recipient. The one place for both the relay's own
//! refusals and the bounces that `feedback` reads.

mod absence;
mod capacity;
mod classify;
mod clauses;
mod conditions;
mod consequences;
mod flat;
mod missing;
mod ours;
mod phrases;
mod whereabouts;

pub use classify::{best_status, classify_failure, says_kind};
pub use clauses::{classify_reply, classify_told, tells_kind, tells_of_address};
pub use consequences::{Failure, TRIED_FOR_DAYS, hold_against, is_soft_row_full};
pub use flat::{flatten_words, says_any};
pub use phrases::answers_mail;

/// What kind of final failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The address does not exist: 5.1.1, 5.1.3, 5.1.6, 5.1.10 (RFC 3463), or words that say so.
    Hard,
    /// It failed for another reason: mailbox full, host unreachable, too large.
    Soft,
    /// The receiving side does not want this mail from us (5.7.x): never held against the recipient.
    Policy,
}

impl Refusal {
    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::Hard => "hard",
            Refusal::Soft => "soft",
            Refusal::Policy => "policy",
        }
    }
}
