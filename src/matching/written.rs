//! Reasons as rows and JSON keep them.

use serde::{Deserialize, Serialize};

use super::decision::{Match, Reason, ReasonTerm};
use crate::forum::{Term, Terms};

/// A reason as rows and JSON keep it: `{"term": "sector:health", "match": "equal"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenReason {
    /// The item's own term, as audiences write it.
    pub term: String,
    /// How it matched.
    #[serde(rename = "match")]
    pub how: Match,
}

impl Reason {
    /// As rows and JSON keep it.
    pub fn written(&self, terms: &Terms) -> WrittenReason {
        WrittenReason { term: self.term.written(terms), how: self.how }
    }

    /// The reverse; `None` if the forum does not know the term any more.
    pub fn read(written: &WrittenReason, terms: &Terms) -> Option<Reason> {
        let find = |text: &str| terms.find(&text.parse::<Term>().ok()?);
        let term = match written.term.split_once('/') {
            Some((group, position)) => ReasonTerm::Seat(find(group)?, position.parse().ok()?),
            None if written.term == "all" => ReasonTerm::All,
            None => ReasonTerm::Term(find(&written.term)?),
        };
        Some(Reason { term, how: written.how })
    }
}
