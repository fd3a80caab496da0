//! `treff edition plan`, `run`, `list` and `show`.

use super::Report;
use crate::app::App;

/// What to do with editions.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// The preview: the same code as the send, writes nothing
    #[command(after_help = "Example:\n  treff edition plan weekly --at 2027-03-08T07:30:00+01:00")]
    Plan {
        /// daily, weekly, monthly, gathering or urgent
        cadence: String,
        /// Stands for "now" (RFC 3339)
        #[arg(long, value_name = "T")]
        at: Option<String>,
    },
    /// Open it or go on with it, plan, deliver
    #[command(after_help = "Example:\n  treff edition run weekly")]
    Run {
        /// daily, weekly, monthly, gathering or urgent
        cadence: String,
        /// Stands for "now" (RFC 3339)
        #[arg(long, value_name = "T")]
        at: Option<String>,
    },
    /// List editions
    List,
    /// What an edition holds
    Show {
        /// daily, weekly, monthly, gathering or urgent
        cadence: String,
        /// The latest at or before this instant (RFC 3339)
        #[arg(long, value_name = "T")]
        at: Option<String>,
    },
}

/// Runs the command.
pub async fn run(_app: &App, _command: &Command) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
