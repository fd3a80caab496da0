//! Stored items with what their files gave.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::content::Item;
use crate::forum::Forum;
use crate::store::{ItemRow, StoreError};
use crate::world::{WorldError, read_items};

/// A stored item beside what its newest version's file gave.
#[derive(Debug)]
pub(super) struct StoredItem {
    /// As everyone else sees it.
    pub item: Item,
    /// What the file gave.
    pub given: Map<String, Value>,
}

/// Stored items by slug.
pub(super) fn read_stored(
    rows: &[ItemRow],
    forum: &Forum,
) -> Result<HashMap<String, StoredItem>, WorldError> {
    let mut given = HashMap::new();
    for row in rows {
        if !given.contains_key(&row.slug) {
            let map: Map<String, Value> = serde_json::from_str(&row.given).map_err(StoreError::from)?;
            given.insert(row.slug.clone(), map);
        }
    }
    let items = read_items(rows, forum)?;
    Ok(items
        .into_iter()
        .map(|item| {
            let given = given.remove(&item.slug).unwrap_or_default();
            (item.slug.clone(), StoredItem { item, given })
        })
        .collect())
}
