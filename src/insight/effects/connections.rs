//! Where the work of two groups touches: topics that both have, and items that concern both.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Days;
use crate::content::{Fields, Item, Visibility};
use crate::forum::{Facet, Forum, TermIx};
use crate::ids::ItemId;

/// So many pairs a page names at most.
pub const MOST_CONNECTIONS: usize = 8;

/// So many items are named of one pair at most, the newest.
pub const MOST_ITEMS: usize = 3;

/// So many common topics are named of one pair at most.
const MOST_TOPICS: usize = 3;

/// Two groups whose work touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The slug of the one.
    pub one: String,
    /// The slug of the other.
    pub other: String,
    /// Slugs of the sectors that both work with.
    pub topics: Vec<String>,
    /// Public items that concern both, the newest first.
    pub items: Vec<ItemId>,
}

/// The pairs of `groups` whose work touches: those of which most items speak first. Items that everybody may read and that
/// came out in these days are named, no others. A group and one under it are no pair: the one is part of the other.
pub fn list_connections(
    forum: &Forum,
    groups: &[TermIx],
    items: &[Item],
    days: Days,
    now: DateTime<Utc>,
) -> Vec<Connection> {
    let zone = forum.settings.zone;
    let is_shown = |item: &&Item| {
        let came_on = item.release_at.with_timezone(&zone).date_naive();
        item.visibility == Visibility::Public && item.is_readable(now) && days.include(came_on)
    };
    let mut shown: Vec<&Item> = items.iter().filter(is_shown).collect();
    shown.sort_by(|a, b| b.release_at.cmp(&a.release_at).then_with(|| a.slug.cmp(&b.slug)));
    // Each item is asked once about each group, not once about each pair.
    let concerning: Vec<Vec<&Item>> = groups
        .iter()
        .map(|group| shown.iter().copied().filter(|item| is_about(forum, item, *group)).collect())
        .collect();
    let mut found = Vec::new();
    for (at, one) in groups.iter().zip(&concerning).enumerate() {
        for other in groups.iter().zip(&concerning).skip(at + 1) {
            found.extend(connect(forum, one, other));
        }
    }
    found.sort_by_key(|(count, connection)| std::cmp::Reverse((*count, connection.topics.len())));
    found.into_iter().map(|(_, connection)| connection).take(MOST_CONNECTIONS).collect()
}

/// What two groups, each with the items that concern it, have in common, with how many items concern both; none, if nothing
/// does.
fn connect(
    forum: &Forum,
    (one, ones): (&TermIx, &Vec<&Item>),
    (other, others): (&TermIx, &Vec<&Item>),
) -> Option<(usize, Connection)> {
    let terms = &forum.terms;
    if terms.is_at_or_under(*one, *other) || terms.is_at_or_under(*other, *one) {
        return None;
    }
    let theirs: HashSet<ItemId> = others.iter().map(|item| item.id).collect();
    let both: Vec<ItemId> = ones.iter().map(|item| item.id).filter(|id| theirs.contains(id)).collect();
    let topics = list_common_topics(forum, *one, *other);
    let slug = |term: TermIx| terms.term(term).slug.clone();
    let connection = Connection {
        one: slug(*one),
        other: slug(*other),
        topics: topics.into_iter().map(slug).take(MOST_TOPICS).collect(),
        items: both.iter().copied().take(MOST_ITEMS).collect(),
    };
    (!connection.topics.is_empty() || !both.is_empty()).then_some((both.len(), connection))
}

/// The sectors that both have; of one and another above it the narrower.
fn list_common_topics(forum: &Forum, one: TermIx, other: TermIx) -> Vec<TermIx> {
    let mut common = Vec::new();
    for own in forum.sectors_of(one) {
        for theirs in forum.sectors_of(other) {
            let narrower = if forum.terms.is_at_or_under(*own, *theirs) {
                *own
            } else if forum.terms.is_at_or_under(*theirs, *own) {
                *theirs
            } else {
                continue;
            };
            if !common.contains(&narrower) {
                common.push(narrower);
            }
        }
    }
    common
}

/// Whether the item is the group's minutes, or about it, one of its sectors, or what lies under them.
fn is_about(forum: &Forum, item: &Item, group: TermIx) -> bool {
    let is_its = |term: TermIx| forum.terms.is_at_or_under(term, group);
    let is_its_sector =
        |term: TermIx| forum.sectors_of(group).iter().any(|sector| forum.terms.is_at_or_under(term, *sector));
    let met = matches!(item.fields, Fields::Minutes { group: Some(own), .. } if is_its(own));
    met || item.about.iter().any(|term| match forum.terms.term(*term).facet {
        Facet::Group => is_its(*term),
        Facet::Sector => is_its_sector(*term),
        _ => false,
    })
}
