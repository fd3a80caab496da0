//! Whom an item reaches as things stand: who, by which door, and whom it misses. Pure answers over the rule's own:
//! nothing here decides who gets what.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::content::{Item, Visibility};
use crate::forum::{Facet, Forum, Standing, Status, TermIx};
use crate::matching::bulk::Crowd;
use crate::matching::{Because, Decision, Profile, Release, evaluate, is_entitled};

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

/// How many of a group's or an organisation's active people get an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The `group:` or `org:` term.
    pub term: TermIx,
    /// So many get it.
    pub reached: usize,
    /// Of so many who get letters at all; never 0.
    pub of: usize,
}

/// Who gets an item, and whom it misses. People stand as their indexes in what [`Everyone`] gathered, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// By the lead's choice, required or not.
    pub chosen: Vec<usize>,
    /// Only because of what they follow.
    pub interested: Vec<usize>,
    /// Those among both who get it only for a broad reason: everybody was chosen, or they follow a part of what it is about.
    pub broad: Vec<usize>,
    /// Every group in which somebody active has a place, by term; who sits in two counts in both.
    pub groups: Vec<Share>,
    /// Every organisation where somebody active works, by term.
    pub organisations: Vec<Share>,
    /// How many get letters at all.
    pub active: usize,
}

impl Reached {
    /// How many get it.
    pub fn recipients(&self) -> usize {
        self.chosen.len() + self.interested.len()
    }

    /// How many get one of the two and not the other.
    pub fn count_differing(&self, other: &Reached) -> usize {
        self.people().symmetric_difference(&other.people()).count()
    }

    /// How many get this and not the other.
    pub fn count_beyond(&self, other: &Reached) -> usize {
        self.people().difference(&other.people()).count()
    }

    fn people(&self) -> BTreeSet<usize> {
        self.chosen.iter().chain(&self.interested).copied().collect()
    }

    /// The groups of which nobody gets it.
    pub fn missed_groups(&self) -> impl Iterator<Item = &Share> {
        self.groups.iter().filter(|share| share.reached == 0)
    }
}

/// Everyone, ready to be asked about one item after the other: at 100,000 people a question takes a few milliseconds.
pub struct Everyone<S> {
    crowd: Crowd,
    people: Vec<S>,
    now: DateTime<Utc>,
    places: Places,
    active: Vec<bool>,
    totals: Tallies,
}

/// Where each person stands: the terms of one follow on those of the one before.
#[derive(Debug, Default)]
struct Places {
    ends: Vec<u32>,
    terms: Vec<TermIx>,
}

/// A count for each term.
type Tallies = Vec<u32>;

impl Places {
    fn of(&self, person: usize) -> &[TermIx] {
        let start = if person == 0 { 0 } else { self.ends[person - 1] as usize };
        &self.terms[start..self.ends[person] as usize]
    }

    /// Adds the groups of running seats, each once, and the place of work.
    fn add(&mut self, forum: &Forum, standing: &Standing, now: DateTime<Utc>) {
        let start = self.terms.len();
        for seat in standing.seats.iter().filter(|seat| seat.is_running(now)) {
            if !self.terms[start..].contains(&seat.group) {
                self.terms.push(seat.group);
            }
        }
        let is_org = |term: &&TermIx| forum.terms.term(**term).facet == Facet::Org;
        self.terms.extend(standing.workplace.iter().find(is_org));
        self.ends.push(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
    }

    fn tally(&self, forum: &Forum, people: impl Iterator<Item = usize>) -> Tallies {
        let mut tallies = vec![0; forum.terms.len()];
        people.flat_map(|person| self.of(person)).for_each(|term| tallies[term.index()] += 1);
        tallies
    }
}

impl<S: Borrow<Standing>> Everyone<S> {
    /// Gathers everyone as of `now`. A person's place in `people` is their index from then on.
    pub fn gather(forum: &Forum, people: Vec<S>, now: DateTime<Utc>) -> Everyone<S> {
        let crowd = Crowd::gather(forum, people.iter().map(Borrow::borrow), now);
        let mut places = Places::default();
        people.iter().for_each(|person| places.add(forum, person.borrow(), now));
        let active: Vec<bool> =
            people.iter().map(|person| person.borrow().status == Status::Active).collect();
        let totals = places.tally(forum, (0..people.len()).filter(|person| active[*person]));
        Everyone { crowd, people, now, places, active, totals }
    }

