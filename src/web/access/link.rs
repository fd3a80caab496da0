//! "Send me my link": says the same to everybody, and looks nobody up.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use crate::feedback::doors::own_path;
use crate::forum::EmailAddress;
use crate::web::headers::preferred_language;
use crate::web::limits::{ASKED_BY_CLIENT, Client, MAILS_TO_ADDRESS};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::{Visitor, Whose};

/// Which way one came: where to go back to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Way {
    next: String,
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    email: String,
    next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Anybody: which address?
    Ask,
    /// From a letter: to whom it went.
    AskLetter,
    Sent,
}

#[derive(Serialize)]
struct Page {
    stage: Stage,
    action: String,
    next: String,
    email: String,
    masked: String,
    wrong: bool,
    /// So many links go to one address within so many minutes: told to everybody, whether one goes now or not.
    most: String,
    minutes: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "link.html";
}

impl Page {
    fn new(stage: Stage) -> Page {
        let empty = String::new;
        let (most, minutes) = (MAILS_TO_ADDRESS.at_most.to_string(), MAILS_TO_ADDRESS.minutes.to_string());
        let (action, next, email, masked) = (empty(), empty(), empty(), empty());
        Page { stage, action, next, email, masked, wrong: false, most, minutes }
    }
}

/// GET: which address?
pub(super) async fn show(
    reading: Reading,
    Query(way): Query<Way>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let page = Page { action: "/link".to_owned(), next: way.next, ..Page::new(Stage::Ask) };
    reading.0.page(&forum, preferred_language(&headers, &forum), &page)
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
        let (action, email) = ("/link".to_owned(), asked.email);
        let page = Page { action, next: asked.next, email, wrong: true, ..Page::new(Stage::Ask) };
        return Ok(unprocessable(site.page(&forum, language, &page)?));
    };
    site.hold_to(ASKED_BY_CLIENT, &client, language)?;
    if site.admit(MAILS_TO_ADDRESS, address.as_str()) {
        writing.ask_for_link(&address, language, &asked.next).await?;
    }
    site.page(&forum, language, &Page::new(Stage::Sent))
}

/// GET, from a letter: to whom it went, masked, and one button. At a device of theirs that is open, straight on.
pub(super) async fn show_for_letter(
    reading: Reading,
    visitor: Option<Visitor>,
    Path(token): Path<String>,
    Query(way): Query<Way>,
) -> Result<Response, Refusal> {
    let whose = Whose::of_letter(&reading, token).await?;
    if visitor.is_some_and(|visitor| visitor.recipient.id == whose.recipient.id) {
        return Ok(reading.0.go_to(own_path(&way.next).unwrap_or("/me")));
    }
    let (action, masked) = (whose.path("link"), whose.recipient.email.masked());
    whose.page(&reading.0, &Page { action, masked, next: way.next, ..Page::new(Stage::AskLetter) })
}

/// POST, from a letter: a link to whom it went, whoever presses.
pub(super) async fn ask_for_letter(
    writing: Writing,
    Path(token): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let whose = Whose::of_letter(&reading, token).await?;
    let (address, language) = (&whose.recipient.email, whose.recipient.language);
    if reading.0.admit(MAILS_TO_ADDRESS, address.as_str()) {
        writing.ask_for_link(address, language, &asked.next).await?;
    }
    let masked = address.masked();
    whose.page(&reading.0, &Page { masked, ..Page::new(Stage::Sent) })
}
