//! Answers that a reader may have already: ETag and Last-Modified, and 304 for who has (RFC 9110, section 13).

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

/// What is answered, and since when it is so.
pub(super) struct Document {
    /// The media type.
    pub(super) media_type: &'static str,
    /// The body.
    pub(super) body: Vec<u8>,
    /// The last change; none where it is unknown, because more than what is told changes the body.
    pub(super) changed_at: Option<DateTime<Utc>>,
}

/// A strong tag of `body`: the beginning of its SHA-256 in hex.
pub(super) fn tag_of(body: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(body)[..16]);
    format!("\"{hash}\"")
}

/// The document, or 304 if `asked` says that the reader has it.
///
/// HTTP tells whole seconds: more may change within the second of the last change, so that Last-Modified is at most the
/// second before `now`, and who asks by date alone fetches once more (RFC 9110, 8.8.2).
pub(super) fn answer(asked: &HeaderMap, now: DateTime<Utc>, document: Document) -> Response {
    let tag = tag_of(&document.body);
    let modified = document.changed_at.map(|at| {
        let told = at.min(now - TimeDelta::seconds(1));
        [(header::LAST_MODIFIED, told.format("%a, %d %b %Y %H:%M:%S GMT").to_string())]
    });
    let headers = [(header::ETAG, tag.clone())];
    if has_it(asked, &tag, document.changed_at) {
        return (StatusCode::NOT_MODIFIED, headers, modified, ()).into_response();
    }
    let of_body = [(header::CONTENT_TYPE, document.media_type)];
    (headers, modified, of_body, Body::from(document.body)).into_response()
}

/// If-None-Match decides where it is given; If-Modified-Since only without it, and where the last change is known.
pub(super) fn has_it(asked: &HeaderMap, tag: &str, changed_at: Option<DateTime<Utc>>) -> bool {
    let text = |name| asked.get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = text(header::IF_NONE_MATCH) {
        return tags.split(',').map(|t| t.trim().trim_start_matches("W/")).any(|t| t == "*" || t == tag);
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    since.zip(changed_at).is_some_and(|(since, changed_at)| changed_at.timestamp() <= since.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn ask(since: Option<&str>, now: i64, changed_at: Option<DateTime<Utc>>) -> Response {
        let mut asked = HeaderMap::new();
        if let Some(since) = since {
            asked.insert(header::IF_MODIFIED_SINCE, since.parse().unwrap());
        }
        let document = Document { media_type: "text/plain", body: b"Hei".to_vec(), changed_at };
        answer(&asked, at(now), document)
    }

    #[test]
    fn what_may_change_once_more_in_the_same_second_is_fetched_once_more() {
        let first = ask(None, 1_800_000_000, Some(at(1_800_000_000)));
        let told = first.headers()[header::LAST_MODIFIED].to_str().unwrap().to_owned();
        assert_eq!(told, "Fri, 15 Jan 2027 07:59:59 GMT");
        let again = ask(Some(&told), 1_800_000_060, Some(at(1_800_000_000)));
        assert_eq!(again.status(), StatusCode::OK);
        let told = again.headers()[header::LAST_MODIFIED].to_str().unwrap().to_owned();
        assert_eq!(told, "Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(
            ask(Some(&told), 1_800_000_120, Some(at(1_800_000_000))).status(),
            StatusCode::NOT_MODIFIED
        );
    }

    #[test]
    fn what_has_no_known_change_is_told_apart_by_its_tag_alone() {
        let answered = ask(Some("Fri, 15 Jan 2100 08:00:00 GMT"), 1_800_000_000, None);
        assert_eq!(answered.status(), StatusCode::OK);
        assert!(!answered.headers().contains_key(header::LAST_MODIFIED));
        assert!(answered.headers().contains_key(header::ETAG));
    }
}
