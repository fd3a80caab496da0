//! `treff init`.

use super::{Cli, Report};

/// How to begin.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff init --no-input --config /etc/treff/treff.toml")]
pub struct Args {
    /// Ask nothing; make no account
    #[arg(long)]
    pub no_input: bool,
}

/// Runs the command.
pub async fn run(_cli: &Cli, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
