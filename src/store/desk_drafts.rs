//! Drafts as the desk works on them: begun there or sent in, filled in bit by bit, with files; queued, or thrown away.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{Arg, One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{AccountId, ItemId};

/// What a draft holds of the form, beside the form itself: for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledIn<'a> {
    /// The language's tag.
    pub language: &'a str,
    /// The kind's word.
    pub kind: Option<&'a str>,
    /// Its title.
    pub title: &'a str,
    /// What it says.
    pub body: &'a str,
    /// Who gets it, as it was typed.
    pub audience: &'a str,
    /// The terms that it is about, as JSON.
    pub about: String,
    /// All of it as it was typed, as JSON.
    pub form: String,
}

/// A draft to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeskDraft<'a> {
    /// 128 random bits in lower-case hex.
    pub public_id: &'a str,
    /// Whose.
    pub account: AccountId,
    /// The item that it is a new version of.
    pub corrects: Option<ItemId>,
    /// What is in it.
    pub filled_in: FilledIn<'a>,
}

record! {
    /// A draft.
    pub struct DeskDraftRow {
        /// Its key.
        pub id: i64,
        /// What its address calls it.
        pub public_id: String,
        /// `form`, `mail` or `lead`.
        pub source: String,
        /// `new`, `taken` or `declined`.
        pub state: String,
        /// The language's tag.
        pub language: String,
        /// The kind's word.
        pub kind: Option<String>,
        /// Its title.
        pub title: String,
        /// What it says.
        pub body: String,
        /// What else was said by who sent it in, as JSON.
        pub fields: String,
        /// For whom, in the sender's own words.
        pub audience_words: String,
        /// Terms, as JSON.
        pub about: String,
        /// As it was filled in, as JSON; `None`: not opened on the desk yet.
        pub form: Option<String>,
        /// How often it was saved, queued, thrown away or taken back: it moves whenever the draft does.
        pub saves: i64,
        /// Whose it is.
        pub account: Option<AccountId>,
        /// What that account is called, by its address if it has no name; none once it ended.
        pub account_name: Option<String>,
        /// Who sent it in.
        pub sender_name: Option<String>,
        /// Where they are reached.
        pub sender_email: Option<String>,
        /// Where they work, unless it is a union.
        pub sender_organisation: Option<String>,
        /// Whether they are a recipient: what stands of them may be what the forum knows, and not what they wrote.
        pub sender_is_known: bool,
        /// The slug of the item that it becomes or became.
        pub slug: Option<String>,
        /// The slug of the item that it is a new version of.
        pub corrects: Option<String>,
        /// The slug of the item that it became.
        pub item: Option<String>,
        /// When it came or was begun.
        pub received_at: DateTime<Utc>,
        /// When it was saved last.
        pub changed_at: DateTime<Utc>,
        /// When it was queued or declined.
        pub settled_at: Option<DateTime<Utc>>,
        /// When the lead was asked to send it.
        pub asked_at: Option<DateTime<Utc>>,
    }
}

/// The drafts that a condition on `d` selects.
macro_rules! desk_drafts {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.public_id, d.source, d.state, d.language, d.kind, d.title, d.body, d.fields, d.audience_words,
                    d.about, d.form, d.saves, d.account_id,
                    CASE WHEN a.ended_at IS NULL THEN COALESCE(NULLIF(a.name, ''), a.email) END,
                    COALESCE(NULLIF(r.name, ''), NULLIF(d.sender_name, '')),
                    COALESCE(r.email, d.sender_email),
                    COALESCE(CASE WHEN o.kind = 'union' THEN NULL ELSE o.name END, d.sender_organisation),
                    r.id IS NOT NULL, d.slug, c.slug, i.slug, d.received_at, d.changed_at, d.settled_at, d.asked_at
             FROM draft d LEFT JOIN account a ON a.id = d.account_id LEFT JOIN recipient r ON r.id = d.sender_id
             LEFT JOIN organisation o ON o.id = r.organisation_id
             LEFT JOIN item c ON c.id = d.corrects_id LEFT JOIN item i ON i.id = d.item_id ",
            $condition
        )
    };
}

pub(super) const LOCK: Sql = Sql {
    sqlite: "SELECT id FROM draft WHERE id = $1",
    postgres: "SELECT id FROM draft WHERE id = $1 FOR UPDATE",
};

/// Makes a draft again of what is none any more.
const REOPEN: &str =
    "UPDATE draft SET state = 'new', settled_at = NULL, item_id = NULL, slug = NULL, asked_at = NULL,
            changed_at = $2, saves = saves + 1 WHERE id = $1 AND state <> 'new'";

/// No more drafts are listed.
const MOST_LISTED: i64 = 200;

