//! What the mailing desk reads and writes: coming editions, those on their way, those that were sent.

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::beside::{Beside, Seen};
use super::{Library, People, Reading, Site, Writing};
use crate::delivery::{OnceMore, cancel_edition, pause_edition, resume_edition};
use crate::forum::{Cadence, Recipient};
use crate::ids::{DeliveryId, EditionId, RecipientId};
use crate::insight::reach::Share;
use crate::pipeline::{
    Occurrence, Outlook, OutlookItem, Sample, SendingGate, TestFate, approval_of, list_due_editions, look_at,
};
use crate::store::{ApprovalRow, Arrival, DeliveryState, EditionRow, GotCount, MailedRow, Shifted};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

/// So long a look into somebody's letter that was written down opens the page.
pub(super) const VIEW_LASTS: TimeDelta = TimeDelta::minutes(10);

/// So many editions are looked at for what is under way.
const LIVELY_AT_MOST: i64 = 5;

/// So long a number of letters that stays is kept.
const COUNT_LASTS: TimeDelta = TimeDelta::hours(1);

/// What the mailing desk keeps between requests.
#[derive(Default)]
pub(in crate::web) struct Kept {
    outlooks: Beside<(Cadence, DateTime<Utc>), Option<Outlook>>,
    reaches: Beside<EditionId, Spread>,
    /// The number of letters of editions that are planned for everyone, and when it was counted: it stays, but for what
    /// retention takes.
    letters: Mutex<HashMap<EditionId, (i64, DateTime<Utc>)>>,
    heard: Mutex<Option<Heard>>,
}

/// The rhythms that somebody hears; they stay as long as the recipients' revisions do.
struct Heard {
    revisions: (i64, i64),
    rhythms: Vec<String>,
}

/// A plan that is being made.
type Planning = Pin<Box<dyn Future<Output = Result<Option<Outlook>, Refusal>> + Send>>;

/// How far an edition went.
pub(in crate::web) struct Spread {
    /// The people as they stood when it was counted.
    pub(in crate::web) people: Arc<People>,
    /// By group: so many of so many people got a letter.
    pub(in crate::web) groups: Vec<Share>,
    /// By organisation.
    pub(in crate::web) organisations: Vec<Share>,
    /// What most got first.
    pub(in crate::web) items: Vec<GotCount>,
}

/// How many letters of an edition are in each state.
#[derive(Debug, Clone, Default)]
pub(in crate::web) struct Tally {
    /// In whatever state.
    pub(in crate::web) all: i64,
    /// By state; states without a letter are left out.
    pub(in crate::web) by_state: Vec<(DeliveryState, i64)>,
}

impl Tally {
    /// How many are in a state.
    pub(in crate::web) fn of(&self, state: DeliveryState) -> i64 {
        self.by_state.iter().find(|(own, _)| *own == state).map_or(0, |(_, count)| *count)
    }

    /// How many wait to be sent, or are just being sent.
    pub(in crate::web) fn open(&self) -> i64 {
        let open = [DeliveryState::Queued, DeliveryState::Attempting, DeliveryState::Deferred];
        open.into_iter().map(|state| self.of(state)).sum()
    }
}

impl Reading {
    /// Of the editions to come those that somebody hears: whoever asks for the next mailing means one that brings letters.
    /// All of them as long as nobody hears any.
    pub(in crate::web) async fn heard_editions(&self) -> Result<Vec<(Cadence, DateTime<Utc>)>, Refusal> {
        let coming = self.coming_editions().await?;
        let heard = self.heard_rhythms().await?;
        let is_heard = |(cadence, at): &&(Cadence, DateTime<Utc>)| {
            *at <= self.0.now() || heard.iter().any(|own| own == cadence.word())
        };
        let of_somebody: Vec<_> = coming.iter().filter(is_heard).copied().collect();
        Ok(if of_somebody.is_empty() { coming } else { of_somebody })
    }

