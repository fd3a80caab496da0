//! How fast letters go, and when none may: what keeps us a guest whom mailbox providers like to see.
//!
//! Deciding here is pure: instants, counts and rows come in, answers go out. `round` and `sender` keep
//! the state and write it down. No SQL, no socket and no clock comes in here.

mod by_hand;
mod domains;
mod first_letters;
mod hours;
mod judging;
mod rates;

pub use by_hand::{cancel_edition, pause_edition, resume_edition};
pub(crate) use domains::{Domains, Standing, domain_of};
pub(crate) use first_letters::POLICY_AT_MOST;
pub use hours::OfficeHours;
pub use judging::EDITION_PAUSED;
pub(crate) use judging::{is_policy_refusal, judge_editions, judge_returned};
pub(crate) use rates::{Rates, Turn};
