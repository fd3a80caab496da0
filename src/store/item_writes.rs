//! Items as stored: adding them, adding versions, correcting, withdrawing. All in bulk: one statement per table.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::attachments::NewAttachment;
use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::words::{ItemStems, NewStem};
use crate::ids::ItemId;

/// One version of an item with its texts, as it is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewVersion {
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
    /// From when the item may go out, from this version on.
    #[serde(with = "micros")]
    pub release_at: DateTime<Utc>,
    /// When it closes, if the lead said so.
    #[serde(with = "optional_micros")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Its expiry or own date, if it has either.
    #[serde(with = "optional_micros")]
    pub closes_at: Option<DateTime<Utc>>,
    /// An organisation's slug.
    pub source: Option<String>,
    /// A contact as JSON.
    pub contact: Option<String>,
    /// The language it was first written in.
    pub language: String,
    /// What only its kind has, as JSON.
    pub fields: String,
    /// What its file gave, as JSON.
    pub given: String,
    /// Language and text (JSON) of every language.
    #[serde(skip)]
    pub texts: Vec<(String, String)>,
    /// Its files; none given: those of the version before.
    #[serde(skip)]
    pub attachments: Option<Vec<NewAttachment>>,
    /// The stems to find it by, of all languages.
    #[serde(skip)]
    pub stems: Vec<NewStem>,
    /// How the texts were taken apart.
    #[serde(skip)]
    pub analysis: i64,
}

/// A new item with its first version.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItem {
    /// 128 random bits in lower-case hex.
    pub public_id: String,
    /// Stable, unique.
    pub slug: String,
    /// Version 1.
    pub first: NewVersion,
}

/// The next version of a stored item.
#[derive(Debug, Clone, PartialEq)]
pub struct NextVersion {
    /// Which item.
    pub id: ItemId,
    /// Its slug, for the audit log.
    pub slug: String,
    /// The version's number: one more than the newest.
    pub version: i64,
    /// What it says.
    pub next: NewVersion,
}

/// Instants as microseconds: JSON that both databases turn into BIGINT.
mod micros {
    use chrono::{DateTime, Utc};
    use serde::Serializer;

    pub fn serialize<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.timestamp_micros())
    }
}

/// The same for what may be absent.
mod optional_micros {
    use chrono::{DateTime, Utc};
    use serde::{Serialize as _, Serializer};

    pub fn serialize<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(|at| at.timestamp_micros()).serialize(serializer)
    }
}

/// How many items go into one statement.
const BATCH: usize = 1000;

record! {
    /// The key that a new item got.
    struct Inserted {
        id: ItemId,
        slug: String,
    }
}

const INSERT_ITEMS: Sql = Sql {
    sqlite: "INSERT INTO item (public_id, slug, version, release_at, closes_at, created_at)
             SELECT value ->> 'public_id', value ->> 'slug', 1, value ->> 'release_at', value ->> 'closes_at', $2
             FROM json_each($1) WHERE true
             RETURNING id, slug",
    postgres: "INSERT INTO item (public_id, slug, version, release_at, closes_at, created_at)
             SELECT value ->> 'public_id', value ->> 'slug', 1, (value ->> 'release_at')::bigint,
                    (value ->> 'closes_at')::bigint, $2
             FROM json_array_elements($1::json) AS value
             RETURNING id, slug",
};

const INSERT_VERSIONS: Sql = Sql {
    sqlite: "INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance,
                                       lane, expires_at, source, contact, language, fields, given, created_at)
             SELECT value ->> 'id', value ->> 'version', value ->> 'kind', value ->> 'audience', value ->> 'about',
                    value ->> 'interested', value ->> 'visibility', value ->> 'importance', value ->> 'lane',
                    value ->> 'expires_at', value ->> 'source', value ->> 'contact', value ->> 'language',
                    value ->> 'fields', value ->> 'given', $2
             FROM json_each($1)",
    postgres: "INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance,
                                       lane, expires_at, source, contact, language, fields, given, created_at)
             SELECT (value ->> 'id')::bigint, (value ->> 'version')::bigint, value ->> 'kind', value ->> 'audience',
                    value ->> 'about', (value ->> 'interested')::boolean, value ->> 'visibility',
                    value ->> 'importance', value ->> 'lane', (value ->> 'expires_at')::bigint, value ->> 'source',
                    value ->> 'contact', value ->> 'language', value ->> 'fields', value ->> 'given', $2
             FROM json_array_elements($1::json) AS value",
};

