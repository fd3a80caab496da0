//! Rates and concurrency through the real desk, by a clock that moves only while the sender waits for it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::PaceSettings;
use treff::delivery::{Counts, OpenGate, Sender};
use treff::ids::DeliveryId;

use super::pacing::move_to;
use super::rows::{letters, noon, states};
use super::sending::setup;
use super::server::{At, Do, Server, usual};
use crate::harness::Database;

async fn sender(db: &Database, server: &Server, connections: usize, clock: &Clock, pace: &str) -> Sender {
    let mut setup = setup(db, &server.url(), connections);
    setup.clock = clock.clone();
    let mut sender = Sender::start(setup).await.unwrap();
    let settings: PaceSettings = toml::from_str(pace).unwrap();
    sender.keep_rates(&settings);
    sender
}

/// Sends while the clock moves on by `step` whenever somebody waits for it.
async fn send(sender: &mut Sender, clock: &Clock, step: TimeDelta) -> Counts {
    let stop = CancellationToken::new();
    let hand = async {
        loop {
            tokio::task::yield_now().await;
            if clock.count_sleepers() > 0 {
                clock.set(clock.now() + step);
            }
        }
    };
    tokio::select! {
        sent = sender.send_due(None, &OpenGate, &stop) => sent.unwrap(),
        () = hand => unreachable!("the hand never rests"),
    }
}

async fn accepted(db: &Database) -> Vec<i64> {
    let rows = states(&db.store).await;
    rows.into_iter().filter(|(_, state, _)| state == "accepted").map(|(id, _, _)| id).collect()
}

#[tokio::test]
async fn sixty_a_minute_go_one_a_second_also_from_one_call_to_the_next() {
    let db = letters(12).await;
    let clock = Clock::simulated(noon());
    let (told, hand) = (Arc::new(Mutex::new(HashSet::new())), clock.clone());
    let seen = told.clone();
    let server = Server::start(usual(), move |at: &At| {
        if at.verb == "." {
            let mut seen = seen.lock().unwrap();
            seen.insert(at.to.clone());
            let seconds = (hand.now() - noon()).num_seconds();
            assert!(seen.len() as i64 <= 1 + seconds, "{} letters after {seconds} s", seen.len());
        }
        Do::Usual
    })
    .await;
    let mut sender = sender(&db, &server, 3, &clock, "per_minute = 60").await;
    sender.wait_at_most(TimeDelta::seconds(5));
    let first = send(&mut sender, &clock, TimeDelta::milliseconds(250)).await;
    assert!((1..=6).contains(&first.accepted), "{first:?}: no more than had their turn within five seconds");
    let mut sent = first.accepted;
    while sent < 12 {
        clock.set(clock.now() + TimeDelta::milliseconds(100));
        sent += send(&mut sender, &clock, TimeDelta::milliseconds(250)).await.accepted;
    }
    assert_eq!(told.lock().unwrap().len(), 12);
    assert!(clock.now() - noon() >= TimeDelta::seconds(11));
}

#[tokio::test]
async fn where_turns_are_rare_connections_are_closed_between_them() {
    let db = letters(3).await;
    let clock = Clock::simulated(noon());
    let server = Server::start(usual(), |_| Do::Usual).await;
    let mut sender = sender(&db, &server, 3, &clock, "per_minute = 1").await;
    assert_eq!(send(&mut sender, &clock, TimeDelta::seconds(5)).await.accepted, 3);
    assert!(clock.now() - noon() >= TimeDelta::minutes(2));
    let seen = server.seen.lock().unwrap();
    assert_eq!((seen.connections, seen.quits), (3, 3));
}

#[tokio::test]
async fn letters_to_other_domains_overtake_those_that_must_wait() {
    let db = letters(60).await;
    move_to(&db.store, "nav.example", 1..=30).await;
    let clock = Clock::simulated(noon());
    let server = Server::start(usual(), |_| Do::Usual).await;
    let mut sender = sender(&db, &server, 2, &clock, "[domain.\"nav.example\"]\nper_minute = 2").await;
    sender.wait_at_most(TimeDelta::zero());
    assert_eq!(send(&mut sender, &clock, TimeDelta::seconds(1)).await.accepted, 31);
    assert_eq!(accepted(&db).await[1..], (31..=60).collect::<Vec<_>>());
    let rows = states(&db.store).await;
    assert!(rows.iter().all(|(_, state, attempts)| *attempts == i64::from(state == "accepted")));
    let mut turns = Vec::new();
    for (id, ..) in rows.iter().filter(|(_, state, _)| state == "queued") {
        turns.push(db.store.find_delivery(DeliveryId(*id)).await.unwrap().unwrap().next_attempt_at);
    }
    assert_eq!(turns.len(), 29);
    assert!(turns.windows(2).all(|two| two[1] - two[0] == TimeDelta::seconds(30)), "{turns:?}");
}

#[tokio::test]
async fn urgent_letters_go_before_those_that_were_there_first() {
    let db = letters(50).await;
    let mut tx = db.store.begin().await.unwrap();
    for sql in [
        "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
         VALUES (2, 'urgent', 0, 0, 2, 7, '{}', 0)",
        "UPDATE delivery SET edition_id = 2 WHERE id >= 49",
    ] {
        tx.run(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let clock = Clock::simulated(noon());
    let server = Server::start(usual(), |_| Do::Usual).await;
    let mut sender = sender(&db, &server, 2, &clock, "per_minute = 60").await;
    sender.wait_at_most(TimeDelta::seconds(1));
    assert_eq!(send(&mut sender, &clock, TimeDelta::milliseconds(500)).await.accepted, 2);
    assert_eq!(accepted(&db).await, [49, 50]);
}

#[tokio::test]
async fn a_domain_never_has_more_letters_on_their_way_than_it_may() {
    let db = letters(60).await;
    move_to(&db.store, "nav.example", 1..=30).await;
    let on_the_way = Arc::new(Mutex::new((HashSet::new(), 0)));
    let seen = on_the_way.clone();
    let server = Server::start(usual(), move |at: &At| {
        let mut seen = seen.lock().unwrap();
        if at.to.ends_with("nav.example") {
            match at.verb.as_str() {
                "RCPT" => drop(seen.0.insert(at.to.clone())),
                "." => drop(seen.0.remove(&at.to)),
                _ => {}
            }
            seen.1 = seen.0.len().max(seen.1);
        }
        Do::Usual
    })
    .await;
    let clock = Clock::simulated(noon());
    let mut sender = sender(&db, &server, 8, &clock, "[domain.\"nav.example\"]\nconnections = 2").await;
    assert_eq!(send(&mut sender, &clock, TimeDelta::seconds(1)).await.accepted, 60);
    let most = on_the_way.lock().unwrap().1;
    assert!((1..=2).contains(&most), "{most} at once");
}
