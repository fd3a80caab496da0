//! The open page of an organisation, and its feeds: what is public and concerns it, the newest first.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::invitation::{feed_path, page_path, sign_up_path};
use crate::web::archive::asked::Asked;
use crate::web::archive::feeds::{Form, Head, answer_with};
use crate::web::archive::list::{Entry, Face, PAGE_ITEMS, entry_of};
use crate::web::headers::preferred_language;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::site::archive::Wanted;
use crate::web::templates::Content;
use crate::web::words::fill;

/// The name of both feeds, before their endings.
const FEED: &str = "feed";

#[derive(Serialize)]
struct Page {
    name: String,
    /// It is a union: who comes by its invitation is not kept.
    union: bool,
    url: String,
    feed: String,
    calendar: String,
    sign_up: String,
    items: Vec<Entry>,
    next: Option<String>,
    first: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "organisation.html";
}

/// GET: the page.
pub(super) async fn show(
    reading: Reading,
    headers: HeaderMap,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let of = reading.get_represented(&forum, &slug).await?;
    let language = asked.language().unwrap_or_else(|| preferred_language(&headers, &forum));
    let wanted = Wanted { after: asked.wanted(&forum).after, ..Wanted::default() };
    let later = wanted.after.is_some();
    let shelf = reading.concerning(&forum, &of, wanted, PAGE_ITEMS).await?;
    let pen = reading.0.pen(&forum, language);
    let path = page_path(&of);
    let page = Page {
        union: of.is_union(),
        url: format!("{}{path}", reading.0.config().base_url),
        feed: feed_path(&of),
        calendar: format!("{path}/{FEED}.{}", Form::Calendar.ending()),
        sign_up: sign_up_path(&of),
        items: shelf.items.iter().map(|item| entry_of(&pen, item, Face::Public)).collect(),
        next: shelf.next.map(|place| format!("{path}?{}", asked.written(Some(&place)))),
        first: later.then_some(path),
        name: of.organisation.name,
    };
    reading.0.page(&forum, language, &page)
}

/// GET: the same as Atom, or its events as a calendar.
pub(super) async fn show_feed(
    reading: Reading,
    headers: HeaderMap,
    Path((slug, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let (FEED, form) = Form::split(&file).ok_or(Why::NotFound)? else { return Err(Why::NotFound.into()) };
    let forum = reading.forum().await?;
    let of = reading.get_represented(&forum, &slug).await?;
    let language = asked.language().unwrap_or(forum.settings.language);
    let (wanted, at_most) = form.of(Wanted::default());
    let items = reading.concerning(&forum, &of, wanted, at_most).await?.items;
    let title = &reading.0.words(language).organisation.page.title;
    let title = fill(title, &[("organisation", &of.organisation.name)]);
    let head = Head {
        form,
        subject: format!("organisation.{slug}.{}", form.ending()),
        title: format!("{}: {title}", forum.settings.name),
        path: format!("/o/{slug}/{file}"),
        page: page_path(&of),
        dated: false,
    };
    answer_with(&reading, (&forum, language), &headers, (&head, &items)).await
}
