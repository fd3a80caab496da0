//! The page of effects: what is being composed, what is published, and the sums that stand on it. What stood there before is
//! not kept; who published when stands in the log.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::change::Change;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::mailings::{attempting, exceptional, queued};
use super::open::Store;
use crate::ids::{EditionId, ItemId};

record! {
    /// The page as it is stored.
    #[derive(Eq)]
    pub struct EffectPageRow {
        /// What the form says, as JSON; `{}`: nobody saved one yet.
        pub draft: String,
        /// The first day of what is published; none: nothing is.
        pub first_on: Option<String>,
        /// The last day.
        pub last_on: Option<String>,
        /// The introduction.
        pub introduction: Option<String>,
        /// Its language tag.
        pub language: Option<String>,
        /// What was counted, as JSON.
        pub figures: Option<String>,
        /// Pairs of groups, as JSON.
        pub connections: Option<String>,
        /// Who published it: `account:3`, `command`.
        pub published_by: Option<String>,
        /// When.
        pub published_at: Option<DateTime<Utc>>,
        /// How often it was published or taken back: an old tab is known by it.
        pub turns: i64,
    }
}

record! {
    /// A line of the published page.
    #[derive(Eq)]
    pub struct EffectLineRow {
        /// The slug of the group.
        pub group: String,
        /// `goal`, `gain`.
        pub kind: String,
        /// What it says.
        pub words: String,
        /// Of a goal its sign, of a gain how it was done.
        pub beside: Option<String>,
        /// The day on which a goal was reached, or that of the meeting.
        pub happened_on: Option<String>,
        /// A language tag.
        pub language: String,
        /// The minutes behind a gain.
        pub item: Option<ItemId>,
        /// Of theirs, as it was read.
        pub version: Option<i64>,
    }
}

record! {
    /// How many organisations of a kind have a place.
    #[derive(Eq)]
    pub struct SeatedKindRow {
        /// The slug of the kind.
        pub kind: String,
        /// So many.
        pub organisations: i64,
    }
}

/// What went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentRow {
    /// Mailings of which at least one letter was accepted.
    pub mailings: i64,
    /// Letters that were accepted.
    pub letters: i64,
}

record! {
    /// A mailing, and how many of its letters are accepted or wait.
    struct MailingRow {
        edition: EditionId,
        letters: i64,
    }
}

record! {
    /// How many letters of a mailing wait or are being sent.
    struct WaitingRow {
        edition: EditionId,
        letters: i64,
    }
}

/// What is published beside its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEffectPage<'a> {
    /// The first day.
    pub first_on: &'a str,
    /// The last day.
    pub last_on: &'a str,
    /// The introduction.
    pub introduction: &'a str,
    /// Its language tag.
    pub language: &'a str,
    /// What was counted, as JSON.
    pub figures: &'a str,
    /// Pairs of groups, as JSON.
    pub connections: &'a str,
}

