//! What is kept too long goes: each kind of data is one function, one transaction, one row in the audit log.
//!
//! The ledger itself stays (who got which item in which edition): it is the promise that nothing is sent twice.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;

/// Rows that would go are counted so far and no further.
pub const GOING_COUNTED_TO: i64 = 10_000;

/// A kind of data of the table `retention`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeptKind {
    /// Letters' words, returned mail's words, what people chose and when.
    Letters,
    /// Who held a seat, after its end.
    EndedHolders,
    /// What people said by a tap and to samples, and what they passed on.
    Taps,
    /// Answers to events and offers of help, after their day.
    Answers,
    /// What was sent in.
    Drafts,
    /// That a short mail went.
    Notices,
    /// That somebody asked for one, if nobody answered.
    Knocks,
    /// The audit log's rows about people.
    Logs,
}

impl KeptKind {
    /// All of them, what people meet first first.
    pub const ALL: [KeptKind; 8] = [
        KeptKind::Letters,
        KeptKind::Taps,
        KeptKind::Answers,
        KeptKind::Drafts,
        KeptKind::EndedHolders,
        KeptKind::Notices,
        KeptKind::Knocks,
        KeptKind::Logs,
    ];

    /// As the table `retention` names it.
    pub fn word(self) -> &'static str {
        match self {
            KeptKind::Letters => "letters",
            KeptKind::EndedHolders => "ended_holders",
            KeptKind::Taps => "taps",
            KeptKind::Answers => "answers",
            KeptKind::Drafts => "drafts",
            KeptKind::Notices => "notices",
            KeptKind::Knocks => "knocks",
            KeptKind::Logs => "logs",
        }
    }

    /// The kind that the table `retention` names so.
    pub fn from_word(word: &str) -> Option<KeptKind> {
        KeptKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn goings(self) -> &'static [Going] {
        match self {
            KeptKind::Letters => LETTERS,
            KeptKind::EndedHolders => ENDED_HOLDERS,
            KeptKind::Taps => TAPS,
            KeptKind::Answers => ANSWERS,
            KeptKind::Drafts => DRAFTS,
            KeptKind::Notices => NOTICES,
            KeptKind::Knocks => KNOCKS,
            KeptKind::Logs => LOGS,
        }
    }
}

record! {
    struct KeptRow {
        kind: String,
        days: i64,
    }
}

/// How what is too old in one table goes, and how it is counted before: both over the same condition of one bound instant.
struct Going {
    /// What they are, as the counts say it.
    what: &'static str,
    /// What goes with them and is not counted.
    beside: Option<&'static str>,
    act: &'static str,
    count: &'static str,
}

/// `"what": "table" where "condition"` deletes; `"what": "table" set "values" where "condition"` empties.
macro_rules! going {
    ($what:literal: $table:literal where $($condition:tt)+) => {
        Going {
            what: $what,
            beside: None,
            act: concat!("DELETE FROM ", $table, " WHERE ", $($condition)+),
            count: going!(count $table where $($condition)+),
        }
    };
    ($what:literal: $table:literal set $values:literal where $($condition:tt)+) => {
        Going {
            what: $what,
            beside: None,
            act: concat!("UPDATE ", $table, " SET ", $values, " WHERE ", $($condition)+),
            count: going!(count $table where $($condition)+),
        }
    };
    // One more than `GOING_COUNTED_TO`: who reads it sees that there are more.
    (count $table:literal where $($condition:tt)+) => {
        concat!("SELECT COUNT(*) FROM (SELECT 1 FROM ", $table, " WHERE ", $($condition)+, " LIMIT 10001) AS going")
    };
}

/// Letters of long ago that are not on their way. Of one whose fate nobody knows it stays so, and it counts as got; without
/// its words it is not sent again.
macro_rules! long_settled {
    () => {
        "dated_at < $1 AND state IN ('accepted', 'rejected', 'cancelled', 'superseded', 'uncertain')"
    };
}

const TAPS: &[Going] = &[
    going!("taps": "tap" where "tapped_at < $1"),
    going!("passed_on": "passed_on" where "said_at < $1"),
    going!("probes": "probe" where "answered_at < $1"),
];

const LETTERS: &[Going] = &[
    Going {
        beside: Some(concat!(
            "UPDATE delivery SET reply = NULL WHERE reply IS NOT NULL AND ",
            long_settled!()
        )),
        ..going!("letters": "letter"
            where "delivery_id IN (SELECT id FROM delivery WHERE ", long_settled!(), ")")
    },
    going!("reports": "report" set "raw = NULL, reason = '', suggested_email = NULL, suggested_name = NULL"
        where "received_at < $1 AND (raw IS NOT NULL OR reason <> '' OR suggested_email IS NOT NULL)"),
    going!("choices": "change"
        where "recipient_id IS NOT NULL AND action LIKE 'preferences.%' AND changed_at < $1"),
    going!("came_by": "came_by" where "came_at < $1"),
];

