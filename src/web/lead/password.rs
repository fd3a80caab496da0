//! A password for who would rather not wait for a mail: choosing it, and coming in by it.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::sign_in;
use crate::feedback::doors::own_path;
use crate::forum::EmailAddress;
use crate::staff::password::{LEAST_CHARACTERS, is_password};
use crate::web::headers::{name_of_browser, preferred_language};
use crate::web::limits::{Client, PASSWORDS_BY_CLIENT, PASSWORDS_TO_ADDRESS};
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    email: String,
    stands: bool,
    saved: bool,
    least: usize,
    wrong: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_password.html";
}

/// A new password; empty: none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    password: String,
    remove: String,
}

/// Who says to come, and by which password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    email: String,
    password: String,
    next: String,
}

async fn page_of(reading: &Reading, staff: &Staff) -> Result<Page, Refusal> {
    let stands = reading.proofs(staff).await?.password_hash.is_some();
    Ok(Page { email: staff.email.clone(), stands, saved: false, least: LEAST_CHARACTERS, wrong: false })
}

/// GET: whether there is one, and the form.
pub(super) async fn show(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let page = page_of(&reading, &staff).await?;
    reading.0.desk_page(&staff, &page)
}

/// POST: this one from now on, or none.
pub(super) async fn choose(
    writing: Writing,
    staff: Staff,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let password = chosen.remove.is_empty().then_some(chosen.password.as_str());
    if password.is_some_and(|password| !is_password(password, &staff.email)) {
        let page = Page { wrong: true, ..page_of(&reading, &staff).await? };
        return Ok(unprocessable(reading.0.desk_page(&staff, &page)?));
    }
    writing.set_password(&staff, password).await?;
    let page = Page { saved: true, ..page_of(&reading, &staff).await? };
    reading.0.desk_page(&staff, &page)
}

/// POST: comes in by a password. The same answer, after the same time, whether the address or the password is wrong.
pub(super) async fn sign_in(
    writing: Writing,
    Client(client): Client,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, Refusal> {
    let site = writing.reading().0;
    let forum = writing.reading().forum().await?;
    let language = preferred_language(&headers, &forum);
    let address = given.email.parse::<EmailAddress>().ok();
    let whose = address.as_ref().map_or("", EmailAddress::as_str);
    site.hold_to(PASSWORDS_BY_CLIENT, &client, language)?;
    site.hold_to(PASSWORDS_TO_ADDRESS, whose, language)?;
    let browser = name_of_browser(&headers);
    match writing.sign_in_by_password(whose, given.password, &browser).await? {
        Some(secret) => {
            let cookie = site.desk_cookie(&forum, Some(&secret));
            let onward = site.go_to(own_path(&given.next).unwrap_or("/desk"));
            Ok(([(header::SET_COOKIE, cookie)], onward).into_response())
        }
        None => sign_in::refuse_password(&site, &forum, language, (given.email, given.next)),
    }
}
