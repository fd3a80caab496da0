//! What was changed after it was approved, and waits in letters that are written: such letters are held until somebody
//! who may approve has approved the change; so are those that something came into after their mailing was approved. What
//! leaves a letter (withdrawn, closed, not theirs any more) asks nobody.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::forum::Forum;
use crate::ids::{AccountId, DeliveryId, EditionId, ItemId};
use crate::store::{Claimed, NewAlert, Store, StoreError, UnsentItemRow, VersionFileRow, again_on_collision};
use crate::world::{load_forum, load_items_by_ids};

/// The kind of alert that letters raise which are held for a change.
pub const CHANGE_UNAPPROVED: &str = "change_unapproved";

/// Held letters are asked about again so much later; approving makes them due at once.
const HELD_FOR: TimeDelta = TimeDelta::minutes(5);

/// A change of an item that letters wait with.
#[derive(Debug, Clone)]
pub struct WaitingChange {
    /// As it stands now.
    pub item: Item,
    /// What its files are known by now.
    pub files: String,
    /// The versions that the letters were written with.
    pub written: BTreeSet<i64>,
    /// Nobody ever approved a version of it.
    pub never_approved: bool,
    /// Whose letters wait.
    pub editions: BTreeSet<EditionId>,
    /// When it was last approved, else when the first of the editions was opened (real time): who wrote something of it
    /// since then wrote the change. The beginning of time for what nobody ever approved in an approved mailing.
    pub since: DateTime<Utc>,
}

/// Which versions of items were approved, and what files each has.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    approved: HashMap<ItemId, Vec<(i64, String, DateTime<Utc>)>>,
    files: HashMap<(ItemId, i64), String>,
}

impl Approvals {
    async fn load(store: &Store, items: &[ItemId]) -> Result<Approvals, PipelineError> {
        let files = load_marks(store, items).await?;
        let mut approved: HashMap<ItemId, Vec<_>> = HashMap::new();
        for row in store.list_item_approvals(items).await? {
            approved.entry(row.item).or_default().push((row.version, row.files, row.approved_at));
        }
        Ok(Approvals { approved, files })
    }

    /// Whether a letter that was written with version `written` of an item may go with `version` and its files. What was
    /// never approved may go as it was written, unless its edition was opened while approval was asked for: there it came
    /// into the letter after the plan was approved.
    pub(super) fn allow(&self, item: ItemId, version: i64, written: i64, asks_approval: bool) -> bool {
        self.is_approved(item, version).unwrap_or(!asks_approval && version == written)
    }

    /// Whether a version of an item was approved with the files that it has; none if no version of it ever was.
    pub(super) fn is_approved(&self, item: ItemId, version: i64) -> Option<bool> {
        let files = self.files_of(item, version);
        let approved = self.approved.get(&item)?;
        Some(approved.iter().any(|(own, with, _)| *own == version && with == files))
    }

    fn files_of(&self, item: ItemId, version: i64) -> &str {
        self.files.get(&(item, version)).map_or("", String::as_str)
    }

    fn latest_of(&self, item: ItemId) -> Option<DateTime<Utc>> {
        self.approved.get(&item)?.iter().map(|(_, _, at)| *at).max()
    }
}

/// What the files of versions are known by: none for a version without.
pub(super) async fn load_marks(
    store: &Store,
    items: &[ItemId],
) -> Result<HashMap<(ItemId, i64), String>, PipelineError> {
    let rows = store.list_version_files(items).await?;
    let of_one = rows.chunk_by(|a, b| (a.item, a.version) == (b.item, b.version));
    Ok(of_one.map(|files| ((files[0].item, files[0].version), mark(files))).collect())
}

/// SHA-256 over the files' hashes and names in their order, in lower-case hex.
fn mark(files: &[VersionFileRow]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        for text in [&file.hash, &file.name] {
            hash.update(text.as_bytes());
            hash.update([0]);
        }
    }
    hex::encode(hash.finalize())
}

/// The changes that letters wait with at `now`, by slug. Nobody need approve what leaves them anyhow.
pub async fn list_waiting_changes(
    store: &Store,
    forum: &Forum,
    now: DateTime<Utc>,
) -> Result<Vec<WaitingChange>, PipelineError> {
    list_changes_at(store, forum, None, now).await
}

