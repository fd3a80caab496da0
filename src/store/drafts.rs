//! Drafts: what may become an item. Sent in by anyone through the form or by mail, or begun by staff.

use chrono::{DateTime, TimeDelta, Utc};

use super::attachments::NewAttachment;
use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::notices::NewNotice;
use super::open::Store;
use crate::ids::RecipientId;

/// How much may be sent in on one way. Counted in the rows, so that a restart forgets nothing.
#[derive(Debug, Clone, Copy)]
pub struct DraftLimits {
    /// In an hour, by everybody together.
    pub all_in_an_hour: i64,
    /// In a day, by one person: the recipient whose link it was, or the address given.
    pub one_in_a_day: i64,
}

/// What became of something that was sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentIn {
    /// It is kept, by this call or one before: what is sent twice is kept once.
    Kept,
    /// Something else was kept under its public id before; nothing is done.
    Another,
    /// It is over the limits; nothing is done.
    TooMuch,
}

/// A draft to be kept.
#[derive(Debug, Clone, Default)]
pub struct NewDraft<'a> {
    /// 128 random bits in lower-case hex.
    pub public_id: String,
    /// `form`, `mail` or `lead`.
    pub source: &'a str,
    /// The language's tag.
    pub language: &'a str,
    /// The kind's word.
    pub kind: Option<&'a str>,
    /// Its title.
    pub title: String,
    /// What it says, as it was written.
    pub body: String,
    /// What else was said, as JSON.
    pub fields: serde_json::Value,
    /// For whom, in the sender's own words.
    pub audience_words: String,
    /// Terms that the sender chose, as they are written.
    pub about: Vec<String>,
    /// Whose link it came through.
    pub sender: Option<RecipientId>,
    /// Who says to have sent it.
    pub sender_name: Option<String>,
    /// And where they are reached.
    pub sender_email: Option<String>,
    /// And where they work.
    pub sender_organisation: Option<String>,
    /// What lies with it.
    pub files: Vec<NewAttachment>,
}

record! {
    /// A draft.
    pub struct DraftRow {
        /// Its key: what the lead calls it.
        pub id: i64,
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
        /// What it says: nothing in it is trusted.
        pub body: String,
        /// What else was said, as JSON.
        pub fields: String,
        /// For whom, in the sender's own words.
        pub audience_words: String,
        /// Terms that the sender chose, as JSON.
        pub about: String,
        /// Who sent it: the recipient's name if it came through their link.
        pub sender_name: Option<String>,
        /// And their address.
        pub sender_email: Option<String>,
        /// And where they work.
        pub sender_organisation: Option<String>,
        /// Whether it came through a recipient's own link: then name and address are theirs.
        pub known: bool,
        /// When.
        pub received_at: DateTime<Utc>,
        /// When it was taken or declined.
        pub settled_at: Option<DateTime<Utc>>,
    }
}

/// The drafts that a condition on `d` selects.
macro_rules! drafts {
    ($condition:literal) => {
        concat!(
            "SELECT d.id, d.source, d.state, d.language, d.kind, d.title, d.body, d.fields, d.audience_words, d.about,
                    COALESCE(r.name, d.sender_name), COALESCE(r.email, d.sender_email),
                    COALESCE(CASE WHEN o.kind = 'union' THEN NULL ELSE o.name END, d.sender_organisation),
                    r.id IS NOT NULL, d.received_at, d.settled_at
             FROM draft d LEFT JOIN recipient r ON r.id = d.sender_id
             LEFT JOIN organisation o ON o.id = r.organisation_id ",
            $condition,
            " ORDER BY d.id"
        )
    };
}

impl Store {
    /// Keeps what was sent in, once for each public id. `told` are the mails that tell the lead: they go at most once an
    /// hour, and then for all that came meanwhile. `now` is real time.
    pub async fn add_draft(
        &self,
        new: &NewDraft<'_>,
        limits: DraftLimits,
        told: &[NewNotice],
        now: DateTime<Utc>,
    ) -> Result<SentIn, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(before) = tx.find_sent_in(new).await? {
            return tx.undo().await.map(|()| before);
        }
        if tx.is_over(new, limits, now).await? {
            return tx.undo().await.map(|()| SentIn::TooMuch);
        }
        let added: Option<One<i64>> = tx
            .find(
                "INSERT INTO draft (public_id, source, state, language, kind, title, body, fields, audience_words, about,
                                    sender_id, sender_name, sender_email, sender_organisation, received_at, changed_at)
                 VALUES ($1, $2, 'new', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
                 ON CONFLICT (public_id) DO NOTHING RETURNING id",
                args![
                    &new.public_id,
                    new.source,
                    new.language,
                    new.kind,
                    &new.title,
                    &new.body,
                    new.fields.to_string(),
                    &new.audience_words,
                    serde_json::to_string(&new.about)?,
                    new.sender,
                    new.sender_name.clone(),
                    new.sender_email.clone(),
                    new.sender_organisation.clone(),
                    now
                ],
            )
            .await?;
        let Some(One(id)) = added else {
            // Sent twice at the same time: the other one was faster.
            let before = tx.find_sent_in(new).await?.unwrap_or(SentIn::Another);
            return tx.undo().await.map(|()| before);
        };
        for file in &new.files {
            tx.insert_draft_file(id, file, now).await?;
        }
        let change = Change {
            actor: if new.source == "mail" { "mail" } else { "page" },
            action: "draft.received",
            subject: format!("draft:{id}"),
            recipient: new.sender,
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.tell_hourly(told, now).await?;
        tx.commit().await?;
        Ok(SentIn::Kept)
    }

