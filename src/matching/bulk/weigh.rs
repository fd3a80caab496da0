//! The rule's lines for one item and one block of recipients.

use super::wiring::{About, Chosen, Wiring};
use super::{BLOCK_WORDS, Block, NOBODY};

/// How many reasons are told apart: one, two, and three or more.
pub(super) const COUNTED_REASONS: usize = 3;

/// What the rule says of one item for the recipients of a block.
#[derive(Debug, Clone)]
pub(super) struct Weighed {
    /// Lines 0 to 2 let them through.
    pub(super) within: Block,
    /// In the audience.
    pub(super) chosen: Block,
    /// Have a reason, muted or not (line 3).
    pub(super) matched: Block,
    /// Have a reason left, by the kind of match (in the order of `Match`); who has a stronger one
    /// left may stand here too.
    pub(super) left: [Block; 4],
    /// Have no reason from the audience but `all`.
    pub(super) by_all: Block,
    /// Have at least one, two, three reasons left.
    pub(super) at_least: [Block; COUNTED_REASONS],
}

const AUDIENCE: usize = 0;
const EQUAL: usize = 1;
const UNDER: usize = 2;
const ABOVE: usize = 3;

impl Weighed {
    pub(super) fn nobody() -> Weighed {
        Weighed {
            within: NOBODY,
            chosen: NOBODY,
            matched: NOBODY,
            left: [NOBODY; 4],
            by_all: NOBODY,
            at_least: [NOBODY; COUNTED_REASONS],
        }
    }

    /// Weighs an open item for the block whose inputs are `values`.
    pub(super) fn weigh(&mut self, wiring: &Wiring, values: &[Block]) {
        self.left = [NOBODY; 4];
        self.by_all = NOBODY;
        self.at_least = [NOBODY; COUNTED_REASONS];
        self.within = wiring.active.pass(values);
        wiring.entitled.join(values, &mut self.within, |to, from| *to &= from);
        self.chosen = self.within;
        wiring.audience.join(values, &mut self.chosen, |to, from| *to &= from);
        self.matched = self.chosen;

        let mut unmuted = self.within;
        wiring.muted_whole.join(values, &mut unmuted, |to, from| *to &= !from);
        if !wiring.audience.is_nobody() {
            self.add_chosen(wiring, values, &unmuted);
        }
        let mut interested = unmuted;
        if wiring.required {
            remove(&mut interested, &self.chosen);
        }
        for about in &wiring.about {
            self.add_about(about, values, &interested);
        }
    }

    /// Audience reasons: of a required item all of them (line 4), else those that no mute strikes.
    fn add_chosen(&mut self, wiring: &Wiring, values: &[Block], unmuted: &Block) {
        let mut asked = self.chosen;
        if !wiring.required {
            keep(&mut asked, unmuted);
        }
        let mut by_all = asked;
        for Chosen { is, muted } in &wiring.chosen {
            let mut reason = asked;
            keep(&mut reason, &values[*is]);
            remove(&mut by_all, &values[*is]);
            if let Some(muted) = muted.filter(|_| !wiring.required) {
                remove(&mut reason, &values[muted]);
            }
            self.count(&reason, AUDIENCE);
        }
        self.count(&by_all, AUDIENCE);
        self.by_all = by_all;
    }

    /// Those who get it only for a broad reason: `all`, or something wider than what they follow.
    pub(super) fn list_broad(&self) -> Block {
        let [audience, equal, under, _] = &self.left;
        let narrow = |i: usize| (audience[i] & !self.by_all[i]) | equal[i] | under[i];
        std::array::from_fn(|i| self.at_least[0][i] & !narrow(i))
    }

    fn add_about(&mut self, about: &About, values: &[Block], interested: &Block) {
        let mut open = *interested;
        if let Some(muted) = about.muted {
            remove(&mut open, &values[muted]);
        }
        let ways = [(about.equal, EQUAL), (about.under, UNDER), (about.above, ABOVE)];
        for (slot, how) in ways.into_iter().filter_map(|(slot, how)| Some((slot?, how))) {
            let follows = &values[slot];
            for ((matched, within), follows) in self.matched.iter_mut().zip(&self.within).zip(follows) {
                *matched |= within & follows;
            }
            let mut reason = open;
            keep(&mut reason, follows);
            remove(&mut open, follows);
            self.count(&reason, how);
        }
    }

    fn count(&mut self, reason: &Block, how: usize) {
        let left = &mut self.left[how];
        let [one, two, three] = &mut self.at_least;
        for i in 0..BLOCK_WORDS {
            three[i] |= two[i] & reason[i];
            two[i] |= one[i] & reason[i];
            one[i] |= reason[i];
            left[i] |= reason[i];
        }
    }
}

fn keep(block: &mut Block, those: &Block) {
    block.iter_mut().zip(those).for_each(|(to, from)| *to &= from);
}

fn remove(block: &mut Block, those: &Block) {
    block.iter_mut().zip(those).for_each(|(to, from)| *to &= !from);
}
