//! Files that items carry: their bytes once by hash, and which version of which item names them.

use chrono::{DateTime, Utc};
use std::sync::Arc;

use super::change::Change;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;

/// A file to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// SHA-256 of the bytes in lower-case hex.
    pub hash: String,
    /// As it is called.
    pub name: String,
    /// As its content says.
    pub media_type: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

record! {
    /// A file of an item's newest version, without its bytes.
    pub struct AttachmentRow {
        /// Its place, from 0.
        pub position: i64,
        /// SHA-256 of the bytes in lower-case hex.
        pub hash: String,
        /// As it is called.
        pub name: String,
        /// As its content says.
        pub media_type: String,
        /// Bytes.
        pub size: i64,
    }
}

record! {
    struct FileOfRow {
        item: ItemId,
        position: i64,
        hash: String,
        name: String,
        media_type: String,
        size: i64,
    }
}

impl FileOfRow {
    fn split(self) -> (ItemId, AttachmentRow) {
        let FileOfRow { item, position, hash, name, media_type, size } = self;
        (item, AttachmentRow { position, hash, name, media_type, size })
    }
}

impl Tx {
    /// Gives version `version` of an item these files, in their order, from place `first` on.
    pub(super) async fn insert_attachments(
        &mut self,
        now: DateTime<Utc>,
        (item, version): (ItemId, i64),
        first: i64,
        files: &[NewAttachment],
    ) -> Result<(), StoreError> {
        for (file, position) in files.iter().zip(first..) {
            let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
            self.run(
                "INSERT INTO attachment (hash, size, bytes, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (hash) DO NOTHING",
                args![&file.hash, size, file.bytes.to_vec(), now],
            )
            .await?;
            self.run(
                "INSERT INTO item_attachment (item_id, version, position, hash, name, media_type)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                args![item, version, position, &file.hash, &file.name, &file.media_type],
            )
            .await?;
        }
        Ok(())
    }

    /// Gives version `version` of an item the files of the version before it.
    pub(super) async fn keep_attachments(&mut self, item: ItemId, version: i64) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO item_attachment (item_id, version, position, hash, name, media_type)
             SELECT item_id, $2, position, hash, name, media_type FROM item_attachment
             WHERE item_id = $1 AND version = $2 - 1",
            args![item, version],
        )
        .await?;
        Ok(())
    }

    /// The files of an item's newest version, in their order.
    pub async fn list_attachments(&mut self, item: ItemId) -> Result<Vec<AttachmentRow>, StoreError> {
        Ok(self.all(LIST, args![item]).await?)
    }

    /// Adds files to an item's newest version, behind those that it has. `now` is real time.
    pub async fn attach_files(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
        files: &[NewAttachment],
    ) -> Result<(), StoreError> {
        let One(item) = self.get("SELECT id FROM item WHERE slug = $1", args![slug]).await?;
        let One(version) = self.get("SELECT version FROM item WHERE id = $1", args![item]).await?;
        let there = self.list_attachments(item).await?;
        let first = there.last().map_or(0, |row| row.position + 1);
        self.insert_attachments(now, (item, version), first, files).await?;
        self.run("UPDATE item SET changed_at = $2 WHERE id = $1", args![item, now]).await?;
        let names: Vec<_> = files.iter().map(|file| (&file.name, &file.hash)).collect();
        let change = Change {
            actor,
            action: "item.attached",
            subject: format!("item:{slug}"),
            after: Some(serde_json::json!({ "version": version, "files": names })),
            ..Change::default()
        };
        self.record_change(now, change).await?;
        self.raise_change_number().await
    }
}

const LIST: &str = "SELECT a.position, a.hash, a.name, a.media_type, f.size
     FROM item_attachment a
     JOIN item i ON i.id = a.item_id AND i.version = a.version
     JOIN attachment f ON f.hash = a.hash
     WHERE a.item_id = $1 ORDER BY a.position";

const LIST_OF: Sql = in_json_keys!(
    "SELECT a.item_id, a.position, a.hash, a.name, a.media_type, f.size
     FROM item_attachment a
     JOIN item i ON i.id = a.item_id AND i.version = a.version
     JOIN attachment f ON f.hash = a.hash
     WHERE a.item_id",
    " ORDER BY a.item_id, a.position"
);

impl Store {
    /// The files of an item's newest version, in their order.
    pub async fn list_attachments(&self, item: ItemId) -> Result<Vec<AttachmentRow>, StoreError> {
        Ok(self.db.all(LIST, args![item]).await?)
    }

    /// The files of the newest versions of these items, those of each in their order.
    pub async fn list_attachments_of(
        &self,
        items: &[ItemId],
    ) -> Result<Vec<(ItemId, AttachmentRow)>, StoreError> {
        let rows: Vec<FileOfRow> = self.db.all(LIST_OF, args![serde_json::to_string(items)?]).await?;
        Ok(rows.into_iter().map(FileOfRow::split).collect())
    }

    /// The bytes of the file with that hash.
    pub async fn find_attachment_bytes(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<One<Vec<u8>>> =
            self.db.find("SELECT bytes FROM attachment WHERE hash = $1", args![hash]).await?;
        Ok(row.map(|One(bytes)| bytes))
    }
}
