//! A file system that is really full, under database and journal together.

use std::path::Path;
use std::process::Command;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_that_fills_up_while_letters_go_stops_the_sending_and_loses_nothing() {
    let mut was_stopped_while_sending = false;
    for left in [0, 64 << 10, 160 << 10, 320 << 10, 640 << 10] {
        let Some(small) = Small::mount(24) else { return };
        let relay = CountingRelay::start().await;
        let instance = instance(small.path(), &relay.server.url());
        instance.set_up(LETTERS).await;
        instance.add_item(false).await;
        set_connections(small.path(), CONNECTIONS);
        small.fill_but(left);
        let mut command = instance.command(&["edition", "run", "weekly"]);
        let full = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let told =
            String::from_utf8_lossy(&full.stdout).into_owned() + &String::from_utf8_lossy(&full.stderr);
        if !full.status.success() {
            assert_eq!(full.status.code(), Some(1), "{left} left: {told}");
            assert!(told.contains("treff.db"), "{left} left: {told}");
            assert!(told.contains("make room") || told.contains("its disk"), "{left} left: {told}");
            was_stopped_while_sending |= !relay.count_taken().is_empty();
        }
        assert!(left > 0 || !full.status.success(), "nothing can be written: {told}");
        small.make_room();
        instance.run(&["edition", "run", "weekly"]).await;
        let uncertain = check_ledger(&instance, &relay, LETTERS).await;
        assert!(uncertain <= CONNECTIONS, "{left} left: {uncertain} uncertain");
    }
    assert!(was_stopped_while_sending, "no room was of the size that ends amid sending");
}
