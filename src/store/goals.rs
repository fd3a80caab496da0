//! Goals of groups: what stands now. What a goal said before, and one that was taken away, stand in the log.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::TermId;

record! {
    /// A goal.
    #[derive(Eq)]
    pub struct GoalRow {
        /// Its key.
        pub id: i64,
        /// The slug of the group.
        pub group: String,
        /// What it wants to reach.
        pub goal: String,
        /// By what one sees that it is reached.
        pub sign: Option<String>,
        /// The day on which it was, `2027-03-08`; none: not yet.
        pub reached_on: Option<String>,
        /// Who wrote what it says now: `account:3`, `command`.
        pub written_by: String,
        /// When.
        pub written_at: DateTime<Utc>,
    }
}

/// What a goal is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGoal<'a> {
    /// What the group wants to reach.
    pub goal: &'a str,
    /// By what one sees that it is reached.
    pub sign: Option<&'a str>,
    /// The day on which it was, `2027-03-08`.
    pub reached_on: Option<&'a str>,
}

/// Goals, oldest first, of the groups that a condition on `t` selects.
macro_rules! goals {
    ($condition:literal) => {
        concat!(
            "SELECT g.id, t.slug, g.goal, g.sign, g.reached_on, g.written_by, g.written_at
             FROM goal g JOIN term t ON t.id = g.group_id ",
            $condition,
            " ORDER BY g.id"
        )
    };
}

const OF_GROUP: &str = goals!("WHERE t.facet = 'group' AND t.slug = $1");

/// On PostgreSQL whoever else changes the group's goals is waited for.
const LOCK_GROUP: Sql = Sql {
    sqlite: "SELECT id FROM term WHERE facet = 'group' AND slug = $1",
    postgres: "SELECT id FROM term WHERE facet = 'group' AND slug = $1 FOR UPDATE",
};

impl Store {
    /// The goals of all groups, oldest first.
    pub async fn list_goals(&self) -> Result<Vec<GoalRow>, StoreError> {
        Ok(self.db.all(goals!(""), args![]).await?)
    }

    /// The goals of the group with this slug, oldest first.
    pub async fn list_goals_of(&self, group: &str) -> Result<Vec<GoalRow>, StoreError> {
        Ok(self.db.all(OF_GROUP, args![group]).await?)
    }
}

impl Tx {
    /// The group with this slug, whose goals nobody else changes until commit; none if there is no such group.
    pub async fn lock_group(&mut self, group: &str) -> Result<Option<TermId>, StoreError> {
        let row: Option<One<TermId>> = self.find(LOCK_GROUP, args![group]).await?;
        Ok(row.map(|One(id)| id))
    }

    /// The goals of the group with this slug, oldest first, as this transaction sees them.
    pub async fn list_goals_of(&mut self, group: &str) -> Result<Vec<GoalRow>, StoreError> {
        Ok(self.all(OF_GROUP, args![group]).await?)
    }

    /// Sets a goal. `now` is real time.
    pub async fn add_goal(
        &mut self,
        (id, slug): (TermId, &str),
        goal: &NewGoal<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO goal (group_id, goal, sign, reached_on, written_by, written_at) VALUES ($1, $2, $3, $4, $5, $6)",
            args![id, goal.goal, goal.sign, goal.reached_on, actor, now],
        )
        .await?;
        let change = Change { actor, action: "goal.set", subject: subject(slug), ..Change::default() };
        self.record_change(now, Change { after: Some(said(goal)), ..change }).await
    }

    /// Lets a goal say something else. `now` is real time.
    pub async fn change_goal(
        &mut self,
        row: &GoalRow,
        goal: &NewGoal<'_>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE goal SET goal = $2, sign = $3, reached_on = $4, written_by = $5, written_at = $6 WHERE id = $1",
            args![row.id, goal.goal, goal.sign, goal.reached_on, actor, now],
        )
        .await?;
        let change =
            Change { actor, action: "goal.changed", subject: subject(&row.group), ..Change::default() };
        let (before, after) = (Some(said(&row.into())), Some(said(goal)));
        self.record_change(now, Change { before, after, ..change }).await
    }

    /// Takes a goal away; the log keeps what it said. `now` is real time.
    pub async fn remove_goal(
        &mut self,
        row: &GoalRow,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run("DELETE FROM goal WHERE id = $1", args![row.id]).await?;
        let change =
            Change { actor, action: "goal.removed", subject: subject(&row.group), ..Change::default() };
        self.record_change(now, Change { before: Some(said(&row.into())), ..change }).await
    }
}

impl<'a> From<&'a GoalRow> for NewGoal<'a> {
    fn from(row: &'a GoalRow) -> NewGoal<'a> {
        NewGoal { goal: &row.goal, sign: row.sign.as_deref(), reached_on: row.reached_on.as_deref() }
    }
}

fn subject(group: &str) -> String {
    format!("group:{group}")
}

fn said(goal: &NewGoal<'_>) -> serde_json::Value {
    json!({ "goal": goal.goal, "sign": goal.sign, "reached_on": goal.reached_on })
}
