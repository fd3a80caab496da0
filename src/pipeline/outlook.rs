//! A coming edition as the desk tells it: counted person by person over the plan that is sent, with the cause of
//! every letter that does not come.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};

use super::PipelineError;
use super::changes::load_marks;
use super::digests::{Draft, Scene};
use super::occurrence::Occurrence;
use super::preview::{Imagined, imagine};
use crate::content::Item;
use crate::edition::{Edition, Entry, hears, is_planned_for};
use crate::forum::{Cadence, Facet, Forum, Language, Recipient, Status, TermIx};
use crate::ids::{ItemId, RecipientId};
use crate::matching::bulk::Crowd;
use crate::matching::{Because, Release};
use crate::store::Store;

/// Why somebody gets no letter in an edition of their cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// Nothing that is new matches them.
    Nothing,
    /// They pause until that day.
    Pausing(NaiveDate),
    /// A letter to them is just being sent; they are planned once it is settled.
    OnItsWay,
    /// Mail to them comes back, or they complained of it.
    Suspended,
    /// They ended their letters.
    Unsubscribed,
    /// They signed up and have not confirmed.
    Unconfirmed,
}

/// What an edition brings somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A letter. Indexes of [`Outlook::items`].
    Letter {
        /// In sending order.
        items: Vec<u32>,
        /// Over what they allow: these come a letter later.
        left_over: Vec<u32>,
    },
    /// None.
    Without(Without),
}

/// Somebody whose letters come at this edition's cadence.
#[derive(Debug, Clone)]
pub struct OutlookPerson {
    /// Who.
    pub id: RecipientId,
    /// May be empty.
    pub name: String,
    /// Where letters go.
    pub email: String,
    /// The language of their letters.
    pub language: Language,
    /// The `org:` term of where they work.
    pub workplace: Option<TermIx>,
    /// The groups of seats running at the edition's now.
    pub groups: Vec<TermIx>,
    /// What it brings them.
    pub fate: Fate,
}

/// An item of the edition.
#[derive(Debug, Clone)]
pub struct OutlookItem {
    /// Its newest version; texts hold titles alone.
    pub item: Item,
    /// What its files are known by; empty: it has none.
    pub files: String,
    /// Whether this edition releases it.
    pub is_new: bool,
    /// In so many letters by the lead's choice.
    pub chosen: usize,
    /// In so many only because of what people follow.
    pub interested: usize,
    /// For so many it comes a letter later.
    pub left_over: usize,
    /// So many get it at all, whatever their cadence; counted only for what is new and in no letter of this edition.
    pub elsewhere: usize,
}

/// A coming edition.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// Whose occurrence.
    pub cadence: Cadence,
    /// Which.
    pub occurs_at: DateTime<Utc>,
    /// It considers nothing above this number.
    pub last_number: i64,
    /// The forum that the terms are of.
    pub forum: Arc<Forum>,
    /// What is in a letter, left over, or new: what most get first, then by slug.
    pub items: Vec<OutlookItem>,
    /// Everyone of the cadence, by name.
    pub people: Vec<OutlookPerson>,
    /// See [`Outlook::binding`]: hashed once, for many letters take a while.
    bound: OnceLock<String>,
}

impl Outlook {
    /// What an approval binds (DESIGN, section 3): the last number, each item's version, files, audience and visibility,
    /// also of what letters only name as coming next, and who gets which item, as SHA-256 in lower-case hex. Ranking within
    /// a letter is not bound: it moves with every tap.
    pub fn binding(&self) -> &str {
        self.bound.get_or_init(|| self.bind())
    }

    fn bind(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        add(self.cadence.word());
        if self.cadence != Cadence::Urgent {
            add(&self.occurs_at.timestamp_micros().to_string());
        }
        add(&self.last_number.to_string());
        let terms = &self.forum.terms;
        let mut items: Vec<&OutlookItem> = self.items.iter().filter(|item| item.is_bound()).collect();
        items.sort_by_key(|item| item.item.id);
        for OutlookItem { item, files, .. } in items {
            add(&format!("{} {}", item.id, item.version));
            add(&item.audience.as_ref().map_or_else(String::new, |audience| audience.written(terms)));
            add(&item.visibility.written(terms));
            // Left out of a plan without files, so that it stays the one that was approved before files were bound.
            if !files.is_empty() {
                add(files);
            }
        }
        let mut letters: Vec<(RecipientId, Vec<ItemId>)> = Vec::new();
        for person in &self.people {
            if let Fate::Letter { items, .. } = &person.fate {
                let mut ids: Vec<ItemId> = items.iter().map(|at| self.items[*at as usize].item.id).collect();
                ids.sort_unstable();
                letters.push((person.id, ids));
            }
        }
        letters.sort_unstable();
        for (recipient, items) in letters {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            add(&format!("{recipient}: {}", items.join(" ")));
        }
        hex::encode(hash.finalize())
    }

