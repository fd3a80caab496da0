//! `treff delivery list`, `retry` and `settle`.

use super::Report;
use crate::app::App;

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List letters
    List {
        /// Only those in this state
        #[arg(long)]
        state: Option<String>,
    },
    /// Send deferred letters now, or uncertain ones again with the same Message-ID
    Retry {
        /// Delivery ids
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Say what became of uncertain letters
    Settle {
        /// Delivery ids
        #[arg(required = true)]
        ids: Vec<i64>,
        /// What became of them: accepted or rejected
        #[arg(long = "as", value_name = "STATE", default_value = "accepted")]
        state: String,
    },
}

/// Runs the command.
pub async fn run(_app: &App, _command: &Command) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
