//! `treff demo`: an invented forum at work.

use std::path::PathBuf;

use super::{Cli, Report};

/// Where and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder that holds everything the demo makes
    #[arg(long, default_value = "treff-demo")]
    pub dir: PathBuf,
    /// The port of the pages on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
}

/// Runs until SIGTERM or SIGINT.
pub async fn run(_cli: &Cli, _args: &Args) -> anyhow::Result<Report> {
    anyhow::bail!("not built yet")
}
