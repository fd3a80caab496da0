//! How far an item reaches as things stand: pure counts over the rule's own answers.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::content::Item;
use crate::forum::{Facet, Forum, Standing, TermIx};
use crate::matching::bulk::Crowd;
use crate::matching::{Because, Release};

/// How many get an item, by which door, and where they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// By the lead's choice (the audience), required or not.
    pub by_choice: usize,
    /// Only because of what they follow.
    pub by_interest: usize,
    /// By the group of their running seats; who sits in two counts in both.
    pub groups: BTreeMap<TermIx, usize>,
    /// By the `org:` term of where they work.
    pub organisations: BTreeMap<TermIx, usize>,
}

impl Reach {
    /// How many get it.
    pub fn recipients(&self) -> usize {
        self.by_choice + self.by_interest
    }
}

/// Everyone, ready to be counted for one item after the other.
pub struct Everyone<S> {
    crowd: Crowd,
    standings: Vec<S>,
    now: DateTime<Utc>,
}

impl<S: Borrow<Standing>> Everyone<S> {
    /// Gathers everyone as of `now`.
    pub fn gather(forum: &Forum, standings: Vec<S>, now: DateTime<Utc>) -> Everyone<S> {
        let crowd = Crowd::gather(forum, standings.iter().map(Borrow::borrow), now);
        Everyone { crowd, standings, now }
    }

    /// Who would get `item` if it were released now: its release is not waited for, its close is heeded.
    pub fn count_reach(&self, forum: &Forum, item: &Item) -> Reach {
        let mut item = item.clone();
        item.release_at = item.release_at.min(self.now);
        let verdicts = self.crowd.decide(forum, &item, Release::ByTime);
        let mut reach = Reach {
            by_choice: verdicts.count(Because::Required) + verdicts.count(Because::Audience),
            by_interest: verdicts.count(Because::Interest),
            ..Reach::default()
        };
        for because in [Because::Required, Because::Audience, Because::Interest] {
            for index in verdicts.list(because) {
                self.place(forum, self.standings[index].borrow(), &mut reach);
            }
        }
        reach
    }

    fn place(&self, forum: &Forum, standing: &Standing, reach: &mut Reach) {
        let running = standing.seats.iter().filter(|seat| seat.is_running(self.now));
        for group in running.map(|seat| seat.group).collect::<BTreeSet<_>>() {
            *reach.groups.entry(group).or_default() += 1;
        }
        let own = standing.workplace.iter().find(|term| forum.terms.term(**term).facet == Facet::Org);
        if let Some(organisation) = own {
            *reach.organisations.entry(*organisation).or_default() += 1;
        }
    }
}
