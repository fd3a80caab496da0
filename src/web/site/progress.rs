//! The doors of progress: what groups want to reach, and who says so.

use super::{Reading, Writing};
use crate::intake::goals::{GoalLine, GoalsBy, GoalsError, change_goals};
use crate::store::{GoalRow, GroupRow};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// The goals of all groups, oldest first.
    pub(in crate::web) async fn goals(&self) -> Result<Vec<GoalRow>, Refusal> {
        Ok(self.store().list_goals().await?)
    }

    /// The goals of one group, oldest first.
    pub(in crate::web) async fn goals_of(&self, group: &str) -> Result<Vec<GoalRow>, Refusal> {
        Ok(self.store().list_goals_of(group).await?)
    }

    /// Every group with its kind, and whether it is over.
    pub(in crate::web) async fn group_rows(&self) -> Result<Vec<GroupRow>, Refusal> {
        Ok(self.store().list_groups(self.0.now()).await?)
    }
}

impl Writing {
    /// Lets a group's goals be what the lines say, if they stand as they were shown.
    pub(in crate::web) async fn change_goals(
        &self,
        staff: &Staff,
        (group, seen): (&str, &str),
        lines: &[GoalLine],
    ) -> Result<Result<(), GoalsError>, Refusal> {
        let (actor, today) = (staff.actor(), self.0.today(&staff.forum));
        let by = GoalsBy { actor: &actor, seen, today, now: self.0.now() };
        match change_goals(&self.0.0.store, by, group, lines).await {
            Err(GoalsError::Store(error)) => Err(error.into()),
            other => Ok(other.map(|_| ())),
        }
    }
}
