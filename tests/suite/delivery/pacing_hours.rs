//! Office hours: what waits for them, what does not, and that waiting makes no letter old.

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::Window;
use treff::delivery::{Counts, OfficeHours, OpenGate, Sender};
use treff::forum::{ForumSettings, Holidays, Language};
use treff::store::Store;

use super::rows::{queue_letters, states};
use super::sending::setup;
use super::server::{At, Do, Server, usual};
use crate::harness::{Database, Engine};
use crate::on_both_databases;

/// Monday to Friday, seven to five, public holidays closed.
fn office() -> OfficeHours {
    let window: Window = "Mon-Fri 07:00-17:00".parse().unwrap();
    let settings = ForumSettings {
        name: "Nordfjella".into(),
        slug: "nordfjella".into(),
        zone: chrono_tz::Europe::Oslo,
        language: Language::Nb,
        holidays: Some(Holidays::Norway),
        pause: Vec::new(),
        cadences: Default::default(),
        cap: 7,
        learning: true,
        house: Default::default(),
    };
    OfficeHours::new(&[window], &settings).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn send_at(db: &Database, url: &str, now: &str) -> Counts {
    let mut setup = setup(db, url, 1);
    setup.clock = Clock::simulated(at(now));
    let mut sender = Sender::start(setup).await.unwrap();
    sender.keep_hours(Some(office()));
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

/// Letters planned at `planned`.
async fn plan_at(store: &Store, letters: i64, planned: &str) {
    queue_letters(store, letters).await;
    let mut tx = store.begin().await.unwrap();
    tx.run("UPDATE delivery SET planned_at = $1, next_attempt_at = $1", vec![at(planned).into()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn words(db: &Database) -> Vec<String> {
    states(&db.store).await.into_iter().map(|(_, state, _)| state).collect()
}

on_both_databases! {
    async fn planned_letters_wait_for_the_morning_and_urgent_ones_do_not(db: Database) {
        plan_at(&db.store, 3, "2027-03-08T18:00:00+01:00").await;
        let mut tx = db.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
             VALUES (2, 'urgent', 0, 0, 2, 7, '{}', 0)",
            "UPDATE delivery SET edition_id = 2 WHERE id = 2",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let server = Server::start(usual(), |_| Do::Usual).await;
        assert_eq!(send_at(&db, &server.url(), "2027-03-08T18:00:00+01:00").await.accepted, 1);
        assert_eq!(words(&db).await, ["queued", "accepted", "queued"]);
        assert_eq!(send_at(&db, &server.url(), "2027-03-09T06:59:59+01:00").await, Counts::default());
        assert_eq!(send_at(&db, &server.url(), "2027-03-09T07:00:00+01:00").await.accepted, 2);
    }

    async fn a_letter_that_waits_over_easter_is_sent_behind_it(db: Database) {
        plan_at(&db.store, 2, "2027-03-24T16:59:00+01:00").await;
        let down = Server::start(usual(), |at: &At| if at.verb == "." { Do::Say("451 4.3.0 later") } else { Do::Usual }).await;
        assert_eq!(send_at(&db, &down.url(), "2027-03-24T16:59:00+01:00").await.deferred, 2);
        let friendly = Server::start(usual(), |_| Do::Usual).await;
        for day in ["2027-03-27", "2027-03-28", "2027-03-29"] {
            assert_eq!(send_at(&db, &friendly.url(), &format!("{day}T12:00:00+02:00")).await, Counts::default());
        }
        assert_eq!(send_at(&db, &friendly.url(), "2027-03-30T07:00:00+02:00").await.accepted, 2);
    }

    async fn three_days_with_hours_are_too_many_all_the_same(db: Database) {
        plan_at(&db.store, 1, "2027-03-24T12:00:00+01:00").await;
        let down = Server::start(usual(), |at: &At| if at.verb == "." { Do::Say("451 4.3.0 later") } else { Do::Usual }).await;
        send_at(&db, &down.url(), "2027-04-01T12:00:00+02:00").await;
        assert_eq!(words(&db).await, ["deferred"]);
        send_at(&db, &down.url(), "2027-04-01T12:00:01+02:00").await;
        assert_eq!(words(&db).await, ["superseded"]);
    }
}

#[tokio::test]
async fn a_window_that_closes_while_letters_go_keeps_the_rest() {
    let db = Database::create(Engine::Sqlite).await;
    plan_at(&db.store, 60, "2027-03-08T16:00:00+01:00").await;
    let clock = Clock::simulated(at("2027-03-08T16:59:59+01:00"));
    let hand = clock.clone();
    let server = Server::start(usual(), move |at: &At| {
        if at.verb == "." && at.to == "kari10@example.test" {
            hand.set("2027-03-08T17:00:00+01:00".parse().unwrap());
        }
        Do::Usual
    })
    .await;
    let mut setup = setup(&db, &server.url(), 1);
    setup.clock = clock;
    let mut sender = Sender::start(setup).await.unwrap();
    sender.keep_hours(Some(office()));
    let sent = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
    assert!((10..=20).contains(&sent.accepted), "{sent:?}: ten, and what was armed");
    assert!(words(&db).await.iter().skip(20).all(|state| state == "queued"));
}
