//! What can be read, newest or best first: lists of items for one reader's visibilities, filtered and paged.
//!
//! Every statement holds the same wall: released, not withdrawn, a visibility of the reader's. Nothing outside it is
//! counted, ordered by, or told of.

use chrono::{DateTime, Utc};

use super::db::{Arg, Sql, args, record};
use super::open::{Store, StoreError};
use super::words::FoundStem;
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
/// $5 marks of groups, $6 and $7 the span, $8 and $9 the row before, $10 how many.
macro_rules! shelf {
    ($score:literal, $from:literal, $behind:literal, $order:literal, $texts:literal, $json:literal, $find:literal) => {
        concat!(
            "SELECT ",
            $score,
            ", i.release_at, i.public_id, i.id FROM ",
            $from,
            " JOIN item_version v ON v.item_id = i.id AND v.version = i.version
             WHERE i.withdrawn_at IS NULL AND i.release_at <= $1
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
               AND i.release_at >= $6 AND i.release_at < $7 AND ",
            $behind,
            " ORDER BY ",
            $order,
            "i.release_at DESC, i.public_id DESC LIMIT $10"
        )
    };
}

/// Newest first.
macro_rules! newest {
    ($texts:literal, $json:literal, $find:literal) => {
        shelf!(
            "CAST(0 AS BIGINT)",
            "item i",
            "(i.release_at, i.public_id) < ($8, $9)",
            "",
            $texts,
            $json,
            $find
        )
    };
}

/// By their points for a question: $11 found stems, $12 how many words were asked for, $13 the points of the row before.
///
/// An item holds at most as many words as were asked for; `>=` and not `=`, because PostgreSQL expects one row of an
/// equality here and then reads whole tables again and again.
macro_rules! best {
    ($elements:literal, $held:literal, $texts:literal, $json:literal, $find:literal) => {
        concat!(
            "WITH sought AS (
                 SELECT CAST(e.value ->> 0 AS BIGINT) AS place, CAST(e.value ->> 1 AS BIGINT) AS word_id,
                        CAST(e.value ->> 2 AS BIGINT) AS factor
                 FROM ",
            $elements,
            "($11",
            $json,
            ") AS e),
             hit AS (
                 SELECT w.item_id, q.place, MAX(w.weight * q.factor) AS points
                 FROM sought q ",
            $held,
            " GROUP BY w.item_id, q.place),
             scored AS (
                 SELECT item_id, CAST(SUM(points) AS BIGINT) AS score FROM hit
                 GROUP BY item_id HAVING COUNT(*) >= $12) ",
            shelf!(
                "s.score",
                "scored s JOIN item i ON i.id = s.item_id",
                "(s.score, i.release_at, i.public_id) < ($13, $8, $9)",
                "s.score DESC, ",
                $texts,
                $json,
                $find
            )
        )
    };
}

const NEWEST: Sql = Sql {
    sqlite: newest!("json_each", "", "instr"),
    postgres: newest!("json_array_elements_text", "::json", "strpos"),
};

const BEST: Sql = Sql {
    sqlite: best!("json_each", "JOIN item_word w ON w.word_id = q.word_id", "json_each", "", "instr"),
    // One range of the key for each stem, whatever the planner thinks of how many there are.
    postgres: best!(
        "json_array_elements",
        "CROSS JOIN LATERAL (SELECT item_id, weight FROM item_word o WHERE o.word_id = q.word_id OFFSET 0) w",
        "json_array_elements_text",
        "::json",
        "strpos"
    ),
};

impl Store {
    /// Items that the filter lets through, newest first.
    pub async fn list_newest_items(&self, filter: &ShelfFilter) -> Result<Vec<ShelfRow>, StoreError> {
        Ok(self.db.all(NEWEST, bound(filter)?).await?)
    }

    /// Items that hold each of `words` words, of which `found` are the stems: the best first, then the newest.
    pub async fn list_best_items(
        &self,
        filter: &ShelfFilter,
        words: i64,
        found: &[FoundStem],
    ) -> Result<Vec<ShelfRow>, StoreError> {
        let found: Vec<_> = found.iter().map(|f| (f.place, f.word, f.factor)).collect();
        let mut values = bound(filter)?;
        let points = filter.after.as_ref().map_or(i64::MAX, |place| place.score);
        values.extend(args![serde_json::to_string(&found)?, words, points]);
        Ok(self.db.all(BEST, values).await?)
    }
}

/// Public ids are hex digits; this stands after all of them.
const BEHIND_ALL_IDS: &str = "g";

fn bound(filter: &ShelfFilter) -> Result<Vec<Arg>, StoreError> {
    let json = |list: &[String]| serde_json::to_string(list);
    let about: Vec<String> = filter.about.iter().map(|term| format!("\"{term}\"")).collect();
    let micros = |at: Option<DateTime<Utc>>, none: i64| at.map_or(none, |at| at.timestamp_micros());
    let (at, id) = filter
        .after
        .as_ref()
        .map_or((i64::MAX, BEHIND_ALL_IDS), |place| (place.release_at.timestamp_micros(), &place.public_id));
    Ok(args![
        filter.now,
        json(&filter.visibilities)?,
        json(&filter.kinds)?,
        json(&about)?,
        json(&list_marks(&filter.groups))?,
        micros(filter.from, i64::MIN),
        micros(filter.until, i64::MAX),
        at,
        id,
        filter.at_most
    ])
}

/// How a version's columns name a group: about it or visible to it, to it alone, or its minutes.
fn list_marks(groups: &[String]) -> Vec<String> {
    let marks = |slug: &String| {
        [format!("\"group:{slug}\""), format!("\"only:{slug}\""), format!("\"group\":\"{slug}\"")]
    };
    groups.iter().flat_map(marks).collect()
}
