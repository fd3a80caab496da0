//! Who sends from this database. On SQLite at most one process does, told by the lock of the operating system; on
//! PostgreSQL each worker has a row.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::store::{Store, StoreError, WorkerAtWork};

/// Who sends.
#[derive(Debug)]
pub enum Sending {
    /// Nobody; only one process may.
    Nobody,
    /// One process; what it wrote of itself, for people.
    Process(String),
    /// The lock cannot be asked.
    NoLock {
        /// Its file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// So many workers; perhaps none.
    Workers(Vec<WorkerAtWork>),
}

/// Asks the lock beside an SQLite database; none if it is no such database.
pub fn check_lock(database_url: &str) -> Option<Sending> {
    let database = database_url.strip_prefix("sqlite://")?;
    Some(ask_lock(Path::new(&format!("{database}.sending"))))
}

fn ask_lock(path: &Path) -> Sending {
    let Ok(file) = File::open(path) else { return Sending::Nobody };
    match file.try_lock_shared() {
        Ok(()) => Sending::Nobody,
        Err(TryLockError::WouldBlock) => {
            Sending::Process(std::fs::read_to_string(path).unwrap_or_default().trim().to_owned())
        }
        Err(TryLockError::Error(why)) => Sending::NoLock { path: path.to_owned(), why },
    }
}

/// Who sends from the database of `store`, which lies at `database_url`.
pub async fn check(database_url: &str, store: &Store) -> Result<Sending, StoreError> {
    match check_lock(database_url) {
        Some(found) => Ok(found),
        None => Ok(Sending::Workers(store.list_workers_at_work().await?)),
    }
}

/// Seconds since a worker's last beat; none before it by a clock that is ahead.
pub fn silent_seconds(worker: &WorkerAtWork, now: DateTime<Utc>) -> i64 {
    (now - worker.beaten_at).num_seconds().max(0)
}

/// Whether a worker has been silent for no longer than its lease.
pub fn is_alive(worker: &WorkerAtWork, now: DateTime<Utc>) -> bool {
    silent_seconds(worker, now) <= worker.lease_seconds
}