    async fn heard_rhythms(&self) -> Result<Vec<String>, Refusal> {
        let revisions = self.store().find_revisions().await?;
        let mut kept = self.0.0.mailing.heard.lock().await;
        if let Some(heard) = kept.as_ref().filter(|heard| heard.revisions == revisions) {
            return Ok(heard.rhythms.clone());
        }
        let rhythms = self.store().list_heard_cadences().await?;
        *kept = Some(Heard { revisions, rhythms: rhythms.clone() });
        Ok(rhythms)
    }

    /// The coming edition of a cadence that occurs at `occurs_at`, or the one that is due and waits for approval; in a large
    /// forum it is planned beside. None if everybody is planned in it already.
    pub(in crate::web) async fn outlook(
        &self,
        cadence: Cadence,
        occurs_at: DateTime<Utc>,
    ) -> Result<Seen<Option<Outlook>>, Refusal> {
        let count = self.count_outlook(cadence, occurs_at);
        self.0.0.mailing.outlooks.find(self, (cadence, occurs_at), count).await
    }

    /// The same, as far as it costs nothing.
    pub(in crate::web) async fn outlook_if_quick(
        &self,
        cadence: Cadence,
        occurs_at: DateTime<Utc>,
    ) -> Result<Option<Arc<Option<Outlook>>>, Refusal> {
        let count = self.count_outlook(cadence, occurs_at);
        self.0.0.mailing.outlooks.find_if_quick(self, (cadence, occurs_at), count).await
    }

    fn count_outlook(
        &self,
        cadence: Cadence,
        occurs_at: DateTime<Utc>,
    ) -> impl FnOnce(Site) -> Planning + use<> {
        let occurrence = Occurrence { occurs_at, now: occurs_at.max(self.0.now()) };
        move |site: Site| {
            Box::pin(async move {
                look_at(&site.0.store, cadence, occurrence).await.map_err(|error| Refusal::broken(&error))
            })
        }
    }

    /// The same, planned now, however long it takes.
    pub(in crate::web) async fn plan_anew(
        &self,
        (cadence, occurs_at): (Cadence, DateTime<Utc>),
    ) -> Result<Option<Outlook>, Refusal> {
        let occurrence = Occurrence { occurs_at, now: occurs_at.max(self.0.now()) };
        Box::pin(look_at(self.store(), cadence, occurrence)).await.map_err(|error| Refusal::broken(&error))
    }

    /// Whether mailings wait for a second person.
    pub(in crate::web) fn asks_for_approval(&self) -> bool {
        self.0.config().file.approval.required
    }

    /// Editions that are due and wait for approval.
    pub(in crate::web) async fn due_editions(
        &self,
        library: &Library,
    ) -> Result<Vec<(Cadence, DateTime<Utc>)>, Refusal> {
        if !self.asks_for_approval() {
            return Ok(Vec::new());
        }
        let due = list_due_editions(self.store(), &library.forum, &library.items, self.0.now()).await;
        due.map_err(|error| Refusal::broken(&error))
    }

    /// The approval of exactly this plan, and the latest of any plan of its occurrence.
    pub(in crate::web) async fn approvals(
        &self,
        outlook: &Outlook,
        binding: &str,
    ) -> Result<(Option<ApprovalRow>, Option<ApprovalRow>), Refusal> {
        let (store, word) = (self.store(), outlook.cadence.word());
        let at = approval_of(outlook.cadence, outlook.occurs_at);
        let exact = store.find_approval(word, at, binding).await?;
        Ok((exact, store.find_latest_approval(word, at).await?))
    }

    /// Whether the account wrote something that is new in the mailing, or corrected since the last one of its cadence:
    /// then it is not a second person.
    pub(in crate::web) async fn wrote_of(&self, staff: &Staff, outlook: &Outlook) -> Result<bool, Refusal> {
        let last = self.store().find_last_edition_of(outlook.cadence.word()).await?;
        let is_new = |item: &OutlookItem| {
            item.is_bound() && item.item.number.is_some_and(|number| number > last.last_number)
        };
        let new = outlook.items.iter().filter(|item| is_new(item));
        let slugs: Vec<&str> = new.map(|item| item.item.slug.as_str()).collect();
        let since = last.opened_at.unwrap_or(DateTime::UNIX_EPOCH);
        Ok(self.store().list_writers(&slugs, since).await?.contains(&staff.actor()))
    }

