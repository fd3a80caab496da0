//! The page of effects: composed at the desk by whoever sends, seen as it will be, published by a press of its own, and read by
//! everybody from then on. Nothing of it is public before that, and nothing that comes later shows on it.

mod compose;
mod form;
mod public;
mod publish;
mod status;
mod text;
mod view;

pub(super) use status::list_lost;

use axum::routing::{get, post};

use super::routes::Routes;
use crate::staff::Right;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/effects", get(public::show))
        .route("/effects.txt", get(public::show_text))
        .staff("/desk/effects", Right::Send, get(compose::show).post(compose::save))
        .staff("/desk/effects/preview", Right::Send, get(publish::show).post(publish::publish))
        .staff("/desk/effects/take-back", Right::Send, post(publish::take_back))
}
