//! Short mails outside editions, as the queue has them: written, signed, tried, settled.
//!
//! They go beside the sender of letters: no edition's pause, no office hours and no rate hold them. Several processes
//! may run this; a row is claimed by one. At most one attempt ever stands behind its final dot: a row is `attempting`
//! before, and one whose process ended meanwhile is uncertain and not sent again.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{Pipeline, PipelineError};
use crate::clock::random_bytes;
use crate::delivery::{
    Failure, NoteFate, Refusal, Relay, ReturnPaths, SentMail, Signer, delay_after, hold_against, jitter_of,
};
use crate::edition::Telling;
use crate::feedback::knocks::answer_knocks;
use crate::letter::{Masthead, Notice, NoticePress, NoticeTo};
use crate::store::{NoticeEnding, NoticeRow};
use crate::token::{birth_mark, link_mark};
use crate::world::load_forum;

/// How often the queue is looked into.
const PACE: Duration = Duration::from_secs(1);
/// How often at least is tried again what fails again and again.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_secs(11 * 60);
/// How long a claim holds: longer than an attempt.
const CLAIM: TimeDelta = TimeDelta::minutes(15);

/// What sends short mails.
pub struct NoticeDesk {
    pipeline: Pipeline,
    press: Arc<NoticePress>,
    relay: Relay,
    seed: u64,
}

impl NoticeDesk {
    /// Opens the relay and proves the words.
    pub fn open(pipeline: &Pipeline) -> Result<NoticeDesk, PipelineError> {
        let relay = pipeline.open_relay_for_notes()?;
        let press = Arc::new(NoticePress::load()?);
        Ok(NoticeDesk { pipeline: pipeline.clone(), press, relay, seed: u64::from_ne_bytes(random_bytes()) })
    }

