//! Who sends from this database, and what each holds.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Check;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Store, StoreError, WorkerAtWork};

const NAME: &str = "sending";

/// On SQLite at most one process sends, told by the lock of the operating system; on PostgreSQL each worker has a
/// row.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    match config.database_url.strip_prefix("sqlite://") {
        Some(database) => vec![check_lock(PathBuf::from(format!("{database}.sending")))],
        None => check_rows(config).await,
    }
}

fn check_lock(path: PathBuf) -> Check {
    let Ok(file) = File::open(&path) else { return Check::ok(NAME, "nobody is sending now") };
    match file.try_lock_shared() {
        Ok(()) => Check::ok(NAME, "nobody is sending now"),
        Err(TryLockError::WouldBlock) => {
            let told = std::fs::read_to_string(&path).unwrap_or_default();
            let who = if told.trim().is_empty() { "a process" } else { told.trim() };
            Check::ok(NAME, format!("{who} is sending now (treff serve)"))
        }
        Err(TryLockError::Error(e)) => Check::error(
            NAME,
            format!("{} cannot be locked: {e}", path.display()),
            "keep the database on a local disk, not on a network share",
        ),
    }
}

async fn check_rows(config: &Config) -> Vec<Check> {
    let workers = match list_workers(config).await {
        Ok(workers) => workers,
        // That the database cannot be opened is told already.
        Err(_) => return Vec::new(),
    };
    if workers.is_empty() {
        return vec![Check::ok(NAME, "nobody is sending now; on PostgreSQL any number of workers may")];
    }
    let now = Clock::system().now();
    workers.iter().map(|worker| tell(worker, now)).collect()
}

async fn list_workers(config: &Config) -> Result<Vec<WorkerAtWork>, StoreError> {
    let store = Store::open(&config.database_url, false).await?;
    let workers = store.list_workers_at_work().await;
    store.close().await;
    workers
}

fn tell(worker: &WorkerAtWork, now: DateTime<Utc>) -> Check {
    let silent = (now - worker.beaten_at).num_seconds().max(0);
    let WorkerAtWork { name, place, claimed, armed, lease_seconds, .. } = worker;
    let detail = format!(
        "worker {name} ({place}): last beat {silent} s ago; {claimed} letters set aside, {armed} on their way"
    );
    if silent <= *lease_seconds {
        return Check::ok(NAME, detail);
    }
    Check::warning(
        NAME,
        detail,
        "it is gone, hangs, or has another time than this machine; a worker that runs takes over what it holds",
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_worker_is_told_with_what_it_holds_and_warned_of_when_it_is_silent() {
        let beaten_at = DateTime::UNIX_EPOCH;
        let worker = WorkerAtWork {
            name: "1f".into(),
            place: "process 7 on nes".into(),
            beaten_at,
            lease_seconds: 30,
            claimed: 196,
            armed: 4,
        };
        let told = tell(&worker, beaten_at + TimeDelta::seconds(30));
        let detail =
            "worker 1f (process 7 on nes): last beat 30 s ago; 196 letters set aside, 4 on their way";
        assert_eq!((told.result, told.detail.as_str()), (Verdict::Ok, detail));
        assert_eq!(tell(&worker, beaten_at + TimeDelta::seconds(31)).result, Verdict::Warning);
        assert_eq!(
            tell(&worker, beaten_at - TimeDelta::seconds(9)).result,
            Verdict::Ok,
            "its clock is ahead"
        );
    }
}
