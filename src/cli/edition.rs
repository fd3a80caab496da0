//! `treff edition plan`, `run`, `pause`, `resume`, `list` and `show`.

use chrono::{DateTime, Utc};
use comfy_table::{Table, presets};
use serde_json::json;

use super::forum_time::ForumTime;
use super::progress::show_letters;
use super::sender::warn_of_made_up_sender;
use super::{BadInput, Exit, Report};
use crate::app::App;
use crate::delivery::{pause_edition, resume_edition};
use crate::edition::schedule::running_pause;
use crate::forum::{Cadence, PauseDays};
use crate::pipeline::{EditionView, Pipeline, RunCounts, preview_edition, show_edition};
use crate::store::EditionRow;
use crate::world;

/// What to do with editions.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The preview: the same code as the send, writes nothing
    #[command(after_help = "Example:\n  treff edition plan weekly --at 2027-03-08T07:30:00+01:00")]
    Plan(Which),
    /// Open it or go on with it, plan, deliver
    #[command(after_help = "Example:\n  treff edition run weekly")]
    Run(Which),
    /// Hold its unsent letters back until it is resumed
    #[command(after_help = "Example:\n  treff edition pause weekly")]
    Pause(Which),
    /// Let a paused edition go on
    #[command(after_help = "Example:\n  treff edition resume weekly --at 2027-03-08T07:30:00+01:00")]
    Resume(Which),
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
        Command::Pause(which) => change(app, which, Change::Pause).await,
        Command::Resume(which) => change(app, which, Change::Resume).await,
        Command::List => list(app).await,
        Command::Show(which) => show(app, which).await,
    }
}

async fn plan(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let view = preview_edition(&app.store, cadence, at, app.clock.now()).await?;
    Ok(Report::done(told(&view, ForumTime::of(app).await), view))
}

async fn show(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let row = get_opened(app, which).await?;
    let view =
        show_edition(&app.store, cadence, row.occurs_at).await?.ok_or_else(|| never_opened(cadence, at))?;
    let time = ForumTime::of(app).await;
    let mut report = Report::done(told(&view, time), view);
    if let Some(because) = &row.paused_because {
        report.text.push_str(&format!("\n{}\n", told_pause(&row, because, time)));
    }
    report.json["paused_at"] = json!(row.paused_at);
    report.json["paused_because"] = json!(row.paused_because);
    Ok(report)
}

/// The latest opened edition that `which` means.
async fn get_opened(app: &App, which: &Which) -> anyhow::Result<EditionRow> {
    let (cadence, at) = which.parsed()?;
    let latest = at.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let row = app.store.find_latest_edition(cadence.word(), latest).await?;
    Ok(row.ok_or_else(|| never_opened(cadence, at))?)
}

fn never_opened(cadence: Cadence, at: Option<DateTime<Utc>>) -> BadInput {
    BadInput::one(format!(
        "no {cadence} edition was opened{}; open one with treff edition run {cadence}",
        if at.is_some() { " by then" } else { "" }
    ))
}

/// What to do with an opened edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Pause,
    Resume,
}

async fn change(app: &App, which: &Which, change: Change) -> anyhow::Result<Report> {
    let row = get_opened(app, which).await?;
    let now = app.clock.now();
    let changed = match change {
        Change::Pause => pause_edition(&app.store, now, "command", row.id).await?,
        Change::Resume => resume_edition(&app.store, now, "command", row.id).await?,
    };
    let waiting = app.store.count_waiting(row.id).await?;
    let time = ForumTime::of(app).await;
    let name = format!("The {} edition of {}", row.cadence, time.minute(row.occurs_at));
    let text = match (change, changed) {
        (Change::Pause, true) => format!(
            "{name} is paused: {waiting} letters wait until treff edition resume {} --at {}",
            row.cadence,
            time.instant(row.occurs_at)
        ),
        (Change::Pause, false) => format!("{name} is paused already."),
        (Change::Resume, true) => format!(
            "{name} goes on: {waiting} letters are sent by treff serve, or at once by treff edition run {} --at {}",
            row.cadence,
            time.instant(row.occurs_at)
        ),
        (Change::Resume, false) => format!("{name} is not paused."),
    };
    let row = app.store.get_edition(row.id).await?;
    let json = json!({
        "cadence": row.cadence, "occurs_at": row.occurs_at, "paused_at": row.paused_at,
        "paused_because": row.paused_because, "changed": changed, "waiting": waiting,
    });
    Ok(Report::done(text, json))
}

fn told_pause(row: &EditionRow, because: &str, time: ForumTime) -> String {
    let why = match because {
        "policy" => "policy refused too many of its first letters",
        _ => "somebody paused it",
    };
    format!(
        "Paused: {why}. Let it go on with treff edition resume {} --at {}",
        row.cadence,
        time.instant(row.occurs_at)
    )
}

