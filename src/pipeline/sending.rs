//! One edition, from its opening to its letters' fates.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::assembly::LetterAssembly;
use super::{Pipeline, PipelineError, SendingGate};
use crate::delivery::{
    LockError, OfficeHours, Relay, SendError, Sender, SenderSetup, SignedLetters, Signer, sending_place,
};
use crate::forum::Cadence;
use crate::store::EditionRow;
use crate::world::load_forum;

/// What one call of `edition run` did: counts of this call's work alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// The cadence's word.
    pub cadence: String,
    /// The occurrence; `null` if the cadence has none by then.
    pub occurs_at: Option<DateTime<Utc>>,
    /// Letters queued.
    pub digests: usize,
    /// The relay said 250.
    pub accepted: u64,
    /// To be tried again later.
    pub deferred: u64,
    /// Refused for good.
    pub rejected: u64,
    /// Nobody can say.
    pub uncertain: u64,
    /// Another process holds the sending lock and sends what was planned here.
    pub left_to_another: bool,
    /// Why the edition is paused: `policy` or `hand`; `null` unless it is.
    pub paused_because: Option<String>,
    /// Letters of the edition that wait: queued or deferred.
    pub waiting: i64,
    /// When the window opens that they wait for; `null` unless it is closed.
    pub opens_at: Option<DateTime<Utc>>,
    /// Those of them that wait for a change to be approved.
    pub awaiting_approval: i64,
}

impl RunCounts {
    /// Whether this call planned or sent anything.
    pub fn is_anything_done(&self) -> bool {
        self.digests > 0 || self.accepted + self.deferred + self.rejected + self.uncertain > 0
    }
}

impl Pipeline {
    /// Opens the edition of `cadence` at the latest occurrence at or before `at` (or the clock's now),
    /// or goes on with it: plans whom it has not planned, and sends what is due of it.
    pub async fn run_edition(
        &self,
        cadence: Cadence,
        at: Option<DateTime<Utc>>,
        stop: &CancellationToken,
    ) -> Result<RunCounts, PipelineError> {
        self.forbid_early_sending(at)?;
        let mut counts = RunCounts { cadence: cadence.word().to_owned(), ..RunCounts::default() };
        let now = at.unwrap_or_else(|| self.clock.now());
        let Some(row) = Box::pin(self.open_edition(cadence, now)).await? else { return Ok(counts) };
        counts.occurs_at = Some(row.occurs_at);
        Box::pin(self.send_edition(&row, at, stop, &mut counts)).await?;
        counts.paused_because = self.store.get_edition(row.id).await?.paused_because;
        counts.waiting = self.store.count_waiting(row.id).await?;
        counts.awaiting_approval = self.count_held(row.id, at).await?;
        self.end_change_alerts(at).await?;
        if cadence != Cadence::Urgent {
            counts.opens_at = self.find_opening().await?;
        }
        Ok(counts)
    }

    /// Plans and sends until nothing of the edition is due.
    async fn send_edition(
        &self,
        row: &EditionRow,
        at: Option<DateTime<Utc>>,
        stop: &CancellationToken,
        counts: &mut RunCounts,
    ) -> Result<(), PipelineError> {
        let mut sender = match self.start_sender().await {
            Ok(sender) => sender,
            Err(PipelineError::Sending(SendError::Lock(LockError::Held { .. }))) => {
                counts.digests = self.plan_edition(row).await?.digests;
                counts.left_to_another = true;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        sender.keep_hours(self.office_hours().await?);
        loop {
            let planned = self.plan_edition(row).await?;
            counts.digests += planned.digests;
            let held = sender.list_holders(row.id).await?;
            let gate = SendingGate::new(self.clone(), at);
            let sent = sender.send_due(Some(row.id), &gate, stop).await?;
            counts.accepted += sent.accepted;
            counts.deferred += sent.deferred;
            counts.rejected += sent.rejected;
            counts.uncertain += sent.uncertain;
            self.mail_alerts(sender.relay()).await?;
            let settled = sent.accepted + sent.deferred + sent.rejected + sent.uncertain;
            let has_more = planned.waiting > 0 && settled > 0;
            if stop.is_cancelled() || !(has_more || sender.wait_for_others(row.id, held, stop).await?) {
                break;
            }
        }
        sender.finish().await?;
        Ok(())
    }

    /// A sender that keeps to the configured rates.
    pub async fn start_sender(&self) -> Result<Sender, PipelineError> {
        let mut sender = Sender::start(self.sender_setup().await?).await?;
        sender.keep_rates(&self.config.file.pace);
        Ok(sender)
    }

    /// The windows in which letters of planned editions go; none if they always do.
    pub async fn office_hours(&self) -> Result<Option<OfficeHours>, PipelineError> {
        let windows = &self.config.file.pace.window;
        if windows.is_empty() {
            return Ok(None);
        }
        Ok(OfficeHours::new(windows, &load_forum(&self.store).await?.settings))
    }

    /// When the window opens next; none if it is open or there is none.
    async fn find_opening(&self) -> Result<Option<DateTime<Utc>>, PipelineError> {
        let now = self.clock.now();
        let hours = self.office_hours().await?;
        Ok(hours.filter(|hours| !hours.is_open(now)).and_then(|hours| hours.find_opening(now)))
    }

    /// The relay, ready for mails outside editions.
    pub(super) fn open_relay_for_notes(&self) -> Result<Relay, PipelineError> {
        let mut relay = Relay::open(&self.config, &self.clock)?;
        relay.prepare_for_notes(&self.keys.address_hash("outbox"))?;
        Ok(relay)
    }

    /// A future `--at` may only fill a mailbox folder or reach a loopback relay.
    fn forbid_early_sending(&self, at: Option<DateTime<Utc>>) -> Result<(), PipelineError> {
        match at {
            Some(at) if at > self.clock.now() && !Relay::open(&self.config, &self.clock)?.is_local() => {
                Err(PipelineError::EarlySending(at))
            }
            _ => Ok(()),
        }
    }

    /// What a sender of this forum works with.
    pub async fn sender_setup(&self) -> Result<SenderSetup, PipelineError> {
        let settings = load_forum(&self.store).await?.settings;
        let domain = self.masthead(&settings)?.sender.domain().to_owned();
        let letters = Arc::new(LetterAssembly::new(self.store.clone(), self.keys.clone()));
        let signer = Signer::load(&self.config, &domain)?;
        let relay = Relay::open(&self.config, &self.clock)?;
        Ok(SenderSetup {
            store: self.store.clone(),
            clock: self.clock.clone(),
            assembly: SignedLetters::around(letters, signer, self.clock.clone()),
            keys: self.keys.clone(),
            domain,
            lease: Duration::from_secs(self.config.file.worker.lease_seconds),
            connections: relay.most_connections(self.config.file.delivery.connections),
            relay,
            place: sending_place(&self.config),
        })
    }
}