impl Store {
    /// Begins a draft, with the files of the item that it corrects; its key. `None`, and nothing done, if there is one of
    /// that public id already: what is sent twice begins one. `now` is real time.
    pub async fn begin_draft(
        &self,
        new: &NewDeskDraft<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let filled = &new.filled_in;
        let begun: Option<One<i64>> = tx
            .find(
                "INSERT INTO draft (public_id, source, state, language, kind, title, body, fields, audience_words, audience,
                                    about, account_id, received_at, changed_at, form, saves, corrects_id)
                 VALUES ($1, 'lead', 'new', $2, $3, $4, $5, '{}', '', $6, $7, $8, $9, $9, $10, 1, $11)
                 ON CONFLICT (public_id) DO NOTHING RETURNING id",
                args![
                    new.public_id,
                    filled.language,
                    filled.kind,
                    filled.title,
                    filled.body,
                    filled.audience,
                    &filled.about,
                    new.account,
                    now,
                    &filled.form,
                    new.corrects
                ],
            )
            .await?;
        let Some(One(id)) = begun else { return tx.undo().await.map(|()| None) };
        tx.note_writer(id, actor).await?;
        tx.record_draft(id, actor, "draft.begun", now).await?;
        if let Some(item) = new.corrects
            && tx.copy_item_files(id, item).await? > 0
        {
            tx.record_draft(id, actor, "draft.attached", now).await?;
        }
        tx.commit().await?;
        Ok(Some(id))
    }

    /// Saves a draft that was saved `saves` times before; how often it is saved now. `None`, and nothing done, if
    /// somebody else saved it meanwhile or it is no draft any more. `reworded`: it says something else than before, and
    /// the actor is one of its writers from now on. `now` is real time.
    pub async fn save_draft(
        &self,
        (id, saves): (i64, i64),
        (filled, reworded): (&FilledIn<'_>, bool),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let saved: Option<One<i64>> = tx
            .find(
                "UPDATE draft SET language = $3, kind = $4, title = $5, body = $6, audience = $7, about = $8, form = $9,
                        changed_at = $10, saves = saves + 1
                 WHERE id = $1 AND saves = $2 AND state = 'new' RETURNING saves",
                args![
                    id,
                    saves,
                    filled.language,
                    filled.kind,
                    filled.title,
                    filled.body,
                    filled.audience,
                    &filled.about,
                    &filled.form,
                    now
                ],
            )
            .await?;
        let Some(One(saves)) = saved else { return tx.undo().await.map(|()| None) };
        if reworded {
            tx.note_writer(id, actor).await?;
        }
        tx.record_draft(id, actor, "draft.saved", now).await?;
        tx.commit().await?;
        Ok(Some(saves))
    }

    /// The draft that an address calls so.
    pub async fn find_desk_draft(&self, public_id: &str) -> Result<Option<DeskDraftRow>, StoreError> {
        Ok(self.db.find(desk_drafts!("WHERE d.public_id = $1"), args![public_id]).await?)
    }

    /// The draft that became the item, the last one.
    pub async fn find_draft_of_item(&self, slug: &str) -> Result<Option<DeskDraftRow>, StoreError> {
        let drafts =
            desk_drafts!("WHERE i.slug = $1 AND d.state = 'taken' ORDER BY d.settled_at DESC LIMIT 1");
        Ok(self.db.find(drafts, args![slug]).await?)
    }

    /// What is neither queued nor thrown away: of everybody and what was sent in, or of one account. Newest first.
    pub async fn list_desk_drafts(&self, of: Option<AccountId>) -> Result<Vec<DeskDraftRow>, StoreError> {
        let drafts = desk_drafts!(
            "WHERE d.state = 'new' AND (CAST($1 AS BIGINT) IS NULL OR d.account_id = $1)
             ORDER BY d.changed_at DESC, d.id DESC LIMIT $2"
        );
        Ok(self.db.all(drafts, args![of, MOST_LISTED]).await?)
    }

    /// Settles which slug the item of a draft gets: the one that was settled before, the corrected item's, or else `stem`,
    /// with a number if an item or another draft has that. `None`, and nothing done, if it is no draft any more. `now` is
    /// real time.
    pub async fn name_draft(
        &self,
        id: i64,
        stem: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.begin().await?;
        // One after the other: no two drafts settle the same.
        tx.lock_forum().await?;
        let settled = "SELECT COALESCE(d.slug, i.slug) FROM draft d LEFT JOIN item i ON i.id = d.corrects_id
                       WHERE d.id = $1 AND d.state = 'new'";
        let settled: Option<One<Option<String>>> = tx.find(settled, args![id]).await?;
        let slug = match settled {
            None => return tx.undo().await.map(|()| None),
            Some(One(Some(slug))) => slug,
            Some(One(None)) => tx.find_free_slug(stem).await?,
        };
        tx.run("UPDATE draft SET slug = $2 WHERE id = $1", args![id, &slug]).await?;
        tx.record_draft(id, actor, "draft.named", now).await?;
        tx.commit().await?;
        Ok(Some(slug))
    }

    /// Marks a draft as the item that it became; false if it is no draft any more. `now` is real time.
    pub async fn take_draft(
        &self,
        id: i64,
        slug: &str,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let taken =
            "UPDATE draft SET state = 'taken', settled_at = $3, item_id = (SELECT id FROM item WHERE slug = $2),
                    saves = saves + 1
             WHERE id = $1 AND state = 'new'";
        self.change_draft(id, (taken, args![id, slug, now]), (actor, "draft.queued", now)).await
    }

    /// Makes a draft again of what was queued or thrown away; false if it was neither. `now` is real time.
    pub async fn reopen_draft(&self, id: i64, actor: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.change_draft(id, (REOPEN, args![id, now]), (actor, "draft.reopened", now)).await
    }

    /// Makes a draft again of what was queued as that item, which is taken back with it; false, and nothing done, if an edition
    /// numbered the item, it was corrected, or either is taken back. `now` is real time.
    pub async fn undo_draft(
        &self,
        (id, slug): (i64, &str),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // No edition numbers it meanwhile.
        tx.lock_forum().await?;
        if !tx.undo_item(now, actor, slug).await? || tx.run(REOPEN, args![id, now]).await? == 0 {
            tx.undo().await?;
            return Ok(false);
        }
        tx.record_draft(id, actor, "draft.reopened", now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Makes a draft that corrects an item one of a new item: that one was taken back. False if it corrects none or is no
    /// draft any more. `now` is real time.
    pub async fn part_draft(&self, id: i64, actor: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let parted = "UPDATE draft SET corrects_id = NULL, slug = NULL, changed_at = $2, saves = saves + 1
                      WHERE id = $1 AND state = 'new' AND corrects_id IS NOT NULL";
        self.change_draft(id, (parted, args![id, now]), (actor, "draft.parted", now)).await
    }

    /// Throws a draft away: it can be taken back as long as it is kept. False if it is none. `now` is real time.
    pub async fn discard_draft(&self, id: i64, actor: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let discarded =
            "UPDATE draft SET state = 'declined', settled_at = $2, changed_at = $2, saves = saves + 1
             WHERE id = $1 AND state = 'new'";
        self.change_draft(id, (discarded, args![id, now]), (actor, "draft.discarded", now)).await
    }

    /// Notes that the lead is asked to send it; false if it is no draft any more. `now` is real time.
    pub async fn ask_for_draft(&self, id: i64, actor: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let asked = "UPDATE draft SET asked_at = $2 WHERE id = $1 AND state = 'new'";
        self.change_draft(id, (asked, args![id, now]), (actor, "draft.asked", now)).await
    }

    /// One statement about a draft and its line in the audit log; false, and no line, if it changed nothing.
    async fn change_draft(
        &self,
        id: i64,
        (statement, values): (&'static str, Vec<Arg>),
        (actor, action, now): (&str, &str, DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if tx.run(statement, values).await? == 0 {
            tx.undo().await?;
            return Ok(false);
        }
        tx.record_draft(id, actor, action, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Changes whenever anything may have changed that the rule reads of people: how many there are, and the sum of
    /// their revisions.
    pub async fn find_revisions(&self) -> Result<(i64, i64), StoreError> {
        let row: Revisions = self
            .db
            .get("SELECT COUNT(*), CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM recipient", vec![])
            .await?;
        Ok((row.people, row.sum))
    }

    /// The cadences, as words, that somebody who gets letters has. Reads every recipient's row.
    pub async fn list_heard_cadences(&self) -> Result<Vec<String>, StoreError> {
        let heard = "SELECT DISTINCT cadence FROM recipient WHERE status = 'active' ORDER BY cadence";
        let rows: Vec<One<String>> = self.db.all(heard, vec![]).await?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

record! {
    struct Revisions {
        people: i64,
        sum: i64,
    }
}

impl Tx {
    /// `stem`, or with the first number from 2 on that neither an item nor a draft has.
    async fn find_free_slug(&mut self, stem: &str) -> Result<String, StoreError> {
        let taken = "SELECT slug FROM item WHERE slug = $1 OR slug LIKE $2 UNION
                     SELECT slug FROM draft WHERE state = 'new' AND (slug = $1 OR slug LIKE $2)";
        let taken: Vec<One<String>> = self.all(taken, args![stem, format!("{stem}-%")]).await?;
        let numbered = (2..).map(|n| format!("{stem}-{n}"));
        let free = std::iter::once(stem.to_owned())
            .chain(numbered)
            .find(|slug| taken.iter().all(|row| row.0 != *slug));
        Ok(free.unwrap_or_else(|| stem.to_owned()))
    }

    /// Keeps that the actor wrote something of what a draft says.
    pub(super) async fn note_writer(&mut self, id: i64, actor: &str) -> Result<(), StoreError> {
        let wrote = "INSERT INTO draft_writer (draft_id, actor) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.run(wrote, args![id, actor]).await?;
        Ok(())
    }

    /// Appends to the audit log what became of a draft. What it says stands in it, not in the log.
    pub(super) async fn record_draft(
        &mut self,
        id: i64,
        actor: &str,
        action: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let change = Change { actor, action, subject: format!("draft:{id}"), ..Change::default() };
        self.record_change(now, change).await
    }
}
