//! `treff bounce`.

use std::io::Read as _;
use std::path::PathBuf;

use super::{BadInput, Report};
use crate::app::App;
use crate::delivery::ReturnPaths;
use crate::feedback::bounce::{BounceReport, ReturnedMail, read_mail, take_in};

/// Returned mails larger than this are read no further.
const READ_AT_MOST: u64 = 32 * 1024 * 1024;

/// Which mail to read.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  treff bounce returned.eml --dry-run\n\nAs a pipe in a mail server's aliases:\n  bounce: \"|treff --config /etc/treff/treff.toml bounce\""
)]
pub struct Args {
    /// The mail; standard input if none is named
    pub file: Option<PathBuf>,
    /// Say what it is; change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command. Whatever the mail is, and whomever it names, the exit code is 0.
pub async fn run(app: &App, args: &Args) -> anyhow::Result<Report> {
    let raw = read_input(args)?;
    let mail = read_mail(&raw);
    let mut notices = Vec::new();
    if !args.dry_run {
        notices = take(app, &mail, &raw).await?;
    }
    let lines: Vec<String> = mail.reports.iter().map(tell).collect();
    let mut report = Report::done(lines.join("\n"), serde_json::json!({ "reports": mail.reports }));
    report.notices = notices;
    Ok(report)
}

async fn take(app: &App, mail: &ReturnedMail, raw: &[u8]) -> anyhow::Result<Vec<String>> {
    // Reading needs no domain: return paths are told by their tag.
    let return_paths = ReturnPaths::new(app.keys().await?, "");
    let taken = take_in(&app.store, &return_paths, app.clock.now(), mail, raw).await?;
    let mut notices = Vec::new();
    if taken.iter().any(|t| t.again) {
        notices.push("this mail was taken in before; it counts once".to_owned());
    }
    for id in taken.iter().filter(|t| t.suspended).filter_map(|t| t.recipient) {
        notices.push(format!("recipient {id} gets nothing more"));
    }
    for id in taken.iter().filter(|t| t.asked).filter_map(|t| t.recipient) {
        notices.push(format!("recipient {id}: who has this place now? See treff seat questions"));
    }
    Ok(notices)
}

fn tell(report: &BounceReport) -> String {
    let whom = report.recipient.as_deref().unwrap_or("nobody named");
    let status = report.status.as_deref().map(|s| format!(" {s}")).unwrap_or_default();
    let suggests = report.suggests.as_ref().map(|s| {
        let name = s.name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("; has left, suggests {name}<{}>", s.email)
    });
    format!("{}{status}: {whom}: {}{}", report.kind.word(), report.reason, suggests.unwrap_or_default())
}

fn read_input(args: &Args) -> anyhow::Result<Vec<u8>> {
    let mut raw = Vec::new();
    match &args.file {
        Some(path) => {
            let failed =
                |e: std::io::Error| BadInput::one(format!("{}: cannot be read: {e}", path.display()));
            std::fs::File::open(path)
                .map_err(failed)?
                .take(READ_AT_MOST)
                .read_to_end(&mut raw)
                .map_err(failed)?;
        }
        None => {
            std::io::stdin().lock().take(READ_AT_MOST).read_to_end(&mut raw)?;
        }
    }
    Ok(raw)
}
