//! `treff item said`.

use serde_json::json;

use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::forum::Forum;
use crate::world;

/// Smaller sums could tell of a person; they are not told.
const LEAST_SUM: i64 = 5;

/// What readers say of an item: a sum without names, and for which colleagues it would be right.
pub(super) async fn run(app: &App, forum: &Forum, slug: &str) -> anyhow::Result<Report> {
    let item = world::find_item(&app.store, forum, slug).await?;
    let item =
        item.ok_or_else(|| BadInput::one(format!("there is no item {slug}; see treff item list for all")))?;
    let not_for_me = app.store.count_not_for_me(item.id).await?;
    let told = Some(not_for_me).filter(|sum| *sum >= LEAST_SUM);
    let colleagues = app.store.list_passed_on(item.id).await?;
    let named: Vec<&str> = colleagues.iter().filter_map(Option::as_deref).collect();
    let unnamed = colleagues.len() - named.len();
    let sum = told.map_or_else(|| format!("fewer than {LEAST_SUM}"), |sum| sum.to_string());
    let text = format!(
        "Not for me: {sum}. For a colleague: {}, {unnamed} of them without a name.{}",
        colleagues.len(),
        named.iter().map(|name| format!("\n  {name}")).collect::<String>()
    );
    let json = json!({
        "item": slug, "not_for_me": told, "for_colleagues": colleagues.len(), "colleagues": named,
    });
    Ok(Report::done(text, json))
}
