//! Letters on their way: claiming what is due and arming it.
//!
//! A claim only keeps workers out of each other's way for a while; it changes no state and promises
//! nothing. On PostgreSQL it stands in the letter's row, on SQLite in the one sender's memory.
//! Arming is the fence: one conditional commit, durable before the letters' DATA.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::change::Change;
use super::claims::keep_claimed;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId, RecipientId};

/// At most so many rows are claimed at once.
pub const CLAIM_AT_MOST: usize = 200;

/// Where a letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Planned, not tried yet.
    Queued,
    /// Armed: it may be on the wire.
    Attempting,
    /// The relay said 250.
    Accepted,
    /// Refused for now; tried again later.
    Deferred,
    /// Refused for good; its items are returned.
    Rejected,
    /// The connection broke behind its final dot: nobody knows.
    Uncertain,
    /// Nothing was left of it before it was sent; its items are returned.
    Cancelled,
    /// Too late, or another letter took its place; its items are returned.
    Superseded,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [DeliveryState; 8] = [
        DeliveryState::Queued,
        DeliveryState::Attempting,
        DeliveryState::Accepted,
        DeliveryState::Deferred,
        DeliveryState::Rejected,
        DeliveryState::Uncertain,
        DeliveryState::Cancelled,
        DeliveryState::Superseded,
    ];

    /// The word that rows and JSON use.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Queued => "queued",
            DeliveryState::Attempting => "attempting",
            DeliveryState::Accepted => "accepted",
            DeliveryState::Deferred => "deferred",
            DeliveryState::Rejected => "rejected",
            DeliveryState::Uncertain => "uncertain",
            DeliveryState::Cancelled => "cancelled",
            DeliveryState::Superseded => "superseded",
        }
    }

    /// The reverse of [`DeliveryState::word`].
    pub fn from_word(word: &str) -> Option<DeliveryState> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether its recipient has the letter, as far as anybody knows.
    pub fn is_got(self) -> bool {
        matches!(self, DeliveryState::Accepted | DeliveryState::Uncertain)
    }

    /// Whether it ended without arriving: its items are returned.
    pub fn returns_items(self) -> bool {
        matches!(self, DeliveryState::Rejected | DeliveryState::Cancelled | DeliveryState::Superseded)
    }
}

record! {
    /// A letter that a worker has claimed, with what sending it needs.
    pub struct Claimed {
        /// Its key.
        pub id: DeliveryId,
        /// Its edition.
        pub edition: EditionId,
        /// Whose it is.
        pub recipient: RecipientId,
        /// Where it goes; none once the recipient was erased.
        pub email: Option<String>,
        /// The recipient's token version now.
        pub token_version: i64,
        /// How often it was armed before.
        pub attempts: i64,
        /// Of the letter; arming holds only for the revision that was built.
        pub revision: i64,
        /// Without angle brackets.
        pub message_id: String,
        /// Real time.
        pub planned_at: DateTime<Utc>,
        /// Since when it is due (real time).
        pub due_at: DateTime<Utc>,
        /// Pieces and slots, as JSON.
        pub letter: String,
        /// It was uncertain before: it may not be revised.
        pub resent: bool,
    }
}

/// What may be claimed, on SQLite; what is claimed already is known without the rows (`$5`).
const FIND_DUE: &str = "SELECT id, edition_id, recipient_id,
            (SELECT email FROM recipient WHERE recipient.id = delivery.recipient_id),
            (SELECT token_version FROM recipient WHERE recipient.id = delivery.recipient_id),
            attempts, revision, message_id, planned_at, next_attempt_at,
            COALESCE((SELECT content FROM letter WHERE delivery_id = delivery.id), '{}'), resent
     FROM delivery
     WHERE state IN ('queued', 'deferred') AND next_attempt_at <= $1
       AND ($2 IS NULL OR edition_id = $2)
       AND edition_id NOT IN (SELECT id FROM edition WHERE paused_at IS NOT NULL)
       AND ($4 = FALSE OR edition_id IN (SELECT id FROM edition WHERE cadence = 'urgent'))
       AND id NOT IN (SELECT value FROM json_each($5))
     ORDER BY next_attempt_at, id LIMIT $3";

