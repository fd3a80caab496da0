//! Who gains or loses which open items when the forum changes: the rule, asked before and after. Pure.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::plan::Plan;
use crate::content::Item;
use crate::forum::{Facet, Forum, Recipient, Term, TermIx, Terms};
use crate::intake::forum_file::ForumFile;
use crate::matching::{Profile, Release, evaluate};

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
    /// Who gets which open item that they would not have got.
    pub gains: Vec<Pair>,
    /// Who no longer gets which open item.
    pub loses: Vec<Pair>,
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

/// Asks the rule about every recipient and every item open at `now`, before and after.
pub(super) fn compare(
    (old, new): (&Forum, &Forum),
    recipients: &[Recipient],
    items: &[Item],
    now: DateTime<Utc>,
) -> Effects {
    let open: Vec<&Item> = items.iter().filter(|i| i.release_at <= now && !i.is_closed(now)).collect();
    let mut effects = Effects::default();
    for recipient in recipients {
        let (had, has) = (delivered(old, recipient, &open, now), delivered(new, recipient, &open, now));
        let pair = |slug: &&str| Pair { recipient: recipient.email.to_string(), item: (*slug).to_owned() };
        effects.gains.extend(has.difference(&had).map(pair));
        effects.loses.extend(had.difference(&has).map(pair));
    }
    effects.gains.sort();
    effects.loses.sort();
    effects
}

fn delivered<'i>(
    forum: &Forum,
    recipient: &Recipient,
    items: &[&'i Item],
    now: DateTime<Utc>,
) -> HashSet<&'i str> {
    let profile = Profile::new(forum, &recipient.standing, now);
    let gets = |item: &&&Item| evaluate(forum, item, &profile, Release::ByTime).because.delivers();
    items.iter().filter(gets).map(|item| item.slug.as_str()).collect()
}
