//! Groups with their places: who has them, from when until when, and which nobody has.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::person::Done;
use super::told::{Place, Teller};
use crate::forum::{Facet, Position, Term, TermIx};
use crate::intake::places::SeatingError;
use crate::web::choice::Choice;
use crate::web::once::{new_token, token_of};
use crate::web::paths::Path;
use crate::web::progress::{GoalView, view_goals};
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{PAGE_LASTS, PLACES, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::counted;

#[derive(Serialize)]
struct Entry {
    path: String,
    name: String,
    depth: usize,
    told: String,
    vacant: String,
}

#[derive(Serialize)]
struct Page {
    groups: Vec<Entry>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_groups.html";
}

/// GET: every group.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let people = reading.people().await?;
    let now = people.everyone.now();
    let mut held: HashMap<TermIx, usize> = HashMap::new();
    for standing in people.everyone.people() {
        for seat in standing.seats.iter().filter(|seat| seat.is_running(now)) {
            *held.entry(seat.group).or_default() += 1;
        }
    }
    let vacant = reading.vacant_by_group().await?;
    let words = &reading.0.words(staff.language).people.groups;
    let count = |one: &str, many: &str, number: usize| match number {
        0 => String::new(),
        some => counted(one, many, some),
    };
    let entry = |(ix, depth): (TermIx, usize)| {
        let slug = people.forum.terms.term(ix).slug.clone();
        let free = vacant.iter().find(|row| row.group == slug).map_or(0, |row| row.vacant);
        let has = held.get(&ix).copied().unwrap_or_default();
        Entry {
            path: format!("/desk/groups/{slug}"),
            name: people.forum.name_of(ix, staff.language).to_owned(),
            depth,
            told: if has == 0 { words.nobody.clone() } else { count(&words.held_one, &words.held, has) },
            vacant: count(&words.vacant_one, &words.vacant, usize::try_from(free).unwrap_or_default()),
        }
    };
    let tree = people.forum.list_tree(Facet::Group, staff.language);
    let page = Page { groups: tree.into_iter().map(entry).collect() };
    reading.0.desk_page(&staff, &page)
}

#[derive(Serialize)]
struct OnePage {
    slug: String,
    name: String,
    topics: String,
    goals: Vec<GoalView>,
    places: Vec<Place>,
    /// There are more than one page shows.
    cut: bool,
    positions: Vec<Choice>,
    organisation: String,
    /// What is wrong with the organisation; empty: nothing is.
    organisation_error: String,
    /// Tells this page from others: pressed twice, it opens one place.
    token: String,
    note: String,
}

impl Content for OnePage {
    const TEMPLATE: &'static str = "people_group.html";
}

async fn one_page(reading: &Reading, staff: &Staff, slug: &str) -> Result<OnePage, Refusal> {
    let forum = &staff.forum;
    let group = forum.terms.find(&Term::new(Facet::Group, slug)).ok_or_else(|| staff.nothing_there())?;
    let rows = reading.places_of_group(slug).await?;
    let teller = Teller { reading, staff };
    let topics = forum.sectors_of(group);
    let topics = topics.iter().map(|ix| forum.name_of(*ix, staff.language)).collect::<Vec<_>>().join(", ");
    Ok(OnePage {
        slug: slug.to_owned(),
        name: forum.name_of(group, staff.language).to_owned(),
        topics,
        goals: view_goals(&reading.0.pen(forum, staff.language), &reading.goals_of(slug).await?),
        cut: rows.len() >= usize::try_from(PLACES).unwrap_or_default(),
        places: teller.places(&rows),
        positions: teller.positions("member"),
        organisation: String::new(),
        organisation_error: String::new(),
        token: new_token(),
        note: String::new(),
    })
}

/// GET: one group.
pub(super) async fn show_one(
    reading: Reading,
    staff: Staff,
    Path(slug): Path<String>,
    Query(asked): Query<Done>,
) -> Result<Response, Refusal> {
    let mut page = one_page(&reading, &staff, &slug).await?;
    let words = &reading.0.words(staff.language).people.note;
    page.note = match asked.done.as_str() {
        "opened" => words.opened.clone(),
        "closed" => words.closed.clone(),
        _ => String::new(),
    };
    reading.0.desk_page(&staff, &page)
}

/// A place to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    organisation: String,
    position: String,
    token: String,
}

/// POST: one more place in the group, once for each page; the next page asks who has it.
pub(super) async fn open_place(
    writing: Writing,
    staff: Staff,
    Path(slug): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let mut page = one_page(&reading, &staff, &slug).await?;
    let wanted = said.organisation.trim().to_lowercase();
    let organisations = reading.organisations().await?;
    let mut named =
        organisations.iter().filter(|row| row.name.to_lowercase() == wanted || row.slug == wanted);
    let (organisation, position) = (named.next(), said.position.parse::<Position>());
    if let (Some(organisation), Ok(position)) = (organisation, position) {
        let seat = open(&writing, &staff, (&slug, &organisation.slug, position), &said.token).await?;
        return Ok(reading.0.go_to(&format!("/desk/places/{seat}?done=opened")));
    }
    page.organisation_error = reading.0.words(staff.language).people.note.organisation.clone();
    page.positions = Teller { reading: &reading, staff: &staff }.positions(&said.position);
    page.organisation = said.organisation;
    Ok(unprocessable(reading.0.desk_page(&staff, &page)?))
}

/// The place that the page of that token opened.
async fn open(
    writing: &Writing,
    staff: &Staff,
    (group, organisation, position): (&str, &str, Position),
    token: &str,
) -> Result<String, Refusal> {
    let token = token_of(token);
    let name = name_press(&["place", &staff.actor(), &token, group, organisation, position.slug()]);
    let (staff, group, organisation) = (staff.clone(), group.to_owned(), organisation.to_owned());
    let open = move |writing: Writing| async move {
        match writing.open_place(&staff, (&group, &organisation, position)).await? {
            Ok(seat) => Ok(seat.to_string()),
            Err(SeatingError::Changed) => Err(staff.nothing_there()),
            Err(error) => Err(Refusal::broken(&error)),
        }
    };
    writing.press_once((name, PAGE_LASTS), open).await?
}
