//! The mailing desk: the coming mailing exactly as it will be sent, whom it passes over and why. A mailing is what the
//! rest of the house calls an edition.

mod acts;
mod letters;
mod next;
mod people;
mod sent;

use axum::routing::{get, post};

use super::routes::Routes;
use crate::staff::Right;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .staff("/desk/mailing", Right::Write, get(next::show))
        .staff("/desk/mailing/next/{cadence}", Right::Write, get(next::show_one))
        .staff("/desk/mailing/next/{cadence}/people", Right::Write, get(people::show))
        .staff("/desk/mailing/sent", Right::Send, get(sent::list))
        .staff("/desk/mailing/sent/{id}", Right::Send, get(sent::show))
        .staff("/desk/mailing/sent/{id}/letters", Right::Send, get(letters::show))
        .staff("/desk/mailing/sent/{id}/pause", Right::Send, post(acts::pause))
        .staff("/desk/mailing/sent/{id}/resume", Right::Send, post(acts::resume))
        .staff("/desk/mailing/sent/{id}/cancel", Right::Send, get(acts::ask_cancel).post(acts::cancel))
        .staff("/desk/mailing/letters/{id}/retry", Right::Send, post(acts::retry))
        .staff("/desk/mailing/letters/{id}/settle", Right::Send, post(acts::settle))
}
