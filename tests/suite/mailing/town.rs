//! A forum whose mailings are looked at, run and looked at again.

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::forum::Cadence;
use treff::pipeline::{EditionView, Pipeline, RunCounts, show_edition};

use crate::access::reader::Reader;
use crate::harness::Database;
use crate::pages::world::{Answer, Pages, percent_encode};

pub const LEAD: &str = r#"["write","approve","send","people","administer"]"#;

/// The forum's next weekly mailing: Monday 15 March 2027 at 7.30 in Oslo.
pub fn next_monday() -> DateTime<Utc> {
    "2027-03-15T06:30:00Z".parse().unwrap()
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={}", percent_encode(v))).collect();
    pairs.join("&")
}

/// The pages; rows with numbers of their own do not move PostgreSQL's counters.
pub async fn town(db: Database) -> Pages {
    let pages = Pages::over(db).await;
    if pages.db.store.has_many_workers() {
        for sql in [
            "SELECT CAST(setval(pg_get_serial_sequence('item', 'id'), 200) AS TEXT)",
            "SELECT CAST(setval(pg_get_serial_sequence('edition', 'id'), 200) AS TEXT)",
            "SELECT CAST(setval(pg_get_serial_sequence('delivery', 'id'), 200) AS TEXT)",
        ] {
            let _ = pages.text(sql).await;
        }
    }
    pages.run("UPDATE recipient SET admitted = TRUE WHERE id = 2").await;
    settle(&pages).await;
    pages
}

/// Everybody was planned on Monday: what came out before is nothing new.
pub async fn settle(pages: &Pages) {
    pages.run("UPDATE recipient SET last_planned_at = 1804487400000000").await;
}

/// Queues an item by the desk's form; its path.
pub async fn queue(lead: &mut Reader<'_>, title: &str, audience: &str, more: &[(&str, &str)]) -> String {
    let basic =
        [("title", title), ("body", "Les."), ("kind", "tip"), ("audience", audience), ("do", "queue")];
    let filled = form(&[basic.as_slice(), more].concat());
    let answer = Box::pin(lead.post("/desk/items/new", &filled)).await;
    place(&answer)
}

/// Where an answer leads.
pub fn place(answer: &Answer) -> String {
    let place = answer.header("location").split(['?', '#']).next().unwrap().to_owned();
    assert!(place.starts_with("/desk/"), "{} {}", answer.status, answer.body);
    place
}

/// What plans and sends at `at`, into a folder.
pub async fn pipeline_at(pages: &Pages, at: DateTime<Utc>) -> Pipeline {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    app.clock = Clock::simulated(at);
    Pipeline::build(&app).await.unwrap()
}

/// Runs the weekly mailing at `at`.
pub async fn run_weekly(pages: &Pages, at: DateTime<Utc>) -> RunCounts {
    let pipeline = pipeline_at(pages, at).await;
    Box::pin(pipeline.run_edition(Cadence::Weekly, None, &CancellationToken::new())).await.unwrap()
}

/// What the latest weekly mailing at `at` holds.
pub async fn show_weekly(pages: &Pages, at: DateTime<Utc>) -> EditionView {
    show_edition(&pages.db.store, Cadence::Weekly, at).await.unwrap().unwrap()
}
