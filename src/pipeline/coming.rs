//! One person's coming letter, under choices saved or not: the same code as the plan, for one, and fast.
//!
//! Only items that the rule delivers to them, or of which the ledger speaks, and gatherings are looked at. What an item's
//! number is compared with (the watermark, the mark of 30 days ago) lies in the store, so leaving the others out changes nothing.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::PipelineError;
use super::digests::{Draft, Scene};
use super::ledger::list_open;
use super::occurrence::{BY_CLOCK, gathering, gatherings, look_back_mark};
use crate::content::{Item, Lane};
use crate::edition::{Edition, Entry, give_numbers, is_planned_for, may_close_before, schedule};
use crate::forum::{Cadence, Forum, Recipient};
use crate::ids::ItemId;
use crate::matching::{Profile, Reason, Release, evaluate};
use crate::store::{Store, StoreError};

/// An item of a coming letter.
#[derive(Debug, Clone, PartialEq)]
pub struct ComingItem {
    /// The item.
    pub item: Item,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What a person's coming letter would hold if nothing more happened.
#[derive(Debug, Clone, PartialEq)]
pub struct ComingLetter {
    /// When its edition occurs.
    pub occurs_at: DateTime<Utc>,
    /// In sending order; none: no letter then.
    pub items: Vec<ComingItem>,
    /// How many items would wait for the one after.
    pub carried_over: usize,
    /// So many of them may be closed before that, and are not promised in it.
    pub closing: usize,
}

/// What comes to a person next.
#[derive(Debug, Clone, PartialEq)]
pub enum Coming {
    /// This letter, or none at that time if it holds nothing.
    Letter(ComingLetter),
    /// Their cadence has no occurrence to come.
    NotSettled,
    /// A letter to them is just being sent; what comes after it is known when it is settled.
    OnItsWay,
    /// They get no letters.
    NoLetters,
}

/// When letters of `cadence` go next to somebody who pauses as `recipient` does; none if that is not settled.
pub fn next_letter_at(
    forum: &Forum,
    items: &[Item],
    cadence: Cadence,
    recipient: &Recipient,
    clock_now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    schedule::next_for(&forum.settings, cadence, &gatherings(items), recipient.paused_until, clock_now)
}

/// The editions to come after `clock_now`: the first of each cadence that the clock opens, in their order.
pub fn list_coming_editions(
    forum: &Forum,
    items: &[Item],
    clock_now: DateTime<Utc>,
) -> Vec<(Cadence, DateTime<Utc>)> {
    let gatherings = gatherings(items);
    let next = |cadence: &Cadence| {
        schedule::next_after(&forum.settings, *cadence, &gatherings, clock_now).map(|at| (*cadence, at))
    };
    let mut coming: Vec<_> = BY_CLOCK.iter().filter_map(next).collect();
    coming.sort_by_key(|(_, at)| *at);
    coming
}

/// When the first edition opens that takes `item` with it, seen at `clock_now`: it is out from then on, whoever gets that edition.
pub fn next_release(
    forum: &Forum,
    items: &[Item],
    item: &Item,
    clock_now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    list_releases(forum, items, item, clock_now).into_iter().map(|(_, at)| at).min()
}

/// The editions that take `item` with them, seen at `clock_now`: the first of each cadence.
fn list_releases(
    forum: &Forum,
    items: &[Item],
    item: &Item,
    clock_now: DateTime<Utc>,
) -> Vec<(Cadence, DateTime<Utc>)> {
    // An edition at the very instant of the release holds it.
    let is_to_come = item.release_at > clock_now;
    let after = if is_to_come { item.release_at - TimeDelta::microseconds(1) } else { clock_now };
    let own = (item.lane == Lane::Urgent).then_some(Cadence::Urgent);
    let own = own.and_then(|cadence| {
        schedule::next_after(&forum.settings, cadence, &[], after).map(|at| (cadence, at))
    });
    list_coming_editions(forum, items, after).into_iter().chain(own).collect()
}

/// Whether `item`, which is to go, is closed when the first edition takes it that anybody hears who hears so often: seen at
/// `clock_now` it reaches none of them. What has no date of its own closes after it went.
pub fn is_over_before_sent(
    forum: &Forum,
    items: &[Item],
    item: &Item,
    heard: &BTreeSet<Cadence>,
    clock_now: DateTime<Utc>,
) -> bool {
    let Some(close) = item.date_of_close() else { return false };
    let is_heard = |cadence: Cadence| cadence == Cadence::Urgent || heard.contains(&cadence);
    let editions = list_releases(forum, items, item, clock_now).into_iter();
    let first = editions.filter(|(cadence, _)| is_heard(*cadence)).map(|(_, at)| at).min();
    item.is_over_at_release(clock_now) || first.is_some_and(|first| close <= first)
}

/// What the coming letter of `recipient` would hold if nothing more happened.
/// `items` are all of the forum's, their texts may be empty but for titles.
pub async fn preview_letter(
    store: &Store,
    forum: &Forum,
    items: &[Item],
    recipient: &Recipient,
    clock_now: DateTime<Utc>,
) -> Result<Coming, PipelineError> {
    let one = match imagine_one(store, forum, items, recipient, clock_now).await? {
        Ok(one) => one,
        Err(none) => return Ok(none),
    };
    let draft = one.draft(store, recipient).await?;
    Ok(draft.map_or(Coming::OnItsWay, |draft| one.coming(&draft)))
}

/// The coming edition of one person, with the items that matter to them.
pub(super) struct ForOne {
    pub(super) scene: Scene,
    pub(super) edition: Edition,
}

/// The edition that the coming letter of `recipient` would be of; else why there is none.
pub(super) async fn imagine_one(
    store: &Store,
    forum: &Forum,
    items: &[Item],
    recipient: &Recipient,
    clock_now: DateTime<Utc>,
) -> Result<Result<ForOne, Coming>, PipelineError> {
    let Some(occurs_at) = next_letter_at(forum, items, recipient.cadence, recipient, clock_now) else {
        return Ok(Err(Coming::NotSettled));
    };
    let mut edition = Edition::imagined(recipient.cadence, occurs_at, forum.settings.cap);
    if !is_planned_for(&edition, &forum.settings, recipient) {
        return Ok(Err(Coming::NoLetters));
    }
    let spoken_of = list_spoken_of(store, recipient, &list_open(items, edition.now)).await?;
    let profile = Profile::new(forum, &recipient.standing, edition.now);
    // What letters are bound to says when the one after comes.
    let matters = |item: &&Item| {
        spoken_of.contains(&item.id)
            || gathering(item).is_some()
            || evaluate(forum, item, &profile, Release::ByTime).because.delivers()
    };
    let mut own: Vec<Item> = items.iter().filter(matters).cloned().collect();
    (_, edition.last_number) = give_numbers(&mut own, edition.now, store.last_number().await?);
    Ok(Ok(ForOne { scene: Scene { forum: forum.clone(), items: own, recipients: Vec::new() }, edition }))
}

impl ForOne {
    /// The one digest; none while a letter to them is just being sent.
    pub(super) async fn draft<'a>(
        &self,
        store: &Store,
        recipient: &'a Recipient,
    ) -> Result<Option<Draft<'a>>, StoreError> {
        let mark = look_back_mark(&self.scene.items, self.edition.now);
        let all = [(0..self.scene.items.len()).collect::<Vec<_>>()];
        Ok(self.scene.draft(store, &self.edition, mark, &[recipient], &all).await?.pop())
    }

    /// The digest as pages tell it.
    pub(super) fn coming(&self, draft: &Draft<'_>) -> Coming {
        let (composed, recipient) = (&draft.composed, draft.recipient);
        let Scene { forum, items, .. } = &self.scene;
        let next = next_letter_at(forum, items, self.edition.cadence, recipient, self.edition.now);
        let closes_first = |entry: &&Entry| may_close_before(&items[entry.item], next);
        Coming::Letter(ComingLetter {
            occurs_at: self.edition.occurs_at,
            items: composed.items.iter().map(|entry| coming_item(&self.scene, entry)).collect(),
            carried_over: composed.carried_over.len(),
            closing: composed.carried_over.iter().filter(closes_first).count(),
        })
    }
}

fn coming_item(scene: &Scene, entry: &Entry) -> ComingItem {
    ComingItem { item: scene.items[entry.item].clone(), reasons: entry.reasons.clone() }
}

/// Items that the person got, of those that are `open`, is owed, or tapped on.
async fn list_spoken_of(
    store: &Store,
    recipient: &Recipient,
    open: &[ItemId],
) -> Result<HashSet<ItemId>, StoreError> {
    let view = store.read_ledger(&[recipient.id], open).await?;
    let taps = store.list_taps(&[recipient.id], None).await?;
    let held = view.held.iter().map(|row| row.item);
    Ok(held.chain(view.owed.iter().map(|row| row.item)).chain(taps.iter().map(|row| row.item)).collect())
}
