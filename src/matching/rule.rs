//! The lines of the rule (DESIGN section 2), in order.

use chrono::{DateTime, Utc};

use super::decision::{Because, Decision, Match};
use super::profile::Profile;
use super::reasons::{is_struck, list_audience_reasons, list_interest_reasons};
use crate::content::{Importance, Item, Visibility};
use crate::forum::{Forum, Terms};

/// When an item counts as released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Release {
    /// When its `release_at` has come: everywhere but just before sending.
    ByTime,
    /// When it has its number in the order of release: just before sending.
    ByNumber,
}

/// Whether the recipient gets the item, and why: the first line that applies.
pub fn evaluate(forum: &Forum, item: &Item, profile: &Profile, release: Release) -> Decision {
    if let Err(because) = check_open_and_entitled(forum, item, profile, release) {
        return Decision::withheld(because);
    }
    let terms = &forum.terms;
    let mut reasons =
        item.audience.as_ref().map_or_else(Vec::new, |a| list_audience_reasons(terms, a, profile));
    if item.importance == Importance::Required && !reasons.is_empty() {
        return Decision { because: Because::Required, reasons };
    }
    reasons.extend(list_interest_reasons(terms, item, profile));
    if reasons.is_empty() {
        return Decision::withheld(Because::NoMatch);
    }
    if is_muted_whole(terms, item, profile) {
        return Decision::withheld(Because::Muted);
    }
    reasons.retain(|reason| !is_struck(terms, reason, profile));
    let because = match reasons.first() {
        None => Because::Muted,
        Some(first) if first.how == Match::Audience => Because::Audience,
        Some(_) => Because::Interest,
    };
    Decision { because, reasons }
}

/// Lines 0 to 2 alone: whether the item is open, the recipient active and entitled. Asked again
/// just before sending, and for corrections.
pub fn check_open_and_entitled(
    forum: &Forum,
    item: &Item,
    profile: &Profile,
    release: Release,
) -> Result<(), Because> {
    if !is_open(item, profile.now(), release) {
        Err(Because::NotOpen)
    } else if !profile.is_active() {
        Err(Because::Status)
    } else if !is_entitled(forum, item.visibility, profile) {
        Err(Because::NotEntitled)
    } else {
        Ok(())
    }
}

/// Line 2 alone, as archive, search, feeds and sharing ask it.
pub fn is_entitled(forum: &Forum, visibility: Visibility, profile: &Profile) -> bool {
    match visibility {
        Visibility::Public => true,
        Visibility::Forum => profile.is_insider(),
        Visibility::Group(group) => profile.holds(&forum.terms, group),
        Visibility::Only(group) => profile.has_seat_in(group),
    }
}

/// Line 0 alone.
pub(super) fn is_open(item: &Item, now: DateTime<Utc>, release: Release) -> bool {
    let released = match release {
        Release::ByTime => item.is_due(now),
        Release::ByNumber => item.number.is_some(),
    };
    released && !item.is_closed(now)
}

/// Line 5 alone: the kind is muted, or everything that the item is about.
pub fn is_muted_whole(terms: &Terms, item: &Item, profile: &Profile) -> bool {
    profile.muted_kinds.contains(item.kind)
        || (!item.about.is_empty() && item.about.iter().all(|&about| profile.mutes(terms, about)))
}
