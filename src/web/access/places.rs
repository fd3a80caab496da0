//! "I no longer have this place": says so to the lead, and who has it now. It ends nothing by itself. And
//! one's word on a union, which holds at once.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::unions::{self, Union, list_unions};
use crate::feedback::rights::Successor;
use crate::forum::Seat;
use crate::ids::SeatId;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;

#[derive(Serialize)]
struct Place {
    seat: i64,
    group: String,
    position: String,
    represents: String,
    /// They said so before.
    left: bool,
    name: String,
    email: String,
    wrong: bool,
}

#[derive(Serialize)]
struct Page {
    places: Vec<Place>,
    said: bool,
    unions: Vec<Union>,
    /// What came of a word on them; empty: none was said.
    note: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "places.html";
}

/// Who has the place now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    name: String,
    email: String,
}

async fn page_of(reading: &Reading, visitor: &Visitor) -> Result<Page, Refusal> {
    let (forum, recipient) = (&visitor.forum, &visitor.recipient);
    let (language, now) = (recipient.language, reading.0.now());
    let words = reading.0.words(language);
    let left = reading.left_places(recipient.id).await?;
    let place = |seat: &Seat| {
        let said = left.iter().find(|left| left.seat == seat.id);
        Place {
            seat: seat.id.0,
            group: forum.name_of(seat.group, language).to_owned(),
            position: words.position.get(&seat.position).cloned().unwrap_or_default(),
            represents: forum.name_of(seat.represents, language).to_owned(),
            left: said.is_some(),
            name: said.map_or_else(String::new, |said| said.successor_name.clone()),
            email: said.map_or_else(String::new, |said| said.successor_email.clone()),
            wrong: false,
        }
    };
    let running = recipient.standing.seats.iter().filter(|seat| seat.is_running(now));
    let unions = list_unions(reading, visitor).await?;
    Ok(Page { places: running.map(place).collect(), said: false, unions, note: String::new() })
}

/// GET: the places that one has now.
pub(super) async fn show(reading: Reading, visitor: Visitor) -> Result<Response, Refusal> {
    let page = page_of(&reading, &visitor).await?;
    visitor.page(&reading.0, &page)
}

/// POST: not mine any more.
pub(super) async fn leave(
    writing: Writing,
    visitor: Visitor,
    Path(seat): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let Some(successor) = Successor::read(&said.name, &said.email) else {
        let mut page = page_of(&reading, &visitor).await?;
        for place in page.places.iter_mut().filter(|place| place.seat == seat) {
            place.wrong = true;
            place.name.clone_from(&said.name);
            place.email.clone_from(&said.email);
        }
        return Ok(unprocessable(visitor.page(&reading.0, &page)?));
    };
    if !writing.leave_place(&visitor.forum, &visitor.recipient, SeatId(seat), &successor).await? {
        return Err(Refusal::from(Why::NotFound).in_language(visitor.recipient.language));
    }
    let page = Page { said: true, ..page_of(&reading, &visitor).await? };
    visitor.page(&reading.0, &page)
}

/// POST: that one sits for a union may be stored; or no more.
pub(super) async fn say_of_union(
    writing: Writing,
    visitor: Visitor,
    Form(said): Form<unions::Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let note = unions::record(&writing, &visitor, &said).await?;
    let page = Page { note, ..page_of(&reading, &visitor).await? };
    visitor.page(&reading.0, &page)
}
