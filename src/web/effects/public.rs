//! What everybody may read: the page that was published, and the same as plain text.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::text::write_text;
use super::view::{EffectsView, Scene, whole_day};
use crate::forum::{Forum, Language};
use crate::matching::Sight;
use crate::web::headers::preferred_language;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::words::fill;

#[derive(Serialize)]
struct Page {
    effects: EffectsView,
    /// "Publisert 8. mars".
    published: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "effects.html";
}

/// The page in a reader's language, with when it was published; none, if none is.
pub(super) async fn find_page(
    reading: &Reading,
    forum: &Forum,
    language: Language,
) -> Result<Option<(EffectsView, String)>, Refusal> {
    let row = reading.effect_page().await?;
    let Some(effects) = reading.effects(forum, &row).await? else { return Ok(None) };
    let library = reading.library().await?;
    let pen = reading.0.pen(forum, language);
    let day = row.published_at.map(|at| whole_day(&pen, at.with_timezone(&forum.settings.zone).date_naive()));
    let day = day.unwrap_or_default();
    let scene = Scene { pen: &pen, items: &library.items, sight: Sight::of_everyone(reading.0.now()) };
    Ok(Some((scene.view(&effects), fill(&pen.words.effects.page.published, &[("day", &day)]))))
}

/// GET: the page.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let (effects, published) = find_page(&reading, &forum, language).await?.ok_or(Why::NotFound)?;
    reading.0.page(&forum, language, &Page { effects, published })
}

/// GET: the same, ready to be pasted.
pub(super) async fn show_text(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let (effects, _) = find_page(&reading, &forum, language).await?.ok_or(Why::NotFound)?;
    let text = text_of(&reading, &forum, language, &effects);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_LANGUAGE, language.tag())];
    Ok((headers, text).into_response())
}

/// The page as plain text, with its address.
pub(super) fn text_of(reading: &Reading, forum: &Forum, language: Language, effects: &EffectsView) -> String {
    let pen = reading.0.pen(forum, language);
    let url = format!("{}/effects", reading.0.config().base_url);
    write_text(&pen, effects, &url)
}
