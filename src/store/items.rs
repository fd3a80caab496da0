//! Items as stored: reading their versions, the newest before all.

use chrono::{DateTime, TimeDelta, Utc};

use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;

record! {
    /// A version of an item, the newest unless it says otherwise, in one of its languages: of two languages there are two rows.
    pub struct ItemRow {
        /// Its key.
        pub id: ItemId,
        /// 128 random bits in lower-case hex.
        pub public_id: String,
        /// Stable, unique.
        pub slug: String,
        /// Which, from 1.
        pub version: i64,
        /// From when it may go out.
        pub release_at: DateTime<Utc>,
        /// Its place in the order of release, once released.
        pub number: Option<i64>,
        /// When it got that number.
        pub numbered_at: Option<DateTime<Utc>>,
        /// When it was taken back.
        pub withdrawn_at: Option<DateTime<Utc>>,
        /// When it was held back, if it is.
        pub held_at: Option<DateTime<Utc>>,
        /// When what its readers see last changed beside release, versions and withdrawal; none: never.
        pub changed_at: Option<DateTime<Utc>>,
        /// When this version was written, in real time.
        pub written_at: DateTime<Utc>,
        /// The kind's word.
        pub kind: String,
        /// As the audience language prints it.
        pub audience: Option<String>,
        /// A JSON list of terms.
        pub about: String,
        /// Whether who follows what it is about gets it too.
        pub interested: bool,
        /// `public`, `forum`, `group:<slug>`, `only:<slug>`.
        pub visibility: String,
        /// The importance's word.
        pub importance: String,
        /// The lane's word.
        pub lane: String,
        /// When it closes, if the lead said so.
        pub expires_at: Option<DateTime<Utc>>,
        /// An organisation's slug.
        pub source: Option<String>,
        /// A contact as JSON.
        pub contact: Option<String>,
        /// The language it was first written in.
        pub first_language: String,
        /// What only its kind has, as JSON.
        pub fields: String,
        /// What its file gave, as JSON.
        pub given: String,
        /// The language of `text`.
        pub language: String,
        /// Title and text in that language, as JSON.
        pub text: String,
        /// How many files this version carries.
        pub files: i64,
    }
}

/// Versions, all languages, of the items that a condition on `i` selects; those that `$of` says of `v`.
macro_rules! item_rows {
    ($of:literal, $condition:literal, $order:literal) => {
        concat!(
            "SELECT i.id, i.public_id, i.slug, v.version, i.release_at, i.number, i.numbered_at, i.withdrawn_at, i.held_at,
                    i.changed_at, v.created_at, v.kind, v.audience, v.about, v.interested, v.visibility, v.importance, v.lane, v.expires_at,
                    v.source, v.contact, v.language AS first_language, v.fields, v.given, t.language, t.text,
                    (SELECT COUNT(*) FROM item_attachment a WHERE a.item_id = i.id AND a.version = v.version) AS files
             FROM item i
             JOIN item_version v ON v.item_id = i.id ",
            $of,
            " JOIN item_text t ON t.item_id = i.id AND t.version = v.version ",
            $condition,
            $order
        )
    };
}

/// The newest versions of those items.
macro_rules! newest_items {
    ($condition:literal) => {
        item_rows!("AND v.version = i.version", $condition, " ORDER BY i.id, t.language")
    };
}

/// A condition that lists slugs as a JSON list in `$1`.
const BY_SLUGS: super::db::Sql = super::db::Sql {
    sqlite: newest_items!("WHERE i.slug IN (SELECT value FROM json_each($1))"),
    postgres: newest_items!("WHERE i.slug IN (SELECT json_array_elements_text($1::json))"),
};

/// A condition that lists keys as a JSON list in `$1`.
const BY_IDS: super::db::Sql = super::db::Sql {
    sqlite: newest_items!("WHERE i.id IN (SELECT value FROM json_each($1))"),
    postgres: newest_items!("WHERE i.id IN (SELECT json_array_elements_text($1::json)::bigint)"),
};

