//! Whether what is made comes in time: a correction is asked of whoever has got an earlier version, a new item of those whom it
//! reaches.

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::coming::next_release;
use super::occurrence::{gathering, gatherings};
use crate::content::Item;
use crate::edition::{Hearing, Late, count_late, count_missed};
use crate::forum::{Cadence, Forum};
use crate::store::Store;
use crate::world::{load_items, load_recipients_by_ids};

/// Whom `item`, as corrected at `now` and stored or not, does not reach before it is closed.
pub async fn find_late(
    store: &Store,
    forum: &Forum,
    item: &Item,
    now: DateTime<Utc>,
) -> Result<Late, PipelineError> {
    let holders = store.list_holders_before(item.id, item.version).await?;
    if holders.is_empty() {
        return Ok(Late::default());
    }
    let holders = load_recipients_by_ids(store, forum, &holders).await?;
    let mut gathered = Vec::new();
    if holders.iter().any(|holder| holder.cadence == Cadence::Gathering) {
        let others = load_items(store, forum).await?.into_iter().filter(|other| other.id != item.id);
        gathered = gatherings(&others.chain([item.clone()]).collect::<Vec<_>>());
    }
    Ok(count_late(forum, &gathered, item, &holders, now))
}

/// Whom of the `readers` whom the rule gives `item`, which is to go, it does not reach before it is closed; `items` are all
/// others, or all.
pub fn find_missed(
    forum: &Forum,
    items: &[Item],
    item: &Item,
    readers: impl Iterator<Item = Hearing>,
    now: DateTime<Utc>,
) -> Late {
    let mut gatherings = gatherings(items);
    gatherings.extend(gathering(item));
    let numbered_at = next_release(forum, items, item, now).unwrap_or_else(|| item.release_at.max(now));
    count_missed(&forum.settings, &gatherings, item, readers, (numbered_at, now))
}
