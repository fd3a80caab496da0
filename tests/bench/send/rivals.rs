//! What ours is measured against. Two of them are no part of Treff: they are fetched and built under
//! `target` when they are wanted, and one that cannot be had is said and left out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use super::ours::{Sent, processor_micros_of_others};
use super::settings::{Setting, Signature};
use super::sink::{Sink, find_postfix};

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/rivals");
const BUILT: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/rivals");
/// A rival that takes longer for one round has failed.
const SECONDS_AT_MOST: &str = "120";

/// Who sends besides us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Postfix's test program: the same bytes to everyone, no pipelining, nothing kept.
    SmtpSource,
    /// lettre's connection pool, each letter rendered for its recipient by tera, its link signed.
    Lettre,
    /// nodemailer's pool, each message built.
    Nodemailer,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::SmtpSource, Kind::Lettre, Kind::Nodemailer];

    pub fn word(self) -> &'static str {
        match self {
            Kind::SmtpSource => "smtp-source",
            Kind::Lettre => "lettre",
            Kind::Nodemailer => "nodemailer",
        }
    }

    /// With what it does about the setting's signature.
    pub fn word_when(self, signature: Signature) -> String {
        match (self, signature) {
            (_, Signature::None) => self.word().to_owned(),
            (Kind::SmtpSource, _) => format!("{}, which signs nothing", self.word()),
            _ => format!("{}, signing too", self.word()),
        }
    }
}

/// A rival that is there.
#[derive(Debug, Clone)]
pub struct Rival {
    kind: Kind,
    /// Program and first arguments.
    program: Vec<PathBuf>,
}

impl Rival {
    /// Finds or builds it; the reason if it cannot be had.
    pub fn prepare(kind: Kind) -> Result<Rival, String> {
        let program = match kind {
            Kind::SmtpSource => vec![find_postfix("smtp-source")?],
            Kind::Lettre => vec![build_lettre()?],
            Kind::Nodemailer => vec!["node".into(), install_nodemailer()?],
        };
        Ok(Rival { kind, program })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// `smtp-source` goes along unsigned; nodemailer knows RSA only.
    pub fn can_sign(&self, signature: Signature) -> bool {
        (self.kind, signature) != (Kind::Nodemailer, Signature::Ed25519)
    }

    /// Sends so many letters.
    pub fn send(
        &self,
        sink: &Sink,
        setting: &Setting,
        letters: usize,
        key: Option<PathBuf>,
    ) -> Result<Sent, String> {
        let (bytes, sessions) = (setting.kilobytes * 1000, setting.sessions);
        let mut command = Command::new("timeout");
        command.arg(SECONDS_AT_MOST).args(&self.program);
        let address = sink.address().to_string();
        if self.kind == Kind::SmtpSource {
            let args = format!("-d -s {sessions} -m {letters} -l {bytes} {address}");
            command.args(args.split(' '));
        } else {
            let args = format!("{address} {sessions} {letters} {bytes} {}", setting.signature.word());
            command.args(args.split(' ')).args(key);
        }
        let before = processor_micros_of_others();
        let start = Instant::now();
        let output = run(&mut command)?;
        let micros = processor_micros_of_others() - before;
        let seconds = match self.kind {
            Kind::SmtpSource => start.elapsed().as_secs_f64(),
            _ => output.trim().parse().map_err(|_| format!("{} said {output:?}", self.kind.word()))?,
        };
        Ok(Sent { rate: letters as f64 / seconds, micros: micros / letters as f64 })
    }
}

fn build_lettre() -> Result<PathBuf, String> {
    let target = Path::new(BUILT).join("lettre");
    let manifest = Path::new(SOURCES).join("Cargo.toml");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked", "--quiet", "--manifest-path"]).arg(manifest);
    run(build.arg("--target-dir").arg(&target))?;
    Ok(target.join("release/lettre-sender"))
}

/// Beside the script, because there its import looks.
fn install_nodemailer() -> Result<PathBuf, String> {
    let folder = Path::new(BUILT).join("nodemailer");
    let copy = |name: &str| {
        let copied = std::fs::copy(Path::new(SOURCES).join(name), folder.join(name));
        copied.map(|_| folder.join(name)).map_err(|e| format!("{name} cannot be copied: {e}"))
    };
    std::fs::create_dir_all(&folder).map_err(|e| format!("no folder {BUILT}: {e}"))?;
    copy("package.json")?;
    run(Command::new("npm")
        .args(["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&folder))?;
    copy("nodemailer.mjs")
}

/// What it wrote to standard output, or the end of its complaint.
fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{program} cannot run: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    Err(format!("{program} failed ({}): {last}", output.status))
}
