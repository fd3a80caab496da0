//! Editions: opening them, and reading what is stored of them.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{EditionId, ItemId};

record! {
    /// An opened edition.
    pub struct EditionRow {
        /// Its key.
        pub id: EditionId,
        /// The cadence's word.
        pub cadence: String,
        /// Which occurrence.
        pub occurs_at: DateTime<Utc>,
        /// The instant at which its release, decisions and ranking stand.
        pub now_at: DateTime<Utc>,
        /// It considers nothing above this number.
        pub last_number: i64,
        /// The greatest number of items in a digest of who has not chosen another.
        pub cap: i64,
        /// What letters read besides, fixed at opening, as JSON.
        pub inputs: String,
        /// Real time.
        pub opened_at: DateTime<Utc>,
        /// Real time; once every recipient was planned.
        pub planned_at: Option<DateTime<Utc>>,
        /// Real time; none unless it is paused.
        pub paused_at: Option<DateTime<Utc>>,
        /// `policy` or `hand`; none unless it is paused.
        pub paused_because: Option<String>,
        /// It was opened while a second person was asked for: what nobody approved does not go in its letters.
        pub asks_approval: bool,
    }
}

/// The columns of [`EditionRow`]: alone, or before a condition.
macro_rules! editions {
    (columns) => {
        "id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at, planned_at, paused_at,
         paused_because, asks_approval"
    };
    ($condition:literal) => {
        concat!("SELECT ", editions!(columns), " FROM edition ", $condition)
    };
}

pub(super) use editions;

const EDITION: &str = editions!("WHERE cadence = $1 AND occurs_at = $2");

/// Locks the release counter until commit. SQLite's one writer holds the whole database already.
const LOCK_COUNTER: Sql = Sql {
    sqlite: "SELECT last_number FROM forum WHERE id = 1",
    postgres: "SELECT last_number FROM forum WHERE id = 1 FOR UPDATE",
};

const NUMBER_ITEMS: Sql = Sql {
    sqlite: "UPDATE item SET number = p.number, numbered_at = $2
             FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS number
                   FROM json_each($1)) AS p
             WHERE item.id = p.id AND item.number IS NULL",
    postgres: "UPDATE item SET number = p.number, numbered_at = $2
             FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS number
                   FROM json_array_elements($1::json)) AS p
             WHERE item.id = p.id AND item.number IS NULL",
};

record! {
    /// An item that is due for release.
    pub struct DueItem {
        /// Its key.
        pub id: ItemId,
        /// Its slug.
        pub slug: String,
        /// From when it may go out.
        pub release_at: DateTime<Utc>,
    }
}

/// What opening an edition fixes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEdition<'a> {
    /// The cadence's word.
    pub cadence: &'a str,
    /// Which occurrence.
    pub occurs_at: DateTime<Utc>,
    /// The instant of its release, decisions and ranking.
    pub now_at: DateTime<Utc>,
    /// The cap for who has not chosen another.
    pub cap: u32,
    /// What letters read besides, as JSON: the hash of the templates, which lie among the pieces.
    pub inputs: String,
    /// Real time.
    pub opened_at: DateTime<Utc>,
    /// See [`EditionRow::asks_approval`].
    pub asks_approval: bool,
}

impl Tx {
    /// Locks the release counter until commit and reads it.
    pub async fn lock_release_counter(&mut self) -> Result<i64, StoreError> {
        let One(last) = self.get(LOCK_COUNTER, vec![]).await?;
        Ok(last)
    }

    /// Releases what is due at `now` in the order of (`release_at`, slug): gives each the next
    /// number under the counter's lock. Answers the last number given so far.
    pub async fn release_due(&mut self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let last = self.lock_release_counter().await?;
        let mut due: Vec<DueItem> = self
            .all(
                "SELECT id, slug, release_at FROM item
                 WHERE number IS NULL AND withdrawn_at IS NULL AND held_at IS NULL AND release_at <= $1",
                args![now],
            )
            .await?;
        if due.is_empty() {
            return Ok(last);
        }
        // Sorted here: the two databases collate text differently.
        due.sort_by(|a, b| (a.release_at, &a.slug).cmp(&(b.release_at, &b.slug)));
        let numbered: Vec<(i64, i64)> =
            (last + 1..).zip(&due).map(|(number, item)| (item.id.0, number)).collect();
        let last = last + numbered.len() as i64;
        self.run(NUMBER_ITEMS, args![serde_json::to_string(&numbered)?, now]).await?;
        self.run("UPDATE forum SET last_number = $1, change_number = change_number + 1", args![last]).await?;
        Ok(last)
    }

