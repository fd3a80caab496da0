//! Mail that a real mail server takes, cannot deliver, and sends home.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::postfix::Postfix;
use crate::delivery::crew::ITEM;
use crate::harness::Engine;
use crate::treff::{Process, Treff};

const PEOPLE: &str = "email;navn;organisasjon;grupper
gone@town.example.test;Kari Nes;Nes kommune;health
full@town.example.test;Ola Dal;Nes kommune;health
late@late.example.test;Siv Lund;Nes kommune;health
fine@town.example.test;Per Bakke;Nes kommune;health
";

/// A forum with four people whose relay is `postfix`.
async fn forum() -> Treff {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    let settings = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let named =
        settings.replace("# address = \"forum@nordfjella.example\"", "address = \"forum@nes.example.test\"");
    assert_ne!(named, settings);
    std::fs::write(treff.path("treff.toml"), named).unwrap();
    let (people, item) = (treff.write("people.csv", PEOPLE), treff.write("nytt.md", ITEM));
    treff.run(&["people", "import", &people]).done();
    treff.run(&["item", "add", &item]).done();
    treff
}

fn run_edition(treff: &Treff, postfix: &Postfix) -> Value {
    let mut command = treff.command();
    command.env("TREFF_RELAY_URL", postfix.url()).args(["--json", "edition", "run", "weekly"]);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// The mails that came home, once there are `count`.
fn wait_for_mails(postfix: &Postfix, count: usize) -> Vec<PathBuf> {
    let since = Instant::now();
    loop {
        let mails = postfix.list_mails("bounce");
        if mails.len() >= count {
            return mails;
        }
        assert!(
            since.elapsed() < Duration::from_secs(60),
            "{} of {count} mails:\n{}",
            mails.len(),
            postfix.log()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// `recipient` to a field of its letter.
fn letters(treff: &Treff, field: &str) -> BTreeMap<String, String> {
    let ledger = treff.run(&["delivery", "list"]).done().json;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = ledger["deliveries"].as_array().unwrap();
    rows.iter().map(|row| (text(&row["recipient"]), text(&row[field]))).collect()
}

fn words(list: [(&str, &str); 4]) -> BTreeMap<String, String> {
    list.map(|(who, word)| (who.to_owned(), word.to_owned())).into()
}

const GONE: &str = "gone@town.example.test";
const FULL: &str = "full@town.example.test";
const LATE: &str = "late@late.example.test";
const FINE: &str = "fine@town.example.test";

#[tokio::test]
async fn a_letter_that_postfix_cannot_deliver_comes_home_and_is_taken_back() {
    let postfix = Postfix::start();
    let treff = forum().await;
    assert_eq!(run_edition(&treff, &postfix)["accepted"], 4);
    let mut reports = BTreeMap::new();
    for mail in wait_for_mails(&postfix, 3) {
        let told = treff.run(&["bounce", mail.to_str().unwrap()]).done().json;
        let [report] = told["reports"].as_array().unwrap().as_slice() else { panic!("{told}") };
        let told = (report["kind"].clone(), report["status"].clone());
        reports.insert(report["recipient"].as_str().unwrap().to_owned(), told);
    }
    assert_eq!(
        reports,
        BTreeMap::from([
            (GONE.to_owned(), (json!("hard"), json!("5.1.1"))),
            (FULL.to_owned(), (json!("soft"), json!("5.2.2"))),
            (LATE.to_owned(), (json!("delayed"), json!("4.4.1"))),
        ])
    );
    assert_eq!(
        letters(&treff, "state"),
        words([(GONE, "rejected"), (FULL, "rejected"), (LATE, "accepted"), (FINE, "accepted")])
    );
    assert_eq!(postfix.list_mails("fine").len(), 1, "{}", postfix.log());
    let people = treff.run(&["people", "list"]).done().json;
    let all = people["recipients"].as_array().unwrap();
    let status = |who: &str| all.iter().find(|row| row["email"] == who).unwrap()["status"].clone();
    assert_eq!([GONE, FULL, LATE, FINE].map(status), ["suspended", "active", "active", "active"]);
    // What came home is owed again, to whom anything is still sent.
    let next = treff.run(&["edition", "plan", "weekly"]).done().json;
    let owed: Vec<_> = next["digests"].as_array().unwrap().iter().map(|d| d["recipient"].clone()).collect();
    assert_eq!(owed, [FULL], "{next}");
}

#[tokio::test]
async fn a_running_program_takes_in_what_postfix_delivers_into_a_watched_maildir() {
    let postfix = Postfix::start();
    let treff = forum().await;
    let settings = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
    let watched = format!("[returned]\nmaildir = \"{}\"\n", postfix.maildir("bounce").display());
    std::fs::write(treff.path("treff.toml"), settings.replace("[returned]\n", &watched)).unwrap();
    assert_eq!(run_edition(&treff, &postfix)["accepted"], 4);
    wait_for_mails(&postfix, 3);
    let mut command = treff.command();
    command.env("TREFF_RELAY_URL", postfix.url()).arg("worker");
    let _worker = Process(command.spawn().unwrap());
    let since = Instant::now();
    while !postfix.list_mails("bounce").is_empty() {
        assert!(since.elapsed() < Duration::from_secs(60), "{}", postfix.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        letters(&treff, "state"),
        words([(GONE, "rejected"), (FULL, "rejected"), (LATE, "accepted"), (FINE, "accepted")])
    );
    let people = treff.run(&["people", "list"]).done().json;
    let suspended: Vec<_> =
        people["recipients"].as_array().unwrap().iter().filter(|r| r["status"] == "suspended").collect();
    assert_eq!(suspended.iter().map(|r| r["email"].as_str().unwrap()).collect::<Vec<_>>(), [GONE]);
    let read = std::fs::read_dir(postfix.maildir("bounce").join("cur")).unwrap();
    assert_eq!(
        read.filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with(":2,S")).count(),
        3
    );
}
