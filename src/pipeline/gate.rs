//! The last check before a letter goes: lines 0 to 2 of the rule, for each item and each carried title; and where a second
//! person is asked for, that they approved each item as it stands.

mod once_more;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::changes::Approvals;
use super::digests::Scene;
use super::occurrence::edition_of;
use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::delivery::{Gate, GateError};
use crate::edition::{Edition, Recheck, recheck};
use crate::forum::Recipient;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};
use crate::store::{Claimed, EditionRow, Ending, LetterItem, PromiseRow, StoreError, again_on_collision};
use crate::world::load_recipients_by_ids;

/// The reply of a letter that was to go once more and is not any more what it was.
pub const CHANGED_SINCE: &str = "it changed since it went; it is not sent once more";

/// The reply of a letter of which nothing is open to its recipient any more.
pub const NOTHING_LEFT: &str = "nothing of it may go any more";

/// Asks the rule again just before letters are armed; a letter that lost or changed an item is
/// written anew, one that lost all is cancelled.
pub struct SendingGate {
    pipeline: Pipeline,
    /// The call's `--at`.
    at: Option<DateTime<Utc>>,
    /// The forum and its items as last read, with the change number they were read at.
    known: Mutex<Option<(i64, Scene)>>,
    editions: Mutex<HashMap<EditionId, Arc<Opened>>>,
}

/// An edition whose letters go.
pub(super) struct Opened {
    /// As opening stored it: the templates and whether a second person was asked for do not change.
    pub(super) row: EditionRow,
    pub(super) edition: Edition,
}

/// The claimed letters' rows.
struct Rows {
    items: HashMap<DeliveryId, Vec<LetterItem>>,
    carried: HashMap<(EditionId, RecipientId), Vec<ItemId>>,
}

impl Rows {
    /// The letters' items and those that they name as coming next, each once.
    fn list_items(&self) -> Vec<ItemId> {
        let held = self.items.values().flatten().map(|row| row.item);
        let items: BTreeSet<ItemId> = held.chain(self.carried.values().flatten().copied()).collect();
        items.into_iter().collect()
    }
}

/// What is read of claimed letters before each of them is asked about.
pub(super) struct Batch<'s> {
    pub(super) scene: &'s Scene,
    pub(super) by_id: HashMap<ItemId, &'s Item>,
    rows: Rows,
}

impl<'s> Batch<'s> {
    fn of(scene: &'s Scene, rows: Rows) -> Batch<'s> {
        Batch { scene, by_id: scene.items.iter().map(|item| (item.id, item)).collect(), rows }
    }

    /// What a letter was written with.
    pub(super) fn items_of(&self, letter: &Claimed) -> impl Iterator<Item = &LetterItem> {
        self.rows.items.get(&letter.id).into_iter().flatten()
    }

    /// What of a letter may go at `now`.
    fn ask(&self, now: DateTime<Utc>, recipient: &Recipient, letter: &Claimed) -> Recheck {
        let carried = self.rows.carried.get(&(letter.edition, letter.recipient)).into_iter().flatten();
        recheck(
            &self.scene.forum,
            &recipient.standing,
            now,
            self.items_of(letter).filter_map(|row| Some((*self.by_id.get(&row.item)?, row.version))),
            carried.filter_map(|id| self.by_id.get(id).copied()),
        )
    }
}

/// A letter that must be written anew, and what may stand in it.
pub(super) struct Changed<'a> {
    pub(super) letter: &'a Claimed,
    pub(super) recipient: &'a Recipient,
    pub(super) answer: Recheck,
    /// What it reminds of.
    pub(super) promised: Vec<PromiseRow>,
}

/// What is to be done about claimed letters.
#[derive(Default)]
struct Sorted<'a> {
    passed: HashSet<DeliveryId>,
    held: Vec<&'a Claimed>,
    /// By the reason that is told.
    ended: BTreeMap<&'static str, Vec<DeliveryId>>,
    changed: BTreeMap<EditionId, Vec<Changed<'a>>>,
}

impl Gate for SendingGate {
    async fn check(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, GateError> {
        self.check_claimed(claimed).await.map_err(GateError::from)
    }
}

impl SendingGate {
    /// A gate that stands at `at`; without one, at the later of the edition's now and the clock.
    pub fn new(pipeline: Pipeline, at: Option<DateTime<Utc>>) -> SendingGate {
        SendingGate { pipeline, at, known: Mutex::new(None), editions: Mutex::new(HashMap::new()) }
    }

