//! `treff completions`.

use clap_complete::Shell;

use super::Report;

/// For which shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  treff completions bash > /etc/bash_completion.d/treff")]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    pub shell: Shell,
}

/// Prints the script for the whole of the command line.
pub fn run(command_line: &mut clap::Command, args: &Args) -> anyhow::Result<Report> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command_line, "treff", &mut script);
    let script = String::from_utf8(script)?;
    Ok(Report::done(script.clone(), serde_json::json!({ "shell": args.shell.to_string(), "script": script })))
}
