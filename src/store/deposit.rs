//! What a public archive is given: items with every version, their files, and what the log tells of them. Never to whom they
//! went.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;

/// Which items are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepositFilter {
    /// Out by this instant.
    pub now: DateTime<Utc>,
    /// Words of kinds; none: minutes, and whatever is or was required.
    pub kinds: Vec<String>,
    /// Released at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Released before this instant.
    pub until: Option<DateTime<Utc>>,
}

record! {
    /// What the log tells of an item: how a version of it came to be, or what else became of its release.
    pub struct ItemLogRow {
        /// `item:referat-helse`.
        pub subject: String,
        /// What it became, as JSON.
        pub after: Option<String>,
        /// `item.added`, `item.changed` (before anybody got it), `item.corrected`; `item.moved`, `item.held`, `item.let_go`,
        /// `item.withdrawn`.
        pub action: String,
        /// Command, page, or `account:ID`.
        pub actor: String,
        /// The account's name; none if it has none or ended, or it was no account.
        pub account: Option<String>,
    }
}

record! {
    /// A file of a version, without its bytes.
    pub struct DepositFileRow {
        /// Which version.
        pub version: i64,
        /// SHA-256 of the bytes in lower-case hex.
        pub hash: String,
        /// As it is called.
        pub name: String,
        /// As its content says.
        pub media_type: String,
    }
}

/// Of the kinds $1 in some version; $2 and $3 the span.
macro_rules! deposited {
    ($texts:literal, $json:literal) => {
        concat!(
            "SELECT i.id, i.slug FROM item i
             WHERE i.release_at >= $2 AND i.release_at < $3
               AND EXISTS (SELECT 1 FROM item_version v WHERE v.item_id = i.id
                           AND (($1 = '[]' AND (v.kind = 'minutes' OR v.importance = 'required'))
                                OR v.kind IN (SELECT value FROM ",
            $texts,
            "($1",
            $json,
            "))))
             ORDER BY i.id"
        )
    };
}

const DEPOSITED: Sql =
    Sql { sqlite: deposited!("json_each", ""), postgres: deposited!("json_array_elements_text", "::json") };

record! {
    /// An item that may be wanted.
    pub struct DepositedRow {
        /// Its key.
        pub id: ItemId,
        /// Stable, unique.
        pub slug: String,
    }
}

impl Store {
    /// The items of these kinds in some version, and of that span, in the order in which they were queued; out or not.
    pub async fn list_deposited(&self, filter: &DepositFilter) -> Result<Vec<DepositedRow>, StoreError> {
        let micros = |at: Option<DateTime<Utc>>, none: i64| at.map_or(none, |at| at.timestamp_micros());
        let values = args![
            serde_json::to_string(&filter.kinds)?,
            micros(filter.from, i64::MIN),
            micros(filter.until, i64::MAX)
        ];
        Ok(self.db.all(DEPOSITED, values).await?)
    }

    /// What the log tells of every item, the oldest first.
    pub async fn list_item_log(&self) -> Result<Vec<ItemLogRow>, StoreError> {
        let log = "SELECT c.subject, c.after, c.action, c.actor, NULLIF(a.name, '')
             FROM change c LEFT JOIN account a ON c.actor = 'account:' || CAST(a.id AS TEXT)
             WHERE c.action IN ('item.added', 'item.changed', 'item.corrected', 'item.moved', 'item.held', 'item.let_go',
                                'item.withdrawn')
             ORDER BY c.id";
        Ok(self.db.all(log, args![]).await?)
    }

    /// The versions of the item that are in a letter that was sent, whatever became of it. What came back is *returned* by
    /// that, for it is sent again.
    pub async fn list_sent_versions(&self, item: ItemId) -> Result<Vec<i64>, StoreError> {
        let sent = "SELECT v.version FROM item_version v
             WHERE v.item_id = $1 AND EXISTS (
                 SELECT 1 FROM delivery_item d JOIN delivery l ON l.id = d.delivery_id
                 WHERE d.item_id = v.item_id AND d.version = v.version
                   AND ((l.state IN ('accepted', 'uncertain') AND NOT d.returned) OR l.state = 'rejected'))
             ORDER BY v.version";
        let rows: Vec<One<i64>> = self.db.all(sent, args![item]).await?;
        Ok(rows.into_iter().map(|One(version)| version).collect())
    }

    /// The files of every version of the item, in their order.
    pub async fn list_deposit_files(&self, item: ItemId) -> Result<Vec<DepositFileRow>, StoreError> {
        let files = "SELECT version, hash, name, media_type FROM item_attachment
             WHERE item_id = $1 ORDER BY version, position";
        Ok(self.db.all(files, args![item]).await?)
    }

    /// Records that so many items were taken for the archive. `now` is real time.
    pub async fn record_deposit(
        &self,
        items: usize,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let (action, subject) = ("archive.exported", "forum".to_owned());
        let after = Some(serde_json::json!({ "items": items }));
        tx.record_change(now, Change { actor, action, subject, after, ..Change::default() }).await?;
        tx.commit().await
    }
}
