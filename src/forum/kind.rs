//! The eight kinds of item: here, not in `content`, because a recipient mutes kinds.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an item is; each looks and behaves as its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the words themselves")]
pub enum Kind {
    Minutes,
    Event,
    Research,
    Article,
    Experience,
    Tip,
    /// Help or contributions are wanted.
    Request,
    /// Funding or another offer with a deadline.
    Call,
}

impl Kind {
    /// All eight.
    pub const ALL: [Kind; 8] = [
        Kind::Minutes,
        Kind::Event,
        Kind::Research,
        Kind::Article,
        Kind::Experience,
        Kind::Tip,
        Kind::Request,
        Kind::Call,
    ];

    /// The word that files, rows and commands use.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Minutes => "minutes",
            Kind::Event => "event",
            Kind::Research => "research",
            Kind::Article => "article",
            Kind::Experience => "experience",
            Kind::Tip => "tip",
            Kind::Request => "request",
            Kind::Call => "call",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            format!("unknown kind \"{text}\"; the kinds are {}", Self::ALL.map(Kind::word).join(", "))
        })
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KindSet(u8);

impl KindSet {
    /// Puts `kind` in.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u8;
    }

    /// Whether `kind` is in.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The kinds in it, in the order of [`Kind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |k| self.contains(*k))
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = KindSet::default();
        kinds.into_iter().for_each(|k| set.insert(k));
        set
    }
}
