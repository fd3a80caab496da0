//! The best few items of everybody.

use super::crowd::Crowd;
use super::inputs::Inputs;
use super::transpose::transpose;
use super::weigh::{COUNTED_REASONS, Weighed};
use super::wiring::{Gate, Wiring};
use super::{BLOCK_BITS, BLOCK_WORDS, Block, NOBODY};
use crate::content::Item;
use crate::forum::Forum;
use crate::matching::{Match, Release};

/// What points may depend on besides the item: how well it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grade {
    /// The best reason.
    pub best: Match,
    /// How many reasons there are: 1, 2, or 3 for three and more.
    pub reasons: usize,
    /// It is the minutes of one of the recipient's own groups.
    pub own_minutes: bool,
}

/// The best items of each recipient of a [`Crowd`].
#[derive(Debug, Clone)]
pub struct Tops {
    most: usize,
    counts: Vec<u8>,
    chosen: Vec<u32>,
}

impl Tops {
    /// The best items of the recipient at `index`, best first, as indexes into the items that were asked about.
    pub fn of(&self, index: usize) -> &[u32] {
        let start = index * self.most;
        &self.chosen[start..start + usize::from(self.counts[index])]
    }
}

const MATCHES: [Match; 4] = [Match::Audience, Match::Equal, Match::Under, Match::Above];

/// Those who have one item at one number of points: a union of grades.
struct Row {
    item: usize,
    points: i64,
    grades: Vec<Grade>,
}

impl Crowd {
    /// Decides all `items` for everybody and keeps each one's best `most` (at most 255).
    ///
    /// `points` says how much the item at an index is worth at a grade; of equal ones, that which
    /// stands first in `items` goes first.
    pub fn list_tops(
        &self,
        forum: &Forum,
        items: &[Item],
        most: u8,
        release: Release,
        points: impl Fn(usize, Grade) -> i64,
    ) -> Tops {
        let mut inputs = Inputs::new(forum, self);
        let wirings: Vec<Wiring> = items.iter().map(|i| Wiring::of(i, release, &mut inputs)).collect();
        let mut rows: Vec<Row> = Vec::new();
        for (item, wiring) in wirings.iter().enumerate().filter(|(_, wiring)| wiring.open) {
            list_rows(item, wiring, &points, &mut rows);
        }
        rows.sort_by_key(|row| (-row.points, row.item));
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
        rows.iter().enumerate().for_each(|(place, row)| places[row.item].push(place));

        let mut tops = Tops {
            most: usize::from(most),
            counts: vec![0; self.len().next_multiple_of(64)],
            chosen: vec![0; self.len().next_multiple_of(64) * usize::from(most)],
        };
        let (mut values, mut weighed) = (Vec::new(), Weighed::nobody());
        let mut bits = vec![NOBODY; rows.len()];
        for block in 0..self.len().div_ceil(BLOCK_BITS) {
            inputs.read_block(block, &mut values);
            for (wiring, places) in wirings.iter().zip(&places).filter(|(_, places)| !places.is_empty()) {
                weighed.weigh(wiring, &values);
                fill_rows(&weighed, wiring, &values, &rows, places, &mut bits);
            }
            let there = self.list_there(block);
            for word in (0..BLOCK_WORDS).filter(|word| there[*word] != 0) {
                tops.take(&rows, &bits, word, there[word], block * BLOCK_BITS + word * 64);
            }
        }
        tops
    }
}

/// The rows that an item can have: every grade that its wiring allows, grades of equal points together.
fn list_rows(item: usize, wiring: &Wiring, points: &impl Fn(usize, Grade) -> i64, rows: &mut Vec<Row>) {
    let from = rows.len();
    for best in MATCHES {
        for reasons in 1..=wiring.most_reasons(best) {
            for own_minutes in [false, true] {
                if own_minutes && wiring.own_minutes.is_nobody() {
                    continue;
                }
                let grade = Grade { best, reasons, own_minutes };
                let points = points(item, grade);
                match rows[from..].iter_mut().find(|row| row.points == points) {
                    Some(row) => row.grades.push(grade),
                    None => rows.push(Row { item, points, grades: vec![grade] }),
                }
            }
        }
    }
}

