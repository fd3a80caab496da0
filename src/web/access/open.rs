//! The link in the mail: a page with one button, so that a scanner that follows it opens nothing; the button uses the
//! link up and leaves the cookie of a device.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::feedback::doors::{DEVICE_DAYS, SIGN_IN_MINUTES, is_to_sign_in, name_of_device, own_path};
use crate::forum::{Forum, Recipient};
use crate::store::LinkRow;
use crate::web::layers::language_of;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    masked: String,
    action: String,
    days: i64,
    minutes: i64,
    /// Used, or too old.
    spent: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "open.html";
}

/// A link that signs in, and whom.
async fn find(reading: &Reading, token: &str, forum: &Forum) -> Result<(LinkRow, Recipient), Refusal> {
    let link = reading.mail_link(token).await?;
    let id = link.recipient.filter(|_| is_to_sign_in(&link)).ok_or(Refusal::from(Why::NotFound))?;
    let recipient = reading.recipient(forum, id).await?.ok_or(Refusal::from(Why::Gone))?;
    Ok((link, recipient))
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
    let language = language_of(headers).unwrap_or(forum.settings.language);
    let (masked, action) = (String::new(), String::new());
    let page = Page { masked, action, days: DEVICE_DAYS, minutes: SIGN_IN_MINUTES, spent: true };
    let mut response = reading.0.page(forum, language, &page)?;
    *response.status_mut() = StatusCode::GONE;
    Ok(response)
}

/// GET: whose pages it opens, masked, and one button.
pub(super) async fn show(
    reading: Reading,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let recipient = match find(&reading, &token, &forum).await {
        Ok((_, recipient)) => recipient,
        Err(refusal) => return spent(&reading, &forum, &headers, refusal),
    };
    let page = Page {
        masked: recipient.email.masked(),
        action: format!("/d/{token}"),
        days: DEVICE_DAYS,
        minutes: SIGN_IN_MINUTES,
        spent: false,
    };
    reading.0.page(&forum, recipient.language, &page)
}

/// POST: uses the link up, leaves the cookie, and goes where one wanted to.
pub(super) async fn open(
    writing: Writing,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let opened = match find(&reading, &token, &forum).await {
        Ok((link, _)) => writing.sign_in(&link, &name_of_device(agent)).await,
        Err(refusal) => Err(refusal),
    };
    let (secret, next) = match opened {
        Ok(opened) => opened,
        Err(refusal) => return spent(&reading, &forum, &headers, refusal),
    };
    let site = &reading.0;
    let place = format!("{}{}", site.root(), own_path(&next).unwrap_or("/me"));
    let cookie = site.cookie(&forum, Some(&secret));
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::SET_COOKIE, cookie)]).into_response())
}
