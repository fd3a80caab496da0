//! The worker that sends.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::among::Among;
use super::carriers::Standings;
use super::files::{beside_database, remove_files};
use super::gate::Gate;
use super::journal::Journal;
use super::lock::{SendingLock, this_place};
use super::progress::Progress;
use super::pulse::Pass;
use super::relay::Relay;
use super::round::Round;
use super::worker::{Counts, SendError, SenderSetup, Worker};
use crate::clock::{random_bytes, random_hex};
use crate::ids::EditionId;

/// Letters unsent for so long after planning are superseded (real time).
const UNSENT_AT_MOST: TimeDelta = TimeDelta::hours(72);

/// The worker that sends: at most one on SQLite; on PostgreSQL as many as there are machines.
pub struct Sender {
    pub(crate) worker: Worker,
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
        let name = random_hex::<8>();
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
            let base = beside_database(&setup.place);
            let lock = SendingLock::take(&base, &this_place())?;
            super::orphans::settle_all(&setup, &boot, &base).await?;
            (Alone::Here(lock), base)
        };
        let journal = begin_journal(base.clone(), boot.clone()).await?;
        let seed = u64::from_ne_bytes(random_bytes());
        let standings = Arc::new(Standings::of(&setup.relay, setup.connections));
        let worker = Worker {
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
        };
        Ok(Sender { worker, has_claims: false, alone })
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
        let begun_at = self.worker.setup.clock.now();
        let progress = self.worker.progress.clone();
        let _at_work = progress.begin();
        loop {
            self.worker.share_rates().await?;
            let pass = progress.while_waiting(self.wait_for_pass(stop)).await;
            super::orphans::settle_own(&self.worker).await?;
            if std::mem::replace(&mut self.has_claims, true) {
                self.worker.setup.store.release_claims(&self.worker.name).await?;
            }
            let now = self.worker.setup.clock.now();
            let planned_before = match &self.worker.hours {
                Some(hours) => hours.count_back(now, UNSENT_AT_MOST),
                None => now - UNSENT_AT_MOST,
            };
            self.worker.setup.store.supersede_overdue(now, planned_before).await?;
            let ended = Round::new(&self.worker, edition, begun_at, stop.clone(), pass).run(gate).await?;
            counts += ended.counts;
            self.worker.setup.store.release_claims(&self.worker.name).await?;
            self.has_claims = false;
            if let Some(turn_at) = ended.turn_at.filter(|turn_at| self.worker.waits_for(*turn_at, begun_at)) {
                let turn = progress.while_waiting(self.worker.setup.clock.sleep_until(turn_at));
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
            Alone::Among(_) => Ok(self
                .worker
                .setup
                .store
                .list_holders(&self.worker.name, edition, self.worker.setup.clock.now())
                .await?),
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
                among.wait_for_others(&self.worker.setup, &self.worker.name, edition, held_before, stop).await
            }
        }
    }

    /// Says farewell: others need not wait for this worker's lease.
    pub async fn finish(self) -> Result<(), SendError> {
        if matches!(self.alone, Alone::Among(_)) && self.worker.journal.is_settled() {
            let mut tx = self.worker.setup.store.begin().await?;
            tx.bury_worker(self.worker.setup.clock.now(), &self.worker.name, None).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Where letters go.
    pub fn relay(&self) -> &Relay {
        &self.worker.setup.relay
    }
}

impl Drop for Sender {
    /// A worker's files on PostgreSQL carry its random name: once it has nothing left to say they go.
    fn drop(&mut self) {
        if matches!(self.alone, Alone::Among(_)) && self.worker.journal.is_settled() {
            remove_files(&self.worker.setup.place, &self.worker.name);
        }
    }
}

async fn begin_journal(base: PathBuf, boot: String) -> Result<Arc<Journal>, SendError> {
    let path = base.clone();
    let begun = tokio::task::spawn_blocking(move || Journal::begin(&base, &boot)).await;
    let begun = begun.unwrap_or_else(|e| Err(std::io::Error::other(e)));
    begun.map(Arc::new).map_err(|source| SendError::Journal { path, source })
}

/// This boot of the machine, as Linux names it; elsewhere one that no other process shares, so that
/// no journal of another process is taken for whole.
fn boot_id() -> String {
    match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        Ok(id) if !id.trim().is_empty() => id.trim().to_owned(),
        _ => random_hex::<16>(),
    }
}
