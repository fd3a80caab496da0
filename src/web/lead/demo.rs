//! A demo's way to the desk: a button that signs in as its invented lead. Outside a demo there is no such page.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use crate::web::headers::name_of_browser;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::Writing;

/// POST: signs in.
pub(super) async fn sign_in(writing: Writing, headers: HeaderMap) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let browser = name_of_browser(&headers);
    let secret = writing.sign_in_as_first(&browser).await?.ok_or(Refusal::from(Why::NotFound))?;
    let cookie = reading.0.desk_cookie(&forum, Some(&secret));
    Ok(([(header::SET_COOKIE, cookie)], reading.0.go_to("/desk")).into_response())
}
