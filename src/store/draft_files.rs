//! The files of drafts. Their bytes lie with those of items.

use chrono::{DateTime, Utc};

use super::attachments::{AttachmentRow, NewAttachment};
use super::db::{One, Tx, args};
use super::desk_drafts::LOCK;
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;

impl Store {
    /// A draft's files, in their order.
    pub async fn list_draft_files(&self, id: i64) -> Result<Vec<AttachmentRow>, StoreError> {
        let files = "SELECT a.position, a.hash, a.name, a.media_type, f.size
             FROM draft_attachment a JOIN attachment f ON f.hash = a.hash WHERE a.draft_id = $1 ORDER BY a.position";
        Ok(self.db.all(files, args![id]).await?)
    }

    /// Adds a file behind those that a draft has; one that it has already under that name adds nothing.
    pub async fn add_draft_file(
        &self,
        id: i64,
        file: &NewAttachment,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // Two who add files at once wait for each other: each file has a place of its own.
        let _locked: Option<One<i64>> = tx.find(LOCK, args![id]).await?;
        let One(there): One<i64> = tx
            .get(
                "SELECT COUNT(*) FROM draft_attachment WHERE draft_id = $1 AND hash = $2 AND name = $3",
                args![id, &file.hash, &file.name],
            )
            .await?;
        if there > 0 {
            return tx.undo().await;
        }
        tx.insert_draft_file(id, file, now).await?;
        tx.note_writer(id, actor).await?;
        tx.record_draft(id, actor, "draft.attached", now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a file away from a draft; false if it is not there.
    pub async fn remove_draft_file(
        &self,
        (id, position): (i64, i64),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let removed = "DELETE FROM draft_attachment WHERE draft_id = $1 AND position = $2";
        if tx.run(removed, args![id, position]).await? == 0 {
            return tx.undo().await.map(|()| false);
        }
        tx.note_writer(id, actor).await?;
        tx.record_draft(id, actor, "draft.detached", now).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    /// Gives a draft the files of an item's newest version; how many these are.
    pub(super) async fn copy_item_files(&mut self, id: i64, item: ItemId) -> Result<u64, StoreError> {
        let copied = "INSERT INTO draft_attachment (draft_id, position, hash, name, media_type)
             SELECT CAST($1 AS BIGINT), a.position, a.hash, a.name, a.media_type
             FROM item_attachment a JOIN item i ON i.id = a.item_id AND i.version = a.version WHERE a.item_id = $2";
        Ok(self.run(copied, args![id, item]).await?)
    }

    /// Puts a file behind those that a draft has.
    pub(super) async fn insert_draft_file(
        &mut self,
        id: i64,
        file: &NewAttachment,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
        self.run(
            "INSERT INTO attachment (hash, size, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
            args![&file.hash, size, file.bytes.to_vec(), now],
        )
        .await?;
        self.run(
            "INSERT INTO draft_attachment (draft_id, position, hash, name, media_type)
             SELECT CAST($1 AS BIGINT), COALESCE(MAX(position) + 1, 0), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT)
             FROM draft_attachment WHERE draft_id = $1",
            args![id, &file.hash, &file.name, &file.media_type],
        )
        .await?;
        Ok(())
    }
}
