//! The queue of items: what files add, change or correct, and what they leave as it is.
//!
//! [`plan`] decides, purely, from the files and what is stored; this file reads, asks it and writes,
//! in one transaction that first takes the forum's lock.

mod attach;
mod correct;
mod error;
mod given;
mod owners;
mod plan;
mod stored;
mod writing;

use chrono::{DateTime, NaiveDate, Utc};

use super::item_file::{ItemFile, list_warnings};
use super::promises::{keep_promises, settle_promises};
use crate::content::Item;
use crate::forum::{Forum, one_line};
use crate::store::{NewItem, NewVersion, Store, StoreError, Tx};
use crate::world::{find_item, version_row};

pub use attach::attach_to_item;
pub use correct::{Corrected, Correction, correct_item, correct_item_by, list_unmoved};
pub use error::QueueError;
use error::no_item;
pub use plan::imagine_item;
use plan::{Step, plan_queue};
pub use writing::QueuedBy;
use writing::{begin_locked, next_version};

/// What queueing did, or would do.
#[derive(Debug, Default)]
pub struct Queued {
    /// New items, in the order of the files.
    pub added: Vec<Item>,
    /// Items that got a new version before their release.
    pub changed: Vec<Item>,
    /// Slugs of items that are what their files say already.
    pub unchanged: Vec<String>,
    /// What the lead had better know.
    pub warnings: Vec<String>,
}

/// Who the audit log says it was.
const ACTOR_ADD: &str = "treff item add";

/// Queues what `files` say, all or nothing, in one transaction. `now` is the clock's;
/// `make_public_id` gives 128 random bits in lower-case hex. With `dry_run` nothing is written.
pub async fn queue_items(
    store: &Store,
    forum: &Forum,
    files: &[ItemFile],
    now: DateTime<Utc>,
    make_public_id: impl FnMut() -> String,
    dry_run: bool,
) -> Result<Queued, QueueError> {
    let by = QueuedBy { actor: ACTOR_ADD, now, dry_run, of_version: None, settlings: &[] };
    queue_items_by(store, forum, files, &by, make_public_id).await
}

/// The same by whoever it is: one way in for files and for the desk.
pub async fn queue_items_by(
    store: &Store,
    forum: &Forum,
    files: &[ItemFile],
    by: &QueuedBy<'_>,
    make_public_id: impl FnMut() -> String,
) -> Result<Queued, QueueError> {
    let mut tx = begin_locked(store, forum).await?;
    let queued = queue_in(&mut tx, forum, files, by, make_public_id).await;
    tx.close(queued).await
}

/// Queues behind the forum's lock.
async fn queue_in(
    tx: &mut Tx,
    forum: &Forum,
    files: &[ItemFile],
    by: &QueuedBy<'_>,
    mut make_public_id: impl FnMut() -> String,
) -> Result<Queued, QueueError> {
    let now = by.now;
    let mut slugs: Vec<&str> = files.iter().map(|file| file.slug.as_str()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    let stored = stored::read_stored(&tx.list_items_by_slugs(&slugs).await?, forum)?;
    let items: Vec<&Item> = stored.values().map(|stored| &stored.item).collect();
    let owned = owners::find_owners(tx, forum, files, (items.as_slice(), now)).await?;
    let files = &*owned;
    let steps = plan_queue(files, &stored, forum, now).map_err(QueueError::Files)?;
    let mut queued = Queued::default();
    let (mut new_items, mut next_versions) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Add { mut item, given, attachments } => {
                item.public_id = make_public_id();
                let first = NewVersion { attachments, ..version_row(&item, given, &forum.terms) };
                new_items.push(NewItem { public_id: item.public_id.clone(), slug: item.slug.clone(), first });
                queued.added.push(*item);
            }
            Step::Change { item, given, attachments } => {
                let stands = stored.get(&item.slug).map(|stored| stored.item.state_name());
                if by.of_version.is_some() && by.of_version != stands.as_deref() {
                    return Err(QueueError::Overtaken);
                }
                next_versions.push(next_version(&item, given, attachments, forum));
                queued.changed.push(*item);
            }
            Step::Keep { slug, warning } => {
                queued.unchanged.push(slug);
                queued.warnings.extend(warning);
            }
        }
    }
    queued.warnings.extend(warn_about(forum, files, queued.added.iter().chain(&queued.changed), now));
    let nothing_new = new_items.is_empty() && next_versions.is_empty();
    if !(by.dry_run || nothing_new) {
        tx.insert_items(now, by.actor, &new_items).await?;
        tx.insert_next_versions(now, by.actor, "item.changed", &next_versions).await?;
        for item in queued.added.iter().chain(&queued.changed) {
            write_promises(tx, forum, item, by).await?;
        }
    }
    Ok(queued)
}

