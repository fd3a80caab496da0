//! The inbox of the embedded default: every letter and every short mail that lies in the Maildir, who got what, and why.
//!
//! Shows everyone's letters, so it stands only in a demo until there are accounts with the administer
//! right. Reading never moves a letter.

mod letter;
mod note;
mod overview;
mod person;
mod scene;
mod who;

use axum::routing::get;

pub(super) use letter::framed;

use super::routes::Routes;

/// The newest letters that the inbox lists.
const MOST_LETTERS: i64 = 500;

/// Which part of the inbox a page is.
#[derive(Debug, Clone, Copy, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Nav {
    Letters,
    Who,
}

/// The demo's routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/", get(overview::show))
        .route("/inbox", get(overview::show))
        .route("/inbox/letter/{id}", get(letter::show_html))
        .route("/inbox/letter/{id}/text", get(letter::show_text))
        .route("/inbox/letter/{id}/source", get(letter::show_source))
        .route("/inbox/letter/{id}/frame", get(letter::show_frame))
        .route("/inbox/note/{id}", get(note::show))
        .route("/inbox/note/{id}/frame", get(note::show_frame))
        .route("/inbox/who", get(who::show))
        .route("/inbox/person/{id}", get(person::show))
}
