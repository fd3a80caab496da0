//! A disk that is full or broken, under the database and under the journal: `strace` makes the real program's own
//! calls fail from some point on.

use std::path::Path;
use std::process::{Command, Output};

use super::scene::{instance, may_trace, run_under, set_connections};
use crate::delivery::crew::{CountingRelay, Instance, check_ledger};

const LETTERS: usize = 40;
const CONNECTIONS: usize = 3;

/// Which calls on which files fail.
struct Fault {
    files: &'static [&'static str],
    calls: &'static str,
    error: &'static str,
    /// From these calls on (of one thread), one story each.
    from: &'static [usize],
}

const JOURNAL: &[&str] = &["treff.db.sending-1", "treff.db.sending-2"];

/// A copy of a folder that no process has open.
fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let done = Command::new("cp").arg("-r").arg(folder.join(".")).arg(copy.path()).status();
    assert!(done.unwrap().success());
    copy
}

/// Runs the edition while `fault` is there from its call `from` on.
async fn run_with(instance: &Instance, fault: &Fault, from: usize) -> Output {
    let mut prefix: Vec<String> = ["strace", "-f", "-o", "/dev/null"].map(str::to_owned).to_vec();
    for file in fault.files {
        prefix.extend(["-P".to_owned(), instance.folder.join(file).display().to_string()]);
    }
    prefix.extend(["-e".to_owned(), format!("trace={}", fault.calls)]);
    prefix.extend(["-e".to_owned(), format!("inject={}:error={}:when={from}+", fault.calls, fault.error)]);
    run_under(&prefix, instance, &["edition", "run", "weekly"]).await
}

/// What a failed run told.
fn told(output: &Output) -> String {
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    document["errors"].to_string() + &String::from_utf8_lossy(&output.stderr)
}

/// Plays `fault` in a copy of `folder` from each of its calls on. Each time the run fails, and names the file and the
/// remedy; the next one settles everything: nothing is lost or repeated, at most `uncertain` of unknown fate.
async fn play(folder: &Path, fault: Fault, named: &str, remedy: &str, uncertain: usize) {
    for &from in fault.from {
        let copy = copy(folder);
        let relay = CountingRelay::start().await;
        let instance = instance(copy.path(), &relay.server.url());
        let what = format!("{} {:?} from call {from} on", fault.error, fault.files);
        let broken = run_with(&instance, &fault, from).await;
        // How many calls there are is the database's affair: a late one may never come.
        if !broken.status.success() || from == fault.from[0] {
            let told = told(&broken);
            assert_eq!(broken.status.code(), Some(1), "{what}: {told}");
            assert!(told.contains(named) && told.contains(remedy), "{what}: {told}");
        }
        instance.run(&["edition", "run", "weekly"]).await;
        let left = check_ledger(&instance, &relay, LETTERS).await;
        assert!(left <= uncertain, "{what}: {left} uncertain");
    }
}

/// The forum that every story starts from.
async fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let instance = instance(folder.path(), "smtp://127.0.0.1:9?tls=none");
    instance.set_up(LETTERS).await;
    instance.add_item(false).await;
    set_connections(folder.path(), CONNECTIONS);
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_cannot_be_written_stops_sending_and_loses_nothing() {
    if !may_trace() {
        return;
    }
    let folder = scene().await;
    for error in ["ENOSPC", "EIO"] {
        let fault = Fault { files: JOURNAL, calls: "write", error, from: &[1, 4, 12] };
        play(folder.path(), fault, "treff.db.sending", "make room", CONNECTIONS).await;
    }
    let fault = Fault { files: JOURNAL, calls: "fsync,fdatasync", error: "EIO", from: &[1, 2, 3] };
    play(folder.path(), fault, "treff.db.sending", "make room", CONNECTIONS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_written_or_read_loses_nothing() {
    if !may_trace() {
        return;
    }
    let folder = scene().await;
    let wal: &[&str] = &["treff.db-wal"];
    for fault in [
        Fault { files: wal, calls: "pwrite64", error: "ENOSPC", from: &[1, 9, 40] },
        Fault { files: wal, calls: "pwrite64", error: "EIO", from: &[20] },
        Fault { files: wal, calls: "fsync,fdatasync", error: "EIO", from: &[1, 4] },
        Fault { files: &["treff.db", "treff.db-wal"], calls: "pread64", error: "EIO", from: &[2, 20] },
    ] {
        play(folder.path(), fault, "treff.db", "its disk", 0).await;
    }
}
