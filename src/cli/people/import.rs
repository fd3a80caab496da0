//! `treff people import`.

use std::path::Path;

use crate::app::App;
use crate::cli::progress::bar;
use crate::cli::{BadInput, Exit, Report};
use crate::clock;
use crate::intake::people::{Import, ImportReport, import_people, read_people_file};
use crate::token::Keys;
use crate::world;

/// So many cells that cannot be used are told one by one.
const LISTED: usize = 200;

/// Imports `file`, or says what an import would do. `source` is where its people come from.
pub async fn run(app: &App, file: &Path, source: Option<&str>, dry_run: bool) -> anyhow::Result<Report> {
    let refused = |e: &dyn std::fmt::Display| BadInput::one(format!("{}: {e}", file.display()));
    let bytes = std::fs::read(file).map_err(|e| refused(&e))?;
    let people = read_people_file(&bytes).map_err(|e| refused(&e))?;
    let forum = world::load_forum(&app.store).await?;
    let keys = app.store.list_keys().await?;
    let keys = (!keys.is_empty()).then(|| Keys::new(keys));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let bar = bar("importing");
    let import = Import {
        forum: &forum,
        keys: keys.as_ref(),
        file: &name,
        source,
        actor: "command",
        now: app.clock.now(),
        dry_run,
        public_id: &clock::random_hex::<16>,
        progress: &|done, of| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        },
    };
    let report = import_people(&app.store, &people, &import).await?;
    bar.finish_and_clear();
    Ok(told(&report))
}

fn told(report: &ImportReport) -> Report {
    let would = if report.dry_run { "would be " } else { "" };
    let mut text = format!(
        "{would}created: {}, {would}changed: {}, unchanged: {}",
        report.created, report.changed, report.unchanged
    );
    let mut lines: Vec<usize> = report.rejected.iter().map(|cell| cell.line).collect();
    lines.dedup();
    if !lines.is_empty() {
        text.push_str(&format!(", rows left out: {}", lines.len()));
    }
    let mut answer = Report::done(text, report);
    answer.notices.clone_from(&report.notices);
    let errors = report.rejected.iter().take(LISTED);
    answer
        .notices
        .extend(errors.map(|cell| format!("line {}, column {}: {}", cell.line, cell.column, cell.error)));
    if let Some(more @ 1..) = report.rejected.len().checked_sub(LISTED) {
        answer.notices.push(format!("and {more} more cells that cannot be used; --json lists them all"));
    }
    if !report.rejected.is_empty() {
        answer.exit = Exit::Partly;
    }
    answer
}
