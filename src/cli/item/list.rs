//! `treff item list`.

use chrono::{DateTime, Utc};
use comfy_table::Table;
use serde::Serialize;

use crate::app::App;
use crate::cli::Report;
use crate::cli::forum_time::ForumTime;
use crate::content::Item;
use crate::forum::Forum;
use crate::world;

/// One item in `--json`.
#[derive(Debug, Serialize)]
struct ListedItem {
    slug: String,
    kind: &'static str,
    /// In the forum's language, else the nearest.
    title: String,
    version: i64,
    languages: Vec<&'static str>,
    release_at: DateTime<Utc>,
    /// Null while it has neither a date of its own nor a number.
    closes_at: Option<DateTime<Utc>>,
    /// Its place in the order of release; null before it.
    number: Option<i64>,
    withdrawn: bool,
    audience: Option<String>,
    about: Vec<String>,
    visibility: String,
    importance: &'static str,
    lane: &'static str,
}

/// Lists every item by slug.
pub(super) async fn run(app: &App, forum: &Forum) -> anyhow::Result<Report> {
    let items = world::load_items(&app.store, forum).await?;
    let listed: Vec<_> = items.iter().map(|item| describe(item, forum)).collect();
    let text = if items.is_empty() {
        "No items yet; queue some with treff item add FILE".to_owned()
    } else {
        table(&items, forum, app.clock.now()).to_string()
    };
    Ok(Report::done(text, serde_json::json!({ "items": listed })))
}

fn describe(item: &Item, forum: &Forum) -> ListedItem {
    ListedItem {
        slug: item.slug.clone(),
        kind: item.kind.word(),
        title: item.text_for(forum.settings.language).1.title.clone(),
        version: item.version,
        languages: item.texts.keys().map(|language| language.tag()).collect(),
        release_at: item.release_at,
        closes_at: item.closes_at(),
        number: item.number,
        withdrawn: item.withdrawn,
        audience: item.audience.as_ref().map(|audience| audience.written(&forum.terms)),
        about: item.about.iter().map(|term| forum.terms.term(*term).to_string()).collect(),
        visibility: item.visibility.written(&forum.terms),
        importance: item.importance.word(),
        lane: item.lane.word(),
    }
}

fn table(items: &[Item], forum: &Forum, now: DateTime<Utc>) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["ITEM", "KIND", "TITLE", "VERSION", "LANGUAGES", "STATE", "SINCE"]);
    for item in items {
        let listed = describe(item, forum);
        let (state, since) = state_of(item, now);
        let since = since.map(|at| ForumTime::in_zone(forum.settings.zone).minute(at));
        table.add_row([
            listed.slug,
            listed.kind.to_owned(),
            listed.title,
            listed.version.to_string(),
            listed.languages.join(" "),
            state.to_owned(),
            since.unwrap_or_default(),
        ]);
    }
    table
}

/// What an item is at `now` in a word, and from when.
fn state_of(item: &Item, now: DateTime<Utc>) -> (&'static str, Option<DateTime<Utc>>) {
    if item.withdrawn {
        ("withdrawn", None)
    } else if item.is_closed(now) {
        ("closed", item.closes_at())
    } else if item.held {
        ("held", None)
    } else if item.number.is_some() || item.release_at <= now {
        ("open", Some(item.release_at))
    } else {
        ("queued", Some(item.release_at))
    }
}
