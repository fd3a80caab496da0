//! Unsent letters that lose or change an item before they go.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args};
use super::error::StoreError;
use crate::ids::{DeliveryId, ItemId, RecipientId};

/// A letter in its new revision, as the last check before sending left it.
#[derive(Debug, Clone)]
pub struct RevisedLetter<'a> {
    /// Which letter.
    pub id: DeliveryId,
    /// The revision that the check read: the write holds only if it still stands.
    pub revision: i64,
    /// The new Message-ID, without angle brackets.
    pub message_id: &'a str,
    /// The new pieces and slots, as JSON.
    pub letter: &'a str,
    /// Items that left it: returned.
    pub returned: &'a [ItemId],
    /// Items that are in it in another version now.
    pub versions: &'a [(ItemId, i64)],
}

impl Tx {
    /// Replaces an unsent letter that lost or changed an item: a new revision with a new Message-ID;
    /// what left it is returned. False, and nothing done, if it was armed, ended or revised
    /// meanwhile, or was ever uncertain.
    pub async fn revise_letter(
        &mut self,
        now: DateTime<Utc>,
        revised: &RevisedLetter<'_>,
    ) -> Result<bool, StoreError> {
        let owner: Option<One<RecipientId>> = self
            .find(
                "UPDATE delivery SET message_id = $3, revision = revision + 1
                 WHERE id = $1 AND revision = $2 AND state IN ('queued', 'deferred') AND NOT resent
                 RETURNING recipient_id",
                args![revised.id, revised.revision, revised.message_id],
            )
            .await?;
        let Some(One(recipient)) = owner else { return Ok(false) };
        let rewrite = "INSERT INTO letter (delivery_id, content) VALUES ($1, $2)
                       ON CONFLICT (delivery_id) DO UPDATE SET content = excluded.content";
        self.run(rewrite, args![revised.id, revised.letter]).await?;
        for item in revised.returned {
            self.return_one(revised.id, recipient, *item).await?;
        }
        for (item, version) in revised.versions {
            self.run(
                "UPDATE delivery_item SET version = $3 WHERE delivery_id = $1 AND item_id = $2 AND NOT returned",
                args![revised.id, *item, *version],
            )
            .await?;
        }
        self.record_change(
            now,
            Change {
                actor: "worker",
                action: "delivery.revised",
                subject: format!("delivery:{}", revised.id),
                recipient: Some(recipient),
                after: Some(
                    serde_json::json!({ "returned": revised.returned, "versions": revised.versions }),
                ),
                ..Change::default()
            },
        )
        .await?;
        Ok(true)
    }

    async fn return_one(
        &mut self,
        letter: DeliveryId,
        recipient: RecipientId,
        item: ItemId,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO carry (recipient_id, item_id, times, ended_at, ended_because)
             SELECT recipient_id, item_id, carried + 1, NULL, NULL FROM delivery_item
             WHERE NOT returned AND delivery_id = $1 AND item_id = $2
             ON CONFLICT (recipient_id, item_id) DO UPDATE
                SET times = excluded.times, ended_at = NULL, ended_because = NULL",
            args![letter, item],
        )
        .await?;
        self.run(
            "UPDATE delivery_item SET returned = TRUE WHERE delivery_id = $1 AND item_id = $2",
            args![letter, item],
        )
        .await?;
        self.run("UPDATE recipient SET revision = revision + 1 WHERE id = $1", args![recipient]).await?;
        Ok(())
    }
}
