//! The mailing desk: the coming mailing exactly as it will be sent, whom it passes over and why, and who approves it; what
//! was sent, and what became of its letters. A mailing is what the rest of the house calls an edition.

mod acts;
mod approve;
mod causes;
mod changed;
mod letter;
mod letters;
mod next;
mod people;
mod sent;
mod told;
mod waiting;

use axum::routing::{get, post};

pub(super) use approve::awaits;
pub(super) use changed::{PLACE as CHANGED, list_unapproved};
pub(super) use sent::{Running, list_running};

use super::needs::SEES_WHAT_GOES;
use super::routes::Routes;
use crate::staff::Right;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .staff("/desk/mailing", SEES_WHAT_GOES, get(next::show))
        .staff("/desk/mailing/next/{cadence}", SEES_WHAT_GOES, get(next::show_one))
        .staff("/desk/mailing/next/{cadence}/people", Right::Write, get(people::show))
        .staff("/desk/mailing/next/{cadence}/approve", Right::Approve, post(approve::approve))
        .staff("/desk/mailing/changed", SEES_WHAT_GOES, get(changed::show))
        .staff("/desk/mailing/changed/{slug}/file/{position}", SEES_WHAT_GOES, get(changed::show_file))
        .staff("/desk/mailing/changed/approve", Right::Approve, post(changed::approve))
        .staff("/desk/mailing/items/{slug}/hold", Right::Send, post(waiting::hold))
        .staff("/desk/mailing/items/{slug}/let-go", Right::Send, post(waiting::let_go))
        .staff("/desk/mailing/items/{slug}/move", Right::Send, post(waiting::shift))
        .staff("/desk/mailing/sent", Right::Send, get(sent::list))
        .staff("/desk/mailing/sent/{id}", Right::Send, get(sent::show))
        .staff("/desk/mailing/sent/{id}/letters", Right::Send, get(letters::show))
        .staff("/desk/mailing/sent/{id}/pause", Right::Send, post(acts::pause))
        .staff("/desk/mailing/sent/{id}/resume", Right::Send, post(acts::resume))
        .staff("/desk/mailing/sent/{id}/cancel", Right::Send, get(acts::ask_cancel).post(acts::cancel))
        .staff("/desk/mailing/letter", Right::Send, get(letter::search))
        .staff("/desk/mailing/letter/{id}", Right::Send, get(letter::show).post(letter::view))
        .staff("/desk/mailing/letter/{id}/frame", Right::Send, get(letter::show_frame))
        .staff("/desk/mailing/letter/{id}/test", Right::Send, post(letter::test))
        .staff("/desk/mailing/letters/{id}/retry", Right::Send, post(acts::retry))
        .staff("/desk/mailing/letters/{id}/settle", Right::Send, post(acts::settle))
}
