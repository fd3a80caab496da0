//! A file system that is really full, under database and journal together.

use std::path::Path;
use std::process::Command;

use treff::clock::Clock;
use treff::store::{Change, Store, StoreError};

use super::scene::{instance, set_connections};
use crate::delivery::crew::{CountingRelay, check_ledger};

const LETTERS: usize = 300;
const CONNECTIONS: usize = 3;

/// A small file system in memory, unmounted when this is dropped.
struct Small(tempfile::TempDir);

impl Small {
    /// None, and the reason printed, where this process may not mount one.
    fn mount(megabytes: usize) -> Option<Small> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match mounted {
            Ok(done) if done.status.success() => Some(Small(folder)),
            Ok(done) => {
                eprintln!(
                    "left out, no file system can be mounted: {}",
                    String::from_utf8_lossy(&done.stderr)
                );
                None
            }
            Err(error) => {
                eprintln!("left out, no file system can be mounted: {error}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it but for about so many bytes.
    fn fill_but(&self, bytes: u64) {
        let (filler, left) = (self.path().join("filler"), self.path().join("left"));
        std::fs::write(&left, vec![1; usize::try_from(bytes).unwrap()]).unwrap();
        let mut file = std::fs::File::create(filler).unwrap();
        while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {}
        std::fs::remove_file(left).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

/// How an edition ended that had only so much room.
#[derive(Debug, PartialEq)]
enum End {
    BeforeSending,
    AmidSending,
    AllSent,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_that_fills_up_while_letters_go_stops_the_sending_and_loses_nothing() {
    if Small::mount(24).is_none() {
        return;
    }
    assert_eq!(run_with_room(0).await, End::BeforeSending, "nothing can be written");
    // What room ends amid sending depends on how the writes fall, so it is looked for.
    let (mut too_small, mut enough) = (0, 4 << 20);
    while enough - too_small > 4096 {
        let left = u64::midpoint(too_small, enough);
        match run_with_room(left).await {
            End::BeforeSending => too_small = left,
            End::AllSent => enough = left,
            End::AmidSending => return,
        }
    }
    panic!("between {too_small} and {enough} bytes no room ends amid sending");
}

/// Writes so many bytes in a transaction of its own.
async fn write(store: &Store, bytes: usize) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    let (actor, action, subject) = ("command", "disk.tried", "forum".to_owned());
    let before = Some("x".repeat(bytes).into());
    tx.record_change(Clock::system().now(), Change { actor, action, subject, before, ..Change::default() })
        .await?;
    tx.commit().await
}

#[tokio::test]
async fn who_keeps_the_database_open_writes_again_once_the_disk_has_room() {
    let Some(small) = Small::mount(24) else { return };
    let url = format!("sqlite://{}", small.path().join("treff.db").display());
    let store = Store::open(&url, true).await.unwrap();
    small.fill_but(0);
    let full = write(&store, 8 << 20).await.unwrap_err();
    assert!(full.to_string().contains("full"), "{full}");
    small.make_room();
    write(&store, 1).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn doctor_tells_a_full_disk_from_a_database_that_is_not_there() {
    let Some(small) = Small::mount(24) else { return };
    let instance = instance(small.path(), "maildir:outbox");
    instance.set_up(3).await;
    small.fill_but(0);
    let doctor = || instance.command(&["doctor"]).output().unwrap();
    let told = String::from_utf8(doctor().stdout).unwrap();
    assert!(told.contains("room") && !told.contains("create it with treff init"), "{told}");
    small.make_room();
    let told = String::from_utf8(doctor().stdout).unwrap();
    assert!(told.contains(r#""detail":"SQLite, its tables up to date""#), "{told}");
}

/// An edition with so many bytes left, and the same again when there is room: nothing may be lost.
async fn run_with_room(left: u64) -> End {
    let small = Small::mount(24).expect("it could be mounted before");
    let relay = CountingRelay::start().await;
    let instance = instance(small.path(), &relay.server.url());
    instance.set_up(LETTERS).await;
    instance.add_item(false).await;
    set_connections(small.path(), CONNECTIONS);
    small.fill_but(left);
    let mut command = instance.command(&["edition", "run", "weekly"]);
    let run = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let told = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    let end = match (run.status.success(), relay.count_taken().is_empty()) {
        (true, _) => End::AllSent,
        (false, true) => End::BeforeSending,
        (false, false) => End::AmidSending,
    };
    if end != End::AllSent {
        assert_eq!(run.status.code(), Some(1), "{left} left: {told}");
        assert!(told.contains("treff.db"), "{left} left: {told}");
        assert!(told.contains("make room") || told.contains("its disk"), "{left} left: {told}");
    }
    small.make_room();
    instance.run(&["edition", "run", "weekly"]).await;
    let uncertain = check_ledger(&instance, &relay, LETTERS).await;
    assert!(uncertain <= CONNECTIONS, "{left} left: {uncertain} uncertain");
    end
}
