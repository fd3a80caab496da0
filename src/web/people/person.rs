//! One person: who they are, their places, and what can be done. What they got opens by a button: see [`super::look`].

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::grounds::{Union, list_unions};
use super::told::{Place, Shown, Teller};
use crate::forum::{Facet, Recipient, Status, TermIx, told_source};
use crate::ids::RecipientId;
use crate::store::{OwnRow, PlaceRow, StatusCause};
use crate::web::calling::call;
use crate::web::item_view::Fact;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::fill;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    pub(super) done: String,
}

#[derive(Serialize)]
pub(super) struct Page {
    pub(super) id: i64,
    name: String,
    facts: Vec<Fact>,
    places: Vec<Place>,
    earlier: Vec<Place>,
    /// The unions that they sit for, with the ground on which that is stored.
    unions: Vec<Union>,
    /// What holds letters back, in a sentence; empty: nothing does.
    held_back: String,
    /// Only they themselves may take it back.
    theirs: bool,
    /// Letters that came back, and nothing of their own, hold letters back.
    resumable: bool,
    question: bool,
    pub(super) note: String,
    /// What is to be put right, at its field.
    pub(super) errors: BTreeMap<&'static str, String>,
    /// What stands in the way and lies in no field.
    pub(super) problem: String,
    pub(super) shown: Option<Shown>,
    /// They have a place, will have one, or were admitted: there is something to take them out of.
    may_leave: bool,
    /// The first day without the places, in the form that takes them out.
    pub(super) out_from: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_person.html";
}

/// The person of that key, as far as who looks knows them; one who is not theirs to see is not there.
pub(super) async fn find(reading: &Reading, staff: &Staff, id: i64) -> Result<Recipient, Refusal> {
    let found = reading.recipient(&staff.forum, RecipientId(id)).await?;
    let found = found.filter(|person| staff.reach.has(&staff.forum, &person.standing));
    let mut person = found.ok_or_else(|| staff.nothing_there())?;
    person.standing = staff.reach.known_of(&staff.forum, &person.standing).into_owned();
    Ok(person)
}

/// GET: the person.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
    Query(asked): Query<Done>,
) -> Result<Response, Refusal> {
    let person = find(&reading, &staff, id).await?;
    let mut page = page_of(&reading, &staff, &person).await?;
    let all = reading.0.words(staff.language);
    let words = &all.people.note;
    let rows = places_of(&reading, &staff, person.id).await?;
    let teller = Teller { reading: &reading, staff: &staff };
    page.note = match asked.done.as_str() {
        "resumed" => words.resumed.clone(),
        "link" => words.link.clone(),
        "letters" => words.letters_closed.clone(),
        "out" => teller.until_when(&rows, &words.out, &words.out_on),
        "gone" => fill(&words.gone, &[("name", &page.name)]),
        "here" => words.here.clone(),
        "merged" => all.merging.preview.merged.clone(),
        "placed" => words.placed.clone(),
        "ground" => words.ground_said.clone(),
        _ => String::new(),
    };
    reading.0.desk_page(&staff, &page)
}

/// The places that somebody has, will have or had, as far as they are the account's to see.
async fn places_of(reading: &Reading, staff: &Staff, id: RecipientId) -> Result<Vec<PlaceRow>, Refusal> {
    let mut rows = reading.places_of_person(id).await?;
    rows.retain(|row| staff.reach.has_organisation(&row.represents));
    Ok(rows)
}