/// The same on PostgreSQL, and claims it. What the letters are made of is read by [`CONTENTS`] in a statement of its own:
/// this one may meet a row that was revised since it began, and would still see the old words beside the new revision.
const CLAIM: &str = "UPDATE delivery SET claimed_by = $1, claimed_until = $2
     WHERE id IN (SELECT id FROM delivery
                  WHERE state IN ('queued', 'deferred') AND next_attempt_at <= $3
                    AND (claimed_by IS NULL OR claimed_until <= $4)
                    AND ($5::bigint IS NULL OR edition_id = $5)
                    AND edition_id NOT IN (SELECT id FROM edition WHERE paused_at IS NOT NULL)
                    AND ($7 = FALSE OR edition_id IN (SELECT id FROM edition WHERE cadence = 'urgent'))
                  ORDER BY next_attempt_at, id LIMIT $6
                  FOR UPDATE SKIP LOCKED)
     RETURNING id, edition_id, recipient_id,
               (SELECT email FROM recipient WHERE recipient.id = delivery.recipient_id),
               (SELECT token_version FROM recipient WHERE recipient.id = delivery.recipient_id),
               attempts, revision, message_id, planned_at, next_attempt_at, '{}', resent";

const CONTENTS: &str = "SELECT delivery_id, content FROM letter
     WHERE delivery_id IN (SELECT value::bigint FROM json_array_elements_text($1::json))";

record! {
    /// What a letter is made of.
    struct Content {
        delivery: DeliveryId,
        content: String,
    }
}

const READ_CLAIMED: Sql = Sql {
    sqlite: "SELECT d.id, d.edition_id, d.recipient_id, r.email, r.token_version, d.attempts, d.revision,
                    d.message_id, d.planned_at, d.next_attempt_at,
                    COALESCE(l.content, '{}'), d.resent
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id LEFT JOIN letter l ON l.delivery_id = d.id
             WHERE d.id IN (SELECT value FROM json_each($1)) AND d.state IN ('queued', 'deferred')
             ORDER BY d.next_attempt_at, d.id",
    postgres: "SELECT d.id, d.edition_id, d.recipient_id, r.email, r.token_version, d.attempts, d.revision,
                    d.message_id, d.planned_at, d.next_attempt_at,
                    COALESCE(l.content, '{}'), d.resent
             FROM delivery d JOIN recipient r ON r.id = d.recipient_id LEFT JOIN letter l ON l.delivery_id = d.id
             WHERE d.id IN (SELECT value::bigint FROM json_array_elements_text($1::json)) AND d.claimed_by = $2
               AND d.state IN ('queued', 'deferred')
             ORDER BY d.next_attempt_at, d.id",
};

/// Takes `{"id": revision}`: the hot statements read a JSON object's keys, which costs SQLite half of what
/// looking into nested arrays does.
const ARM: Sql = Sql {
    sqlite: "UPDATE delivery SET state = 'attempting', attempts = attempts + 1, boot = $2, claimed_by = $4,
                    claimed_until = $3, settled_at = NULL
             FROM (SELECT CAST(key AS INTEGER) AS armed_id, value AS armed_revision FROM json_each($1)) AS v
             WHERE delivery.id = v.armed_id AND delivery.revision = v.armed_revision
               AND delivery.state IN ('queued', 'deferred')
               AND delivery.edition_id NOT IN (SELECT id FROM edition WHERE paused_at IS NOT NULL)",
    postgres:
        "UPDATE delivery SET state = 'attempting', attempts = attempts + 1, boot = $2, claimed_until = $3,
                    settled_at = NULL
             FROM (SELECT key::bigint AS armed_id, value::bigint AS armed_revision
                   FROM json_each_text($1::json)) AS v
             WHERE delivery.id = v.armed_id AND delivery.revision = v.armed_revision
               AND delivery.claimed_by = $4 AND delivery.state IN ('queued', 'deferred')
               AND delivery.edition_id NOT IN (SELECT id FROM edition WHERE paused_at IS NOT NULL)",
};

/// Asked only if not every letter was armed: rows that a statement returns cost more than the statement.
const LIST_ARMED: Sql = in_json_keys!(
    "SELECT id FROM delivery WHERE id",
    " AND claimed_by = $2 AND claimed_until = $3 AND state = 'attempting' ORDER BY id"
);

/// What to claim. All instants are real time, never `--at`.
#[derive(Debug, Clone, Copy)]
pub struct ClaimScope {
    /// Only letters of this edition.
    pub edition: Option<EditionId>,
    /// Only letters whose next attempt was due by then.
    pub due_by: DateTime<Utc>,
    /// A claim that ended by then is free.
    pub now: DateTime<Utc>,
    /// How long this claim holds.
    pub until: DateTime<Utc>,
    /// Only letters of urgent editions.
    pub only_urgent: bool,
}

