//! The part of a round that asks the gate: of what it claims, and once more of what has waited since.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Round;
use super::letters::Ready;
use crate::clock::Moment;
use crate::delivery::gate::Gate;
use crate::delivery::worker::{CLAIM_HOLDS, SendError};
use crate::ids::DeliveryId;
use crate::store::{ClaimScope, Claimed, Ending};

/// So long the gate's answer holds. A slow relay takes minutes for what was claimed at once, and what is withdrawn
/// meanwhile, or whom a letter must not reach any more, is to be left out.
const ANSWER_HOLDS: Duration = Duration::from_secs(1);

impl Round<'_> {
    /// Claims more letters and asks the gate about them.
    pub(super) async fn claim_more(&mut self, gate: &impl Gate) -> Result<(), SendError> {
        let now = self.worker.setup.clock.now();
        let (edition, due_by, only_urgent) = (self.edition, self.due_by, self.is_closed(now));
        if self.ready.is_empty() {
            self.was_open = !only_urgent;
        }
        let scope = ClaimScope { edition, due_by, now, until: now + CLAIM_HOLDS, only_urgent };
        let claimed = self.claim_in_turn(scope).await?;
        self.is_exhausted = claimed.is_empty();
        // A claim of ours that ran out (a slow relay, a machine that slept, a clock that jumped) is claimed
        // anew: what lay here of it must not go as well.
        let again: HashSet<DeliveryId> = claimed.iter().map(|c| c.id).collect();
        self.ready.retain(|ready| !again.contains(&ready.letter.id));
        // After a clock was set back, what was deferred here may look due: it stays claimed, and untried.
        let claimed: Vec<Claimed> = claimed.into_iter().filter(|c| !self.deferred.contains(&c.id)).collect();
        let claimed = self.cancel_erased(claimed, now).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        self.learn_standings().await?;
        let claimed = self.put_off_paused(claimed).await?;
        let claimed = self.put_off_late(claimed).await?;
        let checked_at = Moment::now();
        let may_go = self.ask(gate, claimed).await?;
        self.ready.extend(may_go.into_iter().map(|letter| Ready { letter, checked_at }));
        Ok(())
    }

    /// Letters about to be armed, those whose answer is older than it holds as they are now and asked about once more.
    pub(super) async fn check_again(
        &self,
        gate: &impl Gate,
        letters: Vec<Ready>,
    ) -> Result<Vec<Claimed>, SendError> {
        let is_old = |ready: &Ready| ready.checked_at.elapsed() > ANSWER_HOLDS;
        let ids: Vec<DeliveryId> =
            letters.iter().filter(|ready| is_old(ready)).map(|ready| ready.letter.id).collect();
        let mut may_go: Vec<Claimed> = letters.into_iter().map(|ready| ready.letter).collect();
        if ids.is_empty() {
            return Ok(may_go);
        }
        let setup = &self.worker.setup;
        let read = setup.store.list_claimed(&self.worker.name, &ids).await?;
        let read = self.cancel_erased(read, setup.clock.now()).await?;
        let mut again: HashMap<DeliveryId, Claimed> =
            self.ask(gate, read).await?.into_iter().map(|letter| (letter.id, letter)).collect();
        // In the order in which they were: who has waited longest goes first.
        let asked: HashSet<DeliveryId> = ids.into_iter().collect();
        may_go.retain_mut(|letter| match again.remove(&letter.id) {
            Some(now) => {
                *letter = now;
                true
            }
            None => !asked.contains(&letter.id),
        });
        Ok(may_go)
    }

    /// Those that the gate lets pass, revised ones in their new revision, prepared to be written.
    async fn ask(&self, gate: &impl Gate, letters: Vec<Claimed>) -> Result<Vec<Claimed>, SendError> {
        let setup = &self.worker.setup;
        let asked: HashMap<DeliveryId, i64> = letters.iter().map(|c| (c.id, c.revision)).collect();
        let mut may_go = gate.check(letters).await.map_err(SendError::Gate)?;
        if may_go.len() < asked.len() {
            let kept: HashSet<DeliveryId> = may_go.iter().map(|c| c.id).collect();
            let missing: Vec<DeliveryId> = asked.keys().filter(|id| !kept.contains(id)).copied().collect();
            let again = setup.store.list_claimed(&self.worker.name, &missing).await?;
            may_go.extend(again.into_iter().filter(|c| c.revision > asked[&c.id]));
        }
        setup.assembly.prepare(&may_go).await?;
        Ok(may_go)
    }

    /// Cancels letters whose recipient was erased; answers the others.
    async fn cancel_erased(
        &self,
        letters: Vec<Claimed>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Claimed>, SendError> {
        let (letters, homeless): (Vec<_>, Vec<_>) = letters.into_iter().partition(|c| c.email.is_some());
        if !homeless.is_empty() {
            let ids: Vec<DeliveryId> = homeless.iter().map(|c| c.id).collect();
            let mut tx = self.worker.setup.store.begin().await?;
            tx.end_unsent(now, &ids, Ending::Cancelled, "the recipient was erased").await?;
            tx.commit().await?;
        }
        Ok(letters)
    }
}
