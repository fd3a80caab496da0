//! Who gains or loses which items when the forum changes: the rule, asked before and after, of everybody at once. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::plan::Plan;
use crate::content::Item;
use crate::forum::{Facet, Forum, Recipient, Term, TermIx, Terms};
use crate::intake::forum_file::ForumFile;
use crate::matching::Release;
use crate::matching::bulk::Crowd;

/// A recipient and an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Pair {
    /// Their address.
    pub recipient: String,
    /// The item's slug.
    pub item: String,
}

/// What a change of the forum does to who gets what, ordered by address and slug.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Effects {
    /// Who gets which item, out or waiting, that they would not have got.
    pub gains: Vec<Pair>,
    /// Who no longer gets which.
    pub loses: Vec<Pair>,
}

/// An item that somebody gets by one forum and not by the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its place among the items that were asked about.
    pub item: usize,
    /// The places of the recipients who get it by the new forum alone, ascending.
    pub gains: Vec<usize>,
    /// Of those who got it by the old one alone.
    pub loses: Vec<usize>,
}

/// The forum that `file` makes of `old`. Every term keeps its place, so that recipients and items
/// read with the one forum can be asked about the other; what goes stays there, used by nobody.
pub(super) fn forum_after(old: &Forum, plan: &Plan, file: &ForumFile) -> Forum {
    let named: HashMap<&Term, _> = file.terms.iter().map(|wanted| (&wanted.term, wanted)).collect();
    let mut terms = Terms::default();
    for (ix, term) in old.terms.iter() {
        let names =
            named.get(term).map_or_else(|| old.terms.names(ix).clone(), |wanted| wanted.names.clone());
        let same = terms.add(term.clone(), names);
        old.terms.stored(ix).into_iter().for_each(|id| terms.set_stored(same, id));
    }
    for wanted in file.terms.iter().filter(|wanted| plan.come.contains(&wanted.term)) {
        terms.add(wanted.term.clone(), wanted.names.clone());
    }
    let mut group_sectors: HashMap<TermIx, Vec<TermIx>> = HashMap::new();
    for wanted in &file.terms {
        let Some(ix) = terms.find(&wanted.term) else { continue };
        let parent = wanted.parent.as_ref().map(|slug| Term::new(wanted.term.facet, slug));
        if let Some(parent) = parent.and_then(|parent| terms.find(&parent)) {
            assert!(terms.set_parent(ix, parent), "the file's trees hold no circle");
        }
        let sectors = wanted.sectors.iter().filter_map(|slug| terms.find(&Term::new(Facet::Sector, slug)));
        group_sectors.entry(ix).or_default().extend(sectors);
    }
    Forum { settings: file.settings.clone(), terms, group_sectors }
}

/// A forum with its people and items: before a change, or after it. Both have the same people and items in the same
/// order; what they name may differ.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) forum: &'a Forum,
    pub(super) recipients: &'a [Recipient],
    pub(super) items: &'a [Item],
}

/// Asks the rule about every recipient and every item, before and after: as if each were released at `now` at the latest.
/// Items that no longer reach anybody are for the caller to leave out.
pub(super) fn list_shifts(old: Side<'_>, new: Side<'_>, now: DateTime<Utc>) -> Vec<Shift> {
    let gather = |side: Side<'_>| Crowd::gather(side.forum, side.recipients.iter().map(|r| &r.standing), now);
    let (before, after) = (gather(old), gather(new));
    let released = |item: &Item| Item { release_at: item.release_at.min(now), held: false, ..item.clone() };
    let shift = |(place, (was, is)): (usize, (&Item, &Item))| {
        let had = before.decide(old.forum, &released(was), Release::ByTime);
        let has = after.decide(new.forum, &released(is), Release::ByTime);
        Shift { item: place, gains: has.list_delivered_beyond(&had), loses: had.list_delivered_beyond(&has) }
    };
    let shifts = old.items.iter().zip(new.items).enumerate().map(shift);
    shifts.filter(|shift| !shift.gains.is_empty() || !shift.loses.is_empty()).collect()
}

/// The same as pairs of an address and a slug.
pub(super) fn list_pairs(shifts: &[Shift], recipients: &[Recipient], items: &[Item]) -> Effects {
    let mut effects = Effects::default();
    for shift in shifts {
        let pair = |recipient: &usize| Pair {
            recipient: recipients[*recipient].email.to_string(),
            item: items[shift.item].slug.clone(),
        };
        effects.gains.extend(shift.gains.iter().map(pair));
        effects.loses.extend(shift.loses.iter().map(pair));
    }
    effects.gains.sort();
    effects.loses.sort();
    effects
}
