//! While one letter's reply is long in coming.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use treff::delivery::{Gate, GateError, OpenGate, Relay, Sender, SenderSetup};
use treff::store::Claimed;

use super::rows::{queue_letters, states};
use super::sending::setup;
use super::server::{At, Do, Server, usual};
use crate::harness::{Database, Engine};
use crate::on_both_databases;

/// A server that holds back its reply to kari1's letter until it is let go, and does `also` at every dot.
async fn holding(is_let_go: &Arc<AtomicBool>, also: impl Fn(&At) + Send + Sync + 'static) -> Server {
    let is_let_go = is_let_go.clone();
    Server::start(usual(), move |at: &At| {
        if at.verb != "." {
            return Do::Usual;
        }
        also(at);
        if at.to == "kari1@example.test" && !is_let_go.load(Ordering::SeqCst) { Do::Wait } else { Do::Usual }
    })
    .await
}

/// With patience for a late reply.
fn patient(db: &Database, server: &Server, connections: usize) -> SenderSetup {
    let mut setup = setup(db, &server.url(), connections);
    let Relay::Smtp(relays) = &mut setup.relay else { panic!("no relay") };
    relays.iter_mut().for_each(|relay| relay.deadlines.dot = Duration::from_secs(20));
    setup
}

#[tokio::test]
async fn what_others_came_to_is_settled_meanwhile() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let is_let_go = Arc::default();
    let server = holding(&is_let_go, |_| {}).await;
    let mut sender = Sender::start(patient(&db, &server, 2)).await.unwrap();
    let letting_go = async {
        let mut words = String::new();
        for _ in 0..100 {
            words = states(&db.store).await.into_iter().map(|(_, word, _)| format!("{word} ")).collect();
            if words.contains("accepted") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        is_let_go.store(true, Ordering::SeqCst);
        words
    };
    let stop = CancellationToken::new();
    let (sent, meanwhile) = tokio::join!(sender.send_due(None, &OpenGate, &stop), letting_go);
    assert!(meanwhile.starts_with("attempting ") && meanwhile.contains("accepted"), "{meanwhile}");
    assert_eq!((sent.unwrap().accepted, server.recipients().len()), (5, 5));
}

/// Here server and sender share one thread: a sender that asked for its end again and again, without ever waiting, would
/// let the server say nothing more.
#[tokio::test]
async fn a_stopped_sender_waits_for_it_in_peace() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 200).await;
    let (is_let_go, stop) = (Arc::default(), CancellationToken::new());
    let trigger = stop.clone();
    let server = holding(&is_let_go, move |at| {
        if at.to == "kari12@example.test" {
            trigger.cancel();
        }
    })
    .await;
    let mut sender = Sender::start(patient(&db, &server, 2)).await.unwrap();
    let letting_go = async {
        stop.cancelled().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        is_let_go.store(true, Ordering::SeqCst);
    };
    let (sent, ()) = tokio::join!(sender.send_due(None, &OpenGate, &stop), letting_go);
    let sent = sent.unwrap();
    assert_eq!((sent.uncertain, sent.accepted), (0, server.recipients().len() as u64));
}

/// Lets letters pass until it is shut.
struct Shutter(Arc<AtomicBool>);

impl Gate for Shutter {
    async fn check(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, GateError> {
        Ok(if self.0.load(Ordering::SeqCst) { Vec::new() } else { claimed })
    }
}

on_both_databases! {
    // All were claimed at once and let pass; only what is armed by then goes all the same.
    async fn what_must_not_go_any_more_stays(db: Database) {
        queue_letters(&db.store, 60).await;
        let [is_let_go, is_shut, is_held] = [(); 3].map(|()| Arc::<AtomicBool>::default());
        let held = is_held.clone();
        let server = holding(&is_let_go, move |_| held.store(true, Ordering::SeqCst)).await;
        let mut sender = Sender::start(patient(&db, &server, 1)).await.unwrap();
        let letting_go = async {
            while !is_held.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            is_shut.store(true, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1500)).await;
            is_let_go.store(true, Ordering::SeqCst);
        };
        let stop = CancellationToken::new();
        let gate = Shutter(is_shut.clone());
        let (sent, ()) = tokio::join!(sender.send_due(None, &gate, &stop), letting_go);
        assert_eq!(sent.unwrap().accepted, 8, "what was armed by then");
        let queued = states(&db.store).await.iter().filter(|(_, word, attempts)| word == "queued" && *attempts == 0).count();
        assert_eq!((queued, server.recipients().len()), (52, 8));
    }
}
