//! Who has got an item: a letter that held it was accepted, or nobody knows.

use super::db::{One, args};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{ItemId, RecipientId};

const HOLDERS: &str = "SELECT i.recipient_id FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
     WHERE i.item_id = $1 AND NOT i.returned
     GROUP BY i.recipient_id
     HAVING MAX(CASE WHEN d.state IN ('accepted', 'uncertain') OR d.resent THEN 1 ELSE 0 END) = 1
        AND MAX(i.version) < $2
     ORDER BY i.recipient_id";

impl Store {
    /// Who has got a version of the item and neither has nor is about to get one from `version` on, by key.
    pub async fn list_holders_before(
        &self,
        item: ItemId,
        version: i64,
    ) -> Result<Vec<RecipientId>, StoreError> {
        let rows: Vec<One<RecipientId>> = self.db.all(HOLDERS, args![item, version]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }
}
