//! Settings: the forum's name and the times of its letters, in words; who sends; what the law asks to be written down.

mod file;
mod form;
mod page;
mod record;
mod save;

use axum::routing::get;

use super::routes::Routes;
use crate::staff::Right;

/// The routes of this area.
pub(super) fn routes() -> Routes {
    Routes::new()
        .staff("/desk/settings", Right::Administer, get(page::show).post(save::save))
        .staff("/desk/settings/record", Right::Administer, get(record::show))
        .staff("/desk/settings/forum.toml", Right::Administer, get(file::show))
}
