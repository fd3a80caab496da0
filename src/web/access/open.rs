//! The link in a mail: a page with one button, so that a scanner that follows it changes nothing. The button uses the
//! link up: it opens a device, makes somebody a recipient, or moves them to another address.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::{Form, FormRejection};
use serde::{Deserialize, Serialize};

use super::still_yours;
use crate::feedback::doors::{DEVICE_DAYS, is_to_sign_in, own_path};
use crate::feedback::{rights, sign_up};
use crate::forum::{Forum, Language, OrganisationKind, Recipient};
use crate::store::LinkRow;
use crate::token::hash_of_secret;
use crate::web::headers::{name_of_browser, preferred_language};
use crate::web::once::{new_token, token_of};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why, unprocessable};
use crate::web::site::{PAGE_LASTS, Reading, Site, Writing, name_press};
use crate::web::templates::Content;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    SignIn,
    SignUp,
    Address,
    SignedUp,
    Moved,
    /// What was asked of their places is answered.
    Answered,
    /// Used, or too old.
    Spent,
}

#[derive(Serialize)]
struct Page {
    stage: Stage,
    masked: String,
    action: String,
    /// So that the page sent twice does what it does once.
    token: String,
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
        Page {
            stage,
            masked,
            action,
            token: new_token(),
            days: DEVICE_DAYS,
            topics: Vec::new(),
            workplace: None,
            unsubscribe: String::new(),
        }
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

/// POST: uses the link up. Pressed twice it is answered as at first, with the same cookie: the browser has thrown away the
/// answer to the first press.
pub(super) async fn open(
    writing: Writing,
    Path(token): Path<String>,
    headers: HeaderMap,
    said: Result<Form<still_yours::Said>, FormRejection>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let said = said.map(|Form(said)| said).unwrap_or_default();
    let page = said.iter().find(|(name, _)| name == "token").map_or("", |(_, token)| token.as_str());
    let page = token_of(page);
    let secret = reading.0.page_secret(&token, &page);
    if let Some((link, person)) = find_asked(&reading, &token, &forum).await? {
        return answer(&writing, &forum, (link, person), (&token, page, &secret), &said).await;
    }
    let done = match read(&reading, &token, &forum).await {
        Ok((link, _, page)) if page.stage == Stage::SignIn => {
            sign_in(&writing, &forum, &link, (&secret, &headers)).await
        }
        Ok((link, language, page)) => {
            let told = Told { language, stage: page.stage, masked: page.masked, unsubscribe: String::new() };
            let confirm = move |writing| confirm(writing, link, told);
            let told = writing.press_once((name_of(&secret), PAGE_LASTS), confirm).await?;
            told.and_then(|told| show_told(&reading.0, &forum, &told))
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Err(refusal) if refusal.why == Why::Gone => {
            match find_answer(&reading, &forum, (&token, &secret)).await? {
                Some(answer) => Ok(answer),
                None => spent(&reading, &forum, &headers, refusal),
            }
        }
        done => done,
    }
}

/// What a page that was pressed before was answered; none if it was not, or has opened a device that is closed.
async fn find_answer(
    reading: &Reading,
    forum: &Forum,
    (token, secret): (&str, &str),
) -> Result<Option<Response>, Refusal> {
    if let Some(told) = reading.find_answer(&name_of(secret)).await {
        return Ok(Some(show_told(&reading.0, forum, &told)?));
    }
    let next = reading.find_opened(token, secret).await?;
    Ok(next.map(|next| let_in(&reading.0, forum, secret, &next)))
}

/// The press of a page's button, named by what only that page comes to.
fn name_of(secret: &str) -> String {
    name_press(&["link", &hash_of_secret(secret)])
}

/// Back to the page that they came from, with the cookie of their device.
fn let_in(site: &Site, forum: &Forum, secret: &str, next: &str) -> Response {
    let onward = site.go_to(own_path(next).unwrap_or("/me"));
    ([(header::SET_COOKIE, site.cookie(forum, Some(secret)))], onward).into_response()
}

async fn sign_in(
    writing: &Writing,
    forum: &Forum,
    link: &LinkRow,
    (secret, headers): (&str, &HeaderMap),
) -> Result<Response, Refusal> {
    let next = writing.sign_in(link, (secret, &name_of_browser(headers))).await?;
    Ok(let_in(&writing.reading().0, forum, secret, &next))
}

/// What is said of a sign-up or an address that is confirmed, or of places.
#[derive(Serialize, Deserialize)]
struct Told {
    language: Language,
    stage: Stage,
    masked: String,
    unsubscribe: String,
}

/// Makes somebody a recipient, or moves them to another address; what is said of it, as JSON.
async fn confirm(writing: Writing, link: LinkRow, asked: Told) -> Result<String, Refusal> {
    let told = if asked.stage == Stage::SignUp {
        let id = writing.confirm_sign_up(&link).await?;
        let unsubscribe = writing.reading().0.unsubscribe_path(id).await?;
        Told { stage: Stage::SignedUp, unsubscribe, ..asked }
    } else {
        writing.confirm_address(&link).await?;
        Told { stage: Stage::Moved, ..asked }
    };
    Ok(serde_json::to_string(&told)?)
}

/// Writes down what they say of their places; asks again if something is missing.
async fn answer(
    writing: &Writing,
    forum: &Arc<Forum>,
    (link, person): (LinkRow, Recipient),
    (token, page, secret): (&str, String, &str),
    said: &still_yours::Said,
) -> Result<Response, Refusal> {
    let (reading, language) = (writing.reading(), person.language);
    let places = match still_yours::read(&reading, (forum, &person), (&format!("/d/{token}"), page), said) {
        Ok(places) => places,
        Err(page) => return Ok(unprocessable(reading.0.page(forum, language, &page)?)),
    };
    let own = forum.clone();
    let record = move |writing: Writing| async move {
        still_yours::record(&writing, (&own, &person), &link, &places).await?;
        let (masked, unsubscribe) = (String::new(), String::new());
        let told = Told { language, stage: Stage::Answered, masked, unsubscribe };
        Ok::<_, Refusal>(serde_json::to_string(&told)?)
    };
    let told = writing.press_once((name_of(secret), PAGE_LASTS), record).await??;
    show_told(&reading.0, forum, &told)
}

fn show_told(site: &Site, forum: &Forum, told: &str) -> Result<Response, Refusal> {
    let Told { language, stage, masked, unsubscribe } = serde_json::from_str(told)?;
    if stage == Stage::Answered {
        return still_yours::show_done(site, forum, language);
    }
    site.page(forum, language, &Page { unsubscribe, ..Page::new(stage, masked, String::new()) })
}
