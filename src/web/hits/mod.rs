//! How well letters hit: how much of what was sent was right, and how much that was right was missed. Sums alone, and none
//! under five: nobody at the desk learns what somebody said.

mod page;
mod told;

use axum::routing::get;

use super::needs::SEES_WHAT_GOES;
use super::routes::Routes;

/// The route.
pub(super) fn routes() -> Routes {
    Routes::new().staff("/desk/hits", SEES_WHAT_GOES, get(page::show))
}
