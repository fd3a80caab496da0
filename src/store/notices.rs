//! Short mails outside editions: a queue whose rows are committed together with what they tell.
//!
//! A claim makes one row `attempting` before anything is written to a relay. What is `attempting` for longer than its
//! claim held is `uncertain` and never sent again: a notice goes at most once behind its final dot.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::ledger::Arrival;
use super::open::Store;
use crate::ids::RecipientId;

/// A short mail to queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// Its kind's word.
    pub kind: String,
    /// Whose data it is, if anyone's.
    pub recipient: Option<RecipientId>,
    /// Where it goes.
    pub address: String,
    /// The reader's language.
    pub language: String,
    /// What only its kind says, as JSON.
    pub details: serde_json::Value,
    /// Not sent before (real time).
    pub due_at: DateTime<Utc>,
    /// Not sent later (real time).
    pub expires_at: DateTime<Utc>,
}

record! {
    /// A short mail that was claimed.
    pub struct NoticeRow {
        /// Its key.
        pub id: i64,
        /// Its kind's word.
        pub kind: String,
        /// Whose data it is.
        pub recipient: Option<RecipientId>,
        /// Where it goes.
        pub address: String,
        /// The reader's language.
        pub language: String,
        /// What only its kind says, as JSON.
        pub details: String,
        /// Real time.
        pub queued_at: DateTime<Utc>,
        /// This attempt included.
        pub attempts: i64,
    }
}

record! {
    /// Whose data a short mail is.
    pub struct NoticeOwner {
        /// If anyone's.
        pub recipient: Option<RecipientId>,
        /// Their address of today.
        pub email: Option<String>,
    }
}

record! {
    /// What a report made of a short mail.
    struct SettledNotice {
        /// Whose data it is, if anyone's.
        recipient: Option<RecipientId>,
        /// Its state now.
        state: String,
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeEnding {
    /// The relay said 250, or it lies in the folder.
    Sent,
    /// Not taken for now: again at that instant.
    Again(DateTime<Utc>),
    /// Refused for good, or it cannot be written.
    Refused,
    /// Not tried: what it tells is so no more, or its reader is to get none.
    Cancelled,
    /// Nobody knows: not sent again.
    Uncertain,
}

const CLAIM: Sql = Sql {
    sqlite: "UPDATE notice SET state = 'attempting', attempts = attempts + 1, claimed_until = $2
             WHERE id = (SELECT id FROM notice WHERE state = 'queued' AND next_attempt_at <= $1 AND expires_at > $1
                         ORDER BY next_attempt_at, id LIMIT 1)
             RETURNING id, kind, recipient_id, address, language, details, queued_at, attempts",
    postgres: "UPDATE notice SET state = 'attempting', attempts = attempts + 1, claimed_until = $2
             WHERE id = (SELECT id FROM notice WHERE state = 'queued' AND next_attempt_at <= $1 AND expires_at > $1
                         ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, kind, recipient_id, address, language, details, queued_at, attempts",
};

/// Something to do: a mail that is due or too late, or one whose attempt nobody ended.
const ANY_DUE: &str =
    "SELECT id FROM notice WHERE (state = 'queued' AND (next_attempt_at <= $1 OR expires_at <= $1))
       OR (state = 'attempting' AND claimed_until <= $1) LIMIT 1";

const CLOSE: &str =
    "UPDATE notice SET state = CASE state WHEN 'queued' THEN 'expired' ELSE 'uncertain' END, settled_at = $1,
            address = NULL, details = '{}', claimed_until = NULL
     WHERE (state = 'queued' AND expires_at <= $1) OR (state = 'attempting' AND claimed_until <= $1)
     RETURNING id";

impl Tx {
    /// Queues a short mail: it goes if this transaction commits. `now` is real time.
    pub async fn queue_notice(&mut self, now: DateTime<Utc>, new: &NewNotice) -> Result<i64, StoreError> {
        let One(id): One<i64> = self
            .get(
                "INSERT INTO notice (kind, recipient_id, address, language, details, queued_at, next_attempt_at,
                                     attempts, expires_at, state)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 'queued') RETURNING id",
                args![
                    &new.kind,
                    new.recipient,
                    &new.address,
                    &new.language,
                    new.details.to_string(),
                    now,
                    new.due_at,
                    new.expires_at
                ],
            )
            .await?;
        let after = Some(serde_json::json!({ "kind": new.kind }));
        self.record_notice(now, "notice.queued", id, new.recipient, after).await?;
        Ok(id)
    }

