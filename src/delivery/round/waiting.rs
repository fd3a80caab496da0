//! The parts of a round that wait: what replies say of a domain or an edition, and what is put off for it.

use chrono::{DateTime, Utc};

use super::Round;
use super::letters::{OnTheWay, domain_of_letter};
use super::standings::read_standing;
use crate::delivery::pace::{POLICY_AT_MOST, is_policy_refusal};
use crate::delivery::smtp::Reply;
use crate::delivery::worker::SendError;
use crate::ids::DeliveryId;
use crate::store::{Claimed, Outcome};

impl Round<'_> {
    /// Learns what is stored of domains: other workers write it too.
    pub(super) async fn learn_standings(&mut self) -> Result<(), SendError> {
        let rows = self.worker.setup.store.list_domain_paces().await?;
        self.domains.take_in(rows.into_iter().map(read_standing));
        Ok(())
    }

    /// Puts off letters to domains that pause, without counting an attempt, and gives back the others.
    pub(super) async fn put_off_paused(&self, letters: Vec<Claimed>) -> Result<Vec<Claimed>, SendError> {
        let setup = &self.worker.setup;
        let now = setup.clock.now();
        let mut put_off: Vec<(DeliveryId, DateTime<Utc>)> = Vec::new();
        let mut may_go = letters;
        may_go.retain(|letter| {
            let pause = self.domains.find_pause(domain_of_letter(letter), now);
            put_off.extend(pause.map(|until| (letter.id, until)));
            pause.is_none()
        });
        self.put_off(&put_off).await?;
        Ok(may_go)
    }

    /// Gives claimed letters back, due again at the instants given.
    pub(super) async fn put_off(&self, letters: &[(DeliveryId, DateTime<Utc>)]) -> Result<(), SendError> {
        if letters.is_empty() {
            return Ok(());
        }
        let mut tx = self.worker.setup.store.begin().await?;
        tx.postpone_claimed(&self.worker.name, letters).await?;
        Ok(tx.commit().await?)
    }

    /// Whether only urgent letters go now.
    pub(super) fn is_closed(&self, now: DateTime<Utc>) -> bool {
        self.worker.hours.as_ref().is_some_and(|hours| !hours.is_open(now))
    }

    /// Puts claimed letters back once the window has closed; true if it has just now. Urgent ones among them are
    /// claimed again.
    pub(super) async fn close_in_time(&mut self) -> Result<bool, SendError> {
        let setup = &self.worker.setup;
        if !self.was_open || !self.is_closed(setup.clock.now()) {
            return Ok(false);
        }
        self.was_open = false;
        self.is_exhausted = false;
        let back: Vec<_> = self.ready.drain(..).map(|ready| (ready.letter.id, self.due_by)).collect();
        self.put_off(&back).await?;
        Ok(true)
    }

    /// Hears what a reply says besides its letter's fate: whether the domain wants less, whether
    /// policy refuses the edition. What lies on the desk for either comes back at once.
    pub(super) fn hear(&mut self, letter: &OnTheWay, reply: &Reply, outcome: Outcome, now: DateTime<Utc>) {
        if self.domains.hear(&letter.domain, reply, now) {
            tracing::warn!(
                delivery.domain = letter.domain,
                "a domain asks for less: it is paused for 15 minutes"
            );
            self.desk.hold(|c| domain_of_letter(c) == letter.domain);
        }
        if outcome == Outcome::Rejected && is_policy_refusal(&reply.written()) {
            let refused = self.refused_by_policy.entry(letter.edition).or_default();
            *refused += 1;
            if *refused == POLICY_AT_MOST + 1 {
                // The commit that follows judges; what it lets go on is armed again.
                self.desk.hold(|c| c.edition == letter.edition);
            }
        }
    }
}
