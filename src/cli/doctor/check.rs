//! One thing that was looked at, how it came out, and the remedy.

use serde::Serialize;

use crate::checkup::Verdict;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// How it came out.
    pub result: Verdict,
    /// What was found.
    pub detail: String,
    /// What to do about it; none if all is well.
    pub remedy: Option<String>,
}

impl Check {
    pub fn ok(name: &'static str, detail: impl Into<String>) -> Check {
        Check { name, result: Verdict::Ok, detail: detail.into(), remedy: None }
    }

    pub fn warning(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { name, result: Verdict::Warning, detail: detail.into(), remedy: Some(remedy.into()) }
    }

    pub fn error(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Check {
        Check { name, result: Verdict::Error, detail: detail.into(), remedy: Some(remedy.into()) }
    }
}
