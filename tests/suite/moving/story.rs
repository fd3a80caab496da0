//! A mailing goes from SQLite, the forum moves, and the next goes from PostgreSQL: as if nothing had been.

use std::collections::BTreeMap;
use std::path::PathBuf;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;
use treff::app::App;
use treff::config::Overrides;
use treff::token::TOKEN_LENGTH;

use super::Move;

const FIRST: &str = "2097-03-04T06:30:00Z";
const SECOND: &str = "2097-03-11T06:30:00Z";

const PEOPLE: &str = "epost;navn;sektorer\nkari@example.test;Kari Nes;health\nola@example.test;Ola Moe;health\n\
                      siri@example.test;Siri Li;health\n";

/// So many items about health, numbered from `first` on.
fn add_items(moving: &Move, run: &dyn Fn(&[&str]) -> crate::treff::Output, first: u32, last: u32) {
    let files: Vec<String> = (first..=last)
        .map(|n| {
            let item = format!(
                "+++\nkind = \"tip\"\ntitle = \"Tips {n}\"\nabout = [\"sector:health\"]\n+++\nTekst.\n"
            );
            moving.treff.write(&format!("tips-{n}.md"), item)
        })
        .collect();
    let args: Vec<&str> = ["item", "add"].into_iter().chain(files.iter().map(String::as_str)).collect();
    run(&args).done();
}

/// The items of each recipient's digest.
fn items_of(edition: &Value) -> BTreeMap<String, Vec<String>> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let digests = edition["digests"].as_array().expect("digests").iter();
    digests
        .map(|digest| {
            let items = digest["items"].as_array().expect("items").iter();
            (text(&digest["recipient"]), items.map(|item| text(&item["item"])).collect())
        })
        .collect()
}

/// The letter to an address, and the name of its file.
fn letter_to(moving: &Move, address: &str) -> (PathBuf, String) {
    let files = std::fs::read_dir(moving.treff.path("outbox/new")).expect("letters went");
    let read = |path: PathBuf| {
        let mail = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
        (path, mail.replace("=\r\n", "").replace("=\n", ""))
    };
    let mut mails = files.map(|file| read(file.unwrap().path()));
    mails
        .find(|(_, mail)| mail.lines().any(|line| line.starts_with("To: ") && line.contains(address)))
        .expect(address)
}

fn path_behind(mail: &str, door: &str) -> String {
    let at = mail.find(door).expect("the letter has the link");
    mail[at..at + door.len() + TOKEN_LENGTH].to_owned()
}

/// As the pages answer once the configuration names the other database.
async fn ask_there(moving: &Move, request: Request<Body>) -> (StatusCode, String) {
    let overrides = Overrides { database_url: Some(moving.target.url.clone()), ..Overrides::default() };
    let app = App::open(&moving.treff.path("treff.toml"), overrides).await.unwrap();
    let answer = treff::web::routes(&app).await.unwrap().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    app.store.close().await;
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn after_the_move_the_next_mailing_goes_on_and_links_that_were_mailed_open() {
    let moving = Move::begin().await;
    let people = moving.treff.write("people.csv", PEOPLE);
    moving.treff.run(&["people", "import", &people]).done();
    let here = |args: &[&str]| moving.treff.run(args);
    let there = |args: &[&str]| moving.run_there(args);
    add_items(&moving, &here, 1, 9);
    here(&["edition", "run", "weekly", "--at", FIRST]).done();
    let shown = here(&["edition", "show", "weekly", "--at", FIRST]).done().json;
    let first = items_of(&shown);
    assert!(first.len() == 3 && first.values().all(|items| items.len() == 7), "{first:?}");
    let (_, ola) = letter_to(&moving, "ola@example.test");
    moving.copy().done();

    assert_eq!(there(&["edition", "show", "weekly", "--at", FIRST]).done().json, shown);
    let again = there(&["edition", "run", "weekly", "--at", FIRST]).done().json;
    assert_eq!((&again["digests"], &again["accepted"]), (&0.into(), &0.into()));
    let (status, page) =
        ask_there(&moving, Request::get(path_behind(&ola, "/l/")).body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let leave = Request::post(path_behind(&ola, "/u/"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("List-Unsubscribe=One-Click"));
    assert_eq!(ask_there(&moving, leave.unwrap()).await.0, StatusCode::OK);

    add_items(&moving, &there, 10, 12);
    let run = there(&["edition", "run", "weekly", "--at", SECOND]).done().json;
    assert_eq!((&run["digests"], &run["accepted"]), (&2.into(), &2.into()), "Ola has left: {run}");
    let second = items_of(&there(&["edition", "show", "weekly", "--at", SECOND]).done().json);
    for recipient in ["kari@example.test", "siri@example.test"] {
        let mut got = [&first[recipient][..], &second[recipient][..]].concat();
        got.sort();
        let mut all: Vec<String> = (1..=12).map(|n| format!("tips-{n}")).collect();
        all.sort();
        assert_eq!(got, all, "{recipient} gets each once");
    }
    assert_eq!(
        std::fs::read_dir(moving.treff.path("outbox/new")).unwrap().count(),
        5,
        "no letter took another's place"
    );
    let doctor = there(&["doctor"]).json;
    let checks = doctor["checks"].as_array().unwrap();
    for (name, detail) in
        [("database", "PostgreSQL, its tables up to date"), ("forum", "Kompetanseforum Nordfjella")]
    {
        assert!(checks.iter().any(|check| check["name"] == name && check["detail"] == detail), "{doctor}");
    }
}

#[tokio::test]
async fn what_a_sender_left_that_died_is_settled_before_it_is_copied() {
    let moving = Move::begin().await;
    let people = moving.treff.write("people.csv", PEOPLE);
    moving.treff.run(&["people", "import", &people]).done();
    add_items(&moving, &|args| moving.treff.run(args), 1, 2);
    moving.treff.run(&["edition", "run", "weekly", "--at", FIRST]).done();
    // Two letters were armed when the machine went down and took the journal with it; one of them lies in the folder.
    std::fs::remove_file(letter_to(&moving, "siri@example.test").0).unwrap();
    for journal in ["treff.db.sending-1", "treff.db.sending-2"] {
        std::fs::remove_file(moving.treff.path(journal)).unwrap();
    }
    let armed =
        "UPDATE delivery SET state = 'attempting', claimed_by = 'gone', boot = 'earlier', settled_at = NULL
                 WHERE recipient_id IN (SELECT id FROM recipient WHERE email <> 'kari@example.test')";
    moving.write(&[armed]).await;
    moving.copy_with(&["--dry-run"]).done();
    let states = |listed: Value| {
        let letters = listed["deliveries"].as_array().unwrap().iter();
        letters
            .map(|l| (l["recipient"].as_str().unwrap().to_owned(), l["state"].as_str().unwrap().to_owned()))
            .collect()
    };
    let left: BTreeMap<String, String> = states(moving.treff.run(&["delivery", "list"]).done().json);
    assert_eq!(left["ola@example.test"], "attempting", "a dry run settles nothing");
    moving.copy().done();
    let settled: BTreeMap<String, String> = states(moving.run_there(&["delivery", "list"]).done().json);
    let expected = [("kari", "accepted"), ("ola", "accepted"), ("siri", "uncertain")];
    let expected = expected.map(|(name, state)| (format!("{name}@example.test"), state.to_owned()));
    assert_eq!(settled, BTreeMap::from(expected));
}
