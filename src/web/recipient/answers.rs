//! "Did this hit?": a page with one button each, because a link scanner follows every link.

use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use crate::feedback::links::OpenLetter;
use crate::store::Answer;
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
    preferences: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "answer.html";
}

/// GET: did it hit?
pub(super) async fn ask_hit(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    show(&reading, &token, &reading.letter(&token).await?, Answer::Hit, false)
}

/// GET: did it miss?
pub(super) async fn ask_miss(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    show(&reading, &token, &reading.letter(&token).await?, Answer::Miss, false)
}

/// POST: it hit.
pub(super) async fn record_hit(writing: Writing, Path(token): Path<String>) -> Result<Response, Refusal> {
    record(&writing, &token, Answer::Hit).await
}

/// POST: it missed.
pub(super) async fn record_miss(writing: Writing, Path(token): Path<String>) -> Result<Response, Refusal> {
    record(&writing, &token, Answer::Miss).await
}

async fn record(writing: &Writing, token: &str, answer: Answer) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let letter = reading.letter(token).await?;
    writing.record_tap(&letter, None, answer).await?;
    show(&reading, token, &letter, answer, true)
}

fn show(
    reading: &Reading,
    token: &str,
    letter: &OpenLetter,
    answer: Answer,
    recorded: bool,
) -> Result<Response, Refusal> {
    let language = letter.recipient.language;
    let words = &reading.0.words(language).answer;
    let (title, button, done, path) = match answer {
        Answer::Miss => (&words.miss, &words.miss_button, &words.miss_done, "miss"),
        _ => (&words.hit, &words.hit_button, &words.hit_done, "hit"),
    };
    let page = Page {
        title: title.clone(),
        masked: letter.recipient.email.masked(),
        action: format!("/l/{token}/{path}"),
        button: button.clone(),
        done: recorded.then(|| done.clone()),
        preferences: format!("/l/{token}/preferences"),
    };
    reading.0.page(&letter.forum, language, &page)
}
