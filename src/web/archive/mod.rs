//! What stands to be read: lists of items with search and filters. What may be seen is decided by a
//! [`crate::matching::Sight`]; the pages here are the same for everyone.

pub(super) mod around;
pub(super) mod asked;
mod conditional;
mod entry;
pub(super) mod feeds;
pub(super) mod files;
pub(super) mod list;
mod mine;
mod personal;

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};

use super::headers::preferred_language;
use super::refusal::Refusal;
use super::routes::Routes;
use super::site::Reading;
use crate::matching::Sight;
use asked::Asked;
use list::{Face, list_page};

/// The routes of lists, feeds, and the items of who is signed in.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/public", get(show_public))
        .route("/feeds", get(feeds::show_page))
        .route("/feeds/{file}", get(feeds::show_all))
        .route("/feeds/{facet}/{file}", get(feeds::show_one))
        .route("/f/{token}/{file}", get(personal::show_feed))
        .route("/me/items", get(mine::show_list))
        .route("/me/feeds", get(personal::show_mine).post(personal::make))
        .route("/me/feeds/{id}/off", post(personal::revoke))
        .route("/items/{slug}", get(mine::show_item))
        .route("/items/{slug}/event.ics", get(mine::show_calendar))
        .route("/items/{slug}/file/{position}", get(mine::show_file))
}

/// GET: what everyone may read.
async fn show_public(
    reading: Reading,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = asked.language().unwrap_or_else(|| preferred_language(&headers, &forum));
    let sight = Sight::of_everyone(reading.0.now());
    let page = list_page(&reading, &forum, language, &sight, &asked, Face::Public).await?;
    reading.0.page(&forum, language, &page)
}
