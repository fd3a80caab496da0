//! The inbox of the embedded default: every letter and every short mail that lies in the Maildir. Reading never moves one.
//!
//! In a demo it stands open, and tells who got what, and why. Elsewhere it lies at the desk ([`desk`]) for who has the
//! administer right (DESIGN, section 6); whoever opens a mail there has it written into the log first.

mod desk;
mod letter;
mod note;
mod overview;
mod person;
mod scene;
mod who;

use axum::routing::get;

pub(super) use letter::framed;

use super::routes::Routes;
use crate::staff::Right;

/// The desk's, where letters lie on this machine.
pub(super) fn desk_routes() -> Routes {
    Routes::new()
        .staff("/desk/inbox", Right::Administer, get(desk::list))
        .staff("/desk/inbox/{what}/{id}", Right::Administer, get(desk::show).post(desk::open))
        .staff("/desk/inbox/{what}/{id}/frame", Right::Administer, get(desk::show_frame))
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