/// The same as a gate sees it that stands at `at`; without one, at the later of each edition's now and `now`.
async fn list_changes_at(
    store: &Store,
    forum: &Forum,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Vec<WaitingChange>, PipelineError> {
    let mut unsent: BTreeMap<ItemId, Vec<UnsentItemRow>> = BTreeMap::new();
    for row in store.list_unsent_items().await? {
        unsent.entry(row.item).or_default().push(row);
    }
    let ids: Vec<ItemId> = unsent.keys().copied().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let items = load_items_by_ids(store, forum, &ids).await?;
    let approvals = Approvals::load(store, &ids).await?;
    let mut changes = Vec::new();
    for item in items {
        let mut rows = unsent.remove(&item.id).unwrap_or_default();
        rows.retain(|row| !item.is_closed(at.unwrap_or_else(|| row.now_at.max(now))));
        changes.extend(change_of(&approvals, item, &rows));
    }
    Ok(changes)
}

/// The change of one item; none if every letter with it may go.
fn change_of(approvals: &Approvals, item: Item, rows: &[UnsentItemRow]) -> Option<WaitingChange> {
    let waits =
        |row: &&UnsentItemRow| !approvals.allow(item.id, item.version, row.version, row.asks_approval);
    let waiting: Vec<&UnsentItemRow> = rows.iter().filter(waits).collect();
    let opened_at = waiting.iter().map(|row| row.opened_at).min()?;
    let latest = approvals.latest_of(item.id);
    let never = if waiting.iter().any(|row| row.asks_approval) { DateTime::UNIX_EPOCH } else { opened_at };
    Some(WaitingChange {
        files: approvals.files_of(item.id, item.version).to_owned(),
        written: waiting.iter().map(|row| row.version).collect(),
        editions: waiting.iter().map(|row| row.edition).collect(),
        since: latest.unwrap_or(never),
        never_approved: latest.is_none(),
        item,
    })
}

/// Keeps that an account approved a change as it stands there, and makes the letters due that are held for it. `now` is real
/// time.
pub async fn approve_change(
    store: &Store,
    now: DateTime<Utc>,
    account: AccountId,
    change: &WaitingChange,
) -> Result<(), PipelineError> {
    let item = &change.item;
    let version = || (item.id, item.version, change.files.clone());
    // A worker may write to the same letters.
    let approve = || store.approve_change(now, now + HELD_FOR, account, &item.slug, version());
    Ok(again_on_collision(approve).await?)
}

impl Pipeline {
    /// What was approved of these items; none where nobody asks.
    pub(super) async fn find_approvals(&self, items: &[ItemId]) -> Result<Option<Approvals>, PipelineError> {
        if !self.config.file.approval.required {
            return Ok(None);
        }
        Ok(Some(Approvals::load(&self.store, items).await?))
    }

    /// Holds letters back for a while, and tells by edition that they wait: once, and anew when something is changed after
    /// all that waited was approved.
    pub(super) async fn hold_letters(&self, letters: &[&Claimed]) -> Result<(), PipelineError> {
        if letters.is_empty() {
            return Ok(());
        }
        let ids: Vec<DeliveryId> = letters.iter().map(|letter| letter.id).collect();
        let editions: BTreeSet<EditionId> = letters.iter().map(|letter| letter.edition).collect();
        // Another worker, or whoever approves, may write to the same letters.
        Ok(again_on_collision(|| self.write_held(&ids, &editions)).await?)
    }

    async fn write_held(
        &self,
        letters: &[DeliveryId],
        editions: &BTreeSet<EditionId>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        tx.put_off_unsent(letters, now + HELD_FOR).await?;
        for edition in editions {
            let row = tx.get_edition(*edition).await?;
            let alert = NewAlert {
                kind: CHANGE_UNAPPROVED,
                subject: subject_of(*edition),
                text: format!(
                    "Letters of the {} edition wait: an item in them is not approved as it stands; whoever may approve \
                     does so at the desk.",
                    row.cadence
                ),
                details: serde_json::json!({
                    "cadence": row.cadence, "occurs_at": row.occurs_at, "is_change": true,
                }),
            };
            tx.raise_alert(now, &alert).await?;
        }
        tx.commit().await
    }

    /// Ends the alerts of editions of which no letter waits for a change any more, as a gate sees it that stands at `at`.
    /// What waits is looked for whatever this machine's own configuration says: another's may ask for approval.
    pub(super) async fn end_change_alerts(&self, at: Option<DateTime<Utc>>) -> Result<(), PipelineError> {
        let mut open = self.store.list_open_alerts().await?;
        open.retain(|alert| alert.kind == CHANGE_UNAPPROVED);
        if open.is_empty() {
            return Ok(());
        }
        let changes = Box::pin(self.list_changes(at)).await?;
        let waiting: BTreeSet<String> =
            changes.iter().flat_map(|change| &change.editions).map(|edition| subject_of(*edition)).collect();
        open.retain(|alert| !waiting.contains(&alert.subject));
        if open.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        for alert in &open {
            tx.end_alert(self.clock.now(), CHANGE_UNAPPROVED, &alert.subject).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many letters of an edition wait for a change to be approved, as a gate sees it that stands at `at`; none where
    /// nobody asks.
    pub(super) async fn count_held(
        &self,
        edition: EditionId,
        at: Option<DateTime<Utc>>,
    ) -> Result<i64, PipelineError> {
        if !self.config.file.approval.required {
            return Ok(0);
        }
        let changes = Box::pin(self.list_changes(at)).await?;
        let of_it = changes.iter().filter(|change| change.editions.contains(&edition));
        let items: Vec<ItemId> = of_it.map(|change| change.item.id).collect();
        if items.is_empty() {
            return Ok(0);
        }
        Ok(self.store.count_unsent_with(edition, &items).await?)
    }

    async fn list_changes(&self, at: Option<DateTime<Utc>>) -> Result<Vec<WaitingChange>, PipelineError> {
        let forum = load_forum(&self.store).await?;
        list_changes_at(&self.store, &forum, at, self.clock.now()).await
    }
}

/// What the alert of an edition is about: one is open at a time.
fn subject_of(edition: EditionId) -> String {
    format!("change:{edition}")
}
