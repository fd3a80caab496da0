//! Parse, start tracing, run, exit code.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use treff::cli::{BadInput, Cli, Exit, Report};
use treff::config::{ConfigError, Environment};
use treff::delivery::RelayError;
use treff::letter::MastheadError;
use treff::pipeline::PipelineError;
use treff::store::StoreError;

fn main() -> ExitCode {
    let mut cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse_usage(&error),
    };
    if let Some(called) = std::env::args_os().next() {
        cli.called = called.into();
    }
    start_tracing(&cli);
    // One provider for the whole tree (TLS and DKIM); a second install would be a mistake here.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return finish(&cli, Err(e.into())),
    };
    let answer = runtime.block_on(cli.run());
    // What is still counted for a page only reads, and nobody waits for it any more.
    runtime.shutdown_background();
    finish(&cli, answer)
}

/// Tells a usage error, or the help that was asked for. With `--json` an error is a document as well.
fn refuse_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|arg| arg == "--json") {
        let told = error.render().to_string();
        let _ = writeln!(std::io::stdout(), "{}", serde_json::json!({ "errors": [told.trim_end()] }));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The layer that tells of each request which path it let pass.
const TELLS_PATHS: &str = "tower_http::csrf";

/// Events go to standard error: for what runs on, what it does; for a single command, only what is amiss.
fn start_tracing(cli: &Cli) {
    let ours = if cli.command.runs_on() { "info" } else { "warn" };
    let usual = format!("warn,{},treff={ours}", treff::store::LOG_FILTER);
    // An empty variable would be a filter too, which lets hardly anything pass.
    let asked = Environment::of_process().find("TREFF_LOG");
    let asked = asked.and_then(|filter| EnvFilter::try_new(filter.expose()).ok());
    tracing_subscriber::fmt()
        .with_env_filter(asked.unwrap_or_else(|| usual.into()))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Told on standard error as well, which would end the program where nobody reads that any more.
        .log_internal_errors(false)
        .finish()
        // Whatever the variable asks for: it would tell the paths of requests, and tokens stand in them.
        .with(filter_fn(|event| !event.target().starts_with(TELLS_PATHS)))
        .init();
}

/// Whether an error lies in what the operator wrote: settings, addresses, options.
fn is_bad_input(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.is::<ConfigError>()
            || matches!(cause.downcast_ref(), Some(StoreError::Url(_)))
            || cause.downcast_ref().is_some_and(RelayError::is_bad_setting)
            || cause.is::<MastheadError>()
            || cause.downcast_ref::<PipelineError>().is_some_and(|cause| match cause {
                PipelineError::EarlySending(_) | PipelineError::Masthead(_) | PipelineError::Dkim(_) => true,
                PipelineError::Relay(error) => error.is_bad_setting(),
                _ => false,
            })
    })
}

/// The error with its causes on one line, each said once.
fn tell(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| {
        if told.is_empty() {
            cause
        } else if told.contains(&cause) {
            told
        } else {
            format!("{told}: {cause}")
        }
    })
}

/// Prints the answer and tells the exit code.
fn finish(cli: &Cli, answer: anyhow::Result<Report>) -> ExitCode {
    let mut err = std::io::stderr();
    let report = answer.unwrap_or_else(|error| {
        let (exit, lines) = match error.downcast_ref::<BadInput>() {
            Some(BadInput(lines)) => (Exit::BadInput, lines.clone()),
            None if is_bad_input(&error) => (Exit::BadInput, vec![tell(&error)]),
            None => (Exit::Partly, vec![tell(&error)]),
        };
        let json = serde_json::json!({ "errors": &lines });
        Report { exit, text: String::new(), json, notices: lines }
    });
    for line in &report.notices {
        let _ = writeln!(err, "treff: {line}");
    }
    match print(cli, &report) {
        // Whoever reads no further has what they wanted.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ =
                writeln!(err, "treff: the answer could not be written: {error}; what was asked for is done");
            ExitCode::from(report.exit.code().max(Exit::Partly.code()))
        }
        _ => ExitCode::from(report.exit.code()),
    }
}

fn print(cli: &Cli, report: &Report) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if cli.json {
        writeln!(out, "{}", report.json)?;
    } else if !report.text.is_empty() {
        writeln!(out, "{}", report.text.trim_end())?;
    }
    out.flush()
}