const INSERT_TEXTS: Sql = Sql {
    sqlite: "INSERT INTO item_text (item_id, version, language, text)
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
    postgres: "INSERT INTO item_text (item_id, version, language, text)
             SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, value ->> 2, value ->> 3
             FROM json_array_elements($1::json) AS value",
};

const MOVE_TO_NEXT: Sql = Sql {
    sqlite: "UPDATE item SET version = n.version, release_at = n.release_at, closes_at = n.closes_at
             FROM (SELECT value ->> 'id' AS id, value ->> 'version' AS version,
                          value ->> 'release_at' AS release_at, value ->> 'closes_at' AS closes_at
                   FROM json_each($1)) AS n
             WHERE item.id = n.id",
    postgres: "UPDATE item SET version = n.version, release_at = n.release_at, closes_at = n.closes_at
             FROM (SELECT (value ->> 'id')::bigint AS id, (value ->> 'version')::bigint AS version,
                          (value ->> 'release_at')::bigint AS release_at,
                          (value ->> 'closes_at')::bigint AS closes_at
                   FROM json_array_elements($1::json) AS value) AS n
             WHERE item.id = n.id",
};

/// A version's row as the statements read it.
#[derive(Serialize)]
struct VersionJson<'a> {
    id: ItemId,
    version: i64,
    #[serde(flatten)]
    rest: &'a NewVersion,
}

impl Tx {
    /// Stores new items with their first versions, unreleased. `now` is real time.
    pub async fn insert_items(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        items: &[NewItem],
    ) -> Result<(), StoreError> {
        for batch in items.chunks(BATCH) {
            let heads: Vec<_> = batch
                .iter()
                .map(|item| {
                    serde_json::json!({
                        "public_id": item.public_id, "slug": item.slug,
                        "release_at": item.first.release_at.timestamp_micros(),
                        "closes_at": item.first.closes_at.map(|at| at.timestamp_micros()),
                    })
                })
                .collect();
            let rows: Vec<Inserted> =
                self.all(INSERT_ITEMS, args![serde_json::to_string(&heads)?, now]).await?;
            let ids: std::collections::HashMap<_, _> =
                rows.iter().map(|row| (row.slug.as_str(), row.id)).collect();
            let versions: Vec<_> =
                batch.iter().map(|item| (ids[item.slug.as_str()], 1, &item.first)).collect();
            self.insert_versions(now, &versions).await?;
            let changes = batch.iter().map(|item| Change {
                actor,
                action: "item.added",
                subject: format!("item:{}", item.slug),
                after: Some(audit_of(1, &item.first)),
                ..Change::default()
            });
            self.record_changes(now, changes.collect()).await?;
        }
        self.raise_change_number().await
    }

    /// Stores the next versions of items and makes them the newest. `action` is what the audit log
    /// calls it; `now` is real time.
    pub async fn insert_next_versions(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        action: &str,
        items: &[NextVersion],
    ) -> Result<(), StoreError> {
        for batch in items.chunks(BATCH) {
            let versions: Vec<_> = batch.iter().map(|item| (item.id, item.version, &item.next)).collect();
            let rows = self.insert_versions(now, &versions).await?;
            self.run(MOVE_TO_NEXT, args![rows]).await?;
            let changes = batch.iter().map(|item| Change {
                actor,
                action,
                subject: format!("item:{}", item.slug),
                before: Some(serde_json::json!({ "version": item.version - 1 })),
                after: Some(audit_of(item.version, &item.next)),
                ..Change::default()
            });
            self.record_changes(now, changes.collect()).await?;
        }
        self.raise_change_number().await
    }

