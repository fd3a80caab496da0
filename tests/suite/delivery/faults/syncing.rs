//! No DATA leaves before its letter is armed on the disk, and no final dot before the journal has its line: shown on the
//! real program's own calls of the system.
//!
//! The files are built again from the trace, only with what was synced by then: what a power cut at that moment
//! would leave. The database of such a moment is opened and asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use treff::ids::DeliveryId;
use treff::store::Store;

use super::scene::{instance, may_trace, run_under, set_connections};
use super::trace::{Call, Event, read_trace};
use crate::delivery::crew::{CountingRelay, check_ledger};

const LETTERS: usize = 40;
const CONNECTIONS: usize = 3;
const CALLS: &str = "trace=write,writev,pwrite64,sendto,sendmsg,fsync,fdatasync,ftruncate";

/// A file as the system's cache has it and as the disk has it.
#[derive(Default, Clone)]
struct Kept {
    cached: Vec<u8>,
    durable: Vec<u8>,
    /// What each sync under way will make durable.
    syncing: Vec<Vec<u8>>,
}

impl Kept {
    fn of(content: Vec<u8>) -> Kept {
        Kept { cached: content.clone(), durable: content, syncing: Vec::new() }
    }

    fn enter(&mut self, call: &Call) {
        if is_sync(call) {
            self.syncing.push(self.cached.clone());
        }
    }

    fn end(&mut self, call: &Call) {
        let Some(answer) = call.answer.filter(|answer| *answer >= 0) else { return };
        match call.name.as_str() {
            "write" | "writev" => self.cached.extend(&call.bytes[..answer as usize]),
            "pwrite64" => {
                let at = call.numbers[1] as usize;
                let end = at + answer as usize;
                self.cached.resize(self.cached.len().max(end), 0);
                self.cached[at..end].copy_from_slice(&call.bytes[..answer as usize]);
            }
            "ftruncate" => self.cached.resize(call.numbers[0] as usize, 0),
            _ => self.durable = self.syncing.remove(0),
        }
    }
}

fn is_sync(call: &Call) -> bool {
    matches!(call.name.as_str(), "fsync" | "fdatasync")
}

/// What a connection is about to carry.
#[derive(Default)]
struct Line {
    rest: Vec<u8>,
    to: String,
    is_content: bool,
}

/// What a write to a connection holds.
#[derive(Debug, PartialEq, Eq)]
enum Leaves {
    Data(String),
    Dot(String),
}

impl Line {
    fn take(&mut self, bytes: &[u8]) -> Vec<Leaves> {
        self.rest.extend(bytes);
        let mut leaves = Vec::new();
        while let Some(length) = self.rest.windows(2).position(|two| two == b"\r\n") {
            let line: Vec<u8> = self.rest.drain(..length + 2).collect();
            let line = String::from_utf8_lossy(&line[..length]).into_owned();
            if self.is_content {
                if line == "." {
                    self.is_content = false;
                    leaves.push(Leaves::Dot(self.to.clone()));
                }
            } else if let Some(to) = line.strip_prefix("RCPT TO:<") {
                self.to = to.split('>').next().unwrap().to_owned();
            } else if line == "DATA" {
                self.is_content = true;
                leaves.push(Leaves::Data(self.to.clone()));
            }
        }
        leaves
    }
}

/// The machine's disk and connections while the trace is played.
struct Machine {
    files: HashMap<String, Kept>,
    lines: HashMap<String, Line>,
    /// On the disk: which letter is whose, and which are `attempting`.
    ids: BTreeMap<String, DeliveryId>,
    attempting: BTreeSet<String>,
    /// The journal's length in the cache when letters were last armed, file by file.
    journal_at_arming: HashMap<String, Vec<u8>>,
    told: Vec<Leaves>,
}

impl Machine {
    async fn play(&mut self, event: &Event) {
        let (Event::Enters(call) | Event::Ends(call)) = event;
        if call.place.starts_with("socket:") {
            if matches!(event, Event::Enters(_)) {
                self.hear(call);
            }
            return;
        }
        let Some((_, name)) = call.place.rsplit_once('/') else { return };
        if !name.starts_with("treff.db") || name.ends_with("-shm") {
            return;
        }
        let file = self.files.entry(name.to_owned()).or_default();
        match event {
            Event::Enters(call) => file.enter(call),
            Event::Ends(call) => {
                file.end(call);
                if is_sync(call) && name == "treff.db-wal" {
                    self.look_at_the_disk().await;
                }
            }
        }
    }

