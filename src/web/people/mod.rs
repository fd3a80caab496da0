//! People and places: who receives, who has which place in which group, and what happens when somebody is replaced.
//!
//! What stands here is for who has the `people` right. Whoever looks into one person's letters does it by a button, and
//! the log says so. An account that is bound to an organisation finds here its own people and places and nothing of others:
//! what is not kept to them is closed to it, or answers as if it were not there.

mod acts;
mod duplicates;
mod grounds;
mod groups;
mod import;
mod import_told;
mod list;
mod look;
mod merge;
mod organisations;
mod person;
mod place;
mod replace;
mod told;
mod vacant;

pub(in crate::web) use vacant::tell_because;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::needs::OWN_PEOPLE;
use super::routes::Routes;
use crate::staff::Right;

/// The routes.
pub(super) fn routes() -> Routes {
    // The file comes back with the form, written in Base64.
    let sheets = DefaultBodyLimit::max(2 * import::LARGEST_FILE);
    Routes::new()
        .staff("/desk/people", OWN_PEOPLE, get(list::show))
        .staff("/desk/people/export", OWN_PEOPLE, post(list::export))
        .staff("/desk/people/import", Right::People, get(import::show).post(import::take).layer(sheets))
        .staff("/desk/people/duplicates", Right::People, get(duplicates::show))
        .staff("/desk/people/duplicates/{one}/{other}", Right::People, get(merge::show).post(merge::preview))
        .staff("/desk/people/duplicates/{one}/{other}/merge", Right::People, post(merge::confirm))
        .staff("/desk/people/duplicates/{one}/{other}/apart", Right::People, post(duplicates::keep_apart))
        .staff("/desk/people/{id}", OWN_PEOPLE, get(person::show))
        .staff("/desk/people/{id}", Right::People, post(look::show))
        .staff("/desk/people/{id}/resume", Right::People, post(acts::resume))
        .staff("/desk/people/{id}/union-ground", Right::People, post(acts::say_ground))
        .staff("/desk/people/{id}/link", Right::People, post(acts::mail_link))
        .staff("/desk/people/{id}/close-letters", Right::People, post(acts::close_letters))
        .staff("/desk/people/{id}/still-here", Right::People, post(acts::still_here))
        .staff("/desk/people/{id}/take-out", Right::People, post(acts::take_out))
        .staff("/desk/groups", Right::People, get(groups::show))
        .staff("/desk/groups/{slug}", Right::People, get(groups::show_one).post(groups::open_place))
        .staff("/desk/organisations", OWN_PEOPLE, get(organisations::show))
        .staff("/desk/organisations/{slug}", OWN_PEOPLE, get(organisations::show_one))
        .staff("/desk/places", OWN_PEOPLE, get(vacant::show))
        .staff("/desk/places/{id}", OWN_PEOPLE, get(place::show))
        .staff("/desk/places/{id}/welcome", OWN_PEOPLE, post(replace::preview))
        .staff("/desk/places/{id}/welcome/{letter}", Right::People, get(replace::show_frame))
        .staff("/desk/places/{id}/replace", OWN_PEOPLE, post(replace::confirm))
        .staff("/desk/places/{id}/vacate", Right::People, post(place::vacate))
        .staff("/desk/places/{id}/span", Right::People, post(place::set_span))
        .staff("/desk/places/{id}/close", Right::People, post(place::close))
}
