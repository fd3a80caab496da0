//! Correcting an item: a new version for whom an earlier one reached.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::{QueueError, no_item};
use super::given::{find_difference, given_json};
use super::owners;
use super::plan::{next_item, object_to_title};
use super::stored::{self, StoredItem};
use super::writing::{QueuedBy, begin_locked, next_version};
use crate::content::{Fields, Item, Promised};
use crate::forum::{Forum, Language};
use crate::ids::ItemId;
use crate::intake::item_file::ItemFile;
use crate::intake::promises::keep_promises;
use crate::store::{Store, StoreError, Tx};
use crate::world::fields_json;

/// What correcting did.
#[derive(Debug)]
pub enum Corrected {
    /// The item has a new version; the languages beside a text that this added.
    Changed(Box<Item>, Vec<Language>),
    /// Promises of minutes have other owners, which nobody else is told of: the version stays, and nobody hears of it.
    Owners(Box<Item>),
    /// It said all this already.
    Unchanged(Box<Item>),
}

/// A correction of an item.
#[derive(Debug, Clone, Copy)]
pub struct Correction<'a> {
    /// Which item.
    pub slug: &'a str,
    /// The state that it was made from ([`Item::state_name`]); none: whichever stands.
    pub of_version: Option<&'a str>,
    /// What it says: a file for each language that it gives.
    pub files: &'a [ItemFile],
}

/// Makes what `file` says the newest version of the item `slug`, the texts of its other languages kept.
/// An item that is numbered takes a new number, so that everyone is looked at again; a `release_at`
/// that is new and still to come makes it wait for its release again. `now` is the clock's. With `dry_run`
/// nothing is written.
pub async fn correct_item(
    store: &Store,
    forum: &Forum,
    slug: &str,
    file: &ItemFile,
    now: DateTime<Utc>,
    dry_run: bool,
) -> Result<Corrected, QueueError> {
    let mut tx = begin_locked(store, forum).await?;
    let by = QueuedBy { actor: "treff item correct", now, dry_run, of_version: None, settlings: &[] };
    let corrected = match correct_in(&mut tx, forum, (slug, file), &by).await {
        Ok(Some(corrected)) => corrected,
        Ok(None) => {
            tx.undo().await?;
            return Err(no_item(store, slug).await?);
        }
        Err(refused) => return tx.close(Err(refused)).await,
    };
    if dry_run {
        tx.undo().await?;
    } else {
        tx.commit().await?;
    }
    Ok(corrected)
}