    /// The claimed letters that may go as they are. The others were revised, cancelled or put off in the
    /// ledger; revised ones stay queued and are claimed again in their new revision.
    pub async fn check_claimed(&self, mut claimed: Vec<Claimed>) -> Result<Vec<Claimed>, PipelineError> {
        if claimed.is_empty() {
            return Ok(claimed);
        }
        let mut known = self.known.lock().await;
        let mut may_be_stale = true;
        let mut moved = HashSet::new();
        let passed = loop {
            match self.check_as_known(&mut known, &claimed, &mut moved).await {
                // Somebody came in meanwhile, with an organisation that the forum as it was read does not know. What was
                // done before it showed is not asked about again: those letters ended, or have another revision than here.
                Err(PipelineError::World(error)) if may_be_stale && error.is_stale() => {
                    (*known, may_be_stale) = (None, false);
                    claimed.retain(|letter| !moved.contains(&letter.id));
                }
                answer => break answer?,
            }
        };
        claimed.retain(|letter| passed.contains(&letter.id));
        Ok(claimed)
    }

    /// Adds to `moved` what it ended or wrote anew, as soon as it did.
    async fn check_as_known(
        &self,
        known: &mut Option<(i64, Scene)>,
        claimed: &[Claimed],
        moved: &mut HashSet<DeliveryId>,
    ) -> Result<HashSet<DeliveryId>, PipelineError> {
        let scene = self.refresh(known).await?;
        let recipients = self.read_recipients(scene, claimed).await?;
        let batch = Batch::of(scene, self.read_rows(claimed).await?);
        let Sorted { passed, held, ended, changed } = self.sort(&batch, &recipients, claimed).await?;
        self.end(&ended).await?;
        moved.extend(ended.values().flatten().copied());
        for (edition, mut changed) in changed {
            // In one order: two who write to the same people wait for each other.
            changed.sort_by_key(|one| one.recipient.id);
            let opened = self.edition(edition).await?;
            Box::pin(self.pipeline.revise_letters(&batch, &opened, &changed)).await?;
            moved.extend(changed.iter().map(|one| one.letter.id));
        }
        self.pipeline.hold_letters(&held).await?;
        Ok(passed)
    }

