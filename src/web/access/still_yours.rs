//! "Do you still have this place?": the page behind the link in that mail, for each place yes or no.

use axum::response::Response;
use serde::Serialize;

use crate::feedback::rights::Successor;
use crate::forum::{Forum, Language, Recipient, Seat};
use crate::ids::SeatId;
use crate::store::LinkRow;
use crate::web::once::new_token;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;

/// What the form said: names and values.
pub(super) type Said = Vec<(String, String)>;

/// A place, with what was said of it.
#[derive(Serialize)]
pub(super) struct Place {
    seat: i64,
    group: String,
    position: String,
    represents: String,
    yes: bool,
    no: bool,
    name: String,
    email: String,
    /// Neither yes nor no was said.
    missing: bool,
    wrong: bool,
}

/// The question, or that it is answered.
#[derive(Serialize)]
pub(super) struct Page {
    masked: String,
    action: String,
    /// So that the page sent twice says what it says once.
    token: String,
    places: Vec<Place>,
    done: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "still_yours.html";
}

fn value<'a>(said: &'a Said, field: &str, seat: i64) -> &'a str {
    let wanted = format!("{field}-{seat}");
    said.iter().rev().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value.as_str())
}

fn page_of(
    reading: &Reading,
    (forum, person): (&Forum, &Recipient),
    (action, token): (&str, String),
    said: Option<&Said>,
) -> Page {
    let (language, now) = (person.language, reading.0.now());
    let words = reading.0.words(language);
    let place = |seat: &Seat| {
        let said_of = |field| said.map_or("", |said| value(said, field, seat.id.0));
        let answer = said_of("answer");
        Place {
            seat: seat.id.0,
            group: forum.name_of(seat.group, language).to_owned(),
            position: words.position.get(&seat.position).cloned().unwrap_or_default(),
            represents: forum.name_of(seat.represents, language).to_owned(),
            yes: answer == "yes",
            no: answer == "no",
            name: said_of("name").to_owned(),
            email: said_of("email").to_owned(),
            missing: said.is_some() && !matches!(answer, "yes" | "no"),
            wrong: answer == "no" && Successor::read(said_of("name"), said_of("email")).is_none(),
        }
    };
    let running = person.standing.seats.iter().filter(|seat| seat.is_running(now));
    Page {
        masked: person.email.masked(),
        action: action.to_owned(),
        token,
        places: running.map(place).collect(),
        done: false,
    }
}

/// The question.
pub(super) fn show(
    reading: &Reading,
    whose: (&Forum, &Recipient),
    action: &str,
) -> Result<Response, Refusal> {
    reading.0.page(whose.0, whose.1.language, &page_of(reading, whose, (action, new_token()), None))
}

/// That the answers are written down.
pub(super) fn show_done(site: &Site, forum: &Forum, language: Language) -> Result<Response, Refusal> {
    let (masked, action, token) = (String::new(), String::new(), String::new());
    site.page(forum, language, &Page { masked, action, token, places: Vec::new(), done: true })
}

/// What the form says of each place; as an error the question again, if something is missing. `token` is the page's.
pub(super) fn read(
    reading: &Reading,
    whose: (&Forum, &Recipient),
    (action, token): (&str, String),
    said: &Said,
) -> Result<Vec<Place>, Page> {
    let page = page_of(reading, whose, (action, token), Some(said));
    let is_whole = !page.places.iter().any(|place| place.missing || place.wrong);
    if is_whole { Ok(page.places) } else { Err(page) }
}

/// Tells the lead of what is not kept and notes what is, which uses the link up: last, so that it can be said again if the
/// lead could not be told.
pub(super) async fn record(
    writing: &Writing,
    (forum, person): (&Forum, &Recipient),
    link: &LinkRow,
    places: &[Place],
) -> Result<(), Refusal> {
    for place in places.iter().filter(|place| place.no) {
        if let Some(successor) = Successor::read(&place.name, &place.email) {
            writing.leave_place(forum, person, SeatId(place.seat), &successor).await?;
        }
    }
    let kept = places.iter().filter(|place| place.yes).map(|place| SeatId(place.seat));
    writing.keep_places(link, person.id, &kept.collect::<Vec<_>>()).await
}
