//! The one check before the pages of the desk: a session, an account, the right that the page needs.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::headers::{find_cookie, preferred_language, says_where_it_stood};
use super::held::{Barred, hold};
use super::leaving::{DESK_DOOR, find_parting};
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
        Ok(None) => send_to(&site, (&parts, body), DESK_DOOR, Why::SignedOut.into()).await,
        Ok(Some(staff)) => match staff.first_before(need) {
            Some(first) => {
                let refusal = Refusal::from(Why::Unproved).in_language(staff.language);
                send_to(&site, (&parts, body), first, refusal).await
            }
            None if !staff.meets(need) => turn_away(&site, (&parts, body), &staff).await,
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
    let forum = reading.forum().await?;
    let Some(secret) = find_cookie(&parts.headers, &site.desk_cookie_name(&forum)) else { return Ok(None) };
    let changes = parts.method == Method::POST;
    if changes && !says_where_it_stood(&parts.headers) {
        return Err(Why::CrossSite.into());
    }
    let Some(row) = reading.staff(secret).await? else { return Ok(None) };
    if let Some(writing) = Writing::for_post(site, &parts.method) {
        writing.note_session(&row).await?;
    }
    seat(&reading, parts, forum, row).await.map(Some)
}

/// Around whose desk a refused page stands; none: nobody is signed in. Nothing is noted, and nothing is let through.
pub(super) async fn find_seated(site: &Site, parts: &Parts) -> Option<Staff> {
    let reading = Reading(site.clone());
    let forum = reading.forum().await.ok()?;
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

/// That the page is not for them; what they typed into a form is held.
async fn turn_away(site: &Site, (parts, body): (&Parts, Body), staff: &Staff) -> Response {
    let refusal = staff.turn_away();
    if parts.method == Method::POST {
        return hold(site, (parts, body), refusal, Barred::Within(staff)).await;
    }
    refusal.into_response()
}

/// To a page that has to be passed first, and back here from there. A form is not sent on: it is refused, and what was typed
/// into it held; unless it is the second press of one by which they left.
async fn send_to(site: &Site, (parts, body): (&Parts, Body), first: &str, refusal: Refusal) -> Response {
    if parts.method == Method::POST {
        return match find_parting(site, parts).await.filter(|_| refusal.why == Why::SignedOut) {
            Some(parting) => parting,
            None => hold(site, (parts, body), refusal, Barred::Outside(format!("{first}?next=/desk"))).await,
        };
    }
    let here = parts.uri.path_and_query().map_or("/desk", |path| path.as_str());
    let next = encode_path(own_path(here).unwrap_or("/desk"));
    ([(header::CACHE_CONTROL, "no-store")], site.go_to(&format!("{first}?next={next}"))).into_response()
}
