//! The ledger as the lead reads it, and what the lead may decide about single letters.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::outbox::{Claimed, DeliveryState};
use crate::ids::{DeliveryId, RecipientId};

/// What became of a mail of unknown fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is there.
    Arrived,
    /// It never came.
    Lost,
}

record! {
    /// One letter in the ledger.
    pub struct DeliveryRow {
        /// Its key.
        pub id: DeliveryId,
        /// Whose it is.
        pub recipient_id: RecipientId,
        /// Where it goes; none once the recipient was erased.
        pub recipient: Option<String>,
        /// Its edition's cadence.
        pub cadence: String,
        /// Its edition's occurrence.
        pub occurs_at: DateTime<Utc>,
        /// See [`DeliveryState`].
        pub state: String,
        /// How often it was tried.
        pub attempts: i64,
        /// When it is tried next, if it is queued or deferred.
        pub next_attempt_at: DateTime<Utc>,
        /// Without angle brackets.
        pub message_id: String,
        /// The relay's last reply, or what went wrong.
        pub reply: Option<String>,
    }
}

record! {
    struct Stopped {
        state: DeliveryState,
        is_erased: bool,
    }
}

macro_rules! deliveries {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.recipient_id, r.email, e.cadence, e.occurs_at, d.state, d.attempts, d.next_attempt_at,
                    d.message_id, d.reply
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id JOIN edition e ON e.id = d.edition_id ",
            $condition
        )
    };
}

impl Store {
    /// Every letter, or every one in `state`; the newest edition first, then by key.
    pub async fn list_deliveries(
        &self,
        state: Option<DeliveryState>,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        Ok(match state {
            Some(state) => {
                self.db
                    .all(
                        deliveries!("WHERE d.state = $1 ORDER BY e.occurs_at DESC, d.id"),
                        args![state.word()],
                    )
                    .await?
            }
            None => self.db.all(deliveries!("ORDER BY e.occurs_at DESC, d.id"), vec![]).await?,
        })
    }

    /// The letter with that key.
    pub async fn find_delivery(&self, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        Ok(self.db.find(deliveries!("WHERE d.id = $1"), args![id]).await?)
    }

    /// The letter with that Message-ID (without angle brackets).
    pub async fn find_delivery_by_message_id(
        &self,
        message_id: &str,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        Ok(self.db.find(deliveries!("WHERE d.message_id = $1 ORDER BY d.id"), args![message_id]).await?)
    }

    /// The state of a letter that could be sent once more if letters might go to its recipient, and whether they were erased
    /// (as whoever is merged into another is); none if letters may, or if it is no such letter.
    pub async fn find_stopped(&self, id: DeliveryId) -> Result<Option<(DeliveryState, bool)>, StoreError> {
        let stopped =
            "SELECT d.state, r.status = 'erased' FROM delivery d JOIN recipient r ON r.id = d.recipient_id
             WHERE d.id = $1 AND d.state IN ('deferred', 'uncertain', 'rejected') AND r.status <> 'active'";
        let found: Option<Stopped> = self.db.find(stopped, args![id]).await?;
        Ok(found.map(|row| (row.state, row.is_erased)))
    }

    /// The state of a letter that could be sent once more if its words were still kept; none if they are, or if it is no such
    /// letter.
    pub async fn find_wordless(&self, id: DeliveryId) -> Result<Option<DeliveryState>, StoreError> {
        let wordless = "SELECT state FROM delivery WHERE id = $1 AND state IN ('uncertain', 'rejected')
               AND NOT EXISTS (SELECT 1 FROM letter WHERE delivery_id = delivery.id AND content <> '{}')";
        let state: Option<One<DeliveryState>> = self.db.find(wordless, args![id]).await?;
        Ok(state.map(|One(state)| state))
    }

    /// A letter that could be sent once more, as a worker would have it then; none if it is no such letter, if its words are
    /// not kept any more, or if letters to its recipient are stopped.
    pub async fn find_to_send_again(&self, id: DeliveryId) -> Result<Option<Claimed>, StoreError> {
        let again =
            "SELECT d.id, d.edition_id, d.recipient_id, r.email, r.token_version, d.attempts, d.revision,
                    d.message_id, d.planned_at, d.next_attempt_at, l.content,
                    d.state = 'uncertain' OR (d.resent AND d.state <> 'rejected')
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id JOIN letter l ON l.delivery_id = d.id
             WHERE d.id = $1 AND d.state IN ('deferred', 'uncertain', 'rejected') AND r.status = 'active'
               AND l.content <> '{}'";
        Ok(self.db.find(again, args![id]).await?)
    }

    /// Makes a deferred letter due now, or an uncertain one queued again with the same Message-ID and
    /// bytes; answers the state that it was in, none if there is no such letter. Other states stay.
    pub async fn retry_letter(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        id: DeliveryId,
    ) -> Result<Option<DeliveryState>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(before) = tx.find_state_of(id).await? else {
            return tx.undo().await.map(|()| None);
        };
        let changed = tx
            .run(
                "UPDATE delivery SET state = CASE WHEN state = 'uncertain' THEN 'queued' ELSE state END,
                        resent = CASE WHEN state = 'uncertain' THEN TRUE ELSE resent END,
                        planned_at = CASE WHEN state = 'uncertain' THEN $2 ELSE planned_at END,
                        next_attempt_at = $2, claimed_by = NULL, claimed_until = NULL, settled_at = NULL
                 WHERE id = $1 AND state IN ('deferred', 'uncertain')",
                args![id, now],
            )
            .await?;
        if changed == 0 {
            return tx.undo().await.map(|()| Some(before));
        }
        tx.record_hand(now, actor, "delivery.retried", id, before.word(), None).await?;
        tx.commit().await?;
        Ok(Some(before))
    }

    /// Settles a letter of uncertain fate as accepted if it arrived, else as rejected, which returns its items.
    /// Answers the state that it was in, none if there is no such letter. Other states stay.
    pub async fn settle_uncertain(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        id: DeliveryId,
        arrival: Arrival,
    ) -> Result<Option<DeliveryState>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(before) = tx.find_state_of(id).await? else {
            return tx.undo().await.map(|()| None);
        };
        let state = match arrival {
            Arrival::Arrived => DeliveryState::Accepted,
            Arrival::Lost => DeliveryState::Rejected,
        };
        let changed = tx
            .run(
                "UPDATE delivery SET state = $2, settled_at = $3, claimed_by = NULL, claimed_until = NULL
                 WHERE id = $1 AND state = 'uncertain'",
                args![id, state.word(), now],
            )
            .await?;
        if changed == 0 {
            return tx.undo().await.map(|()| Some(before));
        }
        if arrival == Arrival::Lost {
            tx.return_items(&[id]).await?;
        }
        tx.record_hand(now, actor, "delivery.settled", id, before.word(), Some(state.word())).await?;
        tx.commit().await?;
        Ok(Some(before))
    }
}

impl Tx {
    async fn find_state_of(&mut self, id: DeliveryId) -> Result<Option<DeliveryState>, StoreError> {
        let state: Option<One<DeliveryState>> =
            self.find("SELECT state FROM delivery WHERE id = $1", args![id]).await?;
        Ok(state.map(|One(state)| state))
    }

    async fn record_hand(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        action: &str,
        id: DeliveryId,
        before: &str,
        after: Option<&str>,
    ) -> Result<(), StoreError> {
        let change = Change {
            actor,
            action,
            subject: format!("delivery:{id}"),
            recipient: None,
            before: Some(serde_json::json!({ "state": before })),
            after: after.map(|state| serde_json::json!({ "state": state })),
        };
        self.record_change(now, change).await
    }
}
