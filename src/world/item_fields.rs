//! What only some kinds have, as the JSON of a version's row.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::WorldError;
use super::place::Place;
use crate::content::{EventChange, Fields, Moment, Promised};
use crate::forum::{Facet, Kind, Term, Terms};
use crate::ids::{ItemId, SeatId};
use crate::store::Store;

/// The fields of every kind; a kind reads its own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    promises: Vec<Promised>,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gathering: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<EventChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted_by: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Moment>,
}

/// `fields` as the `fields` column keeps them.
pub fn fields_json(fields: &Fields, terms: &Terms) -> serde_json::Value {
    let stored = match fields.clone() {
        Fields::Plain => StoredFields::default(),
        Fields::Minutes { group, met_on, promises } => StoredFields {
            group: group.map(|g| terms.term(g).slug.clone()),
            met_on,
            promises,
            ..StoredFields::default()
        },
        Fields::Event { starts_at, ends_at, registration_url, gathering, changed } => StoredFields {
            starts_at,
            ends_at,
            registration_url,
            gathering: Some(gathering),
            changed: (changed != EventChange::default()).then_some(changed),
            ..StoredFields::default()
        },
        Fields::Request { wanted_by } => StoredFields { wanted_by, ..StoredFields::default() },
        Fields::Call { deadline } => StoredFields { deadline, ..StoredFields::default() },
    };
    serde_json::to_value(stored).unwrap_or_default()
}

/// The places that own a promise in any version of the item that is minutes of that group.
pub async fn load_promised_seats(
    store: &Store,
    item: ItemId,
    group: &str,
) -> Result<Vec<SeatId>, WorldError> {
    let place = Place(format!("item {item}"));
    let mut seats = Vec::new();
    for json in store.list_version_fields(item).await? {
        let stored: StoredFields = place.read_json("fields", &json)?;
        if stored.group.as_deref() == Some(group) {
            seats.extend(stored.promises.iter().filter_map(|promise| promise.seat));
        }
    }
    Ok(seats)
}

/// The reverse of [`fields_json`] for an item of `kind`.
pub(super) fn read_fields(
    json: &str,
    kind: Kind,
    terms: &Terms,
    place: &Place,
) -> Result<Fields, WorldError> {
    let stored: StoredFields = place.read_json("fields", json)?;
    Ok(match kind {
        Kind::Minutes => Fields::Minutes {
            group: match stored.group {
                Some(slug) => Some(place.find_term(terms, &Term::new(Facet::Group, slug))?),
                None => None,
            },
            met_on: stored.met_on,
            promises: stored.promises,
        },
        Kind::Event => Fields::Event {
            starts_at: stored.starts_at,
            ends_at: stored.ends_at,
            registration_url: stored.registration_url,
            gathering: stored.gathering.unwrap_or(false),
            changed: stored.changed.unwrap_or_default(),
        },
        Kind::Request => Fields::Request { wanted_by: stored.wanted_by },
        Kind::Call => Fields::Call { deadline: stored.deadline },
        Kind::Research | Kind::Article | Kind::Experience | Kind::Tip => Fields::Plain,
    })
}
