//! The ledger's rows as the histories that composing reads.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::content::Item;
use crate::edition::{Edition, Got, HIT, Handover, History, MISS, NOT_FOR_ME, Tap, passes_through_seat};
use crate::forum::{Forum, Recipient, Seat};
use crate::ids::{DeliveryId, ItemId, RecipientId, SeatId};
use crate::matching::{Because, Reason, WrittenReason};
use crate::store::{HeldItem, LedgerView, Store, StoreError};

/// One recipient's history with what a digest would supersede.
#[derive(Debug, Default)]
pub struct Past {
    /// What composing reads.
    pub history: History,
    /// Unsent letters that an ordinary digest supersedes.
    pub supersedes: Vec<DeliveryId>,
    /// Seats that the next digest hands over.
    pub taken: Vec<SeatId>,
    /// Whether a letter reached them before.
    pub is_met: bool,
}

/// The histories of a batch; who has a letter whose fate is open is missing.
pub async fn read_pasts(
    store: &Store,
    forum: &Forum,
    items: &HashMap<ItemId, &Item>,
    edition: &Edition,
    batch: &[&Recipient],
) -> Result<HashMap<RecipientId, Past>, StoreError> {
    let ids: Vec<RecipientId> = batch.iter().map(|r| r.id).collect();
    let open = list_open(items.values().copied(), edition.now);
    let view = store.read_ledger(&ids, &open).await?;
    let mut pasts: HashMap<RecipientId, Past> =
        ids.iter().filter(|id| !view.attempting.contains(id)).map(|id| (*id, Past::default())).collect();
    fill_from_ledger(&mut pasts, &view, forum, edition);
    for row in store.list_taps(&ids, edition.opened_at).await? {
        if let (Some(past), Some(item)) = (pasts.get_mut(&row.recipient), items.get(&row.item)) {
            past.history.taps.push(tap_of(item, &row.answer));
        }
    }
    if !edition.is_urgent() {
        add_handovers(store, forum, items, edition, (batch, &open), &mut pasts).await?;
    }
    Ok(pasts)
}

/// The items that an edition as of `now` may still give to somebody: whatever was got of any other makes no difference to it.
pub fn list_open<'i>(items: impl IntoIterator<Item = &'i Item>, now: DateTime<Utc>) -> Vec<ItemId> {
    items.into_iter().filter(|item| !item.is_closed(now)).map(|item| item.id).collect()
}

/// What a stored answer about an item teaches.
pub fn tap_of(item: &Item, answer: &str) -> Tap {
    Tap { kind: item.kind, about: item.about.clone(), weight: tap_weight(answer) }
}

fn tap_weight(answer: &str) -> i64 {
    match answer {
        "hit" => HIT,
        "miss" => MISS,
        _ => NOT_FOR_ME,
    }
}

fn fill_from_ledger(
    pasts: &mut HashMap<RecipientId, Past>,
    view: &LedgerView,
    forum: &Forum,
    edition: &Edition,
) {
    for id in &view.met {
        pasts.entry(*id).and_modify(|past| past.is_met = true);
    }
    for owed in &view.owed {
        if let Some(past) = pasts.get_mut(&owed.recipient) {
            past.history.carried.insert(owed.item, owed.times);
        }
    }
    if !edition.is_urgent() {
        for (recipient, delivery) in &view.unsent {
            pasts.entry(*recipient).and_modify(|past| past.supersedes.push(*delivery));
        }
    }
    for row in &view.held {
        if let Some(past) = pasts.get_mut(&row.recipient) {
            add_held(past, row, forum, edition);
        }
    }
}

fn add_held(past: &mut Past, row: &HeldItem, forum: &Forum, edition: &Edition) {
    if row.state.is_got() {
        let newest = past.history.got.get(&row.item).is_none_or(|got| got.version < row.version);
        if newest {
            past.history.got.insert(row.item, got_of(row, forum));
        }
    } else if edition.is_urgent() {
        past.history.in_hand.insert(row.item);
    } else {
        // An ordinary digest supersedes the letter, which returns it: carried once more.
        past.history.carried.insert(row.item, row.carried + 1);
    }
}

fn got_of(row: &HeldItem, forum: &Forum) -> Got {
    Got {
        version: row.version,
        because: Because::from_word(&row.because).unwrap_or(Because::Interest),
        reasons: read_reasons(&row.reasons, forum),
    }
}

/// Stored reasons, as far as their terms still exist.
pub fn read_reasons(json: &str, forum: &Forum) -> Vec<Reason> {
    let written: Vec<WrittenReason> = serde_json::from_str(json).unwrap_or_default();
    written.iter().filter_map(|w| Reason::read(w, &forum.terms)).collect()
}

async fn add_handovers(
    store: &Store,
    forum: &Forum,
    items: &HashMap<ItemId, &Item>,
    edition: &Edition,
    (batch, open): (&[&Recipient], &[ItemId]),
    pasts: &mut HashMap<RecipientId, Past>,
) -> Result<(), StoreError> {
    let ids: Vec<RecipientId> = pasts.keys().copied().collect();
    let taken = store.list_taken_seats(&ids).await?;
    if taken.is_empty() {
        return Ok(());
    }
    let predecessors: HashSet<RecipientId> = taken.iter().map(|t| t.predecessor).collect();
    let predecessors: Vec<RecipientId> = predecessors.into_iter().collect();
    let theirs = store.read_ledger(&predecessors, open).await?.held;
    for row in taken {
        let recipient = batch.iter().find(|r| r.id == row.recipient);
        let seat = recipient.and_then(|r| r.standing.seats.iter().find(|s| s.id == row.seat));
        let (Some(past), Some(seat)) = (pasts.get_mut(&row.recipient), seat) else { continue };
        if !seat.is_running(edition.now) {
            continue;
        }
        let earlier = Holding { recipient: row.predecessor, from: row.from, until: row.until };
        let passed = handed_over(forum, items, &theirs, earlier, seat, edition.now);
        if !past.taken.contains(&row.seat) {
            past.taken.push(row.seat);
        }
        past.history.handovers.push(Handover { seat: row.seat, items: passed });
    }
    Ok(())
}

/// Who had a seat, and when.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// Who.
    pub recipient: RecipientId,
    /// From when; none: since ever.
    pub from: Option<DateTime<Utc>>,
    /// Until when; none: no end set.
    pub until: Option<DateTime<Utc>>,
}

impl Holding {
    /// Whether what a letter held was decided while they had the seat: by the edition's now, or by the clock where an
    /// edition is run as of another day.
    fn covers(&self, held: &HeldItem) -> bool {
        let had = |at| self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until);
        had(held.decided_at) || had(held.planned_at)
    }
}

/// What a predecessor got through `seat` while they had it, of what `theirs` says predecessors have.
pub fn handed_over(
    forum: &Forum,
    items: &HashMap<ItemId, &Item>,
    theirs: &[HeldItem],
    predecessor: Holding,
    seat: &Seat,
    now: DateTime<Utc>,
) -> HashSet<ItemId> {
    let theirs = theirs.iter().filter(|held| held.recipient == predecessor.recipient);
    let got = theirs.filter(|held| held.state.is_got() && predecessor.covers(held));
    let through = got.filter(|held| {
        items.get(&held.item).is_some_and(|item| {
            passes_through_seat(forum, item, &read_reasons(&held.reasons, forum), seat, now)
        })
    });
    through.map(|held| held.item).collect()
}
