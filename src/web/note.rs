//! A sentence above a page of the desk: what was just done, or why it was not.

use serde::Serialize;

/// How what it says is to be taken; the template marks it by this word.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Good,
    Bad,
    #[serde(rename = "")]
    Neither,
}

/// A sentence and how it is to be taken.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    text: String,
    how: How,
}

impl Note {
    /// It was done.
    pub(super) fn good(text: impl Into<String>) -> Note {
        Note { text: text.into(), how: How::Good }
    }

    /// It was not done, or something is wrong.
    pub(super) fn bad(text: impl Into<String>) -> Note {
        Note { text: text.into(), how: How::Bad }
    }

    /// Something to know.
    pub(super) fn plain(text: impl Into<String>) -> Note {
        Note { text: text.into(), how: How::Neither }
    }
}
