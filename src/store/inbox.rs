//! The letters of all recipients, as the inbox of the embedded default lists them.

use chrono::{DateTime, Utc};

use super::db::{args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};

record! {
    /// A letter in the inbox.
    pub struct InboxRow {
        /// The letter; its file in the Maildir is named after it.
        pub delivery: DeliveryId,
        /// Its edition.
        pub edition: EditionId,
        /// Whose.
        pub recipient: RecipientId,
        /// Their name; may be empty.
        pub name: String,
        /// Their address; `None` once erased.
        pub email: Option<String>,
        /// Where they work.
        pub organisation: Option<String>,
        /// The delivery state's word.
        pub state: String,
        /// The letter's date.
        pub dated_at: DateTime<Utc>,
        /// How many items it holds.
        pub items: i64,
    }
}

record! {
    /// What one recipient got of one item.
    pub struct GotRow {
        /// Who.
        pub recipient: RecipientId,
        /// In which letter.
        pub delivery: DeliveryId,
        /// The item's slug.
        pub slug: String,
        /// The line of the rule that delivered it.
        pub because: String,
        /// The reasons as JSON.
        pub reasons: String,
        /// Its rank.
        pub points: i64,
    }
}

record! {
    struct CarriedRow {
        recipient: RecipientId,
        item: ItemId,
    }
}

macro_rules! inbox {
    ($tail:literal) => {
        concat!(
            "SELECT d.id, d.edition_id, d.recipient_id, r.name, r.email, o.name, d.state, d.dated_at,
        (SELECT COUNT(*) FROM delivery_item i WHERE i.delivery_id = d.id AND NOT i.returned)
 FROM delivery d
 JOIN recipient r ON r.id = d.recipient_id
 LEFT JOIN organisation o ON o.id = r.organisation_id",
            $tail
        )
    };
}

impl Store {
    /// The newest letters, newest edition first, then by name; at most `at_most`.
    pub async fn list_inbox(&self, at_most: i64) -> Result<Vec<InboxRow>, StoreError> {
        Ok(self.db.all(inbox!(" ORDER BY d.edition_id DESC, r.name, d.id LIMIT $1"), args![at_most]).await?)
    }

    /// One letter of the inbox.
    pub async fn find_inbox_letter(&self, id: DeliveryId) -> Result<Option<InboxRow>, StoreError> {
        Ok(self.db.find(inbox!(" WHERE d.id = $1"), args![id]).await?)
    }

    /// Who got what: every item of every letter, in sending order.
    pub async fn list_got(&self) -> Result<Vec<GotRow>, StoreError> {
        let rows = self.db.all(
            "SELECT d.recipient_id, d.delivery_id, i.slug, d.because, d.reasons, d.points
             FROM delivery_item d JOIN item i ON i.id = d.item_id
             WHERE NOT d.returned
             ORDER BY d.delivery_id, d.position",
            args![],
        );
        Ok(rows.await?)
    }

    /// What recipients are owed: over the cap of their last letter, or returned from one that did not go.
    pub async fn list_carried(&self) -> Result<Vec<(RecipientId, ItemId)>, StoreError> {
        let rows: Vec<CarriedRow> = self
            .db
            .all(
                "SELECT recipient_id, item_id FROM carry WHERE ended_at IS NULL ORDER BY recipient_id, item_id",
                args![],
            )
            .await?;
        Ok(rows.into_iter().map(|row| (row.recipient, row.item)).collect())
    }
}
