//! The parts of a round that keep to the rates. Without rates each of them does nothing but look that there are none.
//!
//! Letters wait before they are armed: what waits is only claimed. Letters to other domains overtake those
//! that must wait; of a slow domain no more is held than what may go within half a minute, the rest goes
//! back to the ledger with the promise of a later turn. Urgent letters go before all others.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Round;
use super::letters::{Ready, Turns, domain_of_letter};
use crate::delivery::pace::Turn;
use crate::delivery::worker::SendError;
use crate::ids::DeliveryId;
use crate::store::{CLAIM_AT_MOST, ClaimScope, Claimed};

/// Connections are not kept open for longer than this without a letter: relays end them.
const IDLE_AT_MOST: TimeDelta = TimeDelta::seconds(20);

impl Round<'_> {
    /// So many letters are held at most before no more are claimed.
    pub(super) fn hold_at_most(&self, armed_at_most: usize) -> usize {
        match self.worker.rates().as_ref() {
            None => armed_at_most,
            Some(rates) if self.ready.is_empty() || self.turns.has_room => rates.hold_at_most_in_all(),
            Some(_) => 0,
        }
    }

    /// Claims urgent letters before all others where any may have to wait.
    pub(super) async fn claim_in_turn(&self, scope: ClaimScope) -> Result<Vec<Claimed>, SendError> {
        let (store, name) = (&self.worker.setup.store, &self.worker.name);
        let in_all = self.worker.rates().as_ref().map(|rates| rates.hold_at_most_in_all());
        let Some(in_all) = in_all else { return Ok(store.claim_due(name, scope, CLAIM_AT_MOST).await?) };
        let at_most = in_all.saturating_sub(self.ready.len()).clamp(1, CLAIM_AT_MOST);
        let urgent = store.claim_due(name, ClaimScope { only_urgent: true, ..scope }, at_most).await?;
        if !urgent.is_empty() || scope.only_urgent {
            return Ok(urgent);
        }
        Ok(store.claim_due(name, scope, at_most).await?)
    }

    /// Puts off letters to slow domains that are more than may go within half a minute.
    pub(super) async fn put_off_late(&self, letters: Vec<Claimed>) -> Result<Vec<Claimed>, SendError> {
        let now = self.worker.setup.clock.now();
        let mut put_off: Vec<(DeliveryId, DateTime<Utc>)> = Vec::new();
        let mut in_time = letters;
        if let Some(rates) = self.worker.rates().as_mut() {
            let mut held: HashMap<String, usize> = HashMap::new();
            for ready in &self.ready {
                *held.entry(domain_of_letter(&ready.letter).to_owned()).or_default() += 1;
            }
            in_time.retain(|letter| {
                let domain = domain_of_letter(letter);
                let held = held.entry(domain.to_owned()).or_default();
                let is_held = *held < rates.hold_at_most(domain);
                if is_held {
                    *held += 1;
                } else {
                    put_off.push((letter.id, rates.promise_turn(domain, now)));
                }
                is_held
            });
        }
        self.put_off(&put_off).await?;
        Ok(in_time)
    }

    /// Takes the next letters that may go now out of those in hand, at most `at_once`, in their order.
    pub(super) fn choose_next(&mut self, at_once: usize) -> Vec<Ready> {
        let worker = self.worker;
        let mut rates = worker.rates();
        let Some(rates) = rates.as_mut() else {
            return self.ready.drain(..at_once.min(self.ready.len())).collect();
        };
        let now = worker.setup.clock.now();
        let mut on_the_way: HashMap<String, usize> = HashMap::new();
        self.on_the_way.values().for_each(|l| *on_the_way.entry(l.domain.clone()).or_default() += 1);
        let mut chosen = Vec::new();
        self.turns = Turns { has_room: true, ..Turns::default() };
        for ready in std::mem::take(&mut self.ready) {
            if chosen.len() == at_once {
                self.turns.has_room = false;
                self.ready.push_back(ready);
                continue;
            }
            let domain = domain_of_letter(&ready.letter);
            let others = on_the_way.entry(domain.to_owned()).or_default();
            match rates.find_turn(domain, *others, now) {
                Turn::Now => {
                    *others += 1;
                    rates.take_turn(domain, now);
                    chosen.push(ready);
                    continue;
                }
                Turn::At(at) => self.turns.next_at = Some(self.turns.next_at.map_or(at, |next| next.min(at))),
                Turn::WhenOneIsBack => {}
            }
            self.ready.push_back(ready);
        }
        chosen
    }

    /// None of the letters in hand may go: waits for the next turn, or for one to come back. Where that is
    /// long the letters go back, and the round ends.
    pub(super) async fn wait_for_turn(&mut self) -> Result<(), SendError> {
        if !self.settled.is_empty() {
            return self.commit(Vec::new()).await;
        }
        let clock = self.worker.setup.clock.clone();
        let Some(turn_at) = self.turns.next_at else {
            self.listen(1).await;
            return Ok(());
        };
        let is_long = turn_at - clock.now() > IDLE_AT_MOST || !self.worker.waits_for(turn_at, self.due_by);
        if is_long && !self.on_the_way.is_empty() {
            self.listen(1).await;
        } else if is_long {
            self.ready.clear();
            self.is_exhausted = true;
            self.turns.left_until = Some(turn_at);
        } else if self.on_the_way.is_empty() {
            let stop = self.stop.clone();
            tokio::select! {
                () = self.worker.progress.while_waiting(clock.sleep_until(turn_at)) => {}
                () = stop.cancelled() => {}
            }
        } else {
            tokio::select! {
                () = clock.sleep_until(turn_at) => {}
                _ = self.listen(1) => {}
            }
        }
        Ok(())
    }
}
