//! `treff edition plan`, `run`, `list` and `show`.

use chrono::{DateTime, Utc};
use comfy_table::{Table, presets};
use serde_json::json;

use super::{BadInput, Exit, Report};
use crate::app::App;
use crate::forum::Cadence;
use crate::pipeline::{EditionView, Pipeline, preview_edition, show_edition};

/// What to do with editions.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The preview: the same code as the send, writes nothing
    #[command(after_help = "Example:\n  treff edition plan weekly --at 2027-03-08T07:30:00+01:00")]
    Plan(Which),
    /// Open it or go on with it, plan, deliver
    #[command(after_help = "Example:\n  treff edition run weekly")]
    Run(Which),
    /// List editions
    List,
    /// What an edition holds
    #[command(after_help = "Example:\n  treff edition show weekly --json")]
    Show(Which),
}

/// Which edition.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// daily, weekly, monthly, gathering or urgent
    cadence: String,
    /// The instant that stands for "now" (RFC 3339)
    #[arg(long, value_name = "T")]
    at: Option<String>,
}

impl Which {
    fn parsed(&self) -> Result<(Cadence, Option<DateTime<Utc>>), BadInput> {
        let cadence = self.cadence.parse().map_err(BadInput::one)?;
        Ok((cadence, self.at.as_deref().map(parse_instant).transpose()?))
    }
}

/// An RFC 3339 instant given on the command line.
pub fn parse_instant(text: &str) -> Result<DateTime<Utc>, BadInput> {
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).map_err(|error| {
        BadInput::one(format!(
            "--at \"{text}\" is not an instant ({error}); write it as in 2027-03-08T07:30:00+01:00"
        ))
    })
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Plan(which) => plan(app, which).await,
        Command::Run(which) => run_one(app, which).await,
        Command::List => list(app).await,
        Command::Show(which) => show(app, which).await,
    }
}

async fn plan(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let view = preview_edition(&app.store, cadence, at, app.clock.now()).await?;
    Ok(Report::done(told(&view), view))
}

async fn show(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let latest = at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let view = show_edition(&app.store, cadence, latest).await?.ok_or_else(|| {
        BadInput::one(format!(
            "no {cadence} edition was opened{}; open one with treff edition run {cadence}",
            if at.is_some() { " by then" } else { "" }
        ))
    })?;
    Ok(Report::done(told(&view), view))
}

async fn run_one(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let pipeline = Pipeline::build(app).await?;
    let done = pipeline.run_edition(cadence, at, &super::serve::stop_on_signal()).await?;
    let mut text = match done.occurs_at {
        None => format!("The {cadence} cadence has no occurrence by then: nothing to send."),
        Some(occurs_at) => format!(
            "{cadence} {occurs_at}: {} letters written; {} accepted, {} deferred, {} rejected, {} uncertain.",
            done.digests, done.accepted, done.deferred, done.rejected, done.uncertain
        ),
    };
    if done.left_to_another {
        text.push_str("\nAnother process holds the sending lock; it sends them.");
    }
    let report = Report::done(text, done);
    Ok(report)
}

async fn list(app: &App) -> anyhow::Result<Report> {
    let rows = app.store.list_editions().await?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["CADENCE", "OCCURS AT", "OPENED AT", "PLANNED"]);
    for row in &rows {
        table.add_row([
            row.cadence.clone(),
            row.occurs_at.to_rfc3339(),
            row.opened_at.to_rfc3339(),
            if row.planned_at.is_some() { "whole" } else { "in part" }.to_owned(),
        ]);
    }
    let text = if rows.is_empty() { "No edition was opened yet.".to_owned() } else { table.to_string() };
    let editions: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "cadence": row.cadence, "occurs_at": row.occurs_at, "now": row.now_at,
                "opened_at": row.opened_at, "planned_at": row.planned_at, "last_number": row.last_number,
            })
        })
        .collect();
    Ok(Report { exit: Exit::Done, ..Report::done(text, json!({ "editions": editions })) })
}

/// An edition for people: who gets what, in order, and who gets nothing.
fn told(view: &EditionView) -> String {
    let Some(occurs_at) = view.occurs_at else {
        return format!("The {} cadence has no occurrence by then.", view.cadence);
    };
    let mut text = format!(
        "{} {occurs_at}: {} digests, {} recipients without\n",
        view.cadence,
        view.digests.len(),
        view.without_digest.len()
    );
    for digest in &view.digests {
        text.push_str(&format!("\n{}\n", digest.recipient));
        for item in &digest.items {
            let reasons: Vec<&str> = item.reasons.iter().map(|r| r.term.as_str()).collect();
            text.push_str(&format!(
                "  {:>3}  {}  ({}: {})\n",
                item.points,
                item.item,
                item.because,
                reasons.join(", ")
            ));
        }
        if !digest.carried_over.is_empty() {
            text.push_str(&format!("  next time: {}\n", digest.carried_over.join(", ")));
        }
    }
    if !view.without_digest.is_empty() {
        text.push_str(&format!("\nwithout: {}\n", view.without_digest.join(", ")));
    }
    text
}
