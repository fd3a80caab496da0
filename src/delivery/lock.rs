//! A lock of the operating system: one sender at a time on SQLite; on PostgreSQL, the proof that the process whose
//! journal lies here has ended.
//!
//! Never a pid file: the system gives a file lock back when its process ends, however it ends. What stands
//! in the file is for people only.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::files::remedy_for_file;
use super::host::host_name;

/// Why this process may not send.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another has the lock.
    #[error(
        "another process sends from this database: {by} (it holds {path}); leave the sending to it or stop it first, \
         for several senders together need PostgreSQL"
    )]
    Held {
        /// The lock's file.
        path: PathBuf,
        /// Who holds it.
        by: String,
    },
    /// The lock file cannot be used.
    #[error("the lock file {path} cannot be used: {source}; {}", remedy_for_file(.path, .source))]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Held as long as this value lives; given back when it is dropped or its process ends.
#[derive(Debug)]
pub(crate) struct SendingLock(File);

impl SendingLock {
    /// Takes the lock and writes into it who has it.
    pub fn take(path: &Path, by: &str) -> Result<SendingLock, LockError> {
        let lock = SendingLock::try_take(path)?;
        // What stands there is for people: the lock holds without it.
        let _ = lock.0.set_len(0).and_then(|()| writeln!(&lock.0, "{by}"));
        Ok(lock)
    }

    /// Takes the lock without a word.
    pub fn try_take(path: &Path) -> Result<SendingLock, LockError> {
        let failed = |source| LockError::File { path: path.to_owned(), source };
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file = options.open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(SendingLock(file)),
            Err(TryLockError::WouldBlock) => {
                Err(LockError::Held { path: path.to_owned(), by: holder_of(path) })
            }
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}

fn holder_of(path: &Path) -> String {
    let told = std::fs::read_to_string(path).unwrap_or_default();
    let told = told.trim();
    if told.is_empty() { "one that did not say who it is".to_owned() } else { told.to_owned() }
}

/// This machine and process, as people tell them apart.
pub(crate) fn this_place() -> String {
    let host = host_name().unwrap_or_else(|| "this machine".to_owned());
    format!("process {} on {host}", std::process::id())
}
