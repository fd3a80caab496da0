//! Recipients: who receives, with all that the rule reads of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::place::{Place, find_stored};
use super::{WorldError, load_organisations};
use crate::forum::{
    Cadence, EmailAddress, Facet, Forum, Kind, KindSet, Language, Organisation, OrganisationKind, Position,
    Recipient, Seat, Standing, Status, Term, TermIx,
};
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};
use crate::store::{HeldSeatRow, RecipientRow, StandingRows, Store};

/// Everyone who is not erased, by key. One query per table, whatever their number.
pub async fn load_recipients(store: &Store, forum: &Forum) -> Result<Vec<Recipient>, WorldError> {
    read_recipients(forum, &store.read_standings(None).await?)
}

/// Those among `ids` who are not erased, by key.
pub async fn load_recipients_by_ids(
    store: &Store,
    forum: &Forum,
    ids: &[RecipientId],
) -> Result<Vec<Recipient>, WorldError> {
    read_recipients(forum, &store.read_standings(Some(ids)).await?)
}

/// The recipient with that address, if there is one.
pub async fn find_recipient(
    store: &Store,
    forum: &Forum,
    email: &EmailAddress,
) -> Result<Option<Recipient>, WorldError> {
    match store.find_recipient_id(email.as_str()).await? {
        Some(id) => Ok(load_recipients_by_ids(store, forum, &[id]).await?.pop()),
        None => Ok(None),
    }
}

/// What somebody holds who works at the organisation with that key, or nowhere that we know.
pub async fn load_workplace(
    store: &Store,
    forum: &Forum,
    organisation: Option<OrganisationId>,
) -> Result<Vec<TermIx>, WorldError> {
    let all = load_organisations(store, forum).await?;
    let own = all.iter().find(|own| Some(own.id) == organisation);
    Ok(own.map_or_else(|| unknown_workplace(forum), Organisation::workplace))
}

/// Who works nowhere that we know is of the kind `other` (DESIGN section 9, "only email is needed").
fn unknown_workplace(forum: &Forum) -> Vec<TermIx> {
    let other = Term::new(Facet::KindOfOrg, OrganisationKind::Other.slug());
    forum.terms.find(&other).into_iter().collect()
}

/// The recipients whom these rows keep, with their terms in `forum`.
pub fn read_recipients(forum: &Forum, rows: &StandingRows) -> Result<Vec<Recipient>, WorldError> {
    let kinds: HashMap<&str, TermIx> = OrganisationKind::ALL
        .map(OrganisationKind::slug)
        .into_iter()
        .filter_map(|slug| Some((slug, forum.terms.find(&Term::new(Facet::KindOfOrg, slug))?)))
        .collect();
    let mut workplaces: HashMap<OrganisationId, Vec<TermIx>> = HashMap::new();
    for row in &rows.organisations {
        let org = find_stored(&forum.terms, row.org_id)?;
        workplaces
            .insert(row.id, std::iter::once(org).chain(kinds.get(row.kind.as_str()).copied()).collect());
    }
    let unknown = unknown_workplace(forum);
    let mut people = rows
        .recipients
        .iter()
        .map(|row| recipient_of(row, &workplaces, &unknown))
        .collect::<Result<Vec<_>, WorldError>>()?;
    let places = Places::of(people.iter().map(|person| person.id));
    give_terms(&mut people, &places, rows, forum)?;
    give_seats(&mut people, &places, rows, forum)?;
    Ok(people)
}

fn recipient_of(
    row: &RecipientRow,
    workplaces: &HashMap<OrganisationId, Vec<TermIx>>,
    unknown: &[TermIx],
) -> Result<Recipient, WorldError> {
    let unreadable = |what, value: &str| Place(format!("recipient {}", row.id)).unreadable(what, value);
    let workplace = row.organisation.and_then(|id| workplaces.get(&id)).map_or(unknown, Vec::as_slice);
    Ok(Recipient {
        id: row.id,
        // The address itself stays out of the error: it may be logged.
        email: row.email.parse().map_err(|_| unreadable("address", "no address in its one spelling"))?,
        name: row.name.clone(),
        standing: Standing {
            status: Status::from_word(&row.status).ok_or_else(|| unreadable("status", &row.status))?,
            roles: Vec::new(),
            workplace: workplace.to_vec(),
            seats: Vec::new(),
            admitted: row.admitted,
            follows: Vec::new(),
            mutes: Vec::new(),
            muted_kinds: KindSet::default(),
        },
        cadence: row.cadence.parse::<Cadence>().map_err(|_| unreadable("cadence", &row.cadence))?,
        cap: row.cap.and_then(|cap| u32::try_from(cap).ok()),
        language: row.language.parse::<Language>().map_err(|_| unreadable("language", &row.language))?,
        paused_until: row
            .paused_until
            .as_deref()
            .map(|day| day.parse::<NaiveDate>().map_err(|_| unreadable("pause", day)))
            .transpose()?,
        revision: row.revision,
        watermark: row.watermark,
        urgent_off: row.urgent_off,
        last_planned_at: row.last_planned_at,
    })
}

