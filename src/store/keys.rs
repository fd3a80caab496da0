//! The signing keys of links. Never printed, never exported, never thrown away: an unsubscribe link works for ever.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{args, record};
use super::error::StoreError;
use super::open::Store;

record! {
    /// A key as stored.
    pub struct KeyRow {
        /// From 1.
        pub id: i64,
        /// 32 bytes.
        pub bytes: Vec<u8>,
    }
}

impl Store {
    /// All signing keys, oldest first; empty only before `init`.
    pub async fn list_keys(&self) -> Result<Vec<(u8, [u8; 32])>, StoreError> {
        let rows: Vec<KeyRow> = self.db.all("SELECT id, bytes FROM secret_key ORDER BY id", args![]).await?;
        rows.into_iter().map(key_of).collect()
    }

    /// Adds a signing key; links are signed with it from now on. At most 255 in a forum's life.
    pub async fn add_key(&self, bytes: [u8; 32], now: DateTime<Utc>) -> Result<u8, StoreError> {
        let mut tx = self.begin().await?;
        let row: KeyRow = tx
            .get(
                "INSERT INTO secret_key (bytes, created_at) VALUES ($1, $2) RETURNING id, bytes",
                args![bytes.to_vec(), now],
            )
            .await?;
        let (id, _) = key_of(row)?;
        let change = Change {
            actor: "command",
            action: "key.added",
            subject: format!("key:{id}"),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(id)
    }
}

fn key_of(row: KeyRow) -> Result<(u8, [u8; 32]), StoreError> {
    let corrupt = || StoreError::Corrupt { what: "signing key", value: format!("number {}", row.id) };
    let id = u8::try_from(row.id).map_err(|_| corrupt())?;
    Ok((id, row.bytes.as_slice().try_into().map_err(|_| corrupt())?))
}