/// The same by whoever it is, all its languages or none; of the version that it was made from alone.
///
/// # Errors
/// [`QueueError::Overtaken`] if the item has another version by now and the correction says something else.
pub async fn correct_item_by(
    store: &Store,
    forum: &Forum,
    correction: Correction<'_>,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<(), QueueError> {
    let Correction { slug, of_version, files } = correction;
    let mut of_version = of_version.map(str::to_owned);
    let mut tx = begin_locked(store, forum).await?;
    for file in files {
        let by = QueuedBy { actor, now, dry_run: false, of_version: of_version.as_deref(), settlings: &[] };
        match correct_in(&mut tx, forum, (slug, file), &by).await {
            Ok(Some(Corrected::Changed(item, _) | Corrected::Owners(item))) => {
                of_version = of_version.map(|_| item.state_name());
            }
            Ok(Some(Corrected::Unchanged(_))) => {}
            Ok(None) => {
                tx.undo().await?;
                return Err(no_item(store, slug).await?);
            }
            Err(refused) => return tx.close(Err(refused)).await,
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Corrects an item behind the forum's lock; none, and nothing done, if there is no such item.
async fn correct_in(
    tx: &mut Tx,
    forum: &Forum,
    (slug, file): (&str, &ItemFile),
    by: &QueuedBy<'_>,
) -> Result<Option<Corrected>, QueueError> {
    let Some(stored) = stored::read_stored(&tx.list_items_by_slugs(&[slug]).await?, forum)?.remove(slug)
    else {
        return Ok(None);
    };
    let (files, items) = (std::slice::from_ref(file), [&stored.item]);
    let owned = owners::find_owners(tx, forum, files, (items.as_slice(), by.now)).await?;
    let file = &owned[0];
    if let Some((key, message)) = object(&stored.item, file) {
        return Err(QueueError::Files(vec![file.error_at(key, message)]));
    }
    if let Some(error) = object_to_title(file, Some(&stored.item)) {
        return Err(QueueError::Files(vec![error]));
    }
    let release_at = file.shared.release_at.unwrap_or(stored.item.release_at);
    if says_the_same(&stored, file, forum) && release_at == stored.item.release_at {
        return Ok(Some(Corrected::Unchanged(Box::new(stored.item))));
    }
    if by.of_version.is_some_and(|of| of != stored.item.state_name()) {
        return Err(QueueError::Overtaken);
    }
    let given = Value::Object(given_json(&file.shared, forum)).to_string();
    if release_at == stored.item.release_at && differs_in_owners_alone(&stored, file, forum) {
        return change_owners(tx, forum, stored.item, (file, given), by).await.map(Some);
    }
    let mut next = next_item(&stored.item, &[file], release_at);
    note_changes(&stored.item, &mut next, file);
    let row = next_version(&next, given, file.shared.attachments.clone(), forum);
    tx.insert_next_versions(by.now, by.actor, "item.corrected", &[row]).await?;
    keep_promises(tx, forum, &next, (by.actor, by.now)).await?;
    let waits_again = release_at != stored.item.release_at && release_at > by.now;
    renumber(tx, &stored.item, waits_again, by.now).await?;
    let adds = !stored.item.texts.contains_key(&file.language);
    let beside = if adds { stored.item.texts.into_keys().collect() } else { Vec::new() };
    Ok(Some(Corrected::Changed(Box::new(next), beside)))
}

/// Lets the version that stands say whose its promises are now.
async fn change_owners(
    tx: &mut Tx,
    forum: &Forum,
    mut item: Item,
    (file, given): (&ItemFile, String),
    by: &QueuedBy<'_>,
) -> Result<Corrected, QueueError> {
    item.fields = file.shared.fields.clone();
    let fields = fields_json(&item.fields, &forum.terms).to_string();
    tx.amend_version((item.id, &item.slug, item.version), (&fields, &given), by.actor, by.now).await?;
    keep_promises(tx, forum, &item, (by.actor, by.now)).await?;
    Ok(Corrected::Owners(Box::new(item)))
}

/// Marks what a correction changes of an event, beside what earlier ones did.
fn note_changes(before: &Item, next: &mut Item, file: &ItemFile) {
    let moved = has_moved(before, next, file.language);
    let Fields::Event { starts_at, ends_at, changed: earlier, .. } = &before.fields else { return };
    if let Fields::Event { starts_at: starts, ends_at: ends, changed, .. } = &mut next.fields {
        changed.time = earlier.time || (starts_at, ends_at) != (&*starts, &*ends);
        changed.place = earlier.place.iter().copied().chain(moved.then_some(file.language)).collect();
    }
}

/// Whether the text in `language` was there before and now tells another place.
fn has_moved(before: &Item, next: &Item, language: Language) -> bool {
    let place = |item: &Item| item.texts.get(&language).map(|text| text.place.clone());
    before.texts.contains_key(&language) && place(before) != place(next)
}

/// The languages whose texts tell another place still than the one that a correction of `language` has moved an event to.
pub fn list_unmoved(before: &Item, next: &Item, language: Language) -> Vec<Language> {
    if !matches!(next.fields, Fields::Event { .. }) || !has_moved(before, next, language) {
        return Vec::new();
    }
    let place = |of: &Language| next.texts.get(of).and_then(|text| text.place.as_deref());
    let others = next.texts.keys().filter(|other| place(other).is_some() && place(other) != place(&language));
    others.copied().collect()
}

/// Whether the newest version says what `file` says, `release_at` aside.
fn says_the_same(stored: &StoredItem, file: &ItemFile, forum: &Forum) -> bool {
    let (mut before, mut after) = (stored.given.clone(), given_json(&file.shared, forum));
    before.remove("release_at");
    after.remove("release_at");
    find_difference(&before, &after).is_none() && stored.item.texts.get(&file.language) == Some(&file.text)
}

/// The same, but for whose the promises are.
fn differs_in_owners_alone(stored: &StoredItem, file: &ItemFile, forum: &Forum) -> bool {
    let mut given = stored.given.clone();
    let (Fields::Minutes { promises, .. }, Fields::Minutes { promises: named, .. }) =
        (&stored.item.fields, &file.shared.fields)
    else {
        return false;
    };
    let bare = |promise: &Promised| Promised { seat: None, ..promise.clone() };
    if !promises.iter().map(bare).eq(named.iter().map(bare)) {
        return false;
    }
    let after = given_json(&file.shared, forum);
    given.insert("promises".to_owned(), after.get("promises").cloned().unwrap_or_default());
    let stored = StoredItem { given, item: stored.item.clone() };
    says_the_same(&stored, file, forum)
}

/// Why `file` cannot correct `item`, and at which key.
fn object(item: &Item, file: &ItemFile) -> Option<(&'static str, String)> {
    if item.withdrawn {
        return Some(("slug", format!("item {} is withdrawn and cannot be corrected", item.slug)));
    }
    (file.shared.kind != item.kind).then(|| {
        let message = format!(
            "item {} is of kind {}, and a correction cannot make it {}; withdraw it and queue another",
            item.slug, item.kind, file.shared.kind
        );
        ("kind", message)
    })
}

async fn renumber(tx: &mut Tx, item: &Item, waits_again: bool, now: DateTime<Utc>) -> Result<(), StoreError> {
    let id: ItemId = item.id;
    match item.number {
        Some(_) if waits_again => tx.unrelease_item(id).await,
        Some(_) => tx.renumber_item(id, now).await.map(|_| ()),
        None => Ok(()),
    }
}
