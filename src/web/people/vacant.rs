//! Vacant places, and places of which we do not know who has them: mail comes back, or the holder said that they left.

use axum::response::Response;
use serde::Serialize;

use super::told::Teller;
use crate::store::{GroundlessRow, QuestionRow, VacantSeatRow};
use crate::web::calling::call;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// Rows of each list.
const SHOWN: i64 = 200;

#[derive(Serialize)]
struct Vacant {
    id: i64,
    what: String,
    represents: String,
}

#[derive(Serialize)]
struct Seat {
    id: i64,
    what: String,
}

#[derive(Serialize)]
struct Question {
    id: i64,
    name: String,
    because: String,
    suggests: String,
    places: Vec<Seat>,
}

/// Somebody who sits for a union on no recorded ground.
#[derive(Serialize)]
struct Groundless {
    id: i64,
    name: String,
    represents: String,
    /// They withdrew it.
    withdrawn: String,
}

#[derive(Serialize)]
struct Page {
    questions: Vec<Question>,
    questions_more: i64,
    vacant: Vec<Vacant>,
    more: i64,
    groundless: Vec<Groundless>,
    groundless_count: i64,
    groundless_more: i64,
    /// The forum has no places.
    empty: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "people_vacant.html";
}

/// GET: both lists. Who is bound to an organisation finds its vacant places alone: whom one asks may sit for others, too.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let (all, rows) = reading.vacant_seats(&staff, SHOWN).await?;
    let teller = Teller { reading: &reading, staff: &staff };
    let vacant = |row: &VacantSeatRow| Vacant {
        id: row.seat.0,
        what: format!("{}, {}", teller.position(&row.position), teller.group(&row.group)),
        represents: row.represents.clone(),
    };
    let (mut questions_count, mut questions) = (0, Vec::new());
    let (mut groundless_count, mut groundless) = (0, Vec::new());
    if !staff.reach.is_bound() {
        let (count, rows) = reading.questions(SHOWN).await?;
        questions_count = count;
        for row in &rows {
            questions.push(question_of(&teller, row).await?);
        }
        (groundless_count, groundless) = reading.groundless(SHOWN).await?;
    }
    let page = Page {
        questions_more: questions_count - i64::try_from(questions.len()).unwrap_or_default(),
        groundless_count,
        groundless_more: groundless_count - i64::try_from(groundless.len()).unwrap_or_default(),
        groundless: groundless.into_iter().map(|row| groundless_of(&teller, row)).collect(),
        vacant: rows.iter().map(vacant).collect(),
        more: all - i64::try_from(rows.len()).unwrap_or_default(),
        empty: rows.is_empty() && questions.is_empty() && !has_places(&reading, &staff).await?,
        questions,
    };
    reading.0.desk_page(&staff, &page)
}

/// Whether somebody has a place that is the account's to see; what nobody has is vacant.
async fn has_places(reading: &Reading, staff: &Staff) -> Result<bool, Refusal> {
    if let Some(own) = staff.reach.organisation() {
        return Ok(!reading.places_of_organisation(own).await?.is_empty());
    }
    let (people, now) = (reading.people().await?, reading.0.now());
    let mut seats = people.everyone.people().iter().flat_map(|standing| &standing.seats);
    Ok(seats.any(|seat| seat.ends_at.is_none_or(|end| now < end)))
}

fn groundless_of(teller: &Teller<'_>, row: GroundlessRow) -> Groundless {
    let words = &teller.reading.0.words(teller.staff.language).people.grounds;
    let pen = teller.reading.0.pen(&teller.staff.forum, teller.staff.language);
    let told = |at| fill(&words.withdrawn, &[("day", &pen.day(at))]);
    Groundless {
        id: row.recipient.0,
        name: call(&row.name, &row.email).to_owned(),
        withdrawn: row.withdrawn_at.map(told).unwrap_or_default(),
        represents: row.represents,
    }
}

/// Why it is asked who has somebody's places: by whose word, if mail did not come back.
pub(in crate::web) fn tell_because<'w>(words: &'w Words, row: &QuestionRow) -> &'w str {
    let words = &words.desk.today;
    match (row.because.as_str(), row.said_themselves) {
        ("left", true) => &words.because_left,
        ("left", false) => &words.because_answer,
        ("soft", _) => &words.because_soft,
        _ => &words.because_hard,
    }
}

async fn question_of(teller: &Teller<'_>, row: &QuestionRow) -> Result<Question, Refusal> {
    let all = teller.reading.0.words(teller.staff.language);
    let words = &all.desk.today;
    let named = row.suggested_name.as_ref().filter(|name| !name.is_empty()).or(row.suggested_email.as_ref());
    let now = teller.reading.0.now();
    let places = teller.reading.places_of_person(row.recipient).await?;
    let current = places.iter().filter(|place| place.held_until.is_none_or(|until| now < until));
    let seat = |place: &crate::store::PlaceRow| Seat {
        id: place.seat.0,
        what: format!("{}, {}", teller.position(&place.position), teller.group(&place.group)),
    };
    Ok(Question {
        id: row.recipient.0,
        name: call(&row.name, &row.email).to_owned(),
        because: tell_because(all, row).to_owned(),
        suggests: named.map_or_else(String::new, |name| fill(&words.suggests, &[("name", name)])),
        places: current.map(seat).collect(),
    })
}
