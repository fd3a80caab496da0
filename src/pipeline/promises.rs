//! Promises on their way to who owns them: in their own letters, and once by a short mail, three days before the day.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{Pipeline, PipelineError};
use crate::content::is_near;
use crate::edition::{Edition, PROMISE_REMINDED_AT_MOST_DAYS_BEFORE, reminded_of_promise_at};
use crate::feedback::notices::write_notice;
use crate::forum::{Cadence, Facet, Forum, ForumSettings, Recipient, Term};
use crate::ids::{DeliveryId, EditionId, RecipientId, SeatId};
use crate::letter::{Letter, Notice, OwnPromise};
use crate::store::{Claimed, PromiseRow};
use crate::world::{load_forum, load_recipients_by_ids};

/// What these people have promised, for their letters in `edition`. An urgent letter is about what is urgent alone.
pub(super) async fn list_promises(
    pipeline: &Pipeline,
    edition: &Edition,
    people: &[RecipientId],
) -> Result<HashMap<RecipientId, Vec<PromiseRow>>, PipelineError> {
    let mut promises: HashMap<RecipientId, Vec<PromiseRow>> = HashMap::new();
    if edition.cadence == Cadence::Urgent {
        return Ok(promises);
    }
    for row in pipeline.store.list_open_promises_of(people, edition.now).await? {
        if let Some(owner) = row.owner {
            promises.entry(owner).or_default().push(row);
        }
    }
    Ok(promises)
}

/// What a letter of `edition` that hands over the seats `taken` reminds of: promises whose day is near or over, and all those
/// of a place that its reader takes over.
pub(super) fn remind_in_letter<'p>(
    rows: Option<&'p Vec<PromiseRow>>,
    forum: &Forum,
    edition: &Edition,
    taken: &[SeatId],
) -> Vec<OwnPromise<'p>> {
    let today = edition.now.with_timezone(&forum.settings.zone).date_naive();
    let is_told =
        |row: &&PromiseRow| is_near(row.by(), today) || row.seat.is_some_and(|seat| taken.contains(&seat));
    let own = |row: &'p PromiseRow| {
        Some(OwnPromise {
            id: row.id,
            what: &row.what,
            by: row.by(),
            group: forum.terms.find(&Term::new(Facet::Group, row.group.as_str()))?,
            inherited: row.is_inherited(),
        })
    };
    rows.into_iter().flatten().filter(is_told).filter_map(own).collect()
}

/// What a letter that was written reminds of, as it stands now.
#[derive(Debug, Default)]
pub(super) struct Reminded {
    /// What is still open and its reader's.
    pub open: Vec<PromiseRow>,
    /// Some is not, or is to be done by another day: what the letter says of that must not go.
    pub is_outdated: bool,
}

/// Whether everything that a letter reminds of is among `open`, and to be done by the day that it tells.
fn is_as_said(letter: &Letter, open: &[PromiseRow]) -> bool {
    let mut days = letter.promised_days.iter();
    letter.promises.iter().all(|id| {
        let (said, row) = (days.next(), open.iter().find(|row| row.id == *id));
        row.is_some_and(|row| said.is_none_or(|day| *day == row.by()))
    })
}

/// Whether it is time at `now` to remind of a promise: its day is near and not past, and it was made, or last spoken of,
/// before it was near.
fn is_time_to_remind(settings: &ForumSettings, row: &PromiseRow, now: DateTime<Utc>) -> bool {
    let Some(by) = row.by() else { return false };
    let since = row.released_at.max(row.changed_at);
    let is_near = reminded_of_promise_at(settings, by).is_some_and(|due| since < due && due <= now);
    is_near && now.with_timezone(&settings.zone).date_naive() <= by
}

