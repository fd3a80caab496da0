//! One letter: as its reader sees it, as plain text, and as it went over the wire; beside it, why each item is in it.

use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use super::scene::{Nav, Scene};
use crate::ids::DeliveryId;
use crate::web::calling::call_anybody;
use crate::web::mailbox::Mail;
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Reading;
use crate::web::templates::Content;

/// The letter's own HTML carries its styles inline and loads nothing; it stands alone in a sandbox.
const FRAME_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                            frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

#[derive(Clone, Copy, PartialEq)]
enum View {
    Html,
    Text,
    Source,
}

#[derive(Serialize)]
struct Tab {
    href: String,
    label: String,
    current: bool,
}

#[derive(Serialize)]
struct Held {
    title: String,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct Page {
    nav: Nav,
    subject: String,
    name: String,
    address: Option<String>,
    when: String,
    state: String,
    tabs: Vec<Tab>,
    missing: bool,
    frame: Option<String>,
    text: String,
    items: Vec<Held>,
    carried: Vec<String>,
    person: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "inbox_letter.html";
}

/// GET: as a mail program shows it.
pub(super) async fn show_html(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    show(&reading, DeliveryId(id), View::Html).await
}

/// GET: its text part.
pub(super) async fn show_text(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    show(&reading, DeliveryId(id), View::Text).await
}

/// GET: the message as it is stored.
pub(super) async fn show_source(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    show(&reading, DeliveryId(id), View::Source).await
}

/// GET: the HTML part alone, for the frame.
pub(super) async fn show_frame(reading: Reading, Path(id): Path<i64>) -> Result<Response, Refusal> {
    Ok(framed(reading.0.mailbox().find(DeliveryId(id)).ok_or(Why::NotFound)?))
}

/// A mail's HTML part, alone in a sandbox.
pub(in crate::web) fn framed(mail: Mail) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, FRAME_POLICY),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none"),
    ];
    // Its links open beside the inbox: our pages stand in no frame.
    let html = mail.html.replacen("<head>", "<head><base target=\"_blank\">", 1);
    (headers, Html(html)).into_response()
}

async fn show(reading: &Reading, id: DeliveryId, view: View) -> Result<Response, Refusal> {
    let scene = Scene::load(reading).await?;
    let letter = reading.inbox_letter(id).await?.ok_or(Why::NotFound)?;
    let carried = reading.carried_over(id).await?;
    let mail = reading.0.mailbox().find(id);
    let words = reading.0.words(scene.language);
    let held = scene
        .got
        .iter()
        .filter(|got| got.delivery == id)
        .map(|got| Ok(Held { title: scene.title_of(&got.slug), reasons: scene.told(reading, got)? }))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let pen = scene.pen(reading);
    let day = letter.dated_at.with_timezone(&scene.forum.settings.zone).date_naive();
    let page = Page {
        nav: Nav::Letters,
        subject: mail.as_ref().map_or_else(|| words.inbox.title.clone(), |m| m.subject.clone()),
        name: call_anybody(&letter.name, letter.email.as_deref()).to_owned(),
        address: letter.email.clone(),
        when: pen.locale.weekday_and_day(day, pen.today),
        state: words.state_of(&letter.state).to_owned(),
        tabs: list_tabs(id, view, &words.inbox),
        missing: mail.is_none(),
        frame: (view == View::Html).then(|| format!("/inbox/letter/{id}/frame")),
        text: mail.map_or_else(String::new, |mail| text_of(mail, view)),
        items: held,
        carried: scene.titles_of(&carried),
        person: format!("/inbox/person/{}", letter.recipient),
    };
    reading.0.page(&scene.forum, scene.language, &page)
}

fn text_of(mail: Mail, view: View) -> String {
    match view {
        View::Html => String::new(),
        View::Text => mail.text,
        View::Source => mail.source,
    }
}

fn list_tabs(id: DeliveryId, view: View, words: &crate::web::words::Inbox) -> Vec<Tab> {
    let tab = |rest: &str, label: &str, of: View| Tab {
        href: format!("/inbox/letter/{id}{rest}"),
        label: label.to_owned(),
        current: view == of,
    };
    vec![
        tab("", &words.html, View::Html),
        tab("/text", &words.text, View::Text),
        tab("/source", &words.source, View::Source),
    ]
}
