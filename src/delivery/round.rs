//! One call of the sender: claim, ask the gate, arm, hand out, settle, until nothing is due.
//!
//! Each commit settles what has come back and arms the next letters, so that a round costs one journal
//! sync and one commit. It comes when no more than [`LEFT_PER_CONNECTION`] letters per connection are on their way, and
//! arms as many as make it [`ARMED_PER_CONNECTION`]: so many are of unknown fate after a power cut. The connections are
//! those that the relay in use may have by then.

mod checking;
mod letters;
mod standings;
mod turns;
mod waiting;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use self::letters::{OnTheWay, Ready, Turns};
use self::standings::{DomainStanding, keep_standings};
use super::carriers::{Carriers, NoRelay};
use super::desk::{Desk, Verdict};
use super::gate::Gate;
use super::pace::Domains;
use super::pausing::judge_editions;
use super::pulse::Pass;
use super::retry::{delay_after, jitter_of};
use super::settle::{defer, settle_in, settle_reply};
use super::worker::{ARMED_HOLDS, Counts, SendError, Worker};
use crate::ids::{DeliveryId, EditionId};
use crate::store::{Claimed, DeliveryState, Moved, Outcome, Settled, StoreError, again_on_collision};

/// Letters on their way at most, for each connection (DESIGN, section 5).
const ARMED_PER_CONNECTION: usize = 8;
/// Letters on their way, for each connection, when the next are armed: what a connection sends meanwhile, and one more.
/// With fewer there are fewer commits, and connections that wait for a slow disk.
const LEFT_PER_CONNECTION: usize = 3;
/// A letter whose own conversation broke so often is deferred.
const BREAKS_AT_MOST: u32 = 3;

/// How a call ended.
pub(crate) struct Ended {
    pub counts: Counts,
    /// This worker had to stop because others may take it for gone.
    pub is_cut_off: bool,
    /// Letters wait for their turn, the first for then; their claims are to be given back meanwhile.
    pub turn_at: Option<DateTime<Utc>>,
}

pub(crate) struct Round<'a> {
    worker: &'a Worker,
    edition: Option<EditionId>,
    due_by: DateTime<Utc>,
    desk: Arc<Desk>,
    carriers: Carriers,
    /// Checked, to be armed next.
    ready: VecDeque<Ready>,
    /// Armed, without a verdict yet.
    on_the_way: HashMap<DeliveryId, OnTheWay>,
    /// With a verdict, not committed yet.
    settled: Vec<Settled>,
    breaks: HashMap<DeliveryId, u32>,
    /// Deferred in this call: left for a later one.
    deferred: HashSet<DeliveryId>,
    /// Why letters were deferred last, as the log was told.
    told_deferral: Option<String>,
    /// Recipients' domains that asked for less.
    domains: Domains,
    /// Refusals by policy that this call heard.
    refused_by_policy: HashMap<EditionId, usize>,
    counts: Counts,
    /// The window was open when letters were claimed.
    was_open: bool,
    /// What waits for its turn by the rates.
    turns: Turns,
    /// The last claim found nothing.
    is_exhausted: bool,
    stop: CancellationToken,
    /// What a worker on PostgreSQL may send with; without it the round ends like one that was stopped.
    pass: Pass,
    /// The pass ran out, be it for a moment, or others took this worker for gone: what is still due is for the
    /// next round of the same call.
    is_cut_off: bool,
}

