//! Taking back an event that was sent: whom it concerns, and whether they are told that it is cancelled.

use serde::{Deserialize, Serialize};

use super::told::Teller;
use crate::content::Item;
use crate::edition::called_off_until;
use crate::intake::item_queue::{LONGEST_REASON, Tells};
use crate::pipeline::Concerned;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::words::fill;

/// What stands beside the button that takes an event back, and on its page afterwards.
#[derive(Debug, Serialize)]
pub(super) struct CancellingView {
    lines: Vec<String>,
    longest: usize,
}

impl CancellingView {
    /// Of an event that was sent or answered and is not over.
    pub(super) async fn of(
        reading: &Reading,
        teller: &Teller<'_>,
        people: &People,
        item: &Item,
    ) -> Result<Option<CancellingView>, Refusal> {
        let is_to_come = called_off_until(item).is_some_and(|until| reading.0.now() < until);
        if !is_to_come {
            return Ok(None);
        }
        let (found, is_told) = reading.cancelling(&people.forum, item).await?;
        if item.number.is_none() && found.as_ref().is_none_or(|found| found.people == 0) {
            return Ok(None);
        }
        // Who may not know who is with a union is not told how many have got what goes to one.
        let may_know =
            !teller.discreet || reading.by_unions(&people.forum, [item].into_iter()).await?.is_empty();
        // In a large forum it is counted beside, and the page stands without it until then.
        let lines = found.map_or_else(Vec::new, |found| tell(teller, *found, is_told, may_know));
        Ok(Some(CancellingView { lines, longest: LONGEST_REASON }))
    }
}

fn tell(teller: &Teller<'_>, found: Concerned, is_told: Option<bool>, may_know: bool) -> Vec<String> {
    let words = &teller.words.queue.cancelling;
    let Concerned { people, coming, told, to_tell } = found;
    let count = |pattern: &str, count: usize| fill(pattern, &[("count", &count.to_string())]);
    let left = people - told - to_tell;
    let mut lines = Vec::new();
    if may_know {
        lines.push(fill(&words.people, &[("people", &people.to_string()), ("coming", &coming.to_string())]));
    }
    match is_told {
        Some(false) => lines.push(words.nobody.clone()),
        _ if !may_know => {}
        _ => {
            let told = is_told.map(|_| count(&words.told, told));
            let to_tell = count(&words.to_tell, to_tell);
            let left = (left > 0).then(|| count(&words.left, left));
            lines.extend(told.into_iter().chain([to_tell]).chain(left));
        }
    }
    lines
}

/// The form that takes an item back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Withdrawal {
    tell: String,
    reason: String,
}

impl Withdrawal {
    /// Whether people are told, and why.
    pub(super) fn tells(&self) -> Tells<'_> {
        match self.tell.as_str() {
            "yes" => Tells::Them(&self.reason),
            _ => Tells::Nobody,
        }
    }
}
