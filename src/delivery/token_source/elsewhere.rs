//! Tokens that another program looks after: in a file that it keeps fresh, or on its standard output.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use super::fetched::{Fetched, LENGTH_AT_MOST};
use crate::config::Secret;

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The first line of the file. How long its token lives is not known: it is read at each log-in.
pub(super) fn read_first_line(path: &Path) -> Result<Fetched, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    Ok(Fetched { token: first_line(&text), life: None })
}

fn first_line(text: &str) -> Secret {
    Secret::new(text.lines().next().unwrap_or_default().trim())
}

/// A program whose first line of output is a token. Its arguments may be secret and are never shown.
pub(super) struct Program {
    name: String,
    arguments: Vec<String>,
    folder: PathBuf,
}

impl Program {
    pub fn new(name: &str, arguments: &[String], folder: &Path) -> Program {
        Program { name: name.to_owned(), arguments: arguments.to_vec(), folder: folder.to_owned() }
    }

    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Runs it, at most for 30 seconds; what it writes to standard error is not kept.
    pub async fn run(&self) -> Result<Fetched, String> {
        let mut child = Command::new(&self.name)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("it cannot be run: {e}"))?;
        let output = child.stdout.take();
        let running = async {
            let mut text = Vec::new();
            if let Some(output) = output {
                output.take(2 * LENGTH_AT_MOST as u64).read_to_end(&mut text).await?;
            }
            child.wait().await.map(|status| (status, text))
        };
        // Dropping the child behind a time-out kills it.
        let ended = tokio::time::timeout(PATIENCE, running).await;
        match ended.map_err(|_| format!("it did not end within {} s", PATIENCE.as_secs()))? {
            Ok((status, text)) if status.success() => {
                Ok(Fetched { token: first_line(&String::from_utf8_lossy(&text)), life: None })
            }
            Ok((status, _)) => Err(format!("it failed with {status}; run it yourself to see why")),
            Err(e) => Err(e.to_string()),
        }
    }
}
