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
    /// "12 har fått den".
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
}

impl Went {
    /// Of an item that is out, once that is counted.
    pub(super) async fn of(reading: &Reading, item: &Item) -> Result<Option<Went>, Refusal> {
        Ok(reading.whom_it_went_to(item.id).await?.map(|ways| Went { ways }))
    }

    /// How many it came so far, those too who were erased since.
    pub(super) fn count(&self, way: Way) -> usize {
        self.ways.values().filter(|own| **own == way).count()
    }

    /// How far it came to somebody.
    pub(super) fn way_to(&self, people: &People, index: usize) -> Option<Way> {
        self.ways.get(&people.named[index].id).copied()
    }

    /// Those to whom it came so far, by their indexes.
    pub(super) fn list(&self, people: &People, way: Way) -> Vec<usize> {
        (0..people.named.len()).filter(|index| self.way_to(people, *index) == Some(way)).collect()
    }

    /// Those among `reached` to whom it did not go.
    pub(super) fn list_others(&self, people: &People, reached: &Reached) -> Vec<usize> {
        let all = reached.chosen.iter().chain(&reached.interested).copied();
        let mut others: Vec<usize> = all.filter(|index| self.way_to(people, *index).is_none()).collect();
        others.sort_unstable();
        others
    }

    /// What may be told of it to somebody who may not know who is with a union: never more than of whom it reaches, or had
    /// reached.
    pub(super) fn discretion(&self, teller: &Teller<'_>, people: &People, item: &Item) -> Discretion {
        if !teller.discreet {
            return Discretion::Open;
        }
        let chosen = (0..people.named.len()).filter(|index| self.way_to(people, *index).is_some()).collect();
        people.discretion(item, &Reached { chosen, ..Reached::default() })
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
        let Some(went) = Went::of(reading, item).await? else {
            return Ok(WentView { counting: true, ..WentView::default() });
        };
        let discretion = went.discretion(teller, people, item);
        if discretion != Discretion::Open {
            let is_sum = discretion == Discretion::Sum;
            let lines = is_sum.then(|| counted(&words.sum_one, &words.sum, went.ways.len()));
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
            lines: tell(teller, &went),
            still: if is_open { still } else { String::new() },
            who: base.map(|base| format!("{base}/who")).unwrap_or_default(),
            ..WentView::default()
        })
    }
}

/// How many have got it; how many may have, and how many wait for it, if any.
fn tell(teller: &Teller<'_>, went: &Went) -> Vec<String> {
    let words = &teller.words.queue.went;
    let accepted = match went.count(Way::Accepted) {
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
