//! What a letter says besides its items: to whom, since when, on what basis.

use chrono::{DateTime, Utc};

use super::db::{Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId, SeatId};

record! {
    /// A recipient as a letter addresses them.
    pub struct AddresseeRow {
        /// Who.
        pub recipient: RecipientId,
        /// Letter tokens carry it.
        pub token_version: i64,
        /// Unsubscribe tokens carry a mark of it.
        pub public_id: String,
        /// Whether an import brought them: the first letter then tells source, basis and rights.
        pub imported: bool,
        /// The legal basis first recorded.
        pub basis: Option<String>,
        /// Where the data came from.
        pub source: Option<String>,
        /// When the basis was recorded.
        pub recorded_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// An item of an unsent letter.
    pub struct LetterItem {
        /// Which letter.
        pub delivery: DeliveryId,
        /// Which item.
        pub item: ItemId,
        /// The version that was written.
        pub version: i64,
        /// The decision's word.
        pub because: String,
        /// Its reasons as JSON.
        pub reasons: String,
        /// Whether an earlier version was got.
        pub correction: bool,
        /// The seat that handed it over.
        pub seat: Option<SeatId>,
    }
}

record! {
    /// The carried titles of a letter.
    pub struct CarriedTitles {
        /// Whose.
        pub recipient: RecipientId,
        /// In which edition.
        pub edition: EditionId,
        /// Item ids as JSON.
        pub carried_over: String,
    }
}

const ADDRESSEES: Sql = in_json_keys!(
    "SELECT r.id, r.token_version, r.public_id, r.imported, b.basis, b.source,
            (SELECT MIN(f.recorded_at) FROM legal_basis f WHERE f.recipient_id = r.id)
     FROM recipient r LEFT JOIN legal_basis b
       ON b.id = (SELECT MIN(id) FROM legal_basis WHERE recipient_id = r.id AND ended_at IS NULL)
     WHERE r.id",
    ""
);

const LETTER_ITEMS: Sql = in_json_keys!(
    "SELECT delivery_id, item_id, version, because, reasons, correction, seat_id FROM delivery_item
     WHERE NOT returned AND delivery_id",
    " ORDER BY delivery_id, position"
);

/// What a refused letter returned is in it again once it is sent once more.
const ITEMS_TO_SEND_AGAIN: &str =
    "SELECT i.delivery_id, i.item_id, i.version, i.because, i.reasons, i.correction, i.seat_id
     FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
     WHERE i.delivery_id = $1 AND (NOT i.returned OR d.state = 'rejected')
     ORDER BY i.position";

const CARRIED: Sql = in_json_keys!(
    "SELECT g.recipient_id, g.edition_id, g.carried_over
     FROM delivery d JOIN digest g ON g.edition_id = d.edition_id AND g.recipient_id = d.recipient_id
     WHERE g.carried_over <> '[]' AND d.id",
    ""
);

impl Store {
    /// How letters address `recipients`.
    pub async fn list_addressees(&self, recipients: &[RecipientId]) -> Result<Vec<AddresseeRow>, StoreError> {
        Ok(self.db.all(ADDRESSEES, args![serde_json::to_string(recipients)?]).await?)
    }

    /// What letters hold that was not returned, each in sending order.
    pub async fn list_items_of_letters(&self, letters: &[DeliveryId]) -> Result<Vec<LetterItem>, StoreError> {
        Ok(self.db.all(LETTER_ITEMS, args![serde_json::to_string(letters)?]).await?)
    }

    /// What a letter would hold if it were sent once more, in sending order.
    pub async fn list_items_to_send_again(&self, letter: DeliveryId) -> Result<Vec<LetterItem>, StoreError> {
        Ok(self.db.all(ITEMS_TO_SEND_AGAIN, args![letter]).await?)
    }

    /// What letters name as coming next; those that name nothing are missing.
    pub async fn list_carried_titles(
        &self,
        letters: &[DeliveryId],
    ) -> Result<Vec<CarriedTitles>, StoreError> {
        Ok(self.db.all(CARRIED, args![serde_json::to_string(letters)?]).await?)
    }
}

impl Tx {
    /// Replaces the titles that a digest names as coming next.
    pub async fn set_carried_titles(
        &mut self,
        edition: EditionId,
        recipient: RecipientId,
        items: &[ItemId],
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE digest SET carried_over = $3 WHERE edition_id = $1 AND recipient_id = $2",
            args![edition, recipient, serde_json::to_string(items)?],
        )
        .await?;
        Ok(())
    }
}
