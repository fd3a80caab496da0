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
    /// All four.
    pub const ALL: [GroupKind; 4] =
        [GroupKind::Steering, GroupKind::Coordination, GroupKind::Competence, GroupKind::Adhoc];

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
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            let words = Self::ALL.map(GroupKind::word);
            format!("unknown kind of group \"{text}\"; the kinds are {}", words.join(", "))
        })
    }
}
