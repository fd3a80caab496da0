//! The whole program, planning and sending, killed with SIGKILL at random points again and again. Then the ledger is
//! held against what the relay really took.
//!
//! `TREFF_KILL_LETTERS=20000 TREFF_KILLS=40` makes it the long run of the issue.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use super::server::{Do, Server, usual};
use crate::harness::option_env_at_run;

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

const ITEM: &str = "+++
kind = \"article\"
title = \"Nytt fra helse\"
audience = \"group:health\"
release_at = \"2026-11-02T08:00:00+01:00\"
+++
Tekst om *noe*.
";

fn number(name: &str, otherwise: usize) -> usize {
    option_env_at_run(name).and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// A whole number below `end`, anew each time.
fn below(end: usize) -> usize {
    (u64::from_ne_bytes(treff::clock::random_bytes()) % end.max(1) as u64) as usize
}

fn treff(folder: &Path, relay: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_treff"));
    command
        .current_dir(folder)
        .args(arguments)
        .arg("--json")
        .env("TREFF_RELAY_URL", relay)
        .env("TREFF_DATABASE_URL", "sqlite://treff.db")
        .env("TREFF_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

async fn run(folder: &Path, relay: &str, arguments: &[&str]) -> Value {
    let mut command = treff(folder, relay, arguments);
    let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stdout));
    serde_json::from_slice(&done.stdout).unwrap()
}

async fn set_up(folder: &Path, relay: &str, letters: usize) {
    let mut people = String::from("email;navn;organisasjon;grupper\n");
    for n in 1..=letters {
        writeln!(people, "kari{n}@example.test;Kari Nes {n};Nes kommune;health").unwrap();
    }
    std::fs::write(folder.join("forum.toml"), FORUM).unwrap();
    std::fs::write(folder.join("people.csv"), people).unwrap();
    std::fs::write(folder.join("nytt.md"), ITEM).unwrap();
    run(folder, relay, &["init", "--no-input"]).await;
    let settings = std::fs::read_to_string(folder.join("treff.toml")).unwrap();
    let settings =
        settings.replace("# address = \"forum@nordfjella.example\"", "address = \"forum@nes.example.test\"");
    std::fs::write(folder.join("treff.toml"), settings).unwrap();
    run(folder, relay, &["forum", "apply", "forum.toml"]).await;
    run(folder, relay, &["people", "import", "people.csv"]).await;
    run(folder, relay, &["item", "add", "nytt.md"]).await;
}

/// How often each address was taken.
fn count_taken(server: &Server) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    server.recipients().into_iter().for_each(|to| *counts.entry(to).or_default() += 1);
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_again_and_again_loses_nothing_and_repeats_nothing() {
    let (letters, kills) = (number("TREFF_KILL_LETTERS", 1000), number("TREFF_KILLS", 8));
    let folder = tempfile::tempdir().unwrap();
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
    let url = server.url();
    set_up(folder.path(), &url, letters).await;

    for kill in 0..kills {
        let mut process = treff(folder.path(), &url, &["edition", "run", "weekly"]).spawn().unwrap();
        // Every third dies at some time, often while it plans; the others somewhere in a conversation.
        let dies = async {
            if kill % 3 == 0 {
                tokio::time::sleep(Duration::from_millis(below(2000) as u64)).await;
            } else {
                let soon = events.load(Ordering::SeqCst) + 1 + below(5 * letters / kills);
                target.store(soon, Ordering::SeqCst);
                reached.notified().await;
            }
        };
        let ends = async {
            while process.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! { () = dies => {}, () = ends => {} }
        let _ = process.kill();
        process.wait().unwrap();
    }
    run(folder.path(), &url, &["edition", "run", "weekly"]).await;

    let ledger = run(folder.path(), &url, &["delivery", "list"]).await;
    let deliveries = ledger["deliveries"].as_array().unwrap();
    let taken = count_taken(&server);
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
            other => panic!("{to} is {other}"),
        }
    }
    assert_eq!(deliveries.len(), letters, "everyone has a letter, and one only");
    assert!(uncertain <= 10 * kills, "{uncertain} uncertain after {kills} kills");
    let again = run(folder.path(), &url, &["edition", "run", "weekly"]).await;
    assert_eq!((again["digests"].as_u64(), again["accepted"].as_u64()), (Some(0), Some(0)));
    eprintln!("{letters} letters, {kills} kills: {uncertain} uncertain, {} taken", taken.len());
}
