//! Adding files to an item that is queued or out: no new version, so nobody gets a letter for it.

use chrono::{DateTime, Utc};

use super::error::{QueueError, no_item};
use crate::intake::attachment::MAX_FILES;
use crate::store::{AttachmentRow, NewAttachment, Store};

/// Adds `files` to the item's newest version, those aside that it carries already under the same name; all its files
/// after that. `now` is real time.
pub async fn attach_to_item(
    store: &Store,
    slug: &str,
    files: Vec<NewAttachment>,
    now: DateTime<Utc>,
) -> Result<Vec<AttachmentRow>, QueueError> {
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    let rows = tx.list_items_by_slugs(&[slug]).await?;
    let Some(item) = rows.first() else {
        tx.undo().await?;
        return Err(no_item(store, slug).await?);
    };
    if item.withdrawn_at.is_some() {
        tx.undo().await?;
        return Err(QueueError::Attachment(format!("item {slug} is withdrawn; nobody could read the files")));
    }
    let there = tx.list_attachments(item.id).await?;
    let is_there =
        |file: &NewAttachment| there.iter().any(|row| row.hash == file.hash && row.name == file.name);
    let new: Vec<_> = files.into_iter().filter(|file| !is_there(file)).collect();
    if there.len() + new.len() > MAX_FILES {
        tx.undo().await?;
        return Err(QueueError::Attachment(format!("item {slug} would carry more than {MAX_FILES} files")));
    }
    if new.is_empty() {
        tx.undo().await?;
        return Ok(there);
    }
    tx.attach_files(now, "treff item attach", slug, &new).await?;
    let all = tx.list_attachments(item.id).await?;
    tx.commit().await?;
    Ok(all)
}