    /// The edition of that cadence and occurrence, if it was opened.
    pub async fn find_edition(
        &mut self,
        cadence: &str,
        occurs_at: DateTime<Utc>,
    ) -> Result<Option<EditionRow>, StoreError> {
        Ok(self.find(EDITION, args![cadence, occurs_at]).await?)
    }

    /// The edition with that key.
    pub async fn get_edition(&mut self, id: EditionId) -> Result<EditionRow, StoreError> {
        Ok(self.get(editions!("WHERE id = $1"), args![id]).await?)
    }

    /// Releases what is due and stores the new edition. Unfinished planning of the cadence's earlier
    /// occurrences ends here: this edition covers them.
    pub async fn insert_edition(&mut self, new: NewEdition<'_>) -> Result<EditionRow, StoreError> {
        let last_number = self.release_due(new.now_at).await?;
        self.run(
            "UPDATE edition SET planned_at = $1 WHERE cadence = $2 AND occurs_at < $3 AND planned_at IS NULL",
            args![new.opened_at, new.cadence, new.occurs_at],
        )
        .await?;
        let row: EditionRow = self
            .get(
                concat!(
                    "INSERT INTO edition (cadence, occurs_at, now_at, last_number, cap, inputs, opened_at,
                                          asks_approval)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ",
                    editions!(columns)
                ),
                args![
                    new.cadence,
                    new.occurs_at,
                    new.now_at,
                    last_number,
                    i64::from(new.cap),
                    new.inputs,
                    new.opened_at,
                    new.asks_approval
                ],
            )
            .await?;
        let after = serde_json::json!({
            "cadence": row.cadence, "occurs_at": row.occurs_at, "last_number": last_number,
        });
        self.record_change(
            new.opened_at,
            Change {
                actor: "edition",
                action: "edition.opened",
                subject: format!("edition:{}", row.id),
                after: Some(after),
                ..Change::default()
            },
        )
        .await?;
        Ok(row)
    }
}

impl Store {
    /// The edition of that cadence and occurrence, if it was opened.
    pub async fn find_edition(
        &self,
        cadence: &str,
        occurs_at: DateTime<Utc>,
    ) -> Result<Option<EditionRow>, StoreError> {
        Ok(self.db.find(EDITION, args![cadence, occurs_at]).await?)
    }

    /// The latest opened edition of a cadence that occurs at or before `at`.
    pub async fn find_latest_edition(
        &self,
        cadence: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<EditionRow>, StoreError> {
        const LATEST: &str =
            editions!("WHERE cadence = $1 AND occurs_at <= $2 ORDER BY occurs_at DESC LIMIT 1");
        Ok(self.db.find(LATEST, args![cadence, at]).await?)
    }

    /// The edition with that key.
    pub async fn get_edition(&self, id: EditionId) -> Result<EditionRow, StoreError> {
        Ok(self.db.get(editions!("WHERE id = $1"), args![id]).await?)
    }

    /// Every edition, by occurrence.
    pub async fn list_editions(&self) -> Result<Vec<EditionRow>, StoreError> {
        Ok(self.db.all(editions!("ORDER BY occurs_at, cadence"), vec![]).await?)
    }

    /// Editions whose planning is not finished, oldest first.
    pub async fn list_unfinished_editions(&self) -> Result<Vec<EditionRow>, StoreError> {
        Ok(self.db.all(editions!("WHERE planned_at IS NULL ORDER BY opened_at, id"), vec![]).await?)
    }

    /// Marks an edition as planned for everyone. `now` is real time.
    pub async fn finish_planning(&self, id: EditionId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let done = tx
            .run("UPDATE edition SET planned_at = $2 WHERE id = $1 AND planned_at IS NULL", args![id, now])
            .await?;
        if done > 0 {
            tx.record_change(
                now,
                Change {
                    actor: "edition",
                    action: "edition.finished_planning",
                    subject: format!("edition:{id}"),
                    ..Change::default()
                },
            )
            .await?;
        }
        tx.commit().await
    }

    /// When the forum began: nothing that would have occurred before then is missed.
    pub async fn get_beginning(&self) -> Result<DateTime<Utc>, StoreError> {
        let One(begun_at) = self.db.get("SELECT created_at FROM forum WHERE id = 1", vec![]).await?;
        Ok(begun_at)
    }

    /// The last number given, read without a lock.
    pub async fn last_number(&self) -> Result<i64, StoreError> {
        let One(last) = self.db.get("SELECT last_number FROM forum WHERE id = 1", vec![]).await?;
        Ok(last)
    }
}
