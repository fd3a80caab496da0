//! Once a day what was kept long enough goes (the table `retention` says how long). A step of `serve` and
//! `worker`; twice, or on two machines at once, is as good as once.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::feedback::erasure::finish_erasures;
use crate::insight::months::{list_due_months, sum_month};
use crate::store::{KeptKind, Store, StoreError};

/// How often.
const EVERY: TimeDelta = TimeDelta::days(1);

/// How often at most files are made to forget.
const FINISHING_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many rows of each kind went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retired {
    /// What people said by a tap.
    pub taps: u64,
    /// Letters, returned mail, own changes.
    pub letters: u64,
    /// Who held a seat that ended.
    pub holders: u64,
    /// The audit log's rows about people.
    pub logs: u64,
    /// Answers to events, offers of help, reminders.
    pub answers: u64,
    /// What was sent in.
    pub drafts: u64,
    /// Short mails, and who asked for one in vain.
    pub notices: u64,
    /// Pieces that no letter uses.
    pub pieces: u64,
}

/// Knows when it was done last.
#[derive(Debug, Default)]
pub struct Retention {
    done_at: Option<DateTime<Utc>>,
    finishing_at: Option<DateTime<Utc>>,
}

impl Retention {
    /// Applies retention if a day has gone since the last time (or there was none).
    pub async fn tick(&mut self, store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.finish_erasures(store, now).await?;
        if self.done_at.is_some_and(|done_at| done_at <= now && now < done_at + EVERY) {
            return Ok(());
        }
        let retired = apply_retention(store, now).await?;
        self.done_at = Some(now);
        if retired != Retired::default() {
            tracing::info!(
                retention.taps = retired.taps,
                retention.letters = retired.letters,
                retention.holders = retired.holders,
                retention.logs = retired.logs,
                retention.answers = retired.answers,
                retention.drafts = retired.drafts,
                retention.notices = retired.notices,
                retention.pieces = retired.pieces,
                "what was kept long enough is gone"
            );
        }
        Ok(())
    }
}

impl Retention {
    /// Makes files forget what an erasure could not make them forget at once; once a minute at most, because it keeps
    /// writers waiting.
    async fn finish_erasures(&mut self, store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
        let lately = self.finishing_at.is_some_and(|at| at <= now && now < at + FINISHING_EVERY);
        if lately || !store.has_unfinished_erasure().await? {
            return Ok(());
        }
        self.finishing_at = Some(now);
        if finish_erasures(store, now).await? {
            tracing::info!("the database's files have forgotten what an erasure removed");
        }
        Ok(())
    }
}

/// Forgets at `now` (real time) all that was kept as long as the table `retention` says.
pub async fn apply_retention(store: &Store, now: DateTime<Utc>) -> Result<Retired, StoreError> {
    let days = store.list_retention().await?;
    keep_months(store, &days, now).await?;
    let cutoff = |kind| cutoff_of(&days, kind, now);
    let retire = |kind| store.retire(kind, cutoff(kind), now);
    Ok(Retired {
        taps: retire(KeptKind::Taps).await?,
        letters: retire(KeptKind::Letters).await?,
        holders: retire(KeptKind::EndedHolders).await?,
        logs: retire(KeptKind::Logs).await?,
        answers: retire(KeptKind::Answers).await?,
        drafts: retire(KeptKind::Drafts).await?,
        notices: retire(KeptKind::Notices).await? + retire(KeptKind::Knocks).await?,
        pieces: store.retire_pieces(cutoff(KeptKind::Letters), now).await?,
    })
}

/// Keeps the sums of months whose answers are about to go.
async fn keep_months(
    store: &Store,
    days: &BTreeMap<KeptKind, i64>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for month in list_due_months(now, days.get(&KeptKind::Taps).copied().unwrap_or(0)) {
        if store.has_hit_month(&month.name).await? {
            continue;
        }
        let (mailings, answers) = (store.sum_mailings(month.from).await?, store.list_hits(month.from).await?);
        if let Some(row) = sum_month(&month, &mailings, &answers) {
            store.keep_hit_month(&row, now).await?;
        }
    }
    Ok(())
}

/// What is older goes; of what has no row nothing does.
fn cutoff_of(days: &BTreeMap<KeptKind, i64>, kind: KeptKind, now: DateTime<Utc>) -> DateTime<Utc> {
    let days = days.get(&kind).and_then(|days| TimeDelta::try_days(*days));
    days.and_then(|days| now.checked_sub_signed(days)).unwrap_or(DateTime::UNIX_EPOCH)
}
