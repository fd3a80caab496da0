//! What everyone may see: the front page and public items. Nothing here knows a person.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use super::archive::around::{Around, AskedLanguage, look_around};
use super::archive::files::file_of;
use super::headers::{language_of, preferred_language};
use super::item_view::{ItemView, Pen, has_day};
use super::refusal::Refusal;
use super::routes::Routes;
use super::site::Reading;
use super::templates::Content;
use super::words::fill;
use crate::content::Item;
use crate::forum::{Facet, Language, TermIx};
use crate::letter::name_in_sentence;
use crate::matching::Sight;
use crate::web::paths::Path;

/// The newest items that the front page shows.
const FRONT_ITEMS: usize = 20;

/// How much of an item stands in a list or a preview.
const LEAD_CHARACTERS: usize = 200;

/// Sectors that a share page offers to sign up for.
const MOST_TOPICS: usize = 3;

/// The share pages.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/i/{slug}", get(share))
        .route("/i/{slug}/event.ics", get(share_calendar))
        .route("/i/{slug}/file/{position}", get(share_file))
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
    /// A page of effects is published.
    effects: bool,
    /// Whether organisations have pages of their own.
    organisations: bool,
}

impl Content for Front {
    const TEMPLATE: &'static str = "front.html";
}

/// GET: the forum's plain public front page.
pub(super) async fn show_front(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let pen = reading.0.pen(&forum, language);
    let items = reading.open_public_items(&forum, FRONT_ITEMS).await?;
    let entry = |item: &Item| {
        let (_, text) = item.text_for(language);
        Entry {
            slug: item.slug.clone(),
            title: text.title.clone(),
            kicker: pen.kicker(item),
            lead: text.gist(LEAD_CHARACTERS),
        }
    };
    let effects = reading.has_effects().await?;
    let organisations = reading.has_represented().await?;
    let page = Front { items: items.iter().map(entry).collect(), effects, organisations };
    reading.0.page(&forum, language, &page)
}

/// A sector to sign up for.
#[derive(Serialize)]
struct Topic {
    label: String,
    href: String,
}

#[derive(Serialize)]
struct Share {
    item: ItemView,
    around: Around,
    lead: String,
    locale: &'static str,
    url: String,
    topics: Vec<Topic>,
    copy: String,
    copy_short: String,
    calendar: Option<String>,
}

impl Content for Share {
    const TEMPLATE: &'static str = "share.html";
}

/// GET: a public item, to pass on.
async fn share(
    reading: Reading,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(asked): Query<AskedLanguage>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let sight = Sight::of_everyone(reading.0.now());
    let item = reading.readable_item(&forum, &sight, &slug).await?;
    let language = asked.language().or_else(|| language_of(&headers)).unwrap_or(item.language);
    let pen = reading.0.pen(&forum, language);
    let (written_in, _) = item.text_for(language);
    let url = format!("{}/i/{}", reading.0.config().base_url, item.slug);
    let page = Share {
        around: look_around(&reading, &pen, &sight, &item, "/i/").await?,
        lead: reading.0.pen(&forum, written_in).in_short(&item, LEAD_CHARACTERS),
        locale: locale_of(written_in),
        topics: list_topics(&pen, &item),
        copy: pen.copy(&item, &url),
        copy_short: pen.copy_short(&item, &url),
        calendar: has_day(&item).then(|| format!("/i/{}/event.ics", item.slug)),
        item: pen.view(&item),
        url,
    };
    reading.0.page(&forum, language, &page)
}

/// Open Graph's name of a language, with its country.
fn locale_of(language: Language) -> &'static str {
    match language {
        Language::Nb => "nb_NO",
        Language::Nn => "nn_NO",
        Language::En => "en_GB",
    }
}

/// The sectors that the item is about: whoever reads may sign up for them.
fn list_topics(pen: &Pen, item: &Item) -> Vec<Topic> {
    let sectors = item.about.iter().filter(|ix| pen.forum.terms.term(**ix).facet == Facet::Sector);
    let topic = |ix: &TermIx| Topic {
        label: fill(
            &pen.words.archive.share.get_topic,
            &[("name", &name_in_sentence(pen.forum, *ix, pen.language))],
        ),
        href: format!("/sign-up?topic={}", pen.forum.terms.term(*ix)),
    };
    sectors.take(MOST_TOPICS).map(topic).collect()
}

/// GET: a file of a public item.
async fn share_file(
    reading: Reading,
    headers: HeaderMap,
    Path((slug, position)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let item = reading.readable_item(&forum, &Sight::of_everyone(reading.0.now()), &slug).await?;
    file_of(&reading, &headers, &item, position).await
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
    reading.calendar_of(&forum, &item, language)
}
