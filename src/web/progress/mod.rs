//! Progress: what each group wants to reach, what it promised, what it did, what it gained. Goals are set by whoever writes
//! for the group or keeps people and groups; all else is told by minutes, to whoever may see them.

mod goals;
mod page;
mod promises;
mod told;

pub(in crate::web) use told::{GoalView, view_goals};

use axum::routing::get;

use super::needs::{Need, SEES_WHAT_GOES};
use super::routes::Routes;
use crate::staff::Right;

/// Setting goals: for the groups that one writes for, or for all of them.
const SETS_GOALS: Need = Need::AnyOf(&[Right::Write, Right::People, Right::Administer]);

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::new().staff("/desk/progress", SEES_WHAT_GOES, get(page::show)).staff(
        "/desk/groups/{slug}/goals",
        SETS_GOALS,
        get(goals::show).post(goals::save),
    )
}
