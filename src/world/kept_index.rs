//! The index of all items' words as it was read last: searching reads it from memory, and what changed since anew.

use std::collections::{HashMap, HashSet};

use tokio::sync::Mutex;

use super::WorldError;
use crate::content::search::{Compound, Entry, FoundWord, Hit, Index, Query, QueryWord};
use crate::store::{Compared, FoundStem, IndexedRow, ShelfFilter, ShelfPlace, ShelfRow, SoughtStem, Store};

/// Items whose stems are read at a time.
const BATCH: usize = 500;

/// So many of the best are looked at first; four times as many each time that too few of them may be shown.
const FIRST_LOOK: usize = 64;

/// Keeps the index with the change number that it was read at: every change of an item raises that number.
#[derive(Debug, Default)]
pub struct KeptIndex(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    number: Option<i64>,
    index: Index,
}

impl KeptIndex {
    /// Up to `filter.at_most` items that hold each word of `query` and that the filter lets through: the best first,
    /// then the newest.
    pub async fn list_best(
        &self,
        store: &Store,
        query: &Query,
        filter: &ShelfFilter,
    ) -> Result<Vec<ShelfRow>, WorldError> {
        let hits = self.list_hits(store, query).await?;
        let behind =
            filter.after.as_ref().map_or(0, |after| hits.partition_point(|hit| !is_behind(hit, after)));
        let at_most = usize::try_from(filter.at_most).unwrap_or_default();
        let (mut rows, mut rest, mut look) = (Vec::new(), &hits[behind..], FIRST_LOOK);
        while rows.len() < at_most && !rest.is_empty() {
            let (these, others) = rest.split_at(look.min(rest.len()));
            let ids: Vec<_> = these.iter().map(|hit| hit.entry.item).collect();
            let shown: HashSet<_> = store.list_shown_among(filter, &ids).await?.into_iter().collect();
            rows.extend(these.iter().filter(|hit| shown.contains(&hit.entry.item)).map(row_of));
            (rest, look) = (others, look * 4);
        }
        rows.truncate(at_most);
        Ok(rows)
    }

    /// Reads what is not read yet, so that the first who searches does not wait for it.
    pub async fn warm(&self, store: &Store) -> Result<(), WorldError> {
        self.0.lock().await.refresh(store).await
    }

    async fn list_hits(&self, store: &Store, query: &Query) -> Result<Vec<Hit>, WorldError> {
        let mut kept = self.0.lock().await;
        kept.refresh(store).await?;
        // Asked last: a stem that came since is in no entry yet.
        let found = store.list_found_stems(&list_sought(query)).await?;
        let found: Vec<_> = found.iter().map(found_word).collect();
        Ok(kept.index.list_best(query.0.len(), &found))
    }
}

impl Kept {
    async fn refresh(&mut self, store: &Store) -> Result<(), WorldError> {
        // Asked first: a change since makes it read once too often, never once too seldom.
        let number = store.find_change_number().await?.ok_or(WorldError::NoForum)?;
        if self.number == Some(number) {
            return Ok(());
        }
        let entries: Vec<_> = store.list_indexed().await?.into_iter().map(entry_of).collect();
        let missing = self.index.keep(&entries);
        let entries: HashMap<_, _> = entries.into_iter().map(|entry| (entry.item, entry)).collect();
        for items in missing.chunks(BATCH) {
            let mut stems: HashMap<_, _> = store.list_held_stems(items).await?.into_iter().collect();
            for item in items {
                let held = stems.remove(item).unwrap_or_default();
                self.index.insert(entries[item].clone(), &held);
            }
        }
        self.number = Some(number);
        Ok(())
    }
}

fn entry_of(row: IndexedRow) -> Entry {
    let state = (row.version, row.analysis);
    Entry { item: row.item, state, release_at: row.release_at, public_id: row.public_id }
}

fn row_of(hit: &Hit) -> ShelfRow {
    let Hit { score, entry } = hit;
    ShelfRow {
        score: *score,
        release_at: entry.release_at,
        public_id: entry.public_id.clone(),
        item: entry.item,
    }
}

fn is_behind(hit: &Hit, after: &ShelfPlace) -> bool {
    let place = (hit.score, hit.entry.release_at, hit.entry.public_id.as_str());
    place < (after.score, after.release_at, after.public_id.as_str())
}

fn found_word(stem: &FoundStem) -> FoundWord {
    let place = usize::try_from(stem.place).unwrap_or(usize::MAX);
    FoundWord { place, word: stem.word, factor: stem.factor }
}

/// The stems that a question looks for, with what their hits count.
fn list_sought(query: &Query) -> Vec<SoughtStem> {
    let words = query.0.iter().zip(0i64..);
    words.flat_map(|(word, place)| list_sought_of(word, place)).collect()
}

fn list_sought_of(word: &QueryWord, place: i64) -> Vec<SoughtStem> {
    let whole = word.stems.iter().map(|(family, stem)| SoughtStem {
        place,
        how: Compared::Whole(family.word().to_owned()),
        text: stem.clone(),
        factor: Query::WHOLE,
    });
    let parts = word.compounds.iter().map(|compound| {
        let (how, text, factor) = match compound {
            Compound::Beginning(text) => (Compared::Begins, text, Query::BEGINNING),
            Compound::End(text) => (Compared::Ends, text, Query::END),
        };
        SoughtStem { place, how, text: text.clone(), factor }
    });
    whole.chain(parts).collect()
}
