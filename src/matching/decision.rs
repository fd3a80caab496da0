//! What the rule answers.

use serde::{Deserialize, Serialize};

use crate::forum::{Position, TermIx, Terms};

/// Why an item is delivered or withheld: the line of the rule that applied first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Line 4: required, and within the audience.
    Required,
    /// Line 6: an audience reason is left.
    Audience,
    /// Line 6: only interest reasons are left.
    Interest,
    /// Line 0: not released, expired or withdrawn.
    NotOpen,
    /// Line 1: the recipient is not active.
    Status,
    /// Line 2: the visibility does not include the recipient.
    NotEntitled,
    /// Line 3: no reason.
    NoMatch,
    /// Lines 5 and 6: muted.
    Muted,
}

impl Because {
    /// All eight.
    pub const ALL: [Because; 8] = [
        Because::Required,
        Because::Audience,
        Because::Interest,
        Because::NotOpen,
        Because::Status,
        Because::NotEntitled,
        Because::NoMatch,
        Because::Muted,
    ];

    /// The word that rows and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Because::Required => "required",
            Because::Audience => "audience",
            Because::Interest => "interest",
            Because::NotOpen => "not_open",
            Because::Status => "status",
            Because::NotEntitled => "not_entitled",
            Because::NoMatch => "no_match",
            Because::Muted => "muted",
        }
    }

    /// The reverse of [`Because::word`].
    pub fn from_word(word: &str) -> Option<Because> {
        Because::ALL.into_iter().find(|because| because.word() == word)
    }

    /// Whether it delivers.
    pub fn delivers(self) -> bool {
        matches!(self, Because::Required | Because::Audience | Because::Interest)
    }
}

/// How a reason's term came to match. Ordered from strongest to weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// A term of the audience that the recipient holds.
    Audience,
    /// A followed term equals the about-term.
    Equal,
    /// The about-term lies under a followed term.
    Under,
    /// The about-term lies above a followed term.
    Above,
}

impl Match {
    /// The word that rows and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            Match::Audience => "audience",
            Match::Equal => "equal",
            Match::Under => "under",
            Match::Above => "above",
        }
    }
}

/// The item's own term that a reason names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasonTerm {
    /// The audience holds without any term that the recipient holds.
    All,
    /// A term.
    Term(TermIx),
    /// A group and position of the audience.
    Seat(TermIx, Position),
}

impl ReasonTerm {
    /// As JSON, rows and commands write it.
    pub fn written(self, terms: &Terms) -> String {
        match self {
            ReasonTerm::All => "all".to_owned(),
            ReasonTerm::Term(ix) => terms.term(ix).to_string(),
            ReasonTerm::Seat(group, position) => format!("{}/{position}", terms.term(group)),
        }
    }
}

/// One reason why an item reaches a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The item's own term.
    pub term: ReasonTerm,
    /// How it matched.
    pub how: Match,
}

/// The answer to "does this recipient get this item?", with every reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The line of the rule that decided.
    pub because: Because,
    /// What is left of the reasons; empty when withheld. Audience reasons in the order of the
    /// expression, then interest reasons in the order of `about`.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// A decision that withholds.
    pub fn withheld(because: Because) -> Decision {
        Decision { because, reasons: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_has_one_word_in_rows_in_json_and_for_people() {
        for how in [Match::Audience, Match::Equal, Match::Under, Match::Above] {
            assert_eq!(serde_json::to_value(how).unwrap(), how.word());
        }
    }
}
