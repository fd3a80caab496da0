//! The forum itself: its settings, its terms, its groups' topics.

use std::collections::{BTreeMap, HashMap};

use chrono_tz::Tz;

use super::calendar::{Cadence, Holidays, PauseDays};
use super::cron_times::CronTimes;
use super::house::House;
use super::names::{Language, Names, sort_key};
use super::term::{Facet, TermIx, Terms};

/// What `forum.toml` settles once for all recipients.
#[derive(Debug, Clone, PartialEq)]
pub struct ForumSettings {
    /// The forum's name as it stands at the head of letters.
    pub name: String,
    /// Carried by cookies, List-Id, VERP and Message-ID.
    pub slug: String,
    /// The zone of all local times.
    pub zone: Tz,
    /// The language of whoever has not chosen one.
    pub language: Language,
    /// The calendar whose public holidays move a time to the next working day.
    pub holidays: Option<Holidays>,
    /// Days with nothing but urgent.
    pub pause: Vec<PauseDays>,
    /// When `daily`, `weekly` and `monthly` fire.
    pub cadences: BTreeMap<Cadence, CronTimes>,
    /// The greatest number of items in a digest, unless a recipient chose another.
    pub cap: u32,
    /// Whether the taps of those who let it move items up or down in their own letters.
    pub learning: bool,
    /// Who sends and how letters look, as far as it is settled here.
    pub house: House,
}

impl ForumSettings {
    /// Whether the forum ever sends at that cadence: `gathering` goes by the weekly time of day.
    pub fn has_times(&self, cadence: Cadence) -> bool {
        let timed = if cadence == Cadence::Gathering { Cadence::Weekly } else { cadence };
        self.cadences.contains_key(&timed)
    }
}

#[cfg(test)]
impl ForumSettings {
    /// Settings that a test begins with: no times, no holidays, nothing of its own house.
    pub fn sample() -> ForumSettings {
        ForumSettings {
            name: "Nordfjella".to_owned(),
            slug: "nordfjella".to_owned(),
            zone: chrono_tz::Europe::Oslo,
            language: Language::Nb,
            holidays: None,
            pause: Vec::new(),
            cadences: BTreeMap::new(),
            cap: 7,
            learning: true,
            house: House::default(),
        }
    }
}

/// The forum as the rule sees it.
#[derive(Debug, Clone)]
pub struct Forum {
    /// What the file settles.
    pub settings: ForumSettings,
    /// Every term with its tree.
    pub terms: Terms,
    /// The sectors of each group, by the group's term.
    pub group_sectors: HashMap<TermIx, Vec<TermIx>>,
}

impl Forum {
    /// The sectors of a group; none if it has none.
    pub fn sectors_of(&self, group: TermIx) -> &[TermIx] {
        self.group_sectors.get(&group).map_or(&[], Vec::as_slice)
    }

    /// What the term is called for a reader of `language`.
    pub fn name_of(&self, term: TermIx, language: Language) -> &str {
        let names: &Names = self.terms.names(term);
        names.in_language(language, &self.terms.term(term).slug)
    }

    /// The terms of a facet in reading order, each with its depth: what lies under a term stands under it, siblings
    /// by their names in `language`, sorted as Norwegians expect.
    pub fn list_tree(&self, facet: Facet, language: Language) -> Vec<(TermIx, usize)> {
        let mut children: HashMap<Option<TermIx>, Vec<TermIx>> = HashMap::new();
        for (ix, _) in self.terms.iter().filter(|(_, term)| term.facet == facet) {
            children.entry(self.terms.parent(ix)).or_default().push(ix);
        }
        for siblings in children.values_mut() {
            siblings.sort_by_cached_key(|ix| sort_key(self.name_of(*ix, language)));
        }
        let mut tree = Vec::new();
        self.add_branch(&children, None, 0, &mut tree);
        tree
    }

    fn add_branch(
        &self,
        children: &HashMap<Option<TermIx>, Vec<TermIx>>,
        parent: Option<TermIx>,
        depth: usize,
        tree: &mut Vec<(TermIx, usize)>,
    ) {
        for &ix in children.get(&parent).into_iter().flatten() {
            tree.push((ix, depth));
            self.add_branch(children, Some(ix), depth + 1, tree);
        }
    }
}
