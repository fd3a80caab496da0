//! The columns that a set of items reads, each once, block by block.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::column::Column;
use super::crowd::Crowd;
use super::{Block, NOBODY};
use crate::forum::{Forum, Kind, Position, TermIx};

/// Something that the rule asks of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    Active,
    Insider,
    MutesKind(Kind),
    /// Holds the term or one under it.
    Holds(TermIx),
    /// Sits as that in the group or in one under it.
    SitsAs(TermIx, Position),
    /// Has a seat in that very group.
    SeatIn(TermIx),
    /// Follows the very term.
    Follows(TermIx),
    /// Follows a term above it.
    FollowsAbove(TermIx),
    /// Follows a term under it.
    FollowsBelow(TermIx),
    /// Mutes it or a term above it.
    Mutes(TermIx),
}

/// The place of a mark among the inputs.
pub(super) type Slot = usize;

/// The marks in use, with the columns that make up each.
pub(super) struct Inputs<'a> {
    forum: &'a Forum,
    crowd: &'a Crowd,
    slots: HashMap<Mark, Option<Slot>>,
    columns: Vec<Vec<&'a Column>>,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(forum: &'a Forum, crowd: &'a Crowd) -> Inputs<'a> {
        Inputs { forum, crowd, slots: HashMap::new(), columns: Vec::new() }
    }

    /// The instant for which the crowd was gathered.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.crowd.now
    }

    /// The slot of `mark`; `None` if it is nobody's.
    pub(super) fn slot(&mut self, mark: Mark) -> Option<Slot> {
        if let Some(slot) = self.slots.get(&mark) {
            return *slot;
        }
        let mut columns = self.list_columns(mark);
        columns.retain(|column| !column.is_empty());
        let slot = (!columns.is_empty()).then_some(self.columns.len());
        if slot.is_some() {
            self.columns.push(columns);
        }
        self.slots.insert(mark, slot);
        slot
    }

    /// The bits of every slot for the recipients of block number `block`.
    pub(super) fn read_block(&self, block: usize, values: &mut Vec<Block>) {
        values.clear();
        values.resize(self.columns.len(), NOBODY);
        for (value, columns) in values.iter_mut().zip(&self.columns) {
            columns.iter().for_each(|column| column.add_block(block, value));
        }
    }

    fn list_columns(&self, mark: Mark) -> Vec<&'a Column> {
        let (terms, crowd) = (&self.forum.terms, self.crowd);
        match mark {
            Mark::Active => vec![&crowd.active],
            Mark::Insider => vec![&crowd.insider],
            Mark::MutesKind(kind) => vec![&crowd.muted_kinds[kind as usize]],
            Mark::Holds(ix) => vec![&crowd.held[ix.index()]],
            Mark::SitsAs(group, position) => crowd.seats.get(&(group, position)).into_iter().collect(),
            Mark::SeatIn(ix) => vec![&crowd.own_groups[ix.index()]],
            Mark::Follows(ix) => vec![&crowd.followed[ix.index()]],
            Mark::FollowsAbove(ix) => {
                terms.at_and_above(ix).skip(1).map(|above| &crowd.followed[above.index()]).collect()
            }
            Mark::FollowsBelow(ix) => vec![&crowd.followed_below[ix.index()]],
            Mark::Mutes(ix) => terms.at_and_above(ix).map(|above| &crowd.muted[above.index()]).collect(),
        }
    }
}
