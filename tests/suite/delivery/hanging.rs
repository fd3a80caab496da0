//! A worker whose loop hangs although its process lives and could beat.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use treff::delivery::{Counts, Gate, GateError, OpenGate, Sender};
use treff::store::Claimed;

use super::recovering::until;
use super::rows::{number, queue_letters};
use super::sending::setup;
use super::server::{Do, Server, usual};
use crate::harness::{Database, Engine};

const LETTERS: i64 = 260;

/// Lets the first letters go; the second question is not answered until it is told to.
#[derive(Clone, Default)]
struct HangingGate {
    asked: Arc<AtomicUsize>,
    go_on: CancellationToken,
}

impl Gate for HangingGate {
    async fn check(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, GateError> {
        if self.asked.fetch_add(1, Ordering::SeqCst) == 1 {
            self.go_on.cancelled().await;
        }
        Ok(claimed)
    }
}

async fn sender(db: &Database, server: &Server, place: &str) -> Sender {
    let mut setup = setup(db, &server.url(), 1);
    setup.place = db.path(place);
    setup.lease = Duration::from_secs(1);
    Sender::start(setup).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_loop_hangs_is_taken_over_and_tells_the_truth_when_it_goes_on() {
    let db = Database::create(Engine::Postgres).await;
    queue_letters(&db.store, LETTERS).await;
    let server = Server::start(usual(), |_| Do::Usual).await;
    let gate = HangingGate::default();
    let (mut hanging, mut other) = (sender(&db, &server, "one").await, sender(&db, &server, "two").await);
    let (its_gate, stop) = (gate.clone(), CancellationToken::new());
    let running = tokio::spawn(async move {
        let done = hanging.send_due(None, &its_gate, &CancellationToken::new()).await;
        (hanging, done)
    });
    until(async || gate.asked.load(Ordering::SeqCst) == 2).await;
    let unsent = "SELECT COUNT(*) FROM delivery WHERE state IN ('queued', 'attempting')";
    assert!(number(&db.store, unsent).await > 0);
    until(async || {
        other.send_due(None, &OpenGate, &stop).await.unwrap();
        number(&db.store, unsent).await == 0
    })
    .await;
    let uncertain = "SELECT COUNT(*) FROM delivery WHERE state = 'uncertain'";
    assert!(number(&db.store, uncertain).await <= 8, "what it was handing to the relay, at most");
    gate.go_on.cancel();
    let (mut hanging, done) = running.await.unwrap();
    done.unwrap();
    let again = hanging.send_due(None, &OpenGate, &stop).await.unwrap();
    assert_eq!(again, Counts::default());
    let accepted = "SELECT COUNT(*) FROM delivery WHERE state = 'accepted'";
    assert_eq!((number(&db.store, accepted).await, number(&db.store, uncertain).await), (LETTERS, 0));
    assert_eq!(server.recipients().len(), 260, "none twice");
}
