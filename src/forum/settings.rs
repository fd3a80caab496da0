//! The forum itself: its settings, its terms, its groups' topics.

use std::collections::{BTreeMap, HashMap};

use chrono_tz::Tz;

use super::calendar::{Cadence, Holidays, PauseDays};
use super::cron_times::CronTimes;
use super::names::{Language, Names};
use super::term::{TermIx, Terms};

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
}
