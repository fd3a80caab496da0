//! Taking part: answering an event, offering help, sending something in. Who may do it is asked of the item's
//! door each time; what it says of others is sums.

mod answer;
mod answering;
mod fields;
mod offer;
mod send_in;

use axum::routing::get;

use super::routes::Routes;
pub(super) use answering::AnsweringView;
pub(super) use offer::HelpView;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/l/{token}/item/{id}/answer", get(answer::ask_from_letter).post(answer::record_from_letter))
        .route("/l/{token}/item/{id}/answer/{say}", get(answer::ask_one_from_letter))
        .route("/l/{token}/item/{id}/help", get(offer::ask_from_letter).post(offer::record_from_letter))
        .route("/send-in", get(send_in::show).post(send_in::send))
        .route("/l/{token}/send-in", get(send_in::show_from_letter).post(send_in::send_from_letter))
}
