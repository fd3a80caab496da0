//! What the buttons on a person's page do.

use axum::response::Response;
use axum_extra::extract::Form;
use serde::Deserialize;

use super::person::{Page, find, page_of};
use super::told::end_at;
use crate::forum::UnionGround;
use crate::ids::OrganisationId;
use crate::intake::union_grounds::SaidBy;
use crate::store::Resumption;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{BRIEFLY, Reading, Writing, name_press};
use crate::web::staff::Staff;

/// What the button says that takes a ground back on the person's word.
const WITHDRAWN: &str = "withdrawn";

/// What came with a button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    /// The box that says that they asked for it, or that one is sure.
    sure: String,
    from: String,
}

/// Which union, and on what ground that they sit for it is stored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SaidOfUnion {
    union: i64,
    ground: String,
}

/// POST: letters go to them again. What they decided themselves, on their word alone.
pub(super) async fn resume(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    match writing.resume(&staff, person.id, !said.sure.is_empty()).await? {
        Resumption::TheirsToDecide(..) => {
            let words = reading.0.words(staff.language).people.note.their_word.clone();
            refuse(&reading, &staff, id, |page| drop(page.errors.insert("resume", words))).await
        }
        _ => Ok(back(&reading, id, "resumed")),
    }
}

/// POST: mails them the link to their own pages; within a short while it is one mail, whoever presses.
pub(super) async fn mail_link(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    let name = name_press(&["link", &id.to_string(), person.email.as_str()]);
    let own = staff.clone();
    let mail = move |writing: Writing| async move {
        let is_sent = writing.mail_link(&own, &person).await.map_err(Some)?;
        is_sent.then(String::new).ok_or(None::<Refusal>)
    };
    match writing.press_once((name, BRIEFLY), mail).await? {
        Ok(_) => return Ok(back(&reading, id, "link")),
        Err(Some(refusal)) => return Err(refusal),
        Err(None) => {}
    }
    let words = reading.0.words(staff.language).people.note.no_link.clone();
    refuse(&reading, &staff, id, |page| page.problem = words).await
}

/// POST: closes the links in the letters that they have got.
pub(super) async fn close_letters(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    writing.close_letter_links(&staff, person.id).await?;
    Ok(back(&reading, id, "letters"))
}

/// POST: closes the question who has their places.
pub(super) async fn still_here(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    writing.answer_question(&staff, person.id).await?;
    Ok(back(&reading, id, "here"))
}

/// POST: ends all their places, once the box beside the button says so.
pub(super) async fn take_out(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<Said>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    let words = &reading.0.words(staff.language).people.note;
    let (field, why) = match end_at(&reading, &staff, &said.from) {
        Err(()) => ("from", &words.day),
        Ok(_) if said.sure.is_empty() => ("sure", &words.sure),
        Ok(ends_at) => match writing.take_out(&staff, person.id, ends_at).await? {
            // Who had no place leaves none vacant.
            Some(0) => return Ok(back(&reading, id, "gone")),
            Some(_) => return Ok(back(&reading, id, "out")),
            None => ("from", &words.admitted),
        },
    };
    refuse(&reading, &staff, id, |page| {
        page.errors.insert(field, why.clone());
        page.out_from.clone_from(&said.from);
    })
    .await
}

/// POST: on what ground it is stored that they sit for a union; or that they withdrew it.
pub(super) async fn say_ground(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(said): Form<SaidOfUnion>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let person = find(&reading, &staff, id).await?;
    let ground = UnionGround::from_word(&said.ground);
    if ground.is_none() && said.ground != WITHDRAWN {
        return Err(Refusal::from(Why::BadForm).in_language(staff.language));
    }
    let actor = staff.actor();
    let by = SaidBy::another(&actor, reading.0.now());
    if !writing.say_ground((person.id, OrganisationId(said.union)), ground, by).await? {
        return Err(staff.nothing_there());
    }
    Ok(back(&reading, id, "ground"))
}

/// To the person's page, which says what was done.
fn back(reading: &Reading, id: i64, done: &str) -> Response {
    reading.0.go_to(&format!("/desk/people/{id}?done={done}"))
}

/// The person's page, with why nothing was done.
async fn refuse(
    reading: &Reading,
    staff: &Staff,
    id: i64,
    tell: impl FnOnce(&mut Page),
) -> Result<Response, Refusal> {
    let person = find(reading, staff, id).await?;
    let mut page = page_of(reading, staff, &person).await?;
    tell(&mut page);
    Ok(unprocessable(reading.0.desk_page(staff, &page)?))
}
