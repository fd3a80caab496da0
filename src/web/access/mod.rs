//! Doors: the link by mail that opens what a letter's link may not, and a person's own pages behind it.

mod address;
mod codes;
mod data;
mod erase;
mod link;
mod me;
mod open;
mod places;
mod promises;
mod sign_up;
mod still_yours;
mod unions;

use axum::routing::{get, post};

use super::routes::Routes;

/// The routes of doors.
pub(super) fn routes() -> Routes {
    Routes::new()
        .route("/link", get(link::show).post(link::ask))
        .route("/l/{token}/link", get(link::show_for_letter).post(link::ask_for_letter))
        .route("/d/{token}", get(open::show).post(open::open))
        .route("/me", get(me::show))
        .route("/me/sign-out", post(me::sign_out))
        .route("/me/places", get(places::show))
        .route("/me/places/{seat}/left", post(places::leave))
        .route("/me/promises", get(promises::show).post(promises::say))
        .route("/me/union-ground", post(places::say_of_union))
        .route("/me/address", get(address::show).post(address::ask))
        .route("/me/data", get(data::show))
        .route("/me/data/export.json", get(data::export))
        .route("/me/erase", get(erase::ask).post(erase::erase))
        .route("/sign-up", get(sign_up::show).post(sign_up::ask))
}
