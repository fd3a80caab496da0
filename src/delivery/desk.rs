//! The counter between the worker and those who carry: armed letters are handed out here, verdicts
//! come back, and the journal is kept on the way.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::assembly::Assembly;
use super::journal::Journal;
use super::pulse::Pass;
use super::return_path::{ReturnPaths, SentMail};
use super::smtp::{Content, Reply};
use crate::forum::EmailAddress;
use crate::ids::DeliveryId;
use crate::store::Claimed;

/// A verdict is settled so soon at the latest, also while the others are waited for.
const VERDICTS_WAIT_AT_MOST: Duration = Duration::from_secs(1);

/// So many letters' memory is kept for the next ones.
const SPARES_AT_MOST: usize = 16;

/// A letter ready to be carried.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub id: DeliveryId,
    /// The envelope's sender: a return path that names the delivery.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    pub content: Content,
}

impl Parcel {
    /// Whether it may go over relays only that offer SMTPUTF8 (RFC 6531, 1.1): its address or a header field of it is
    /// not in ASCII.
    pub fn needs_utf8(&self) -> bool {
        !self.to.is_ascii() || self.content.has_utf8_head
    }
}

/// What became of a letter on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The relay's reply: 2yz, 4yz or 5yz.
    Replied(Reply),
    /// The connection broke behind its final dot.
    Unknown(String),
    /// The connection broke in its own conversation, before its final dot was out.
    Broke(String),
    /// It did not go, for no reason of its own.
    Back,
    /// It failed here: its bytes cannot be made, or the mailbox folder does not take it.
    Failed(String),
}

/// Armed letters waiting, and where verdicts go.
pub(crate) struct Desk {
    waiting: Mutex<VecDeque<Claimed>>,
    /// Memory of letters that have gone, for the next ones.
    spares: Mutex<Vec<Vec<u8>>>,
    bell: Notify,
    closed: AtomicBool,
    journal_failed: Mutex<Option<std::io::Error>>,
    journal: Arc<Journal>,
    assembly: Arc<dyn Assembly>,
    return_paths: ReturnPaths,
    tray: Mutex<Tray>,
    tray_bell: Notify,
    stop: CancellationToken,
    pass: Pass,
}

/// Verdicts that came back. The worker is woken for many at once: a wake for each costs more than its settling.
#[derive(Default)]
struct Tray {
    verdicts: Vec<(DeliveryId, Verdict)>,
    /// So many are worth a wake.
    wake_at: usize,
}

impl Desk {
    pub fn new(
        journal: Arc<Journal>,
        assembly: Arc<dyn Assembly>,
        return_paths: ReturnPaths,
        stop: CancellationToken,
        pass: Pass,
    ) -> Desk {
        Desk {
            waiting: Mutex::default(),
            spares: Mutex::default(),
            bell: Notify::new(),
            closed: AtomicBool::new(false),
            journal_failed: Mutex::default(),
            journal,
            assembly,
            return_paths,
            tray: Mutex::default(),
            tray_bell: Notify::new(),
            stop,
            pass,
        }
    }

    /// Lays armed letters out.
    pub fn lay_out(&self, letters: impl IntoIterator<Item = Claimed>) {
        self.waiting().extend(letters);
        self.bell.notify_waiters();
    }

