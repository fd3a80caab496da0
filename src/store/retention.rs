//! What is kept too long goes: each kind of data is one function, one transaction, one row in the audit log.
//!
//! The ledger itself stays (who got which item in which edition): it is the promise that nothing is sent twice.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{Tx, args};
use super::open::{Store, StoreError};

/// Statements of one bound instant.
type Statements = &'static [&'static str];

const TAPS: Statements =
    &["DELETE FROM tap WHERE tapped_at < $1", "DELETE FROM passed_on WHERE said_at < $1"];

/// A letter whose fate is open keeps its words: it may be sent again.
const LETTERS: Statements = &[
    "UPDATE delivery SET letter = '{}', reply = NULL
     WHERE dated_at < $1 AND letter <> '{}' AND state IN ('accepted', 'rejected', 'cancelled', 'superseded')",
    "UPDATE report SET raw = NULL, reason = '', suggested_email = NULL, suggested_name = NULL
     WHERE received_at < $1 AND (raw IS NOT NULL OR reason <> '' OR suggested_email IS NOT NULL)",
    "DELETE FROM change WHERE recipient_id IS NOT NULL AND action LIKE 'preferences.%' AND changed_at < $1",
];

const ENDED_HOLDERS: Statements = &["DELETE FROM seat_holder WHERE ends_at < $1"];

/// What people said to an event or a request whose day is long over; of one without a day, what they said long ago. The
/// reminder's key is not needed any more: a closed item reminds nobody.
const ANSWERS: Statements = &[
    "DELETE FROM answer WHERE COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), answered_at) < $1",
    "DELETE FROM offer WHERE COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), changed_at) < $1",
    "DELETE FROM reminder WHERE COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), reminded_at) < $1",
];

/// What was sent in, whatever became of it: an item that was made of it stands by itself. What staff write is theirs.
const DRAFTS: Statements =
    &["DELETE FROM draft WHERE source <> 'lead' AND COALESCE(settled_at, changed_at) < $1"];

const NOTICES: Statements = &["DELETE FROM notice WHERE settled_at < $1"];

const KNOCKS: Statements = &["DELETE FROM knock WHERE asked_at < $1"];

/// What the lead did to the forum stays; so does, as long as letters, what people chose themselves.
const LOGS: Statements = &["DELETE FROM change
     WHERE recipient_id IS NOT NULL AND action NOT LIKE 'preferences.%' AND changed_at < $1"];

impl Store {
    /// Forgets taps before `cutoff`; how many rows that were.
    pub async fn retire_taps(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("taps", TAPS, cutoff, now).await
    }

    /// Empties letters and returned mail before `cutoff`; how many rows that were.
    pub async fn retire_letters(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("letters", LETTERS, cutoff, now).await
    }

    /// Forgets who held seats that they left before `cutoff`; how many rows that were.
    pub async fn retire_holders(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("ended_holders", ENDED_HOLDERS, cutoff, now).await
    }

    /// Forgets the audit log's rows about people before `cutoff`; how many rows that were.
    pub async fn retire_logs(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("logs", LOGS, cutoff, now).await
    }

    /// Forgets answers, offers of help and reminders of what was over before `cutoff`; how many rows that were.
    pub async fn retire_answers(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("answers", ANSWERS, cutoff, now).await
    }

    /// Forgets what was sent in before `cutoff`; how many rows that were.
    pub async fn retire_drafts(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("drafts", DRAFTS, cutoff, now).await
    }

    /// Forgets short mails that ended before `cutoff`; how many rows that were.
    pub async fn retire_notices(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("notices", NOTICES, cutoff, now).await
    }

    /// Forgets who asked for a mail before `cutoff` and got no answer; how many rows that were.
    pub async fn retire_knocks(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.retire("knocks", KNOCKS, cutoff, now).await
    }

    /// Removes pieces that no letter uses any more and none has since `cutoff`; how many. They tell of nobody.
    pub async fn retire_pieces(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows = tx.remove_unused_pieces(cutoff).await?;
        tx.record_retirement("pieces", rows, cutoff, now).await
    }

    async fn retire(
        &self,
        kind: &str,
        statements: Statements,
        cutoff: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let mut rows = 0;
        for statement in statements {
            rows += tx.run(*statement, args![cutoff]).await?;
        }
        tx.record_retirement(kind, rows, cutoff, now).await
    }
}

impl Tx {
    /// Ends the transaction with its row in the audit log, if anything went.
    async fn record_retirement(
        mut self,
        kind: &str,
        rows: u64,
        cutoff: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        if rows == 0 {
            return Ok(0);
        }
        let change = Change {
            actor: "retention",
            action: "retention.applied",
            subject: format!("retention:{kind}"),
            after: Some(serde_json::json!({ "rows": rows, "before": cutoff })),
            ..Change::default()
        };
        self.record_change(now, change).await?;
        self.commit().await?;
        Ok(rows)
    }
}
