//! One thing that was looked at, as the page says it.

use serde::Serialize;

use crate::checkup::Verdict;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// All well.
    Good,
    /// Better looked at.
    Look,
    /// To be put right.
    Wrong,
    /// Nobody knows yet.
    Unknown,
}

impl From<Verdict> for Mark {
    fn from(verdict: Verdict) -> Mark {
        match verdict {
            Verdict::Ok => Mark::Good,
            Verdict::Warning => Mark::Look,
            Verdict::Error => Mark::Wrong,
        }
    }
}

/// A record for DNS, ready to be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) value: String,
}

/// What was found, and what to do about it.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    pub(super) mark: Mark,
    pub(super) text: String,
    /// What another server said, in its own words; empty if nothing.
    pub(super) said: String,
    /// What to do, step by step.
    pub(super) steps: Vec<String>,
    pub(super) record: Option<Record>,
}

impl Told {
    /// What was found, with nothing to do about it.
    pub(super) fn plain(mark: Mark, text: impl Into<String>) -> Told {
        Told { mark, text: text.into(), said: String::new(), steps: Vec::new(), record: None }
    }

    /// With what to do about it: each line a step.
    pub(super) fn with(self, steps: &str) -> Told {
        Told { steps: steps.lines().map(str::to_owned).collect(), ..self }
    }

    /// With a record to publish.
    pub(super) fn with_record(self, name: impl Into<String>, value: impl Into<String>) -> Told {
        Told { record: Some(Record { name: name.into(), value: value.into() }), ..self }
    }
}
