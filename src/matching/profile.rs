//! What a recipient holds, follows and mutes at an instant.

use chrono::{DateTime, Utc};

use crate::forum::{Facet, Forum, KindSet, Position, Standing, Status, TermIx, Terms};

/// A recipient as the rule sees them at `now`: only running seats count, and what they bring is spelled out.
///
/// The lists hold each term once and only what was given directly; the questions ask the trees, since
/// a term stands for itself and everything under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub(super) now: DateTime<Utc>,
    pub(super) status: Status,
    pub(super) insider: bool,
    pub(super) held: Vec<TermIx>,
    pub(super) seats: Vec<(TermIx, Position)>,
    pub(super) own_groups: Vec<TermIx>,
    pub(super) followed: Vec<TermIx>,
    pub(super) muted: Vec<TermIx>,
    pub(super) muted_kinds: KindSet,
}

impl Profile {
    /// Spells out what `standing` amounts to at `now` (DESIGN section 2, "holds" and "follows").
    pub fn new(forum: &Forum, standing: &Standing, now: DateTime<Utc>) -> Profile {
        let is_sector = |ix: &TermIx| forum.terms.term(*ix).facet == Facet::Sector;
        let mut profile = Profile {
            now,
            status: standing.status,
            insider: standing.admitted,
            held: Vec::new(),
            seats: Vec::new(),
            own_groups: Vec::new(),
            followed: Vec::new(),
            muted: Vec::new(),
            muted_kinds: standing.muted_kinds,
        };
        add_each(&mut profile.held, &standing.roles);
        add_each(&mut profile.held, &standing.workplace);
        add_each(&mut profile.followed, &standing.follows);
        add_each(&mut profile.followed, &standing.roles);
        add_each(&mut profile.muted, &standing.mutes);
        for seat in standing.seats.iter().filter(|seat| seat.is_running(now)) {
            profile.insider = true;
            add(&mut profile.seats, (seat.group, seat.position));
            add(&mut profile.own_groups, seat.group);
            add(&mut profile.held, seat.represents);
            for list in [&mut profile.held, &mut profile.followed] {
                add(list, seat.group);
                add_each(list, forum.sectors_of(seat.group));
                add_each(list, &seat.topics);
            }
        }
        standing.follows.iter().filter(|ix| is_sector(ix)).for_each(|ix| add(&mut profile.held, *ix));
        profile
    }

    /// The instant for which it holds.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether letters may go to them.
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// Whether they hold a running seat or an admission.
    pub fn is_insider(&self) -> bool {
        self.insider
    }

    /// The groups of running seats, without those above them.
    pub fn own_groups(&self) -> &[TermIx] {
        &self.own_groups
    }

    /// The terms they follow, chosen or not; what lies under them is followed with them.
    pub fn followed(&self) -> &[TermIx] {
        &self.followed
    }

    /// The terms they mute; what lies under them is muted with them.
    pub fn muted(&self) -> &[TermIx] {
        &self.muted
    }

    /// Whether they hold the term or one under it.
    pub fn holds(&self, terms: &Terms, term: TermIx) -> bool {
        self.held.iter().any(|&held| terms.is_at_or_under(held, term))
    }

    /// Whether one running seat has the position in the group or in one under it.
    pub fn sits_as(&self, terms: &Terms, group: TermIx, position: Position) -> bool {
        self.seats.iter().any(|&(own, as_what)| as_what == position && terms.is_at_or_under(own, group))
    }

    /// Whether a running seat is in that very group.
    pub fn has_seat_in(&self, group: TermIx) -> bool {
        self.own_groups.contains(&group)
    }

    /// Whether they mute the term or one above it.
    pub fn mutes(&self, terms: &Terms, term: TermIx) -> bool {
        !self.muted.is_empty() && terms.at_and_above(term).any(|t| self.muted.contains(&t))
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, entry: T) {
    if !list.contains(&entry) {
        list.push(entry);
    }
}

fn add_each(list: &mut Vec<TermIx>, terms: &[TermIx]) {
    terms.iter().for_each(|ix| add(list, *ix));
}
