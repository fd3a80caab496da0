//! Leaving: a page that asks, one button, one click from the mail program (RFC 8058), and the way back.

use axum::body::Bytes;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::links::Subscription;
use crate::forum::{EmailAddress, Language};
use crate::web::layers::is_one_click;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::words::fill;

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    Ask,
    Done,
    /// The person was erased: nothing is left to say whose it was, nor to bring back.
    Forgotten,
}

#[derive(Serialize)]
struct Page {
    stage: Stage,
    masked: String,
    action: String,
    can_undo: bool,
    /// Letters about urgent items are off.
    urgent_off: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "unsubscribe.html";
}

/// That they are back, with the way to their own pages.
#[derive(Serialize)]
struct Back {
    title: String,
    lines: Vec<String>,
}

impl Content for Back {
    const TEMPLATE: &'static str = "back_again.html";
}

fn page_of(subscription: &Subscription, token: &str, urgent_off: bool) -> Page {
    let row = &subscription.row;
    let stage = match row.status.as_str() {
        "unsubscribed" => Stage::Done,
        "erased" => Stage::Forgotten,
        _ => Stage::Ask,
    };
    Page {
        stage,
        masked: masked(row.email.as_deref()),
        action: format!("/u/{token}"),
        can_undo: subscription.has_way_back(),
        urgent_off,
    }
}

/// The address as a page shows it; a row without one was erased.
fn masked(email: Option<&str>) -> String {
    email.and_then(|e| e.parse::<EmailAddress>().ok()).map_or_else(|| "***".to_owned(), |e| e.masked())
}

fn language_of(subscription: &Subscription) -> Language {
    subscription.row.language.parse().unwrap_or(Language::Nb)
}

/// GET: whose it is, and one button.
pub(super) async fn show(reading: Reading, Path(token): Path<String>) -> Result<Response, Refusal> {
    let subscription = reading.subscription(&token).await?;
    answer(&reading, &subscription, &token).await
}

async fn answer(reading: &Reading, subscription: &Subscription, token: &str) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let urgent_off = reading.is_urgent_off(subscription.id).await?;
    reading.0.page(&forum, language_of(subscription), &page_of(subscription, token, urgent_off))
}

/// `off`, or anything else for on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Urgent {
    urgent: String,
}

/// POST: out of letters about urgent items only, or back in: what is urgent then waits for the ordinary letter.
pub(super) async fn change_urgent(
    writing: Writing,
    Path(token): Path<String>,
    Form(form): Form<Urgent>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let subscription = reading.subscription(&token).await?;
    writing.set_urgent_off(subscription.id, form.urgent == "off").await?;
    answer(&reading, &subscription, &token).await
}

/// POST: out. From the page's button and from a mail program alike: no cookie, no redirect, 200, again and
/// again. The body only tells which of the two it was, so both encodings of RFC 8058 (and a lost body) will do.
pub(super) async fn unsubscribe(
    writing: Writing,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let subscription = reading.subscription(&token).await?;
    let way = if is_one_click(&body) { "one-click" } else { "page" };
    writing.unsubscribe(subscription.id, way).await?;
    let subscription = reading.subscription(&token).await?;
    answer(&reading, &subscription, &token).await
}

/// POST: back in, if it was this way that they left.
pub(super) async fn take_back(writing: Writing, Path(token): Path<String>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let before = reading.subscription(&token).await?;
    let language = language_of(&before);
    if before.has_way_back() {
        writing.take_back_unsubscribing(before.id).await?;
    } else if before.row.status != "active" {
        return Err(Refusal::from(Why::Gone).in_language(language));
    }
    let forum = reading.forum().await?;
    let words = &reading.0.words(language).unsubscribe;
    let address = masked(before.row.email.as_deref());
    let line = fill(&words.back_line, &[("forum", &forum.settings.name), ("address", &address)]);
    let recipient = reading.recipient(&forum, before.id).await?;
    let pausing = recipient.and_then(|recipient| reading.0.pen(&forum, language).pausing(&recipient));
    let lines = std::iter::once(line).chain(pausing).collect();
    reading.0.page(&forum, language, &Back { title: words.back.clone(), lines })
}
