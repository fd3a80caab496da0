//! The binary itself, with a configuration, a folder and a database of its own.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use clap::CommandFactory as _;
use treff::cli::Cli;

use crate::harness::{Database, Engine};

/// One installation of Treff. It goes away with the value.
pub struct Treff {
    /// Its database; the folder of its files is there too.
    pub database: Database,
}

/// What a call of the binary left.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    /// The JSON document on standard output; null if there is none.
    pub json: serde_json::Value,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    /// The output, if the call was done (exit 0).
    #[track_caller]
    pub fn done(self) -> Output {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The `errors` of the JSON document, if the call was refused as bad usage or bad input (exit 2).
    #[track_caller]
    pub fn refused(self) -> Vec<String> {
        assert_eq!(self.code, 2, "{}\n{}", self.stdout, self.stderr);
        serde_json::from_value(self.json["errors"].clone()).expect("errors are a list of texts")
    }
}

impl Treff {
    /// A folder and an empty database; `treff init` has not been run.
    pub async fn new(engine: Engine) -> Treff {
        Treff { database: Database::create(engine).await }
    }

    /// The same after `treff init --no-input` and `treff forum apply` of [`FORUM`].
    pub async fn with_forum(engine: Engine) -> Treff {
        let treff = Treff::new(engine).await;
        treff.run(&["init", "--no-input"]).done();
        let file = treff.write("forum.toml", FORUM);
        treff.run(&["forum", "apply", &file]).done();
        treff
    }

    /// The path of a file of this installation.
    pub fn path(&self, name: &str) -> PathBuf {
        self.database.path(name)
    }

    /// Writes a file into the installation's folder; its path as text.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, content).expect("the file can be written");
        path.display().to_string()
    }

    /// The binary with `--config` and this installation's database, ready for more arguments.
    pub fn command(&self) -> Command {
        let mut command = program();
        command
            .env("TREFF_DATABASE_URL", &self.database.url)
            .arg("--config")
            .arg(self.path("treff.toml"))
            .current_dir(self.database.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command with `--json`.
    pub fn run(&self, args: &[&str]) -> Output {
        read(self.command().arg("--json").args(args).output().expect("treff can be started"))
    }

    /// Runs a command as a person would, without `--json`.
    pub fn run_for_people(&self, args: &[&str]) -> Output {
        read(self.command().args(args).output().expect("treff can be started"))
    }
}

/// The binary, which hears nothing of the forum that whoever runs the tests has in their environment.
pub fn program() -> Command {
    without_settings(env!("CARGO_BIN_EXE_treff"))
}

/// Any program that runs it, likewise.
pub fn without_settings(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for option in Cli::command().get_arguments() {
        if let Some(name) = option.get_env() {
            command.env_remove(name);
        }
    }
    command.env_remove("TREFF_LOG");
    command
}

/// A running process; killed when dropped.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    /// Sends it a signal by name: STOP, CONT, TERM.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status();
        assert!(done.unwrap().success());
    }

    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

/// What it left, if it was not killed.
pub fn read(output: std::process::Output) -> Output {
    let stdout = String::from_utf8(output.stdout).expect("standard output is UTF-8");
    Output {
        code: output.status.code().expect("treff was not killed"),
        json: serde_json::from_str(&stdout).unwrap_or_default(),
        stdout,
        stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// The forum of DESIGN's section 9, with a few more of each.
pub const FORUM: &str = r#"
name = "Kompetanseforum Nordfjella"
time_zone = "Europe/Oslo"
language = "nb"
holidays = "NO"
pause = ["2027-07-05/2027-08-06"]
[cadence]
daily = "0 30 7 * * Mon-Fri"
weekly = "0 30 7 * * Mon"
[[role]]
slug = "decision-maker"
name = { nb = "Beslutningstaker", nn = "Avgjerdstakar", en = "Decision-maker" }
[[role]]
slug = "shop-steward"
name = { nb = "Tillitsvalgt" }
[[group]]
slug = "health"
kind = "competence"
name = { nb = "Kompetansegruppe helse", en = "Health competence group" }
sectors = ["health"]
[[group]]
slug = "health-night"
kind = "adhoc"
parent = "health"
name = { nb = "Nattvaktprosjektet" }
[[sector]]
slug = "health"
name = { nb = "Helse" }
[[sector]]
slug = "industry"
name = { nb = "Industri" }
[[sector]]
slug = "process"
parent = "industry"
name = { nb = "Prosessindustri" }
"#;

/// Makes two tests of one story that runs the binary: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both_engines {
    ($(async fn $name:ident($engine:ident: Engine) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a story may need nothing of its file")]
            use super::*;

            async fn story($engine: $crate::harness::Engine) $body

            #[tokio::test]
            async fn sqlite() {
                story($crate::harness::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                story($crate::harness::Engine::Postgres).await;
            }
        }
    )*};
}

#[test]
fn no_setting_of_the_environment_reaches_a_program_of_the_tests() {
    let command = program();
    let unset: Vec<&OsStr> =
        command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
    for name in [
        "TREFF_CONFIG",
        "TREFF_DATABASE_URL",
        "TREFF_BASE_URL",
        "TREFF_RELAY_URL",
        "TREFF_RELAY_PASSWORD",
        "TREFF_LOG",
    ] {
        assert!(unset.contains(&OsStr::new(name)), "{name} of {unset:?}");
    }
}
