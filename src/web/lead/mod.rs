//! The desk: where the forum's items and letters come from. Everything under `/desk`.
//!
//! A page says which right it needs where it is registered; see [`super::routes::Routes::staff`].

mod account;
mod account_form;
mod accounts;
mod answers;
mod code;
mod demo;
mod houses;
mod lines;
mod log;
mod open;
mod password;
mod second_factor;
mod sign_in;
mod steps;
mod today;

use axum::routing::{get, post};

use super::needs::{Need, OWN_ACCOUNT};
use super::routes::Routes;
use crate::staff::Right;

/// The routes of the desk.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/desk/sign-in", get(sign_in::show).post(sign_in::ask))
        .route("/desk/open/{token}", get(open::show).post(open::open))
        .route("/desk/sign-in/with/{house}", post(houses::begin))
        .route("/desk/sign-in/from/{house}", get(houses::show).post(houses::finish))
        .staff("/desk", OWN_ACCOUNT, get(today::show))
        .staff("/desk/account", OWN_ACCOUNT, get(account::show))
        .route("/desk/sign-in/password", post(password::sign_in))
        .staff("/desk/accounts", Right::Administer, get(accounts::show).post(accounts::add))
        .staff("/desk/accounts/{id}", Right::Administer, get(accounts::show_one).post(accounts::change))
        .staff("/desk/accounts/{id}/reset", Right::Administer, post(accounts::reset))
        .staff("/desk/accounts/{id}/end", Right::Administer, post(accounts::end))
        .staff("/desk/log", Right::Administer, get(log::show))
        .staff("/desk/log/export.csv", Right::Administer, get(log::export_csv))
        .staff("/desk/log/export.json", Right::Administer, get(log::export_json))
        .staff("/desk/account/language", Need::Session, post(account::set_language))
        .staff("/desk/account/sign-out", Need::Session, post(account::sign_out))
        .staff("/desk/account/tie", OWN_ACCOUNT, post(houses::begin_tie))
        .staff("/desk/account/untie", OWN_ACCOUNT, post(houses::untie))
        .staff("/desk/account/password", OWN_ACCOUNT, get(password::show).post(password::choose))
        .staff("/desk/code", Need::Session, get(code::show).post(code::give))
        .staff("/desk/second-factor", Need::Setup, get(second_factor::show).post(second_factor::begin))
        .staff("/desk/second-factor/square.svg", Need::Setup, get(second_factor::show_square))
        .staff("/desk/second-factor/confirm", Need::Setup, post(second_factor::confirm))
        .staff("/desk/second-factor/codes", OWN_ACCOUNT, post(second_factor::renew_codes))
}

/// What only a demo has.
pub(super) fn demo_routes() -> Routes {
    Routes::new().route("/desk/demo", post(demo::sign_in))
}