    /// Sends what is due, again and again, until `stop`. What fails is told once and tried again.
    pub async fn watch(self, stop: CancellationToken) {
        let mut failures: u32 = 0;
        while !stop.is_cancelled() {
            match self.send_due(&stop).await {
                Ok(_) => failures = 0,
                Err(error) => {
                    if failures == 0 {
                        tracing::error!(error = %error, "short mails cannot be sent; it is tried again");
                    }
                    failures += 1;
                }
            }
            let wait = (PACE * 2u32.pow(failures.min(6))).min(AT_LEAST_EVERY);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Answers what was asked for on pages and sends what is due now, one after the other; how many were tried.
    pub async fn send_due(&self, stop: &CancellationToken) -> Result<usize, PipelineError> {
        let now = self.pipeline.clock.now();
        self.pipeline.store.retire_doors(now).await?;
        answer_knocks(&self.pipeline.store, now).await?;
        let mut tried = 0;
        while !stop.is_cancelled() {
            let now = self.pipeline.clock.now();
            let Some(row) = self.pipeline.store.claim_notice(now, now + CLAIM).await? else { break };
            self.send(&row).await?;
            tried += 1;
        }
        Ok(tried)
    }

    async fn send(&self, row: &NoticeRow) -> Result<(), PipelineError> {
        let now = self.pipeline.clock.now();
        let telling = match Notice::read(&row.kind, &row.details) {
            Ok(notice) => self.may_still_go(row, &notice, now).await?,
            Err(_) => Telling::Now, // which says that it cannot be written
        };
        let held = match telling {
            Telling::Now => None,
            Telling::From(at) => Some((NoticeEnding::Again(at), "its reader pauses")),
            Telling::Never => {
                Some((NoticeEnding::Cancelled, "what it says does not hold any more, or not for its reader"))
            }
        };
        if let Some((ending, why)) = held {
            return self.settle(row, ending, why, None).await;
        }
        self.try_to_send(row, now).await
    }

    /// Whether what a mail says still holds: the event that it reminds of stands, the promise is its reader's and due that day,
    /// and who is told that an event is cancelled is still to be told.
    async fn may_still_go(
        &self,
        row: &NoticeRow,
        notice: &Notice,
        now: DateTime<Utc>,
    ) -> Result<Telling, PipelineError> {
        let or_never = |holds: bool| if holds { Telling::Now } else { Telling::Never };
        if let Some(item) = notice.reminds_of() {
            return Ok(or_never(!self.pipeline.store.is_withdrawn(item).await?));
        }
        let Some(reader) = row.recipient else { return Ok(Telling::Now) };
        if let Notice::PromiseNear { promise, by, .. } = notice {
            return Ok(or_never(self.pipeline.is_still_promised(reader, (*promise, *by), now).await?));
        }
        match notice.called_off() {
            Some(event) => self.pipeline.may_still_tell(event, reader, now).await,
            None => Ok(Telling::Now),
        }
    }

    async fn try_to_send(&self, row: &NoticeRow, now: DateTime<Utc>) -> Result<(), PipelineError> {
        let fate = match self.write(row, now).await {
            Ok((from, mail)) => {
                let name = format!("notice-{}", row.id);
                let sent = self.relay.send_note(&name, &from, &row.address, mail);
                tokio::time::timeout(PATIENCE, sent)
                    .await
                    .unwrap_or_else(|_| NoteFate::Uncertain("no answer within eleven minutes".to_owned()))
            }
            Err(error) => {
                tracing::error!(notice.id = row.id, notice.kind = row.kind, error = %error, "a short mail cannot be written");
                NoteFate::Refused("cannot be written".to_owned(), None)
            }
        };
        let (ending, reply, held) = match fate {
            NoteFate::Taken(reply) => (NoticeEnding::Sent, reply, None),
            NoteFate::Refused(reply, held) => (NoticeEnding::Refused, reply, held),
            NoteFate::Uncertain(reply) => (NoticeEnding::Uncertain, reply, None),
            NoteFate::Deferred(reply) => {
                let delay = delay_after(row.attempts, jitter_of(self.seed, row.id, row.attempts));
                (NoticeEnding::Again(self.pipeline.clock.now() + delay), reply, None)
            }
        };
        if ending != NoticeEnding::Sent {
            tracing::warn!(notice.id = row.id, notice.kind = row.kind, reply, "a short mail was not taken");
        }
        self.settle(row, ending, &reply, held).await
    }

    /// Says what became of a short mail, and holds against its reader what the relay refused for their address's sake.
    async fn settle(
        &self,
        row: &NoticeRow,
        ending: NoticeEnding,
        reply: &str,
        held: Option<(Refusal, String)>,
    ) -> Result<(), PipelineError> {
        let now = self.pipeline.clock.now();
        let owner = match held {
            Some(_) => self.pipeline.store.find_notice(row.id).await?,
            None => None,
        };
        let mut tx = self.pipeline.store.begin().await?;
        let is_settled = tx.settle_notice(now, row, ending, reply).await?;
        // One that asks whether a new address is right goes elsewhere: that it fails says nothing of the reader's own.
        let own = owner.filter(|owner| owner.email.as_deref() == Some(row.address.as_str()));
        if let (true, Some((kind, status)), Some(recipient)) =
            (is_settled, held, own.and_then(|o| o.recipient))
        {
            let failure =
                Failure { recipient, letter: None, kind, status: Some(&status), reason: reply, at: now };
            hold_against(&mut tx, &failure).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The address in MAIL FROM, by which a bounce names it, and the signed mail.
    async fn write(&self, row: &NoticeRow, now: DateTime<Utc>) -> Result<(String, Vec<u8>), PipelineError> {
        let settings = load_forum(&self.pipeline.store).await?.settings;
        let masthead: Masthead = self.pipeline.masthead(&settings)?;
        let notice = Notice::read(&row.kind, &row.details)?;
        let address = row
            .address
            .parse()
            .map_err(|_| PipelineError::Stored(format!("the address of notice {}", row.id)))?;
        let (slug, queued_at) = (&masthead.slug, row.queued_at.timestamp_micros());
        let message_id = format!("{slug}.notice.{}.{queued_at:x}@{}", row.id, masthead.domain());
        let language = row.language.parse().unwrap_or(settings.language);
        let recipient = match row.recipient {
            Some(id) => self.pipeline.store.find_public_id(id).await?.map(|born| (id, birth_mark(&born))),
            None => None,
        };
        let link = match notice.link() {
            Some(link) => self.pipeline.store.find_link(link).await?,
            None => None,
        };
        let link_mark = link.map_or(0, |link| link_mark(link.asked_at));
        let message_id = &message_id;
        let to = NoticeTo { address: &address, recipient, link_mark, language, at: now, message_id };
        let press = match masthead.colour {
            Some(colour) => Cow::Owned(self.press.dyed(colour)?),
            None => Cow::Borrowed(&*self.press),
        };
        let mail = press.write(&notice, &masthead, &self.pipeline.keys, &to)?;
        let signature = Signer::load(&self.pipeline.config, masthead.domain())?.sign(&mail, now);
        let paths = ReturnPaths::new(self.pipeline.keys.clone(), masthead.domain());
        // Like an alert it goes, if need be, unsigned.
        Ok((paths.of(SentMail::Notice(row.id)), [signature.unwrap_or_default(), mail].concat()))
    }
}
