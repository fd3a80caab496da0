//! Whether an item that is queued is over before a mailing takes it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::content::{Item, Lane};
use crate::forum::Cadence;
use crate::insight::reach::Reached;
use crate::pipeline::is_over_before_sent;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::words::Words;

/// Why nobody gets an item, and what helps whoever looks.
#[derive(Debug, Serialize)]
pub(super) struct Over {
    pub(super) told: String,
    /// A letter of its own comes in time, and `told` says so.
    #[serde(skip)]
    pub(super) letter_helps: bool,
    /// That letter is the lead's to send, and whoever looks is told to ask.
    #[serde(skip)]
    pub(super) asks_lead: bool,
}

impl Over {
    /// Why alone.
    pub(super) fn without_advice(self, words: &Words) -> Over {
        match self.letter_helps {
            true => Over { told: words.queue.sure.over_before.clone(), ..self },
            false => self,
        }
    }
}

/// Why nobody gets the item, if it is over by the time it goes, and what helps whoever looks.
pub(super) async fn tell_over(
    reading: &Reading,
    words: &Words,
    (item, may_send): (&Item, bool),
    known: Option<(&People, &Reached)>,
) -> Result<Option<Over>, Refusal> {
    if !is_over_when_sent(reading, item, known).await? {
        return Ok(None);
    }
    let (words, now) = (&words.queue.sure, reading.0.now());
    let letter_helps = item.lane == Lane::Digest && !item.is_closed(now) && !item.is_over_at_release(now);
    let told = match (may_send, item.can_close_later()) {
        _ if item.is_closed(now) => &words.over,
        _ if !letter_helps => &words.over_before,
        (true, true) => &words.over_next,
        (true, false) => &words.over_letter,
        (false, true) => &words.over_ask,
        (false, false) => &words.over_letter_ask,
    };
    Ok(Some(Over { told: told.clone(), letter_helps, asks_lead: letter_helps && !may_send }))
}

/// Whether the item is closed already when the first mailing takes it that anybody hears who gets it; of what is out, whether
/// it is closed. Whoever knows already whom it reaches says so.
pub(super) async fn is_over_when_sent(
    reading: &Reading,
    item: &Item,
    known: Option<(&People, &Reached)>,
) -> Result<bool, Refusal> {
    let now = reading.0.now();
    let is_to_go = item.number.is_none() && !item.withdrawn;
    if !is_to_go || item.date_of_close().is_none() || item.is_over_at_release(now) {
        return Ok(item.is_over_at_release(now));
    }
    let library = reading.library().await?;
    let is_over =
        |heard: &BTreeSet<Cadence>| is_over_before_sent(&library.forum, &library.items, item, heard, now);
    // Who gets it is asked, of everybody, only if one of the editions that may take it comes in time and another too late.
    if is_over(&BTreeSet::from(Cadence::ALL)) {
        return Ok(true);
    }
    if !Cadence::ALL.into_iter().any(|cadence| is_over(&BTreeSet::from([cadence]))) {
        return Ok(false);
    }
    let cadences = match known {
        Some((people, reached)) => list_cadences(people, reached),
        None => {
            let people = reading.people().await?;
            list_cadences(&people, &people.everyone.look(&people.forum, item))
        }
    };
    Ok(is_over(&cadences))
}

/// What those hear whom it reaches.
fn list_cadences(people: &People, reached: &Reached) -> BTreeSet<Cadence> {
    let all = reached.chosen.iter().chain(&reached.interested);
    all.map(|index| people.named[*index].cadence()).collect()
}
