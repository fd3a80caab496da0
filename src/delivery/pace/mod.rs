//! How fast letters go, and when none may: what keeps us a guest whom mailbox providers like to see.
//!
//! Deciding here is pure: instants, counts and rows come in, answers go out. `round`, `sender` and `pausing` keep
//! the state and write it down. No SQL, no socket and no clock comes in here.

mod domains;
mod first_letters;
mod hours;
mod rates;

pub(crate) use domains::{Domains, Standing, domain_of};
pub(crate) use first_letters::{FIRST_LETTERS, Judgement, POLICY_AT_MOST, is_policy_refusal, judge};
pub use hours::OfficeHours;
pub(crate) use rates::{Rates, Turn};
