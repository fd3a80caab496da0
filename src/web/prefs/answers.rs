//! "Did this hit?": a page with one button each, because a link scanner follows every link. Who has answered may
//! change their mind there; the newest answer stands.

use axum::response::Response;
use serde::Serialize;

use super::sample::ProbeView;
use crate::feedback::links::OpenLetter;
use crate::store::Answer;
use crate::web::door::Door;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    title: String,
    masked: String,
    action: String,
    button: String,
    done: Option<String>,
    /// What becomes of the answer.
    used_for: String,
    /// The other answer, for who thinks better of it.
    other: String,
    other_button: String,
    preferences: String,
    /// One question more, after the answer.
    probe: Option<ProbeView>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "answer.html";
}

/// Whether an answer was given, and what became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    /// Learning is switched off: the answer will not be kept.
    AskedInVain,
    Kept,
    NotKept,
}

/// GET: did it hit?
pub(super) async fn ask_hit(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    ask(&reading, &token, Answer::Hit).await
}

/// GET: did it miss?
pub(super) async fn ask_miss(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    ask(&reading, &token, Answer::Miss).await
}

/// POST: it hit.
pub(super) async fn record_hit(writing: Writing, Path(token): Path<String>) -> Result<Response, Refusal> {
    record(&writing, &token, Answer::Hit).await
}

/// POST: it missed.
pub(super) async fn record_miss(writing: Writing, Path(token): Path<String>) -> Result<Response, Refusal> {
    record(&writing, &token, Answer::Miss).await
}

async fn ask(reading: &Reading, token: &str, answer: Answer) -> Result<Response, Refusal> {
    let letter = reading.letter(token).await?;
    let is_learning = reading.is_learning(letter.recipient.id).await?;
    let stage = if is_learning { Stage::Asked } else { Stage::AskedInVain };
    show(reading, (token, &letter), (answer, stage), None)
}

async fn record(writing: &Writing, token: &str, answer: Answer) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let letter = reading.letter(token).await?;
    let kept = writing.record_tap(&letter, None, answer).await?;
    let stage = if kept { Stage::Kept } else { Stage::NotKept };
    let door = Door::Letter { token: token.to_owned() };
    let probe = ProbeView::beside(&reading, &letter.row, &door).await?;
    show(&reading, (token, &letter), (answer, stage), probe)
}

fn show(
    reading: &Reading,
    (token, letter): (&str, &OpenLetter),
    (answer, stage): (Answer, Stage),
    probe: Option<ProbeView>,
) -> Result<Response, Refusal> {
    let language = letter.recipient.language;
    let (words, own) = (&reading.0.words(language).answer, &reading.0.words(language).prefs.answer);
    let path = |answer: &str| format!("/l/{token}/{answer}");
    let (title, button, done, this, other, other_button) = match answer {
        Answer::Miss => (&words.miss, &words.miss_button, &words.miss_done, "miss", "hit", &own.rather_hit),
        _ => (&words.hit, &words.hit_button, &words.hit_done, "hit", "miss", &own.rather_miss),
    };
    let page = Page {
        title: title.clone(),
        masked: letter.recipient.email.masked(),
        action: path(this),
        button: button.clone(),
        done: match stage {
            Stage::Asked | Stage::AskedInVain => None,
            Stage::Kept => Some(done.clone()),
            Stage::NotKept => Some(own.not_kept.clone()),
        },
        used_for: match stage {
            Stage::AskedInVain => own.will_not_keep.clone(),
            _ if !letter.forum.settings.learning => own.sums_only.clone(),
            _ => words.used_for.clone(),
        },
        other: path(other),
        other_button: other_button.clone(),
        preferences: path("preferences"),
        probe,
    };
    reading.0.page(&letter.forum, language, &page)
}
