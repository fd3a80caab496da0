//! `treff people erase`.

use super::who::unknown_recipient;
use crate::app::App;
use crate::cli::{BadInput, Exit, Report};
use crate::clock;
use crate::feedback::erasure::{Erasure, PersonalFiles, Receipt, erase_person};
use crate::forum::EmailAddress;

/// Forgets a person and prints the receipt. Again for an address erased before: finishes what was left. One that is no
/// recipient's, but that somebody named, is taken out of what names it.
pub async fn run(app: &App, email: &str) -> anyhow::Result<Report> {
    let address: EmailAddress = email.parse().map_err(BadInput::one)?;
    let keys = app.keys().await?;
    let id = app.store.find_recipient_id(address.as_str()).await?;
    if id.is_none() && app.store.find_present_address(address.as_str()).await?.is_some() {
        return Err(unknown_recipient(app, &address).await?);
    }
    let erasure = Erasure {
        id,
        email: &address,
        keys: &keys,
        public_id: clock::random_hex::<16>(),
        files: PersonalFiles::of(&app.config),
        now: app.clock.now(),
    };
    let receipt = erase_person(&app.store, &erasure).await?;
    if id.is_none() && receipt.is_empty() {
        return Err(unknown_recipient(app, &address).await?);
    }
    let mut report = Report::done(written(&receipt), &receipt);
    if !receipt.finished {
        report.exit = Exit::Partly;
        report.notices.push(
            "the rows are erased, but another program is reading the database and keeps its files from \
             forgetting; stop it, or wait, and run this command again"
                .to_owned(),
        );
    }
    Ok(report)
}

fn written(receipt: &Receipt) -> String {
    let mut lines = vec![format!("erased: {} at {}", receipt.recipient, receipt.erased_at)];
    if receipt.earlier {
        lines.push("the rows were erased before; this call finished what was left".to_owned());
    }
    if let Some(rows) = &receipt.database {
        lines.push(format!(
            "removed: {} rows of roles, topics, legal basis and answers; {} log rows redacted",
            rows.rows_removed, rows.changes_redacted
        ));
        lines.push(format!(
            "named by others: {} rows do so no more; of drafts that became items what was written went too",
            rows.rows_unnamed
        ));
        lines.push(format!(
            "letters: {} cancelled, {} emptied of address and greeting, {} just then on their way",
            rows.letters_cancelled, rows.letters_emptied, rows.letters_under_way
        ));
        lines.push(format!("returned mail: {} emptied", rows.reports_emptied));
        lines.extend(rows.seats_vacated.iter().map(|seat| {
            format!(
                "vacant now: seat {}: {}/{} for {}",
                seat.seat, seat.group, seat.position, seat.represents
            )
        }));
    }
    lines.push(format!("files removed: {}", receipt.files_removed));
    lines.extend(receipt.items_naming.iter().map(|item| format!("an item still names the address: {item}")));
    lines.extend(receipt.outside.iter().map(|what| format!("outside this: {what}")));
    lines.join("\n")
}
