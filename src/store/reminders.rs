//! Reminders: who may be due for one, and that each was given once.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, ItemId, RecipientId};

record! {
    /// Somebody who has something to be reminded of and was not.
    pub struct ReminderCandidate {
        /// Who.
        pub recipient: RecipientId,
        /// `coming`, `unanswered` or `help`.
        pub kind: String,
        /// When they said so, or when the item reached them.
        pub since: DateTime<Utc>,
        /// The newest letter of theirs that held the item: its links open it.
        pub letter: Option<DeliveryId>,
    }
}

/// The newest letter that held the item, or nothing.
macro_rules! letter_of {
    ($recipient:literal) => {
        concat!(
            "(SELECT MAX(l.delivery_id) FROM delivery_item l JOIN delivery ld ON ld.id = l.delivery_id
              WHERE l.item_id = $1 AND NOT l.returned AND ld.state IN ('accepted', 'uncertain')
                AND l.recipient_id = ",
            $recipient,
            ")"
        )
    };
}

const CANDIDATES: &str = concat!(
    "SELECT a.recipient_id, 'coming', a.answered_at, ",
    letter_of!("a.recipient_id"),
    " FROM answer a WHERE $3 AND a.item_id = $1 AND a.ended_at IS NULL AND a.answer = 'coming' AND a.answered_at < $2
        AND NOT EXISTS (SELECT 1 FROM reminder m
                        WHERE m.item_id = $1 AND m.recipient_id = a.recipient_id AND m.kind = 'coming')
      UNION ALL SELECT f.recipient_id, 'help', f.offered_at, ",
    letter_of!("f.recipient_id"),
    " FROM offer f WHERE $4 AND f.item_id = $1 AND f.offered_at < $2
        AND NOT EXISTS (SELECT 1 FROM reminder m
                        WHERE m.item_id = $1 AND m.recipient_id = f.recipient_id AND m.kind = 'help')
      UNION ALL SELECT d.recipient_id, 'unanswered', MIN(d.dated_at), MAX(d.id)
      FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
      WHERE $5 AND i.item_id = $1 AND NOT i.returned AND i.because = 'required' AND d.state IN ('accepted', 'uncertain')
        AND NOT EXISTS (SELECT 1 FROM answer a
                        WHERE a.item_id = $1 AND a.recipient_id = d.recipient_id AND a.ended_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reminder m
                        WHERE m.item_id = $1 AND m.recipient_id = d.recipient_id AND m.kind = 'unanswered')
      GROUP BY d.recipient_id HAVING MIN(d.dated_at) < $2
      ORDER BY 1, 2"
);

impl Store {
    /// Items that may have reminders at `now`: numbered, not withdrawn, not over unless they expire at an instant of their
    /// own, an event that somebody answered or must come to, or a request that somebody promised help to.
    pub async fn list_items_with_reminders(&self, now: DateTime<Utc>) -> Result<Vec<ItemId>, StoreError> {
        let rows: Vec<One<ItemId>> = self
            .db
            .all(
                "SELECT i.id FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
                 WHERE i.number IS NOT NULL AND i.withdrawn_at IS NULL
                   AND ((v.kind = 'event' AND (v.importance = 'required'
                         OR EXISTS (SELECT 1 FROM answer a WHERE a.item_id = i.id AND a.ended_at IS NULL)))
                     OR (v.kind = 'request' AND EXISTS (SELECT 1 FROM offer f WHERE f.item_id = i.id)))
                   AND (i.closes_at > $1 OR i.closes_at IS NULL OR v.expires_at IS NOT NULL)
                 ORDER BY i.id",
                args![now],
            )
            .await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// Who may be due for a reminder of one of these `kinds` of the item that is due at `due_at`, by recipient. Who heard or
    /// said something of it only then or later never will be: nobody looks at them again each minute.
    pub async fn list_reminder_candidates(
        &self,
        item: ItemId,
        due_at: DateTime<Utc>,
        kinds: &[&str],
    ) -> Result<Vec<ReminderCandidate>, StoreError> {
        let [coming, help, unanswered] = ["coming", "help", "unanswered"].map(|kind| kinds.contains(&kind));
        Ok(self.db.all(CANDIDATES, args![item, due_at, coming, help, unanswered]).await?)
    }
}

impl Tx {
    /// Records that the recipient is reminded, once for ever; false if they were. `now` is real time.
    pub async fn record_reminder(
        &mut self,
        (item, recipient, kind): (ItemId, RecipientId, &str),
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let recorded = self
            .run(
                "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (item_id, recipient_id, kind) DO NOTHING",
                args![item, recipient, kind, due_at, now],
            )
            .await?;
        if recorded == 0 {
            return Ok(false);
        }
        let change = Change {
            actor: "worker",
            action: "reminder.given",
            subject: format!("item:{item}"),
            recipient: Some(recipient),
            before: None,
            after: Some(serde_json::json!({ "kind": kind })),
        };
        self.record_change(now, change).await?;
        Ok(true)
    }
}