    /// Nothing more will be laid out: whoever waits may go once the desk is empty.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.bell.notify_waiters();
    }

    /// Takes back everything that nobody has taken yet.
    pub fn clear(&self) -> Vec<Claimed> {
        self.waiting().drain(..).collect()
    }

    /// Takes back what nobody has taken yet and `is_held` says: each comes back as [`Verdict::Back`].
    pub fn hold(&self, is_held: impl Fn(&Claimed) -> bool) {
        let mut held = Vec::new();
        self.waiting().retain(|letter| {
            let stays = !is_held(letter);
            if !stays {
                held.push(letter.id);
            }
            stays
        });
        held.into_iter().for_each(|id| self.finish(id, Verdict::Back));
    }

    /// Whether nothing should be started any more.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled() || self.journal_failed().is_some() || !self.pass.is_valid()
    }

    /// The next letter, waiting for one; none once the desk is closed or the sender stops.
    pub async fn next(&self) -> Option<Parcel> {
        loop {
            let rung = self.bell.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if let Some(parcel) = self.try_next() {
                return Some(parcel);
            }
            if self.closed.load(Ordering::SeqCst) || self.is_stopping() {
                return None;
            }
            tokio::select! {
                () = &mut rung => {}
                () = self.stop.cancelled() => return None,
            }
        }
    }

    /// The next letter, if one waits.
    pub fn try_next(&self) -> Option<Parcel> {
        loop {
            if self.is_stopping() {
                return None;
            }
            let letter = self.waiting().pop_front()?;
            match self.wrap(&letter) {
                Ok(parcel) => return Some(parcel),
                Err(why) => self.finish(letter.id, Verdict::Failed(why)),
            }
        }
    }

    fn wrap(&self, letter: &Claimed) -> Result<Parcel, String> {
        let address = letter.email.as_deref().unwrap_or_default();
        let to: EmailAddress =
            address.parse().map_err(|_| "its recipient has no usable address".to_owned())?;
        let spare = self.spares.lock().unwrap_or_else(|e| e.into_inner()).pop().unwrap_or_default();
        let bytes = self.assembly.write(letter, spare)?;
        let content = Content::of(bytes).map_err(|e| format!("the letter cannot be sent: {e}"))?;
        let from = self.return_paths.of(SentMail::Letter(letter.id));
        Ok(Parcel { id: letter.id, from, to: to.into(), content })
    }

    /// Takes back the memory of a letter that has gone.
    pub fn keep_memory(&self, mut memory: Vec<u8>) {
        memory.clear();
        let mut spares = self.spares.lock().unwrap_or_else(|e| e.into_inner());
        if spares.len() < SPARES_AT_MOST {
            spares.push(memory);
        }
    }

    /// Notes in the journal that a letter's dot is about to go; if this is false it must not: the journal
    /// cannot be written, or others may take this worker for gone. Asked last, right before the write.
    pub fn note_dot(&self, id: DeliveryId) -> bool {
        self.journal.dot(id).map_err(|e| self.fail(e)).is_ok() && self.pass.is_valid()
    }

    /// Notes a verdict in the journal and passes it on.
    pub fn finish(&self, id: DeliveryId, verdict: Verdict) {
        match &verdict {
            Verdict::Replied(reply) => self.journal.reply(id, reply.code, &reply.text),
            Verdict::Unknown(_) => {}
            Verdict::Broke(_) | Verdict::Back | Verdict::Failed(_) => {
                if let Err(e) = self.journal.back(id) {
                    self.fail(e);
                }
            }
        }
        // A refusal may mean that others must not go: the worker hears of it at once.
        let is_refusal = matches!(&verdict, Verdict::Replied(reply) if reply.is_refusal());
        let mut tray = self.tray();
        tray.verdicts.push((id, verdict));
        let is_worth_it = is_refusal || tray.verdicts.len() >= tray.wake_at;
        drop(tray);
        if is_worth_it {
            self.tray_bell.notify_one();
        }
    }

    /// Returns once `at_least` verdicts have come back (true), or some time has passed.
    pub async fn wait_for_verdicts(&self, at_least: usize) -> bool {
        {
            let mut tray = self.tray();
            tray.wake_at = at_least;
            if tray.verdicts.len() >= at_least {
                return true;
            }
        }
        // A bell that rang for an earlier wish only makes the worker look once more than it needs.
        timeout(VERDICTS_WAIT_AT_MOST, self.tray_bell.notified()).await.is_ok()
    }

    /// Takes the verdicts that have come back.
    pub fn take_verdicts(&self) -> Vec<(DeliveryId, Verdict)> {
        std::mem::take(&mut self.tray().verdicts)
    }

    /// Why the journal cannot be written, if it cannot.
    pub fn find_journal_failure(&self) -> Option<std::io::Error> {
        self.journal_failed().as_ref().map(|e| std::io::Error::new(e.kind(), e.to_string()))
    }

    /// Returns once nothing should be started any more because the sender was told to stop.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }

    /// Returns once nothing more will be laid out, or nothing should be started any more.
    pub async fn closed(&self) {
        loop {
            let rung = self.bell.notified();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if self.closed.load(Ordering::SeqCst) || self.is_stopping() {
                return;
            }
            tokio::select! {
                () = &mut rung => {}
                () = self.stop.cancelled() => return,
            }
        }
    }

    /// How many armed letters nobody has taken yet.
    pub fn count_waiting(&self) -> usize {
        self.waiting().len()
    }

    fn fail(&self, error: std::io::Error) {
        *self.journal_failed() = Some(error);
        self.bell.notify_waiters();
    }

    fn tray(&self) -> MutexGuard<'_, Tray> {
        self.tray.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Claimed>> {
        self.waiting.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn journal_failed(&self) -> MutexGuard<'_, Option<std::io::Error>> {
        self.journal_failed.lock().unwrap_or_else(|e| e.into_inner())
    }
}
