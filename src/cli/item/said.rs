//! `treff item said`.

use serde_json::json;

use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::Report;
use crate::content::LEAST_SUM;
use crate::forum::Forum;
use crate::intake::item_queue::get_item;

/// What readers say of an item: a sum without names, and for which colleagues it would be right.
pub(super) async fn run(app: &App, forum: &Forum, slug: &str) -> anyhow::Result<Report> {
    let item = get_item(&app.store, forum, slug).await.map_err(explain_refusal)?;
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
