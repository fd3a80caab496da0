//! `treff serve` and `treff worker`.

use super::{Cli, Report};

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on; beats the configuration file
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

/// How to work.
#[derive(Debug, clap::Args)]
pub struct WorkerArgs {}

/// Runs until SIGTERM or SIGINT.
pub async fn run(_cli: &Cli, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}

/// Runs until SIGTERM or SIGINT.
pub async fn run_worker(_cli: &Cli, _args: &WorkerArgs) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
