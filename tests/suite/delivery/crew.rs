//! Real `treff` processes on one forum: set up, run, killed, stopped, and held against what a relay took.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::Notify;

use super::server::{Do, Server, usual};
use crate::harness::option_env_at_run;
use crate::treff::{Process, without_settings};

const FORUM: &str = r#"
name = "Kompetanseforum Nordfjella"
time_zone = "Europe/Oslo"
language = "nb"
[cadence]
weekly = "0 30 7 * * Mon"
[[group]]
slug = "health"
kind = "competence"
name = { nb = "Helse" }
"#;

/// An article for the group `health`, due since November.
pub const ITEM: &str = "+++
kind = \"article\"
title = \"Nytt fra helse\"
audience = \"group:health\"
release_at = \"2026-11-02T08:00:00+01:00\"
+++
Tekst om *noe*.
";

/// A number of the environment, for longer runs than the suite's.
pub fn number(name: &str, otherwise: usize) -> usize {
    option_env_at_run(name).and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// A whole number below `end`, anew each time.
pub fn below(end: usize) -> usize {
    (u64::from_ne_bytes(treff::clock::random_bytes()) % end.max(1) as u64) as usize
}

/// One installation: a folder with its configuration, the database that it names, the relay.
#[derive(Clone)]
pub struct Instance {
    pub folder: PathBuf,
    pub database: String,
    pub relay: String,
}

impl Instance {
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = option_env_at_run("TREFF_TEST_PROGRAM");
        let mut command = without_settings(program.as_deref().unwrap_or(env!("CARGO_BIN_EXE_treff")));
        command
            .current_dir(&self.folder)
            .args(arguments)
            .arg("--json")
            .env("TREFF_RELAY_URL", &self.relay)
            .env("TREFF_DATABASE_URL", &self.database)
            .env("TREFF_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        command
    }

    /// Runs a command that must succeed; its JSON.
    pub async fn run(&self, arguments: &[&str]) -> Value {
        let mut command = self.command(arguments);
        let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stdout));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    /// The forum with `letters` people in one group, and nothing to send yet.
    pub async fn set_up(&self, letters: usize) {
        let mut people = String::from("email;navn;organisasjon;grupper\n");
        for n in 1..=letters {
            writeln!(people, "kari{n}@example.test;Kari Nes {n};Nes kommune;health").unwrap();
        }
        self.write("forum.toml", FORUM);
        self.write("people.csv", &people);
        self.run(&["init", "--no-input"]).await;
        let settings = std::fs::read_to_string(self.folder.join("treff.toml")).unwrap();
        let settings = settings
            .replace("# address = \"forum@nordfjella.example\"", "address = \"forum@nes.example.test\"")
            .replace("lease_seconds = 30", "lease_seconds = 2");
        self.write("treff.toml", &settings);
        self.run(&["forum", "apply", "forum.toml"]).await;
        self.run(&["people", "import", "people.csv"]).await;
    }

    /// Queues an item for everyone: in the weekly edition, or in the next minute.
    pub async fn add_item(&self, is_urgent: bool) {
        let lane =
            if is_urgent { "title = \"Haster\"\nlane = \"urgent\"" } else { "title = \"Nytt fra helse\"" };
        self.write("nytt.md", &ITEM.replace("title = \"Nytt fra helse\"", lane));
        self.run(&["item", "add", "nytt.md"]).await;
    }

    /// A second installation of the same forum, on a machine of its own: it sees no journal of the first.
    pub fn second(&self, folder: &Path) -> Instance {
        std::fs::copy(self.folder.join("treff.toml"), folder.join("treff.toml")).unwrap();
        Instance { folder: folder.to_owned(), ..self.clone() }
    }

    pub fn start_worker(&self) -> Process {
        Process(self.command(&["worker"]).stdout(Stdio::null()).spawn().unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.join(name), text).unwrap();
    }
}

/// A relay that counts what happens at it, and rings at a chosen event.
pub struct CountingRelay {
    pub server: Server,
    events: Arc<AtomicUsize>,
    target: Arc<AtomicUsize>,
    reached: Arc<Notify>,
}

impl CountingRelay {
    pub async fn start() -> CountingRelay {
        let (events, target) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(usize::MAX)));
        let reached = Arc::new(Notify::new());
        let watch = (events.clone(), target.clone(), reached.clone());
        let server = Server::start(usual(), move |_| {
            if watch.0.fetch_add(1, Ordering::SeqCst) + 1 == watch.1.load(Ordering::SeqCst) {
                watch.2.notify_one();
            }
            Do::Usual
        })
        .await;
        CountingRelay { server, events, target, reached }
    }

    /// Returns after so many more events: commands, letters, connections.
    pub async fn after_events(&self, more: usize) {
        let soon = self.events.load(Ordering::SeqCst) + 1 + more;
        self.target.store(soon, Ordering::SeqCst);
        self.reached.notified().await;
    }

    /// How often each address was taken.
    pub fn count_taken(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        self.server.recipients().into_iter().for_each(|to| *counts.entry(to).or_default() += 1);
        counts
    }
}

/// Holds the ledger against what the relay took: everyone has one letter, an accepted one was taken once, an
/// uncertain one at most once. Answers how many are uncertain.
pub async fn check_ledger(instance: &Instance, relay: &CountingRelay, letters: usize) -> usize {
    let ledger = instance.run(&["delivery", "list"]).await;
    let deliveries = ledger["deliveries"].as_array().unwrap();
    let taken = relay.count_taken();
    let mut uncertain = 0;
    for delivery in deliveries {
        let (to, state) = (delivery["recipient"].as_str().unwrap(), delivery["state"].as_str().unwrap());
        let times = taken.get(to).copied().unwrap_or(0);
        match state {
            "accepted" => assert_eq!(times, 1, "{to} is accepted"),
            "uncertain" => {
                uncertain += 1;
                assert!(times <= 1, "{to} is uncertain and was taken {times} times");
            }
            other => panic!("{to} is {other}: {delivery}"),
        }
    }
    assert_eq!(deliveries.len(), letters, "everyone has a letter, and one only");
    uncertain
}
