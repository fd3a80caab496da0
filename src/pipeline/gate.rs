//! The last check before a letter goes: lines 0 to 2 of the rule, for each item and each carried title; and where a second
//! person is asked for, that they approved each item as it stands.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::changes::Approvals;
use super::digests::Scene;
use super::ledger::read_reasons;
use super::letters::{LetterWriter, Line, Outline, Written};
use super::occurrence::edition_of;
use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::delivery::{Gate, GateError};
use crate::edition::{Edition, Recheck, recheck};
use crate::forum::Recipient;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};
use crate::matching::{Because, Reason};
use crate::store::{Claimed, Ending, LetterItem, PromiseRow, RevisedLetter};
use crate::world::{load_forum, load_items, load_recipients_by_ids};

/// Asks the rule again just before letters are armed; a letter that lost or changed an item is
/// written anew, one that lost all is cancelled.
pub struct SendingGate {
    pipeline: Pipeline,
    /// The call's `--at`.
    at: Option<DateTime<Utc>>,
    /// The forum and its items as last read, with the change number they were read at.
    known: Mutex<Option<(i64, Scene)>>,
    editions: Mutex<HashMap<EditionId, Opened>>,
}

/// An edition whose letters go.
#[derive(Clone)]
struct Opened {
    edition: Edition,
    /// Whether a second person was asked for when it was opened.
    asks_approval: bool,
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
struct Batch<'s> {
    scene: &'s Scene,
    by_id: HashMap<ItemId, &'s Item>,
    rows: Rows,
}

impl Batch<'_> {
    /// What of a letter may go at `now`.
    fn ask(&self, now: DateTime<Utc>, recipient: &Recipient, letter: &Claimed) -> Recheck {
        let items = self.rows.items.get(&letter.id).into_iter().flatten();
        let carried = self.rows.carried.get(&(letter.edition, letter.recipient)).into_iter().flatten();
        recheck(
            &self.scene.forum,
            &recipient.standing,
            now,
            items.filter_map(|row| Some((*self.by_id.get(&row.item)?, row.version))),
            carried.filter_map(|id| self.by_id.get(id).copied()),
        )
    }
}

