//! Addresses that people had before: their own pages moved them, or two rows of them were merged.

use super::db::{BATCH, One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::RecipientId;

record! {
    /// An address that nobody has as their own, and somebody had before.
    pub struct FormerAddressOf {
        /// As it was, in its one spelling.
        pub address: String,
        /// Where that person's letters go now.
        pub present: String,
    }
}

/// The addresses that a person had before and that nobody else has, or had too; the oldest first.
pub(super) const ALONE: &str = "SELECT f.address FROM former_address f
     WHERE f.recipient_id = $1
       AND NOT EXISTS (SELECT 1 FROM recipient r WHERE r.email = f.address AND r.id <> $1)
       AND NOT EXISTS (SELECT 1 FROM former_address o WHERE o.address = f.address AND o.recipient_id <> $1)
     GROUP BY f.address ORDER BY MIN(f.id)";

/// Who had it last comes last.
const PRESENT: Sql = Sql {
    sqlite: "SELECT f.address, r.email FROM former_address f JOIN recipient r ON r.id = f.recipient_id
             WHERE f.address IN (SELECT value FROM json_each($1)) AND r.email IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM recipient o WHERE o.email = f.address)
             ORDER BY f.id",
    postgres: "SELECT f.address, r.email FROM former_address f JOIN recipient r ON r.id = f.recipient_id
             WHERE f.address IN (SELECT json_array_elements_text($1::json)) AND r.email IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM recipient o WHERE o.email = f.address)
             ORDER BY f.id",
};

impl Store {
    /// The addresses that a person had before, the oldest first.
    pub async fn list_former_addresses(&self, recipient: RecipientId) -> Result<Vec<String>, StoreError> {
        let former = "SELECT address FROM former_address WHERE recipient_id = $1 ORDER BY id";
        let rows: Vec<One<String>> = self.db.all(former, args![recipient]).await?;
        Ok(rows.into_iter().map(|One(address)| address).collect())
    }

    /// Those of them that nobody else has now, or had too.
    pub async fn list_former_addresses_alone(
        &self,
        recipient: RecipientId,
    ) -> Result<Vec<String>, StoreError> {
        let rows: Vec<One<String>> = self.db.all(ALONE, args![recipient]).await?;
        Ok(rows.into_iter().map(|One(address)| address).collect())
    }

    /// The addresses that a person asked for. Anybody may ask for any: that they did makes none of them theirs.
    pub async fn list_addresses_asked_for(&self, recipient: RecipientId) -> Result<Vec<String>, StoreError> {
        let asked = "SELECT DISTINCT address FROM mail_link
             WHERE recipient_id = $1 AND address IS NOT NULL ORDER BY address";
        let rows: Vec<One<String>> = self.db.all(asked, args![recipient]).await?;
        Ok(rows.into_iter().map(|One(address)| address).collect())
    }

    /// The present address of whoever had this one before, the latest of several; none if somebody has it as their own,
    /// if nobody had it, or if they are erased.
    pub async fn find_present_address(&self, former: &str) -> Result<Option<String>, StoreError> {
        let rows: Vec<FormerAddressOf> =
            self.db.all(PRESENT, args![serde_json::to_string(&[former])?]).await?;
        Ok(rows.into_iter().next_back().map(|row| row.present))
    }
}

impl Tx {
    /// Of these addresses those that [`Store::find_present_address`] knows; who had one last comes last.
    pub async fn find_present_addresses(
        &mut self,
        addresses: &[&str],
    ) -> Result<Vec<FormerAddressOf>, StoreError> {
        let mut found = Vec::new();
        for batch in addresses.chunks(BATCH) {
            found.extend(self.all::<FormerAddressOf>(PRESENT, args![serde_json::to_string(batch)?]).await?);
        }
        Ok(found)
    }
}
