//! What the forum states: who answers for personal data and how accessible the pages are. From the operator's
//! settings and the table of retention; knows no person but the one whose letter leads here.

mod accessibility;
mod privacy;
mod voice;

use axum::routing::get;

use super::routes::Routes;
pub(super) use privacy::{Row, list_rows, tell_ground};
pub(super) use voice::SaidTo;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/accessibility", get(accessibility::show))
        .route("/privacy", get(privacy::show))
        .route("/l/{token}/privacy", get(privacy::show_mine))
        .route("/me/privacy", get(privacy::show_mine))
}
