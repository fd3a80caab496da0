//! Whose the promises of minutes are: the places of the addresses that files name. Who has one in the group that met may own
//! a promise, and nobody else; a promise that the item has already stays with its place, whoever has left that.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::error::QueueError;
use crate::content::{Fields, Item, Promised, are_alike, nearest_word};
use crate::forum::Forum;
use crate::ids::SeatId;
use crate::intake::item_file::{FileError, ItemFile};
use crate::store::{GroupSeatRow, SeatAddressRow, Tx};

/// The places of a group.
struct Places<'p> {
    /// Its slug.
    group: &'p str,
    /// Those that run, with who has them.
    seats: &'p [GroupSeatRow],
    /// Who ever had one.
    addresses: &'p [SeatAddressRow],
}

/// The files, each promise with the place that owns it; `items` are those that are stored already.
///
/// # Errors
/// [`QueueError::Files`]: whoever has no place in the group, each with file and line; promises of no group.
pub(super) async fn find_owners<'f>(
    tx: &mut Tx,
    forum: &Forum,
    files: &'f [ItemFile],
    (items, now): (&[&Item], DateTime<Utc>),
) -> Result<Cow<'f, [ItemFile]>, QueueError> {
    if files.iter().all(|file| file.owners().is_empty()) {
        return Ok(Cow::Borrowed(files));
    }
    let (mut found, mut errors) = (files.to_vec(), Vec::new());
    for file in found.iter_mut().filter(|file| !file.owners().is_empty()) {
        let Fields::Minutes { group, .. } = &file.shared.fields else { continue };
        let group_ix = *group;
        let Some(group) = group_ix.map(|group| forum.terms.term(group).slug.clone()) else {
            let message =
                "promises belong to a group; write whose minutes these are, such as group = \"health\"";
            errors.push(file.error_at("promises", message));
            continue;
        };
        let is_stored = |item: &&&Item| {
            let is_same = matches!(&item.fields, Fields::Minutes { group, .. } if *group == group_ix);
            item.slug == file.slug && is_same
        };
        let standing = items.iter().find(is_stored).map_or(&[] as &[Promised], |item| item.promises());
        let seats = tx.list_group_seats(&group, now).await?;
        let addresses = tx.list_seat_addresses(&group).await?;
        let places = Places { group: &group, seats: &seats, addresses: &addresses };
        errors.extend(settle_owners(file, standing, &places));
    }
    if errors.is_empty() { Ok(Cow::Owned(found)) } else { Err(QueueError::Files(errors)) }
}

/// Gives each promise of a file its place; those that have none are told.
fn settle_owners(file: &mut ItemFile, standing: &[Promised], places: &Places<'_>) -> Vec<FileError> {
    let named = file.owners().to_vec();
    let mut errors = Vec::new();
    let name = file.file.clone();
    let Fields::Minutes { promises, .. } = &mut file.shared.fields else { return errors };
    let kept = keep_places(promises, &named, standing, places);
    for ((promise, owner), kept) in promises.iter_mut().zip(named).zip(kept) {
        let Some((owner, line)) = owner else { continue };
        promise.seat = kept.or_else(|| places.find(&owner, promise.seat));
        if promise.seat.is_none() {
            let message = tell_no_place(&owner, places.group, places.seats);
            errors.push(FileError::new(&name, line, message));
        }
    }
    errors
}

/// The places that promises keep because one that is alike stands already: the number of that place is named, or an address
/// that ever had it; after those, an address that had another place in the group and has none any more.
fn keep_places(
    promises: &[Promised],
    named: &[Option<(String, usize)>],
    standing: &[Promised],
    places: &Places<'_>,
) -> Vec<Option<SeatId>> {
    let mut left: Vec<(&str, SeatId)> =
        standing.iter().filter_map(|promise| Some((promise.what.as_str(), promise.seat?))).collect();
    let mut kept = vec![None; promises.len()];
    for is_sure in [true, false] {
        for ((promise, owner), kept) in promises.iter().zip(named).zip(&mut kept) {
            let Some((owner, _)) = owner.as_ref().filter(|_| kept.is_none()) else { continue };
            let is_it = |&(what, seat): &(&str, SeatId)| {
                let is_theirs = match promise.seat {
                    Some(number) => number == seat,
                    None if is_sure => places.had(owner, seat),
                    None => places.find(owner, None).is_none() && places.may_have_left(owner, seat),
                };
                is_theirs && are_alike(what, &promise.what)
            };
            *kept = left.iter().position(is_it).map(|at| left.remove(at).1);
        }
    }
    kept
}

impl Places<'_> {
    /// The place that runs and has that number, or is this address's.
    fn find(&self, owner: &str, number: Option<SeatId>) -> Option<SeatId> {
        let address = owner.to_lowercase();
        let is_owner =
            |row: &&GroupSeatRow| number == Some(row.seat) || row.email.as_deref() == Some(&*address);
        self.seats.iter().find(is_owner).map(|row| row.seat)
    }

    /// Whether this address, which has no place now, had one in the group, or may be that of an erased holder of this one: of
    /// those no address is kept.
    fn may_have_left(&self, owner: &str, seat: SeatId) -> bool {
        let address = owner.to_lowercase();
        let is_theirs = |row: &SeatAddressRow| match &row.email {
            Some(email) => *email == address,
            None => row.seat == seat,
        };
        self.addresses.iter().any(is_theirs)
    }

    /// Whether this address has or had the place.
    fn had(&self, owner: &str, seat: SeatId) -> bool {
        let address = owner.to_lowercase();
        self.addresses.iter().any(|row| row.seat == seat && row.email.as_deref() == Some(&*address))
    }
}

fn tell_no_place(owner: &str, group: &str, seats: &[GroupSeatRow]) -> String {
    let holders = seats.iter().filter_map(|row| row.email.as_deref());
    let nearest = nearest_word(owner, holders).map_or_else(
        || "leave owner out, and the promise is the group's".to_owned(),
        |nearest| format!("the nearest who has is {nearest}; without owner the promise is the group's"),
    );
    format!("owner of a promise: {owner} has no place in group {group} now; {nearest}")
}