    /// Opened editions, the latest first; at most so many of those behind one.
    pub(in crate::web) async fn latest_editions(
        &self,
        behind: Option<EditionId>,
        at_most: i64,
    ) -> Result<Vec<EditionRow>, Refusal> {
        let behind = match behind {
            Some(id) => self.store().find_edition_by_id(id).await?.map(|row| (row.occurs_at, row.id)),
            None => None,
        };
        Ok(self.store().list_latest_editions(behind, at_most).await?)
    }

    /// Editions that may be under way, the latest first: the last few, and all that are paused or not planned for everyone.
    pub(in crate::web) async fn lively_editions(&self) -> Result<Vec<EditionRow>, Refusal> {
        let mut rows = self.store().list_latest_editions(None, LIVELY_AT_MOST).await?;
        for row in self.store().list_unsettled_editions(LIVELY_AT_MOST).await? {
            if !rows.iter().any(|known| known.id == row.id) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// An opened edition.
    pub(in crate::web) async fn edition(&self, staff: &Staff, id: EditionId) -> Result<EditionRow, Refusal> {
        let found = self.store().find_edition_by_id(id).await?;
        found.ok_or_else(|| staff.nothing_there())
    }

    /// What became of an edition's letters.
    pub(in crate::web) async fn tally(&self, row: &EditionRow) -> Result<Tally, Refusal> {
        let (kept, now) = (&self.0.0.mailing.letters, self.0.now());
        let known = kept.lock().await.get(&row.id).copied().filter(|(_, at)| now - *at < COUNT_LASTS);
        let all = match known {
            Some((all, _)) => all,
            None => self.store().count_letters(row.id).await?,
        };
        if row.planned_at.is_some() && known.is_none() {
            kept.lock().await.insert(row.id, (all, now));
        }
        let mut by_state: Vec<(DeliveryState, i64)> = Vec::new();
        for row in self.store().count_unaccepted(row.id).await? {
            by_state.extend(DeliveryState::from_word(&row.state).map(|state| (state, row.count)));
        }
        let others: i64 = by_state.iter().map(|(_, count)| count).sum();
        if all > others {
            by_state.insert(0, (DeliveryState::Accepted, all - others));
        }
        Ok(Tally { all, by_state })
    }

    /// Whether it was written down a short while ago that the account looks into this person's letter.
    pub(in crate::web) async fn has_viewed(&self, staff: &Staff, id: RecipientId) -> Result<bool, Refusal> {
        Ok(self.store().has_viewed(&staff.actor(), id, self.0.now() - VIEW_LASTS).await?)
    }

    /// A person's coming letter.
    pub(in crate::web) async fn sample(&self, recipient: &Recipient) -> Result<Sample, Refusal> {
        let sample = Box::pin(self.0.0.pipeline.write_sample(recipient, None)).await;
        sample.map_err(|error| Refusal::broken(&error))
    }

    /// Letters of an edition in a state, those behind one; at most so many.
    pub(in crate::web) async fn mailed(
        &self,
        edition: EditionId,
        state: DeliveryState,
        after: DeliveryId,
        at_most: i64,
    ) -> Result<Vec<MailedRow>, Refusal> {
        Ok(self.store().list_mailed(edition, state.word(), after, at_most).await?)
    }

    /// How far an edition went; in a large forum it is counted beside.
    pub(in crate::web) async fn spread(&self, edition: EditionId) -> Result<Seen<Spread>, Refusal> {
        let count = move |site: Site| async move { count_spread(&Reading(site), edition).await };
        self.0.0.mailing.reaches.find(self, edition, count).await
    }
}

async fn count_spread(reading: &Reading, edition: EditionId) -> Result<Spread, Refusal> {
    let (store, people) = (reading.store(), reading.people().await?);
    let reached: HashSet<RecipientId> = store.list_mailed_to(edition).await?.into_iter().collect();
    let indexes = people.named.iter().enumerate().filter(|(_, named)| reached.contains(&named.id));
    let (groups, organisations) = people.everyone.share_out(&people.forum, indexes.map(|(index, _)| index));
    Ok(Spread { groups, organisations, items: store.count_got_items(edition).await?, people })
}

impl Writing {
    /// Keeps that the account approved a plan.
    pub(in crate::web) async fn approve(&self, staff: &Staff, outlook: &Outlook) -> Result<(), Refusal> {
        let of = (outlook.cadence.word(), approval_of(outlook.cadence, outlook.occurs_at));
        let (store, now) = (&self.0.0.store, self.0.now());
        Ok(store.approve_plan(now, staff.account, of, outlook.binding()).await?)
    }

    /// Holds an item back, which it may be already; false if it is too late.
    pub(in crate::web) async fn hold_item(&self, staff: &Staff, slug: &str) -> Result<bool, Refusal> {
        Ok(self.0.0.store.hold_item(self.0.now(), &staff.actor(), slug).await?)
    }

    /// Lets an item go, if somebody holds it; false if it is too late.
    pub(in crate::web) async fn let_item_go(&self, staff: &Staff, slug: &str) -> Result<bool, Refusal> {
        Ok(self.0.0.store.let_item_go(self.0.now(), &staff.actor(), slug).await?)
    }

    /// Moves an item from the time that was shown to another one.
    pub(in crate::web) async fn move_item(
        &self,
        staff: &Staff,
        slug: &str,
        times: (Option<DateTime<Utc>>, DateTime<Utc>),
    ) -> Result<Shifted, Refusal> {
        Ok(self.0.0.store.move_item(self.0.now(), &staff.actor(), slug, times).await?)
    }

    /// Writes down that the account looks into a person's letter.
    pub(in crate::web) async fn record_view(&self, staff: &Staff, id: RecipientId) -> Result<(), Refusal> {
        Ok(self.0.0.store.record_view(self.0.now(), &staff.actor(), id).await?)
    }

    /// Sends a person's coming letter to whoever asks.
    pub(in crate::web) async fn send_test(
        &self,
        staff: &Staff,
        recipient: &Recipient,
    ) -> Result<TestFate, Refusal> {
        let Ok(tester) = staff.email.parse() else { return Ok(TestFate::Failed) };
        let fate = Box::pin(self.0.0.pipeline.send_test(recipient, &tester)).await;
        fate.map_err(|error| Refusal::broken(&error))
    }

    /// Pauses an edition, if it was not paused already.
    pub(in crate::web) async fn pause_edition(
        &self,
        staff: &Staff,
        edition: EditionId,
    ) -> Result<(), Refusal> {
        pause_edition(&self.0.0.store, self.0.now(), &staff.actor(), edition).await?;
        Ok(())
    }

    /// Lets an edition go on, if it was paused.
    pub(in crate::web) async fn resume_edition(
        &self,
        staff: &Staff,
        edition: EditionId,
    ) -> Result<(), Refusal> {
        resume_edition(&self.0.0.store, self.0.now(), &staff.actor(), edition).await?;
        Ok(())
    }

    /// Cancels what is left of an edition.
    pub(in crate::web) async fn cancel_edition(
        &self,
        staff: &Staff,
        edition: EditionId,
    ) -> Result<(), Refusal> {
        cancel_edition(&self.0.0.store, self.0.now(), &staff.actor(), edition).await?;
        Ok(())
    }

    /// Sends a letter once more, if anything of it may still go.
    pub(in crate::web) async fn send_once_more(
        &self,
        staff: &Staff,
        id: DeliveryId,
    ) -> Result<OnceMore, Refusal> {
        let gate = SendingGate::new(self.0.0.pipeline.clone(), None);
        let done = Box::pin(gate.send_once_more(&staff.actor(), id)).await;
        done.map_err(|error| Refusal::broken(&error))
    }

    /// Says what became of a letter that may have arrived; false if somebody said so before.
    pub(in crate::web) async fn settle_letter(
        &self,
        staff: &Staff,
        id: DeliveryId,
        arrival: Arrival,
    ) -> Result<bool, Refusal> {
        let before = self.0.0.store.settle_uncertain(self.0.now(), &staff.actor(), id, arrival).await?;
        Ok(before == Some(DeliveryState::Uncertain))
    }
}
