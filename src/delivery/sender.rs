//! The worker that sends.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::among::Among;
use super::assembly::Assembly;
use super::carriers::Standings;
use super::gate::{Gate, GateError};
use super::journal::Journal;
use super::lock::{LockError, SendingLock, this_place};
use super::pace::{OfficeHours, Rates};
use super::progress::Progress;
use super::pulse::Pass;
use super::relay::Relay;
use super::return_path::ReturnPaths;
use super::round::Round;
use super::takeover::remove_files;
use crate::clock::{Clock, random_bytes};
use crate::config::Config;
use crate::ids::EditionId;
use crate::store::{Store, StoreError};
use crate::token::Keys;

/// How long a claim keeps other workers away (real time).
pub(crate) const CLAIM_HOLDS: TimeDelta = TimeDelta::minutes(10);
/// How long an armed letter counts as its worker's: longer than all stages of the letters before it together.
pub(crate) const ARMED_HOLDS: TimeDelta = TimeDelta::hours(2);
/// Letters unsent for so long after planning are superseded (real time).
const UNSENT_AT_MOST: TimeDelta = TimeDelta::hours(72);

/// What a call of [`Sender::send_due`] came to: letters, each counted once.
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
    #[error(
        "the journal {path} cannot be written, so nothing can be sent: {source}; make room or give it back its folder"
    )]
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
    /// The SQLite database's file, beside which lock and journal lie; on PostgreSQL the folder
    /// `journal` beside the configuration.
    pub place: PathBuf,
}

impl SenderSetup {
    /// Where lock and journal belong for a configuration.
    pub fn place_of(config: &Config) -> PathBuf {
        match config.database_url.strip_prefix("sqlite://") {
            Some(file) => PathBuf::from(file),
            None => config.folder.join("journal"),
        }
    }
}

/// The worker that sends: at most one on SQLite; on PostgreSQL as many as there are machines.
pub struct Sender {
    pub(crate) setup: SenderSetup,
    pub(crate) journal: Arc<Journal>,
    /// The common beginning of the journal's files.
    pub(crate) base: PathBuf,
    /// Random: claims and armed letters carry it.
    pub(crate) name: String,
    /// This boot of the machine.
    pub(crate) boot: String,
    /// Spreads retries.
    pub(crate) seed: u64,
    /// When letters of planned editions go; none: always.
    pub(crate) hours: Option<OfficeHours>,
    /// How the relays stand.
    pub(crate) standings: Arc<Standings>,
    /// How fast letters go; none: as fast as they can.
    pub(crate) rates: Mutex<Option<Rates>>,
    /// How long a call may wait for letters' turns; none: until all have gone.
    pub(crate) waits_at_most: Option<TimeDelta>,
    /// What its beat hangs on.
    pub(crate) progress: Progress,
    /// A round that ended in an error may have left claims behind.
    has_claims: bool,
    alone: Alone,
}

/// What keeps others from sending the same letters.
enum Alone {
    /// The lock beside the SQLite database.
    Here(#[expect(dead_code, reason = "the lock lasts as long as this value")] SendingLock),
    /// Claims and arming, as long as the worker beats; others that do not are taken over from.
    Among(Among),
}

impl Sender {
    /// Takes the sending lock (or a place among the workers), settles at once what earlier senders left
    /// behind, and begins a journal.
    pub async fn start(mut setup: SenderSetup) -> Result<Sender, SendError> {
        let name: String = random_bytes::<8>().iter().map(|b| format!("{b:02x}")).collect();
        let boot = boot_id();
        if let Relay::Maildir(maildir) = &mut setup.relay {
            let forum = setup.keys.address_hash("outbox");
            let path = maildir.folder().to_owned();
            maildir.prepare(&forum).map_err(|source| SendError::Maildir { path, source })?;
        }
        let progress = Progress::of(setup.lease);
        let (alone, base) = if setup.store.has_many_workers() {
            (
                Alone::Among(Among::join(&setup, &name, &boot, progress.clone()).await?),
                setup.place.join(&name),
            )
        } else {
            let base = beside(&setup.place, ".sending");
            let lock = SendingLock::take(&base, &this_place())?;
            super::orphans::settle_all(&setup, &boot, &base).await?;
            (Alone::Here(lock), base)
        };
        let journal = begin_journal(base.clone(), boot.clone()).await?;
        let seed = u64::from_ne_bytes(random_bytes());
        let standings = Arc::new(Standings::of(&setup.relay, setup.connections));
        Ok(Sender {
            setup,
            journal,
            base,
            name,
            boot,
            seed,
            hours: None,
            standings,
            rates: Mutex::default(),
            waits_at_most: None,
            progress,
            has_claims: false,
            alone,
        })
    }

