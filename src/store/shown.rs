//! What an edition holds, as `edition show` tells it.

use super::db::{One, args, record};
use super::editions::EditionRow;
use super::error::StoreError;
use super::open::Store;
use super::outbox::DeliveryState;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};

record! {
    /// A planned recipient of an edition.
    pub struct ShownDigest {
        /// Whose.
        pub recipient: RecipientId,
        /// Their address; none once erased.
        pub email: Option<String>,
        /// Item ids over the cap, as JSON.
        pub carried_over: String,
        /// The letter, if there is one.
        pub delivery: Option<DeliveryId>,
        /// The letter's state.
        pub state: Option<DeliveryState>,
    }
}

record! {
    /// An item of a planned letter.
    pub struct ShownItem {
        /// Which letter.
        pub delivery: DeliveryId,
        /// The item's slug.
        pub slug: String,
        /// Its version.
        pub version: i64,
        /// The decision's word.
        pub because: String,
        /// Its reasons, as JSON.
        pub reasons: String,
        /// Its rank.
        pub points: i64,
        /// Whether it was returned.
        pub returned: bool,
    }
}

record! {
    /// An item's slug by its key.
    pub struct ItemSlug {
        /// The key.
        pub id: ItemId,
        /// The slug.
        pub slug: String,
    }
}

impl Store {
    /// Everyone planned in an edition, by key.
    pub async fn list_shown_digests(&self, edition: EditionId) -> Result<Vec<ShownDigest>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT g.recipient_id, r.email, g.carried_over, d.id, d.state
                 FROM digest g JOIN recipient r ON r.id = g.recipient_id
                 LEFT JOIN delivery d ON d.edition_id = g.edition_id AND d.recipient_id = g.recipient_id
                 WHERE g.edition_id = $1 ORDER BY g.recipient_id",
                args![edition],
            )
            .await?)
    }

    /// Every item of an edition's letters, in sending order.
    pub async fn list_shown_items(&self, edition: EditionId) -> Result<Vec<ShownItem>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT di.delivery_id, i.slug, di.version, di.because, di.reasons, di.points, di.returned
                 FROM delivery d JOIN delivery_item di ON di.delivery_id = d.id JOIN item i ON i.id = di.item_id
                 WHERE d.edition_id = $1 ORDER BY di.delivery_id, di.position",
                args![edition],
            )
            .await?)
    }

    /// The addresses of active recipients of the edition's cadence (of an urgent one those who did not turn urgent letters
    /// off) who were there when it was opened and were not planned, because they paused.
    pub async fn list_passed_over(&self, edition: &EditionRow) -> Result<Vec<String>, StoreError> {
        let rows: Vec<One<String>> = self
            .db
            .all(
                "SELECT r.email FROM recipient r
                 WHERE r.status = 'active' AND r.email IS NOT NULL AND r.created_at <= $3
                   AND (($2 = 'urgent' AND r.urgent_off_at IS NULL) OR r.cadence = $2)
                   AND NOT EXISTS (SELECT 1 FROM digest g WHERE g.edition_id = $1 AND g.recipient_id = r.id)",
                args![edition.id, &edition.cadence, edition.opened_at],
            )
            .await?;
        Ok(rows.into_iter().map(|One(email)| email).collect())
    }

    /// The slug of every item.
    pub async fn list_item_slugs(&self) -> Result<Vec<ItemSlug>, StoreError> {
        Ok(self.db.all("SELECT id, slug FROM item ORDER BY id", vec![]).await?)
    }
}
