//! Reminding: what is due is recorded and queued as a short mail, in one transaction each.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Pipeline, PipelineError};
use crate::content::{Fields, Item};
use crate::edition::{Occasion, is_reminded, may_be_reminded_of, reminded_at};
use crate::feedback::notices::write_notice;
use crate::forum::{Forum, Recipient};
use crate::ids::DeliveryId;
use crate::letter::{Notice, Remembered};
use crate::store::ReminderCandidate;
use crate::world::{load_forum, load_items_by_ids, load_recipients_by_ids};

/// How many people are looked at together.
const BATCH: usize = 500;

/// How often it is looked.
const PACE: TimeDelta = TimeDelta::minutes(1);

/// Looks once a minute who is to be reminded, asked, or told that an event is cancelled.
#[derive(Default)]
pub struct Reminders {
    looked_at: Option<DateTime<Utc>>,
}

impl Reminders {
    /// Queues what is due, if it is time to look.
    pub async fn tick(&mut self, pipeline: &Pipeline) -> Result<(), PipelineError> {
        let now = pipeline.clock.now();
        let is_time = self.looked_at.is_none_or(|at| now - at >= PACE || now < at);
        if is_time {
            pipeline.tell_of_cancelled_events().await?;
            pipeline.remind().await?;
            pipeline.remind_of_promises().await?;
            pipeline.ask_who_still_has_places().await?;
            self.looked_at = Some(now);
        }
        Ok(())
    }
}

impl Pipeline {
    /// Queues the reminders that are due at the clock's now, each once; how many they were.
    pub async fn remind(&self) -> Result<usize, PipelineError> {
        let now = self.clock.now();
        let ids = self.store.list_items_with_reminders(now).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let forum = load_forum(&self.store).await?;
        let mut reminded = 0;
        for item in load_items_by_ids(&self.store, &forum, &ids).await? {
            let Some(due_at) = reminded_at(&forum.settings, &item) else { continue };
            if due_at <= now && item.due().is_some_and(|own| now < own.at) {
                reminded += self.remind_of(&forum, &item, due_at, now).await?;
            }
        }
        Ok(reminded)
    }

    async fn remind_of(
        &self,
        forum: &Forum,
        item: &Item,
        due_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize, PipelineError> {
        let mut reminded = 0;
        let open = Occasion::ALL.into_iter().filter(|occasion| may_be_reminded_of(item, *occasion, now));
        let open: Vec<&str> = open.map(Occasion::word).collect();
        for batch in self.store.list_reminder_candidates(item.id, due_at, &open).await?.chunks(BATCH) {
            let ids: Vec<_> = batch.iter().map(|candidate| candidate.recipient).collect();
            let people = load_recipients_by_ids(&self.store, forum, &ids).await?;
            for candidate in batch {
                let found = people.iter().find(|person| person.id == candidate.recipient);
                let occasion = Occasion::from_word(&candidate.kind);
                let (Some(person), Some(occasion)) = (found, occasion) else { continue };
                if is_reminded(forum, item, person, occasion, candidate.since, now) {
                    reminded += usize::from(
                        self.queue_reminder(forum, item, (person, candidate), occasion, now).await?,
                    );
                }
            }
        }
        Ok(reminded)
    }

    async fn queue_reminder(
        &self,
        forum: &Forum,
        item: &Item,
        (person, candidate): (&Recipient, &ReminderCandidate),
        occasion: Occasion,
        now: DateTime<Utc>,
    ) -> Result<bool, PipelineError> {
        let Some((due_at, own)) = reminded_at(&forum.settings, item).zip(item.due()) else {
            return Ok(false);
        };
        let letter = match candidate.letter {
            Some(letter) => self.link_of(letter).await?,
            None => None,
        };
        let remembered = Remembered {
            title: item.text_for(person.language).1.title.clone(),
            when: self.when(forum, item, person, now),
            letter,
            item: item.public_id.clone(),
        };
        let notice = match occasion {
            Occasion::Coming => Notice::ReminderComing(remembered),
            Occasion::Unanswered => Notice::ReminderUnanswered(remembered),
            Occasion::Help => Notice::ReminderHelp(remembered),
        };
        let notice = write_notice(&notice, person.into(), now, (own.at - now).max(TimeDelta::zero()));
        let mut tx = self.store.begin().await?;
        if !tx.record_reminder((item.id, person.id, occasion.word()), due_at, now).await? {
            tx.undo().await?;
            return Ok(false);
        }
        tx.queue_notice(now, &notice).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What signs a link into a letter.
    async fn link_of(&self, letter: DeliveryId) -> Result<Option<(i64, u16)>, PipelineError> {
        let row = self.store.find_letter(letter).await?;
        Ok(row.map(|row| (letter.0, (row.token_version & 0xFFFF) as u16)))
    }

    /// When and where, in the person's language; of a request until when.
    fn when(&self, forum: &Forum, item: &Item, person: &Recipient, now: DateTime<Utc>) -> String {
        let locale = self.letters.locale(person.language);
        let zone = forum.settings.zone;
        let today = now.with_timezone(&zone).date_naive();
        let when = match &item.fields {
            Fields::Event { starts_at: Some(start), ends_at, .. } => {
                locale.event(*start, *ends_at, zone, today)
            }
            Fields::Request { wanted_by: Some(by) } => locale.deadline(*by, zone, today),
            _ => String::new(),
        };
        let place = item.text_for(person.language).1.place.clone();
        [Some(when), place].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
