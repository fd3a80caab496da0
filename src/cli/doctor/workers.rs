//! Who sends from this database, and what each holds.

use std::io::ErrorKind;

use chrono::{DateTime, Utc};

use super::check::Check;
use crate::checkup::sending::{Sending, check_lock, is_alive, silent_seconds};
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::remedy_for_file;
use crate::store::{Store, WorkerAtWork};

const NAME: &str = "sending";

/// On SQLite at most one process sends; on PostgreSQL each worker has a row.
pub(super) async fn check(config: &Config, store: Option<&Store>) -> Vec<Check> {
    match check_lock(&config.database_url) {
        Some(found) => tell(found),
        // That the database cannot be asked is told already.
        None => match store {
            Some(store) => {
                let found = store.list_workers_at_work().await;
                found.map_or_else(|_| Vec::new(), |found| tell(Sending::Workers(found)))
            }
            None => Vec::new(),
        },
    }
}

fn tell(found: Sending) -> Vec<Check> {
    let workers = match found {
        Sending::Workers(workers) => workers,
        Sending::Nobody => return vec![Check::ok(NAME, "nobody is sending now")],
        Sending::Process(told) => {
            let who = if told.is_empty() { "a process" } else { &told };
            return vec![Check::ok(NAME, format!("{who} is sending now (treff serve)"))];
        }
        Sending::NoLock { path, why } => {
            let remedy = match why.kind() {
                ErrorKind::PermissionDenied => remedy_for_file(&path, &why),
                _ => {
                    "keep the database on a local disk that can be written, not on a network share".to_owned()
                }
            };
            let told = format!("nothing can be sent: {} cannot be used: {why}", path.display());
            return vec![Check::error(NAME, told, remedy)];
        }
    };
    if workers.is_empty() {
        return vec![Check::ok(NAME, "nobody is sending now; on PostgreSQL any number of workers may")];
    }
    let now = Clock::system().now();
    workers.iter().map(|worker| tell_worker(worker, now)).collect()
}

fn tell_worker(worker: &WorkerAtWork, now: DateTime<Utc>) -> Check {
    let silent = silent_seconds(worker, now);
    let WorkerAtWork { name, place, claimed, armed, .. } = worker;
    let detail = format!(
        "worker {name} ({place}): last beat {silent} s ago; {claimed} letters set aside, {armed} on their way"
    );
    if is_alive(worker, now) {
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

    use super::*;
    use crate::checkup::Verdict;

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
        let told = tell_worker(&worker, beaten_at + TimeDelta::seconds(30));
        let detail =
            "worker 1f (process 7 on nes): last beat 30 s ago; 196 letters set aside, 4 on their way";
        assert_eq!((told.result, told.detail.as_str()), (Verdict::Ok, detail));
        assert_eq!(tell_worker(&worker, beaten_at + TimeDelta::seconds(31)).result, Verdict::Warning);
        assert_eq!(
            tell_worker(&worker, beaten_at - TimeDelta::seconds(9)).result,
            Verdict::Ok,
            "its clock is ahead"
        );
    }
}