impl Wiring {
    /// How many reasons (up to those told apart) there can be if the best is `best`; 0 if it cannot be.
    fn most_reasons(&self, best: Match) -> usize {
        let about = |ways: fn(&super::wiring::About) -> bool| self.about.iter().filter(|a| ways(a)).count();
        let most = match best {
            Match::Audience if self.audience.is_nobody() => 0,
            Match::Audience if self.required => self.chosen.len().max(1),
            Match::Audience => self.chosen.len().max(1) + self.about.len(),
            Match::Equal if about(|a| a.equal.is_some()) > 0 => self.about.len(),
            Match::Under if about(|a| a.under.is_some()) > 0 => {
                about(|a| a.under.is_some() || a.above.is_some())
            }
            Match::Above => about(|a| a.above.is_some()),
            _ => 0,
        };
        most.min(COUNTED_REASONS)
    }
}

/// Writes who is in each row of one item.
fn fill_rows(
    weighed: &Weighed,
    wiring: &Wiring,
    values: &[Block],
    rows: &[Row],
    places: &[usize],
    bits: &mut [Block],
) {
    let best = tell_best_apart(weighed);
    let [one, two, three] = &weighed.at_least;
    let own = match &wiring.own_minutes {
        Gate::Nobody => None,
        gate => Some(gate.pass(values)),
    };
    for &place in places {
        let row = &mut bits[place];
        *row = NOBODY;
        for grade in &rows[place].grades {
            let best = &best[grade.best as usize];
            let mut part: Block = match grade.reasons {
                1 => std::array::from_fn(|i| best[i] & one[i] & !two[i]),
                2 => std::array::from_fn(|i| best[i] & two[i] & !three[i]),
                _ => std::array::from_fn(|i| best[i] & three[i]),
            };
            if let Some(own) = &own {
                let flip = if grade.own_minutes { 0 } else { u64::MAX };
                part.iter_mut().zip(own).for_each(|(to, own)| *to &= own ^ flip);
            }
            row.iter_mut().zip(&part).for_each(|(to, from)| *to |= from);
        }
    }
}

/// Each recipient only at the best match that is left.
fn tell_best_apart(weighed: &Weighed) -> [Block; 4] {
    let mut best = weighed.left;
    for i in 0..BLOCK_WORDS {
        let mut stronger = 0;
        for matched in &mut best {
            let word = matched[i];
            matched[i] = word & !stronger;
            stronger |= word;
        }
    }
    best
}

impl Tops {
    /// Takes the best items of the 64 recipients from `first` on, whose bits are the `word`th of each row.
    fn take(&mut self, rows: &[Row], bits: &[Block], word: usize, there: u64, first: usize) {
        let mut wanting = there;
        for (rows, bits) in rows.chunks(64).zip(bits.chunks(64)) {
            let mut square = [0u64; 64];
            let mut any = 0;
            for (lane, block) in square.iter_mut().zip(bits) {
                *lane = block[word] & wanting;
                any |= *lane;
            }
            if any == 0 {
                continue;
            }
            transpose(&mut square);
            while any != 0 {
                let recipient = any.trailing_zeros() as usize;
                any &= any - 1;
                if self.take_from(first + recipient, rows, square[recipient]) {
                    wanting &= !(1 << recipient);
                }
            }
            if wanting == 0 {
                return;
            }
        }
    }

    /// Takes the items whose bits are set until there are enough; whether there are.
    fn take_from(&mut self, recipient: usize, rows: &[Row], mut bits: u64) -> bool {
        let count = &mut self.counts[recipient];
        let places = &mut self.chosen[recipient * self.most..(recipient + 1) * self.most];
        while bits != 0 && usize::from(*count) < places.len() {
            places[usize::from(*count)] = rows[bits.trailing_zeros() as usize].item as u32;
            *count += 1;
            bits &= bits - 1;
        }
        usize::from(*count) == places.len()
    }
}
