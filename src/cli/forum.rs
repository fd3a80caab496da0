//! `treff forum apply`.

use std::path::PathBuf;

use super::Report;
use crate::app::App;

/// What to do with the forum.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make the forum what FILE says; again changes nothing
    #[command(after_help = "Example:\n  treff forum apply forum.toml --dry-run")]
    Apply {
        /// The forum file (forum.toml)
        file: PathBuf,
        /// Say what would change and who gains or loses which open items; change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs the command.
pub async fn run(_app: &App, _command: &Command) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
