//! `treff item add`.

use std::path::PathBuf;

use serde::Serialize;
use serde_json::json;

use super::files::read_files;
use super::told;
use crate::app::App;
use crate::cli::Report;
use crate::clock::random_hex;
use crate::content::Item;
use crate::forum::Forum;
use crate::insight::reach::Everyone;
use crate::intake::item_queue::{Queued, queue_items};
use crate::world;

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
    let queued = queue_items(&app.store, forum, &files, app.clock.now(), random_hex::<16>, dry_run)
        .await
        .map_err(told)?;
    let reach = count_reach(app, forum, &queued).await?;
    Ok(report(queued, &reach, dry_run))
}

/// How far one item reaches, as `--json` tells it.
#[derive(Debug, Serialize)]
struct ItemReach {
    item: String,
    recipients: usize,
    by_choice: usize,
    by_interest: usize,
}

/// The reach of each item that was added or changed, in the order of the files.
async fn count_reach(app: &App, forum: &Forum, queued: &Queued) -> anyhow::Result<Vec<ItemReach>> {
    let items: Vec<&Item> = queued.added.iter().chain(&queued.changed).collect();
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let everyone = world::load_recipients(&app.store, forum).await?;
    let standings = everyone.into_iter().map(|recipient| recipient.standing).collect();
    let crowd = Everyone::gather(forum, standings, app.clock.now());
    let reach_of = |item: &&Item| {
        let reach = crowd.count_reach(forum, item);
        ItemReach {
            item: item.slug.clone(),
            recipients: reach.recipients(),
            by_choice: reach.by_choice,
            by_interest: reach.by_interest,
        }
    };
    Ok(items.iter().map(reach_of).collect())
}

fn report(mut queued: Queued, reach: &[ItemReach], dry_run: bool) -> Report {
    queued.warnings.extend(reach.iter().filter(|of_item| of_item.recipients == 0).map(|of_item| {
        format!("item {} reaches nobody as things stand; check audience, about and visibility", of_item.item)
    }));
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
        let ItemReach { item, recipients, by_choice, by_interest } = of_item;
        text += &format!("{item}: {recipients} get this: {by_choice} chosen, {by_interest} by interest\n");
    }
    if reach.len() > LISTED_REACHES {
        text += &format!("... and {} more; --json tells the reach of each\n", reach.len() - LISTED_REACHES);
    }
    Report { notices: queued.warnings, ..Report::done(text, json) }
}
