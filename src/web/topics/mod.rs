//! The forum's own order: its topics, the roles people have at home, and its groups. Each is renamed, moved, added or taken
//! away, and a topic is folded into another, after the page has shown who gets more and who gets less of it.

mod form;
mod list;
mod preview;
mod told;

use axum::routing::{get, post};

use super::routes::Routes;
use crate::staff::Right;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new()
        .staff("/desk/topics", Right::People, get(list::show))
        .staff("/desk/topics/confirm", Right::People, post(preview::confirm))
        .staff("/desk/topics/{facet}", Right::People, get(form::show_new).post(preview::show_new))
        .staff("/desk/topics/{facet}/{slug}", Right::People, get(form::show).post(preview::show))
        .staff("/desk/topics/{facet}/{slug}/take-away", Right::People, post(preview::show_taking_away))
        .staff("/desk/topics/{facet}/{slug}/fold", Right::People, post(preview::show_folding))
}
