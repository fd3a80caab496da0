//! The link in the mail: a page with one button, so that a scanner that follows it changes nothing. The button uses the
//! link up and signs in.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::{Form, FormRejection};
use serde::Serialize;

use crate::feedback::doors::own_path;
use crate::forum::{EmailAddress, Forum, Language};
use crate::staff::doors::{IDLE_DAYS, account_of};
use crate::store::LinkRow;
use crate::web::headers::{name_of_browser, preferred_language};
use crate::web::once::{Begin, new_token};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    spent: bool,
    masked: String,
    action: String,
    /// So that the page sent twice opens one session.
    token: String,
    days: i64,
}

impl Page {
    fn new(spent: bool, masked: String, action: String) -> Page {
        Page { spent, masked, action, token: new_token(), days: IDLE_DAYS }
    }
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_open.html";
}

/// Whose desk a link opens, and in whose language.
async fn read(
    reading: &Reading,
    token: &str,
    preferred: Language,
) -> Result<(LinkRow, Language, Page), Refusal> {
    let link = reading.mail_link(token).await?;
    let id = account_of(&link).ok_or(Refusal::from(Why::NotFound))?;
    let account = reading.account(id).await?.ok_or(Refusal::from(Why::Gone))?;
    let masked = account.email.parse::<EmailAddress>().map_or_else(|_| String::new(), |a| a.masked());
    let language = account.language.and_then(|tag| tag.parse().ok()).unwrap_or(preferred);
    let action = format!("/desk/open/{token}");
    Ok((link, language, Page::new(false, masked, action)))
}

/// What a link says that is no good any more: how to get another.
fn spent(
    reading: &Reading,
    forum: &Forum,
    language: Language,
    refusal: Refusal,
) -> Result<Response, Refusal> {
    if refusal.why != Why::Gone {
        return Err(refusal);
    }
    let page = Page::new(true, String::new(), String::new());
    let mut response = reading.0.page(forum, language, &page)?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

/// GET: for whom it is, masked, and one button.
pub(super) async fn show(
    reading: Reading,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let preferred = preferred_language(&headers, &forum);
    match read(&reading, &token, preferred).await {
        Ok((_, language, page)) => reading.0.page(&forum, language, &page),
        Err(refusal) => spent(&reading, &forum, preferred, refusal),
    }
}

/// POST: uses the link up. Pressed twice it opens one session: the browser has thrown away the answer that brought the cookie.
pub(super) async fn open(
    writing: Writing,
    Path(token): Path<String>,
    headers: HeaderMap,
    said: Result<Form<Begin>, FormRejection>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let preferred = preferred_language(&headers, &forum);
    let begin = said.map(|Form(begin)| begin).unwrap_or_default();
    let secret = reading.0.page_secret(&token, &begin.token());
    let opened = match read(&reading, &token, preferred).await {
        Ok((link, ..)) => writing.sign_in_at_desk(&link, (&secret, &name_of_browser(&headers))).await?,
        Err(refusal) if refusal.why == Why::Gone => None,
        Err(refusal) => return Err(refusal),
    };
    let opened = match opened {
        None => reading.find_signed_in(&token, &secret).await?,
        opened => opened,
    };
    match opened {
        Some(next) => {
            let cookie = reading.0.desk_cookie(&forum, Some(&secret));
            let onward = reading.0.go_to(own_path(&next).unwrap_or("/desk"));
            Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
        }
        None => spent(&reading, &forum, preferred, Why::Gone.into()),
    }
}
