//! Whether a correction comes in time: asked when it is made, of whoever has got an earlier version.

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::occurrence::gatherings;
use crate::content::Item;
use crate::edition::{Late, count_late};
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