    /// What is to be done about each, by what is read alone: nothing is written.
    async fn sort<'a>(
        &self,
        batch: &Batch<'_>,
        recipients: &'a HashMap<RecipientId, Recipient>,
        claimed: &'a [Claimed],
    ) -> Result<Sorted<'a>, PipelineError> {
        let instants = self.find_instants(claimed).await?;
        let mut reminders = self.pipeline.list_reminders(claimed, &instants).await?;
        let approvals = self.pipeline.find_approvals(&batch.rows.list_items()).await?;
        let mut sorted = Sorted::default();
        for letter in claimed {
            let asks_approval = self.edition(letter.edition).await?.row.asks_approval;
            let mut end = |why| sorted.ended.entry(why).or_default().push(letter.id);
            let Some(recipient) = recipients.get(&letter.recipient) else {
                end("the recipient was erased");
                continue;
            };
            let mut answer = batch.ask(instants[&letter.edition], recipient, letter);
            let reminded = reminders.remove(&letter.id).unwrap_or_default();
            // What is sent once more goes as it went.
            answer.is_changed |= reminded.is_outdated && !letter.resent;
            let is_held = |own: &Approvals| !is_approved(own, &answer, batch, letter, asks_approval);
            if approvals.as_ref().is_some_and(is_held) {
                sorted.held.push(letter);
            } else if !answer.is_changed {
                sorted.passed.insert(letter.id);
            } else if answer.kept.is_empty() {
                end(NOTHING_LEFT);
            } else if letter.resent {
                end(CHANGED_SINCE);
            } else {
                answer.carried.retain(|id| may_be_named(approvals.as_ref(), &batch.by_id, *id));
                let changed = Changed { letter, recipient, answer, promised: reminded.open };
                sorted.changed.entry(letter.edition).or_default().push(changed);
            }
        }
        Ok(sorted)
    }

    async fn refresh<'k>(&self, known: &'k mut Option<(i64, Scene)>) -> Result<&'k Scene, PipelineError> {
        let store = &self.pipeline.store;
        let number = store.find_change_number().await?.unwrap_or(0);
        let scene = match known.take() {
            Some((read_at, scene)) if read_at == number => scene,
            _ => Scene::without_people(store).await?,
        };
        Ok(&known.insert((number, scene)).1)
    }

    async fn read_recipients(
        &self,
        scene: &Scene,
        claimed: &[Claimed],
    ) -> Result<HashMap<RecipientId, Recipient>, PipelineError> {
        let ids: Vec<RecipientId> = claimed.iter().map(|letter| letter.recipient).collect();
        let recipients = load_recipients_by_ids(&self.pipeline.store, &scene.forum, &ids).await?;
        Ok(recipients.into_iter().map(|r| (r.id, r)).collect())
    }

    async fn read_rows(&self, claimed: &[Claimed]) -> Result<Rows, PipelineError> {
        let ids: Vec<DeliveryId> = claimed.iter().map(|letter| letter.id).collect();
        let mut items: HashMap<DeliveryId, Vec<LetterItem>> = HashMap::new();
        for item in self.pipeline.store.list_items_of_letters(&ids).await? {
            items.entry(item.delivery).or_default().push(item);
        }
        let mut carried = HashMap::new();
        for row in self.pipeline.store.list_carried_titles(&ids).await? {
            carried.insert((row.edition, row.recipient), serde_json::from_str(&row.carried_over)?);
        }
        Ok(Rows { items, carried })
    }

    async fn edition(&self, id: EditionId) -> Result<Arc<Opened>, PipelineError> {
        let mut editions = self.editions.lock().await;
        if let Some(opened) = editions.get(&id) {
            return Ok(opened.clone());
        }
        let row = self.pipeline.store.get_edition(id).await?;
        let opened = Arc::new(Opened { edition: edition_of(&row)?, row });
        editions.insert(id, opened.clone());
        Ok(opened)
    }

    /// When each edition's letters are asked about: all of one at once, its items and its promises.
    async fn find_instants(
        &self,
        claimed: &[Claimed],
    ) -> Result<HashMap<EditionId, DateTime<Utc>>, PipelineError> {
        let clock = self.pipeline.clock.now();
        let mut instants = HashMap::new();
        for letter in claimed {
            let opened = self.edition(letter.edition).await?;
            instants.insert(letter.edition, self.at.unwrap_or_else(|| opened.edition.now.max(clock)));
        }
        Ok(instants)
    }

    async fn end(&self, ended: &BTreeMap<&'static str, Vec<DeliveryId>>) -> Result<(), PipelineError> {
        if ended.is_empty() {
            return Ok(());
        }
        // A planner may write to the same people.
        Ok(again_on_collision(|| self.write_ended(ended)).await?)
    }

    async fn write_ended(&self, ended: &BTreeMap<&'static str, Vec<DeliveryId>>) -> Result<(), StoreError> {
        let mut tx = self.pipeline.store.begin().await?;
        for (why, letters) in ended {
            tx.end_unsent(self.pipeline.clock.now(), letters, Ending::Cancelled, why).await?;
        }
        tx.commit().await
    }
}

/// Whether what stays in a letter stands as somebody approved it. What is sent once more goes as it went.
fn is_approved(
    approvals: &Approvals,
    answer: &Recheck,
    batch: &Batch<'_>,
    letter: &Claimed,
    asks_approval: bool,
) -> bool {
    let version_of =
        |item: ItemId| answer.kept.iter().find(|kept| kept.item == item).map(|kept| kept.version);
    let may_go = |row: &LetterItem| {
        version_of(row.item)
            .is_none_or(|version| approvals.allow(row.item, version, row.version, asks_approval))
    };
    letter.resent || batch.items_of(letter).all(may_go)
}

/// Whether a letter that is written anew names an item as coming next: where approval is asked for, by an approved title alone.
fn may_be_named(approvals: Option<&Approvals>, by_id: &HashMap<ItemId, &Item>, id: ItemId) -> bool {
    let version = by_id.get(&id).map(|item| item.version);
    approvals.is_none_or(|own| version.is_some_and(|version| own.is_approved(id, version) == Some(true)))
}
