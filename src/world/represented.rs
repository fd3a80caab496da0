//! Organisations that are represented in groups, from their rows.

use chrono::{DateTime, Utc};

use super::WorldError;
use super::forum::read_organisation;
use super::place::{Place, find_stored};
use crate::forum::{Forum, Represented, Seat, TermIx};
use crate::ids::TermId;
use crate::store::{OrganisationRow, RepresentedRow, Store};

/// The organisation of that slug, if it is represented in a group at `now`.
pub async fn find_represented(
    store: &Store,
    forum: &Forum,
    (slug, now): (&str, DateTime<Utc>),
) -> Result<Option<Represented>, WorldError> {
    let rows = store.list_represented(slug, now).await?;
    if rows.is_empty() { Ok(None) } else { read_one(&rows, forum).map(Some) }
}

fn read_one(rows: &[RepresentedRow], forum: &Forum) -> Result<Represented, WorldError> {
    let row = &rows[0];
    let organisation = OrganisationRow {
        id: row.id,
        slug: row.slug.clone(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        org_id: row.org_id,
        represents_id: row.represents_id,
    };
    let organisation = read_organisation(organisation, &forum.terms)?;
    let seats = rows.chunk_by(|a, b| a.seat == b.seat);
    let seats =
        seats.map(|of_seat| read_seat(of_seat, forum, organisation.represents)).collect::<Result<_, _>>()?;
    Ok(Represented { organisation, seats })
}

fn read_seat(rows: &[RepresentedRow], forum: &Forum, represents: TermIx) -> Result<Seat, WorldError> {
    let row = &rows[0];
    let find = |id: TermId| find_stored(&forum.terms, id);
    Ok(Seat {
        id: row.seat,
        group: find(row.group)?,
        position: Place(format!("seat {}", row.seat)).read_word("position", &row.position)?,
        represents,
        starts_at: None,
        ends_at: None,
        topics: rows.iter().filter_map(|row| row.topic).map(find).collect::<Result<_, _>>()?,
    })
}
