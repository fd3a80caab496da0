//! Taking part: answering an event, offering help, passing on, sending something in. Who may do it is asked of the item's
//! door each time; what it says of others is sums.

mod answer;
mod answering;
mod fields;
mod offer;
mod pass_on;
mod send_in;

use axum::routing::get;

use super::routes::Routes;
pub(super) use answering::{AnsweringView, label_of};
pub(super) use offer::HelpView;
pub(super) use pass_on::share_path;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/l/{token}/item/{id}/answer", get(answer::ask).post(answer::record))
        .route("/l/{token}/item/{id}/answer/{say}", get(answer::ask_one))
        .route("/l/{token}/item/{id}/help", get(offer::ask).post(offer::record))
        .route("/l/{token}/item/{id}/share", get(pass_on::show))
        .route("/items/{slug}/share", get(pass_on::show))
        .route("/items/{slug}/answer", get(answer::ask).post(answer::record))
        .route("/items/{slug}/answer/{say}", get(answer::ask_one))
        .route("/items/{slug}/help", get(offer::ask).post(offer::record))
        .route("/send-in", get(send_in::show).post(send_in::send))
        .route("/l/{token}/send-in", get(send_in::show_known).post(send_in::send_known))
        .route("/me/send-in", get(send_in::show_known).post(send_in::send_known))
}
