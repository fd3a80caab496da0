//! `treff item attach`.

use std::path::PathBuf;

use serde_json::json;

use super::files::read_bounded;
use super::refusal::explain_refusal;
use crate::app::App;
use crate::cli::{BadInput, Report};
use crate::intake::attachment::read_attachment;
use crate::intake::item_queue::attach_to_item;

/// Adds files to an item, all or nothing.
pub(super) async fn run(app: &App, slug: &str, paths: &[PathBuf]) -> anyhow::Result<Report> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        let read = read_bounded(path).map_err(|error| format!("cannot be read: {error}"));
        match read.and_then(|bytes| read_attachment(&path.to_string_lossy(), bytes)) {
            Ok(file) => files.push(file),
            Err(why) => errors.push(format!("{}: {why}", path.display())),
        }
    }
    if !errors.is_empty() {
        return Err(BadInput(errors).into());
    }
    let rows = attach_to_item(&app.store, slug, files, app.clock.now()).await.map_err(explain_refusal)?;
    let mut text = format!("{slug} carries {} file(s):\n", rows.len());
    for row in &rows {
        text += &format!("  {} ({}, {} bytes)\n", row.name, row.media_type, row.size);
    }
    let listed: Vec<_> = rows
        .iter()
        .map(|row| json!({ "name": row.name, "media_type": row.media_type, "bytes": row.size }))
        .collect();
    Ok(Report::done(text, json!({ "item": slug, "attachments": listed })))
}
