//! The way in: mails a link to whoever has an account, and says the same to everybody else.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::config::OidcSettings;
use crate::feedback::doors::own_path;
use crate::forum::{EmailAddress, Forum, Language};
use crate::web::headers::preferred_language;
use crate::web::limits::{ASKED_BY_CLIENT, Client, MAILS_TO_ADDRESS};
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;

/// Which way one came: where to go back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Way {
    pub(super) next: String,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    email: String,
    next: String,
}

#[derive(Default, Serialize)]
struct Page {
    /// Houses whose word opens the desk.
    houses: Vec<HouseButton>,
    sent: bool,
    next: String,
    email: String,
    wrong: bool,
    password_wrong: bool,
}

/// A button.
#[derive(Serialize)]
struct HouseButton {
    slug: String,
    name: String,
}

fn list_houses(site: &Site) -> Vec<HouseButton> {
    let button = |house: &OidcSettings| HouseButton { slug: house.slug.clone(), name: house.name.clone() };
    site.houses().iter().map(|house| button(house.settings())).collect()
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_sign_in.html";
}

/// GET: which address?
pub(super) async fn show(
    reading: Reading,
    Query(way): Query<Way>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let language = preferred_language(&headers, &forum);
    reading.0.page(
        &forum,
        language,
        &Page { houses: list_houses(&reading.0), next: way.next, ..Page::default() },
    )
}

/// POST: the same answer to every address, known or not, asked for once or too often.
pub(super) async fn ask(
    writing: Writing,
    Client(client): Client,
    headers: HeaderMap,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let forum = writing.reading().forum().await?;
    let language = preferred_language(&headers, &forum);
    let Ok(address) = asked.email.parse::<EmailAddress>() else {
        let houses = list_houses(&site);
        let page = Page { houses, next: asked.next, email: asked.email, wrong: true, ..Page::default() };
        return Ok(unprocessable(site.page(&forum, language, &page)?));
    };
    site.hold_to(ASKED_BY_CLIENT, &client, language)?;
    if site.admit(MAILS_TO_ADDRESS, address.as_str()) {
        let next = own_path(&asked.next).unwrap_or_default();
        writing.ask_for_desk(&address, language, next).await?;
    }
    site.page(&forum, language, &Page { sent: true, ..Page::default() })
}

/// The same page after a password that was none of that address's, whichever of the two is wrong.
pub(super) fn refuse_password(
    site: &Site,
    forum: &Forum,
    language: Language,
    (email, next): (String, String),
) -> Result<Response, Refusal> {
    let page = Page { houses: list_houses(site), next, email, password_wrong: true, ..Page::default() };
    Ok(unprocessable(site.page(forum, language, &page)?))
}
