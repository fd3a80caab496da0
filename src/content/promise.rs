//! Promises: what minutes say that will be done, by whose place in the group, and by when. Pure.
//!
//! The place owns a promise, not the person: a successor takes it over with the place, and of a vacant place, or of none,
//! it is the group's.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::ids::SeatId;

/// So many promises minutes carry at most.
pub const MOST_PROMISES: usize = 10;

/// Characters of a promise, at most.
pub const LONGEST_PROMISE: usize = 300;

/// So many days before its day a promise comes back in its owner's letters.
pub const TOLD_DAYS_BEFORE: u64 = 14;

/// A promise as minutes say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// What will be done, on one line.
    pub what: String,
    /// The place in the group that owns it; none: the group does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatId>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NaiveDate>,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromiseState {
    /// To be done, and its day is not over.
    Open,
    /// To be done, and its day is over.
    Late,
    /// Done.
    Kept,
    /// It will not be done.
    Dropped,
}

impl PromiseState {
    /// Of a row's word, beside its day. A word that is none counts as open: nobody has settled it.
    pub fn of(word: &str, by: Option<NaiveDate>, today: NaiveDate) -> PromiseState {
        match word {
            "done" => PromiseState::Kept,
            "dropped" => PromiseState::Dropped,
            _ if by.is_some_and(|day| day < today) => PromiseState::Late,
            _ => PromiseState::Open,
        }
    }

    /// Whether it is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, PromiseState::Open | PromiseState::Late)
    }
}

/// Whether a promise that is to be done by that day comes back in its owner's letter of `today`.
pub fn is_near(by: Option<NaiveDate>, today: NaiveDate) -> bool {
    by.is_some_and(|day| day <= today.checked_add_days(Days::new(TOLD_DAYS_BEFORE)).unwrap_or(today))
}

/// Whether two promises say the same: case, blanks and a full stop make no difference.
pub fn are_alike(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ").trim_end_matches('.').to_owned()
    };
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_promise_is_late_the_day_after_its_day_and_what_is_settled_is_never_late() {
        let (by, before) = (Some(day("2027-03-08")), day("2027-03-08"));
        assert_eq!(PromiseState::of("open", by, before), PromiseState::Open);
        assert_eq!(PromiseState::of("open", by, day("2027-03-09")), PromiseState::Late);
        assert_eq!(PromiseState::of("open", None, day("2037-03-09")), PromiseState::Open);
        assert_eq!(PromiseState::of("done", by, day("2027-03-09")), PromiseState::Kept);
        assert_eq!(PromiseState::of("dropped", by, day("2027-03-09")), PromiseState::Dropped);
    }

    #[test]
    fn a_promise_comes_back_from_fourteen_days_before_its_day_until_it_is_settled() {
        let near = |by: &str| is_near(Some(day(by)), day("2027-03-08"));
        assert!(near("2027-03-22") && near("2027-03-08") && near("2026-01-01"));
        assert!(!near("2027-03-23") && !is_near(None, day("2027-03-08")));
    }

    #[test]
    fn case_blanks_and_a_full_stop_make_no_other_promise() {
        assert!(are_alike("Ringe  ti bedrifter.", " ringe ti Bedrifter"));
        assert!(!are_alike("Ringe ti bedrifter", "Ringe elleve bedrifter"));
    }
}