    /// The items that are bound, each with its version and what its files are known by.
    pub fn list_bound(&self) -> Vec<(ItemId, i64, String)> {
        let bound = self.items.iter().filter(|item| item.is_bound());
        bound.map(|own| (own.item.id, own.item.version, own.files.clone())).collect()
    }

    /// Who gets a letter.
    pub fn letters(&self) -> usize {
        self.people.iter().filter(|person| matches!(person.fate, Fate::Letter { .. })).count()
    }

    /// Who gets more than they allow.
    pub fn over_cap(&self) -> usize {
        let is_over = |fate: &Fate| matches!(fate, Fate::Letter { left_over, .. } if !left_over.is_empty());
        self.people.iter().filter(|person| is_over(&person.fate)).count()
    }

    /// Items that come out now and that nobody gets.
    pub fn unreached(&self) -> impl Iterator<Item = &OutlookItem> {
        self.items.iter().filter(|item| item.is_new && item.letters() + item.left_over + item.elsewhere == 0)
    }
}

impl OutlookItem {
    /// In so many letters.
    pub fn letters(&self) -> usize {
        self.chosen + self.interested
    }

    /// Whether an approval of the mailing is one of the item as it stands: letters hold it, or name it as coming next.
    pub fn is_bound(&self) -> bool {
        self.letters() + self.left_over > 0
    }
}

/// One occurrence's edition as far as it is unplanned, decided at the occurrence's now; `None` if everybody is planned.
/// The same plan as [`preview_edition`](super::preview_edition).
pub async fn look_at(
    store: &Store,
    cadence: Cadence,
    occurrence: Occurrence,
) -> Result<Option<Outlook>, PipelineError> {
    let mut scene = Scene::load(store).await?;
    let numbered: Vec<ItemId> = scene.items.iter().filter(|i| i.number.is_some()).map(|i| i.id).collect();
    let imagined = imagine(store, &mut scene, cadence, occurrence).await?;
    let Some(imagined) = imagined else { return Ok(None) };
    let mut tally = Tally::over(&scene, &numbered);
    let mut fates = HashMap::new();
    let take = |draft: &Draft<'_>| {
        fates.insert(draft.recipient.id, tally.take(draft));
    };
    imagined.compose_all(store, &scene, take).await?;
    let mut outlook = gather(scene, &imagined, tally, fates);
    let ids: Vec<ItemId> = outlook.items.iter().map(|own| own.item.id).collect();
    let mut marks = load_marks(store, &ids).await?;
    for own in &mut outlook.items {
        own.files = marks.remove(&(own.item.id, own.item.version)).unwrap_or_default();
    }
    Ok(Some(outlook))
}

/// Counts of one item.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    is_new: bool,
    chosen: usize,
    interested: usize,
    left_over: usize,
    elsewhere: usize,
}

impl Counts {
    fn is_alone(&self) -> bool {
        self.chosen + self.interested + self.left_over == 0
    }
}

/// Counts by item, while digests are composed.
struct Tally(Vec<Counts>);

impl Tally {
    fn over(scene: &Scene, numbered: &[ItemId]) -> Tally {
        let before: HashSet<ItemId> = numbered.iter().copied().collect();
        let is_new = |item: &Item| item.number.is_some() && !before.contains(&item.id);
        Tally(scene.items.iter().map(|item| Counts { is_new: is_new(item), ..Counts::default() }).collect())
    }

    fn take(&mut self, draft: &Draft<'_>) -> Fate {
        let composed = &draft.composed;
        if composed.items.is_empty() {
            return Fate::Without(Without::Nothing);
        }
        for entry in &composed.items {
            match entry.because {
                Because::Interest => self.0[entry.item].interested += 1,
                _ => self.0[entry.item].chosen += 1,
            }
        }
        composed.carried_over.iter().for_each(|entry| self.0[entry.item].left_over += 1);
        let indexes = |entries: &[Entry]| entries.iter().map(|entry| index(entry.item)).collect();
        Fate::Letter { items: indexes(&composed.items), left_over: indexes(&composed.carried_over) }
    }

