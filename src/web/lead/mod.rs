//! The desk: where the forum's items and letters come from. Everything under `/desk`.
//!
//! A page says which right it needs where it is registered; see [`super::routes::Routes::staff`].

mod account;
mod demo;
mod open;
mod sign_in;
mod today;

use axum::routing::{get, post};

use super::routes::Routes;
use super::staff::Need;

/// The routes of the desk.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/desk/sign-in", get(sign_in::show).post(sign_in::ask))
        .route("/desk/open/{token}", get(open::show).post(open::open))
        .staff("/desk", Need::Account, get(today::show))
        .staff("/desk/account", Need::Account, get(account::show))
        .staff("/desk/account/language", Need::Account, post(account::set_language))
        .staff("/desk/account/sign-out", Need::Account, post(account::sign_out))
}

/// What only a demo has.
pub(super) fn demo_routes() -> Routes {
    Routes::new().route("/desk/demo", post(demo::sign_in))
}
