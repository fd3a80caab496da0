//! What became of letters: settling them in batches, and returning the items of those that never arrive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::claims::keep_claimed;
use super::db::{One, Sql, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use super::outbox::DeliveryState;
use crate::ids::{DeliveryId, RecipientId};

/// What became of one armed letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Which.
    pub id: DeliveryId,
    /// How it ended, for now or for good.
    pub outcome: Outcome,
    /// The relay's reply, or what went wrong, in one line.
    pub reply: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The relay took it.
    Accepted,
    /// Try again then (real time).
    Deferred {
        /// The next attempt.
        next_attempt_at: DateTime<Utc>,
    },
    /// Refused for good: its items are returned in the same transaction.
    Rejected,
    /// Nobody knows.
    Uncertain,
    /// It surely did not go: queued again, the attempt is not counted.
    Queued,
}

impl Outcome {
    /// The state that it leads to.
    pub fn state(self) -> DeliveryState {
        match self {
            Outcome::Accepted => DeliveryState::Accepted,
            Outcome::Deferred { .. } => DeliveryState::Deferred,
            Outcome::Rejected => DeliveryState::Rejected,
            Outcome::Uncertain => DeliveryState::Uncertain,
            Outcome::Queued => DeliveryState::Queued,
        }
    }
}

/// Why an unsent letter ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing that may go is left in it.
    Cancelled,
    /// It is too late, or the next ordinary edition takes its place.
    Superseded,
}

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Ending::Cancelled => "cancelled",
            Ending::Superseded => "superseded",
        }
    }
}

/// Bytes of a reply that a row keeps.
const KEPT_AT_MOST: usize = 500;

record! {
    /// A letter that a statement moved.
    pub struct Moved {
        /// Which.
        pub id: DeliveryId,
        /// Its state now.
        pub state: DeliveryState,
    }
}

