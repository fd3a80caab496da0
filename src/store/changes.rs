//! The log as it is read: see [`super::change`] for how it is written.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::RecipientId;

record! {
    /// One row of the log.
    pub struct ChangeRow {
        /// Its key: later rows have higher ones.
        pub id: i64,
        /// Real time.
        pub changed_at: DateTime<Utc>,
        /// Command, page, worker, or `account:ID`.
        pub actor: String,
        /// `item.added`.
        pub action: String,
        /// `item:referat-helse`.
        pub subject: String,
        /// The name of whose data it was, else their address; none if it was nobody's, or they were erased.
        pub person: Option<String>,
        /// What it was, as JSON.
        pub before: Option<String>,
        /// What it became, as JSON.
        pub after: Option<String>,
    }
}

/// Which rows; what is none narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Whose data it was, by their address.
    pub person: Option<String>,
    /// Who did it: `command`, `page`, `account:N`, or `worker` for all that works by itself.
    pub actor: Option<String>,
    /// What was done.
    pub action: Option<String>,
    /// At or after.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Rows before that key.
    pub before: Option<i64>,
    /// Nothing of what stood in a person's rows, and nothing at all of a union's ground: either tells who sits for one
    /// (GDPR art. 9).
    pub without_contents: bool,
}

impl Store {
    /// Writes down that somebody looked into a person's letter. `now` is real time.
    pub async fn record_view(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        recipient: RecipientId,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.record_change(now, Change::of_recipient(actor, "letter.viewed", recipient)).await?;
        tx.commit().await
    }

    /// Whether it was written down since `since` that `actor` looked into a person's letter.
    pub async fn has_viewed(
        &self,
        actor: &str,
        recipient: RecipientId,
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let viewed: Option<One<i64>> = self
            .db
            .find(
                "SELECT id FROM change WHERE recipient_id = $1 AND action = 'letter.viewed' AND actor = $2
                   AND changed_at >= $3 LIMIT 1",
                args![recipient, actor, since],
            )
            .await?;
        Ok(viewed.is_some())
    }

    /// Writes down that somebody looked into the short mail of that number, which went to nobody who is known here. `now` is
    /// real time.
    pub async fn record_note_view(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        note: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let subject = format!("notice:{note}");
        tx.record_change(now, Change { actor, action: "letter.viewed", subject, ..Change::default() })
            .await?;
        tx.commit().await
    }

    /// Whether that was written down of `actor` since `since`.
    pub async fn has_viewed_note(
        &self,
        actor: &str,
        note: i64,
        since: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let viewed: Option<One<i64>> = self
            .db
            .find(
                "SELECT id FROM change WHERE subject = $1 AND action = 'letter.viewed' AND actor = $2
                   AND changed_at >= $3 LIMIT 1",
                args![format!("notice:{note}"), actor, since],
            )
            .await?;
        Ok(viewed.is_some())
    }

    /// The key of the log's last row, 0 if it is empty: whatever is written moves it.
    pub async fn find_last_change(&self) -> Result<i64, StoreError> {
        let One(last) = self.db.get("SELECT COALESCE(MAX(id), 0) FROM change", vec![]).await?;
        Ok(last)
    }

    /// Rows of the log, the newest first; at most so many.
    pub async fn list_changes(
        &self,
        filter: &ChangeFilter,
        at_most: i64,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let changes = "SELECT c.id, c.changed_at, c.actor, c.action, c.subject,
                    COALESCE(NULLIF(r.name, ''), r.email),
                    CASE WHEN $7 AND c.recipient_id IS NOT NULL THEN NULL ELSE c.before END,
                    CASE WHEN $7 AND c.recipient_id IS NOT NULL THEN NULL ELSE c.after END
             FROM change c LEFT JOIN recipient r ON r.id = c.recipient_id
             WHERE ($1 IS NULL OR c.recipient_id = (SELECT id FROM recipient WHERE email = $1))
               AND ($2 IS NULL OR $2 = (CASE WHEN c.actor LIKE 'treff %' THEN 'command' WHEN c.actor IN ('command', 'page')
                                             OR c.actor LIKE 'account:%' THEN c.actor ELSE 'worker' END))
               AND ($3 IS NULL OR c.action = $3)
               AND ($4 IS NULL OR c.changed_at >= $4) AND ($5 IS NULL OR c.changed_at < $5)
               AND ($6 IS NULL OR c.id < $6) AND NOT ($7 AND c.action LIKE 'union_ground.%')
             ORDER BY c.id DESC LIMIT $8";
        let ChangeFilter { person, actor, action, from, until, before, without_contents } = filter.clone();
        let args = args![person, actor, action, from, until, before, without_contents, at_most];
        Ok(self.db.all(changes, args).await?)
    }
}
