//! `treff item correct`.

use std::path::Path;

use serde_json::json;

use super::files::read_file;
use super::reach::{ItemReach, Listeners, Mend, tell_unsettled, warn_of_widening};
use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::Report;
use crate::content::{Item, Lane};
use crate::edition::Late;
use crate::forum::{Forum, Language};
use crate::intake::item_file::{ItemFile, SlugFrom, list_languages};
use crate::intake::item_queue::{Corrected, correct_item, list_unmoved, warn_about};
use crate::pipeline::find_late;
use crate::world;

/// Makes the file the item's newest version.
pub(super) async fn correct(
    app: &App,
    forum: &Forum,
    slug: &str,
    path: &Path,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let before = world::find_item(&app.store, forum, slug).await?;
    let there: Vec<Language> = before.iter().flat_map(|item| item.texts.keys().copied()).collect();
    let file = read_file(path, SlugFrom::Item(slug, &there), forum)?;
    let now = app.clock.now();
    let (item, beside, changed) =
        match correct_item(&app.store, forum, slug, &file, now, dry_run).await.map_err(explain_refusal)? {
            Corrected::Changed(item, beside) => (item, beside, true),
            Corrected::Unchanged(item) => (item, Vec::new(), false),
            Corrected::Owners(item) => return Ok(tell_owners(&item, dry_run)),
        };
    let mut warnings = warn_about(forum, std::slice::from_ref(&file), std::slice::from_ref(&*item), now);
    if !beside.is_empty() {
        let stays = if beside.len() == 1 { "stays as it was" } else { "stay as they were" };
        warnings.push(format!("{}: adds {}; {} {stays}", file.file, file.language, list_languages(&beside)));
    }
    let mut reach = None;
    if let (Some(before), true) = (&before, changed) {
        warnings.extend(warn_of_places(before, &item, &file));
        let listeners = Listeners::gather(app, forum).await?;
        warnings.extend(warn_of_widening(&listeners.everyone, forum, before, &item));
        let counted = ItemReach::count(&listeners.everyone, forum, &item);
        warnings.extend(counted.warn());
        reach = Some(counted);
        if item.number.is_none() {
            let mut items = listeners.load_items(app, forum, now).await?;
            items.retain(|other| other.id != item.id);
            items.push((*item).clone());
            warnings.extend(listeners.warn_of_close(forum, &items, (&item, Mend::Correct), now));
        }
    }
    warnings.extend(tell_late(&item, find_late(&app.store, forum, &item, now).await?));
    let done = match (changed, dry_run) {
        (false, _) => format!("Unchanged: {slug} says this already"),
        (true, false) => format!("Corrected: {slug} is now version {}", item.version),
        (true, true) => format!("Would correct: {slug} would be version {}", item.version),
    };
    let text = format!("{done}\n{}", reach.as_ref().map(ItemReach::tell).unwrap_or_default());
    let json = json!({
        "item": slug, "version": item.version, "changed": changed, "warnings": warnings,
        "reach": reach.as_slice(), "dry_run": dry_run,
    });
    Ok(Report { notices: warnings, ..Report::done(text, json) })
}

/// That promises have other owners, and nothing else.
fn tell_owners(item: &Item, dry_run: bool) -> Report {
    let done = if dry_run { "would have" } else { "have" };
    let text = format!("Promises of {} {done} other owners; nobody gets it again for that", item.slug);
    let json = json!({
        "item": item.slug, "version": item.version, "changed": true, "warnings": [], "reach": [], "dry_run": dry_run,
    });
    Report::done(text, json)
}

/// That texts in other languages tell the place that the event was moved from.
fn warn_of_places(before: &Item, item: &Item, file: &ItemFile) -> Option<String> {
    let others = list_unmoved(before, item, file.language);
    if others.is_empty() {
        return None;
    }
    let (which, keep) = (list_languages(&others), if others.len() == 1 { "keeps its" } else { "keep their" });
    Some(format!(
        "{}: the place is new in {}, and {which} {keep} place; correct that too if it is the old one",
        file.file, file.language
    ))
}

/// That the correction comes too late for some who have got the item, and what helps.
fn tell_late(item: &Item, late: Late) -> Option<String> {
    let Late { people, by_urgent, .. } = late;
    if people == 0 {
        return None;
    }
    let slug = &item.slug;
    let close = item.date_of_close().map_or_else(String::new, |at| format!(" (at {})", at.to_rfc3339()));
    let told = format!(
        "{people} who got item {slug} will not hear of the correction in time: it is closed{close} before their next \
         letter{}",
        tell_unsettled(late)
    );
    let left = match people - by_urgent {
        0 => String::new(),
        left => format!("{left} of them pause, or have turned urgent letters off: tell them yourself"),
    };
    let remedy = match (item.lane, by_urgent) {
        (Lane::Urgent, _) | (_, 0) => left,
        _ => {
            let others = if left.is_empty() { left } else { format!("; {left}") };
            format!(
                "put lane = \"urgent\" into the file and correct again, then {by_urgent} get it in a minute{others}"
            )
        }
    };
    Some(format!("{told}; {remedy}"))
}
