//! Of how many people what is held: for the record of processing (GDPR art. 30).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;

record! {
    /// How many people get letters on a legal basis.
    struct BasisCount {
        basis: String,
        people: i64,
    }
}

/// Of how many people what is held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProcessingCounts {
    /// Everybody who is not erased.
    pub people: i64,
    /// Those who get letters on each basis, by its word in rows.
    pub bases: BTreeMap<String, i64>,
    /// Those who have a place for an organisation of the kind `union` (art. 9).
    pub union_places: i64,
    /// How many of them on each ground, by its word; on none by the empty word.
    pub union_grounds: BTreeMap<String, i64>,
}

impl Store {
    /// The counts at `now`.
    pub async fn count_processing(&self, now: DateTime<Utc>) -> Result<ProcessingCounts, StoreError> {
        let bases: Vec<BasisCount> = self
            .db
            .all(
                // Nobody who was erased has any: their rows are deleted.
                "SELECT basis, COUNT(DISTINCT recipient_id) FROM legal_basis WHERE ended_at IS NULL GROUP BY basis",
                args![],
            )
            .await?;
        let One(people): One<i64> =
            self.db.get("SELECT COUNT(*) FROM recipient WHERE status <> 'erased'", args![]).await?;
        let One(union_places): One<i64> = self
            .db
            .get(
                "SELECT COUNT(DISTINCT h.recipient_id) FROM seat_holder h
                 JOIN seat s ON s.id = h.seat_id
                 JOIN organisation o ON o.id = s.organisation_id
                 WHERE o.kind = 'union' AND (h.ends_at IS NULL OR h.ends_at > $1)
                   AND (s.ends_at IS NULL OR s.ends_at > $1)",
                args![now],
            )
            .await?;
        let bases = bases.into_iter().map(|row| (row.basis, row.people)).collect();
        let union_grounds = self.count_by_union_ground(now).await?;
        Ok(ProcessingCounts { people, bases, union_places, union_grounds })
    }
}
