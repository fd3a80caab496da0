//! A worker's place among others on PostgreSQL: its beat, its proof of life on this machine, its look at the others.

use std::collections::HashSet;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::files::lock_path;
use super::lock::{SendingLock, this_place};
use super::progress::{Progress, beats_every};
use super::pulse::{Pass, Pulse};
use super::takeover::Takeover;
use super::worker::{SendError, SenderSetup};
use crate::ids::EditionId;
use crate::store::NewWorker;

/// A place among the workers; given up when this is dropped.
pub(crate) struct Among {
    pulse: Pulse,
    /// Proves, as long as it is held, that the process behind this journal has not ended.
    _lock: SendingLock,
    /// Who is known to live, after each look at the others.
    living: watch::Receiver<HashSet<String>>,
    looking: tokio::task::JoinHandle<()>,
}

impl Drop for Among {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

impl Among {
    /// Begins to beat, takes over at once from those that have ended, and from then on looks after the others.
    pub async fn join(
        setup: &SenderSetup,
        name: &str,
        boot: &str,
        progress: Progress,
    ) -> Result<Among, SendError> {
        let unusable = |source| SendError::Journal { path: setup.place.clone(), source };
        std::fs::create_dir_all(&setup.place).map_err(unusable)?;
        let lock = SendingLock::take(&lock_path(&setup.place, name), &this_place())?;
        let me = NewWorker {
            name: name.to_owned(),
            place: this_place(),
            lease_seconds: i64::try_from(setup.lease.as_secs()).unwrap_or(i64::MAX),
        };
        let pulse = Pulse::start(setup.store.clone(), setup.clock.clone(), me, progress).await?;
        let mut takeover = Takeover::new(setup.clone(), name.to_owned(), boot.to_owned());
        let first = takeover.look(&setup.store.list_claimants().await?).await?;
        let (tell, living) = watch::channel(first);
        let every = beats_every(setup.lease);
        let looking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                match takeover.look(&[]).await {
                    Ok(now) => drop(tell.send_replace(now)),
                    Err(error) => tracing::debug!(error = %error, "other workers cannot be looked after"),
                }
            }
        });
        Ok(Among { pulse, _lock: lock, living, looking })
    }

    /// Waits until this worker may send, or `stop`.
    pub async fn wait_for_pass(&self, stop: &CancellationToken) -> Pass {
        self.pulse.wait_for_pass(stop).await
    }

    /// Waits for the next beat, or `stop`.
    pub async fn wait_for_beat(&self, stop: &CancellationToken) {
        self.pulse.wait_for_beat(stop).await;
    }

    /// See [`super::Sender::wait_for_others`].
    pub async fn wait_for_others(
        &self,
        setup: &SenderSetup,
        name: &str,
        edition: EditionId,
        held_before: Vec<String>,
        stop: &CancellationToken,
    ) -> Result<bool, SendError> {
        let mut living = self.living.clone();
        let mut waited_for: HashSet<String> = held_before.into_iter().collect();
        loop {
            let holders = setup.store.list_holders(name, edition, setup.clock.now()).await?;
            let known = living.borrow_and_update().clone();
            let unknown: HashSet<String> = holders.into_iter().filter(|name| !known.contains(name)).collect();
            if unknown.is_empty() || stop.is_cancelled() {
                return Ok(waited_for.iter().any(|name| !known.contains(name)));
            }
            waited_for.extend(unknown);
            tokio::select! {
                () = stop.cancelled() => {}
                told = living.changed() => if told.is_err() { return Ok(false) },
            }
        }
    }
}
