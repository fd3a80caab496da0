//! Who sends from this database. On SQLite at most one process does, told by the lock of the operating system; on
//! PostgreSQL each worker has a row.

use std::fs::{OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::delivery::{list_files_beside, try_to_write};
use crate::store::{Store, StoreError, WorkerAtWork};

/// Who sends.
#[derive(Debug)]
pub enum Sending {
    /// Nobody; only one process may.
    Nobody,
    /// One process; what it wrote of itself, for people.
    Process(String),
    /// The lock, or the journal beside it, cannot be used by this user.
    NoLock {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// So many workers; perhaps none.
    Workers(Vec<WorkerAtWork>),
}

/// Asks the lock beside an SQLite database, and whether who sends could write what it writes there; none if it is no
/// such database.
pub fn check_lock(database_url: &str) -> Option<Sending> {
    let files = list_files_beside(Path::new(database_url.strip_prefix("sqlite://")?));
    let shut = files.iter().find_map(|path| Some((path, try_to_write(path).err()?)));
    Some(match (shut, files.first()) {
        (Some((path, why)), _) => Sending::NoLock { path: path.clone(), why },
        (None, Some(lock)) => ask_lock(lock),
        (None, None) => Sending::Nobody,
    })
}

/// Asks as who sends would: opened to write, and not made if it is not there.
fn ask_lock(path: &Path) -> Sending {
    let file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Sending::Nobody,
        Err(why) => return Sending::NoLock { path: path.to_owned(), why },
    };
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
