//! Events that were taken back: of which of them people are told, whom that concerns, and who was told.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{ItemId, RecipientId};

/// The kind of the row of `reminder` that says that somebody was told; the statements below name it, too.
pub const CALLED_OFF: &str = "called_off";

record! {
    /// An event that was taken back and of which people are told.
    pub struct CancellationRow {
        /// Which.
        pub item: ItemId,
        /// Why; may be empty.
        pub reason: String,
    }
}

record! {
    /// Somebody whom it concerns that an event is taken back.
    pub struct ConcernedRow {
        /// Who.
        pub recipient: RecipientId,
        /// `coming` or `sending`, if they said so.
        pub answer: Option<String>,
        /// Whether they were told.
        pub told: bool,
    }
}

/// Whoever has got `$1` in a letter, may have got it, or says that they come or send another; each once.
macro_rules! concerned {
    ($condition:literal) => {
        concat!(
            "SELECT c.recipient_id, MAX(c.answer),
                    EXISTS (SELECT 1 FROM reminder m WHERE m.item_id = $1 AND m.recipient_id = c.recipient_id
                            AND m.kind = 'called_off')
             FROM (SELECT i.recipient_id, CAST(NULL AS TEXT) AS answer
                   FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
                   WHERE i.item_id = $1 AND NOT i.returned AND (d.state IN ('accepted', 'uncertain') OR d.resent)
                   UNION ALL
                   SELECT a.recipient_id, a.answer FROM answer a
                   WHERE a.item_id = $1 AND a.ended_at IS NULL AND a.answer IN ('coming', 'sending')) AS c ",
            $condition,
            " GROUP BY c.recipient_id ORDER BY c.recipient_id"
        )
    };
}

const CONCERNED: &str = concerned!("");
const UNTOLD: &str = concerned!(
    "WHERE NOT EXISTS (SELECT 1 FROM reminder m WHERE m.item_id = $1 AND m.recipient_id = c.recipient_id
                       AND m.kind = 'called_off')"
);

impl Store {
    /// Whom it concerns that the event is taken back, by key.
    pub async fn list_concerned(&self, item: ItemId) -> Result<Vec<ConcernedRow>, StoreError> {
        Ok(self.db.all(CONCERNED, args![item]).await?)
    }

    /// The same without who was told.
    pub async fn list_untold(&self, item: ItemId) -> Result<Vec<ConcernedRow>, StoreError> {
        Ok(self.db.all(UNTOLD, args![item]).await?)
    }

    /// Whether people are told that the item is taken back: the reason that they are given, which may be empty.
    pub async fn find_cancellation(&self, item: ItemId) -> Result<Option<String>, StoreError> {
        let found: Option<One<String>> =
            self.db.find("SELECT reason FROM cancellation WHERE item_id = $1", args![item]).await?;
        Ok(found.map(|One(reason)| reason))
    }

    /// Events that were taken back, of which people are told and which may be still to come at `now`, by key.
    pub async fn list_cancellations(&self, now: DateTime<Utc>) -> Result<Vec<CancellationRow>, StoreError> {
        let rows = self.db.all(
            "SELECT c.item_id, c.reason FROM cancellation c JOIN item i ON i.id = c.item_id
             JOIN item_version v ON v.item_id = i.id AND v.version = i.version
             WHERE i.closes_at > $1 OR i.closes_at IS NULL OR v.expires_at IS NOT NULL
             ORDER BY c.item_id",
            args![now],
        );
        Ok(rows.await?)
    }
}

impl Store {
    /// Whether the item of that public id was taken back, or is gone.
    pub async fn is_withdrawn(&self, public_id: &str) -> Result<bool, StoreError> {
        let stands = "SELECT id FROM item WHERE public_id = $1 AND withdrawn_at IS NULL";
        let stands: Option<One<ItemId>> = self.db.find(stands, args![public_id]).await?;
        Ok(stands.is_none())
    }
}

impl Tx {
    /// Has people told, for this `reason`, that an event is taken back; of what is no event nobody is told. `now` is real
    /// time.
    pub async fn call_off(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        let called_off = self
            .run(
                "INSERT INTO cancellation (item_id, reason, asked_at)
                 SELECT i.id, CAST($2 AS TEXT), CAST($3 AS BIGINT)
                 FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
                 WHERE i.slug = $1 AND v.kind = 'event'",
                args![slug, reason, now],
            )
            .await?;
        if called_off == 1 {
            let change = Change {
                actor,
                action: "item.called_off",
                subject: format!("item:{slug}"),
                ..Change::default()
            };
            self.record_change(now, change).await?;
        }
        Ok(())
    }
}
