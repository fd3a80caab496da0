//! Telling that an event is cancelled: whoever has got it or comes, each once, by a short mail with a file that takes it out
//! of calendars.
//!
//! The row that says "told" and the mail in the queue are one transaction: several processes may run this, and each may be
//! killed anywhere. Once more it is asked when the mail goes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Pipeline, PipelineError};
use crate::content::ics::{Publisher, write_event};
use crate::content::{Fields, Item};
use crate::edition::{Telling, called_off_until, tell_called_off};
use crate::feedback::notices::write_notice;
use crate::forum::{Forum, Recipient};
use crate::ids::RecipientId;
use crate::letter::{CalendarFile, CalledOff, Masthead, Notice};
use crate::store::{CALLED_OFF, CancellationRow, ConcernedRow, EventAnswer, Store};
use crate::world::{load_forum, load_items_by_ids, load_recipients_by_ids};

/// How many are told in one transaction.
const BATCH: usize = 100;

/// Whom it concerns that an event is taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Concerned {
    /// So many have got it, or say that they come or send another.
    pub people: usize,
    /// So many of them come or send another.
    pub coming: usize,
    /// So many were told.
    pub told: usize,
    /// So many are still to be told, some of them when their pause is over.
    pub to_tell: usize,
}

/// Whom it concerns that `item` is taken back at `now`, whether it is already or not; nobody, if it is no event or over.
pub async fn look_at_cancelling(
    store: &Store,
    forum: &Forum,
    item: &Item,
    now: DateTime<Utc>,
) -> Result<Concerned, PipelineError> {
    if called_off_until(item).is_none_or(|until| until <= now) {
        return Ok(Concerned::default());
    }
    let withdrawn = Item { withdrawn: true, ..item.clone() };
    let rows = store.list_concerned(item.id).await?;
    let untold: Vec<_> = rows.iter().filter(|row| !row.told).map(|row| row.recipient).collect();
    let people = load_recipients_by_ids(store, forum, &untold).await?;
    let is_to_tell = |person: &&Recipient| tell_called_off(forum, &withdrawn, person, now) != Telling::Never;
    Ok(Concerned {
        people: rows.len(),
        coming: rows.iter().filter(|row| row.answer.is_some()).count(),
        told: rows.len() - untold.len(),
        to_tell: people.iter().filter(is_to_tell).count(),
    })
}

impl Pipeline {
    /// Queues what tells of cancelled events at the clock's now, to each once; how many that were.
    pub async fn tell_of_cancelled_events(&self) -> Result<usize, PipelineError> {
        let now = self.clock.now();
        let cancellations = self.store.list_cancellations(now).await?;
        if cancellations.is_empty() {
            return Ok(0);
        }
        let forum = load_forum(&self.store).await?;
        let masthead = self.masthead(&forum.settings)?;
        let mut told = 0;
        for CancellationRow { item, reason } in cancellations {
            for item in load_items_by_ids(&self.store, &forum, &[item]).await? {
                let teller = Teller {
                    pipeline: self,
                    forum: &forum,
                    masthead: &masthead,
                    item: &item,
                    reason: &reason,
                };
                for batch in self.store.list_untold(item.id).await?.chunks(BATCH) {
                    told += teller.tell(batch, now).await?;
                }
            }
        }
        Ok(told)
    }

    /// Whether the mail that an event is cancelled may still go to `reader`: it must hold, and they still be one who is told.
    pub(super) async fn may_still_tell(
        &self,
        event: &CalledOff,
        reader: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<Telling, PipelineError> {
        let forum = load_forum(&self.store).await?;
        let items = load_items_by_ids(&self.store, &forum, &[event.item]).await?;
        let people = load_recipients_by_ids(&self.store, &forum, &[reader]).await?;
        let both = items.first().zip(people.first());
        Ok(both.map_or(Telling::Never, |(item, person)| tell_called_off(&forum, item, person, now)))
    }
}

/// What tells of one cancelled event.
struct Teller<'a> {
    pipeline: &'a Pipeline,
    forum: &'a Forum,
    masthead: &'a Masthead,
    item: &'a Item,
    reason: &'a str,
}

impl Teller<'_> {
    /// Queues the mails to those of `rows` who are told now; how many.
    async fn tell(&self, rows: &[ConcernedRow], now: DateTime<Utc>) -> Result<usize, PipelineError> {
        let (store, Some(until)) = (&self.pipeline.store, called_off_until(self.item)) else { return Ok(0) };
        let ids: Vec<_> = rows.iter().map(|row| row.recipient).collect();
        let people = load_recipients_by_ids(store, self.forum, &ids).await?;
        let told_now: Vec<_> = rows
            .iter()
            .filter_map(|row| Some((row, people.iter().find(|person| person.id == row.recipient)?)))
            .filter(|(_, person)| tell_called_off(self.forum, self.item, person, now) == Telling::Now)
            .collect();
        if told_now.is_empty() {
            return Ok(0);
        }
        let mut told = 0;
        let mut tx = store.begin().await?;
        for (row, person) in told_now {
            if tx.record_reminder((self.item.id, person.id, CALLED_OFF), now, now).await? {
                let lasting = (until - now).max(TimeDelta::zero());
                let notice = write_notice(&self.notice(row, person, now), person.into(), now, lasting);
                tx.queue_notice(now, &notice).await?;
                told += 1;
            }
        }
        tx.commit().await?;
        Ok(told)
    }

    fn notice(&self, row: &ConcernedRow, person: &Recipient, now: DateTime<Utc>) -> Notice {
        let event = CalledOff {
            item: self.item.id,
            title: self.item.text_for(person.language).1.title.clone(),
            when: self.when(person, now),
            reason: self.reason.to_owned(),
            contact: self.contact(),
            file: self.file(person, now),
        };
        match row.answer.as_deref().and_then(EventAnswer::from_word) {
            Some(EventAnswer::Coming) => Notice::CalledOffComing(event),
            Some(EventAnswer::Sending) => Notice::CalledOffSending(event),
            Some(EventAnswer::NotComing) | None => Notice::CalledOff(event),
        }
    }

    /// When and where it would have been.
    fn when(&self, person: &Recipient, now: DateTime<Utc>) -> String {
        let Fields::Event { starts_at: Some(start), ends_at, .. } = &self.item.fields else {
            return String::new();
        };
        let zone = self.forum.settings.zone;
        let locale = self.pipeline.letters.locale(person.language);
        let when = locale.event_in_sentence(*start, *ends_at, zone, now.with_timezone(&zone).date_naive());
        let place = self.item.text_for(person.language).1.place.clone();
        [Some(when), place].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whom to ask: the event's contact, else who reads the forum's replies.
    fn contact(&self) -> String {
        let Masthead { reply_name, forum_name, reply_address, .. } = self.masthead;
        let told = match &self.item.contact {
            Some(contact) => [Some(contact.name.clone()), contact.email.clone(), contact.phone.clone()],
            None => {
                let name = reply_name.as_ref().unwrap_or(forum_name).clone();
                [Some(name), Some(reply_address.to_string()), None]
            }
        };
        told.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// What the letter's own link to the event's file gives by now, under the same name.
    fn file(&self, person: &Recipient, now: DateTime<Utc>) -> Option<CalendarFile> {
        let publisher = Publisher {
            settings: &self.forum.settings,
            reply_address: self.masthead.reply_address.as_str(),
            cancelled: self.pipeline.letters.locale(person.language).cancelled(),
        };
        Some(CalendarFile {
            name: format!("{}.ics", self.item.slug),
            method: "CANCEL".to_owned(),
            content: write_event(self.item, publisher, person.language, now, None)?,
        })
    }
}
