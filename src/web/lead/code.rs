//! The second factor is asked for: six digits from the app, or a code on paper.

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::sign_in::Way;
use crate::feedback::doors::own_path;
use crate::web::headers::find_cookie;
use crate::web::limits::CODES_TO_ACCOUNT;
use crate::web::refusal::{Refusal, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Page {
    next: String,
    wrong: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_code.html";
}

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    code: String,
    next: String,
}

/// GET: which code?
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(way): Query<Way>,
) -> Result<Response, Refusal> {
    if staff.is_proved() || !staff.has_second {
        return Ok(go_on(&reading, &way.next));
    }
    reading.0.desk_page(&staff, &Page { next: way.next, wrong: false })
}

/// POST: is it that one? A code is good once, and few may be tried. Pressed twice, the second press finds the code used and
/// its browser let in: it goes on, too.
pub(super) async fn give(
    writing: Writing,
    staff: Staff,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    if staff.is_proved() {
        return Ok(go_on(&reading, &given.next));
    }
    reading.0.hold_to(CODES_TO_ACCOUNT, &staff.actor(), staff.language)?;
    if writing.prove_session(&staff, &given.code).await?
        || is_proved_by_now(&reading, &staff, &headers).await?
    {
        return Ok(go_on(&reading, &given.next));
    }
    Ok(unprocessable(reading.0.desk_page(&staff, &Page { next: given.next, wrong: true })?))
}

/// Whether another press of this browser proved its session meanwhile.
async fn is_proved_by_now(reading: &Reading, staff: &Staff, headers: &HeaderMap) -> Result<bool, Refusal> {
    let secret = find_cookie(headers, &reading.0.desk_cookie_name(&staff.forum)).unwrap_or_default();
    Ok(reading.staff(secret).await?.is_some_and(|row| row.session == staff.session && row.proved))
}

fn go_on(reading: &Reading, next: &str) -> Response {
    reading.0.go_to(own_path(next).unwrap_or("/desk"))
}
