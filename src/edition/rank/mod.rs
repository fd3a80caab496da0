//! Ranking: how many points an item has for a recipient, and in which order items go.
//!
//! Points are those of the best reason, plus some for each further reason, for what is due soon,
//! for the recipient's own group's minutes, and for each edition that the item was carried over;
//! less for background; and what the recipient's own taps have taught (DESIGN section 2, "Rank").
//! Every digest stores the points it was ranked by.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};

use crate::content::{Importance, Item};
use crate::forum::TermIx;
use crate::matching::{Match, Reason};

/// The audience holds a term of the recipient's, or everybody.
pub const AUDIENCE: i64 = 40;
/// A followed term is the very term that the item is about.
pub const EQUAL: i64 = 30;
/// The item is about a part of what is followed.
pub const UNDER: i64 = 25;
/// The item is about something wider than what is followed.
pub const ABOVE: i64 = 10;
/// For each reason after the best.
pub const FURTHER_REASON: i64 = 5;
/// For all reasons after the best together, at most.
pub const FURTHER_REASONS_AT_MOST: i64 = 10;
/// For a deadline or a date within [`SOON_DAYS`].
pub const DUE_SOON: i64 = 20;
/// See [`DUE_SOON`].
pub const SOON_DAYS: i64 = 14;
/// For a deadline or a date after that, within [`LATER_DAYS`].
pub const DUE_LATER: i64 = 10;
/// See [`DUE_LATER`].
pub const LATER_DAYS: i64 = 30;
/// For minutes of one of the recipient's own groups.
pub const OWN_MINUTES: i64 = 10;
/// For what the lead marked as background.
pub const BACKGROUND: i64 = -20;
/// What taps teach lies between minus this and this.
pub const LEARNED_AT_MOST: i64 = 15;
/// For each edition that the item was carried over.
pub const CARRIED: i64 = 3;

/// The points of an item for one recipient at `now`.
///
/// `own_groups` are the groups of the recipient's running seats; `learned` is what their taps taught
/// of such items (cut to ±[`LEARNED_AT_MOST`]); `carried` counts the editions that left it over.
pub fn points(
    item: &Item,
    reasons: &[Reason],
    own_groups: &[TermIx],
    now: DateTime<Utc>,
    learned: i64,
    carried: i64,
) -> i64 {
    let best = reasons.iter().map(|reason| reason.how).min();
    reason_points(best, reasons.len())
        + item_points(item, now)
        + minutes_points(item.fields.group_met().is_some_and(|group| own_groups.contains(&group)))
        + learned.clamp(-LEARNED_AT_MOST, LEARNED_AT_MOST)
        + CARRIED * carried
}

/// What the reasons alone bring: the best one, and how many there are.
pub fn reason_points(best: Option<Match>, count: usize) -> i64 {
    let first = match best {
        Some(Match::Audience) => AUDIENCE,
        Some(Match::Equal) => EQUAL,
        Some(Match::Under) => UNDER,
        Some(Match::Above) => ABOVE,
        None => 0,
    };
    let further = i64::try_from(count.saturating_sub(1)).unwrap_or(FURTHER_REASONS_AT_MOST);
    first + (further.saturating_mul(FURTHER_REASON)).min(FURTHER_REASONS_AT_MOST)
}

/// What the item brings for everybody at `now`: when its day is, and whether it is background.
pub fn item_points(item: &Item, now: DateTime<Utc>) -> i64 {
    let background = if item.importance == Importance::Background { BACKGROUND } else { 0 };
    background + date_points(item, now)
}

/// What the item's deadline or date brings: a whole day counts from its first instant, so that what is on one day is equally
/// near. What goes on is as near as can be, and what is over brings nothing.
fn date_points(item: &Item, now: DateTime<Utc>) -> i64 {
    let is_over = item.own_close().is_some_and(|close| close.at < now);
    match item.due_from().filter(|_| !is_over).map(|from| from - now) {
        Some(until) if until <= TimeDelta::days(SOON_DAYS) => DUE_SOON,
        Some(until) if until <= TimeDelta::days(LATER_DAYS) => DUE_LATER,
        _ => 0,
    }
}

/// What it brings that the item is minutes of an own group.
pub fn minutes_points(own: bool) -> i64 {
    if own { OWN_MINUTES } else { 0 }
}

/// The order of two items with their points: more points first; then what was released later; then the slug.
pub fn order(a: (&Item, i64), b: (&Item, i64)) -> Ordering {
    b.1.cmp(&a.1).then_with(|| order_of_equals(a.0, b.0))
}

/// The order of two items with equal points.
pub fn order_of_equals(a: &Item, b: &Item) -> Ordering {
    b.release_at.cmp(&a.release_at).then_with(|| a.slug.cmp(&b.slug))
}

#[cfg(test)]
mod tests;
