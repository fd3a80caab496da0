//! `treff people export`.

use super::who::get_recipient;
use crate::app::App;
use crate::cli::Report;
use crate::feedback::dossier::{unfold, write_copy};
use crate::world;

/// Prints everything held about a person as one JSON document, with `--json` or without.
pub async fn run(app: &App, email: &str) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let person = get_recipient(app, &forum, email).await?;
    let dossier = app.store.export_recipient(person.id, "command", app.clock.now()).await?;
    let mut json = write_copy(&app.store, &person.email, dossier).await?;
    unfold(&mut json);
    Ok(Report::done(serde_json::to_string_pretty(&json)?, json))
}
