//! The link in a mail: a page with one button, so that a scanner that follows it changes nothing. The button uses the
//! link up: it opens a device, makes somebody a recipient, or moves them to another address.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::{Form, FormRejection};
use serde::Serialize;

use super::still_yours;
use crate::feedback::doors::{DEVICE_DAYS, is_to_sign_in, name_of_device, own_path};
use crate::feedback::{rights, sign_up};
use crate::forum::{Forum, Language, OrganisationKind, Recipient};
use crate::store::LinkRow;
use crate::web::headers::preferred_language;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    SignIn,
    SignUp,
    Address,
    SignedUp,
    Moved,
    /// Used, or too old.
    Spent,
}

#[derive(Serialize)]
struct Page {
    stage: Stage,
    masked: String,
    action: String,
    days: i64,
    topics: Vec<String>,
    /// Where they say that they work: the organisation by whose invitation they come.
    workplace: Option<String>,
    unsubscribe: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "open.html";
}

impl Page {
    fn new(stage: Stage, masked: String, action: String) -> Page {
        let (topics, unsubscribe) = (Vec::new(), String::new());
        Page { stage, masked, action, days: DEVICE_DAYS, topics, workplace: None, unsubscribe }
    }
}

/// What a link opens, and in whose language.
async fn read(reading: &Reading, token: &str, forum: &Forum) -> Result<(LinkRow, Language, Page), Refusal> {
    let link = reading.mail_link(token).await?;
    let action = format!("/d/{token}");
    if let Some((address, wish)) = sign_up::wish_of(&link) {
        let topics = names_of(forum, wish.topics(), wish.language());
        let workplace = find_workplace(reading, wish.invited_by()).await?;
        let page = Page { topics, workplace, ..Page::new(Stage::SignUp, address.masked(), action) };
        return Ok((link, wish.language(), page));
    }
    let id = link.recipient.ok_or(Refusal::from(Why::NotFound))?;
    let recipient = reading.recipient(forum, id).await?.ok_or(Refusal::from(Why::Gone))?;
    let page = match rights::move_of(&link) {
        Some((_, address)) => Page::new(Stage::Address, address.masked(), action),
        None if is_to_sign_in(&link) => Page::new(Stage::SignIn, recipient.email.masked(), action),
        None => return Err(Why::NotFound.into()),
    };
    Ok((link, recipient.language, page))
}

/// The name of the organisation that invited; none of a union, of which nothing is kept.
async fn find_workplace(reading: &Reading, slug: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(slug) = slug else { return Ok(None) };
    let row = reading.organisation(slug).await?;
    Ok(row.filter(|row| row.kind != OrganisationKind::Union.slug()).map(|row| row.name))
}

fn names_of(forum: &Forum, topics: &[String], language: Language) -> Vec<String> {
    let terms = topics.iter().filter_map(|topic| topic.parse().ok());
    let known = terms.filter_map(|term| forum.terms.find(&term));
    known.map(|ix| forum.name_of(ix, language).to_owned()).collect()
}

/// What a link says that is no good any more: how to get another.
fn spent(
    reading: &Reading,
    forum: &Forum,
    headers: &HeaderMap,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    if refusal.why != Why::Gone {
        return Err(refusal);
    }
    let language = preferred_language(headers, forum);
    let page = Page::new(Stage::Spent, String::new(), String::new());
    let mut response = reading.0.page(forum, language, &page)?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

/// Whom the link asks whether they still have their places; none if it is for something else, or no good any more.
async fn find_asked(
    reading: &Reading,
    token: &str,
    forum: &Forum,
) -> Result<Option<(LinkRow, Recipient)>, Refusal> {
    let Some(link) = reading.mail_link(token).await.ok().filter(rights::asks_of_places) else {
        return Ok(None);
    };
    let Some(id) = link.recipient else { return Ok(None) };
    Ok(reading.recipient(forum, id).await?.map(|person| (link, person)))
}

/// GET: for whom it is, masked, and one button.
pub(super) async fn show(
    reading: Reading,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    if let Some((_, person)) = find_asked(&reading, &token, &forum).await? {
        return still_yours::show(&reading, (&forum, &person), &format!("/d/{token}"));
    }
    match read(&reading, &token, &forum).await {
        Ok((_, language, page)) => reading.0.page(&forum, language, &page),
        Err(refusal) => spent(&reading, &forum, &headers, refusal),
    }
}

/// POST: uses the link up.
pub(super) async fn open(
    writing: Writing,
    Path(token): Path<String>,
    headers: HeaderMap,
    said: Result<Form<still_yours::Said>, FormRejection>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    if let Some((link, person)) = find_asked(&reading, &token, &forum).await? {
        let said = said.map(|Form(said)| said).unwrap_or_default();
        let (whose, action) = ((&forum, &person), format!("/d/{token}"));
        return still_yours::answer(&writing, whose, (&link, &action), &said).await;
    }
    let done = match read(&reading, &token, &forum).await {
        Ok((link, language, page)) => use_link(&writing, &forum, (&link, language, page), &headers).await,
        Err(refusal) => Err(refusal),
    };
    done.or_else(|refusal| spent(&reading, &forum, &headers, refusal))
}

async fn use_link(
    writing: &Writing,
    forum: &Forum,
    (link, language, page): (&LinkRow, Language, Page),
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    match page.stage {
        Stage::SignUp => {
            let id = writing.confirm_sign_up(link).await?;
            let unsubscribe = site.unsubscribe_path(id).await?;
            site.page(forum, language, &Page { stage: Stage::SignedUp, unsubscribe, ..page })
        }
        Stage::Address => {
            writing.confirm_address(link).await?;
            site.page(forum, language, &Page { stage: Stage::Moved, ..page })
        }
        _ => {
            let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
            let name = name_of_device(agent.unwrap_or_default());
            let (secret, next) = writing.sign_in(link, &name).await?;
            let cookie = site.cookie(forum, Some(&secret));
            let onward = site.go_to(own_path(&next).unwrap_or("/me"));
            Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
        }
    }
}
