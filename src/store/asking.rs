//! "Do you still have this place?": who is asked, and what they answered. The row of a holder keeps both.

use chrono::{DateTime, NaiveDate, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{RecipientId, SeatId};

record! {
    /// Somebody who has a place and is to be asked.
    pub struct AskedHolder {
        /// Who.
        pub recipient: RecipientId,
        /// Where their mail goes.
        pub email: String,
        /// The language's tag.
        pub language: String,
    }
}

impl Store {
    /// Those who get letters, have had a place since before `held_since`, have it at `now`, and were not asked since
    /// `asked_since`; at most so many. Who pauses on `today`, the forum's day, is asked afterwards.
    pub async fn list_holders_to_ask(
        &self,
        (now, today): (DateTime<Utc>, NaiveDate),
        held_since: DateTime<Utc>,
        asked_since: DateTime<Utc>,
        at_most: i64,
    ) -> Result<Vec<AskedHolder>, StoreError> {
        let holders = "SELECT DISTINCT r.id, r.email, r.language
             FROM seat_holder h JOIN seat s ON s.id = h.seat_id JOIN recipient r ON r.id = h.recipient_id
             WHERE r.status = 'active' AND r.email IS NOT NULL AND r.created_at < $2
               AND (s.ends_at IS NULL OR s.ends_at > $1)
               AND (h.starts_at IS NULL OR h.starts_at < $2) AND (h.ends_at IS NULL OR h.ends_at > $1)
               AND (h.asked_at IS NULL OR h.asked_at < $3)
               AND (r.paused_until IS NULL OR r.paused_until <= $5)
             ORDER BY r.id LIMIT $4";
        Ok(self.db.all(holders, args![now, held_since, asked_since, at_most, today.to_string()]).await?)
    }
}

impl Tx {
    /// Notes that somebody is asked about the places that they have at `now`; false if another process did since
    /// `asked_since`.
    pub async fn record_asking(
        &mut self,
        recipient: RecipientId,
        asked_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let asked = self
            .run(
                "UPDATE seat_holder SET asked_at = $2
                 WHERE recipient_id = $1 AND (starts_at IS NULL OR starts_at <= $2)
                   AND (ends_at IS NULL OR ends_at > $2) AND (asked_at IS NULL OR asked_at < $3)",
                args![recipient, now, asked_since],
            )
            .await?;
        if asked > 0 {
            self.record_answer(now, ("worker", "place.asked"), recipient, asked).await?;
        }
        Ok(asked > 0)
    }

    /// Records that somebody still has a place; false if they have no such place at `now`.
    pub async fn record_place_kept(
        &mut self,
        (recipient, seat): (RecipientId, SeatId),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let kept: Vec<One<i64>> = self
            .all(
                "UPDATE seat_holder SET confirmed_at = $3
                 WHERE recipient_id = $1 AND seat_id = $2 AND (starts_at IS NULL OR starts_at <= $3)
                   AND (ends_at IS NULL OR ends_at > $3) RETURNING id",
                args![recipient, seat, now],
            )
            .await?;
        if !kept.is_empty() {
            self.record_answer(now, ("page", "place.kept"), recipient, 1).await?;
        }
        Ok(!kept.is_empty())
    }

    async fn record_answer(
        &mut self,
        now: DateTime<Utc>,
        (actor, action): (&str, &str),
        recipient: RecipientId,
        places: u64,
    ) -> Result<(), StoreError> {
        let after = Some(serde_json::json!({ "places": places }));
        self.record_change(now, Change { after, ..Change::of_recipient(actor, action, recipient) }).await
    }
}
