//! How accessible the pages and letters are: what is met, how that was tried, what is not, whom to tell, and who
//! watches over it. In substance the statement that Norwegian law asks of public bodies
//! (forskrift om universell utforming av IKT-løsninger, § 5).

use axum::http::HeaderMap;
use axum::response::Response;
use chrono::NaiveDate;
use serde::Serialize;

use crate::forum::Forum;
use crate::web::headers::preferred_language;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Site};
use crate::web::templates::Content;

/// The day on which the statement was last held against the pages.
const HELD_ON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 28);

#[derive(Serialize)]
struct Page {
    organisation: String,
    contact: Option<String>,
    authority: String,
    held_on: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "accessibility.html";
}

/// Whom to tell of a hindrance: who is named for that, else for privacy, else who reads replies.
fn find_contact(site: &Site, forum: &Forum) -> Option<String> {
    let named = site.config().file.accessibility.contact.clone();
    named.or_else(|| site.privacy(forum).contact).or_else(|| site.sender(forum).reply_address)
}

/// GET: the statement, in the browser's language.
pub(super) async fn show(reading: Reading, headers: HeaderMap) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    let file = &reading.0.config().file;
    let pen = reading.0.pen(&forum, language);
    let words = &pen.words.statements.accessibility;
    let page = Page {
        organisation: reading.0.privacy(&forum).controller.unwrap_or_else(|| forum.settings.name.clone()),
        contact: find_contact(&reading.0, &forum),
        authority: file.accessibility.authority.clone().unwrap_or_else(|| words.authority.clone()),
        held_on: HELD_ON.map_or_else(String::new, |day| pen.locale.day(day, pen.today)),
    };
    reading.0.page(&forum, language, &page)
}
