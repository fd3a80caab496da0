//! A letter's own items, asked again each time, and their calendar files.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::web::archive::around::{Around, AskedLanguage, around_itself};
use crate::web::archive::files::file_of;
use crate::web::item_view::{ItemView, has_day};
use crate::web::part::{AnsweringView, HelpView, share_path};
use crate::web::paths::Path;
use crate::web::reasons::{list_reasons, tell_reader};
use crate::web::received::{Held, Received};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;

#[derive(Serialize)]
struct ItemPage {
    item: ItemView,
    around: Around,
    calendar: Option<String>,
    share: String,
    not_for_me: Option<String>,
    answering: Option<AnsweringView>,
    help: Option<HelpView>,
    why: Option<String>,
    preferences: String,
    privacy: String,
}

impl Content for ItemPage {
    const TEMPLATE: &'static str = "item.html";
}

/// GET: the item.
pub(super) async fn show(
    reading: Reading,
    received: Received,
    Query(asked): Query<AskedLanguage>,
) -> Result<Response, Refusal> {
    let Received { letter, open, base, door } = &received;
    let language = asked.language().unwrap_or(letter.recipient.language);
    let reasons = list_reasons(letter, open)?;
    let words = reading.0.words(language);
    let told: Vec<String> = tell_reader(words, letter, &reasons).into_iter().map(|line| line.text).collect();
    let who = received.participant();
    let pen = reading.0.pen(&letter.forum, language);
    let page = ItemPage {
        around: around_itself(&reading, &pen, &open.item, base).await?,
        answering: AnsweringView::of(&reading, &who).await?,
        help: HelpView::of(&reading, &who).await?,
        item: pen.view(&open.item),
        calendar: has_day(&open.item).then(|| format!("{base}/event.ics")),
        share: share_path(&open.item, base),
        not_for_me: open.held.is_some().then(|| format!("{base}/not-for-me")),
        why: (!told.is_empty()).then(|| format!("{}: {}.", words.not_for_me.because, told.join(". "))),
        preferences: door.path("preferences"),
        privacy: door.path("privacy"),
    };
    reading.0.page(&letter.forum, language, &page)
}

/// GET: a file of the item.
pub(super) async fn show_file(
    reading: Reading,
    headers: HeaderMap,
    received: Received,
    Path((_, _, position)): Path<(String, String, i64)>,
) -> Result<Response, Refusal> {
    file_of(&reading, &headers, &received.open.item, position).await
}

/// GET: an event's calendar file; of one that was taken back the file that takes it out of the calendar.
pub(super) async fn show_calendar(
    reading: Reading,
    Held(letter): Held,
    Path((_, id)): Path<(String, String)>,
    received: Result<Received, Response>,
) -> Result<Response, Response> {
    let refuse = |refusal: Refusal| refusal.into_response();
    let item = match reading.cancelled_event(&letter, &id).await.map_err(refuse)? {
        Some(cancelled) => cancelled,
        None => received?.open.item,
    };
    reading.calendar_of(&letter.forum, &item, letter.recipient.language).map_err(refuse)
}
