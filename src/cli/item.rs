//! `treff item`.

use std::path::PathBuf;

use super::Report;
use crate::app::App;

/// What to do with items.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Queue items: Markdown with TOML front matter; all or nothing
    #[command(after_help = "Example:\n  treff item add items/*.md --dry-run")]
    Add {
        /// The item files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Check and say what would be queued; change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List items
    List,
    /// Take an item back: it leaves all unsent letters
    Withdraw {
        /// Its slug
        item: String,
    },
    /// Correct a released item: who got it gets the new version
    Correct {
        /// Its slug
        item: String,
        /// The whole new version
        file: PathBuf,
    },
}

/// Runs the command.
pub async fn run(_app: &App, _command: &Command) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
