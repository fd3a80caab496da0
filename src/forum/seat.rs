//! Seats: places in groups that outlive their holders.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::term::TermIx;
use crate::ids::SeatId;

/// What the holder of a seat is in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the variants are the words themselves")]
pub enum Position {
    Leader,
    Member,
    Deputy,
    Secretary,
    Observer,
}

impl Position {
    /// All five.
    pub const ALL: [Position; 5] =
        [Position::Leader, Position::Member, Position::Deputy, Position::Secretary, Position::Observer];

    /// The word as files and audiences write it.
    pub const fn slug(self) -> &'static str {
        match self {
            Position::Leader => "leader",
            Position::Member => "member",
            Position::Deputy => "deputy",
            Position::Secretary => "secretary",
            Position::Observer => "observer",
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|position| position.slug() == wanted).ok_or_else(|| {
            let slugs = Self::ALL.map(Position::slug);
            format!("unknown position \"{text}\"; the positions are {}", slugs.join(", "))
        })
    }
}

/// A seat as its holder has it: the seat's own span and the holder's, already intersected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The stored seat.
    pub id: SeatId,
    /// The group's term.
    pub group: TermIx,
    /// What the holder is there.
    pub position: Position,
    /// The `represents:` term of the organisation that the seat represents.
    pub represents: TermIx,
    /// From when it counts (inclusive); `None`: since ever.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when it counts (exclusive); `None`: no end set.
    pub ends_at: Option<DateTime<Utc>>,
    /// The seat's own sectors, beside its group's.
    pub topics: Vec<TermIx>,
}

impl Seat {
    /// Whether the seat counts at `now`.
    pub fn is_running(&self, now: DateTime<Utc>) -> bool {
        self.starts_at.is_none_or(|start| start <= now) && self.ends_at.is_none_or(|end| now < end)
    }

    /// Whether a start or an end lies after the earlier and at or before the later of the two instants.
    pub fn changes_between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> bool {
        let (from, to) = (a.min(b), a.max(b));
        [self.starts_at, self.ends_at].into_iter().flatten().any(|edge| from < edge && edge <= to)
    }
}
