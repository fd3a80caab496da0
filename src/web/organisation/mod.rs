//! Sideways, into one's own organisation: its open page and feeds, and what a representative passes on ready made. Nothing
//! here tells who is in an organisation, nor how many; no link here is anybody's own.

mod colleagues;
mod invitation;
mod list;
mod page;

use axum::routing::get;

use super::routes::Routes;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/o", get(list::show))
        .route("/o/{slug}", get(page::show))
        .route("/o/{slug}/{file}", get(page::show_feed))
        .route("/me/for-colleagues", get(colleagues::show))
}
