//! One sender at a time on SQLite; on PostgreSQL, a name that tells others whether its worker lives.
//!
//! Never a pid file: the operating system gives a file lock back when its process ends, and PostgreSQL
//! an advisory lock when its session ends, however either ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::store::{Store, StoreError, WorkerLock};

/// Why this process may not send.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another has the lock.
    #[error(
        "another process is sending from this database (it holds {0}); let treff serve send, or stop it first"
    )]
    Held(PathBuf),
    /// The lock file cannot be used.
    #[error("the lock file {path} cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Held as long as this process may send; given back when dropped.
#[derive(Debug)]
pub(crate) enum SendingLock {
    /// `DATABASE.sending`.
    File(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File),
    /// The worker's name.
    Session(WorkerLock),
}

impl SendingLock {
    /// Takes the file lock for a SQLite database.
    pub fn take_file(path: &Path) -> Result<SendingLock, LockError> {
        let failed = |source| LockError::File { path: path.to_owned(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(SendingLock::File(file)),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(path.to_owned())),
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }

    /// Takes a worker's name on PostgreSQL; none if another process has it.
    pub async fn take_name(store: &Store, name: &str) -> Result<Option<SendingLock>, LockError> {
        Ok(store.try_lock_worker(name).await?.map(SendingLock::Session))
    }

    /// Takes the name again if its session was lost meanwhile.
    pub async fn keep_name(&mut self, store: &Store, name: &str) -> Result<(), LockError> {
        let SendingLock::Session(session) = self else { return Ok(()) };
        if session.is_held().await {
            return Ok(());
        }
        if let Some(again) = store.try_lock_worker(name).await? {
            *session = again;
        }
        Ok(())
    }
}
