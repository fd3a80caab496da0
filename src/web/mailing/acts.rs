//! What the buttons of a mailing do: pause, go on, cancel, and what becomes of single letters.

use axum::extract::Form;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::told::{is_open, name_rhythm, path_of, word_of};
use crate::delivery::OnceMore;
use crate::ids::{DeliveryId, EditionId};
use crate::store::{Arrival, DeliveryState};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::counted;

/// Where a button stood.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    edition: String,
    state: String,
    #[serde(rename = "as")]
    as_what: String,
}

/// POST: nothing more of the mailing goes until somebody lets it.
pub(super) async fn pause(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = reading.edition(&staff, EditionId(id)).await?;
    writing.pause_edition(&staff, row.id).await?;
    Ok(reading.0.go_to(&format!("{}?done=paused", path_of(row.id))))
}

/// POST: it goes on.
pub(super) async fn resume(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = reading.edition(&staff, EditionId(id)).await?;
    writing.resume_edition(&staff, row.id).await?;
    Ok(reading.0.go_to(&format!("{}?done=resumed", path_of(row.id))))
}

#[derive(Serialize)]
struct Sure {
    base: String,
    when: String,
    often: String,
    waiting: String,
    unplanned: bool,
}

impl Content for Sure {
    const TEMPLATE: &'static str = "mailing_cancel.html";
}

/// GET: what cancelling would do; of a mailing that is over, nothing.
pub(super) async fn ask_cancel(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let row = reading.edition(&staff, EditionId(id)).await?;
    let tally = reading.tally(&row).await?;
    if !is_open(&row, &tally) {
        return Ok(reading.0.go_to(&path_of(row.id)));
    }
    let words = reading.0.words(staff.language);
    let waiting = tally.of(DeliveryState::Queued) + tally.of(DeliveryState::Deferred);
    let page = Sure {
        base: path_of(row.id),
        when: reading.0.pen(&staff.forum, staff.language).instant(row.occurs_at),
        often: name_rhythm(words, &row),
        waiting: counted(
            &words.mailing.cancel.waiting_one,
            &words.mailing.cancel.waiting,
            usize::try_from(waiting).unwrap_or_default(),
        ),
        unplanned: row.planned_at.is_none(),
    };
    reading.0.desk_page(&staff, &page)
}

/// POST: cancels what is unsent.
pub(super) async fn cancel(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let row = reading.edition(&staff, EditionId(id)).await?;
    if !is_open(&row, &reading.tally(&row).await?) {
        return Ok(reading.0.go_to(&path_of(row.id)));
    }
    writing.cancel_edition(&staff, row.id).await?;
    Ok(reading.0.go_to(&format!("{}?done=cancelled", path_of(row.id))))
}

/// POST: sends a letter once more.
pub(super) async fn retry(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let done = writing.send_once_more(&staff, DeliveryId(id)).await?;
    let is_ended = matches!(done, OnceMore::Emptied(_) | OnceMore::Changed(_));
    // The list says at that letter why it does not go.
    let at = if is_ended { format!("{}&letter={id}", word_of(done)) } else { word_of(done).to_owned() };
    Ok(back(&writing.reading(), &pressed, &at))
}

/// POST: says what became of a letter that may have arrived.
pub(super) async fn settle(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    // What is settled stays so: nothing is taken for an answer that is none.
    let arrival = match pressed.as_what.as_str() {
        "accepted" => Arrival::Arrived,
        "rejected" => Arrival::Lost,
        _ => return Err(Refusal::from(Why::BadForm).in_language(staff.language)),
    };
    let done = match (writing.settle_letter(&staff, DeliveryId(id), arrival).await?, arrival) {
        (true, Arrival::Arrived) => "arrived",
        (true, Arrival::Lost) => "lost",
        (false, _) => "late",
    };
    Ok(back(&writing.reading(), &pressed, done))
}

/// To the list where the button stood, which tells what was done.
fn back(reading: &Reading, pressed: &Pressed, done: &str) -> Response {
    let state = DeliveryState::from_word(&pressed.state).unwrap_or(DeliveryState::Uncertain);
    match pressed.edition.parse().map(EditionId) {
        Ok(id) => reading.0.go_to(&format!("{}/letters?state={}&done={done}", path_of(id), state.word())),
        Err(_) => reading.0.go_to("/desk/mailing/sent"),
    }
}
