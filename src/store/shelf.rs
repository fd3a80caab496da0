//! What can be read: lists of items for one reader's visibilities, filtered and paged.
//!
//! Every statement holds the same wall: released, not withdrawn, a visibility of the reader's. Nothing outside it is
//! counted, ordered by, or told of.

use chrono::{DateTime, Utc};

use super::db::{Arg, One, Sql, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::ItemId;

/// Which items are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct ShelfFilter {
    /// Released at or before this instant.
    pub now: DateTime<Utc>,
    /// The reader's visibilities, as rows hold them.
    pub visibilities: Vec<String>,
    /// Words of kinds; none: any.
    pub kinds: Vec<String>,
    /// Terms (`sector:health`) of which the item is about one; none: any.
    pub about: Vec<String>,
    /// Slugs of groups that the item is of: about them, for them alone, or their minutes; none: any.
    pub groups: Vec<String>,
    /// Slug of the group whose minutes these are, and of no group besides; none: any.
    pub met: Option<String>,
    /// Released at or after this instant.
    pub from: Option<DateTime<Utc>>,
    /// Released before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Behind this one, the last of the page before.
    pub after: Option<ShelfPlace>,
    /// At most so many.
    pub at_most: i64,
}

/// Where in a list an item stands. It goes out in links, so it names no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfPlace {
    /// How well it answers the question; 0 if nothing was asked.
    pub score: i64,
    /// When it was released.
    pub release_at: DateTime<Utc>,
    /// What links call it.
    pub public_id: String,
}

record! {
    /// An item of a list.
    pub struct ShelfRow {
        /// How well it answers the question; 0 if nothing was asked.
        pub score: i64,
        /// When it was released.
        pub release_at: DateTime<Utc>,
        /// What links call it.
        pub public_id: String,
        /// Which item.
        pub item: ItemId,
    }
}

/// What every list asks of an item `i` in its newest version `v`: $1 now, $2 visibilities, $3 kinds, $4 terms about,
/// $5 marks of groups, $6 and $7 the span.
macro_rules! shelf {
    ($head:expr, $tail:expr, $texts:literal, $json:literal, $find:literal) => {
        concat!(
            $head,
            " JOIN item_version v ON v.item_id = i.id AND v.version = i.version
             WHERE i.withdrawn_at IS NULL AND i.held_at IS NULL AND i.release_at <= $1
               AND v.visibility IN (SELECT value FROM ",
            $texts,
            "($2",
            $json,
            "))
               AND ($3 = '[]' OR v.kind IN (SELECT value FROM ",
            $texts,
            "($3",
            $json,
            ")))
               AND ($4 = '[]' OR EXISTS (SELECT 1 FROM ",
            $texts,
            "($4",
            $json,
            ") AS t WHERE ",
            $find,
            "(v.about, t.value) > 0))
               AND ($5 = '[]' OR EXISTS (SELECT 1 FROM ",
            $texts,
            "($5",
            $json,
            ") AS t WHERE ",
            $find,
            "(v.about || v.fields || '\"' || v.visibility || '\"', t.value) > 0))
               AND i.release_at >= $6 AND i.release_at < $7 ",
            $tail
        )
    };
}

/// Newest first: $8 and $9 the row before, $10 how many.
macro_rules! newest {
    ($texts:literal, $json:literal, $find:literal) => {
        shelf!(
            "SELECT CAST(0 AS BIGINT), i.release_at, i.public_id, i.id FROM item i",
            "AND (i.release_at, i.public_id) < ($8, $9) ORDER BY i.release_at DESC, i.public_id DESC LIMIT $10",
            $texts,
            $json,
            $find
        )
    };
}

const NEWEST: Sql = Sql {
    sqlite: newest!("json_each", "", "instr"),
    postgres: newest!("json_array_elements_text", "::json", "strpos"),
};

/// Of the items $8 those that the list shows. One look by the key for each, whatever the planner thinks of how many
/// there are.
const AMONG: Sql = Sql {
    sqlite: shelf!(
        "SELECT i.id FROM json_each($8) AS e CROSS JOIN item i ON i.id = e.value",
        "",
        "json_each",
        "",
        "instr"
    ),
    postgres: shelf!(
        "SELECT i.id FROM json_array_elements_text($8::json) AS e
         CROSS JOIN LATERAL (SELECT * FROM item o WHERE o.id = CAST(e.value AS BIGINT) OFFSET 0) AS i",
        "",
        "json_array_elements_text",
        "::json",
        "strpos"
    ),
};

impl Store {
    /// Items that the filter lets through, newest first.
    pub async fn list_newest_items(&self, filter: &ShelfFilter) -> Result<Vec<ShelfRow>, StoreError> {
        let (at, id) = filter.after.as_ref().map_or((i64::MAX, BEHIND_ALL_IDS), |place| {
            (place.release_at.timestamp_micros(), &place.public_id)
        });
        let mut values = bound(filter)?;
        values.extend(args![at, id, filter.at_most]);
        Ok(self.db.all(NEWEST, values).await?)
    }

    /// Those of `items` that the filter lets through, in no order. Its place and number are not asked.
    pub async fn list_shown_among(
        &self,
        filter: &ShelfFilter,
        items: &[ItemId],
    ) -> Result<Vec<ItemId>, StoreError> {
        let mut values = bound(filter)?;
        values.extend(args![serde_json::to_string(items)?]);
        let rows: Vec<One<ItemId>> = self.db.all(AMONG, values).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }
}

/// Public ids are hex digits; this stands after all of them.
const BEHIND_ALL_IDS: &str = "g";

fn bound(filter: &ShelfFilter) -> Result<Vec<Arg>, StoreError> {
    let json = |list: &[String]| serde_json::to_string(list);
    let about: Vec<String> = filter.about.iter().map(|term| format!("\"{term}\"")).collect();
    let micros = |at: Option<DateTime<Utc>>, none: i64| at.map_or(none, |at| at.timestamp_micros());
    Ok(args![
        filter.now,
        json(&filter.visibilities)?,
        json(&filter.kinds)?,
        json(&about)?,
        json(&filter.met.as_ref().map_or_else(|| list_marks(&filter.groups), |slug| vec![mark_met(slug)]))?,
        micros(filter.from, i64::MIN),
        micros(filter.until, i64::MAX)
    ])
}

/// How a version's columns name a group: about it or visible to it, to it alone, or its minutes.
fn list_marks(groups: &[String]) -> Vec<String> {
    let marks = |slug: &String| [format!("\"group:{slug}\""), format!("\"only:{slug}\""), mark_met(slug)];
    groups.iter().flat_map(marks).collect()
}

/// How minutes name the group that met.
fn mark_met(slug: &str) -> String {
    format!("\"group\":\"{slug}\"")
}
