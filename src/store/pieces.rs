//! Encoded parts of letters, by the hash of their content.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::colliding::again_on_collision;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;

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

/// How exactly it is known when a piece was last used: a row is not written again for less.
const KEPT_TO: TimeDelta = TimeDelta::days(1);

/// Pieces that neither a letter (`p` of its JSON) nor an edition names, last used before `$1`. None as long as there is a
/// letter of which it cannot be told what it names.
const UNUSED: Sql = Sql {
    sqlite: "DELETE FROM piece WHERE kept_at < $1
             AND NOT EXISTS (SELECT 1 FROM letter WHERE content <> '{}' AND content ->> '$.p' IS NULL)
             AND hash NOT IN (SELECT p.value FROM letter, json_each(content, '$.p') p WHERE content <> '{}')
             AND hash NOT IN (SELECT inputs ->> '$.templates' FROM edition WHERE inputs ->> '$.templates' IS NOT NULL)",
    postgres: "DELETE FROM piece WHERE kept_at < $1
             AND NOT EXISTS (SELECT 1 FROM letter WHERE content <> '{}' AND content::json ->> 'p' IS NULL)
             AND hash NOT IN (SELECT json_array_elements_text(content::json -> 'p') FROM letter WHERE content <> '{}')
             AND hash NOT IN (SELECT inputs::json ->> 'templates' FROM edition WHERE inputs::json ->> 'templates' IS NOT NULL)",
};

impl Tx {
    /// Keeps pieces at `now` (real time); one that is there already stays.
    pub async fn insert_pieces(
        &mut self,
        now: DateTime<Utc>,
        pieces: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        for (hash, bytes) in pieces {
            let insert =
                "INSERT INTO piece (hash, bytes, kept_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING";
            if self.run(insert, args![hash, bytes.clone(), now]).await? == 0 {
                let update = "UPDATE piece SET kept_at = $2 WHERE hash = $1 AND kept_at < $3";
                self.run(update, args![hash, now, now - KEPT_TO]).await?;
            }
        }
        Ok(())
    }

    /// Removes pieces last used before `cutoff` that nothing names any more; how many.
    pub(super) async fn remove_unused_pieces(&mut self, cutoff: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = "SELECT hash FROM piece WHERE kept_at < $1 LIMIT 1";
        let any: Option<One<String>> = self.find(old, args![cutoff]).await?;
        if any.is_none() {
            return Ok(0);
        }
        Ok(self.run(UNUSED, args![cutoff]).await?)
    }
}

impl Store {
    /// Keeps pieces, in the order of their hashes: two who keep the same ones don't meet in a deadlock. `now` is real
    /// time.
    pub async fn keep_pieces(
        &self,
        pieces: &mut [(String, Vec<u8>)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if pieces.is_empty() {
            return Ok(());
        }
        pieces.sort();
        let sorted = &*pieces;
        again_on_collision(|| self.insert_all_pieces(sorted, now)).await
    }

    async fn insert_all_pieces(
        &self,
        pieces: &[(String, Vec<u8>)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.insert_pieces(now, pieces).await?;
        tx.commit().await
    }

    /// The pieces with those hashes, as far as they are kept.
    pub async fn load_pieces(&self, hashes: &[&str]) -> Result<HashMap<String, Vec<u8>>, StoreError> {
        let rows: Vec<PieceRow> = self.db.all(PIECES, args![serde_json::to_string(hashes)?]).await?;
        Ok(rows.into_iter().map(|row| (row.hash, row.bytes)).collect())
    }
}
