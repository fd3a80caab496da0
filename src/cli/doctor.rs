//! `treff doctor`.

use super::{Cli, Report};

/// No options yet.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub async fn run(_cli: &Cli, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
