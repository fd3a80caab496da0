//! Queueing an item: what it is, and who gets it. Drafts live on the server and keep every field as it was typed; what
//! is queued goes the way of item files.

mod actions;
mod answers;
mod aside;
mod auto;
mod cancelling;
mod chips;
mod choices;
mod deposit;
mod differs;
mod draft;
mod effective;
mod files;
mod form_page;
mod item;
mod late;
mod list;
mod names;
mod over;
mod preview;
mod promised;
mod promises;
mod queued;
pub(super) mod rights;
mod saving;
mod sent_in;
mod stands;
mod sure;
pub(super) mod told;
mod went;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::needs::{SEES_WHAT_GOES, TAKES_BACK};
use super::routes::Routes;
use crate::intake::attachment;
use crate::staff::Right;

/// The largest form: a file and a long text in three languages.
pub(super) const LARGEST_FORM: usize = attachment::MAX_BYTES + (2 << 20);

/// The routes.
pub(super) fn routes() -> Routes {
    let form = || DefaultBodyLimit::max(LARGEST_FORM);
    Routes::new()
        .staff("/desk/items", Right::Write, get(list::show))
        .staff("/desk/archive", Right::Send, post(deposit::take))
        .staff("/desk/items/new", Right::Write, get(draft::show_new).post(saving::begin).layer(form()))
        .staff("/desk/items/{slug}", SEES_WHAT_GOES, get(item::show))
        .staff("/desk/items/{slug}/who", Right::Write, get(names::show_of_item))
        .staff("/desk/items/{slug}/correct", Right::Write, post(item::correct))
        .staff("/desk/items/{slug}/copy", Right::Write, post(item::copy))
        .staff("/desk/items/{slug}/undo", Right::Write, post(item::undo))
        .staff("/desk/items/{slug}/withdraw", TAKES_BACK, post(item::withdraw))
        .staff("/desk/drafts/{id}", Right::Write, get(draft::show).post(saving::save).layer(form()))
        .staff("/desk/drafts/{id}/discard", Right::Write, post(draft::discard))
        .staff("/desk/drafts/{id}/who", Right::Write, get(names::show))
        .staff("/desk/drafts/{id}/preview", Right::Write, get(preview::show))
        .staff("/desk/paste", Right::Write, post(files::paste).layer(form()))
}
