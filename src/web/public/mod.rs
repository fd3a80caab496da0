//! What everyone may see: the front page and public items. Nothing here knows a person.

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::item_view::{ItemView, has_day, lead_of};
use super::layers::language_of;
use super::recipient::items::calendar_of;
use super::refusal::Refusal;
use super::site::{Reading, Site};
use super::templates::Content;

/// The newest items that the front page shows.
const FRONT_ITEMS: usize = 20;

/// How much of an item stands in a list or a preview.
const LEAD_CHARACTERS: usize = 200;

/// The share pages.
pub(super) fn routes() -> Router<Site> {
    Router::new().route("/i/{slug}", get(share)).route("/i/{slug}/event.ics", get(share_calendar))
}

#[derive(Serialize)]
struct Entry {
    slug: String,
    title: String,
    kicker: String,
    lead: String,
}

#[derive(Serialize)]
struct Front {
    items: Vec<Entry>,
}

impl Content for Front {
    const TEMPLATE: &'static str = "front.html";
}

/// GET: the forum's plain public front page.
pub(super) async fn show_front(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = language_of(&headers).unwrap_or(forum.settings.language);
    let pen = reading.0.pen(&forum, language);
    let items = reading.open_public_items(&forum, FRONT_ITEMS).await?;
    let entry = |item: &crate::content::Item| {
        let (_, text) = item.text_for(language);
        Entry {
            slug: item.slug.clone(),
            title: text.title.clone(),
            kicker: pen.kicker(item),
            lead: lead_of(text, LEAD_CHARACTERS),
        }
    };
    let page = Front { items: items.iter().map(entry).collect() };
    reading.0.page(&forum, language, &page)
}

#[derive(Serialize)]
struct Share {
    item: ItemView,
    lead: String,
    url: String,
    copy: String,
    calendar: Option<String>,
}

impl Content for Share {
    const TEMPLATE: &'static str = "share.html";
}

/// GET: a public item, to pass on.
async fn share(reading: Reading, headers: HeaderMap, Path(slug): Path<String>) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let item = reading.public_item(&forum, &slug).await?;
    let language = language_of(&headers).unwrap_or(item.language);
    let pen = reading.0.pen(&forum, language);
    let url = format!("{}/i/{}", reading.0.config().base_url, item.slug);
    let page = Share {
        lead: lead_of(item.text_for(language).1, LEAD_CHARACTERS),
        copy: pen.copy(&item, &url),
        calendar: has_day(&item).then(|| format!("/i/{}/event.ics", item.slug)),
        item: pen.view(&item),
        url,
    };
    reading.0.page(&forum, language, &page)
}

/// GET: a public event's calendar file.
async fn share_calendar(
    reading: Reading,
    headers: HeaderMap,
    Path(slug): Path<String>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let item = reading.public_item(&forum, &slug).await?;
    let language = language_of(&headers).unwrap_or(item.language);
    calendar_of(&reading, &forum, &item, language)
}