async fn run_one(app: &App, which: &Which) -> anyhow::Result<Report> {
    let (cadence, at) = which.parsed()?;
    let pipeline = Pipeline::build(app).await?;
    let stop = super::serve::stop_on_signal();
    let until = at.unwrap_or_else(|| app.clock.now());
    let done = tokio::select! {
        done = pipeline.run_edition(cadence, at, &stop) => done?,
        never = show_letters(&app.store, cadence, until) => match never {},
    };
    let time = ForumTime::of(app).await;
    let mut text = match done.occurs_at {
        None => format!("The {cadence} cadence has no occurrence by then: nothing to send."),
        Some(occurs_at) => format!(
            "{cadence} {}: {} letters written; {} accepted, {} deferred, {} rejected, {} uncertain.",
            time.instant(occurs_at),
            done.digests,
            done.accepted,
            done.deferred,
            done.rejected,
            done.uncertain
        ),
    };
    if done.left_to_another {
        text.push_str("\nAnother process holds the sending lock; it sends them.");
    }
    if let (Some(opens_at), 1..) = (done.opens_at, done.waiting) {
        text.push_str(&format!(
            "\n{} letters wait for the window of [pace] in treff.toml: it opens {}.",
            done.waiting,
            time.minute(opens_at)
        ));
    }
    if let (Some(because), Some(occurs_at)) = (&done.paused_because, done.occurs_at) {
        let row = app.store.find_latest_edition(cadence.word(), occurs_at).await?;
        let row = row.ok_or_else(|| never_opened(cadence, Some(occurs_at)))?;
        text.push_str(&format!("\n{} letters wait. {}", done.waiting, told_pause(&row, because, time)));
    }
    let mut warnings = match done.occurs_at {
        Some(_) => list_warnings(app, cadence, at.unwrap_or_else(|| app.clock.now())).await?,
        None => Vec::new(),
    };
    let (mut exit, held) = tell_held(&done);
    warnings.extend(held);
    if stop.is_cancelled() && done.waiting > 0 {
        warnings
            .push(format!("stopped while {} letters wait; the same command goes on with them", done.waiting));
        exit = Exit::Partly;
    }
    let mut report = Report::done(text, done);
    report.json["warnings"] = json!(warnings);
    Ok(Report { exit, notices: warnings, ..report })
}

/// What is said of letters that wait for a change to be approved. A call that did nothing else ends like one of an edition
/// that is not approved.
fn tell_held(done: &RunCounts) -> (Exit, Option<String>) {
    let told = match done.awaiting_approval {
        0 => return (Exit::Done, None),
        1 => "1 letter waits".to_owned(),
        many => format!("{many} letters wait"),
    };
    let warning = format!(
        "{told} for approval: an item is not approved as it stands now; whoever may approve does so at the desk, under \
         \"Next mailing\" (/desk/mailing/changed)"
    );
    (if done.is_anything_done() { Exit::Done } else { Exit::Partly }, Some(warning))
}

/// An edition that is run by hand goes out in the forum's pause too, and from an address that nobody named.
async fn list_warnings(app: &App, cadence: Cadence, now: DateTime<Utc>) -> anyhow::Result<Vec<String>> {
    let settings = world::load_forum(&app.store).await?.settings;
    let pause = running_pause(&settings, now).filter(|_| cadence != Cadence::Urgent);
    let told = pause.map(|PauseDays { first, last }| {
        format!(
            "the forum pauses from {first} to {last}: nothing but urgent letters goes out by itself in these days, \
             and this {cadence} edition is run by hand"
        )
    });
    let made_up = warn_of_made_up_sender(&app.config).map(str::to_owned);
    Ok(told.into_iter().chain(made_up).collect())
}

async fn list(app: &App) -> anyhow::Result<Report> {
    let rows = app.store.list_editions().await?;
    let time = ForumTime::of(app).await;
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["CADENCE", "OCCURS AT", "OPENED AT", "PLANNED", "PAUSED"]);
    for row in &rows {
        table.add_row([
            row.cadence.clone(),
            time.instant(row.occurs_at),
            time.minute(row.opened_at),
            if row.planned_at.is_some() { "whole" } else { "in part" }.to_owned(),
            row.paused_at.map_or(String::new(), |at| {
                format!("{} since {}", row.paused_because.as_deref().unwrap_or_default(), time.minute(at))
            }),
        ]);
    }
    let text = if rows.is_empty() { "No edition was opened yet.".to_owned() } else { table.to_string() };
    let editions: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "cadence": row.cadence, "occurs_at": row.occurs_at, "now": row.now_at,
                "opened_at": row.opened_at, "planned_at": row.planned_at, "last_number": row.last_number,
                "paused_at": row.paused_at, "paused_because": row.paused_because,
            })
        })
        .collect();
    Ok(Report::done(text, json!({ "editions": editions })))
}

/// An edition for people: who gets what, in order, and who gets nothing.
fn told(view: &EditionView, time: ForumTime) -> String {
    let Some(occurs_at) = view.occurs_at else {
        return format!("The {} cadence has no occurrence by then.", view.cadence);
    };
    let mut text = format!(
        "{} {}: {} digests, {} recipients without\n",
        view.cadence,
        time.instant(occurs_at),
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
            text.push_str(&format!("  over the cap: {}\n", digest.carried_over.join(", ")));
        }
    }
    if !view.without_digest.is_empty() {
        text.push_str(&format!("\nwithout: {}\n", view.without_digest.join(", ")));
    }
    text
}
