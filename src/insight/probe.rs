//! Which item a person is asked about that they did not get. Pure: the same letter always asks the same, and no more is
//! known of the person than the rule knows.

use std::collections::HashSet;

use chrono::TimeDelta;

use crate::content::Item;
use crate::forum::Forum;
use crate::ids::{DeliveryId, ItemId, RecipientId};
use crate::matching::{Because, Profile, Release, evaluate, is_muted_whole};

/// Items that came out longer ago are not asked about.
pub const ASKED_FOR_DAYS: i64 = 30;

/// Whether somebody may be asked about an item: it is out and open, came out lately, and the rule withholds it because
/// nothing matches. What they hide is never asked about, nor what they may not see.
pub fn may_be_asked_about(forum: &Forum, item: &Item, profile: &Profile) -> bool {
    let since = profile.now() - TimeDelta::days(ASKED_FOR_DAYS);
    let came_lately = item.numbered_at.is_some_and(|at| since <= at);
    came_lately
        && evaluate(forum, item, profile, Release::ByNumber).because == Because::NoMatch
        && !is_muted_whole(&forum.terms, item, profile)
}

/// The item that a letter asks its reader about: drawn evenly among those of `items` that they may be asked about and do
/// not know. What comes in or goes out beside it changes the draw only if it is drawn itself.
pub fn draw_probe<'i>(
    forum: &Forum,
    items: impl IntoIterator<Item = &'i Item>,
    profile: &Profile,
    known: &HashSet<ItemId>,
    (letter, recipient): (DeliveryId, RecipientId),
) -> Option<&'i Item> {
    let may = |item: &&Item| !known.contains(&item.id) && may_be_asked_about(forum, item, profile);
    let place = |item: &&Item| {
        mix(mix(letter.0.cast_unsigned()) ^ mix(!recipient.0.cast_unsigned()) ^ item.id.0.cast_unsigned())
    };
    items.into_iter().filter(may).min_by_key(place)
}

/// Spreads numbers evenly and without a pattern: the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
