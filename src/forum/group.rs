//! What kind of group a group is. Groups themselves are terms of the facet `group:`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The four kinds of group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the words themselves")]
pub enum GroupKind {
    Steering,
    Coordination,
    Competence,
    Adhoc,
}

impl GroupKind {
    /// All four, with their words.
    pub const ALL: [(GroupKind, &'static str); 4] = [
        (GroupKind::Steering, GroupKind::Steering.word()),
        (GroupKind::Coordination, GroupKind::Coordination.word()),
        (GroupKind::Competence, GroupKind::Competence.word()),
        (GroupKind::Adhoc, GroupKind::Adhoc.word()),
    ];

    /// The word that files and rows use.
    pub const fn word(self) -> &'static str {
        match self {
            GroupKind::Steering => "steering",
            GroupKind::Coordination => "coordination",
            GroupKind::Competence => "competence",
            GroupKind::Adhoc => "adhoc",
        }
    }
}

impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for GroupKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().find(|(_, word)| *word == text).map(|(k, _)| *k).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|(_, word)| *word).collect();
            format!("unknown kind of group \"{text}\"; the kinds are {}", words.join(", "))
        })
    }
}
