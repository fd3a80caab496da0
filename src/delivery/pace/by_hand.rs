//! Pausing an edition, letting it go on and cancelling what is left of it, as somebody says.

use chrono::{DateTime, Utc};

use super::judging::EDITION_PAUSED;
use crate::ids::EditionId;
use crate::store::{PauseCause, Store, StoreError};

/// Pauses an edition: its unsent letters stay queued. False if it is paused already. `now` is real time.
pub async fn pause_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let paused = tx.pause_edition(now, actor, edition, PauseCause::Hand).await?;
    tx.commit().await?;
    Ok(paused)
}

/// Lets a paused edition go on and ends its alert. False if it is not paused. The first letters that paused it are
/// not judged again. `now` is real time.
pub async fn resume_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    let resumed = tx.resume_edition(now, actor, edition).await?;
    tx.end_alert(now, EDITION_PAUSED, &format!("edition:{edition}")).await?;
    tx.commit().await?;
    Ok(resumed)
}

/// Cancels what is left of an edition and ends its alert: unsent letters end and return their items, who is not planned yet
/// is not planned in it; all of it comes in the next ordinary edition. Answers how many letters ended. What the relay has
/// or is getting just now goes. `now` is real time.
pub async fn cancel_edition(
    store: &Store,
    now: DateTime<Utc>,
    actor: &str,
    edition: EditionId,
) -> Result<usize, StoreError> {
    let mut tx = store.begin().await?;
    let ended = tx.end_edition(now, actor, edition).await?;
    tx.resume_edition(now, actor, edition).await?;
    tx.end_alert(now, EDITION_PAUSED, &format!("edition:{edition}")).await?;
    tx.commit().await?;
    Ok(ended)
}
