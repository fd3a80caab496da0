//! What the head of a request says.

use axum::http::{HeaderMap, header};

use crate::feedback::doors::name_of_device;
use crate::forum::{Forum, Language};

/// The first language that the browser names and we speak.
pub(super) fn language_of(headers: &HeaderMap) -> Option<Language> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    text.split(',').find_map(|part| part.split([';', '-']).next()?.parse().ok())
}

/// The language of somebody of whom nothing is known but their browser: what it prefers, else the forum's.
pub(super) fn preferred_language(headers: &HeaderMap, forum: &Forum) -> Language {
    language_of(headers).unwrap_or(forum.settings.language)
}

/// A cookie goes with every request, whoever made it be sent: a change must say where its form stood.
pub(super) fn says_where_it_stood(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN)
}

/// What the browser is called.
pub(super) fn name_of_browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    name_of_device(agent.unwrap_or_default())
}

/// The value of a cookie.
pub(super) fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, secret)| secret)
}
