//! `treff item add`.

use std::path::PathBuf;

use serde_json::json;

use super::files::read_files;
use super::told;
use crate::app::App;
use crate::cli::Report;
use crate::clock::random_bytes;
use crate::content::Item;
use crate::forum::Forum;
use crate::intake::item_queue::{Queued, queue_items};

/// Queues the files, all or nothing.
pub(super) async fn run(
    app: &App,
    forum: &Forum,
    paths: &[PathBuf],
    dry_run: bool,
) -> anyhow::Result<Report> {
    let files = read_files(paths, forum)?;
    let queued = queue_items(&app.store, forum, &files, app.clock.now(), make_public_id, dry_run)
        .await
        .map_err(told)?;
    Ok(report(queued, dry_run))
}

fn report(queued: Queued, dry_run: bool) -> Report {
    let slugs = |items: &[Item]| items.iter().map(|item| item.slug.clone()).collect::<Vec<_>>();
    let (added, changed) = (slugs(&queued.added), slugs(&queued.changed));
    let json = json!({
        "added": added, "changed": changed, "unchanged": queued.unchanged,
        "warnings": queued.warnings, "dry_run": dry_run,
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
    Report { notices: queued.warnings, ..Report::done(text, json) }
}

/// 128 random bits in lower-case hex.
fn make_public_id() -> String {
    random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}
