//! Goals in words.

use serde::Serialize;

use crate::store::GoalRow;
use crate::web::item_view::Pen;
use crate::web::words::fill;

/// A goal as pages show it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::web) struct GoalView {
    goal: String,
    /// "Tegnet: ...", empty if there is none.
    sign: String,
    /// "Nådd 8. mars", empty if it is not.
    reached: String,
}

/// Goals in their order.
pub(in crate::web) fn view_goals<'r>(
    pen: &Pen<'_>,
    rows: impl IntoIterator<Item = &'r GoalRow>,
) -> Vec<GoalView> {
    let words = &pen.words.progress.page;
    let reached = |day: &String| {
        let day = day.parse().map_or_else(|_| day.clone(), |day| pen.locale.day(day, pen.today));
        fill(&words.reached, &[("day", &day)])
    };
    let view = |row: &GoalRow| GoalView {
        goal: row.goal.clone(),
        sign: row.sign.as_ref().map(|sign| fill(&words.sign, &[("sign", sign)])).unwrap_or_default(),
        reached: row.reached_on.as_ref().map(reached).unwrap_or_default(),
    };
    rows.into_iter().map(view).collect()
}
