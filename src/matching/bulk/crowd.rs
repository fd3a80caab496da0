//! Everybody's marks as columns of bits.

use std::borrow::Borrow;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::column::Column;
use crate::forum::{Forum, Kind, Position, Standing, TermIx};
use crate::matching::Profile;

/// All recipients as the rule sees them at one instant, in the order in which they came in.
///
/// About two bytes for each term that a recipient holds, follows or mutes, counting those above it.
/// Valid only with the forum whose terms it was gathered with.
#[derive(Debug, Clone)]
pub struct Crowd {
    pub(super) now: DateTime<Utc>,
    pub(super) active: Column,
    pub(super) insider: Column,
    pub(super) muted_kinds: [Column; Kind::ALL.len()],
    /// By term: who holds it or one under it.
    pub(super) held: Vec<Column>,
    /// By term: who has a running seat in that very group.
    pub(super) own_groups: Vec<Column>,
    /// By term: who follows the very term.
    pub(super) followed: Vec<Column>,
    /// By term: who follows one under it, but not necessarily the very term.
    pub(super) followed_below: Vec<Column>,
    /// By term: who mutes the very term.
    pub(super) muted: Vec<Column>,
    /// Who sits as what in the group or one under it.
    pub(super) seats: HashMap<(TermIx, Position), Column>,
    recipients: usize,
}

impl Crowd {
    /// Gathers everybody as of `now`. A recipient's place in `standings` is their index from then on.
    pub fn gather<S: Borrow<Standing>>(
        forum: &Forum,
        standings: impl IntoIterator<Item = S>,
        now: DateTime<Utc>,
    ) -> Crowd {
        let columns = || vec![Column::default(); forum.terms.len()];
        let mut crowd = Crowd {
            now,
            active: Column::default(),
            insider: Column::default(),
            muted_kinds: Default::default(),
            held: columns(),
            own_groups: columns(),
            followed: columns(),
            followed_below: columns(),
            muted: columns(),
            seats: HashMap::new(),
            recipients: 0,
        };
        for standing in standings {
            crowd.add(forum, &Profile::new(forum, standing.borrow(), now));
        }
        crowd
    }

    /// How many recipients there are.
    pub fn len(&self) -> usize {
        self.recipients
    }

    /// Whether there is no recipient.
    pub fn is_empty(&self) -> bool {
        self.recipients == 0
    }

    fn add(&mut self, forum: &Forum, profile: &Profile) {
        let recipient = self.recipients;
        self.recipients += 1;
        if profile.is_active() {
            self.active.set(recipient);
        }
        if profile.is_insider() {
            self.insider.set(recipient);
        }
        profile.muted_kinds.iter().for_each(|kind| self.muted_kinds[kind as usize].set(recipient));
        profile.muted.iter().for_each(|ix| self.muted[ix.index()].set(recipient));
        profile.own_groups.iter().for_each(|ix| self.own_groups[ix.index()].set(recipient));
        for ix in profile.held.iter().flat_map(|ix| forum.terms.at_and_above(*ix)) {
            self.held[ix.index()].set(recipient);
        }
        for ix in &profile.followed {
            self.followed[ix.index()].set(recipient);
            for above in forum.terms.at_and_above(*ix).skip(1) {
                self.followed_below[above.index()].set(recipient);
            }
        }
        for (group, position) in &profile.seats {
            for above in forum.terms.at_and_above(*group) {
                self.seats.entry((above, *position)).or_default().set(recipient);
            }
        }
    }
}
