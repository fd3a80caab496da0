//! `treff why`.

use super::Report;
use crate::app::App;

/// Whom and what to explain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff why kari@example.test referat-helse")]
pub struct Args {
    /// The recipient's address
    pub email: String,
    /// The item's slug
    pub item: String,
    /// Stands for "now" (RFC 3339)
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
}

/// Runs the command.
pub async fn run(_app: &App, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
