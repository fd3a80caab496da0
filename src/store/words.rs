//! The words of items, as searching finds them. `content` takes texts apart; here lie the rows.

use serde::Serialize;

use super::change::Change;
use super::db::{One, Sql, Tx, args, from_json, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;
use chrono::{DateTime, Utc};

/// A stem of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewStem {
    /// The stemmer's word: no, en.
    pub family: String,
    /// The stem.
    pub stem: String,
    /// More for a better place.
    pub weight: i64,
}

/// The stems of an item's newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStems {
    /// Which item.
    pub item: ItemId,
    /// Its version.
    pub version: i64,
    /// Each stem once.
    pub stems: Vec<NewStem>,
}

/// Which stems a word of a question finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtStem {
    /// The word's place in the question.
    pub place: i64,
    /// How it is compared.
    pub how: Compared,
    /// The whole stem, a beginning, or an end.
    pub text: String,
    /// What the points of its hits are multiplied by.
    pub factor: i64,
}

/// How a stem is compared with what is sought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// It is that stem of that family.
    Whole(String),
    /// It begins so.
    Begins,
    /// It ends so.
    Ends,
}

record! {
    /// A stem that a word of a question finds.
    pub struct FoundStem {
        /// The word's place in the question.
        pub place: i64,
        /// The stem's key.
        pub word: i64,
        /// What the points of its hits are multiplied by.
        pub factor: i64,
    }
}

record! {
    /// An item whose stems lie here.
    pub struct IndexedRow {
        /// Which item.
        pub item: ItemId,
        /// The version that was taken apart.
        pub version: i64,
        /// By which analysis.
        pub analysis: i64,
        /// When it was released.
        pub release_at: DateTime<Utc>,
        /// What links call it.
        pub public_id: String,
    }
}

record! {
    /// An item's stems.
    struct HeldRow {
        item: ItemId,
        stems: String,
    }
}

/// Behind every stem that begins with what stands before it: the last code point.
const LAST: char = '\u{10ffff}';

/// Stems that one part of a question finds at most: the shortest, which hold least besides.
const MOST_STEMS: i64 = 200;

const INSERT_WORDS: Sql = from_json!(
    "INSERT INTO word (family, stem, reversed)
     SELECT DISTINCT e.value ->> 0, e.value ->> 1, e.value ->> 2",
    "WHERE TRUE ON CONFLICT (family, stem) DO NOTHING"
);

const FORGET_ITEMS: Sql = in_json_keys!("DELETE FROM item_word WHERE item_id", "");

const INSERT_ITEM_WORDS: Sql = Sql {
    sqlite: "INSERT INTO item_word (word_id, item_id, weight)
             SELECT w.id, e.value ->> 2, e.value ->> 3 FROM json_each($1) AS e
             JOIN word w ON w.family = e.value ->> 0 AND w.stem = e.value ->> 1",
    postgres: "INSERT INTO item_word (word_id, item_id, weight)
             SELECT w.id, CAST(e.value ->> 2 AS BIGINT), CAST(e.value ->> 3 AS BIGINT)
             FROM json_array_elements($1::json) AS e
             JOIN word w ON w.family = e.value ->> 0 AND w.stem = e.value ->> 1",
};

const HELD: Sql = Sql {
    sqlite: "SELECT item_id, json_group_array(json_array(word_id, weight)) FROM item_word
             WHERE item_id IN (SELECT value FROM json_each($1)) GROUP BY item_id",
    postgres:
        "SELECT item_id, CAST(json_agg(json_build_array(word_id, weight)) AS TEXT) FROM item_word
             WHERE item_id IN (SELECT value::bigint FROM json_array_elements_text($1::json)) GROUP BY item_id",
};

const MARK_INDEXED: Sql = from_json!(
    "INSERT INTO item_indexed (item_id, version, analysis)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), $2",
    "WHERE TRUE ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, analysis = excluded.analysis"
);

