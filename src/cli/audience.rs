//! `treff audience count` and `audience list`.

use super::Report;
use crate::app::App;

/// What to do with an expression.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// How many recipients an expression selects
    #[command(
        after_help = "Example:\n  treff audience count 'group:health/leader or role:decision-maker and not org:nav'"
    )]
    Count {
        /// The expression
        expression: String,
    },
    /// Which recipients an expression selects
    List {
        /// The expression
        expression: String,
    },
}

/// Runs the command.
pub async fn run(_app: &App, _command: &Command) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
