//! What one recipient gets in one edition: chosen, ranked, capped, the rest carried.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::handover::Handover;
use super::learned::{Tap, learned_points};
use super::opening::Edition;
use super::rank;
use crate::content::{Item, Lane, local_midnight};
use crate::forum::{Forum, Recipient};
use crate::ids::{ItemId, SeatId};
use crate::matching::{Because, Decision, Profile, Reason, Release, check_open_and_entitled, evaluate};

/// What the ledger says that a recipient has or is owed, for the items an edition considers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// What was accepted or may have arrived, by item: the newest version.
    pub got: HashMap<ItemId, Got>,
    /// Items that lie in a letter which is not sent yet and stays so (urgent editions supersede nothing).
    pub in_hand: HashSet<ItemId>,
    /// Owed items with the number of editions that carried them; what a superseded letter returns included.
    pub carried: HashMap<ItemId, i64>,
    /// Seats whose first digest this is, with what came through them before.
    pub handovers: Vec<Handover>,
    /// The person's own taps.
    pub taps: Vec<Tap>,
}

/// A version that reached its recipient, or may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Got {
    /// Which version.
    pub version: i64,
    /// The decision then.
    pub because: Because,
    /// The reasons then, as far as their terms still exist.
    pub reasons: Vec<Reason>,
}

/// Why an item stands in a digest besides its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// For the first time.
    New,
    /// An earlier version was got.
    Correction,
    /// The predecessor on this seat got it.
    Handover(SeatId),
}

/// One item of a digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its index in the items given to [`compose()`].
    pub item: usize,
    /// The decision.
    pub because: Because,
    /// The reasons.
    pub reasons: Vec<Reason>,
    /// Its rank.
    pub points: i64,
    /// How many editions carried it before this one.
    pub carried: i64,
    /// New, a correction, or handed over.
    pub passing: Passing,
}

/// What becomes of an owed item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryChange {
    /// Which item.
    pub item: ItemId,
    /// How many editions have carried it now.
    pub times: i64,
    /// Why it is owed no longer; `None`: it stays owed.
    pub ended: Option<&'static str>,
}

/// The numbers that an edition's watermarks go by, for everybody alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The watermark of 30 days before the edition's now: used where a seat began or ended since the recipient was last
    /// planned.
    look_back: i64,
    /// The watermark of who is planned in it; none: it moves nobody's.
    planned: Option<i64>,
}

impl Marks {
    /// Those of `edition`, whose items are `items`, all of them; `look_back` is the watermark of 30 days before its now.
    pub fn of(items: &[Item], edition: &Edition, look_back: i64) -> Marks {
        let to_come = items.iter().filter(|item| is_still_to_come(item, edition.now));
        let before_them = to_come.filter_map(|item| item.number).map(|number| number - 1);
        let planned = (!edition.is_urgent()).then(|| before_them.fold(edition.last_number, i64::min));
        Marks { look_back, planned }
    }
}

/// A composed digest with what is to be written beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// In sending order; empty: no letter.
    pub items: Vec<Entry>,
    /// Over the cap, in order.
    pub carried_over: Vec<Entry>,
    /// What becomes of owed items.
    pub carries: Vec<CarryChange>,
    /// The recipient's new watermark.
    pub watermark: i64,
}

impl History {
    /// The items that it speaks of, some more than once: they are looked at even if the rule withholds them.
    pub fn items(&self) -> impl Iterator<Item = ItemId> {
        let handed = self.handovers.iter().flat_map(|handover| &handover.items);
        self.got.keys().chain(self.carried.keys()).chain(handed).copied()
    }
}