impl Tx {
    /// Replaces the stems of items by those of their newest versions; `analysis` is how they were taken apart.
    pub async fn replace_stems(&mut self, analysis: i64, items: &[ItemStems]) -> Result<(), StoreError> {
        let ids: Vec<_> = items.iter().map(|item| item.item).collect();
        let each = || items.iter().flat_map(|item| item.stems.iter().map(move |stem| (item, stem)));
        let backwards = |stem: &str| stem.chars().rev().collect::<String>();
        let words: Vec<_> = each().map(|(_, s)| (&s.family, &s.stem, backwards(&s.stem))).collect();
        let held: Vec<_> = each().map(|(item, s)| (&s.family, &s.stem, item.item, s.weight)).collect();
        let marks: Vec<_> = items.iter().map(|item| (item.item, item.version)).collect();
        self.run(INSERT_WORDS, args![serde_json::to_string(&words)?]).await?;
        self.run(FORGET_ITEMS, args![serde_json::to_string(&ids)?]).await?;
        self.run(INSERT_ITEM_WORDS, args![serde_json::to_string(&held)?]).await?;
        self.run(MARK_INDEXED, args![serde_json::to_string(&marks)?, analysis]).await?;
        Ok(())
    }

    /// Notes in the audit log that so many items were taken apart anew, and raises the change number: whoever keeps
    /// the stems reads them again. `now` is real time.
    pub async fn record_indexing(&mut self, now: DateTime<Utc>, items: usize) -> Result<(), StoreError> {
        let change = Change {
            actor: "serve",
            action: "items.indexed",
            subject: "forum".to_owned(),
            after: Some(serde_json::json!({ "items": items })),
            ..Change::default()
        };
        self.record_change(now, change).await?;
        self.raise_change_number().await
    }

    /// Items whose newest version was not taken apart by `analysis`, at most so many.
    pub async fn list_unindexed(&mut self, analysis: i64, at_most: i64) -> Result<Vec<ItemId>, StoreError> {
        let rows: Vec<One<ItemId>> = self
            .all(
                "SELECT i.id FROM item i LEFT JOIN item_indexed x ON x.item_id = i.id
                 WHERE x.item_id IS NULL OR x.version <> i.version OR x.analysis <> $1
                 ORDER BY i.id LIMIT $2",
                args![analysis, at_most],
            )
            .await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }
}

impl Store {
    /// Every item that was taken apart.
    pub async fn list_indexed(&self) -> Result<Vec<IndexedRow>, StoreError> {
        let sql = "SELECT x.item_id, x.version, x.analysis, i.release_at, i.public_id
                   FROM item_indexed x JOIN item i ON i.id = x.item_id";
        Ok(self.db.all(sql, args![]).await?)
    }

    /// The stems of those of `items` that hold any: each one's key and weight.
    pub async fn list_held_stems(
        &self,
        items: &[ItemId],
    ) -> Result<Vec<(ItemId, Vec<(i64, i64)>)>, StoreError> {
        let rows: Vec<HeldRow> = self.db.all(HELD, args![serde_json::to_string(items)?]).await?;
        rows.into_iter().map(|row| Ok((row.item, serde_json::from_str(&row.stems)?))).collect()
    }

    /// The stems that a question's words find, with the place of the word in the question.
    pub async fn list_found_stems(&self, sought: &[SoughtStem]) -> Result<Vec<FoundStem>, StoreError> {
        let mut found = Vec::new();
        for one in sought {
            let rows: Vec<One<i64>> = match &one.how {
                Compared::Whole(family) => {
                    let sql = "SELECT id FROM word WHERE family = $1 AND stem = $2";
                    self.db.all(sql, args![family, &one.text]).await?
                }
                Compared::Begins => {
                    let sql = "SELECT id FROM word WHERE stem >= $1 AND stem < $2 ORDER BY LENGTH(stem), id LIMIT $3";
                    self.db.all(sql, args![&one.text, format!("{}{LAST}", one.text), MOST_STEMS]).await?
                }
                Compared::Ends => {
                    let end: String = one.text.chars().rev().collect();
                    let behind = format!("{end}{LAST}");
                    let sql = "SELECT id FROM word WHERE reversed >= $1 AND reversed < $2
                               ORDER BY LENGTH(stem), id LIMIT $3";
                    self.db.all(sql, args![end, behind, MOST_STEMS]).await?
                }
            };
            let of_row = |One(word)| FoundStem { place: one.place, word, factor: one.factor };
            found.extend(rows.into_iter().map(of_row));
        }
        Ok(found)
    }
}
