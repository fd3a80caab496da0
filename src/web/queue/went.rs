//! Beside an item that is out: to whom it went, as the ledger knows it, and only then who gets it as well as things stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::told::Teller;
use crate::content::Item;
use crate::ids::RecipientId;
use crate::insight::reach::Reached;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading, Way};
use crate::web::unions::Discretion;
use crate::web::words::{counted, fill};

/// What stands beside it.
#[derive(Debug, Default, Serialize)]
pub(super) struct WentView {
    /// It is being counted for the first time.
    counting: bool,
    /// "Sendt til 12".
    lines: Vec<String>,
    /// Who gets it as well; empty: it is over, or that may not be told.
    still: String,
    /// Why no more stands there; empty: it does.
    union: String,
    /// Where the names stand; empty: nowhere.
    who: String,
}

/// To whom an item went.
pub(super) struct Went {
    ways: Arc<BTreeMap<RecipientId, Way>>,
    /// The item as each of its versions chose people: it went to those of all.
    choices: Vec<Option<Item>>,
}

impl Went {
    /// Of an item that is out, once that is counted.
    pub(super) async fn of(reading: &Reading, people: &People, item: &Item) -> Result<Option<Went>, Refusal> {
        let Some(mut ways) = reading.whom_it_went_to(item.id).await? else { return Ok(None) };
        if item.withdrawn {
            // It leaves the letters that were not sent: nobody waits for it.
            let left = ways.iter().filter(|(_, way)| **way != Way::Waits);
            ways = Arc::new(left.map(|(id, way)| (*id, *way)).collect());
        }
        Ok(Some(Went { ways, choices: reading.item_choices(&people.forum, item).await? }))
    }

    /// How many have it in a letter, those too who were erased since.
    pub(super) fn count_all(&self) -> usize {
        self.ways.len()
    }

    /// Those who have it in a letter, by their indexes.
    pub(super) fn list_all(&self, people: &People) -> Vec<usize> {
        (0..people.named.len()).filter(|index| self.way_to(people, *index).is_some()).collect()
    }

    /// How many it came so far, those too who were erased since.
    pub(super) fn count(&self, way: Way) -> usize {
        self.ways.values().filter(|own| **own == way).count()
    }

    /// How far it came to somebody.
    pub(super) fn way_to(&self, people: &People, index: usize) -> Option<Way> {
        self.ways.get(&people.named[index].id).copied()
    }

    /// Those who have it in a letter, by how far that came: their indexes.
    pub(super) fn list_by_way(&self, people: &People) -> BTreeMap<Way, Vec<usize>> {
        let mut by_way: BTreeMap<Way, Vec<usize>> = BTreeMap::new();
        for (index, named) in people.named.iter().enumerate() {
            if let Some(way) = self.ways.get(&named.id) {
                by_way.entry(*way).or_default().push(index);
            }
        }
        by_way
    }

    /// Those among `reached` to whom it did not go.
    pub(super) fn list_others(&self, people: &People, reached: &Reached) -> Vec<usize> {
        let all = reached.chosen.iter().chain(&reached.interested).copied();
        let mut others: Vec<usize> = all.filter(|index| self.way_to(people, *index).is_none()).collect();
        others.sort_unstable();
        others
    }

    /// What may be told of it to somebody who may not know who is with a union: of no version more than of whom that reaches,
    /// nor of whom it has reached. What a version chose that names what is not there any more nobody knows.
    pub(super) fn discretion(&self, teller: &Teller<'_>, people: &People) -> Discretion {
        if !teller.discreet {
            return Discretion::Open;
        }
        let went = Reached { chosen: self.list_all(people), ..Reached::default() };
        let of = |choice: &Option<Item>| match choice {
            None => Discretion::Nothing,
            Some(item) => people.discretion(item, Some(&went)),
        };
        self.choices.iter().map(of).max().unwrap_or(Discretion::Nothing)
    }
}

impl WentView {
    /// Of an item that is out; its names lie below `base`, if they may be shown.
    pub(super) async fn of(
        reading: &Reading,
        teller: &Teller<'_>,
        people: &People,
        (item, base): (&Item, Option<&str>),
    ) -> Result<WentView, Refusal> {
        let words = &teller.words.queue.went;
        let Some(went) = Went::of(reading, people, item).await? else {
            return Ok(WentView { counting: true, ..WentView::default() });
        };
        let discretion = went.discretion(teller, people);
        if discretion != Discretion::Open {
            let is_sum = discretion != Discretion::Nothing;
            let [one, many] = match item.withdrawn {
                true => [&words.sum_sent_one, &words.sum_sent],
                false => [&words.sum_one, &words.sum],
            };
            let lines = is_sum.then(|| counted(one, many, went.count_all()));
            let union = teller.words.queue.aside.union.clone();
            return Ok(WentView { lines: lines.into_iter().collect(), union, ..WentView::default() });
        }
        let others = went.list_others(people, &people.everyone.look(&people.forum, item)).len();
        let is_open = !item.is_closed(reading.0.now());
        let still = match others {
            0 => words.still_none.clone(),
            others => counted(&words.still_one, &words.still, others),
        };
        Ok(WentView {
            lines: tell(teller, &went, item.withdrawn),
            still: if is_open { still } else { String::new() },
            who: base.map(|base| format!("{base}/who")).unwrap_or_default(),
            ..WentView::default()
        })
    }
}

/// To how many it was sent; how many may have, and how many wait for it, if any. What `is_withdrawn` is not to be sent any
/// more.
fn tell(teller: &Teller<'_>, went: &Went, is_withdrawn: bool) -> Vec<String> {
    let words = &teller.words.queue.went;
    let accepted = match went.count(Way::Accepted) {
        0 if is_withdrawn => words.accepted_never.clone(),
        0 => words.accepted_none.clone(),
        accepted => counted(&words.accepted_one, &words.accepted, accepted),
    };
    let others =
        [(Way::Unsure, &words.unsure_one, &words.unsure), (Way::Waits, &words.waits_one, &words.waits)];
    let told = others.into_iter().filter_map(|(way, one, many)| match went.count(way) {
        0 => None,
        count => Some(counted(one, many, count)),
    });
    [accepted].into_iter().chain(told).collect()
}

/// A list's title with its number.
pub(super) fn numbered(pattern: &str, count: usize) -> String {
    fill(pattern, &[("count", &count.to_string())])
}
