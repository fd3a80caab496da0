//! Whether an item that is queued is over before a mailing takes it.

use std::collections::BTreeSet;

use crate::content::{Item, Lane};
use crate::forum::Cadence;
use crate::insight::reach::Reached;
use crate::pipeline::is_over_before_sent;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::words::Words;

/// Why nobody gets the item, if it is over by the time it goes, and what helps whoever looks.
pub(super) async fn tell_over<'w>(
    reading: &Reading,
    words: &'w Words,
    (item, may_send): (&Item, bool),
    known: Option<(&People, &Reached)>,
) -> Result<Option<&'w str>, Refusal> {
    let (words, now) = (&words.queue.sure, reading.0.now());
    let told = match item.lane {
        _ if item.is_closed(now) => &words.over,
        Lane::Digest if !item.is_over_at_release(now) => match (may_send, item.can_close_later()) {
            (true, true) => &words.over_next,
            (true, false) => &words.over_letter,
            (false, true) => &words.over_ask,
            (false, false) => &words.over_letter_ask,
        },
        _ => &words.over_before,
    };
    Ok(is_over_when_sent(reading, item, known).await?.then_some(told.as_str()))
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
