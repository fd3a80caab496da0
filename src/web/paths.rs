//! What a path tells before any page is asked, what stands in it for its page, and a path as it stands in another.

use axum::extract::{self, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::refusal::{Refusal, Why};

/// What stands in a path where its route says `{name}`. A path with something else there is one of no page, also for who
/// sends a form to it: axum's own extractor answers as if the form could not be read.
pub(super) struct Path<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(extract::Path(value)) => Ok(Path(value)),
            Err(error) => Err(refuse_path(error.status(), &error)),
        }
    }
}

/// No such page, if the path is at fault; else its route or its handler is.
pub(super) fn refuse_path(status: StatusCode, error: &dyn std::error::Error) -> Refusal {
    if status.is_client_error() { Why::NotFound.into() } else { Refusal::broken(error) }
}

/// Whether the path carries a token.
pub(super) fn is_token_path(path: &str) -> bool {
    ["/u/", "/l/", "/d/", "/f/", "/desk/open/"].iter().any(|door| path.starts_with(door))
}

/// Whether the path is of pages that a device of somebody's own opens.
pub(super) fn is_own(path: &str) -> bool {
    path == "/me" || path.starts_with("/me/") || path.starts_with("/items/")
}

/// Whether the path lies at the desk, and not at a door to it.
pub(super) fn is_desk(path: &str) -> bool {
    (path == "/desk" || path.starts_with("/desk/")) && !is_token_path(path)
}

/// A path as it stands in a query.
pub(super) fn encode_path(path: &str) -> String {
    path.bytes().map(encode_byte).collect()
}

fn encode_byte(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
