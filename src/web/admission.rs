//! The one check before the pages of the desk: a session, an account, the right that the page needs.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::headers::{find_cookie, preferred_language, says_where_it_stood};
use super::needs::Need;
use super::paths::encode_path;
use super::refusal::{Refusal, Why};
use super::site::{Reading, Site, Writing};
use super::staff::Staff;
use crate::feedback::doors::own_path;
use crate::forum::Forum;
use crate::staff::{Reach, Rights};
use crate::store::StaffRow;

/// The check: lets staff through who have what the page needs, and tells the handlers who they are.
pub(super) async fn admit_staff(
    State((site, need)): State<(Site, Need)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match find_staff(&site, &parts).await {
        Ok(None) => send_to(&parts, &site, "/desk/sign-in"),
        Ok(Some(staff)) => match staff.first_before(need) {
            Some(first) => send_to(&parts, &site, first),
            None if !staff.meets(need) => staff.turn_away().into_response(),
            None => {
                parts.extensions.insert(staff);
                next.run(Request::from_parts(parts, body)).await
            }
        },
        Err(refusal) => refusal.into_response(),
    }
}

async fn find_staff(site: &Site, parts: &Parts) -> Result<Option<Staff>, Refusal> {
    if !parts.headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let reading = Reading(site.clone());
    let forum = reading.kept_forum().await?;
    let Some(secret) = find_cookie(&parts.headers, &site.desk_cookie_name(&forum)) else { return Ok(None) };
    let changes = parts.method == Method::POST;
    if changes && !says_where_it_stood(&parts.headers) {
        return Err(Why::CrossSite.into());
    }
    let Some(row) = reading.staff(secret).await? else { return Ok(None) };
    if changes {
        Writing(site.clone()).note_session(&row).await?;
    }
    seat(&reading, parts, forum, row).await.map(Some)
}

/// Around whose desk a refused page stands; none: nobody is signed in. Nothing is noted, and nothing is let through.
pub(super) async fn find_seated(site: &Site, parts: &Parts) -> Option<Staff> {
    let reading = Reading(site.clone());
    let forum = reading.kept_forum().await.ok()?;
    let secret = find_cookie(&parts.headers, &site.desk_cookie_name(&forum))?;
    let row = reading.staff(secret).await.ok()??;
    seat(&reading, parts, forum, row).await.ok()
}

/// Who has the session, where they are.
async fn seat(reading: &Reading, parts: &Parts, forum: Arc<Forum>, row: StaffRow) -> Result<Staff, Refusal> {
    let changes = parts.method == Method::POST;
    let own = row.language.as_deref().and_then(|tag| tag.parse().ok());
    let preferred = || preferred_language(&parts.headers, &forum);
    let here = parts.uri.path_and_query().map_or("/desk", |path| path.as_str());
    let reach = Reach::of(row.organisation);
    let groups = if reach.is_bound() { Vec::new() } else { reading.led_groups(row.account).await? };
    let mut staff = Staff {
        account: row.account,
        rights: reach.leave(&Rights::read(&row.rights)),
        reach,
        groups,
        written: Arc::default(),
        language: own.unwrap_or_else(preferred),
        session: row.session,
        has_second: row.has_second,
        proved: row.proved,
        here: if changes { "/desk" } else { own_path(here).unwrap_or("/desk") }.to_owned(),
        path: parts.uri.path().to_owned(),
        email: row.email,
        name: row.name,
        forum,
    };
    if staff.writes_for_groups_only() {
        staff.written = Arc::new(reading.items_written_by(&staff).await?);
    }
    Ok(staff)
}

/// To a page that has to be passed first, and back here from there.
fn send_to(parts: &Parts, site: &Site, first: &str) -> Response {
    let here = parts.uri.path_and_query().map_or("/desk", |path| path.as_str());
    let here = if parts.method == Method::POST { "/desk" } else { here };
    let next = encode_path(own_path(here).unwrap_or("/desk"));
    ([(header::CACHE_CONTROL, "no-store")], site.go_to(&format!("{first}?next={next}"))).into_response()
}
