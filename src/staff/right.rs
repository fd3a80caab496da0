//! Rights, each apart from the others.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody may do at the desk. None holds another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Write items; who leads groups and may not send, for those groups alone.
    Write,
    /// Approve what another wrote.
    Approve,
    /// Answer for what is sent: release, hold, correct, withdraw, settle letters.
    Send,
    /// See and change people and their places.
    People,
    /// Accounts, settings, the log.
    Administer,
}

impl Right {
    /// All of them.
    pub const ALL: [Right; 5] = [Right::Write, Right::Approve, Right::Send, Right::People, Right::Administer];

    /// Its word in rows and commands.
    pub fn word(self) -> &'static str {
        match self {
            Right::Write => "write",
            Right::Approve => "approve",
            Right::Send => "send",
            Right::People => "people",
            Right::Administer => "administer",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Right {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Right::ALL.into_iter().find(|right| right.word() == text).ok_or_else(|| {
            let words = Right::ALL.map(Right::word).join(", ");
            format!("there is no right \"{text}\"; the rights are {words}")
        })
    }
}

/// What one account may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Rights(BTreeSet<Right>);

impl Rights {
    /// As an account keeps them. A word that is unknown gives no right, and what is no list gives none.
    pub fn read(json: &str) -> Rights {
        let words: Vec<String> = serde_json::from_str(json).unwrap_or_default();
        words.iter().filter_map(|word| word.parse().ok()).collect()
    }

    /// As an account keeps them.
    pub fn to_json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    /// Whether this is among them.
    pub fn have(&self, right: Right) -> bool {
        self.0.contains(&right)
    }

    /// Whether who has these proves themself by a second factor: everybody who may do more than write.
    pub fn need_second_factor(&self) -> bool {
        self.0.iter().any(|right| *right != Right::Write)
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Right> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        Rights(rights.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_as_they_were_written() {
        for right in Right::ALL {
            let rights: Rights = [right].into_iter().collect();
            assert_eq!(Rights::read(&rights.to_json()), rights);
            assert_eq!(right.word().parse(), Ok(right));
        }
    }

    #[test]
    fn what_is_unknown_gives_no_right() {
        for json in ["", "{}", "[1]", r#"["everything"]"#, "send"] {
            assert_eq!(Rights::read(json), Rights::default(), "{json}");
        }
        assert!(Rights::read(r#"["send","everything"]"#).have(Right::Send));
    }
}
