//! Composing in batches: the one code that the send and the preview share.

use std::collections::HashMap;

use serde::Serialize;

use super::ledger::{Past, read_pasts};
use crate::content::Item;
use crate::edition::{Composed, Edition, Entry, Marks, compose, is_planned_for};
use crate::forum::{Cadence, Forum, Recipient};
use crate::ids::{ItemId, RecipientId};
use crate::matching::bulk::Crowd;
use crate::matching::{Because, Release, WrittenReason};
use crate::store::{Store, StoreError};
use crate::world::{WorldError, load_forum, load_items, read_recipients};

/// How many recipients are planned in one transaction.
pub const BATCH: usize = 500;

/// How many recipients the bulk form of the rule decides at once.
pub const SIFTED: usize = 32 * BATCH;

/// How often a forum that changes while it is read is read anew.
const READ_AT_MOST: usize = 3;

/// A forum as it stood when it was read: what planning works on.
#[derive(Debug)]
pub struct Scene {
    /// Settings and terms.
    pub forum: Forum,
    /// Every item's newest version.
    pub items: Vec<Item>,
    /// Every recipient, or none of them.
    pub recipients: Vec<Recipient>,
}

/// Reads again what changed while it was read.
async fn read_steady<F>(read: impl Fn() -> F) -> Result<Scene, WorldError>
where
    F: Future<Output = Result<Scene, WorldError>>,
{
    for _ in 1..READ_AT_MOST {
        match read().await {
            Err(error) if error.is_stale() => {}
            other => return other,
        }
    }
    read().await
}

/// One recipient's digest before it is written.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Whose.
    pub recipient: &'a Recipient,
    /// What they get.
    pub composed: Composed,
    /// What the ledger said.
    pub past: Past,
}

impl Scene {
    /// Reads the forum as it stands; again if it changed between two of its tables.
    pub async fn load(store: &Store) -> Result<Scene, WorldError> {
        read_steady(|| Scene::read(store)).await
    }

    /// The same with nobody in it.
    pub async fn without_people(store: &Store) -> Result<Scene, WorldError> {
        read_steady(|| Scene::read_without_people(store)).await
    }

    /// People before the forum: a change of its trees, or of what groups are about, raises everybody's revision. Read after it,
    /// a plan by the old trees would hold by the new revision, and move the watermark over what the new ones bring.
    async fn read(store: &Store) -> Result<Scene, WorldError> {
        let people = store.read_standings(None).await?;
        let mut scene = Scene::read_without_people(store).await?;
        scene.recipients = read_recipients(&scene.forum, &people)?;
        Ok(scene)
    }

    async fn read_without_people(store: &Store) -> Result<Scene, WorldError> {
        let forum = load_forum(store).await?;
        let items = load_items(store, &forum).await?;
        Ok(Scene { forum, items, recipients: Vec::new() })
    }

    /// Who an edition plans, except `planned` already.
    pub fn unplanned<'a>(
        &'a self,
        edition: &'a Edition,
        planned: &'a std::collections::HashSet<RecipientId>,
    ) -> impl Iterator<Item = &'a Recipient> {
        self.recipients.iter().filter(move |recipient| {
            is_planned_for(edition, &self.forum.settings, recipient) && !planned.contains(&recipient.id)
        })
    }

    /// For each of `recipients` the indexes of the items that the rule delivers to them at the
    /// edition's now, decided for all at once.
    pub fn sift(&self, edition: &Edition, recipients: &[&Recipient]) -> Vec<Vec<usize>> {
        let standings = recipients.iter().map(|recipient| &recipient.standing);
        let crowd = Crowd::gather(&self.forum, standings, edition.now);
        let mut sifted = vec![Vec::new(); recipients.len()];
        for (index, item) in self.items.iter().enumerate() {
            if item.number.is_none() || item.is_closed(edition.now) || edition.now < item.release_at {
                continue;
            }
            let verdicts = crowd.decide(&self.forum, item, Release::ByTime);
            for because in [Because::Required, Because::Audience, Because::Interest] {
                verdicts.list(because).for_each(|who| sifted[who].push(index));
            }
        }
        sifted
    }

    /// Composes a batch out of what [`Scene::sift`] found for each. Who has a letter whose fate is
    /// open is missing in the answer.
    pub async fn draft<'a>(
        &self,
        store: &Store,
        edition: &Edition,
        look_back_mark: i64,
        batch: &[&'a Recipient],
        sifted: &[Vec<usize>],
    ) -> Result<Vec<Draft<'a>>, StoreError> {
        let by_id: HashMap<ItemId, &Item> = self.items.iter().map(|item| (item.id, item)).collect();
        let mut pasts = read_pasts(store, &self.forum, &by_id, edition, batch).await?;
        let places: HashMap<ItemId, usize> =
            self.items.iter().enumerate().map(|(index, item)| (item.id, index)).collect();
        let marks = Marks::of(&self.items, edition, look_back_mark);
        Ok(batch
            .iter()
            .zip(sifted)
            .filter_map(|(recipient, deliverable)| {
                let past = pasts.remove(&recipient.id)?;
                let history = &past.history;
                let mut candidates = deliverable.clone();
                candidates.extend(history.items().filter_map(|item| places.get(&item)));
                candidates.sort_unstable();
                candidates.dedup();
                let composed =
                    compose(&self.forum, &self.items, candidates, edition, recipient, history, marks);
                Some(Draft { recipient, composed, past })
            })
            .collect())
    }

    /// The slug of an entry's item.
    pub fn slug(&self, entry: &Entry) -> &str {
        &self.items[entry.item].slug
    }
}

/// `edition plan` and `edition show` as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditionView {
    /// The cadence's word.
    pub cadence: String,
    /// The occurrence; `null` if the cadence has none.
    pub occurs_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Whether the edition was opened already.
    pub opened: bool,
    /// Who gets what.
    pub digests: Vec<DigestView>,
    /// That cadence's active recipients who get nothing.
    pub without_digest: Vec<String>,
}

impl EditionView {
    /// Nothing for nobody.
    pub fn empty(cadence: Cadence) -> EditionView {
        EditionView {
            cadence: cadence.word().to_owned(),
            occurs_at: None,
            opened: false,
            digests: Vec::new(),
            without_digest: Vec::new(),
        }
    }
}

/// One digest as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DigestView {
    /// Whose.
    pub recipient: String,
    /// In sending order.
    pub items: Vec<ItemView>,
    /// Slugs over the cap, in order.
    pub carried_over: Vec<String>,
    /// The letter's state, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// One item of a digest as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemView {
    /// Its slug.
    pub item: String,
    /// Its version.
    pub version: i64,
    /// The decision's word.
    pub because: String,
    /// Why.
    pub reasons: Vec<WrittenReason>,
    /// Its rank.
    pub points: i64,
}

impl Draft<'_> {
    /// As JSON shows it.
    pub fn view(&self, scene: &Scene) -> DigestView {
        let items = self.composed.items.iter().map(|entry| ItemView {
            item: scene.slug(entry).to_owned(),
            version: scene.items[entry.item].version,
            because: entry.because.word().to_owned(),
            reasons: entry.reasons.iter().map(|r| r.written(&scene.forum.terms)).collect(),
            points: entry.points,
        });
        DigestView {
            recipient: self.recipient.email.to_string(),
            items: items.collect(),
            carried_over: self.composed.carried_over.iter().map(|e| scene.slug(e).to_owned()).collect(),
            state: None,
        }
    }
}
