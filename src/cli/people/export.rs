//! `treff people export`.

use serde_json::Value;

use super::get_recipient;
use crate::app::App;
use crate::cli::Report;
use crate::world;

/// Columns whose text is JSON.
const COLUMNS_OF_JSON: [&str; 7] = ["chosen", "letter", "reasons", "before", "after", "fields", "about"];

/// Prints everything held about a person as one JSON document, with `--json` or without.
pub async fn run(app: &App, email: &str) -> anyhow::Result<Report> {
    let forum = world::load_forum(&app.store).await?;
    let person = get_recipient(app, &forum, email).await?;
    let dossier = app.store.export_recipient(person.id, "command", app.clock.now()).await?;
    let mut json = serde_json::to_value(dossier)?;
    unfold(&mut json);
    Ok(Report::done(serde_json::to_string_pretty(&json)?, json))
}

/// Columns that hold JSON become JSON.
fn unfold(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(unfold),
        Value::Object(fields) => {
            for (field, value) in fields {
                let folded = COLUMNS_OF_JSON.contains(&field.as_str());
                match value.as_str().filter(|_| folded).map(serde_json::from_str) {
                    Some(Ok(unfolded)) => *value = unfolded,
                    _ => unfold(value),
                }
            }
        }
        _ => {}
    }
}
