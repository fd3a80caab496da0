//! Taps: what a reader says of a letter or of an item in it, and how to take it back.
//!
//! A tap is personal data that ranks that person's own letters and nothing else. Who has switched learning off
//! has none: their answer settles the letter and is forgotten.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args};
use super::error::StoreError;
use super::feedback::LetterRow;
use super::open::Store;
use crate::ids::{ItemId, RecipientId};

/// What a reader says of a letter or an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The letter hit.
    Hit,
    /// The letter missed.
    Miss,
    /// The item was not for them.
    NotForMe,
}

impl Answer {
    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Hit => "hit",
            Answer::Miss => "miss",
            Answer::NotForMe => "not_for_me",
        }
    }
}

impl Store {
    /// Records what a reader says, once: the newest of *hit* and *miss* of a letter stands. A letter
    /// of which nobody knew whether it arrived has arrived. False if the answer was not kept, because
    /// the person has switched learning off.
    pub async fn record_tap(
        &self,
        letter: &LetterRow,
        item: Option<ItemId>,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let settled = tx.settle_by_tap(letter.delivery, now).await?;
        let kept = tx.hear_tap(letter, (item, answer), settled, now).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// The same of what a reader says on a device of their own: whether the letter arrived, that does not tell.
    pub async fn record_tap_on_device(
        &self,
        letter: &LetterRow,
        item: Option<ItemId>,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let kept = tx.hear_tap(letter, (item, answer), false, now).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Takes back what a reader said of an item; false if nothing was said.
    pub async fn take_back_tap(
        &self,
        letter: &LetterRow,
        item: ItemId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut taken = tx
            .run("DELETE FROM tap WHERE delivery_id = $1 AND item_id = $2", args![letter.delivery, item])
            .await?;
        taken += tx
            .run(
                "DELETE FROM passed_on WHERE recipient_id = $1 AND item_id = $2",
                args![letter.recipient, item],
            )
            .await?;
        if taken == 0 {
            return tx.undo().await.map(|()| false);
        }
        tx.record_tapping(letter, "tap.taken_back", now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Records that an item would be right for a colleague; the newest words stand. No letter goes to anyone.
    pub async fn pass_on(
        &self,
        letter: &LetterRow,
        item: ItemId,
        colleague: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(
            "INSERT INTO passed_on (recipient_id, item_id, colleague, said_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (recipient_id, item_id) DO UPDATE
                SET colleague = excluded.colleague, said_at = excluded.said_at",
            args![letter.recipient, item, colleague.map(str::to_owned), now],
        )
        .await?;
        tx.record_tapping(letter, "item.passed_on", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many readers said that an item was not for them, as far as that is kept.
    pub async fn count_not_for_me(&self, item: ItemId) -> Result<i64, StoreError> {
        let One(count) = self
            .db
            .get(
                "SELECT COUNT(DISTINCT recipient_id) FROM tap WHERE item_id = $1 AND answer = 'not_for_me'",
                args![item],
            )
            .await?;
        Ok(count)
    }

    /// For whom an item would be right, in the words of those who said so, oldest first; none where they
    /// named nobody. Who said it is not told.
    pub async fn list_passed_on(&self, item: ItemId) -> Result<Vec<Option<String>>, StoreError> {
        let rows: Vec<One<Option<String>>> = self
            .db
            .all("SELECT colleague FROM passed_on WHERE item_id = $1 ORDER BY said_at, id", args![item])
            .await?;
        Ok(rows.into_iter().map(|One(colleague)| colleague).collect())
    }

    /// Whether a person's taps are kept and rank their letters.
    pub async fn is_learning(&self, id: RecipientId) -> Result<bool, StoreError> {
        let One(learning) = self.db.get("SELECT learning FROM recipient WHERE id = $1", args![id]).await?;
        Ok(learning)
    }

    /// Switches learning on or off for a person; switching off forgets what was learned, and what was said to samples.
    /// False if it was so already.
    pub async fn set_learning(
        &self,
        id: RecipientId,
        on: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let changed = tx
            .run(
                "UPDATE recipient SET learning = $2, revision = revision + 1 WHERE id = $1 AND learning <> $2",
                args![id, on],
            )
            .await?;
        if changed == 0 {
            return tx.undo().await.map(|()| false);
        }
        if !on {
            tx.run("DELETE FROM tap WHERE recipient_id = $1", args![id]).await?;
            tx.run("DELETE FROM probe WHERE recipient_id = $1", args![id]).await?;
        }
        let change = Change {
            before: Some(serde_json::json!({ "learning": !on })),
            after: Some(serde_json::json!({ "learning": on })),
            ..Change::of_recipient("page", "learning.changed", id)
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets what a person's taps taught; false if there were none.
    pub async fn forget_taps(&self, id: RecipientId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if tx.run("DELETE FROM tap WHERE recipient_id = $1", args![id]).await? == 0 {
            return tx.undo().await.map(|()| false);
        }
        tx.record_change(now, Change::of_recipient("page", "taps.forgotten", id)).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    /// Keeps a tap unless the person has switched learning off; whether taps are kept. What it `settled` is written
    /// down in any case.
    async fn hear_tap(
        &mut self,
        letter: &LetterRow,
        (item, answer): (Option<ItemId>, Answer),
        settled: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let One(kept): One<bool> =
            self.get("SELECT learning FROM recipient WHERE id = $1", args![letter.recipient]).await?;
        let said = kept && self.keep_tap(letter, item, answer, now).await?;
        if said || settled {
            // What was answered stands in the tap alone: this row outlives it.
            self.record_tapping(letter, "tap.recorded", now).await?;
        }
        Ok(kept)
    }

    /// False if the very same was said before: a double click, the way back, a page loaded again.
    async fn keep_tap(
        &mut self,
        letter: &LetterRow,
        item: Option<ItemId>,
        answer: Answer,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let of_item = item.map_or(0, |i| i.0);
        let said: Option<One<String>> = self
            .find(
                "SELECT answer FROM tap WHERE delivery_id = $1 AND COALESCE(item_id, 0) = $2",
                args![letter.delivery, of_item],
            )
            .await?;
        if said.is_some_and(|One(said)| said == answer.word()) {
            return Ok(false);
        }
        self.run(
            "DELETE FROM tap WHERE delivery_id = $1 AND COALESCE(item_id, 0) = $2",
            args![letter.delivery, of_item],
        )
        .await?;
        self.run(
            "INSERT INTO tap (recipient_id, delivery_id, item_id, answer, tapped_at)
             VALUES ($1, $2, $3, $4, $5)",
            args![letter.recipient, letter.delivery, item, answer.word(), now],
        )
        .await?;
        Ok(true)
    }

    async fn record_tapping(
        &mut self,
        letter: &LetterRow,
        action: &'static str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = Change {
            actor: "page",
            action,
            subject: format!("delivery:{}", letter.delivery),
            recipient: Some(letter.recipient),
            ..Change::default()
        };
        self.record_change(now, change).await
    }
}
