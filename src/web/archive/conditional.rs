//! Answers that a reader may have already: ETag and Last-Modified, and 304 for who has (RFC 9110, section 13).

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

/// What is answered, and since when it is so.
pub(super) struct Document {
    /// The media type.
    pub(super) media_type: &'static str,
    /// The body.
    pub(super) body: Vec<u8>,
    /// The last change.
    pub(super) changed_at: DateTime<Utc>,
}

/// A strong tag of `body`: the beginning of its SHA-256 in hex.
pub(super) fn tag_of(body: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(body)[..16]);
    format!("\"{hash}\"")
}

/// The document, or 304 if `asked` says that the reader has it.
pub(super) fn answer(asked: &HeaderMap, document: Document) -> Response {
    let tag = tag_of(&document.body);
    let changed = document.changed_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = [(header::ETAG, tag.clone()), (header::LAST_MODIFIED, changed)];
    if has_it(asked, &tag, document.changed_at) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, document.media_type)], Body::from(document.body)).into_response()
}

/// If-None-Match decides where it is given; If-Modified-Since only without it.
pub(super) fn has_it(asked: &HeaderMap, tag: &str, changed_at: DateTime<Utc>) -> bool {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        return tags.split(',').map(|t| t.trim().trim_start_matches("W/")).any(|t| t == "*" || t == tag);
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    since.is_some_and(|since| changed_at.timestamp() <= since.timestamp())
}
