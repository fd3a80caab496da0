//! The words of all items in memory: which items answer a question, best first.
//!
//! Scoring reads every item that holds a word of the question. A common word stands in half of all items, so this is
//! done over plain lists, where it takes a millisecond, and not by a statement over rows.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::ids::ItemId;

/// Where an item stands among those that answer equally well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which item.
    pub item: ItemId,
    /// Its version, and the analysis that its stems are of: other stems have another.
    pub state: (i64, i64),
    /// When it was released.
    pub release_at: DateTime<Utc>,
    /// What links call it.
    pub public_id: String,
}

/// A stem that a word of a question finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundWord {
    /// The word's place in the question, from 0.
    pub place: usize,
    /// The stem's key.
    pub word: i64,
    /// What the points of its hits are multiplied by.
    pub factor: i64,
}

/// An item that holds every word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// How well it answers: of each word the points of its best place.
    pub score: i64,
    /// Where it stands among equals.
    pub entry: Entry,
}

/// Which items hold which stems.
#[derive(Debug, Default)]
pub struct Index {
    /// `None`: replaced or gone; its places in `held` say nothing any more.
    entries: Vec<Option<Entry>>,
    places: HashMap<ItemId, usize>,
    /// By the stem's key: the entry's place and the stem's weight there.
    held: HashMap<i64, Vec<(u32, u32)>>,
}

impl Index {
    /// Lets go of every item that `entries` does not name in that state; the items whose stems are to be
    /// [inserted](Index::insert) then.
    pub fn keep(&mut self, entries: &[Entry]) -> Vec<ItemId> {
        let wanted: HashMap<_, _> = entries.iter().map(|entry| (entry.item, entry)).collect();
        for slot in &mut self.entries {
            let Some(entry) = slot else { continue };
            match wanted.get(&entry.item) {
                Some(now) if now.state == entry.state => entry.release_at = now.release_at,
                _ => {
                    self.places.remove(&entry.item);
                    *slot = None;
                }
            }
        }
        if self.entries.len() > 2 * self.places.len() {
            *self = Index::default();
        }
        entries.iter().map(|entry| entry.item).filter(|item| !self.places.contains_key(item)).collect()
    }

    /// Takes in an item that is not there yet, with the keys of its stems and their weights.
    pub fn insert(&mut self, entry: Entry, stems: &[(i64, i64)]) {
        let place = self.entries.len();
        let number = |n: i64| u32::try_from(n).unwrap_or_default();
        for (word, weight) in stems {
            self.held.entry(*word).or_default().push((place as u32, number(*weight)));
        }
        self.places.insert(entry.item, place);
        self.entries.push(Some(entry));
    }

    /// The items that hold each of `words` words, of which `found` are the stems: the best first, then the newest.
    pub fn list_best(&self, words: usize, found: &[FoundWord]) -> Vec<Hit> {
        let many = self.entries.len();
        let mut points = vec![0_i64; words * many];
        for found in found.iter().filter(|found| found.place < words) {
            let of_word = &mut points[found.place * many..][..many];
            for (place, weight) in self.held.get(&found.word).into_iter().flatten() {
                let best = &mut of_word[*place as usize];
                *best = (*best).max(i64::from(*weight) * found.factor);
            }
        }
        let score = |place: usize| {
            let each = (0..words).map(|word| points[word * many + place]);
            each.clone().all(|points| points > 0).then(|| each.sum::<i64>())
        };
        let mut hits: Vec<_> = (self.entries.iter().enumerate())
            .filter_map(|(place, entry)| Some((score(place)?, entry.as_ref()?)))
            .collect();
        hits.sort_unstable_by_key(|(score, entry)| Reverse((*score, entry.release_at, &entry.public_id)));
        hits.into_iter().map(|(score, entry)| Hit { score, entry: entry.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(item: i64, version: i64) -> Entry {
        let release_at = DateTime::from_timestamp(item * 60, 0).expect("an instant");
        Entry { item: ItemId(item), state: (version, 1), release_at, public_id: format!("{item:032x}") }
    }

    fn whole(place: usize, word: i64) -> FoundWord {
        FoundWord { place, word, factor: 4 }
    }

    fn scores(index: &Index, words: usize, found: &[FoundWord]) -> Vec<(i64, i64)> {
        index.list_best(words, found).into_iter().map(|hit| (hit.entry.item.0, hit.score)).collect()
    }

    #[test]
    fn each_word_is_found_and_counts_by_its_best_place() {
        let mut index = Index::default();
        index.insert(entry(1, 1), &[(10, 100), (11, 1)]);
        index.insert(entry(2, 1), &[(10, 1), (11, 1)]);
        index.insert(entry(3, 1), &[(10, 1), (11, 1)]);
        index.insert(entry(4, 1), &[(10, 100)]);
        assert_eq!(scores(&index, 2, &[whole(0, 10), whole(1, 11)]), [(1, 404), (3, 8), (2, 8)]);
        let part = FoundWord { place: 0, word: 11, factor: 1 };
        assert_eq!(scores(&index, 1, &[whole(0, 10), part]), [(4, 400), (1, 400), (3, 4), (2, 4)]);
        assert_eq!(scores(&index, 1, &[]), []);
    }

    #[test]
    fn what_is_gone_or_of_another_state_is_let_go_and_asked_for_anew() {
        let mut index = Index::default();
        for item in 1..=4 {
            index.insert(entry(item, 1), &[(10, 1)]);
        }
        assert_eq!(index.keep(&[entry(1, 1), entry(2, 2), entry(3, 1), entry(5, 1)]), [ItemId(2), ItemId(5)]);
        assert_eq!(scores(&index, 1, &[whole(0, 10)]), [(3, 4), (1, 4)]);
        index.insert(entry(2, 2), &[(12, 1)]);
        assert_eq!(scores(&index, 1, &[whole(0, 10)]), [(3, 4), (1, 4)]);
        assert_eq!(scores(&index, 1, &[whole(0, 12)]), [(2, 4)]);
    }

    #[test]
    fn an_item_that_moved_in_time_moves_in_the_list() {
        let mut index = Index::default();
        index.insert(entry(1, 1), &[(10, 1)]);
        index.insert(entry(2, 1), &[(10, 1)]);
        let moved = Entry { release_at: entry(9, 1).release_at, ..entry(1, 1) };
        assert_eq!(index.keep(&[moved, entry(2, 1)]), []);
        assert_eq!(scores(&index, 1, &[whole(0, 10)]), [(1, 4), (2, 4)]);
    }

    #[test]
    fn what_was_replaced_does_not_pile_up() {
        let mut index = Index::default();
        for version in 1..50 {
            for item in index.keep(&[entry(1, version)]) {
                index.insert(entry(item.0, version), &[(10, 1)]);
            }
        }
        assert!(index.entries.len() < 4, "{}", index.entries.len());
        assert_eq!(scores(&index, 1, &[whole(0, 10)]), [(1, 4)]);
    }
}