/// The promises of a new version, and what it says of earlier ones.
async fn write_promises(
    tx: &mut Tx,
    forum: &Forum,
    item: &Item,
    by: &QueuedBy<'_>,
) -> Result<(), StoreError> {
    if item.version > 1 || !item.promises().is_empty() {
        keep_promises(tx, forum, item, (by.actor, by.now)).await?;
    }
    if by.settlings.is_empty() {
        return Ok(());
    }
    match tx.find_item_id(&item.slug).await? {
        Some(id) => settle_promises(tx, id, by.settlings, (by.actor, by.now)).await,
        None => Ok(()),
    }
}

/// What the lead had better know of `files` and of the `items` that they made.
pub fn warn_about<'a>(
    forum: &Forum,
    files: &[ItemFile],
    items: impl IntoIterator<Item = &'a Item>,
    now: DateTime<Utc>,
) -> Vec<String> {
    let today = now.with_timezone(&forum.settings.zone).date_naive();
    let of_files = files.iter().flat_map(list_warnings);
    let of_items =
        items.into_iter().flat_map(|item| [warn_of_end(item, now), warn_of_meeting(item, today)]).flatten();
    of_files.chain(of_items).collect()
}

/// That it is closed before it may go.
fn warn_of_end(item: &Item, now: DateTime<Utc>) -> Option<String> {
    let close = item.date_of_close().filter(|_| item.is_over_at_release(now))?;
    let when = if close <= now { "already" } else { "before its release" };
    Some(format!("item {} is closed {when} (at {}): nobody will get it", item.slug, close.to_rfc3339()))
}

/// That minutes are of a meeting that is still to come.
fn warn_of_meeting(item: &Item, today: NaiveDate) -> Option<String> {
    let (slug, day) = (&item.slug, item.meeting_to_come(today)?);
    Some(format!("item {slug} has minutes of a meeting that is still to come (met_on {day}); check met_on"))
}

/// The item called `slug`.
pub async fn get_item(store: &Store, forum: &Forum, slug: &str) -> Result<Item, QueueError> {
    match find_item(store, forum, slug).await? {
        Some(item) => Ok(item),
        None => Err(no_item(store, slug).await?),
    }
}

/// The longest reason for taking an event back, in characters.
pub const LONGEST_REASON: usize = 300;

/// Whether those whom it concerns are told that an event is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells<'a> {
    /// Nobody is.
    Nobody,
    /// They are, and why, on one line; nothing, if no reason is given. Of what is no event nobody is told.
    Them(&'a str),
}

/// Takes the item `slug` back at `now`; false (and nothing changed) if it was withdrawn already.
pub async fn withdraw_item(
    store: &Store,
    slug: &str,
    tells: Tells<'_>,
    now: DateTime<Utc>,
) -> Result<bool, QueueError> {
    withdraw_item_by(store, slug, tells, "treff item withdraw", now).await
}

/// The same by whoever it is.
pub async fn withdraw_item_by(
    store: &Store,
    slug: &str,
    tells: Tells<'_>,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<bool, QueueError> {
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    if tx.list_items_by_slugs(&[slug]).await?.is_empty() {
        tx.undo().await?;
        return Err(no_item(store, slug).await?);
    }
    let changed = tx.withdraw_item(now, actor, slug).await?;
    if !changed {
        tx.undo().await?;
        return Ok(false);
    }
    if let Tells::Them(reason) = tells {
        tx.call_off(now, actor, slug, &one_line(reason, LONGEST_REASON)).await?;
    }
    tx.commit().await?;
    Ok(true)
}