impl Pipeline {
    /// What the letters among `claimed` that remind of promises may still remind of, each at the instant of its edition.
    pub(super) async fn list_reminders(
        &self,
        claimed: &[Claimed],
        instants: &HashMap<EditionId, DateTime<Utc>>,
    ) -> Result<HashMap<DeliveryId, Reminded>, PipelineError> {
        let mut told: HashMap<EditionId, Vec<(&Claimed, Letter)>> = HashMap::new();
        // Few letters remind of one, and only those are taken apart.
        for letter in claimed.iter().filter(|letter| letter.letter.contains("\"pr\":[")) {
            told.entry(letter.edition).or_default().push((letter, serde_json::from_str(&letter.letter)?));
        }
        let mut reminders = HashMap::new();
        for (edition, letters) in told {
            let Some(at) = instants.get(&edition) else { continue };
            let people: Vec<RecipientId> = letters.iter().map(|(letter, _)| letter.recipient).collect();
            let open = self.store.list_open_promises_of(&people, *at).await?;
            for (letter, said) in letters {
                let stands = |row: &&PromiseRow| {
                    row.owner == Some(letter.recipient) && said.promises.contains(&row.id)
                };
                let open: Vec<PromiseRow> = open.iter().filter(stands).cloned().collect();
                let is_outdated = !is_as_said(&said, &open);
                reminders.insert(letter.id, Reminded { open, is_outdated });
            }
        }
        Ok(reminders)
    }

    /// Whether a promise is still this person's to keep, by that day if one is named.
    pub(super) async fn is_still_promised(
        &self,
        reader: RecipientId,
        (promise, by): (i64, Option<NaiveDate>),
        now: DateTime<Utc>,
    ) -> Result<bool, PipelineError> {
        let open = self.store.list_open_promises_of(&[reader], now).await?;
        Ok(open.iter().any(|row| row.id == promise && (by.is_none() || row.by() == by)))
    }

    /// Reminds owners of promises whose day is near, each once for a day; how many they were.
    pub async fn remind_of_promises(&self) -> Result<usize, PipelineError> {
        let now = self.clock.now();
        // A day is gained or lost between UTC and the forum's own.
        let (from, until) = (now - TimeDelta::days(1), now + TimeDelta::days(1));
        let until = until.date_naive().checked_add_days(Days::new(PROMISE_REMINDED_AT_MOST_DAYS_BEFORE));
        let days = (from.date_naive(), until.unwrap_or_else(|| from.date_naive()));
        let mut rows = self.store.list_promises_to_remind(now, days).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let forum = load_forum(&self.store).await?;
        // Most wait for their day, minute after minute: nobody is loaded for them.
        rows.retain(|row| is_time_to_remind(&forum.settings, row, now));
        let owners: Vec<RecipientId> = rows.iter().filter_map(|row| row.owner).collect();
        if owners.is_empty() {
            return Ok(0);
        }
        let people = load_recipients_by_ids(&self.store, &forum, &owners).await?;
        let people: HashMap<RecipientId, Recipient> =
            people.into_iter().map(|person| (person.id, person)).collect();
        let mut reminded = 0;
        for row in &rows {
            if let Some(owner) = row.owner.and_then(|owner| people.get(&owner)) {
                reminded += usize::from(self.remind_of_promise(&forum, row, owner, now).await?);
            }
        }
        Ok(reminded)
    }

    async fn remind_of_promise(
        &self,
        forum: &Forum,
        row: &PromiseRow,
        owner: &Recipient,
        now: DateTime<Utc>,
    ) -> Result<bool, PipelineError> {
        let (Some(by), Some(by_on)) = (row.by(), &row.by_on) else { return Ok(false) };
        let today = now.with_timezone(&forum.settings.zone).date_naive();
        if owner.paused_until.is_some_and(|until| today < until) {
            return Ok(false);
        }
        let when = self.letters.locale(owner.language).weekday_and_day(by, today);
        let notice = Notice::PromiseNear { promise: row.id, what: row.what.clone(), when, by: Some(by) };
        let left = TimeDelta::days((by - today).num_days().max(1));
        let mut tx = self.store.begin().await?;
        if !tx.record_promise_reminded((row.id, owner.id), by_on, now).await? {
            tx.undo().await?;
            return Ok(false);
        }
        tx.queue_notice(now, &write_notice(&notice, owner.into(), now, left)).await?;
        tx.commit().await?;
        Ok(true)
    }
}
