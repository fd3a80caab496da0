//! A letter that was refused for good, sent once more because somebody says so: the relay took nothing of it.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::outbox::DeliveryState;
use crate::ids::{DeliveryId, RecipientId};

/// Whether a rejected letter is sent once more, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resending {
    /// It is queued again, with the same bytes; what it holds is not owed any more.
    Queued,
    /// It is in another state, or there is no such letter.
    NotRejected(Option<DeliveryState>),
    /// Letters to its recipient are stopped.
    Stopped,
    /// It lost an item before it was sent: which of those returned it held cannot be told.
    Revised,
    /// A later edition has planned its recipient: what it held went there, or is over.
    Overtaken,
}

record! {
    struct Refused {
        recipient: RecipientId,
        state: DeliveryState,
        revision: i64,
        status: String,
    }
}

impl Store {
    /// Queues a rejected letter once more, with the same Message-ID and bytes, and takes back the items that it returned.
    /// Only while nothing else has planned its recipient: an item reaches a person once. `now` is real time.
    pub async fn resend_rejected(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        id: DeliveryId,
    ) -> Result<Resending, StoreError> {
        let mut tx = self.begin().await?;
        // First the recipient's row: whoever plans them now waits, or is waited for.
        tx.run(
            "UPDATE recipient SET revision = revision + 1
             WHERE id = (SELECT recipient_id FROM delivery WHERE id = $1 AND state = 'rejected')",
            args![id],
        )
        .await?;
        let found: Option<Refused> = tx
            .find(
                "SELECT d.recipient_id, d.state, d.revision, r.status
                 FROM delivery d JOIN recipient r ON r.id = d.recipient_id WHERE d.id = $1",
                args![id],
            )
            .await?;
        let answer = match &found {
            Some(row) if row.state == DeliveryState::Rejected => tx.judge_resending(id, row).await?,
            other => Resending::NotRejected(other.as_ref().map(|row| row.state)),
        };
        if answer == Resending::Queued {
            tx.take_up_again(now, actor, id).await?;
            tx.commit().await?;
        } else {
            tx.undo().await?;
        }
        Ok(answer)
    }
}

impl Tx {
    async fn judge_resending(&mut self, id: DeliveryId, row: &Refused) -> Result<Resending, StoreError> {
        if row.status != "active" {
            return Ok(Resending::Stopped);
        }
        if row.revision > 0 {
            return Ok(Resending::Revised);
        }
        let later: Option<One<i64>> = self
            .find(
                "SELECT g.edition_id FROM digest g JOIN edition e ON e.id = g.edition_id
                 WHERE g.recipient_id = $1 AND g.edition_id > (SELECT edition_id FROM delivery WHERE id = $2)
                   AND (g.has_letter OR e.cadence <> 'urgent') LIMIT 1",
                args![row.recipient, id],
            )
            .await?;
        Ok(if later.is_some() { Resending::Overtaken } else { Resending::Queued })
    }

    async fn take_up_again(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        id: DeliveryId,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE carry SET ended_at = $2, ended_because = 'sent'
             WHERE ended_at IS NULL
               AND recipient_id = (SELECT recipient_id FROM delivery WHERE id = $1)
               AND item_id IN (SELECT item_id FROM delivery_item WHERE delivery_id = $1 AND returned)",
            args![id, now],
        )
        .await?;
        self.run("UPDATE delivery_item SET returned = FALSE WHERE delivery_id = $1", args![id]).await?;
        // Refused at last, it has not arrived, whatever was uncertain before: unsent once more, its items are returned.
        self.run(
            "UPDATE delivery SET state = 'queued', resent = FALSE, planned_at = $2, next_attempt_at = $2,
                    settled_at = NULL, claimed_by = NULL, claimed_until = NULL WHERE id = $1",
            args![id, now],
        )
        .await?;
        let change = Change {
            actor,
            action: "delivery.retried",
            subject: format!("delivery:{id}"),
            before: Some(serde_json::json!({ "state": "rejected" })),
            ..Change::default()
        };
        self.record_change(now, change).await
    }
}
