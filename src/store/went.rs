//! Whom an item went to, as the ledger knows it.

use super::db::{args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{ItemId, RecipientId};

record! {
    /// Whom a version of an item was for.
    pub struct VersionChoiceRow {
        /// As the audience language prints it.
        pub audience: Option<String>,
        /// A JSON list of terms.
        pub about: String,
        /// Whether who follows what it is about gets it too.
        pub interested: bool,
        /// `public`, `forum`, `group:<slug>`, `only:<slug>`.
        pub visibility: String,
    }
}

record! {
    /// Somebody with an item in a letter.
    pub struct WentRow {
        /// Who; whom they are now, if two rows of one person were merged.
        pub recipient: RecipientId,
        /// The letter's state.
        pub state: String,
    }
}

impl Store {
    /// Whom letters bring the item, in any version, unless it was returned: each person once for each state, by key.
    pub async fn list_whom_it_went_to(&self, item: ItemId) -> Result<Vec<WentRow>, StoreError> {
        let went = "SELECT DISTINCT COALESCE(m.into_id, d.recipient_id) AS went_to, d.state
             FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
             LEFT JOIN merged m ON m.recipient_id = d.recipient_id
             WHERE i.item_id = $1 AND NOT i.returned
             ORDER BY went_to, d.state";
        Ok(self.db.all(went, args![item]).await?)
    }

    /// Whom the versions of the item were for, each choice once.
    pub async fn list_version_choices(&self, item: ItemId) -> Result<Vec<VersionChoiceRow>, StoreError> {
        let choices =
            "SELECT DISTINCT audience, about, interested, visibility FROM item_version WHERE item_id = $1
             ORDER BY audience, about, interested, visibility";
        Ok(self.db.all(choices, args![item]).await?)
    }
}
