//! Taking apart what was stored before there was an index of words, or by an older analysis.

use chrono::{DateTime, Utc};

use crate::content::search::ANALYSIS;
use crate::forum::Forum;
use crate::store::{ItemStems, Store};
use crate::world::{WorldError, list_new_stems, load_items_by_ids};

/// Items of one transaction: short enough that others do not wait.
const BATCH: i64 = 200;

/// Indexes the words of every item whose newest version is not indexed; how many there were. What is written after
/// this is indexed as it is written. `now` is real time.
pub async fn index_items(store: &Store, forum: &Forum, now: DateTime<Utc>) -> Result<usize, WorldError> {
    let mut done = 0;
    loop {
        let mut tx = store.begin().await?;
        tx.lock_forum().await?;
        let ids = tx.list_unindexed(ANALYSIS, BATCH).await?;
        if ids.is_empty() {
            tx.undo().await?;
            return Ok(done);
        }
        let items = load_items_by_ids(store, forum, &ids).await?;
        let stems: Vec<_> = items
            .iter()
            .map(|item| ItemStems { item: item.id, version: item.version, stems: list_new_stems(item) })
            .collect();
        tx.replace_stems(ANALYSIS, &stems).await?;
        tx.record_indexing(now, stems.len()).await?;
        tx.commit().await?;
        done += stems.len();
    }
}
