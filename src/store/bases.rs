//! Legal bases that change for those who are here already. Consent is the person's own and never changed here.

use chrono::{DateTime, Utc};

use super::db::{One, args};
use super::error::StoreError;
use super::open::Store;

/// From where on the open bases `b` are read that are not `$1`, of those who have a place at `$2`, or of those who have none
/// (`$3`). Both sides of `$1` are found by the index, as what is not equal to it would not be.
macro_rules! others {
    () => {
        " FROM legal_basis b JOIN recipient r ON r.id = b.recipient_id
         WHERE b.ended_at IS NULL AND (b.basis < $1 OR b.basis > $1) AND b.basis <> 'consent' AND r.status <> 'erased'
           AND EXISTS (SELECT 1 FROM seat_holder h JOIN seat s ON s.id = h.seat_id WHERE h.recipient_id = r.id
                       AND (h.ends_at IS NULL OR h.ends_at > $2) AND (s.ends_at IS NULL OR s.ends_at > $2)) = $3"
    };
}

const COUNT: &str = concat!("SELECT COUNT(DISTINCT b.recipient_id)", others!());

const LOG: &str = concat!(
    "INSERT INTO change (changed_at, actor, action, subject, recipient_id, before, after)
     SELECT $2, $4, 'basis.changed', 'recipient:' || b.recipient_id, b.recipient_id,
            '{\"legal_basis\":\"' || MIN(b.basis) || '\"}', $5",
    others!(),
    " GROUP BY b.recipient_id"
);

/// Where the data came from stays.
const BEGIN: &str = concat!(
    "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at)
     SELECT b.recipient_id, $1, MIN(b.source), $2",
    others!(),
    " AND NOT EXISTS (SELECT 1 FROM legal_basis n
                      WHERE n.recipient_id = b.recipient_id AND n.basis = $1 AND n.ended_at IS NULL)
     GROUP BY b.recipient_id"
);

const END: &str = concat!(
    "UPDATE legal_basis SET ended_at = $2 WHERE ended_at IS NULL AND basis <> 'consent' AND basis <> $1
     AND recipient_id IN (SELECT b.recipient_id",
    others!(),
    ")"
);

impl Store {
    /// How many of those who have a place at `now` (or of those who have none) are kept on another basis than `basis`, and
    /// not by consent.
    pub async fn count_other_bases(
        &self,
        basis: &str,
        has_place: bool,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let One(people) = self.db.get(COUNT, args![basis, now, has_place]).await?;
        Ok(people)
    }

    /// Puts those on `basis` from `now` (real time) on; their old ones end. How many that were.
    pub async fn change_bases(
        &self,
        basis: &str,
        has_place: bool,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let after = serde_json::json!({ "legal_basis": basis }).to_string();
        let mut tx = self.begin().await?;
        tx.lock_forum().await?;
        let people = tx.run(LOG, args![basis, now, has_place, actor, after]).await?;
        tx.run(BEGIN, args![basis, now, has_place]).await?;
        tx.run(END, args![basis, now, has_place]).await?;
        tx.commit().await?;
        Ok(people)
    }
}
