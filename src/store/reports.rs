//! Returned mail: what was reported, and what that does to a recipient and a letter.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::settling::Moved;
use crate::ids::{DeliveryId, RecipientId};

/// A report to be kept.
#[derive(Debug, Clone)]
pub struct NewReport<'a> {
    /// hard soft policy complaint auto_reply delayed delivered unknown.
    pub kind: &'a str,
    /// Whom it is about, if anyone we know.
    pub recipient: Option<RecipientId>,
    /// Which letter, if it is known.
    pub letter: Option<DeliveryId>,
    /// The enhanced status code.
    pub status: Option<&'a str>,
    /// What was said, in one line.
    pub reason: &'a str,
    /// Real time.
    pub received_at: DateTime<Utc>,
    /// The whole mail, of what was not understood.
    pub raw: Option<Vec<u8>>,
    /// The address and name that an automatic answer suggests instead of who has left.
    pub suggests: Option<(&'a str, Option<&'a str>)>,
}

record! {
    /// A soft bounce that was kept.
    pub struct SoftBounce {
        /// Real time.
        pub received_at: DateTime<Utc>,
        /// The enhanced status code.
        pub status: Option<String>,
        /// What was said, in one line.
        pub reason: String,
    }
}

record! {
    /// A returned mail that was not understood, kept for the lead.
    pub struct KeptMail {
        /// Its report.
        pub id: i64,
        /// Real time.
        pub received_at: DateTime<Utc>,
        /// What could be made of it, in one line.
        pub reason: String,
        /// The mail, or its beginning.
        pub raw: Vec<u8>,
    }
}

impl Store {
    /// Kept mails behind the report `after`, oldest first, at most so many; of each at most so many bytes.
    pub async fn list_kept_mails(
        &self,
        after: i64,
        at_most: i64,
        bytes: i64,
    ) -> Result<Vec<KeptMail>, StoreError> {
        Ok(self
            .db
            .all(
                // SQLite's part of nothing is NULL.
                "SELECT id, received_at, reason, COALESCE(SUBSTR(raw, 1, CAST($3 AS INTEGER)), raw) FROM report
                 WHERE raw IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
                args![after, at_most, bytes],
            )
            .await?)
    }

    /// One kept mail, whole.
    pub async fn find_kept_mail(&self, id: i64) -> Result<Option<KeptMail>, StoreError> {
        let kept = "SELECT id, received_at, reason, raw FROM report WHERE id = $1 AND raw IS NOT NULL";
        Ok(self.db.find(kept, args![id]).await?)
    }

    /// A recipient's letters that the relay took, or may have, since `since`; the newest first.
    pub async fn list_recent_letters(
        &self,
        recipient: RecipientId,
        since: DateTime<Utc>,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let rows = self
            .db
            .all(
                "SELECT id FROM delivery
                 WHERE recipient_id = $1 AND state IN ('accepted', 'uncertain') AND settled_at >= $2
                 ORDER BY settled_at DESC, id DESC",
                args![recipient, since],
            )
            .await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }
}