    /// Everything that was sent in, the oldest first; what was begun on the desk stands aside.
    pub async fn list_drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        Ok(self.db.all(drafts!("WHERE d.source <> 'lead'"), vec![]).await?)
    }

    /// Those that nobody took or declined yet, the oldest first.
    pub async fn list_new_drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        Ok(self.db.all(drafts!("WHERE d.state = 'new' AND d.source <> 'lead'"), vec![]).await?)
    }

    /// One of them.
    pub async fn find_draft(&self, id: i64) -> Result<Option<DraftRow>, StoreError> {
        Ok(self.db.find(drafts!("WHERE d.id = $1"), args![id]).await?)
    }

    /// Marks a draft `taken` or `declined`; whether it was something else before. `now` is real time.
    pub async fn settle_draft(&self, id: i64, state: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let was: Option<One<String>> = tx.find("SELECT state FROM draft WHERE id = $1", args![id]).await?;
        let Some(One(was)) = was.filter(|One(was)| was != state) else {
            return tx.undo().await.map(|()| false);
        };
        tx.run(
            "UPDATE draft SET state = $2, settled_at = $3, changed_at = $3, saves = saves + 1 WHERE id = $1",
            args![id, state, now],
        )
        .await?;
        let change = Change {
            actor: "command",
            action: "draft.settled",
            subject: format!("draft:{id}"),
            recipient: None,
            before: Some(serde_json::json!({ "state": was })),
            after: Some(serde_json::json!({ "state": state })),
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(true)
    }
}

record! {
    struct SentInRow {
        source: String,
        kind: Option<String>,
        title: String,
        body: String,
        fields: String,
        audience_words: String,
        about: String,
    }
}

impl Tx {
    /// What became of what was sent in under the public id of `new`; none if nothing was.
    async fn find_sent_in(&mut self, new: &NewDraft<'_>) -> Result<Option<SentIn>, StoreError> {
        let row: Option<SentInRow> = self
            .find(
                "SELECT source, kind, title, body, fields, audience_words, about FROM draft WHERE public_id = $1",
                args![&new.public_id],
            )
            .await?;
        let about = serde_json::to_string(&new.about)?;
        let is_same = |row: SentInRow| {
            row.source == new.source
                && row.kind.as_deref() == new.kind
                && (row.title, row.body, row.about) == (new.title.clone(), new.body.clone(), about)
                && (row.fields, row.audience_words) == (new.fields.to_string(), new.audience_words.clone())
        };
        Ok(row.map(|row| if is_same(row) { SentIn::Kept } else { SentIn::Another }))
    }

    /// Queues the mails, an hour after the last of their kind at the earliest; none if some wait already.
    async fn tell_hourly(&mut self, told: &[NewNotice], now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(first) = told.first() else { return Ok(()) };
        let One(last): One<Option<DateTime<Utc>>> =
            self.get("SELECT MAX(next_attempt_at) FROM notice WHERE kind = $1", args![&first.kind]).await?;
        if last.is_some_and(|last| last > now) {
            return Ok(());
        }
        let due_at = last.map_or(now, |last| now.max(last + TimeDelta::hours(1)));
        for notice in told {
            let expires_at = due_at + (notice.expires_at - notice.due_at);
            self.queue_notice(now, &NewNotice { due_at, expires_at, ..notice.clone() }).await?;
        }
        Ok(())
    }

    async fn is_over(
        &mut self,
        new: &NewDraft<'_>,
        limits: DraftLimits,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let One(all): One<i64> = self
            .get(
                "SELECT COUNT(*) FROM draft WHERE source = $2 AND received_at > $1",
                args![now - TimeDelta::hours(1), new.source],
            )
            .await?;
        let One(own): One<i64> = self
            .get(
                "SELECT COUNT(*) FROM draft
                 WHERE source = $4 AND received_at > $1 AND (sender_id = $2 OR sender_email = $3)",
                args![now - TimeDelta::days(1), new.sender, new.sender_email.clone(), new.source],
            )
            .await?;
        Ok(all >= limits.all_in_an_hour || own >= limits.one_in_a_day)
    }
}