/// A letter that must be written anew, and what may stand in it.
struct Changed<'a> {
    letter: &'a Claimed,
    recipient: &'a Recipient,
    answer: &'a Recheck,
    promised: &'a [PromiseRow],
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
    pub async fn check_claimed(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, PipelineError> {
        if claimed.is_empty() {
            return Ok(claimed);
        }
        let mut known = self.known.lock().await;
        let scene = self.refresh(&mut known).await?;
        let recipients = self.read_recipients(scene, &claimed).await?;
        let rows = self.read_rows(&claimed).await?;
        let by_id = scene.items.iter().map(|item| (item.id, item)).collect();
        let batch = Batch { scene, by_id, rows };
        let instants = self.find_instants(&claimed).await?;
        let mut reminders = self.pipeline.list_reminders(&claimed, &instants).await?;
        let approvals = self.pipeline.find_approvals(&batch.rows.list_items()).await?;
        let (mut passed, mut held) = (Vec::with_capacity(claimed.len()), Vec::new());
        for letter in claimed {
            let Opened { edition, asks_approval } = self.edition(letter.edition).await?;
            let Some(recipient) = recipients.get(&letter.recipient) else {
                self.cancel(&letter, "the recipient was erased").await?;
                continue;
            };
            let mut answer = batch.ask(instants[&letter.edition], recipient, &letter);
            let reminded = reminders.remove(&letter.id).unwrap_or_default();
            // What is sent once more goes as it went.
            answer.is_changed |= reminded.is_outdated && !letter.resent;
            let is_held = |own: &Approvals| !is_approved(own, &answer, &batch.rows, &letter, asks_approval);
            if approvals.as_ref().is_some_and(is_held) {
                held.push(letter);
            } else if !answer.is_changed {
                passed.push(letter);
            } else if answer.kept.is_empty() || letter.resent {
                self.cancel(&letter, "nothing of it may go any more").await?;
            } else {
                answer.carried.retain(|id| may_be_named(approvals.as_ref(), &batch.by_id, *id));
                let changed =
                    Changed { letter: &letter, recipient, answer: &answer, promised: &reminded.open };
                self.revise(&batch, &edition, changed).await?;
            }
        }
        self.pipeline.hold_letters(&held).await?;
        Ok(passed)
    }

    async fn refresh<'k>(&self, known: &'k mut Option<(i64, Scene)>) -> Result<&'k Scene, PipelineError> {
        let store = &self.pipeline.store;
        let number = store.find_change_number().await?.unwrap_or(0);
        let scene = match known.take() {
            Some((read_at, scene)) if read_at == number => scene,
            _ => {
                let forum = load_forum(store).await?;
                let items = load_items(store, &forum).await?;
                Scene { forum, items, recipients: Vec::new() }
            }
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

    async fn edition(&self, id: EditionId) -> Result<Opened, PipelineError> {
        let mut editions = self.editions.lock().await;
        if let Some(opened) = editions.get(&id) {
            return Ok(opened.clone());
        }
        let row = self.pipeline.store.get_edition(id).await?;
        let opened = Opened { edition: edition_of(&row)?, asks_approval: row.asks_approval };
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
            let Opened { edition, .. } = self.edition(letter.edition).await?;
            instants.insert(letter.edition, self.at.unwrap_or_else(|| edition.now.max(clock)));
        }
        Ok(instants)
    }

    async fn cancel(&self, letter: &Claimed, why: &str) -> Result<(), PipelineError> {
        let mut tx = self.pipeline.store.begin().await?;
        tx.end_unsent(self.pipeline.clock.now(), &[letter.id], Ending::Cancelled, why).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes the letter anew with what is left of it, in the newest versions.
    async fn revise(
        &self,
        batch: &Batch<'_>,
        edition: &Edition,
        changed: Changed<'_>,
    ) -> Result<(), PipelineError> {
        let Changed { letter, recipient, answer, promised } = changed;
        let (scene, by_id, rows) = (batch.scene, &batch.by_id, &batch.rows);
        let store = &self.pipeline.store;
        let kept: Vec<(&LetterItem, &Item, Vec<Reason>)> = rows.items[&letter.id]
            .iter()
            .filter(|row| answer.kept.iter().any(|kept| kept.item == row.item))
            .filter_map(|row| Some((row, *by_id.get(&row.item)?, read_reasons(&row.reasons, &scene.forum))))
            .collect();
        let taken = store.list_seats_handed_over(letter.edition, recipient.id).await?;
        let outline = Outline {
            recipient,
            is_met: store.read_ledger(&[recipient.id]).await?.met.contains(&recipient.id),
            items: kept
                .iter()
                .map(|(row, item, reasons)| Line {
                    item,
                    because: Because::from_word(&row.because).unwrap_or(Because::Interest),
                    reasons,
                    correction: row.correction,
                    handover: row.seat,
                })
                .collect(),
            carried_over: answer.carried.iter().filter_map(|id| by_id.get(id).copied()).collect(),
            taken: &taken,
        };
        let masthead = self.pipeline.masthead(&scene.forum.settings)?;
        let letters = self.pipeline.letters_of(&store.get_edition(letter.edition).await?).await?;
        let mut writer = LetterWriter::new(&self.pipeline, &letters, scene, &masthead, edition).await?;
        writer.meet_again(&self.pipeline, recipient.id, promised).await?;
        let Written { message_id, letter: json, .. } = writer.write(&outline)?;
        let versions: Vec<(ItemId, i64)> = answer.kept.iter().map(|kept| (kept.item, kept.version)).collect();
        let revised = RevisedLetter {
            id: letter.id,
            revision: letter.revision,
            message_id: &message_id,
            letter: &json,
            returned: &answer.lost,
            versions: &versions,
        };
        let mut tx = store.begin().await?;
        let now = self.pipeline.clock.now();
        tx.insert_pieces(now, &writer.take_pieces()).await?;
        if tx.revise_letter(now, &revised).await? {
            tx.set_carried_titles(letter.edition, letter.recipient, &answer.carried).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Whether what stays in a letter stands as somebody approved it. What is sent once more goes as it went.
fn is_approved(
    approvals: &Approvals,
    answer: &Recheck,
    rows: &Rows,
    letter: &Claimed,
    asks_approval: bool,
) -> bool {
    let mut written = rows.items.get(&letter.id).into_iter().flatten();
    let version_of =
        |item: ItemId| answer.kept.iter().find(|kept| kept.item == item).map(|kept| kept.version);
    let may_go = |row: &LetterItem| {
        version_of(row.item)
            .is_none_or(|version| approvals.allow(row.item, version, row.version, asks_approval))
    };
    letter.resent || written.all(may_go)
}

/// Whether a letter that is written anew names an item as coming next: where approval is asked for, by an approved title alone.
fn may_be_named(approvals: Option<&Approvals>, by_id: &HashMap<ItemId, &Item>, id: ItemId) -> bool {
    let version = by_id.get(&id).map(|item| item.version);
    approvals.is_none_or(|own| version.is_some_and(|version| own.is_approved(id, version) == Some(true)))
}
