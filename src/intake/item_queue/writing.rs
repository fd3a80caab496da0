//! Writing items: who does it, the lock that comes first, and the row of a next version.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::error::QueueError;
use crate::content::Item;
use crate::forum::Forum;
use crate::intake::promises::Settling;
use crate::store::{NewAttachment, NewVersion, NextVersion, Store, Tx};
use crate::world::version_row;

/// Who queues, and when.
#[derive(Debug, Clone, Copy)]
pub struct QueuedBy<'a> {
    /// What the audit log calls them.
    pub actor: &'a str,
    /// The clock's.
    pub now: DateTime<Utc>,
    /// Nothing is written.
    pub dry_run: bool,
    /// The state of a stored item that the files were made from ([`Item::state_name`]); none: whichever stands.
    pub of_version: Option<&'a str>,
    /// What the item says, being minutes, of earlier promises of its group.
    pub settlings: &'a [Settling],
}

/// Begins with the forum's lock: two who change items wait for each other, for an edition that opens and for a
/// forum that is applied. What the files name must still be there then.
pub(super) async fn begin_locked(store: &Store, forum: &Forum) -> Result<Tx, QueueError> {
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    let there: HashSet<_> = tx.list_terms().await?.into_iter().map(|row| row.id).collect();
    let is_gone = |ix| forum.terms.stored(ix).is_some_and(|id| !there.contains(&id));
    if forum.terms.iter().any(|(ix, _)| is_gone(ix)) {
        tx.undo().await?;
        return Err(QueueError::ForumChanged);
    }
    Ok(tx)
}

/// `item` as the row that follows its newest version.
pub(super) fn next_version(
    item: &Item,
    given: String,
    attachments: Option<Vec<NewAttachment>>,
    forum: &Forum,
) -> NextVersion {
    let next = NewVersion { attachments, ..version_row(item, given, &forum.terms) };
    NextVersion { id: item.id, slug: item.slug.clone(), version: item.version, next }
}