    /// Opens the database as a power cut would leave it now.
    async fn look_at_the_disk(&mut self) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["treff.db", "treff.db-wal"] {
            std::fs::write(folder.path().join(name), &self.files[name].durable).unwrap();
        }
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        let store = Store::open(&url, false).await.expect("the disk holds a whole database");
        let rows = store.list_deliveries(None).await.unwrap();
        let armed: BTreeSet<String> = rows
            .iter()
            .filter(|row| row.state == "attempting")
            .filter_map(|row| row.recipient.clone())
            .collect();
        self.ids = rows.into_iter().filter_map(|row| Some((row.recipient?, row.id))).collect();
        assert!(armed.len() <= 8 * CONNECTIONS, "{} letters are armed at once", armed.len());
        if !armed.is_subset(&self.attempting) {
            self.journal_is_synced();
        }
        self.attempting = armed;
    }

    /// What stood in the journal at the last arming is on the disk by this one.
    fn journal_is_synced(&mut self) {
        for (name, file) in self.files.iter().filter(|(name, _)| name.contains(".sending-")) {
            let before = self.journal_at_arming.insert(name.clone(), file.cached.clone()).unwrap_or_default();
            assert!(file.durable.starts_with(&before), "{name} is not synced before letters are armed");
        }
    }

    fn hear(&mut self, call: &Call) {
        let leaves = self.lines.entry(call.place.clone()).or_default().take(&call.bytes);
        for leaf in leaves {
            let (Leaves::Data(to) | Leaves::Dot(to)) = &leaf;
            assert!(self.attempting.contains(to), "{leaf:?} leaves before its row is attempting on the disk");
            if let Leaves::Dot(to) = &leaf {
                let line = format!("dot {}\n", self.ids[to]);
                let journal = self.files.iter().filter(|(name, _)| name.contains(".sending-"));
                let text: String =
                    journal.map(|(_, file)| String::from_utf8_lossy(&file.cached).into_owned()).collect();
                assert!(text.split_inclusive('\n').any(|l| l == line), "{leaf:?} leaves before {line:?}");
            }
            self.told.push(leaf);
        }
    }
}

fn load(folder: &Path) -> HashMap<String, Kept> {
    ["treff.db", "treff.db-wal"]
        .map(|name| (name.to_owned(), Kept::of(std::fs::read(folder.join(name)).unwrap_or_default())))
        .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_data_leaves_before_its_row_is_synced_and_no_dot_before_its_journal_line() {
    if !may_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let relay = CountingRelay::start().await;
    let instance = instance(folder.path(), &relay.server.url());
    instance.set_up(LETTERS).await;
    instance.add_item(false).await;
    set_connections(folder.path(), CONNECTIONS);
    let files = load(folder.path());
    let prefix = format!("strace -f -y -xx -s 1000000 -e signal=none -e {CALLS} -o trace");
    let prefix: Vec<String> = prefix.split(' ').map(str::to_owned).collect();
    let done = run_under(&prefix, &instance, &["edition", "run", "weekly"]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let mut machine = Machine {
        files,
        lines: HashMap::new(),
        ids: BTreeMap::new(),
        attempting: BTreeSet::new(),
        journal_at_arming: HashMap::new(),
        told: Vec::new(),
    };
    for event in read_trace(&std::fs::read_to_string(folder.path().join("trace")).unwrap()) {
        machine.play(&event).await;
    }
    let count = |is_it: fn(&Leaves) -> bool| machine.told.iter().filter(|leaf| is_it(leaf)).count();
    let (data, dots) = (count(|l| matches!(l, Leaves::Data(_))), count(|l| matches!(l, Leaves::Dot(_))));
    assert_eq!((data, dots), (LETTERS, LETTERS), "each letter was seen to leave");
    assert_eq!(check_ledger(&instance, &relay, LETTERS).await, 0);
}
