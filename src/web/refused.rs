//! Refusals as pages: a layer outside all handlers writes them, in the reader's language and with the ways that are theirs around them.

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use serde::Serialize;

use super::admission::find_seated;
use super::headers::language_of;
use super::paths::{encode_path, is_desk, is_own};
use super::refusal::{Refusal, Why};
use super::site::Site;
use super::staff::Staff;
use super::templates::Content;
use super::visitor::{Visitor, find_reader};
use crate::forum::Language;

/// What is before the slashes of `/l/TOKEN/item/ID`, and between them.
const ITEM_PARTS: usize = 5;

/// A refusal, and the door that may open what it keeps shut.
#[derive(Serialize)]
struct Refused {
    title: String,
    lines: Vec<String>,
    incident: Option<String>,
    door: Option<String>,
    /// Nothing is there, or for now: the front page, which is open to everybody, is.
    front: bool,
}

impl Content for Refused {
    const TEMPLATE: &'static str = "refused.html";
}

/// A refusal to who is signed in at the desk: its ways stand around it.
#[derive(Serialize)]
struct RefusedAtDesk {
    title: String,
    lines: Vec<String>,
    incident: Option<String>,
}

impl Content for RefusedAtDesk {
    const TEMPLATE: &'static str = "desk_message.html";
}

/// What a letter's link may not open, a link by mail does, and it leads back to this very place; from a form to its item.
fn door_beside(method: &Method, path: &str, why: &Why) -> Option<String> {
    let token = path.strip_prefix("/l/")?.split('/').next()?;
    let item: Vec<&str> = path.split('/').take(ITEM_PARTS).collect();
    let place = if *method == Method::POST { item.join("/") } else { path.to_owned() };
    (*why == Why::Restricted).then(|| format!("/l/{token}/link?next={}", encode_path(&place)))
}

/// Turns refusals of handlers, extractors and layers into pages.
pub(super) async fn show_refusal(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (wanted, path) = (language_of(request.headers()), request.uri().path().to_owned());
    let method = request.method().clone();
    let (head, body) = request.into_parts();
    let kept = (is_desk(&path) || is_own(&path)).then(|| head.clone());
    let response = next.run(Request::from_parts(head, body)).await;
    // Our own pages name their language; a form with an error in a field is such a page.
    if response.headers().contains_key(header::CONTENT_LANGUAGE) {
        return response;
    }
    let told = response.extensions().get::<Refusal>().cloned();
    let Some(refusal) = told.or_else(|| Why::of_status(response.status(), &method).map(Refusal::from)) else {
        return response;
    };
    let (seated, reader) = match &kept {
        Some(head) if is_desk(&path) => (find_seated(&site, head).await, None),
        Some(head) => (None, find_reader(&site, head).await),
        None => (None, None),
    };
    let door = door_beside(&method, &path, &refusal.why);
    let mut answer = match seated {
        Some(staff) => refuse_at_desk(&site, &staff, &refusal.why),
        None => refuse(&site, &refusal, wanted, (door, reader)).await,
    };
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

/// The refusal as a page for readers; on a device of their own with the way around in its head.
async fn refuse(
    site: &Site,
    refusal: &Refusal,
    wanted: Option<Language>,
    (door, reader): (Option<String>, Option<Visitor>),
) -> Response {
    let forum = site.find_forum().await;
    let fallback = forum.as_ref().map_or(Language::Nb, |f| f.settings.language);
    let own = reader.as_ref().map(|reader| reader.recipient.language);
    let language = refusal.language.or(own).or(wanted).unwrap_or(fallback);
    let nav = reader.as_ref().map(Visitor::nav);
    let (title, lines, incident) = refusal.why.told(&site.words(language).error);
    let front = [Why::NotFound, Why::TooMany].contains(&refusal.why) && forum.is_some();
    let refused = Refused { title: title.clone(), lines, incident, door, front };
    let page = site.render(forum.as_deref(), language, nav, &refused);
    let status = refusal.why.status();
    match page {
        Ok(html) => (status, [(header::CONTENT_LANGUAGE, language.tag())], Html(html)).into_response(),
        Err(_) => (status, title).into_response(),
    }
}

/// The same for who works at the desk: no letter leads there, its own ways do.
fn refuse_at_desk(site: &Site, staff: &Staff, why: &Why) -> Response {
    let (title, lines, incident) = why.told_at_desk(&site.words(staff.language).error);
    let page = RefusedAtDesk { title: title.clone(), lines, incident };
    match site.desk_page(staff, &page) {
        Ok(response) => (why.status(), response).into_response(),
        Err(_) => (why.status(), title).into_response(),
    }
}
