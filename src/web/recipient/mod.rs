//! What holders of a link from their letter see. A token stands for a person: every page says whose it is, masked.

pub(super) mod items;
mod unsubscribe;
pub(super) mod way_back;

use axum::routing::{get, post};

use super::routes::Routes;

/// The routes under `/u` and `/l`.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/u/{token}", get(unsubscribe::show).post(unsubscribe::unsubscribe))
        .route("/u/{token}/urgent", post(unsubscribe::change_urgent))
        .route("/u/{token}/undo", post(unsubscribe::take_back))
        .route("/l/{token}/item/{id}", get(items::show))
        .route("/l/{token}/item/{id}/event.ics", get(items::show_calendar))
        .route("/l/{token}/item/{id}/file/{position}", get(items::show_file))
}
