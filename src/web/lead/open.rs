//! The link in the mail: a page with one button, so that a scanner that follows it changes nothing. The button uses the
//! link up and signs in.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::feedback::doors::{name_of_device, own_path};
use crate::forum::{EmailAddress, Forum, Language};
use crate::staff::doors::{IDLE_DAYS, account_of};
use crate::store::LinkRow;
use crate::web::headers::preferred_language;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    spent: bool,
    masked: String,
    action: String,
    days: i64,
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
    Ok((link, language, Page { spent: false, masked, action, days: IDLE_DAYS }))
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
    let page = Page { spent: true, masked: String::new(), action: String::new(), days: IDLE_DAYS };
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
    let forum = reading.kept_forum().await?;
    let preferred = preferred_language(&headers, &forum);
    match read(&reading, &token, preferred).await {
        Ok((_, language, page)) => reading.0.page(&forum, language, &page),
        Err(refusal) => spent(&reading, &forum, preferred, refusal),
    }
}

/// POST: uses the link up.
pub(super) async fn open(
    writing: Writing,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.kept_forum().await?;
    let preferred = preferred_language(&headers, &forum);
    let link = match read(&reading, &token, preferred).await {
        Ok((link, ..)) => link,
        Err(refusal) => return spent(&reading, &forum, preferred, refusal),
    };
    match writing.sign_in_at_desk(&link, &name_of_browser(&headers)).await? {
        Some((secret, next)) => {
            let cookie = reading.0.desk_cookie(&forum, Some(&secret));
            let onward = reading.0.go_to(own_path(&next).unwrap_or("/desk"));
            Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
        }
        None => spent(&reading, &forum, preferred, Why::Gone.into()),
    }
}

/// What the browser is called.
pub(super) fn name_of_browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    name_of_device(agent.unwrap_or_default())
}
