//! Encoded parts of letters, by the hash of their content.

use std::collections::HashMap;

use super::db::{Sql, Tx, args, record};
use super::open::{Store, StoreError};

record! {
    /// A piece.
    pub struct PieceRow {
        /// SHA-256 of the bytes, in lower-case hex.
        pub hash: String,
        /// What stands in letters, with marks where slots are.
        pub bytes: Vec<u8>,
    }
}

const PIECES: Sql = Sql {
    sqlite: "SELECT hash, bytes FROM piece WHERE hash IN (SELECT value FROM json_each($1))",
    postgres: "SELECT hash, bytes FROM piece WHERE hash IN (SELECT value FROM json_array_elements_text($1::json))",
};

impl Tx {
    /// Keeps pieces; one that is there already stays.
    pub async fn insert_pieces(&mut self, pieces: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        for (hash, bytes) in pieces {
            self.run(
                "INSERT INTO piece (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                args![hash, bytes.clone()],
            )
            .await?;
        }
        Ok(())
    }
}

impl Store {
    /// Keeps pieces, in the order of their hashes: two who keep the same ones don't meet in a deadlock.
    pub async fn keep_pieces(&self, pieces: &mut [(String, Vec<u8>)]) -> Result<(), StoreError> {
        if pieces.is_empty() {
            return Ok(());
        }
        pieces.sort();
        let mut tx = self.begin().await?;
        tx.insert_pieces(pieces).await?;
        tx.commit().await
    }

    /// The pieces with those hashes, as far as they are kept.
    pub async fn load_pieces(&self, hashes: &[&str]) -> Result<HashMap<String, Vec<u8>>, StoreError> {
        let rows: Vec<PieceRow> = self.db.all(PIECES, args![serde_json::to_string(hashes)?]).await?;
        Ok(rows.into_iter().map(|row| (row.hash, row.bytes)).collect())
    }
}
