//! What and how often, and saying what one thinks: the pages on which people tell what hits them.
//!
//! Everything works without JavaScript; one small file of our own refreshes the preview while one ticks. A page
//! shows and changes one person's own choices: whose, an [`Owner`](owner::Owner) says.

mod answers;
mod handlers;
mod learned;
mod not_for_me;
mod often;
mod owner;
mod page;
mod preview;
mod sample;
mod told;
mod topics;

use axum::routing::{get, post};

pub(super) use sample::ProbeView;

use super::routes::Routes;

/// The routes under a letter's link, and of the same pages on a device.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/l/{token}", get(handlers::show))
        .route("/l/{token}/preferences", get(handlers::show).post(handlers::change))
        .route("/l/{token}/preferences/preview", post(handlers::preview))
        .route("/l/{token}/preferences/undo", post(handlers::undo))
        .route("/l/{token}/preferences/learning", post(handlers::change_learning))
        .route("/me/preferences", get(handlers::show).post(handlers::change))
        .route("/me/preferences/preview", post(handlers::preview))
        .route("/me/preferences/undo", post(handlers::undo))
        .route("/me/preferences/learning", post(handlers::change_learning))
        .route("/l/{token}/hit", get(answers::ask_hit).post(answers::record_hit))
        .route("/l/{token}/miss", get(answers::ask_miss).post(answers::record_miss))
        .route("/l/{token}/sample", post(sample::record))
        .route("/l/{token}/sample/follow", post(sample::follow))
        .route("/me/sample", post(sample::record))
        .route("/me/sample/follow", post(sample::follow))
        .route("/l/{token}/item/{id}/not-for-me", get(not_for_me::ask).post(not_for_me::record))
        .route("/l/{token}/item/{id}/not-for-me/undo", post(not_for_me::undo))
        .route("/items/{slug}/not-for-me", get(not_for_me::ask).post(not_for_me::record))
        .route("/items/{slug}/not-for-me/undo", post(not_for_me::undo))
}
