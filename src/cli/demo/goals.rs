//! What some of the demo's groups want to reach, as if their leaders had used the page.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::app::App;
use crate::intake::goals::{GoalLine, GoalsBy, change_goals, name_goals};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goals {
    goal: Vec<Goal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Goal {
    group: String,
    goal: String,
    sign: String,
    #[serde(default)]
    reached: String,
}

/// Sets all of them; again changes nothing.
pub(super) async fn set_goals(app: &App, text: &str) -> anyhow::Result<()> {
    let said: Goals = toml::from_str(text)?;
    let mut groups: BTreeMap<String, Vec<GoalLine>> = BTreeMap::new();
    for Goal { group, goal, sign, reached } in said.goal {
        groups.entry(group).or_default().push(GoalLine { goal, sign, reached, ..GoalLine::default() });
    }
    let now = app.clock.now();
    for (group, lines) in groups {
        let seen = name_goals(&app.store.list_goals_of(&group).await?);
        let by = GoalsBy { actor: "command", seen: &seen, today: now.date_naive(), now };
        change_goals(&app.store, by, &group, &lines).await?;
    }
    Ok(())
}
