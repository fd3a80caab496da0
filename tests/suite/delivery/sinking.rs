//! Against Postfix's own test server, which writes down what it took.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use treff::delivery::Counts;

use super::rows::queue_letters;
use super::sending::send_all;
use crate::harness::{Database, Engine};
use crate::ports::HeldPort;

/// A running sink; stops when dropped.
pub struct Sink {
    process: Child,
    _port: HeldPort,
}

impl Sink {
    /// Stops or continues the process, as `kill -STOP` and `kill -CONT` do.
    pub fn signal(&self, which: &str) {
        let done = Command::new("kill").args([which, &self.process.id().to_string()]).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A sink that dumps each letter into a file under `folder`, and where it listens.
pub fn start_sink(folder: &std::path::Path, options: &[&str]) -> (Sink, String) {
    let port = HeldPort::hold();
    let address = port.address().to_string();
    let mut sink = Command::new("smtp-sink");
    sink.current_dir(folder).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").stdin(Stdio::null());
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    if is_root {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        sink.args(["-u", "nobody"]);
    }
    let process = sink.args(options).args(["-d", "letter.", &address, "100"]).spawn();
    let sink = Sink { process: process.expect("smtp-sink is installed"), _port: port };
    while !is_listening(&address) {
        std::thread::yield_now();
    }
    (sink, address)
}

/// Whether anyone listens there, without connecting: a sink may count its sessions.
fn is_listening(address: &str) -> bool {
    let port = address.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let wanted = format!("0100007F:{port:04X} 00000000:0000 0A");
    std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&wanted)
}

/// The letters that a sink wrote down, under fields of its own; their lines end with LF.
pub fn list_dumps(folder: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut dumps: Vec<String> =
        files.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    dumps.retain(|dump| dump.contains("X-Rcpt-Args:"));
    dumps
}

#[tokio::test]
async fn postfix_s_sink_takes_every_letter_whole() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 150).await;
    let folder = tempfile::Builder::new().prefix("sink").tempdir().unwrap();
    let (sink, address) = start_sink(folder.path(), &[]);
    let done = send_all(&db, &format!("smtp://{address}?tls=none"), 5).await;
    assert_eq!(done, Counts { accepted: 150, ..Counts::default() });
    drop(sink);
    let dumps = list_dumps(folder.path());
    assert_eq!(dumps.len(), 150);
    for n in 1..=150 {
        let to = format!("X-Rcpt-Args: <kari{n}@example.test>\n");
        let of: Vec<&String> = dumps.iter().filter(|dump| dump.contains(&to)).collect();
        assert_eq!(of.len(), 1, "letter {n}");
        let text = format!("Message-ID: <{n}@forum.example.test>\n\nHei.\n.skjult\n");
        assert!(of[0].contains(&text), "{}", of[0]);
    }
}