/// Composes the digest of `recipient` in `edition` out of `items` (numbered already) and `history`.
/// `candidates` are the indexes of the items to look at, at least all that the rule delivers and all that
/// the history speaks of.
pub fn compose(
    forum: &Forum,
    items: &[Item],
    candidates: impl IntoIterator<Item = usize>,
    edition: &Edition,
    recipient: &Recipient,
    history: &History,
    marks: Marks,
) -> Composed {
    let profile = Profile::new(forum, &recipient.standing, edition.now);
    let from = considered_above(recipient, edition.now, marks.look_back);
    let back_at = recipient.paused_until.map(|day| local_midnight(day, forum.settings.zone));
    let mut entries = Vec::new();
    let mut carries = Vec::new();
    for index in candidates {
        let item = &items[index];
        let carried = history.carried.get(&item.id).copied();
        let handed = history.handovers.iter().find(|h| h.items.contains(&item.id)).map(|h| h.seat);
        let owed = carried.is_some() || handed.is_some();
        let considered = is_considered(item, edition, (from, back_at), owed);
        if !considered || history.in_hand.contains(&item.id) {
            // Still owed: what a superseded letter gives back is written down even if this edition may not have it.
            carries.extend(carried.map(|times| CarryChange { item: item.id, times, ended: None }));
            continue;
        }
        match choose(forum, item, &profile, history.got.get(&item.id)) {
            Choice::Goes(decision, correction) => {
                let passing = match (correction, handed) {
                    (true, _) => Passing::Correction,
                    (false, Some(seat)) => Passing::Handover(seat),
                    (false, None) => Passing::New,
                };
                let learned = learned_points(item, &history.taps);
                let times = carried.unwrap_or(0);
                let points =
                    rank::points(item, &decision.reasons, profile.own_groups(), edition.now, learned, times);
                entries.push(Entry {
                    item: index,
                    because: decision.because,
                    reasons: decision.reasons,
                    points,
                    carried: times,
                    passing,
                });
            }
            Choice::Stays(because) => {
                let ended = (!is_still_to_come(item, edition.now)).then_some(because);
                carries.extend(carried.map(|times| CarryChange { item: item.id, times, ended }));
            }
        }
    }
    let (kept, carried_over) = cut(items, entries, recipient.cap.unwrap_or(edition.cap), &mut carries);
    let watermark = marks.planned.unwrap_or(recipient.watermark);
    Composed { items: kept, carried_over, carries, watermark }
}

enum Choice {
    Goes(Decision, bool),
    Stays(&'static str),
}

/// The rule, or for who got an earlier version its lines 0 to 2 with the reasons of then.
fn choose(forum: &Forum, item: &Item, profile: &Profile, got: Option<&Got>) -> Choice {
    let Some(got) = got else {
        let decision = evaluate(forum, item, profile, Release::ByTime);
        return if decision.because.delivers() {
            Choice::Goes(decision, false)
        } else {
            Choice::Stays(decision.because.word())
        };
    };
    if got.version >= item.version {
        return Choice::Stays("sent");
    }
    match check_open_and_entitled(forum, item, profile, Release::ByTime) {
        Ok(()) => Choice::Goes(Decision { because: got.because, reasons: got.reasons.clone() }, true),
        Err(because) => Choice::Stays(because.word()),
    }
}

/// The number above which everything is new to the recipient.
///
/// A dated start or end of a seat that was reached since they were last planned makes planning look back.
/// So does a clock that was set back since: what was not open by the wrong time may be open now.
fn considered_above(recipient: &Recipient, now: DateTime<Utc>, look_back_mark: i64) -> i64 {
    let looks_back = recipient.last_planned_at.is_none_or(|last| {
        now < last || recipient.standing.seats.iter().any(|seat| seat.changes_between(last, now))
    });
    if looks_back { recipient.watermark.min(look_back_mark) } else { recipient.watermark }
}

/// What is urgent has waited for who paused until `back_at`, and goes on to their next ordinary edition (DESIGN section 3).
fn is_considered(
    item: &Item,
    edition: &Edition,
    (from, back_at): (i64, Option<DateTime<Utc>>),
    owed: bool,
) -> bool {
    let is_new = back_at.is_none_or(|back_at| item.numbered_at.is_none_or(|at| back_at <= at));
    let in_lane = !edition.is_urgent() || (item.lane == Lane::Urgent && is_new);
    let in_span = item.number.is_some_and(|number| number <= edition.last_number && (owed || from < number));
    in_lane && in_span
}

/// Numbered by an edition with a later `now`: after a clock was set back it waits, and nothing is lost.
fn is_still_to_come(item: &Item, now: DateTime<Utc>) -> bool {
    item.number.is_some() && !item.withdrawn && now < item.release_at
}

/// Required items first, then what is handed over, then the rest, each by rank; the digest holds
/// max(required, min(cap, all)), the rest is carried.
fn cut(
    items: &[Item],
    mut entries: Vec<Entry>,
    cap: u32,
    carries: &mut Vec<CarryChange>,
) -> (Vec<Entry>, Vec<Entry>) {
    let class = |entry: &Entry| match (entry.because, entry.passing) {
        (Because::Required, _) => 0,
        (_, Passing::Handover(_)) => 1,
        _ => 2,
    };
    entries.sort_by(|a, b| {
        class(a)
            .cmp(&class(b))
            .then_with(|| rank::order((&items[a.item], a.points), (&items[b.item], b.points)))
    });
    let required = entries.iter().filter(|e| e.because == Because::Required).count();
    let kept = required.max(entries.len().min(cap as usize));
    let carried_over = entries.split_off(kept);
    carries.extend(entries.iter().filter(|e| e.carried > 0).map(|e| CarryChange {
        item: items[e.item].id,
        times: e.carried,
        ended: Some("sent"),
    }));
    carries.extend(carried_over.iter().map(|e| CarryChange {
        item: items[e.item].id,
        times: e.carried + 1,
        ended: None,
    }));
    (entries, carried_over)
}
