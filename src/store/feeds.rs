//! Personal feeds: who reads behind which address. Of an address only the hash is kept.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::RecipientId;

record! {
    /// A personal feed.
    #[derive(Serialize)]
    pub struct FeedRow {
        /// Its key.
        pub id: i64,
        /// news, calendar.
        pub kind: String,
        /// When it was made.
        pub created_at: DateTime<Utc>,
        /// When it was switched off.
        pub revoked_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// Whose a feed is.
    pub struct FeedReaderRow {
        /// The reader.
        pub recipient: RecipientId,
        /// news, calendar.
        pub kind: String,
        /// When it was switched off.
        pub revoked_at: Option<DateTime<Utc>>,
    }
}

impl Store {
    /// Makes a feed for a person whose address has that hash; false (and nothing done) if `at_most` are open already.
    pub async fn make_feed(
        &self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        kind: &str,
        hash: &str,
        at_most: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Two requests at once count one after the other.
        tx.run("UPDATE recipient SET token_version = token_version WHERE id = $1", args![recipient]).await?;
        let One(open): One<i64> = tx
            .get(
                "SELECT COUNT(*) FROM feed_token WHERE recipient_id = $1 AND revoked_at IS NULL",
                args![recipient],
            )
            .await?;
        if open >= at_most {
            return tx.undo().await.map(|()| false);
        }
        tx.run(
            "INSERT INTO feed_token (recipient_id, hash, kind, created_at) VALUES ($1, $2, $3, $4)",
            args![recipient, hash, kind, now],
        )
        .await?;
        let after = Some(serde_json::json!({ "kind": kind }));
        let made = Change::of_recipient("page", "feed.made", recipient);
        tx.record_change(now, Change { after, ..made }).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A person's feeds that are not switched off, oldest first.
    pub async fn list_open_feeds(&self, recipient: RecipientId) -> Result<Vec<FeedRow>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT id, kind, created_at, revoked_at FROM feed_token
                 WHERE recipient_id = $1 AND revoked_at IS NULL ORDER BY id",
                args![recipient],
            )
            .await?)
    }

    /// Switches a feed of that person off; false if there is no such feed, or it was off already.
    pub async fn revoke_feed(
        &self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        id: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let revoked = tx
            .run(
                "UPDATE feed_token SET revoked_at = $3
                 WHERE id = $1 AND recipient_id = $2 AND revoked_at IS NULL",
                args![id, recipient, now],
            )
            .await?;
        if revoked == 0 {
            return tx.undo().await.map(|()| false);
        }
        let before = Some(serde_json::json!({ "feed": id }));
        let off = Change::of_recipient("page", "feed.revoked", recipient);
        tx.record_change(now, Change { before, ..off }).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whose feed the address with that hash is, switched off or not.
    pub async fn find_feed_reader(&self, hash: &str) -> Result<Option<FeedReaderRow>, StoreError> {
        let sql = "SELECT recipient_id, kind, revoked_at FROM feed_token WHERE hash = $1";
        Ok(self.db.find(sql, args![hash]).await?)
    }
}
