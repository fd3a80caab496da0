//! What the lead must hear of, until it is over.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;

record! {
    /// Something that the lead must hear of, as long as it is not over.
    pub struct AlertRow {
        /// Its key.
        pub id: i64,
        /// `edition_paused`.
        pub kind: String,
        /// What it is about: `edition:12`.
        pub subject: String,
        /// One sentence or two, in English, without addresses.
        pub text: String,
        /// The same for programs and other languages, as JSON.
        pub details: String,
    }
}

/// An alert to raise.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAlert<'a> {
    /// See [`AlertRow::kind`].
    pub kind: &'a str,
    /// See [`AlertRow::subject`].
    pub subject: String,
    /// See [`AlertRow::text`].
    pub text: String,
    /// See [`AlertRow::details`].
    pub details: serde_json::Value,
}

const OPEN: &str = "SELECT id, kind, subject, text, details FROM alert
    WHERE ended_at IS NULL ORDER BY raised_at, id";
const TAKE_UNMAILED: &str = "UPDATE alert SET mailed_at = $1 WHERE mailed_at IS NULL AND ended_at IS NULL
    RETURNING id, kind, subject, text, details";

impl Tx {
    /// Raises an alert, unless one of that kind about that subject is open. `now` is real time.
    pub async fn raise_alert(&mut self, now: DateTime<Utc>, new: &NewAlert<'_>) -> Result<(), StoreError> {
        let raised: Option<One<i64>> = self
            .find(
                "INSERT INTO alert (kind, subject, text, details, raised_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (kind, subject) WHERE ended_at IS NULL DO NOTHING RETURNING id",
                args![new.kind, &new.subject, &new.text, new.details.to_string(), now],
            )
            .await?;
        let Some(One(id)) = raised else { return Ok(()) };
        self.record_alert(now, "alert.raised", id).await
    }

    /// Ends the open alert of that kind about that subject, if there is one.
    pub async fn end_alert(
        &mut self,
        now: DateTime<Utc>,
        kind: &str,
        subject: &str,
    ) -> Result<(), StoreError> {
        let ended: Option<One<i64>> = self
            .find(
                "UPDATE alert SET ended_at = $1 WHERE kind = $2 AND subject = $3 AND ended_at IS NULL
                 RETURNING id",
                args![now, kind, subject],
            )
            .await?;
        let Some(One(id)) = ended else { return Ok(()) };
        self.record_alert(now, "alert.ended", id).await
    }

    async fn record_alert(&mut self, now: DateTime<Utc>, action: &str, id: i64) -> Result<(), StoreError> {
        let subject = format!("alert:{id}");
        self.record_change(now, Change { actor: "worker", action, subject, ..Change::default() }).await
    }
}

impl Store {
    /// Alerts about what is not over, the oldest first.
    pub async fn list_open_alerts(&self) -> Result<Vec<AlertRow>, StoreError> {
        Ok(self.db.all(OPEN, vec![]).await?)
    }

    /// Open alerts that nobody has mailed to the lead: from now on this caller has, whether it succeeds or not.
    pub async fn take_unmailed_alerts(&self, now: DateTime<Utc>) -> Result<Vec<AlertRow>, StoreError> {
        const ANY: &str = "SELECT id FROM alert WHERE mailed_at IS NULL AND ended_at IS NULL LIMIT 1";
        let unmailed: Option<One<i64>> = self.db.find(ANY, vec![]).await?;
        if unmailed.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let mut taken: Vec<AlertRow> = tx.all(TAKE_UNMAILED, args![now]).await?;
        taken.sort_by_key(|alert| alert.id);
        for alert in &taken {
            tx.record_alert(now, "alert.mailed", alert.id).await?;
        }
        tx.commit().await?;
        Ok(taken)
    }
}