const ENDED_HOLDERS: &[Going] = &[
    going!("ended_holders": "seat_holder" where "ends_at < $1"),
    // On what ground somebody sat for a union is kept as long as that they did.
    going!("union_grounds": "union_ground" where "COALESCE(ended_at, recorded_at) < $1
        AND NOT EXISTS (SELECT 1 FROM seat_holder h JOIN seat s ON s.id = h.seat_id
                        WHERE h.recipient_id = union_ground.recipient_id
                          AND s.organisation_id = union_ground.organisation_id
                          AND (h.ends_at IS NULL OR h.ends_at >= $1))"),
];

/// What people said to an event or a request whose day is long over; of one without a day, what they said long ago; and
/// that they have a place no more, with who has it. The reminder's key is not needed any more: a closed item reminds nobody,
/// and with its row in `cancellation` nobody is told again that an event is cancelled.
const ANSWERS: &[Going] = &[
    going!("answers": "answer"
        where "COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), answered_at) < $1"),
    going!("offers": "offer"
        where "COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), changed_at) < $1"),
    Going {
        beside: Some(
            "DELETE FROM cancellation
             WHERE COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), asked_at) < $1",
        ),
        ..going!("reminders": "reminder"
            where "COALESCE((SELECT i.closes_at FROM item i WHERE i.id = item_id), reminded_at) < $1")
    },
    going!("left_places": "left_place" where "said_at < $1"),
    // The promise is the group's to keep or not; what its owner said of it goes.
    going!("promises": "promise" set "told = NULL, told_by = NULL" where "told IS NOT NULL AND changed_at < $1"),
];

/// What was sent in, whatever became of it: an item that was made of it stands by itself. What staff write is theirs.
const DRAFTS: &[Going] =
    &[going!("drafts": "draft" where "source <> 'lead' AND COALESCE(settled_at, changed_at) < $1")];

const NOTICES: &[Going] = &[going!("notices": "notice" where "settled_at < $1")];

const KNOCKS: &[Going] = &[going!("knocks": "knock" where "asked_at < $1")];

/// What the lead did to the forum stays; so does, as long as letters, what people chose themselves.
const LOGS: &[Going] = &[going!("logs": "change"
    where "recipient_id IS NOT NULL AND action NOT LIKE 'preferences.%' AND changed_at < $1")];

impl Store {
    /// How many days each kind of data is kept.
    pub async fn list_retention(&self) -> Result<BTreeMap<KeptKind, i64>, StoreError> {
        let rows: Vec<KeptRow> = self.db.all("SELECT kind, days FROM retention", args![]).await?;
        Ok(rows.into_iter().filter_map(|row| Some((KeptKind::from_word(&row.kind)?, row.days))).collect())
    }

    /// Forgets what of a kind is older than `cutoff`; how many rows that were. `now` is real time.
    pub async fn retire(
        &self,
        kind: KeptKind,
        cutoff: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let (mut rows, mut beside) = (0, 0);
        for going in kind.goings() {
            if let Some(statement) = going.beside {
                beside += tx.run(statement, args![cutoff]).await?;
            }
            rows += tx.run(going.act, args![cutoff]).await?;
        }
        // What is not counted may go alone.
        if rows + beside == 0 {
            tx.undo().await?;
            return Ok(0);
        }
        tx.record_retirement(kind.word(), rows, cutoff, now).await
    }

    /// What would go of a kind if what is older than `cutoff` went, each with its word; at most [`GOING_COUNTED_TO`] and one.
    pub async fn count_going(
        &self,
        kind: KeptKind,
        cutoff: DateTime<Utc>,
    ) -> Result<Vec<(&'static str, i64)>, StoreError> {
        let mut counts = Vec::new();
        for going in kind.goings() {
            let One(rows): One<i64> = self.db.get(going.count, args![cutoff]).await?;
            counts.extend((rows > 0).then_some((going.what, rows)));
        }
        Ok(counts)
    }

    /// Keeps each kind so many days from `now` (real time) on, if each is kept as `standing` says; else false, and nothing is
    /// changed.
    pub async fn set_retention(
        &self,
        standing: &[(KeptKind, i64)],
        days: &[(KeptKind, i64)],
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Who saves at the same time waits.
        tx.lock_forum().await?;
        for &(kind, days) in standing {
            let kept: One<i64> =
                tx.get("SELECT days FROM retention WHERE kind = $1", args![kind.word()]).await?;
            if kept.0 != days {
                tx.undo().await?;
                return Ok(false);
            }
        }
        for &(kind, days) in days {
            tx.set_days(kind, days, actor, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Removes pieces that no letter uses any more and none has since `cutoff`; how many. They tell of nobody.
    pub async fn retire_pieces(&self, cutoff: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows = tx.remove_unused_pieces(cutoff).await?;
        if rows == 0 {
            tx.undo().await?;
            return Ok(0);
        }
        tx.record_retirement("pieces", rows, cutoff, now).await
    }
}

impl Tx {
    async fn set_days(
        &mut self,
        kind: KeptKind,
        days: i64,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let before: One<i64> =
            self.get("SELECT days FROM retention WHERE kind = $1", args![kind.word()]).await?;
        let changed = "UPDATE retention SET days = $2 WHERE kind = $1 AND days <> $2";
        if self.run(changed, args![kind.word(), days]).await? == 0 {
            return Ok(());
        }
        let change = Change {
            actor,
            action: "retention.changed",
            subject: format!("retention:{}", kind.word()),
            before: Some(serde_json::json!({ "days": before.0 })),
            after: Some(serde_json::json!({ "days": days })),
            ..Change::default()
        };
        self.record_change(now, change).await?;
        Ok(())
    }

    /// Ends the transaction with its row in the audit log.
    async fn record_retirement(
        mut self,
        kind: &str,
        rows: u64,
        cutoff: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
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
