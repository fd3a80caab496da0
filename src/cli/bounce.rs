//! `treff bounce`.

use std::path::PathBuf;

use super::Report;
use crate::app::App;

/// Which mail to read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff bounce returned.eml --dry-run")]
pub struct Args {
    /// The mail; standard input if none is named
    pub file: Option<PathBuf>,
    /// Say what it is; change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs the command.
pub async fn run(_app: &App, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
