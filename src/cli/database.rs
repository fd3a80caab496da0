//! `treff database copy`.

use comfy_table::Table;
use serde::Serialize;

use super::progress::bar;
use super::{BadInput, Report};
use crate::app::App;
use crate::delivery::{LockError, SendError, Sender};
use crate::pipeline::{Pipeline, PipelineError};
use crate::store::{Copied, CopiedTable, CopyError, CopyOrder, ReplacedNul, Target, place_of};

/// What to do with the database.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Copy a forum from SQLite into an empty PostgreSQL database, so that several machines can serve it
    #[command(after_help = "\
Example:
  treff database copy --to postgres://treff@db.example/treff --dry-run

Stop treff serve first. Everything goes along: the ledger, links that were mailed, numbers,
the log. It is all there in the end, or the database is as empty as before. The file stays
as it is; which database Treff works with is for treff.toml to say, afterwards.

A password need not stand on the command line: PGPASSWORD has it, or ~/.pgpass.")]
    Copy {
        /// An empty database: postgres://USER@HOST/NAME
        #[arg(long, value_name = "URL")]
        to: String,
        /// Do all of it, and take it back in the end; treff serve may run
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Copy { to, dry_run } => copy(app, to, *dry_run).await,
    }
}

/// The answer.
#[derive(Serialize)]
struct Answer {
    from: String,
    to: String,
    dry_run: bool,
    rows: u64,
    tables: Vec<CopiedTable>,
    replaced: Vec<ReplacedNul>,
    left: Vec<String>,
    next: Vec<String>,
}

/// Prints `{"from", "to", "dry_run", "rows", "tables": [{"table", "rows"}], "replaced": [{"table", "column", "rows"}], "left",
/// "next"}`.
async fn copy(app: &App, to: &str, dry_run: bool) -> anyhow::Result<Report> {
    let from = place_of(&app.config.database_url);
    if app.store.has_many_workers() {
        return Err(told(CopyError::OnPostgres));
    }
    if app.store.find_change_number().await?.is_none() {
        return Err(BadInput::one(format!(
            "{from} holds no forum to copy; name the PostgreSQL database as database_url in treff.toml, and begin there \
             with treff init"
        ))
        .into());
    }
    let target = Target::reach(to).await.map_err(told)?;
    let place = target.place().to_owned();
    // Held until all is copied: letters that were under way are settled, and nobody sends others.
    let _sender = if dry_run { None } else { Some(hold_sending(app, &from).await?) };
    let bar = bar("rows");
    let progress = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let copied =
        app.store.copy_to(target, &CopyOrder { dry_run, progress: &progress }).await.map_err(told)?;
    bar.finish_and_clear();
    Ok(tell(&answer(from, place, dry_run, copied)))
}

/// What is wrong with what was asked for is bad input.
fn told(error: CopyError) -> anyhow::Error {
    if error.is_bad_input() { BadInput::one(error).into() } else { error.into() }
}

/// Becomes the one who may send, and settles what earlier senders left, as every start of one does.
async fn hold_sending(app: &App, from: &str) -> anyhow::Result<Sender> {
    let started = Box::pin(Pipeline::build(app).await?.start_sender()).await;
    started.map_err(|error| match error {
        PipelineError::Sending(SendError::Lock(LockError::Held { by, .. })) => anyhow::anyhow!(
            "{by} sends from {from}, and what it sent meanwhile would be missing in the copy: stop treff serve first, \
             and whatever else sends; nothing was copied"
        ),
        error => error.into(),
    })
}

fn answer(from: String, to: String, dry_run: bool, copied: Copied) -> Answer {
    let Copied { tables, replaced, left } = copied;
    let rows = tables.iter().map(|table| table.rows).sum();
    let next = if dry_run {
        vec!["stop treff serve, and run this without --dry-run".to_owned()]
    } else {
        vec![
            "write what you gave as --to as database_url into treff.toml, on each machine, or set TREFF_DATABASE_URL to it"
                .to_owned(),
            "run treff doctor, then start treff serve".to_owned(),
            format!(
                "move {from} and the files beside it ({from}.sending*) aside: whoever starts a treff on it sends from there, \
                 too. It holds personal data: delete it once all is well"
            ),
        ]
    };
    Answer { from, to, dry_run, rows, tables, replaced, left, next }
}

fn tell(answer: &Answer) -> Report {
    let Answer { from, to, rows, .. } = answer;
    let mut text = if answer.dry_run {
        format!(
            "{rows} rows of {from} can be copied to {to}. They were, and taken back: it is as empty as before.\n\n"
        )
    } else {
        format!("{rows} rows of {from} were copied to {to}, and counted there: none is missing.\n\n")
    };
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(["table", "rows"]);
    for CopiedTable { table: name, rows } in answer.tables.iter().filter(|table| table.rows > 0) {
        table.add_row([name.clone(), rows.to_string()]);
    }
    text.push_str(&table.to_string());
    text.push_str("\n\nNow:\n");
    answer.next.iter().for_each(|step| text.push_str(&format!("- {step}\n")));
    let mut report = Report::done(text, answer);
    let replaced = answer.replaced.iter().map(|ReplacedNul { table, column, rows }| {
        format!("in {rows} rows of {table}, {column} held a NUL, which PostgreSQL takes in no text: U+FFFD stands there now")
    });
    report.notices.extend(replaced);
    let left = answer.left.iter();
    report.notices.extend(left.map(|name| format!("the table {name} is not Treff's, and was left")));
    report
}
