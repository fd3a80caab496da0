//! What goes wrong, as pages. A handler says only *what*; a layer outside all handlers writes the page in the reader's language.

use axum::extract::Extension;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::words::{Error as Words, TemplateError, fill};
use crate::forum::Language;
use crate::store::StoreError;
use crate::world::WorldError;

/// Why a request is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// No such page, or a token that never was one: no more is said.
    NotFound,
    /// A token that was revoked.
    Gone,
    /// The item was taken back.
    Withdrawn,
    /// The event was taken back: it is off.
    CancelledEvent,
    /// The item is for a group: the link alone does not open it.
    Restricted,
    /// The item is for others, and the reader is known.
    NotYours,
    /// A form of somebody whom nobody is signed in as, or not any more.
    SignedOut,
    /// A form of somebody who is signed in and has something left to prove.
    Unproved,
    /// Their account has not the right that this page needs.
    NoRight,
    /// Their account is bound to an organisation, and this page reaches beyond it.
    Bound,
    /// GET where only POST does something, or the reverse.
    Method,
    /// A body over the limit.
    TooLarge,
    /// A form that cannot be read.
    BadForm,
    /// A form sent from another site.
    CrossSite,
    /// More was asked for than one may.
    TooMany,
    /// It took too long.
    Timeout,
    /// There is no forum yet: the operator has to describe it first.
    NoForum,
    /// Our fault; the number stands in the log.
    Broken {
        /// Twelve hex digits.
        incident: String,
    },
}

/// A refusal on its way to becoming a page.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// What to say.
    pub(super) why: Why,
    /// In which language, if the reader is known.
    pub(super) language: Option<Language>,
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Refusal {
        Refusal { why, language: None }
    }
}

impl Refusal {
    /// The same in the language of a reader who is known.
    pub(super) fn in_language(self, language: Language) -> Refusal {
        Refusal { language: Some(language), ..self }
    }

    /// Something failed that should not have: logged under a number that the page shows.
    pub(super) fn broken(error: &dyn std::error::Error) -> Refusal {
        let incident = new_incident();
        let causes: Vec<String> =
            std::iter::successors(Some(error), |e| e.source()).map(ToString::to_string).collect();
        tracing::error!(incident = incident, error = causes.join(": "), "a page failed");
        Why::Broken { incident }.into()
    }
}

macro_rules! broken_by {
    ($($error:ty),*) => {$(
        impl From<$error> for Refusal {
            fn from(error: $error) -> Refusal {
                Refusal::broken(&error)
            }
        }
    )*};
}
broken_by!(StoreError, TemplateError, serde_json::Error);

impl From<WorldError> for Refusal {
    fn from(error: WorldError) -> Refusal {
        match error {
            WorldError::NoForum => Why::NoForum.into(),
            broken => Refusal::broken(&broken),
        }
    }
}

/// Twelve random hex digits.
pub(super) fn new_incident() -> String {
    crate::clock::random_hex::<6>()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.why.status(), Extension(self)).into_response()
    }
}

impl Why {
    /// The status that says the same to programs.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Why::NotFound => StatusCode::NOT_FOUND,
            Why::Gone | Why::Withdrawn | Why::CancelledEvent => StatusCode::GONE,
            Why::Restricted | Why::NotYours | Why::NoRight | Why::Bound | Why::CrossSite => {
                StatusCode::FORBIDDEN
            }
            // No challenge goes with it (RFC 9110, 11.6.1): there is none that a browser could answer by itself.
            Why::SignedOut | Why::Unproved => StatusCode::UNAUTHORIZED,
            Why::Method => StatusCode::METHOD_NOT_ALLOWED,
            Why::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Why::BadForm => StatusCode::BAD_REQUEST,
            Why::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Why::Timeout | Why::NoForum => StatusCode::SERVICE_UNAVAILABLE,
            Why::Broken { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a bare status from a layer or an extractor means; `None` if it is no refusal. Who only asked for a page sent no
    /// form: an address that cannot be read is one of no page.
    pub(super) fn of_status(status: StatusCode, method: &Method) -> Option<Why> {
        match status {
            StatusCode::NOT_FOUND => Some(Why::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Some(Why::Method),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Why::TooLarge),
            StatusCode::FORBIDDEN => Some(Why::CrossSite),
            StatusCode::TOO_MANY_REQUESTS => Some(Why::TooMany),
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => Some(Why::Timeout),
            other if other.is_client_error() && method.is_safe() => Some(Why::NotFound),
            other if other.is_client_error() => Some(Why::BadForm),
            other if other.is_server_error() => Some(Why::Broken { incident: new_incident() }),
            _ => None,
        }
    }

    /// Headline, sentences, and the incident's number if there is one.
    pub(super) fn told(&self, words: &Words) -> (String, Vec<String>, Option<String>) {
        let (title, lines): (&str, &[&str]) = match self {
            Why::NotFound => (&words.not_found, &[&words.not_found_line]),
            Why::Gone => (&words.gone, &[&words.gone_line]),
            Why::Withdrawn => (&words.withdrawn, &[&words.withdrawn_line]),
            Why::CancelledEvent => (&words.cancelled, &[&words.cancelled_line, &words.cancelled_next]),
            Why::Restricted => (&words.restricted, &[&words.restricted_line, &words.restricted_next]),
            Why::NotYours => (&words.not_yours, &[&words.not_yours_line, &words.not_yours_next]),
            Why::SignedOut => (&words.signed_out, &[&words.nothing_done, &words.try_again]),
            Why::Unproved => (&words.unproved, &[&words.nothing_done, &words.try_again]),
            Why::NoRight => (&words.no_right, &[&words.no_right_line]),
            Why::Bound => (&words.no_right, &[&words.bound_line]),
            Why::Method => (&words.method, &[&words.method_line]),
            Why::TooLarge => (&words.too_large, &[&words.too_large_line]),
            Why::BadForm => (&words.bad_form, &[&words.bad_form_line]),
            Why::CrossSite => (&words.cross_site, &[&words.cross_site_line]),
            Why::TooMany => (&words.too_many, &[&words.too_many_line]),
            Why::Timeout => (&words.timeout, &[&words.timeout_line]),
            Why::NoForum => (&words.no_forum, &[&words.no_forum_line, &words.no_forum_next]),
            Why::Broken { .. } => (&words.broken, &[&words.broken_line]),
        };
        let incident = match self {
            Why::Broken { incident } => Some(fill(&words.incident, &[("number", incident)])),
            _ => None,
        };
        (title.to_owned(), lines.iter().map(|l| (*l).to_owned()).collect(), incident)
    }

    /// The same to who works at the desk, where no letter is at hand.
    pub(super) fn told_at_desk(&self, words: &Words) -> (String, Vec<String>, Option<String>) {
        let (title, lines, incident) = self.told(words);
        match self {
            Why::NotFound => (title, vec![words.not_found_desk.clone()], incident),
            Why::CrossSite => (title, vec![words.cross_site_desk.clone()], incident),
            _ => (title, lines, incident),
        }
    }
}

/// The page of a form that somebody else's work overtook: it shows what stands now and what was typed.
pub(in crate::web) fn overtaken(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::CONFLICT;
    response
}

/// The page of a form that is to be filled in better.
pub(in crate::web) fn unprocessable(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}
