//! Taking part: answering an event. Who may do it is asked of the item's door each time; what it says
//! of others is sums.

mod answer;
mod answering;
mod fields;

use axum::Router;
use axum::routing::get;

use super::site::Site;
pub(super) use answering::AnsweringView;

/// The routes.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/l/{token}/item/{id}/answer", get(answer::ask_from_letter).post(answer::record_from_letter))
        .route("/l/{token}/item/{id}/answer/{say}", get(answer::ask_one_from_letter))
}
