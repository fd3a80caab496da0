//! `treff item withdraw` and `treff item correct`.

use std::path::Path;

use serde_json::json;

use super::files::read_file;
use super::told;
use crate::app::App;
use crate::cli::Report;
use crate::forum::Forum;
use crate::intake::item_file::SlugFrom;
use crate::intake::item_queue::{Corrected, correct_item, warn_about, withdraw_item};

/// Takes an item back; again changes nothing.
pub(super) async fn withdraw(app: &App, slug: &str) -> anyhow::Result<Report> {
    let changed = withdraw_item(&app.store, slug, app.clock.now()).await.map_err(told)?;
    let text = if changed { "Withdrawn" } else { "Unchanged, withdrawn already" };
    Ok(Report::done(
        format!("{text}: {slug}"),
        json!({ "item": slug, "withdrawn": true, "changed": changed }),
    ))
}

/// Makes the file the item's newest version.
pub(super) async fn correct(app: &App, forum: &Forum, slug: &str, path: &Path) -> anyhow::Result<Report> {
    let file = read_file(path, SlugFrom::Item(slug), forum)?;
    let now = app.clock.now();
    let (item, changed) = match correct_item(&app.store, forum, slug, &file, now).await.map_err(told)? {
        Corrected::Changed(item) => (item, true),
        Corrected::Unchanged(item) => (item, false),
    };
    let warnings = warn_about(&[file], std::slice::from_ref(&*item), now);
    let text = if changed {
        format!("Corrected: {slug} is now version {}", item.version)
    } else {
        format!("Unchanged: {slug} says this already")
    };
    let json = json!({ "item": slug, "version": item.version, "changed": changed, "warnings": warnings });
    Ok(Report { notices: warnings, ..Report::done(text, json) })
}
