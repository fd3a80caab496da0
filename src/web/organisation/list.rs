//! The organisations that have a page: those that are represented in a group now, which the forum's make-up tells openly.

use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use crate::forum::sort_key;
use crate::store::RepresentedName;
use crate::web::headers::preferred_language;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Row {
    name: String,
    href: String,
}

#[derive(Serialize)]
struct Page {
    rows: Vec<Row>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "organisations.html";
}

/// GET: them all, by name.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let mut all = reading.represented().await?;
    all.sort_by_cached_key(|row| sort_key(&row.name));
    let row = |row: RepresentedName| Row { href: format!("/o/{}", row.slug), name: row.name };
    reading.0.page(&forum, language, &Page { rows: all.into_iter().map(row).collect() })
}