impl Tx {
    /// Keeps a report; of one about an erased person no more than its kind and its code.
    pub async fn insert_report(&mut self, report: &NewReport<'_>) -> Result<(), StoreError> {
        let wordless = NewReport { reason: "", raw: None, suggests: None, ..report.clone() };
        let report = if self.is_erased(report.recipient).await? { &wordless } else { report };
        self.run(
            "INSERT INTO report (kind, recipient_id, delivery_id, status, reason, received_at, raw, suggested_email,
                                 suggested_name)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![
                report.kind,
                report.recipient,
                report.letter,
                report.status.map(str::to_owned),
                report.reason,
                report.received_at,
                report.raw.clone(),
                report.suggests.map(|(email, _)| email.to_owned()),
                report.suggests.and_then(|(_, name)| name).map(str::to_owned)
            ],
        )
        .await?;
        self.record_change(
            report.received_at,
            Change {
                actor: "bounce",
                action: "report.received",
                subject: report.letter.map_or_else(|| "report".to_owned(), |id| format!("delivery:{id}")),
                recipient: report.recipient,
                after: Some(serde_json::json!({ "kind": report.kind, "status": report.status })),
                ..Change::default()
            },
        )
        .await
    }

    async fn is_erased(&mut self, recipient: Option<RecipientId>) -> Result<bool, StoreError> {
        let erased = "SELECT id FROM recipient WHERE id = $1 AND status = 'erased'";
        let found: Option<One<RecipientId>> = self.find(erased, args![recipient]).await?;
        Ok(found.is_some())
    }

    /// Notes that a returned mail is taken in; false if it was before. `content` is the hash of what it says.
    pub async fn note_taken(&mut self, content: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let noted = self
            .run(
                "INSERT INTO taken_mail (content, taken_at) VALUES ($1, $2) ON CONFLICT (content) DO NOTHING",
                args![content, now],
            )
            .await?;
        Ok(noted > 0)
    }

    /// A recipient's soft bounces since letters to them were last resumed, oldest first.
    pub async fn list_soft_bounces(&mut self, recipient: RecipientId) -> Result<Vec<SoftBounce>, StoreError> {
        Ok(self
            .all(
                "SELECT received_at, status, reason FROM report
                 WHERE recipient_id = $1 AND kind = 'soft'
                   AND received_at > COALESCE((SELECT resumed_at FROM recipient WHERE id = $1), 0)
                 ORDER BY received_at, id",
                args![recipient],
            )
            .await?)
    }

    /// When letters were accepted for a recipient, until `accepted_by`, and did not come back; oldest first.
    pub async fn list_arrivals(
        &mut self,
        recipient: RecipientId,
        accepted_by: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let rows = self
            .all(
                "SELECT settled_at FROM delivery
                 WHERE recipient_id = $1 AND state = 'accepted' AND settled_at <= $2
                   AND NOT EXISTS (SELECT 1 FROM report
                                   WHERE report.delivery_id = delivery.id AND report.kind = 'soft')
                 ORDER BY settled_at, id",
                args![recipient, accepted_by],
            )
            .await?;
        Ok(rows.into_iter().map(|One(at)| at).collect())
    }

    /// A report says that a letter failed: accepted, uncertain or attempting becomes rejected, and its items are returned (what
    /// came back has gone, also if its sender does not know it yet or was killed). Other states stay; none if nothing
    /// changed. When the relay took it stays known: by that an edition's first letters are told.
    pub async fn reject_by_report(
        &mut self,
        now: DateTime<Utc>,
        letter: DeliveryId,
        reply: &str,
    ) -> Result<Option<Moved>, StoreError> {
        let rejected = "UPDATE delivery SET state = 'rejected', claimed_by = NULL, claimed_until = NULL,
                    reply = CASE WHEN EXISTS (SELECT 1 FROM recipient r WHERE r.id = delivery.recipient_id AND r.status = 'erased')
                                 THEN NULL ELSE $3 END,
                    settled_at = CASE WHEN state = 'accepted' THEN COALESCE(settled_at, $2) ELSE $2 END
             WHERE id = $1 AND state IN ('accepted', 'uncertain', 'attempting')
             RETURNING id, state";
        let moved: Option<Moved> = self.find(rejected, args![letter, now, reply]).await?;
        self.finish_moves(now, "bounce", moved.as_slice()).await?;
        Ok(moved)
    }

    /// A report says that a letter went: uncertain becomes accepted. Other states stay.
    pub async fn accept_by_report(
        &mut self,
        now: DateTime<Utc>,
        letter: DeliveryId,
    ) -> Result<(), StoreError> {
        let accepted =
            "UPDATE delivery SET state = 'accepted', settled_at = $2, claimed_by = NULL, claimed_until = NULL
             WHERE id = $1 AND state = 'uncertain'
             RETURNING id, state";
        let moved: Option<Moved> = self.find(accepted, args![letter, now]).await?;
        self.finish_moves(now, "bounce", moved.as_slice()).await
    }
}
