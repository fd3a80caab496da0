//! What a sender works with, what a call comes to, and why it ends early.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::assembly::Assembly;
use super::carriers::Standings;
use super::files::remedy_for_file;
use super::gate::GateError;
use super::journal::Journal;
use super::lock::LockError;
use super::pace::{OfficeHours, Rates};
use super::progress::Progress;
use super::relay::Relay;
use super::return_path::ReturnPaths;
use crate::clock::Clock;
use crate::store::{Store, StoreError};
use crate::token::Keys;

/// How long an armed letter counts as its worker's: longer than all stages of the letters before it together.
pub(crate) const ARMED_HOLDS: TimeDelta = TimeDelta::hours(2);

/// How long a claim keeps other workers away (real time).
pub(crate) const CLAIM_HOLDS: TimeDelta = TimeDelta::minutes(10);

/// What a call of [`Sender::send_due`](super::Sender::send_due) came to: letters, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// The relay took them.
    pub accepted: u64,
    /// Refused for now.
    pub deferred: u64,
    /// Refused for good.
    pub rejected: u64,
    /// Of unknown fate.
    pub uncertain: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Counts) {
        self.accepted += more.accepted;
        self.deferred += more.deferred;
        self.rejected += more.rejected;
        self.uncertain += more.uncertain;
    }
}

/// Why sending ended before everything due was tried. Nothing is lost: the next start settles what was armed.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Another process sends.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The last check could not be made.
    #[error("letters could not be checked before sending: {0}")]
    Gate(GateError),
    /// The journal cannot be written.
    #[error("the journal {path} cannot be written, so nothing can be sent: {source}; {}", remedy_for_file(.path, .source))]
    Journal {
        /// The files' common beginning.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The mailbox folder cannot be used.
    #[error("the mailbox folder {path} cannot be used: {source}")]
    Maildir {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What a sender works with.
#[derive(Clone)]
pub struct SenderSetup {
    /// The outbox.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where letters go.
    pub relay: Relay,
    /// What makes letters' bytes.
    pub assembly: Arc<dyn Assembly>,
    /// Signs return paths.
    pub keys: Keys,
    /// The domain of the sender's address.
    pub domain: String,
    /// Kept connections.
    pub connections: usize,
    /// So long without a beat, and this worker counts as gone. Only on PostgreSQL.
    pub lease: Duration,
    /// What [`sending_place`](super::sending_place) says.
    pub place: PathBuf,
}

/// What is the same for all rounds of a sender.
pub(crate) struct Worker {
    pub setup: SenderSetup,
    pub journal: Arc<Journal>,
    /// The common beginning of the journal's files.
    pub base: PathBuf,
    /// Random: claims and armed letters carry it.
    pub name: String,
    /// This boot of the machine.
    pub boot: String,
    /// Spreads retries.
    pub seed: u64,
    /// When letters of planned editions go; none: always.
    pub hours: Option<OfficeHours>,
    /// How the relays stand.
    pub standings: Arc<Standings>,
    /// How fast letters go; none: as fast as they can.
    pub rates: Mutex<Option<Rates>>,
    /// How long a call may wait for letters' turns; none: until all have gone.
    pub waits_at_most: Option<TimeDelta>,
    /// What its beat hangs on.
    pub progress: Progress,
}

impl Worker {
    pub fn journal_error(&self, source: std::io::Error) -> SendError {
        SendError::Journal { path: self.base.clone(), source }
    }

    pub fn return_paths(&self) -> ReturnPaths {
        ReturnPaths::new(self.setup.keys.clone(), self.setup.domain.clone())
    }

    /// Whether a call that began at `begun_at` may still wait until `until`.
    pub fn waits_for(&self, until: DateTime<Utc>, begun_at: DateTime<Utc>) -> bool {
        self.waits_at_most.is_none_or(|at_most| until - begun_at <= at_most)
    }

    /// The rates hold for all living workers together.
    pub async fn share_rates(&self) -> Result<(), SendError> {
        if self.rates().is_none() {
            return Ok(());
        }
        let (store, now) = (&self.setup.store, self.setup.clock.now());
        let workers = if store.has_many_workers() { store.count_living_workers().await? } else { 1 };
        if let Some(rates) = self.rates().as_mut() {
            rates.share_among(workers, now);
        }
        Ok(())
    }

    pub fn rates(&self) -> MutexGuard<'_, Option<Rates>> {
        self.rates.lock().unwrap_or_else(|e| e.into_inner())
    }
}
