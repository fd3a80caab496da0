//! What is kept too long goes: each kind of data is one function, one transaction, one row in the audit log.
//!
//! The ledger itself stays (who got which item in which edition): it is the promise that nothing is sent twice.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::args;
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
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(rows)
    }
}
