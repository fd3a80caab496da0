//! A worker's beat, and what it allows the worker to do.
//!
//! While it lives, a worker on PostgreSQL raises its counter in the database every few seconds, over a session
//! of its own. Others watch the counter; when it has not moved for the worker's lease they take it for gone, remove its
//! row, and call what it has armed uncertain. So a worker whose last beat is too old must not send: it could not
//! know. Nor may it ever send what it armed in an earlier life, that is, before others took it for gone.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::progress::{Progress, beats_every};
use crate::clock::{Clock, Moment};
use crate::store::{NewWorker, Store, StoreError, WorkerSession};

/// How long a beat allows to send: a lease without the margin that covers what lies between the last look
/// at the clock and the write, and clocks that do not run alike.
fn allows_for(lease: Duration) -> Duration {
    lease * 2 / 3
}

/// The last beat that the database took.
#[derive(Debug, Clone, Copy)]
struct Sign {
    /// When it was begun: others cannot have seen it earlier.
    at: Moment,
    /// Raised whenever others took this worker for gone.
    life: u64,
}

/// What allows to send; asked before every final dot.
#[derive(Debug, Clone)]
pub(crate) enum Pass {
    /// Nobody else can take over while this process lives: the sending lock of SQLite.
    Always,
    /// As long as the beat is young and the life that it was given in goes on.
    #[expect(private_interfaces, reason = "only this file looks inside")]
    Beating { signs: watch::Receiver<Sign>, life: u64, allows_for: Duration },
}

impl Pass {
    /// Whether sending is allowed at this moment.
    pub fn is_valid(&self) -> bool {
        match self {
            Pass::Always => true,
            Pass::Beating { signs, life, allows_for } => {
                let sign = *signs.borrow();
                sign.life == *life && sign.at.elapsed() < *allows_for
            }
        }
    }
}

/// A worker that beats; it ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Pulse {
    signs: watch::Receiver<Sign>,
    allows_for: Duration,
    task: JoinHandle<()>,
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Pulse {
    /// Enters the worker among those that live and begins to beat.
    pub async fn start(
        store: Store,
        clock: Clock,
        me: NewWorker,
        progress: Progress,
    ) -> Result<Pulse, StoreError> {
        let lease = Duration::from_secs(me.lease_seconds.unsigned_abs());
        let at = Moment::now();
        let session = store.open_worker_session(&me.name).await?;
        store.register_worker(clock.now(), &me).await?;
        let (tell, signs) = watch::channel(Sign { at, life: 0 });
        let heart = Heart { store, clock, me, session, tell, lease, progress, is_cut_off: false };
        Ok(Pulse { signs, allows_for: allows_for(lease), task: tokio::spawn(heart.keep_beating()) })
    }

    /// What this life of the worker may do.
    pub fn pass(&self) -> Pass {
        let signs = self.signs.clone();
        let life = signs.borrow().life;
        Pass::Beating { signs, life, allows_for: self.allows_for }
    }

    /// Waits for the next beat, or `stop`.
    pub async fn wait_for_beat(&self, stop: &CancellationToken) {
        let mut signs = self.signs.clone();
        signs.mark_unchanged();
        tokio::select! {
            () = stop.cancelled() => {}
            _ = signs.changed() => {}
        }
    }

    /// Waits until the worker may send, or `stop`.
    pub async fn wait_for_pass(&self, stop: &CancellationToken) -> Pass {
        let mut signs = self.signs.clone();
        loop {
            signs.mark_unchanged();
            let pass = self.pass();
            if pass.is_valid() {
                return pass;
            }
            tokio::select! {
                () = stop.cancelled() => return pass,
                told = signs.changed() => if told.is_err() { return pass },
            }
        }
    }
}

struct Heart {
    store: Store,
    clock: Clock,
    me: NewWorker,
    session: Option<WorkerSession>,
    tell: watch::Sender<Sign>,
    lease: Duration,
    progress: Progress,
    is_cut_off: bool,
}

impl Heart {
    async fn keep_beating(mut self) {
        loop {
            tokio::time::sleep(beats_every(self.lease)).await;
            let at = Moment::now();
            if let Some(stands) = self.progress.find_standstill() {
                self.miss(&format!("its sending has stood still for {} s", stands.as_secs()));
                continue;
            }
            let answer = tokio::time::timeout(allows_for(self.lease) / 2, self.beat()).await;
            match answer {
                Ok(Ok(())) => {
                    self.tell.send_modify(|sign| sign.at = at);
                    if std::mem::take(&mut self.is_cut_off) {
                        tracing::info!(worker.name = %self.me.name, "this worker can tell again that it lives; it goes on");
                    }
                }
                Ok(Err(error)) => self.miss(&error.to_string()),
                Err(_) => self.miss("the database does not answer"),
            }
        }
    }

    /// Says once that this worker does not beat.
    fn miss(&mut self, why: &str) {
        self.session = None;
        if !std::mem::replace(&mut self.is_cut_off, true) {
            tracing::warn!(
                worker.name = %self.me.name, error = %why,
                "this worker does not tell the others that it lives; it stops sending until it does again"
            );
        }
    }

    async fn beat(&mut self) -> Result<(), StoreError> {
        let name = &self.me.name;
        if self.session.is_none() {
            self.session = self.store.open_worker_session(name).await?;
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        if session.beat(name, self.clock.now()).await? {
            return Ok(());
        }
        // First of all: what was armed before must not go any more.
        self.tell.send_modify(|sign| sign.life += 1);
        tracing::warn!(worker.name = %name, "other workers took this one for gone; it begins anew");
        self.store.register_worker(self.clock.now(), &self.me).await
    }
}