/// The page without what opens by the button. Who is bound to an organisation finds nothing on it that is done, nor the
/// unions that somebody sits for.
pub(super) async fn page_of(reading: &Reading, staff: &Staff, person: &Recipient) -> Result<Page, Refusal> {
    let own = reading.own_row(person.id).await?.ok_or_else(|| staff.nothing_there())?;
    let rows = places_of(reading, staff, person.id).await?;
    let (now, acts) = (reading.0.now(), !staff.reach.is_bound());
    let is_over = |row: &PlaceRow| row.held_until.is_some_and(|until| until <= now);
    let teller = Teller { reading, staff };
    let (over, current): (Vec<PlaceRow>, Vec<PlaceRow>) = rows.into_iter().partition(is_over);
    let cause = StatusCause::read(own.status_cause.as_deref().unwrap_or_default());
    let suspended = person.standing.status == Status::Suspended;
    let by_bounce = suspended && cause.is_bounce();
    Ok(Page {
        id: person.id.0,
        name: call(&person.name, person.email.as_str()).to_owned(),
        facts: list_facts(reading, staff, person, &own),
        places: current.iter().flat_map(|row| teller.places(std::slice::from_ref(row))).collect(),
        earlier: over.iter().flat_map(|row| teller.places(std::slice::from_ref(row))).collect(),
        unions: if acts { list_unions(reading, staff, person.id).await? } else { Vec::new() },
        held_back: tell_held_back(reading, staff, person.standing.status, by_bounce),
        theirs: acts && (person.standing.status == Status::Unsubscribed || (suspended && !by_bounce)),
        resumable: acts && by_bounce,
        question: acts && reading.question_about(person.id).await?.is_some(),
        note: String::new(),
        errors: BTreeMap::new(),
        problem: String::new(),
        shown: None,
        may_leave: acts && (person.standing.admitted || !current.is_empty()),
        out_from: teller.day_field(Some(now)),
    })
}

fn tell_held_back(reading: &Reading, staff: &Staff, status: Status, by_bounce: bool) -> String {
    let words = &reading.0.words(staff.language).people.person;
    match status {
        Status::Suspended if by_bounce => words.held_returned.clone(),
        Status::Suspended => words.held_complaint.clone(),
        Status::Unsubscribed => words.held_unsubscribed.clone(),
        Status::Unconfirmed => words.held_unconfirmed.clone(),
        _ => String::new(),
    }
}

fn list_facts(reading: &Reading, staff: &Staff, person: &Recipient, own: &OwnRow) -> Vec<Fact> {
    let all = reading.0.words(staff.language);
    let words = &all.people.person;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let forum = &staff.forum;
    let name = |ix: &TermIx| forum.name_of(*ix, staff.language);
    let names = |terms: &[TermIx]| terms.iter().map(name).collect::<Vec<_>>().join(", ");
    let works_at = person.standing.workplace.iter().find(|ix| forum.terms.term(**ix).facet == Facet::Org);
    let works_at = works_at.map(name).map(str::to_owned).or_else(|| own.said_organisation.clone());
    let now = reading.0.now();
    let represents = person.standing.seats.iter().any(|seat| seat.is_running(now));
    let basis = match own.basis.as_deref() {
        Some("consent") => &words.basis_consent,
        Some("public_task") if represents => &words.basis_task,
        Some(other) => all.settings.bases.get(other).unwrap_or(&words.basis_none),
        None => &words.basis_none,
    };
    let by_the_lead = || own.imported.then_some(all.people.place.source.as_str());
    let came = match own.source.as_deref().and_then(told_source).or_else(by_the_lead) {
        Some(source) => fill(&words.came_from, &[("day", &pen.day(own.created_at)), ("source", source)]),
        None => pen.day(own.created_at),
    };
    let facts = [
        (&words.email, person.email.to_string()),
        (&words.works_at, works_at.unwrap_or_default()),
        (&words.roles, names(&person.standing.roles)),
    ];
    // What they chose, where the data came from and why it is kept are not for an employer; the last may tell of a union.
    let rest = [
        (&words.language, all.language.get(&person.language).cloned().unwrap_or_default()),
        (&words.often, all.cadence.get(&person.cadence).cloned().unwrap_or_default()),
        (&words.since, came),
        (&words.basis, basis.clone()),
    ];
    let rest = rest.into_iter().filter(|_| !staff.reach.is_bound());
    let said = facts.into_iter().chain(rest).filter(|(_, value)| !value.is_empty());
    said.map(|(label, value)| Fact { label: label.clone(), value }).collect()
}