    /// Those who were gathered.
    pub fn people(&self) -> &[S] {
        &self.people
    }

    /// The instant for which they were gathered.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Until when the answers hold if nothing is written: then a place begins or ends.
    pub fn holds_until(&self) -> Option<DateTime<Utc>> {
        let seats = self.people.iter().flat_map(|person| &person.borrow().seats);
        seats.flat_map(|seat| [seat.starts_at, seat.ends_at]).flatten().filter(|at| *at > self.now).min()
    }

    /// Who would get `item` if it were released now: its release is not waited for, its close is heeded.
    pub fn look(&self, forum: &Forum, item: &Item) -> Reached {
        let verdicts = self.crowd.decide(forum, &self.as_released(item), Release::ByTime);
        let mut chosen: Vec<usize> =
            verdicts.list(Because::Required).chain(verdicts.list(Because::Audience)).collect();
        chosen.sort_unstable();
        let interested: Vec<usize> = verdicts.list(Because::Interest).collect();
        let (groups, organisations) = self.share_out(forum, chosen.iter().chain(&interested).copied());
        Reached {
            broad: verdicts.list_broad().collect(),
            groups,
            organisations,
            active: self.active.iter().filter(|active| **active).count(),
            chosen,
            interested,
        }
    }

    /// How many of each group's and each organisation's active people are among `people`: the groups and the organisations
    /// in which somebody active is, by term.
    pub fn share_out(&self, forum: &Forum, people: impl Iterator<Item = usize>) -> (Vec<Share>, Vec<Share>) {
        let reached = self.places.tally(forum, people.filter(|person| self.active[*person]));
        let shares = |facet: Facet| {
            let of_facet = forum.terms.iter().filter(|(_, term)| term.facet == facet).map(|(ix, _)| ix);
            let share = |term: TermIx| Share {
                term,
                reached: reached[term.index()] as usize,
                of: self.totals[term.index()] as usize,
            };
            of_facet.map(share).filter(|share| share.of > 0).collect()
        };
        (shares(Facet::Group), shares(Facet::Org))
    }

    /// The same as counts alone.
    pub fn count_reach(&self, forum: &Forum, item: &Item) -> Reach {
        let reached = self.look(forum, item);
        let counts = |shares: &[Share]| {
            shares.iter().filter(|share| share.reached > 0).map(|share| (share.term, share.reached)).collect()
        };
        Reach {
            by_choice: reached.chosen.len(),
            by_interest: reached.interested.len(),
            groups: counts(&reached.groups),
            organisations: counts(&reached.organisations),
        }
    }

    /// How many of those whom the lead chose would get `item` and may not have it: visibility alone withholds it. `reached` is
    /// whom it reaches.
    pub fn count_walled(&self, forum: &Forum, item: &Item, reached: &Reached) -> usize {
        if item.visibility == Visibility::Public || item.audience.is_none() {
            return 0;
        }
        let open = Item { visibility: Visibility::Public, ..item.clone() };
        self.look(forum, &open).chosen.len().saturating_sub(reached.chosen.len())
    }

    /// How many may read what has the visibility `wider` and not what has `narrower`, whether they get letters or not.
    pub fn count_admitted(&self, forum: &Forum, narrower: Visibility, wider: Visibility) -> usize {
        let may_read = |profile: &Profile, visibility| is_entitled(forum, visibility, profile);
        let profiles = self.people.iter().map(|person| Profile::new(forum, person.borrow(), self.now));
        profiles.filter(|profile| may_read(profile, wider) && !may_read(profile, narrower)).count()
    }

    /// Why the person at `index` would get `item` or would not: the rule's own answer.
    pub fn explain(&self, forum: &Forum, item: &Item, index: usize) -> Option<Decision> {
        let profile = Profile::new(forum, self.people.get(index)?.borrow(), self.now);
        Some(evaluate(forum, &self.as_released(item), &profile, Release::ByTime))
    }

    fn as_released(&self, item: &Item) -> Item {
        Item { release_at: item.release_at.min(self.now), held: false, ..item.clone() }
    }
}