    /// Writes versions and their texts; the versions' JSON as it was written.
    async fn insert_versions(
        &mut self,
        now: DateTime<Utc>,
        versions: &[(ItemId, i64, &NewVersion)],
    ) -> Result<String, StoreError> {
        let rows: Vec<_> =
            versions.iter().map(|&(id, version, rest)| VersionJson { id, version, rest }).collect();
        let rows = serde_json::to_string(&rows)?;
        self.run(INSERT_VERSIONS, args![&rows, now]).await?;
        let texts: Vec<_> = versions
            .iter()
            .flat_map(|(id, version, v)| v.texts.iter().map(move |(l, text)| (id, version, l, text)))
            .collect();
        self.run(INSERT_TEXTS, args![serde_json::to_string(&texts)?]).await?;
        for &(item, version, v) in versions {
            match &v.attachments {
                Some(files) => self.insert_attachments(now, (item, version), 0, files).await?,
                None if version > 1 => self.keep_attachments(item, version).await?,
                None => {}
            }
        }
        for of_one in versions.chunk_by(|a, b| a.2.analysis == b.2.analysis) {
            let stems =
                of_one.iter().map(|&(item, version, v)| ItemStems { item, version, stems: v.stems.clone() });
            self.replace_stems(of_one[0].2.analysis, &stems.collect::<Vec<_>>()).await?;
        }
        Ok(rows)
    }

    /// Lets a version say otherwise what none of its readers is told. `now` is real time.
    pub async fn amend_version(
        &mut self,
        (id, slug, version): (ItemId, &str, i64),
        (fields, given): (&str, &str),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE item_version SET fields = $3, given = $4 WHERE item_id = $1 AND version = $2",
            args![id, version, fields, given],
        )
        .await?;
        let change =
            Change { actor, action: "item.owners", subject: format!("item:{slug}"), ..Change::default() };
        self.record_change(now, change).await?;
        self.raise_change_number().await
    }

    /// Gives a released item the next number of the release counter, whose row stays locked until
    /// commit: everyone looks at it again. It counts as given at `now`, but never before the last
    /// number given to any item, so that numbers and their instants ascend together.
    pub async fn renumber_item(&mut self, id: ItemId, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let One(number) =
            self.get("UPDATE forum SET last_number = last_number + 1 RETURNING last_number", vec![]).await?;
        let One(latest) = self.get("SELECT MAX(numbered_at) FROM item", vec![]).await?;
        let latest: Option<DateTime<Utc>> = latest;
        let numbered_at = latest.map_or(now, |at| at.max(now));
        self.run(
            "UPDATE item SET number = $2, numbered_at = $3 WHERE id = $1",
            args![id, number, numbered_at],
        )
        .await?;
        Ok(number)
    }

    /// Takes an item's number away: it waits for its release again.
    pub async fn unrelease_item(&mut self, id: ItemId) -> Result<(), StoreError> {
        self.run("UPDATE item SET number = NULL, numbered_at = NULL WHERE id = $1", args![id]).await?;
        Ok(())
    }

    /// Takes an item back at `now` (real time); false (and nothing changed) if it is withdrawn already.
    pub async fn withdraw_item(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
    ) -> Result<bool, StoreError> {
        let taken = "UPDATE item SET withdrawn_at = $2 WHERE slug = $1 AND withdrawn_at IS NULL";
        self.take_item_back((taken, None), (actor, slug), now).await
    }

    /// The same for what becomes a draft again before it went to anybody: the log says that it was undone. False, too, once an
    /// edition numbered it, and once it was corrected: the draft does not hold what was put right.
    pub(super) async fn undo_item(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
    ) -> Result<bool, StoreError> {
        let undone = "UPDATE item SET withdrawn_at = $2
                      WHERE slug = $1 AND withdrawn_at IS NULL AND number IS NULL AND version = 1";
        let after = serde_json::json!({ "undone": true });
        self.take_item_back((undone, Some(after)), (actor, slug), now).await
    }

    async fn take_item_back(
        &mut self,
        (statement, after): (&'static str, Option<serde_json::Value>),
        (actor, slug): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        if self.run(statement, args![slug, now]).await? == 0 {
            return Ok(false);
        }
        let (action, subject) = ("item.withdrawn", format!("item:{slug}"));
        self.record_change(now, Change { actor, action, subject, after, ..Change::default() }).await?;
        self.forget_promises_of(slug, actor, now).await?;
        self.raise_change_number().await?;
        Ok(true)
    }
}

/// What the audit log keeps of a version: what decides who gets it. The texts stay in their own table.
fn audit_of(version: i64, v: &NewVersion) -> serde_json::Value {
    serde_json::json!({
        "version": version, "audience": v.audience, "about": v.about, "visibility": v.visibility,
        "importance": v.importance, "lane": v.lane, "release_at": v.release_at, "expires_at": v.expires_at,
    })
}