fn give_terms(
    people: &mut [Recipient],
    places: &Places,
    rows: &StandingRows,
    forum: &Forum,
) -> Result<(), WorldError> {
    type ListOf = fn(&mut Standing) -> &mut Vec<TermIx>;
    let lists: [(&[(RecipientId, TermId)], ListOf); 3] = [
        (&rows.roles, |standing| &mut standing.roles),
        (&rows.follows, |standing| &mut standing.follows),
        (&rows.mutes, |standing| &mut standing.mutes),
    ];
    for (pairs, list_of) in lists {
        for (id, term) in pairs {
            let Some(at) = places.find(*id) else { continue };
            list_of(&mut people[at].standing).push(find_stored(&forum.terms, *term)?);
        }
    }
    for (id, kind) in &rows.muted_kinds {
        let Some(at) = places.find(*id) else { continue };
        let unreadable = || Place(format!("recipient {id}")).unreadable("muted kind", kind);
        let kind: Kind = kind.parse().map_err(|_| unreadable())?;
        people[at].standing.muted_kinds.insert(kind);
    }
    for person in people {
        let standing = &mut person.standing;
        for list in [&mut standing.roles, &mut standing.follows, &mut standing.mutes] {
            list.sort_unstable();
        }
    }
    Ok(())
}

fn give_seats(
    people: &mut [Recipient],
    places: &Places,
    rows: &StandingRows,
    forum: &Forum,
) -> Result<(), WorldError> {
    let mut topics: HashMap<SeatId, Vec<TermIx>> = HashMap::new();
    for (seat, sector) in &rows.topics {
        topics.entry(*seat).or_default().push(find_stored(&forum.terms, *sector)?);
    }
    for row in &rows.seats {
        let Some(at) = places.find(row.recipient) else { continue };
        let mut own = topics.get(&row.seat).cloned().unwrap_or_default();
        own.sort_unstable();
        people[at].standing.seats.push(seat_of(row, own, forum)?);
    }
    Ok(())
}

/// The seat's own span and the holder's, intersected.
fn seat_of(row: &HeldSeatRow, topics: Vec<TermIx>, forum: &Forum) -> Result<Seat, WorldError> {
    let unreadable = || Place(format!("seat {}", row.seat)).unreadable("position", &row.position);
    Ok(Seat {
        id: row.seat,
        group: find_stored(&forum.terms, row.group)?,
        position: row.position.parse::<Position>().map_err(|_| unreadable())?,
        represents: find_stored(&forum.terms, row.represents)?,
        starts_at: row.seat_starts_at.max(row.holder_starts_at),
        ends_at: earlier(row.seat_ends_at, row.holder_ends_at),
        topics,
    })
}

/// The earlier end; no end is later than any.
fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// So many numbers for each person, at most, are worth a list.
const NUMBERS_PER_PERSON: usize = 8;

/// Where each recipient stands in the list of people.
enum Places {
    /// By number, [`u32::MAX`] for those that nobody has: most have somebody.
    List(Vec<u32>),
    /// Where few do: some of many were asked for, or a database has left numbers out.
    Map(HashMap<RecipientId, u32>),
}

impl Places {
    /// Of keys in their order.
    fn of(ids: impl DoubleEndedIterator<Item = RecipientId> + ExactSizeIterator + Clone) -> Places {
        let number = |id: RecipientId| usize::try_from(id.0).unwrap_or_default();
        let (people, greatest) = (ids.len(), ids.clone().next_back().map_or(0, number));
        let places = ids.zip(0_u32..);
        if greatest / NUMBERS_PER_PERSON > people {
            return Places::Map(places.collect());
        }
        let mut list = vec![u32::MAX; greatest + 1];
        for (id, at) in places {
            list[number(id)] = at;
        }
        Places::List(list)
    }

    fn find(&self, id: RecipientId) -> Option<usize> {
        let at = match self {
            Places::List(list) => *list.get(usize::try_from(id.0).ok()?)?,
            Places::Map(map) => *map.get(&id)?,
        };
        (at != u32::MAX).then_some(at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_nobody_has_take_no_room() {
        let far = RecipientId(i64::from(u32::MAX));
        let few = Places::of([RecipientId(3), far].into_iter());
        assert!(matches!(few, Places::Map(_)));
        assert_eq!([RecipientId(3), far, RecipientId(4)].map(|id| few.find(id)), [Some(0), Some(1), None]);
        let many = Places::of([1, 2, 5].map(RecipientId).into_iter());
        assert!(matches!(many, Places::List(_)));
        assert_eq!([1, 3, 5, 6].map(|id| many.find(RecipientId(id))), [Some(0), None, Some(2), None]);
        assert_eq!(Places::of([].into_iter()).find(RecipientId(0)), None);
    }
}
