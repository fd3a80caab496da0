//! `treff item add`.

use std::path::PathBuf;

use serde_json::json;

use super::files::read_files;
use super::reach::{ItemReach, Listeners, Mend};
use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::Report;
use crate::clock::random_hex;
use crate::content::Item;
use crate::forum::Forum;
use crate::intake::item_queue::{Queued, queue_items};

/// For how many items the text tells the reach.
const LISTED_REACHES: usize = 30;

/// Queues the files, all or nothing.
pub(super) async fn run(
    app: &App,
    forum: &Forum,
    paths: &[PathBuf],
    dry_run: bool,
) -> anyhow::Result<Report> {
    let files = read_files(paths, forum)?;
    let mut queued = queue_items(&app.store, forum, &files, app.clock.now(), random_hex::<16>, dry_run)
        .await
        .map_err(explain_refusal)?;
    let (reach, warnings) = count_reach(app, forum, &queued).await?;
    queued.warnings.extend(warnings);
    Ok(report(queued, &reach, dry_run))
}

/// The reach of each item that was added or changed, in the order of the files, and what is to be warned of it.
async fn count_reach(
    app: &App,
    forum: &Forum,
    queued: &Queued,
) -> anyhow::Result<(Vec<ItemReach>, Vec<String>)> {
    let new: Vec<&Item> = queued.added.iter().chain(&queued.changed).collect();
    if new.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let listeners = Listeners::gather(app, forum).await?;
    let reach: Vec<ItemReach> =
        new.iter().map(|item| ItemReach::count(&listeners.everyone, forum, item)).collect();
    let mut warnings: Vec<String> = reach.iter().filter_map(ItemReach::warn).collect();
    let now = app.clock.now();
    // An event of theirs may bring a mailing of its own.
    let mut items = listeners.load_items(app, forum, now).await?;
    items.extend(new.iter().map(|item| (*item).clone()));
    let warn = |item: &&Item| listeners.warn_of_close(forum, &items, (item, Mend::Add), now);
    warnings.extend(new.iter().filter_map(warn));
    Ok((reach, warnings))
}

fn report(queued: Queued, reach: &[ItemReach], dry_run: bool) -> Report {
    let slugs = |items: &[Item]| items.iter().map(|item| item.slug.clone()).collect::<Vec<_>>();
    let (added, changed) = (slugs(&queued.added), slugs(&queued.changed));
    let json = json!({
        "added": added, "changed": changed, "unchanged": queued.unchanged,
        "warnings": queued.warnings, "reach": reach, "dry_run": dry_run,
    });
    let mut text = String::new();
    for (done, would, slugs) in [
        ("Added", "Would add", &added),
        ("Changed", "Would change", &changed),
        ("Unchanged", "Unchanged", &queued.unchanged),
    ] {
        if !slugs.is_empty() {
            let verb = if dry_run { would } else { done };
            text += &format!("{verb} ({}): {}\n", slugs.len(), slugs.join(", "));
        }
    }
    for of_item in reach.iter().take(LISTED_REACHES) {
        text += &of_item.tell();
    }
    if reach.len() > LISTED_REACHES {
        text += &format!("... and {} more; --json tells the reach of each\n", reach.len() - LISTED_REACHES);
    }
    Report { notices: queued.warnings, ..Report::done(text, json) }
}