/// Each branch reads its index from the newest on, and stops at the first that is open to more than a group.
const LAST_OPEN_CHANGE: &str = "SELECT MAX(changed.last_at) FROM (
         SELECT applied_at AS last_at FROM forum
         UNION ALL SELECT taken_back.last_at FROM (
             SELECT i.withdrawn_at AS last_at
             FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
             WHERE i.withdrawn_at IS NOT NULL AND v.visibility IN ('public', 'forum')
             ORDER BY i.withdrawn_at DESC LIMIT 1) AS taken_back
         UNION ALL SELECT touched.last_at FROM (
             SELECT i.changed_at AS last_at
             FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version
             WHERE i.changed_at IS NOT NULL AND v.visibility IN ('public', 'forum')
             ORDER BY i.changed_at DESC LIMIT 1) AS touched
         UNION ALL SELECT corrected.last_at FROM (
             SELECT v.created_at AS last_at FROM item_version v
             WHERE v.version > 1 AND EXISTS (
                 SELECT 1 FROM item_version o WHERE o.item_id = v.item_id AND o.version IN (v.version, v.version - 1)
                    AND o.visibility IN ('public', 'forum'))
             ORDER BY v.created_at DESC LIMIT 1) AS corrected) AS changed";

impl Store {
    /// Every item's newest version, by key and language.
    pub async fn list_items(&self) -> Result<Vec<ItemRow>, StoreError> {
        Ok(self.db.all(newest_items!(""), vec![]).await?)
    }

    /// The newest versions of items that are not withdrawn and not closed at `at` (released or not);
    /// `open_days` is how long an item without a date of its own stays open after it got its number.
    pub async fn list_open_items(
        &self,
        at: DateTime<Utc>,
        open_days: TimeDelta,
    ) -> Result<Vec<ItemRow>, StoreError> {
        let open = newest_items!(
            "WHERE i.withdrawn_at IS NULL AND (
                 i.closes_at > $1
                 OR (i.closes_at IS NULL AND (i.numbered_at IS NULL OR i.numbered_at > $2)))"
        );
        Ok(self.db.all(open, args![at, at - open_days]).await?)
    }

    /// The newest version of the item called `slug`, a row per language; none if there is no such item.
    pub async fn find_item(&self, slug: &str) -> Result<Vec<ItemRow>, StoreError> {
        Ok(self.db.all(newest_items!("WHERE i.slug = $1"), args![slug]).await?)
    }

    /// Every version of the item, the first first, a row per language; none if there is no such item.
    pub async fn list_item_versions(&self, item: ItemId) -> Result<Vec<ItemRow>, StoreError> {
        let versions = item_rows!("", "WHERE i.id = $1", " ORDER BY v.version, t.language");
        Ok(self.db.all(versions, args![item]).await?)
    }

    /// When an item that is public, or the forum's, was last taken back, held back, let go, moved or given a file, when one
    /// that is or was so was last corrected, and when the forum's own names were last written: the latest of these. Of what
    /// was for groups before and after it tells nothing.
    pub async fn find_last_open_change(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let One(changed): One<Option<DateTime<Utc>>> = self.db.get(LAST_OPEN_CHANGE, args![]).await?;
        Ok(changed)
    }

    /// What only its kind has, of each version of the item, as JSON.
    pub async fn list_version_fields(&self, item: ItemId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT fields FROM item_version WHERE item_id = $1 ORDER BY version";
        let rows: Vec<One<String>> = self.db.all(sql, args![item]).await?;
        Ok(rows.into_iter().map(|One(fields)| fields).collect())
    }

    /// The newest versions of the items with these keys, whatever their state.
    pub async fn list_items_by_ids(&self, ids: &[ItemId]) -> Result<Vec<ItemRow>, StoreError> {
        Ok(self.db.all(BY_IDS, args![serde_json::to_string(ids)?]).await?)
    }
}

impl Tx {
    /// The newest versions of those items among `slugs` that exist, as this transaction sees them.
    pub async fn list_items_by_slugs(&mut self, slugs: &[&str]) -> Result<Vec<ItemRow>, StoreError> {
        Ok(self.all(BY_SLUGS, args![serde_json::to_string(slugs)?]).await?)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::store::db::Db;

    #[tokio::test]
    async fn since_when_feeds_are_as_they_are_is_read_from_indexes_and_nothing_is_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        let store = Store::open(&url, true).await.unwrap();
        let Db::Sqlite(pools) = &store.db else { panic!("{url}") };
        let asked = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {LAST_OPEN_CHANGE}"));
        let rows = sqlx::query(asked).fetch_all(&pools.readers).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        for index in ["item_withdrawn", "item_changed", "item_version_corrected"] {
            let with = format!("USING INDEX {index}");
            assert!(plan.iter().any(|step| step.contains(&with)), "{index}: {plan:?}");
        }
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
    }
}