impl<'a> Round<'a> {
    pub fn new(
        worker: &'a Worker,
        edition: Option<EditionId>,
        due_by: DateTime<Utc>,
        stop: CancellationToken,
        pass: Pass,
    ) -> Round<'a> {
        let setup = &worker.setup;
        let desk = Desk::new(
            worker.journal.clone(),
            setup.assembly.clone(),
            worker.return_paths(),
            stop.clone(),
            pass.clone(),
        );
        Round {
            worker,
            edition,
            due_by,
            desk: Arc::new(desk),
            carriers: Carriers::new(
                setup.relay.clone(),
                worker.standings.clone(),
                setup.clock.clone(),
                setup.connections,
            ),
            ready: VecDeque::new(),
            on_the_way: HashMap::new(),
            settled: Vec::new(),
            breaks: HashMap::new(),
            deferred: HashSet::new(),
            told_deferral: None,
            domains: Domains::default(),
            refused_by_policy: HashMap::new(),
            counts: Counts::default(),
            was_open: true,
            turns: Turns::default(),
            is_exhausted: false,
            stop,
            pass,
            is_cut_off: false,
        }
    }

    /// Until nothing is due, the sender is stopped, or its pass has run out.
    pub async fn run(mut self, gate: &impl Gate) -> Result<Ended, SendError> {
        let answer = self.turn(gate).await;
        self.desk.close();
        // The last dots' replies may take ten minutes.
        self.worker.progress.while_waiting(self.carriers.finish()).await;
        let (counts, is_cut_off) = (self.counts, self.is_cut_off);
        answer.map(|()| Ended { counts, is_cut_off, turn_at: self.turns.left_until })
    }

    async fn turn(&mut self, gate: &impl Gate) -> Result<(), SendError> {
        loop {
            self.worker.progress.step();
            let connections = self.carriers.allowed();
            let (most, left) = (ARMED_PER_CONNECTION * connections, LEFT_PER_CONNECTION * connections);
            if let Some(source) = self.desk.find_journal_failure() {
                return Err(self.worker.journal_error(source));
            }
            self.is_cut_off |= !self.pass.is_valid();
            let goes_on = !self.stop.is_cancelled() && !self.is_cut_off;
            if goes_on && !self.is_exhausted && self.ready.len() < self.hold_at_most(most) {
                self.claim_more(gate).await?;
            }
            if goes_on && !self.ready.is_empty() && self.on_the_way.len() <= left {
                self.arm_next(gate, most - self.on_the_way.len()).await?;
            } else if !self.on_the_way.is_empty() {
                let enough = if goes_on && !self.ready.is_empty() { left } else { 0 };
                let in_time = self.listen(self.on_the_way.len().saturating_sub(enough)).await;
                if !in_time && !self.settled.is_empty() {
                    self.commit(Vec::new()).await?;
                }
            } else if !self.settled.is_empty() {
                self.commit(Vec::new()).await?;
            } else if !goes_on || (self.is_exhausted && self.ready.is_empty()) {
                return Ok(());
            }
        }
    }

    /// Arms the next letters and lays them out; if the relay cannot be reached, defers them instead.
    /// If none of them may go yet, waits for the first one's turn.
    async fn arm_next(&mut self, gate: &impl Gate, at_once: usize) -> Result<(), SendError> {
        if self.close_in_time().await? {
            return Ok(());
        }
        let next = self.choose_next(at_once);
        if next.is_empty() {
            return self.wait_for_turn().await;
        }
        let next = self.check_again(gate, next).await?;
        let next = self.put_off_paused(next).await?;
        if next.is_empty() {
            return Ok(());
        }
        let starting = self.carriers.start(&self.desk, self.on_the_way.len() + next.len());
        if let Err(refused) = self.worker.progress.while_waiting(starting).await {
            return self.defer(next, refused).await;
        }
        if self.stop.is_cancelled() {
            return Ok(());
        }
        self.commit(next).await
    }

    /// Settles what has come back and arms `next`, in one transaction behind one sync of the journal.
    async fn commit(&mut self, next: Vec<Claimed>) -> Result<(), SendError> {
        let worker = self.worker;
        let ids: Vec<DeliveryId> = next.iter().map(|c| c.id).collect();
        let journal = worker.journal.clone();
        let synced = tokio::task::spawn_blocking(move || {
            journal.forget(&ids)?;
            journal.sync()
        });
        let synced = synced.await.unwrap_or_else(|e| Err(std::io::Error::other(e)));
        synced.map_err(|e| worker.journal_error(e))?;
        let standings = self.domains.take_changes();
        let (armed, moved) = self.write(&next, &standings).await?;
        self.note_moves(&moved);
        self.is_cut_off |= armed.is_none();
        let armed = armed.unwrap_or_default();
        let settled = std::mem::take(&mut self.settled);
        worker.journal.settled(settled.iter().map(|s| s.id)).map_err(|e| worker.journal_error(e))?;
        if settled.iter().any(|s| s.outcome == Outcome::Queued) {
            self.is_exhausted = false;
        }
        let armed: Vec<Claimed> = next.into_iter().filter(|c| armed.contains(&c.id)).collect();
        self.on_the_way.extend(armed.iter().map(|c| (c.id, OnTheWay::of(c))));
        self.desk.lay_out(armed);
        Ok(())
    }

    async fn write(
        &self,
        next: &[Claimed],
        standings: &[DomainStanding],
    ) -> Result<(Option<Vec<DeliveryId>>, Vec<Moved>), SendError> {
        Ok(again_on_collision(|| self.try_write(next, standings)).await?)
    }

    /// What it armed (nothing at all if this worker was buried), and what moved.
    async fn try_write(
        &self,
        next: &[Claimed],
        standings: &[DomainStanding],
    ) -> Result<(Option<Vec<DeliveryId>>, Vec<Moved>), StoreError> {
        let Worker { setup, name, boot, .. } = self.worker;
        let now = setup.clock.now();
        let mut tx = setup.store.begin().await?;
        let moved = settle_in(&mut tx, now, name, &self.settled).await?;
        judge_editions(&mut tx, now, &self.settled).await?;
        keep_standings(&mut tx, now, standings).await?;
        let letters: Vec<(DeliveryId, i64)> = next.iter().map(|c| (c.id, c.revision)).collect();
        let armed = if letters.is_empty() {
            Some(Vec::new())
        } else if tx.stands(name).await? {
            Some(tx.arm_letters(now, now + ARMED_HOLDS, name, boot, &letters).await?)
        } else {
            None
        };
        tx.commit().await?;
        Ok((armed, moved))
    }

    /// Defers letters that cannot even start.
    async fn defer(&mut self, letters: Vec<Claimed>, refused: NoRelay) -> Result<(), SendError> {
        let Worker { setup, name, seed, .. } = self.worker;
        let (now, reason) = (setup.clock.now(), refused.to_string());
        // A relay that is down is told once, not once for each part of a large edition.
        if self.told_deferral.as_ref() == Some(&reason) {
            tracing::debug!(error = reason, delivery.letters = letters.len(), "more letters are deferred");
        } else {
            tracing::warn!(error = reason, delivery.letters = letters.len(), "letters are deferred");
        }
        let next: Vec<_> = letters
            .iter()
            .map(|c| (c.id, now + delay_after(c.attempts + 1, jitter_of(*seed, c.id.0, c.attempts + 1))))
            .collect();
        let mut tx = setup.store.begin().await?;
        let moved = tx.defer_claimed(now, name, &next, &reason).await?;
        tx.commit().await?;
        self.told_deferral = Some(reason);
        self.note_moves(&moved);
        Ok(())
    }

    fn note_moves(&mut self, moved: &[Moved]) {
        for m in moved {
            match m.state {
                DeliveryState::Accepted => self.counts.accepted += 1,
                DeliveryState::Deferred => {
                    self.counts.deferred += 1;
                    self.deferred.insert(m.id);
                }
                DeliveryState::Rejected => self.counts.rejected += 1,
                DeliveryState::Uncertain => self.counts.uncertain += 1,
                _ => {}
            }
        }
    }

    /// Waits for so many verdicts; false if they are long in coming. Takes back what lies on the desk when nobody
    /// carries any more.
    async fn listen(&mut self, at_least: usize) -> bool {
        let desk = self.desk.clone();
        let in_time = tokio::select! {
            in_time = desk.wait_for_verdicts(at_least) => in_time,
            () = self.carriers.next_end(&desk) => true,
        };
        let is_abandoned = self.carriers.is_empty();
        self.desk.take_verdicts().into_iter().for_each(|(id, verdict)| self.settle(id, verdict));
        if is_abandoned {
            self.take_back();
        }
        in_time
    }

    fn take_back(&mut self) {
        for letter in self.desk.clear() {
            self.desk.finish(letter.id, Verdict::Back);
        }
        // What a pause held back while verdicts were settled is among them.
        self.desk.take_verdicts().into_iter().for_each(|(id, verdict)| self.settle(id, verdict));
        // Only a carrier that panicked leaves a letter behind: nobody knows how far it came.
        let lost: Vec<DeliveryId> = self.on_the_way.keys().copied().collect();
        for id in lost {
            self.settle(id, Verdict::Unknown("the sender failed while it was on its way".into()));
        }
    }

    fn settle(&mut self, id: DeliveryId, verdict: Verdict) {
        let Some(letter) = self.on_the_way.remove(&id) else { return };
        let attempts = letter.attempts;
        let (now, seed) = (self.worker.setup.clock.now(), self.worker.seed);
        let again = |why: String| defer(id, why, attempts, now, seed);
        let settled = match verdict {
            Verdict::Replied(reply) => {
                let settled = settle_reply(id, &reply, attempts, now, seed);
                self.hear(&letter, &reply, settled.outcome, now);
                settled
            }
            Verdict::Unknown(why) => Settled { id, outcome: Outcome::Uncertain, reply: why },
            Verdict::Back => Settled { id, outcome: Outcome::Queued, reply: String::new() },
            Verdict::Broke(why) => {
                let breaks = self.breaks.entry(id).or_default();
                *breaks += 1;
                if *breaks >= BREAKS_AT_MOST {
                    again(format!("the connection broke {breaks} times before the letter was out: {why}"))
                } else {
                    Settled { id, outcome: Outcome::Queued, reply: why }
                }
            }
            Verdict::Failed(why) => {
                tracing::error!(delivery.id = id.0, error = %why, "a letter cannot be written");
                again(why)
            }
        };
        self.settled.push(settled);
    }
}