    async fn record_notice(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        id: i64,
        recipient: Option<RecipientId>,
        after: Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        let subject = format!("notice:{id}");
        let change = Change { actor: "worker", action, subject, recipient, before: None, after };
        self.record_change(now, change).await
    }
}

impl Store {
    /// Claims the short mail that is due longest, if any is: it is `attempting` from now on, until `until` at most.
    /// Those that are too late, and those whose claim ran out, are closed first. Real time throughout.
    pub async fn claim_notice(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<NoticeRow>, StoreError> {
        let due: Option<One<i64>> = self.db.find(ANY_DUE, args![now]).await?;
        if due.is_none() {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let closed: Vec<One<i64>> = tx.all(CLOSE, args![now]).await?;
        for One(id) in closed {
            tx.record_notice(now, "notice.closed", id, None, None).await?;
        }
        let claimed: Option<NoticeRow> = tx.find(CLAIM, args![now, until]).await?;
        if let Some(row) = &claimed {
            let after = Some(serde_json::json!({ "attempt": row.attempts }));
            tx.record_notice(now, "notice.attempted", row.id, row.recipient, after).await?;
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Whose data a short mail is, with their address of today; none if there is no such mail any more.
    pub async fn find_notice(&self, id: i64) -> Result<Option<NoticeOwner>, StoreError> {
        let owner =
            "SELECT n.recipient_id, r.email FROM notice n LEFT JOIN recipient r ON r.id = n.recipient_id
                     WHERE n.id = $1";
        Ok(self.db.find(owner, args![id]).await?)
    }
}

impl Tx {
    /// Says what became of a claimed mail, and whether it did: another may have closed it meanwhile. `reply` holds codes
    /// alone. Where it goes is forgotten with its end.
    pub async fn settle_notice(
        &mut self,
        now: DateTime<Utc>,
        row: &NoticeRow,
        ending: NoticeEnding,
        reply: &str,
    ) -> Result<bool, StoreError> {
        let (state, again) = match ending {
            NoticeEnding::Again(at) => ("queued", Some(at)),
            NoticeEnding::Sent => ("sent", None),
            NoticeEnding::Refused => ("refused", None),
            NoticeEnding::Cancelled => ("cancelled", None),
            NoticeEnding::Uncertain => ("uncertain", None),
        };
        let settled = match again {
            Some(at) => {
                self.run(
                    "UPDATE notice SET state = 'queued', next_attempt_at = $2, claimed_until = NULL, reply = $3
                     WHERE id = $1 AND state = 'attempting' AND attempts = $4",
                    args![row.id, at, reply, row.attempts],
                )
                .await?
            }
            None => {
                self.run(
                    "UPDATE notice SET state = $2, settled_at = $3, reply = $4, address = NULL, details = '{}',
                            claimed_until = NULL
                     WHERE id = $1 AND state = 'attempting' AND attempts = $5",
                    args![row.id, state, now, reply, row.attempts],
                )
                .await?
            }
        };
        if settled == 1 {
            let after = Some(serde_json::json!({ "state": state, "reply": reply }));
            self.record_notice(now, "notice.settled", row.id, row.recipient, after).await?;
        }
        Ok(settled == 1)
    }

    /// What a report says of a short mail: that it came back (what was sent, or may have been, is refused) or that it went
    /// (what nobody knew of is sent). Other states stay. `status` is the report's code.
    pub async fn settle_notice_by_report(
        &mut self,
        now: DateTime<Utc>,
        id: i64,
        arrival: Arrival,
        status: Option<&str>,
    ) -> Result<(), StoreError> {
        let statement = match arrival {
            Arrival::Arrived => {
                "UPDATE notice SET state = 'sent', reply = COALESCE($2, reply), settled_at = $3, address = NULL,
                        details = '{}', claimed_until = NULL
                 WHERE id = $1 AND state = 'uncertain' RETURNING recipient_id, state"
            }
            Arrival::Lost => {
                "UPDATE notice SET state = 'refused', reply = COALESCE($2, reply), settled_at = $3, address = NULL,
                        details = '{}', claimed_until = NULL
                 WHERE id = $1 AND state IN ('sent', 'uncertain', 'attempting') RETURNING recipient_id, state"
            }
        };
        let settled: Option<SettledNotice> =
            self.find(statement, args![id, status.map(str::to_owned), now]).await?;
        let Some(settled) = settled else { return Ok(()) };
        let change = Change {
            actor: "bounce",
            action: "notice.settled",
            subject: format!("notice:{id}"),
            recipient: settled.recipient,
            before: None,
            after: Some(serde_json::json!({ "state": settled.state, "reply": status })),
        };
        self.record_change(now, change).await
    }
}