    /// Sends what is due now, of one edition or of all, until nothing is; returns what this call came to.
    ///
    /// Letters deferred on the way are left for a later call. When `stop` is cancelled, letters whose
    /// final dot has gone are waited for (at most the stage's deadline) and everything else is queued again.
    /// A worker that others may take for gone stops sending in the same way, and goes on once it can beat.
    pub async fn send_due(
        &mut self,
        edition: Option<EditionId>,
        gate: &impl Gate,
        stop: &CancellationToken,
    ) -> Result<Counts, SendError> {
        let mut counts = Counts::default();
        let begun_at = self.setup.clock.now();
        let progress = self.progress.clone();
        let _at_work = progress.begin();
        loop {
            self.share_rates().await?;
            let pass = progress.while_waiting(self.wait_for_pass(stop)).await;
            super::orphans::settle_own(self).await?;
            if std::mem::replace(&mut self.has_claims, true) {
                self.setup.store.release_claims(&self.name).await?;
            }
            let now = self.setup.clock.now();
            let planned_before = match &self.hours {
                Some(hours) => hours.count_back(now, UNSENT_AT_MOST),
                None => now - UNSENT_AT_MOST,
            };
            self.setup.store.supersede_overdue(now, planned_before).await?;
            let ended = Round::new(self, edition, begun_at, stop.clone(), pass).run(gate).await?;
            counts += ended.counts;
            self.setup.store.release_claims(&self.name).await?;
            self.has_claims = false;
            if let Some(turn_at) = ended.turn_at.filter(|turn_at| self.waits_for(*turn_at, begun_at)) {
                let turn = progress.while_waiting(self.setup.clock.sleep_until(turn_at));
                tokio::select! {
                    () = turn => continue,
                    () = stop.cancelled() => return Ok(counts),
                }
            }
            if !ended.is_cut_off || stop.is_cancelled() {
                return Ok(counts);
            }
            progress.while_waiting(self.wait_for_beat(stop)).await;
        }
    }

    /// Waits for the next sign that the database answers: only then is it known whether a new life has begun.
    async fn wait_for_beat(&self, stop: &CancellationToken) {
        if let Alone::Among(among) = &self.alone {
            among.wait_for_beat(stop).await;
        }
    }

    async fn wait_for_pass(&self, stop: &CancellationToken) -> Pass {
        match &self.alone {
            Alone::Here(_) => Pass::Always,
            Alone::Among(among) => among.wait_for_pass(stop).await,
        }
    }

    /// The other workers that hold letters which are due in an edition, or any armed letter.
    pub async fn list_holders(&self, edition: EditionId) -> Result<Vec<String>, SendError> {
        match &self.alone {
            Alone::Here(_) => Ok(Vec::new()),
            Alone::Among(_) => {
                Ok(self.setup.store.list_holders(&self.name, edition, self.setup.clock.now()).await?)
            }
        }
    }

    /// Waits until every other worker that holds letters of an edition is known to live, or was taken over;
    /// true if one was, of those or of `held_before` (who held some before this worker's last call), so that
    /// there may be more to send. One that lives sends what it holds by itself.
    pub async fn wait_for_others(
        &self,
        edition: EditionId,
        held_before: Vec<String>,
        stop: &CancellationToken,
    ) -> Result<bool, SendError> {
        match &self.alone {
            Alone::Here(_) => Ok(false),
            Alone::Among(among) => {
                among.wait_for_others(&self.setup, &self.name, edition, held_before, stop).await
            }
        }
    }

    /// Says farewell: others need not wait for this worker's lease.
    pub async fn finish(self) -> Result<(), SendError> {
        if matches!(self.alone, Alone::Among(_)) && self.journal.is_settled() {
            let mut tx = self.setup.store.begin().await?;
            tx.bury_worker(self.setup.clock.now(), &self.name, None).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Where letters go.
    pub fn relay(&self) -> &Relay {
        &self.setup.relay
    }

    pub(crate) fn journal_error(&self, source: std::io::Error) -> SendError {
        SendError::Journal { path: self.base.clone(), source }
    }

    pub(crate) fn return_paths(&self) -> ReturnPaths {
        ReturnPaths::new(self.setup.keys.clone(), self.setup.domain.clone())
    }
}

impl Drop for Sender {
    /// A worker's files on PostgreSQL carry its random name: once it has nothing left to say they go.
    fn drop(&mut self) {
        if matches!(self.alone, Alone::Among(_)) && self.journal.is_settled() {
            remove_files(&self.setup.place, &self.name);
        }
    }
}

async fn begin_journal(base: PathBuf, boot: String) -> Result<Arc<Journal>, SendError> {
    let path = base.clone();
    let begun = tokio::task::spawn_blocking(move || Journal::begin(&base, &boot)).await;
    let begun = begun.unwrap_or_else(|e| Err(std::io::Error::other(e)));
    begun.map(Arc::new).map_err(|source| SendError::Journal { path, source })
}

/// `treff.db` and `.sending` make `treff.db.sending`.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// This boot of the machine, as Linux names it; elsewhere one that no other process shares, so that
/// no journal of another process is taken for whole.
fn boot_id() -> String {
    match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        Ok(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => random_bytes::<16>().iter().map(|b| format!("{b:02x}")).collect(),
    }
}

/// How long a sender waits before it tries the database again after two transactions met.
pub(crate) const AFTER_COLLISION: Duration = Duration::from_millis(20);