impl Store {
    /// Claims at most `at_most` (and never more than [`CLAIM_AT_MOST`]) letters that are queued or
    /// deferred, due, of no paused edition, and claimed by no one, for the worker `who`; the longest due first.
    pub async fn claim_due(
        &self,
        who: &str,
        scope: ClaimScope,
        at_most: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let limit = at_most.min(CLAIM_AT_MOST) as i64;
        let ClaimScope { edition, due_by, now, until, only_urgent } = scope;
        let mut tx = self.begin().await?;
        let mut claimed: Vec<Claimed> = match self.db.claims() {
            Some(claims) => {
                let taken = serde_json::to_string(&claims.list_at(now))?;
                let due: Vec<Claimed> =
                    tx.all(FIND_DUE, args![due_by, edition, limit, only_urgent, taken]).await?;
                claims.take(who, until, due.iter().map(|letter| letter.id));
                due
            }
            None => {
                let due = tx.all(CLAIM, args![who, until, due_by, now, edition, limit, only_urgent]).await?;
                tx.read_contents(due).await?
            }
        };
        tx.commit().await?;
        claimed.sort_by_key(|letter| (letter.due_at, letter.id));
        Ok(claimed)
    }

    /// Those of `ids` that `who` still has claimed and that are still unsent, as they are now.
    pub async fn list_claimed(&self, who: &str, ids: &[DeliveryId]) -> Result<Vec<Claimed>, StoreError> {
        let ids = keep_claimed(self.db.claims(), who, ids, |id| *id);
        Ok(self.db.all(READ_CLAIMED, args![serde_json::to_string(&ids)?, who]).await?)
    }

    /// Gives back every claim of `who` on letters that are still queued or deferred; how many.
    pub async fn release_claims(&self, who: &str) -> Result<u64, StoreError> {
        if let Some(claims) = self.db.claims() {
            return Ok(claims.end_all_of(who));
        }
        Ok(self
            .db
            .run(
                "UPDATE delivery SET claimed_by = NULL, claimed_until = NULL
                 WHERE claimed_by = $1 AND state IN ('queued', 'deferred')",
                args![who],
            )
            .await?)
    }
}

impl Tx {
    /// The letters with what they are made of. Their rows are locked: nobody revises them meanwhile.
    async fn read_contents(&mut self, mut letters: Vec<Claimed>) -> Result<Vec<Claimed>, StoreError> {
        let ids: Vec<DeliveryId> = letters.iter().map(|letter| letter.id).collect();
        let rows: Vec<Content> = self.all(CONTENTS, args![serde_json::to_string(&ids)?]).await?;
        let mut contents: HashMap<DeliveryId, String> =
            rows.into_iter().map(|row| (row.delivery, row.content)).collect();
        for letter in &mut letters {
            if let Some(content) = contents.remove(&letter.id) {
                letter.letter = content;
            }
        }
        Ok(letters)
    }

    /// Arms letters: those that `who` still has claimed, that are still queued or deferred, of no paused
    /// edition, and whose revision is the one given, become `attempting` with one attempt more. Answers which; they are
    /// on their way once this transaction is committed.
    pub async fn arm_letters(
        &mut self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        who: &str,
        boot: &str,
        letters: &[(DeliveryId, i64)],
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let letters = keep_claimed(self.claims(), who, letters, |(id, _)| *id);
        let revisions: BTreeMap<i64, i64> = letters.iter().map(|(id, revision)| (id.0, *revision)).collect();
        let count = self.run(ARM, args![serde_json::to_string(&revisions)?, boot, until, who]).await?;
        let mut armed: Vec<DeliveryId> = revisions.into_keys().map(DeliveryId).collect();
        if count == 0 {
            armed.clear();
        } else if count < armed.len() as u64 {
            let found: Vec<One<DeliveryId>> =
                self.all(LIST_ARMED, args![serde_json::to_string(&armed)?, who, until]).await?;
            armed = found.into_iter().map(|One(id)| id).collect();
        }
        self.record_change(
            now,
            Change {
                actor: "worker",
                action: "delivery.armed",
                subject: format!("worker:{who}"),
                after: Some(serde_json::json!({ "deliveries": armed })),
                ..Change::default()
            },
        )
        .await?;
        Ok(armed)
    }
}
