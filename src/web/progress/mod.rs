//! Progress: what each group wants to reach, what it promised, what it did, what it gained. Goals are set by whoever writes
//! for the group or keeps people and groups; all else is told by minutes, to whoever may see them.

mod goals;
mod page;
mod promises;
mod told;

pub(in crate::web) use told::{GoalView, view_goals};

use axum::routing::get;

use super::routes::Routes;
use super::staff::{Need, SEES_WHAT_GOES, Staff};
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

/// Whether they may set the goals of the group with this slug: who writes for groups alone sets those of their own.
fn may_set_goals(staff: &Staff, slug: &str) -> bool {
    let writes = staff.may(Right::Write);
    let is_own = !staff.writes_for_groups_only() || staff.groups.iter().any(|own| own == slug);
    staff.may(Right::People) || staff.may(Right::Administer) || (writes && is_own)
}