    /// Asks of what is new and in no letter how many get it at another cadence.
    fn look_elsewhere(&mut self, scene: &Scene, now: DateTime<Utc>) {
        let asks = |counts: &Counts| counts.is_new && counts.is_alone();
        if !self.0.iter().any(asks) {
            return;
        }
        let crowd = Crowd::gather(&scene.forum, scene.recipients.iter().map(|r| &r.standing), now);
        for (counts, item) in self.0.iter_mut().zip(&scene.items).filter(|(counts, _)| asks(counts)) {
            let verdicts = crowd.decide(&scene.forum, item, Release::ByTime);
            let delivers = [Because::Required, Because::Audience, Because::Interest];
            counts.elsewhere = delivers.iter().map(|because| verdicts.list(*because).count()).sum();
        }
    }

    /// What this edition is about; by an item's place in the scene its place there.
    fn settle(&self, scene: &Scene) -> (Vec<OutlookItem>, HashMap<u32, u32>) {
        let matters = |counts: &Counts| counts.is_new || !counts.is_alone();
        let mut kept: Vec<usize> = (0..self.0.len()).filter(|at| matters(&self.0[*at])).collect();
        let letters = |at: usize| self.0[at].chosen + self.0[at].interested;
        kept.sort_by(|a, b| {
            letters(*b).cmp(&letters(*a)).then_with(|| scene.items[*a].slug.cmp(&scene.items[*b].slug))
        });
        let item = |at: &usize| {
            let Counts { is_new, chosen, interested, left_over, elsewhere } = self.0[*at];
            let item = without_body(&scene.items[*at]);
            OutlookItem { item, files: String::new(), is_new, chosen, interested, left_over, elsewhere }
        };
        let places = kept.iter().enumerate().map(|(new, old)| (index(*old), index(new))).collect();
        (kept.iter().map(item).collect(), places)
    }
}

fn gather(
    scene: Scene,
    imagined: &Imagined,
    mut tally: Tally,
    mut fates: HashMap<RecipientId, Fate>,
) -> Outlook {
    let edition = &imagined.edition;
    tally.look_elsewhere(&scene, edition.now);
    let (items, places) = tally.settle(&scene);
    let mut people = Vec::new();
    for recipient in &scene.recipients {
        if !hears(edition.cadence, recipient) || imagined.planned.contains(&recipient.id) {
            continue;
        }
        let fate = fates.remove(&recipient.id).unwrap_or_else(|| tell_without(&scene, edition, recipient));
        people.push(person(&scene.forum, edition, recipient, moved(fate, &places)));
    }
    people.sort_by_cached_key(|person| {
        let name = if person.name.is_empty() { &person.email } else { &person.name };
        (crate::forum::sort_key(name), person.email.clone())
    });
    let forum = Arc::new(scene.forum);
    Outlook {
        cadence: edition.cadence,
        occurs_at: edition.occurs_at,
        last_number: edition.last_number,
        forum,
        items,
        people,
        bound: OnceLock::new(),
    }
}

/// Why planning passes over somebody, or could not compose.
fn tell_without(scene: &Scene, edition: &Edition, recipient: &Recipient) -> Fate {
    Fate::Without(match recipient.standing.status {
        Status::Unconfirmed => Without::Unconfirmed,
        Status::Unsubscribed | Status::Erased => Without::Unsubscribed,
        Status::Suspended => Without::Suspended,
        Status::Active => match recipient.paused_until {
            Some(until) if !is_planned_for(edition, &scene.forum.settings, recipient) => {
                Without::Pausing(until)
            }
            _ => Without::OnItsWay,
        },
    })
}

fn person(forum: &Forum, edition: &Edition, recipient: &Recipient, fate: Fate) -> OutlookPerson {
    let standing = &recipient.standing;
    let is_org = |term: &&TermIx| forum.terms.term(**term).facet == Facet::Org;
    OutlookPerson {
        id: recipient.id,
        name: recipient.name.clone(),
        email: recipient.email.to_string(),
        language: recipient.language,
        workplace: standing.workplace.iter().find(is_org).copied(),
        groups: standing.seats.iter().filter(|s| s.is_running(edition.now)).map(|s| s.group).collect(),
        fate,
    }
}

fn moved(fate: Fate, places: &HashMap<u32, u32>) -> Fate {
    let all = |old: Vec<u32>| old.iter().filter_map(|index| places.get(index).copied()).collect();
    match fate {
        Fate::Letter { items, left_over } => Fate::Letter { items: all(items), left_over: all(left_over) },
        without @ Fate::Without(_) => without,
    }
}

fn without_body(item: &Item) -> Item {
    let mut item = item.clone();
    item.texts.values_mut().for_each(|text| text.body = String::new());
    item
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
