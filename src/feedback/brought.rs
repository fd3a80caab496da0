//! What following a topic brings, counted from what there was: purely, over items, never over recipients.

use chrono::TimeDelta;

use crate::content::Item;
use crate::forum::{Forum, TermIx};
use crate::matching::{Profile, is_entitled};

/// How far back is counted.
pub const DAYS: i64 = 90;

/// Months in [`DAYS`].
const MONTHS: u32 = 3;

/// How many items of the last [`DAYS`] days each topic would have brought one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought(Vec<u32>);

/// How often a topic brings something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowOften {
    /// Nothing in the last [`DAYS`] days.
    Nothing,
    /// So many items in the last [`DAYS`] days, fewer than one a month.
    Seldom(u32),
    /// About so many a month.
    AMonth(u32),
}

/// Counts for each term the items about it or about a part of it that whoever follows it gets, if they
/// may see them: released in the [`DAYS`] days before the profile's now, not held back, not withdrawn. What is about
/// something wider is left out, though it reaches followers too (ranked lower): a narrow topic would seem to bring what
/// another does.
pub fn count_brought(forum: &Forum, items: &[Item], profile: &Profile) -> Brought {
    let (now, since) = (profile.now(), profile.now() - TimeDelta::days(DAYS));
    let mut counts = vec![0; forum.terms.len()];
    let mut counted_last = vec![usize::MAX; forum.terms.len()];
    let counts_at_all = |item: &Item| {
        item.interested
            && item.is_readable(now)
            && since < item.release_at
            && is_entitled(forum, item.visibility, profile)
    };
    for (index, item) in items.iter().enumerate().filter(|(_, item)| counts_at_all(item)) {
        for term in item.about.iter().flat_map(|about| forum.terms.at_and_above(*about)) {
            if std::mem::replace(&mut counted_last[term.index()], index) != index {
                counts[term.index()] += 1;
            }
        }
    }
    Brought(counts)
}

impl Brought {
    /// Items in the last [`DAYS`] days.
    pub fn count(&self, term: TermIx) -> u32 {
        self.0.get(term.index()).copied().unwrap_or(0)
    }

    /// The same as people say it.
    pub fn how_often(&self, term: TermIx) -> HowOften {
        match self.count(term) {
            0 => HowOften::Nothing,
            few if few < MONTHS => HowOften::Seldom(few),
            many => HowOften::AMonth((many + MONTHS / 2) / MONTHS),
        }
    }
}
