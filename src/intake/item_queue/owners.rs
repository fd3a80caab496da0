//! Whose the promises of minutes are: the places of the addresses that files name. Who has one in the group that met may own
//! a promise, and nobody else.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::QueueError;
use crate::content::{Fields, nearest_word};
use crate::forum::Forum;
use crate::intake::item_file::{FileError, ItemFile};
use crate::store::{GroupSeatRow, Tx};

/// The files, each promise with the place that owns it.
///
/// # Errors
/// [`QueueError::Files`]: whoever has no place in the group, each with file and line; promises of no group.
pub(super) async fn find_owners<'f>(
    tx: &mut Tx,
    forum: &Forum,
    files: &'f [ItemFile],
    now: DateTime<Utc>,
) -> Result<Cow<'f, [ItemFile]>, QueueError> {
    if files.iter().all(|file| file.owners().is_empty()) {
        return Ok(Cow::Borrowed(files));
    }
    let (mut found, mut errors) = (files.to_vec(), Vec::new());
    for file in found.iter_mut().filter(|file| !file.owners().is_empty()) {
        let Fields::Minutes { group, .. } = &file.shared.fields else { continue };
        let Some(group) = group.map(|group| forum.terms.term(group).slug.clone()) else {
            let message =
                "promises belong to a group; write whose minutes these are, such as group = \"health\"";
            errors.push(file.error_at("promises", message));
            continue;
        };
        let seats = tx.list_group_seats(&group, now).await?;
        errors.extend(settle_owners(file, &group, &seats));
    }
    if errors.is_empty() { Ok(Cow::Owned(found)) } else { Err(QueueError::Files(errors)) }
}

/// Gives each promise of a file its place; those that have none are told.
fn settle_owners(file: &mut ItemFile, group: &str, seats: &[GroupSeatRow]) -> Vec<FileError> {
    let named: Vec<_> =
        file.owners().iter().map(|owner| owner.as_ref().map(|(o, l)| (o.clone(), *l))).collect();
    let mut errors = Vec::new();
    let name = file.file.clone();
    let Fields::Minutes { promises, .. } = &mut file.shared.fields else { return errors };
    for (promise, owner) in promises.iter_mut().zip(named) {
        let Some((owner, line)) = owner else { continue };
        let is_owner = |row: &&GroupSeatRow| {
            promise.seat == Some(row.seat) || row.email.as_deref() == Some(&*owner.to_lowercase())
        };
        promise.seat = seats.iter().find(is_owner).map(|row| row.seat);
        if promise.seat.is_none() {
            let message = tell_no_place(&owner, group, seats);
            errors.push(FileError { file: name.clone(), line, message });
        }
    }
    errors
}

fn tell_no_place(owner: &str, group: &str, seats: &[GroupSeatRow]) -> String {
    let holders = seats.iter().filter_map(|row| row.email.as_deref());
    let nearest = nearest_word(owner, holders).map_or_else(
        || "leave owner out, and the promise is the group's".to_owned(),
        |nearest| format!("the nearest who has is {nearest}; without owner the promise is the group's"),
    );
    format!("owner of a promise: {owner} has no place in group {group} now; {nearest}")
}
