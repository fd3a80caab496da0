//! `treff people`.

mod import;

use std::path::PathBuf;

use super::Report;
use crate::app::App;
use crate::forum::Forum;
use crate::world;

/// What to do with recipients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import a CSV or XLSX file; good rows stand, bad rows are listed
    #[command(after_help = "Example:\n  treff people import deltakere.xlsx --dry-run")]
    Import {
        /// CSV or XLSX with a header row
        file: PathBuf,
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
    /// Forget a person, with a receipt
    Erase {
        /// Their address
        email: String,
    },
    /// Set a person's own choices
    #[command(
        after_help = "Example:\n  treff people set kari@example.test --follow sector:health --mute tip --cadence weekly"
    )]
    Set {
        /// Their address
        email: String,
        /// A term to follow
        #[arg(long, value_name = "TERM")]
        follow: Vec<String>,
        /// A term or kind to mute
        #[arg(long, value_name = "TERM|KIND")]
        mute: Vec<String>,
        /// A term or kind whose own follow and mute are taken away
        #[arg(long, value_name = "TERM|KIND")]
        forget: Vec<String>,
        /// How often: daily, weekly, monthly, gathering
        #[arg(long)]
        cadence: Option<String>,
        /// nb, nn or en
        #[arg(long)]
        language: Option<String>,
        /// No letters before this day (YYYY-MM-DD)
        #[arg(long, value_name = "DAY")]
        pause_until: Option<String>,
    },
}

/// Runs the command.
pub async fn run(app: &App, command: &Command) -> anyhow::Result<Report> {
    match command {
        Command::Import { file, dry_run } => import::run(app, file, *dry_run).await,
        _ => anyhow::bail!("not built yet"),
    }
}

/// The forum, which must have been applied.
async fn load_forum(app: &App) -> anyhow::Result<Forum> {
    Ok(world::load_forum(&app.store).await?)
}