const MAILINGS: &str = concat!(
    "SELECT e.id, (SELECT COUNT(*) FROM delivery d WHERE d.edition_id = e.id)
            - (SELECT COUNT(*) FROM delivery d WHERE d.edition_id = e.id AND d.",
    exceptional!(),
    ") FROM edition e WHERE e.occurs_at >= $1 AND e.occurs_at < $2"
);

const WAITING: &str = concat!(
    "SELECT edition_id, COUNT(*) FROM (SELECT edition_id FROM delivery WHERE ",
    queued!(),
    " UNION ALL SELECT edition_id FROM delivery WHERE ",
    attempting!(),
    ") AS waiting GROUP BY edition_id"
);

const PAGE: &str = "SELECT draft, first_on, last_on, introduction, language, figures, connections, published_by, published_at, turns
                    FROM effect_page WHERE id = 1";

const LOCK_PAGE: Sql = Sql {
    sqlite: PAGE,
    postgres: "SELECT draft, first_on, last_on, introduction, language, figures, connections, published_by, published_at, turns
               FROM effect_page WHERE id = 1 FOR UPDATE",
};

const LINES: &str = "SELECT group_slug, kind, words, beside, happened_on, language, item_id, version
                     FROM effect_line ORDER BY position, id";

impl Store {
    /// The page, as it is composed and as it is published.
    pub async fn get_effect_page(&self) -> Result<EffectPageRow, StoreError> {
        Ok(self.db.get(PAGE, args![]).await?)
    }

    /// The lines of the published page, in its order.
    pub async fn list_effect_lines(&self) -> Result<Vec<EffectLineRow>, StoreError> {
        Ok(self.db.all(LINES, args![]).await?)
    }

    /// Whether a page is published.
    pub async fn has_effects(&self) -> Result<bool, StoreError> {
        let published = "SELECT published_at IS NOT NULL FROM effect_page WHERE id = 1";
        let One(has): One<bool> = self.db.get(published, args![]).await?;
        Ok(has)
    }

    /// How many organisations of each kind have a place in a group at `now`, held or vacant; by kind.
    pub async fn count_seated_organisations(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<SeatedKindRow>, StoreError> {
        // Each organisation is asked for one place of its own, so that not every place is read.
        let seated = "SELECT o.kind, COUNT(*) FROM organisation o
                      WHERE EXISTS (SELECT 1 FROM seat s WHERE s.organisation_id = o.id
                                    AND (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1))
                      GROUP BY o.kind ORDER BY o.kind";
        Ok(self.db.all(seated, args![now]).await?)
    }

    /// How many people get letters.
    pub async fn count_readers(&self) -> Result<i64, StoreError> {
        let One(count): One<i64> =
            self.db.get("SELECT COUNT(*) FROM recipient WHERE status = 'active'", args![]).await?;
        Ok(count)
    }

    /// What went out in mailings that were due from `from` and before `until`. A year's letters are counted in indexes: all of a
    /// mailing, less those that are in any state but accepted, which are few.
    pub async fn count_sent(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<SentRow, StoreError> {
        let mailings: Vec<MailingRow> = self.db.all(MAILINGS, args![from, until]).await?;
        let waiting: Vec<WaitingRow> = self.db.all(WAITING, args![]).await?;
        let waiting: HashMap<EditionId, i64> = waiting.iter().map(|row| (row.edition, row.letters)).collect();
        let accepted: Vec<i64> = mailings
            .iter()
            .map(|row| row.letters - waiting.get(&row.edition).copied().unwrap_or_default())
            .filter(|letters| *letters > 0)
            .collect();
        Ok(SentRow { mailings: accepted.len() as i64, letters: accepted.iter().sum() })
    }

    /// How many people said that they come to one of these events, or that they send another; whoever said it twice counts
    /// twice.
    pub async fn count_coming(&self, items: &[ItemId]) -> Result<i64, StoreError> {
        const COMING: Sql = in_json_keys!(
            "SELECT COUNT(*) FROM answer WHERE ended_at IS NULL AND answer IN ('coming', 'sending') AND item_id",
            ""
        );
        let One(count): One<i64> = self.db.get(COMING, args![serde_json::to_string(items)?]).await?;
        Ok(count)
    }
}

impl Tx {
    /// The page; whoever else composes or publishes it waits until this is over.
    pub async fn lock_effect_page(&mut self) -> Result<EffectPageRow, StoreError> {
        Ok(self.get(LOCK_PAGE, args![]).await?)
    }

    /// The lines of the published page, in its order.
    pub async fn list_effect_lines(&mut self) -> Result<Vec<EffectLineRow>, StoreError> {
        Ok(self.all(LINES, args![]).await?)
    }

    /// Keeps what the form says. `now` is real time.
    pub async fn keep_effect_draft(
        &mut self,
        draft: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE effect_page SET draft = $1, drafted_by = $2, drafted_at = $3 WHERE id = 1",
            args![draft, actor, now],
        )
        .await?;
        self.record_change(now, change(actor, "effects.saved")).await
    }

    /// Shows this instead of whatever was shown. `now` is real time.
    pub async fn publish_effects(
        &mut self,
        page: &NewEffectPage<'_>,
        lines: &[EffectLineRow],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE effect_page SET first_on = $1, last_on = $2, introduction = $3, language = $4, figures = $5,
                    connections = $6, published_by = $7, published_at = $8, turns = turns + 1 WHERE id = 1",
            args![
                page.first_on,
                page.last_on,
                page.introduction,
                page.language,
                page.figures,
                page.connections,
                actor,
                now
            ],
        )
        .await?;
        self.run("DELETE FROM effect_line", args![]).await?;
        for (position, line) in (0i64..).zip(lines) {
            self.add_effect_line(position, line).await?;
        }
        let after = json!({ "from": page.first_on, "until": page.last_on, "lines": lines.len() });
        self.record_change(now, Change { after: Some(after), ..change(actor, "effects.published") }).await
    }

    async fn add_effect_line(&mut self, position: i64, line: &EffectLineRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO effect_line (position, group_slug, kind, words, beside, happened_on, language, item_id, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                position,
                &line.group,
                &line.kind,
                &line.words,
                line.beside.as_deref(),
                line.happened_on.as_deref(),
                &line.language,
                line.item,
                line.version
            ],
        )
        .await?;
        Ok(())
    }

    /// Shows nothing any more; what was being composed stays. `now` is real time.
    pub async fn take_back_effects(&mut self, actor: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.run("DELETE FROM effect_line", args![]).await?;
        self.run(
            "UPDATE effect_page SET first_on = NULL, last_on = NULL, introduction = NULL, language = NULL,
                    figures = NULL, connections = NULL, published_by = NULL, published_at = NULL,
                    turns = turns + 1 WHERE id = 1",
            args![],
        )
        .await?;
        self.record_change(now, change(actor, "effects.taken_back")).await
    }
}

fn change<'a>(actor: &'a str, action: &'a str) -> Change<'a> {
    Change { actor, action, subject: "effects".to_owned(), ..Change::default() }
}