/// Settles letters at `$2` as the rows of [`rows_of`] in `$1` say, those for which the condition holds; `$3` is who had them.
/// Of an erased person no words are kept.
macro_rules! settle_told {
    ($condition:literal) => {
        $crate::store::settling::settle_told!(sqlite: $condition, postgres: $condition)
    };
    (sqlite: $on_sqlite:literal, postgres: $on_postgres:literal) => {
        $crate::store::statement::Sql {
            sqlite: $crate::store::settling::settle_told!(
                "",
                "SELECT value ->> 0 AS moved_id, value ->> 1 AS new_state, value ->> 2 AS new_reply,
                        value ->> 3 AS next_at, value ->> 4 AS uncounted FROM json_each($1)",
                $on_sqlite
            ),
            postgres: $crate::store::settling::settle_told!(
                "::bigint",
                "SELECT (value ->> 0)::bigint AS moved_id, value ->> 1 AS new_state, value ->> 2 AS new_reply,
                        (value ->> 3)::bigint AS next_at, (value ->> 4)::bigint AS uncounted
                 FROM json_array_elements($1::json)",
                $on_postgres
            ),
        }
    };
    ($bigint:literal, $rows:literal, $condition:literal) => {
        concat!(
            "UPDATE delivery SET state = v.new_state, presumed = NULL,
                    reply = CASE WHEN EXISTS (SELECT 1 FROM recipient r
                                              WHERE r.id = delivery.recipient_id AND r.status = 'erased')
                                 THEN NULL ELSE v.new_reply END,
                    next_attempt_at = COALESCE(v.next_at, delivery.next_attempt_at),
                    attempts = delivery.attempts - v.uncounted,
                    settled_at = CASE WHEN v.new_state IN ('queued', 'deferred') THEN NULL ELSE $2",
            $bigint,
            " END,
                    claimed_by = CASE WHEN v.new_state = 'uncertain' THEN delivery.claimed_by END,
                    claimed_until = NULL
             FROM (",
            $rows,
            ") AS v
             WHERE delivery.id = v.moved_id AND ",
            $condition,
            " RETURNING delivery.id, delivery.state"
        )
    };
}
pub(super) use settle_told;

/// A late answer may still tell what became of a letter that another worker had to call uncertain.
const SETTLE: Sql = settle_told!(
    "delivery.claimed_by = $3
     AND (delivery.state = 'attempting' OR (delivery.state = 'uncertain' AND v.new_state IN ('accepted', 'rejected')))"
);

/// The same for what the relay took, nearly all of it: `{"id": "reply"}`.
const SETTLE_ACCEPTED: Sql = Sql {
    sqlite: "UPDATE delivery SET state = 'accepted', reply = v.new_reply, settled_at = $2, claimed_by = NULL,
                    claimed_until = NULL
             FROM (SELECT CAST(key AS INTEGER) AS moved_id, value AS new_reply FROM json_each($1)) AS v
             WHERE delivery.id = v.moved_id AND delivery.claimed_by = $3
               AND delivery.state IN ('attempting', 'uncertain')",
    postgres: "UPDATE delivery SET state = 'accepted', reply = v.new_reply, settled_at = $2::bigint, claimed_by = NULL,
                    claimed_until = NULL
             FROM (SELECT key::bigint AS moved_id, value AS new_reply FROM json_each_text($1::json)) AS v
             WHERE delivery.id = v.moved_id AND delivery.claimed_by = $3
               AND delivery.state IN ('attempting', 'uncertain')",
};

/// What [`SETTLE_ACCEPTED`] moved (and what was accepted in the very same microsecond before). Asked only if that was not
/// all: rows that a statement returns, and every further statement, cost more than the settling itself.
const LIST_ACCEPTED: Sql = in_json_keys!(
    "SELECT id FROM delivery WHERE state = 'accepted' AND settled_at = $2 AND claimed_by IS NULL AND id",
    " ORDER BY id"
);

const DEFER_CLAIMED: Sql = settle_told!(
    sqlite: "delivery.state IN ('queued', 'deferred')",
    postgres: "delivery.claimed_by = $3 AND delivery.state IN ('queued', 'deferred')"
);

/// A letter that was uncertain may have arrived: unsent again, it is uncertain once more and nothing is returned.
const END_UNSENT: Sql = in_json_keys!(
    "UPDATE delivery SET state = CASE WHEN resent THEN 'uncertain' ELSE $2 END, reply = $3, settled_at = $4,
            claimed_by = NULL, claimed_until = NULL
     WHERE state IN ('queued', 'deferred') AND id",
    " RETURNING id, state"
);

const CARRY_RETURNED: Sql = in_json_keys!(
    "INSERT INTO carry (recipient_id, item_id, times, ended_at, ended_because)
     SELECT recipient_id, item_id, MAX(carried) + 1, NULL, NULL FROM delivery_item
     WHERE NOT returned AND delivery_id",
    " GROUP BY recipient_id, item_id
      ON CONFLICT (recipient_id, item_id) DO UPDATE
         SET times = excluded.times, ended_at = NULL, ended_because = NULL"
);

const RAISE_REVISIONS: Sql = in_json_keys!(
    "UPDATE recipient SET revision = revision + 1
     WHERE id IN (SELECT recipient_id FROM delivery_item WHERE NOT returned AND delivery_id",
    ")"
);

const MARK_RETURNED: Sql =
    in_json_keys!("UPDATE delivery_item SET returned = TRUE WHERE NOT returned AND delivery_id", "");

const LIST_RECIPIENTS: Sql = in_json_keys!("SELECT id, recipient_id FROM delivery WHERE id", " ORDER BY id");

record! {
    /// Whose a letter is.
    struct Whose {
        letter: DeliveryId,
        recipient: RecipientId,
    }
}

impl Tx {
    /// Settles letters that `who` had armed; a rejected one's items are returned. Answers what moved:
    /// a letter that is not `who`'s any more, or was settled already, stays as it is.
    pub async fn settle_letters(
        &mut self,
        now: DateTime<Utc>,
        who: &str,
        settled: &[Settled],
    ) -> Result<Vec<Moved>, StoreError> {
        let (taken, others): (Vec<&Settled>, Vec<&Settled>) =
            settled.iter().partition(|s| s.outcome == Outcome::Accepted);
        let mut moved = Vec::with_capacity(settled.len());
        if !taken.is_empty() {
            let state = DeliveryState::Accepted;
            let accepted = self.settle_accepted(now, who, &taken).await?;
            moved.extend(accepted.into_iter().map(|id| Moved { id, state }));
        }
        if !others.is_empty() {
            moved.extend(self.all::<Moved>(SETTLE, args![rows_of(others)?, now, who]).await?);
        }
        self.finish_moves(now, who, &moved).await?;
        self.end_claims(settled.iter().map(|s| s.id));
        Ok(moved)
    }

    /// Settles what the relay took; answers which of it moved.
    async fn settle_accepted(
        &mut self,
        now: DateTime<Utc>,
        who: &str,
        taken: &[&Settled],
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let replies: BTreeMap<i64, String> = taken.iter().map(|s| (s.id.0, one_line(&s.reply))).collect();
        let told = serde_json::to_string(&replies)?;
        let count = self.run(SETTLE_ACCEPTED, args![told, now, who]).await?;
        let ids: Vec<DeliveryId> = replies.into_keys().map(DeliveryId).collect();
        if count == ids.len() as u64 {
            return Ok(ids);
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        let moved: Vec<One<DeliveryId>> =
            self.all(LIST_ACCEPTED, args![serde_json::to_string(&ids)?, now]).await?;
        Ok(moved.into_iter().map(|One(id)| id).collect())
    }

    /// Defers letters that `who` has claimed and not armed, because the relay cannot be reached; this
    /// counts as an attempt.
    pub async fn defer_claimed(
        &mut self,
        now: DateTime<Utc>,
        who: &str,
        next_attempts: &[(DeliveryId, DateTime<Utc>)],
        reply: &str,
    ) -> Result<Vec<Moved>, StoreError> {
        let next_attempts = keep_claimed(self.claims(), who, next_attempts, |(id, _)| *id);
        let (state, reply) = (DeliveryState::Deferred.word(), one_line(reply));
        // One attempt more: none was counted when they were claimed.
        let rows: Vec<_> =
            next_attempts.iter().map(|(id, at)| (id, state, &reply, at.timestamp_micros(), -1)).collect();
        let moved: Vec<Moved> =
            self.all(DEFER_CLAIMED, args![serde_json::to_string(&rows)?, now, who]).await?;
        self.finish_moves(now, who, &moved).await?;
        self.end_claims(next_attempts.iter().map(|(id, _)| *id));
        Ok(moved)
    }

    /// Ends letters that are still queued or deferred; their items are returned. One that was
    /// uncertain before becomes uncertain again instead, and keeps its items.
    pub async fn end_unsent(
        &mut self,
        now: DateTime<Utc>,
        ids: &[DeliveryId],
        ending: Ending,
        why: &str,
    ) -> Result<Vec<Moved>, StoreError> {
        let moved: Vec<Moved> =
            self.all(END_UNSENT, args![serde_json::to_string(ids)?, ending.word(), why, now]).await?;
        self.finish_moves(now, ending.word(), &moved).await?;
        Ok(moved)
    }

    /// Whose these letters are.
    pub async fn list_recipients_of(
        &mut self,
        letters: &[DeliveryId],
    ) -> Result<Vec<(DeliveryId, RecipientId)>, StoreError> {
        let rows: Vec<Whose> = self.all(LIST_RECIPIENTS, args![serde_json::to_string(letters)?]).await?;
        Ok(rows.into_iter().map(|row| (row.letter, row.recipient)).collect())
    }

    /// Returns what is left of the items of letters that will not arrive: they are carried again, and
    /// planning reads their recipients anew.
    pub async fn return_items(&mut self, letters: &[DeliveryId]) -> Result<(), StoreError> {
        let ids = serde_json::to_string(letters)?;
        self.run(CARRY_RETURNED, args![&ids]).await?;
        self.run(RAISE_REVISIONS, args![&ids]).await?;
        self.run(MARK_RETURNED, args![&ids]).await?;
        Ok(())
    }

    /// Returns the items of what ended without arriving, and writes the audit rows.
    pub(super) async fn finish_moves(
        &mut self,
        now: DateTime<Utc>,
        actor: &str,
        moved: &[Moved],
    ) -> Result<(), StoreError> {
        let ended: Vec<DeliveryId> = moved.iter().filter(|m| m.state.returns_items()).map(|m| m.id).collect();
        if !ended.is_empty() {
            self.return_items(&ended).await?;
        }
        if moved.is_empty() {
            return Ok(());
        }
        let mut by_state = BTreeMap::<&str, Vec<DeliveryId>>::new();
        moved.iter().for_each(|m| by_state.entry(m.state.word()).or_default().push(m.id));
        self.record_change(
            now,
            Change {
                actor: "worker",
                action: "delivery.settled",
                subject: format!("worker:{actor}"),
                after: Some(serde_json::json!(by_state)),
                ..Change::default()
            },
        )
        .await
    }
}

impl Store {
    /// Supersedes letters still unsent that were planned before `planned_before` (72 h of real time ago).
    pub async fn supersede_overdue(
        &self,
        now: DateTime<Utc>,
        planned_before: DateTime<Utc>,
    ) -> Result<Vec<Moved>, StoreError> {
        let mut tx = self.begin().await?;
        // Sorted here: asked for in order, SQLite reads every letter ever sent instead of the index of those unsent.
        let ids: Vec<One<DeliveryId>> = tx
            .all(
                "SELECT id FROM delivery WHERE state IN ('queued', 'deferred') AND planned_at < $1",
                args![planned_before],
            )
            .await?;
        if ids.is_empty() {
            return tx.undo().await.map(|()| Vec::new());
        }
        let mut ids: Vec<DeliveryId> = ids.into_iter().map(|One(id)| id).collect();
        ids.sort_unstable();
        let moved = tx.end_unsent(now, &ids, Ending::Superseded, "not sent within 72 hours").await?;
        tx.commit().await?;
        Ok(moved)
    }
}

/// `[id, state, reply, next attempt, 1 if the attempt does not count]` of each, as JSON.
pub(super) fn rows_of<'a>(settled: impl IntoIterator<Item = &'a Settled>) -> Result<String, StoreError> {
    let rows: Vec<_> = settled
        .into_iter()
        .map(|s| {
            let next = match s.outcome {
                Outcome::Deferred { next_attempt_at } => Some(next_attempt_at.timestamp_micros()),
                _ => None,
            };
            let uncounted = i64::from(s.outcome == Outcome::Queued);
            (s.id, s.outcome.state().word(), one_line(&s.reply), next, uncounted)
        })
        .collect();
    Ok(serde_json::to_string(&rows)?)
}

/// A reply as one line without control characters (RFC 5321 replies may have many lines; JSON in
/// PostgreSQL takes no NUL).
fn one_line(text: &str) -> String {
    let mut line = text.replace(char::is_control, " ");
    line.truncate(line.floor_char_boundary(KEPT_AT_MOST));
    line.trim().to_owned()
}
