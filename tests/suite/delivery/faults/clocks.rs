//! A clock that jumps while an edition goes out.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::delivery::{Counts, OpenGate, Sender};

use crate::delivery::rows::{at_noon, noon, queue_letters, states};
use crate::delivery::sending::setup;
use crate::delivery::server::{At, Do, Server, usual};
use crate::harness::{Database, Engine};

const LETTERS: i64 = 300;

/// Sends what is due at `from`; the clock jumps to `to` while the 20th letter is on its way.
async fn send_across(db: &Database, from: DateTime<Utc>, to: DateTime<Utc>) -> (Counts, Vec<String>) {
    let clock = Clock::simulated(from);
    let hand = clock.clone();
    let server = Server::start(usual(), move |at: &At| {
        if at.verb == "." && at.to == "kari20@example.test" {
            hand.set(to);
        }
        if at.verb == "RCPT" && at.to == "kari30@example.test" {
            Do::Say("450 4.2.1 later")
        } else {
            Do::Usual
        }
    })
    .await;
    let mut setup = setup(db, &server.url(), 3);
    setup.clock = clock;
    let mut sender = Sender::start(setup).await.unwrap();
    let counts = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
    drop(sender);
    (counts, server.recipients())
}

#[tokio::test]
async fn a_clock_that_jumps_in_mid_edition_loses_no_letter_and_repeats_none() {
    let jumps = [TimeDelta::hours(3), TimeDelta::days(30), TimeDelta::hours(-3), TimeDelta::days(-30)];
    for jump in jumps {
        let db = Database::create(Engine::Sqlite).await;
        queue_letters(&db.store, LETTERS).await;
        let (counts, mut taken) = send_across(&db, noon(), noon() + jump).await;
        assert_eq!(
            counts,
            Counts { accepted: LETTERS as u64 - 1, deferred: 1, ..Counts::default() },
            "{jump}"
        );
        let all = taken.clone();
        taken.dedup();
        assert_eq!(taken.len(), LETTERS as usize - 1, "{jump}");
        assert_eq!(taken, all, "{jump}: none twice");
        // Whoever comes later, and whatever the clock says then, finds nothing to send again but the deferred one.
        for at in [noon(), noon() + jump] {
            let (again, _) = send_across(&db, at, at).await;
            assert_eq!((again.accepted, again.uncertain), (0, 0), "{jump}");
        }
        let states = states(&db.store).await;
        assert!(states.iter().all(|(_, state, attempts)| state == "deferred" || *attempts == 1), "{jump}");
    }
}

#[tokio::test]
async fn a_fresh_edition_outlives_a_clock_that_is_set_back_and_set_right_again() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 20).await;
    // Planned at noon; the clock then falls four days back, and nothing is due or too old.
    let four_days = TimeDelta::days(4);
    let (early, _) = send_across(&db, noon() - four_days, noon() - four_days).await;
    assert_eq!(early, Counts::default());
    assert!(states(&db.store).await.iter().all(|(_, state, _)| state == "queued"));
    let (done, taken) = send_across(&db, noon(), noon() - four_days).await;
    assert_eq!((done.accepted, taken.len()), (20, 20));
}

#[tokio::test]
async fn a_claim_of_a_wrong_future_keeps_nobody_away() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 20).await;
    let future = noon() + TimeDelta::hours(48);
    let scope = treff::store::ClaimScope { due_by: future, now: future, until: future, ..at_noon() };
    db.store.claim_due("gone", scope, 200).await.unwrap();
    let (done, taken) = send_across(&db, noon(), noon()).await;
    assert_eq!((done.accepted, taken.len()), (20, 20));
}
