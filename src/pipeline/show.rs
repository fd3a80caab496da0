//! What an opened edition holds, read from the ledger.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::PipelineError;
use super::digests::{DigestView, EditionView, ItemView};
use crate::forum::Cadence;
use crate::ids::{DeliveryId, ItemId};
use crate::store::{DeliveryState, ShownDigest, ShownItem, Store};

/// The latest opened edition of `cadence` that occurs at or before `at`; `None` if there is none.
pub async fn show_edition(
    store: &Store,
    cadence: Cadence,
    at: DateTime<Utc>,
) -> Result<Option<EditionView>, PipelineError> {
    let Some(row) = store.find_latest_edition(cadence.word(), at).await? else { return Ok(None) };
    let slugs: HashMap<ItemId, String> =
        store.list_item_slugs().await?.into_iter().map(|row| (row.id, row.slug)).collect();
    let mut items: HashMap<DeliveryId, Vec<ShownItem>> = HashMap::new();
    for item in store.list_shown_items(row.id).await? {
        items.entry(item.delivery).or_default().push(item);
    }
    let planned = store.list_shown_digests(row.id).await?;
    let mut view =
        EditionView { occurs_at: Some(row.occurs_at), opened: true, ..EditionView::empty(cadence) };
    for digest in planned {
        let Some(email) = digest.email.clone() else { continue };
        match digest.delivery {
            Some(delivery) => {
                let held = items.remove(&delivery).unwrap_or_default();
                view.digests.push(digest_view(email, &digest, held, &slugs)?);
            }
            None => view.without_digest.push(email),
        }
    }
    // Who paused while it was planned has no row; they got none all the same.
    view.without_digest.extend(store.list_passed_over(&row).await?);
    view.digests.sort_by(|a, b| a.recipient.cmp(&b.recipient));
    view.without_digest.sort();
    Ok(Some(view))
}

fn digest_view(
    email: String,
    digest: &ShownDigest,
    items: Vec<ShownItem>,
    slugs: &HashMap<ItemId, String>,
) -> Result<DigestView, PipelineError> {
    // What left the letter before it went is not shown; a letter that failed as a whole still is.
    let is_whole = digest.state.is_some_and(DeliveryState::returns_items);
    let carried: Vec<ItemId> = serde_json::from_str(&digest.carried_over)?;
    let items = items
        .into_iter()
        .filter(|item| is_whole || !item.returned)
        .map(|item| {
            Ok(ItemView {
                item: item.slug,
                version: item.version,
                because: item.because,
                reasons: serde_json::from_str(&item.reasons)?,
                points: item.points,
            })
        })
        .collect::<Result<_, PipelineError>>()?;
    let carried_over = carried.iter().filter_map(|id| slugs.get(id).cloned()).collect();
    let state = digest.state.map(|state| state.word().to_owned());
    Ok(DigestView { recipient: email, items, carried_over, state })
}
