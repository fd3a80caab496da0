//! One item's decision for everybody.

use super::crowd::Crowd;
use super::inputs::Inputs;
use super::weigh::Weighed;
use super::wiring::Wiring;
use super::{BLOCK_BITS, BLOCK_WORDS, Block, NOBODY};
use crate::content::Item;
use crate::forum::Forum;
use crate::matching::{Because, Release};

/// The line of the rule that decided, for each recipient of a [`Crowd`].
#[derive(Debug, Clone)]
pub struct Verdicts {
    /// In the order of [`Because::ALL`]; each recipient's bit is set in exactly one.
    bits: [Vec<u64>; Because::ALL.len()],
    /// Who gets it only for a broad reason.
    broad: Vec<u64>,
}

impl Verdicts {
    /// Why the recipient at `index` gets the item or does not.
    pub fn because(&self, index: usize) -> Because {
        let has = |(_, bits): &(Because, &Vec<u64>)| bits[index / 64] >> (index % 64) & 1 == 1;
        Because::ALL.into_iter().zip(&self.bits).find(has).map_or(Because::NoMatch, |(because, _)| because)
    }

    /// How many have that answer.
    pub fn count(&self, because: Because) -> usize {
        self.bits[because as usize].iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many get the item.
    pub fn count_delivered(&self) -> usize {
        [Because::Required, Because::Audience, Because::Interest].map(|b| self.count(b)).iter().sum()
    }

    /// The indexes of those with that answer, ascending.
    pub fn list(&self, because: Because) -> impl Iterator<Item = usize> {
        list_set(&self.bits[because as usize])
    }

    /// The indexes of those who get the item by these verdicts and do not by `others`, ascending.
    pub fn list_delivered_beyond(&self, others: &Verdicts) -> Vec<usize> {
        let delivered = |verdicts: &Verdicts, word: usize| {
            let kinds = [Because::Required, Because::Audience, Because::Interest];
            kinds.iter().fold(0, |bits, because| bits | verdicts.bits[*because as usize][word])
        };
        let words = 0..self.bits[0].len().min(others.bits[0].len());
        let beyond: Vec<u64> = words.map(|word| delivered(self, word) & !delivered(others, word)).collect();
        list_set(&beyond).collect()
    }

    /// The indexes of those who get it only for a broad reason, ascending: every reason is `all` or
    /// [`Match::Above`](crate::matching::Match::Above).
    pub fn list_broad(&self) -> impl Iterator<Item = usize> {
        list_set(&self.broad)
    }
}

impl Crowd {
    /// Decides one item for everybody: the same as [`evaluate`](crate::matching::evaluate) for each.
    pub fn decide(&self, forum: &Forum, item: &Item, release: Release) -> Verdicts {
        let blocks = self.len().div_ceil(BLOCK_BITS);
        let mut verdicts = Verdicts {
            bits: std::array::from_fn(|_| Vec::with_capacity(blocks * BLOCK_WORDS)),
            broad: Vec::with_capacity(blocks * BLOCK_WORDS),
        };
        let mut inputs = Inputs::new(forum, self);
        let wiring = Wiring::of(item, release, &mut inputs);
        let (mut values, mut weighed) = (Vec::new(), Weighed::nobody());
        for block in 0..blocks {
            let there = self.list_there(block);
            let (mut answers, mut broad) = ([NOBODY; Because::ALL.len()], NOBODY);
            if wiring.open {
                inputs.read_block(block, &mut values);
                weighed.weigh(&wiring, &values);
                fill_answers(&mut answers, &weighed, &wiring, &values, &there);
                broad = weighed.list_broad();
            } else {
                answers[Because::NotOpen as usize] = there;
            }
            verdicts.bits.iter_mut().zip(&answers).for_each(|(bits, block)| bits.extend(block));
            verdicts.broad.extend(broad);
        }
        verdicts
    }

    /// The recipients that a block really has: the last one may be short.
    pub(super) fn list_there(&self, block: usize) -> Block {
        let left = self.len() - block * BLOCK_BITS;
        std::array::from_fn(|word| match left.saturating_sub(word * 64) {
            0 => 0,
            some @ 1..64 => (1 << some) - 1,
            _ => u64::MAX,
        })
    }
}

/// The places of the bits that are set, ascending.
fn list_set(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, word)| {
        let lowest = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
        std::iter::successors(Some(*word).filter(|word| *word != 0), lowest)
            .map(move |rest| at * 64 + rest.trailing_zeros() as usize)
    })
}

fn fill_answers(
    answers: &mut [Block; Because::ALL.len()],
    weighed: &Weighed,
    wiring: &Wiring,
    values: &[Block],
    there: &Block,
) {
    let active = wiring.active.pass(values);
    let mut say = |because: Because, word: usize, bits: u64| answers[because as usize][word] = bits;
    for (word, &there) in there.iter().enumerate() {
        let [audience, ..] = weighed.left.map(|block| block[word]);
        let required = if wiring.required { weighed.chosen[word] } else { 0 };
        let (within, matched, some_left) =
            (weighed.within[word], weighed.matched[word], weighed.at_least[0][word]);
        say(Because::Status, word, there & !active[word]);
        say(Because::NotEntitled, word, active[word] & !within);
        say(Because::NoMatch, word, within & !matched);
        say(Because::Required, word, required);
        say(Because::Audience, word, audience & !required);
        say(Because::Interest, word, some_left & !audience);
        say(Because::Muted, word, matched & !some_left);
    }
}
