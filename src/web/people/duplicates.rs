//! Who may stand there twice, pair by pair; two side by side; and that they are two.

use axum::extract::Query;
use axum::response::Response;
use serde::Serialize;

use super::person::Done;
use super::told::Teller;
use crate::forum::{Standing, Status};
use crate::ids::RecipientId;
use crate::insight::duplicates::{Likeness, MOST_PAIRS};
use crate::web::calling::call;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// So many pairs stand on the page; when they are settled, the next come.
const SHOWN: usize = 25;

/// One of a pair, as both pages show them.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Twin {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) email: String,
    organisation: String,
    places: Vec<String>,
    /// Whether letters reach them, in words.
    state: String,
}

#[derive(Serialize)]
struct Entry {
    because: String,
    one: Twin,
    other: Twin,
}

#[derive(Serialize)]
struct Page {
    pairs: Vec<Entry>,
    more: String,
    /// They are being looked for just now.
    looking: bool,
    note: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_duplicates.html";
}

/// GET: the pairs, the surest first.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Done>,
) -> Result<Response, Refusal> {
    let people = reading.people().await?;
    let seen = reading.duplicates().await?;
    let words = &reading.0.words(staff.language).merging;
    let looking = seen.value.is_none();
    let found = seen.value.unwrap_or_default();
    let pairs: Vec<Entry> = found
        .iter()
        .filter_map(|pair| {
            let twin = |id| twin_of(&reading, &staff, &people, id);
            Some(Entry {
                because: match pair.because {
                    Likeness::Address => words.list.address.clone(),
                    Likeness::Name => words.list.name.clone(),
                    Likeness::NearName => words.list.near_name.clone(),
                },
                one: twin(pair.one)?,
                other: twin(pair.other)?,
            })
        })
        .take(SHOWN)
        .collect();
    let more = found.len().saturating_sub(pairs.len());
    let count = if found.len() >= MOST_PAIRS { format!("{more}+") } else { more.to_string() };
    let page = Page {
        more: if more > 0 { fill(&words.list.more, &[("count", &count)]) } else { String::new() },
        note: if asked.done == "apart" { words.list.apart.clone() } else { String::new() },
        pairs,
        looking,
    };
    reading.0.desk_page(&staff, &page)
}

/// Somebody as the pairs show them; none if they are gone.
pub(super) fn twin_of(reading: &Reading, staff: &Staff, people: &People, id: RecipientId) -> Option<Twin> {
    let at = people.named.iter().position(|named| named.id == id)?;
    let (named, standing) = (&people.named[at], &people.everyone.people()[at]);
    let organisation = named.organisation.map(|ix| people.forum.name_of(ix, staff.language).to_owned());
    Some(Twin {
        id: id.0,
        name: call(&named.name, &named.email).to_owned(),
        email: named.email.clone(),
        organisation: organisation.unwrap_or_default(),
        places: list_places(reading, staff, people, standing),
        state: tell_state(reading, staff, standing.status),
    })
}

/// The places that somebody has now: "Leder, Kompetansegruppe helse".
pub(super) fn list_places(
    reading: &Reading,
    staff: &Staff,
    people: &People,
    standing: &Standing,
) -> Vec<String> {
    let teller = Teller { reading, staff };
    let running = standing.seats.iter().filter(|seat| seat.is_running(people.everyone.now()));
    let told = running.map(|seat| {
        let group = people.forum.name_of(seat.group, staff.language);
        format!("{}, {group}", teller.position(seat.position.slug()))
    });
    told.collect()
}

fn tell_state(reading: &Reading, staff: &Staff, status: Status) -> String {
    let words = &reading.0.words(staff.language).people.state;
    match status {
        Status::Active => words.gets.clone(),
        Status::Suspended => words.returned.clone(),
        Status::Unsubscribed | Status::Erased => words.unsubscribed.clone(),
        Status::Unconfirmed => words.unconfirmed.clone(),
    }
}

/// POST: they are two people, and are not shown as one again.
pub(super) async fn keep_apart(
    writing: Writing,
    staff: Staff,
    Path((one, other)): Path<(i64, i64)>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let people = reading.people().await?;
    for id in [one, other] {
        if one == other || twin_of(&reading, &staff, &people, RecipientId(id)).is_none() {
            return Err(staff.nothing_there());
        }
    }
    writing.keep_apart(&staff, (RecipientId(one), RecipientId(other))).await?;
    Ok(reading.0.go_to("/desk/people/duplicates?done=apart"))
}
