//! `treff people`.

mod erase;
mod export;
mod import;
mod list;
mod merge;
mod resume;
mod set;
mod who;

use std::path::PathBuf;

pub(super) use self::who::unknown_recipient;
use super::Report;
use crate::app::App;

/// What to do with recipients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import a CSV or XLSX file; good rows stand, bad rows are listed
    #[command(after_help = "Example:\n  treff people import deltakere.xlsx --dry-run")]
    Import {
        /// CSV or XLSX with a header row
        file: PathBuf,
        /// Where they come from, as their first letter tells it ("the county's list of participants")
        #[arg(long, value_name = "TEXT")]
        source: Option<String>,
        /// Say what would change; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List recipients
    List,
    /// Print everything held about a person
    Export {
        /// Their address
        email: String,
    },
    /// List people who may stand there twice
    Duplicates,
    /// Make two rows of one person one: KEPT has all that GONE had, and GONE is no address of ours any more
    #[command(
        after_help = "Example:\n  treff people merge kari.nes@example.test kari@example.test --dry-run"
    )]
    Merge {
        /// The address that stays
        kept: String,
        /// The address that goes
        gone: String,
        /// Say what would become of them; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Forget a person, with a receipt
    Erase {
        /// Their address
        email: String,
    },
    /// Send letters again to someone whose letters came back
    #[command(after_help = "Example:\n  treff people resume kari@example.test")]
    Resume {
        /// Their address
        email: String,
        /// They have asked for it themselves: lifts an unsubscribing and a complaint too
        #[arg(long)]
        on_their_word: bool,
    },
    /// Set a person's own choices
    #[command(
        after_help = "Example:\n  treff people set kari@example.test --follow sector:health --mute tip --cadence weekly"
    )]
    Set {
        /// Their address
        email: String,
        #[command(flatten)]
        choices: set::Choices,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Import { file, source, dry_run } => {
            import::run(app, file, source.as_deref(), *dry_run).await
        }
        Command::List => list::run(app).await,
        Command::Set { email, choices } => set::run(app, email, choices).await,
        Command::Resume { email, on_their_word } => resume::run(app, email, *on_their_word).await,
        Command::Duplicates => merge::list(app).await,
        Command::Merge { kept, gone, dry_run } => merge::run(app, kept, gone, *dry_run).await,
        Command::Export { email } => export::run(app, email).await,
        Command::Erase { email } => erase::run(app, email).await,
    }
}
