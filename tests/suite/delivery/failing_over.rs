//! Several relays in order of preference: what goes over the next one, and what never does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Overrides, RelaySettings};
use treff::delivery::{Counts, OpenGate, Relay, Sender, SenderSetup};

use super::rows::{letters, noon, states};
use super::sending::{setup, shorten};
use super::server::{At, Do, Server, usual};
use crate::harness::Database;

fn counts(accepted: u64, deferred: u64, rejected: u64, uncertain: u64) -> Counts {
    Counts { accepted, deferred, rejected, uncertain }
}

/// A sender's setup with these relays, the first one preferred.
fn setup_with(db: &Database, relays: Vec<RelaySettings>, connections: usize) -> SenderSetup {
    let mut setup = setup(db, "maildir:unused", connections);
    let file = ConfigFile { relay: relays, ..ConfigFile::default() };
    let overrides = Overrides { database_url: Some(db.url.clone()), ..Overrides::default() };
    let config = Config::resolve(db.folder.path().to_owned(), file, overrides).unwrap();
    setup.relay = Relay::open(&config, &setup.clock).unwrap();
    if let Relay::Smtp(relays) = &mut setup.relay {
        relays.iter_mut().for_each(shorten);
    }
    setup
}

fn relay(url: impl Into<String>) -> RelaySettings {
    RelaySettings { url: url.into(), ..RelaySettings::default() }
}

async fn send_over(db: &Database, relays: Vec<RelaySettings>, connections: usize) -> Counts {
    let mut sender = Sender::start(setup_with(db, relays, connections)).await.unwrap();
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

/// An address on which nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("smtp://{}?tls=none", listener.local_addr().unwrap())
}

fn numbers(server: &Server) -> Vec<i64> {
    let number = |address: String| address["kari".len()..address.find('@').unwrap()].parse().unwrap();
    let mut all: Vec<i64> = server.recipients().into_iter().map(number).collect();
    all.sort();
    all
}

#[tokio::test]
async fn the_second_relay_takes_what_the_first_cannot() {
    for (verb, what) in [
        ("CONNECT", Do::SayAndClose("554 no")),
        ("CONNECT", Do::SayAndClose("421 4.3.2 too busy")),
        ("CONNECT", Do::Hang),
        ("EHLO", Do::SayAndClose("421 4.3.2 too busy")),
        ("EHLO", Do::Close),
        ("MAIL", Do::Close),
    ] {
        let db = letters(30).await;
        let first =
            Server::start(usual(), move |at: &At| if at.verb == verb { what } else { Do::Usual }).await;
        let second = Server::start(usual(), |_| Do::Usual).await;
        let sent = send_over(&db, vec![relay(first.url()), relay(second.url())], 3).await;
        assert_eq!(sent, counts(30, 0, 0, 0), "{verb} {what:?}");
        assert_eq!((numbers(&first), numbers(&second)), (vec![], (1..=30).collect()), "{verb} {what:?}");
        assert!(first.seen.lock().unwrap().connections < 10, "{verb} {what:?}");
    }
    let db = letters(5).await;
    let second = Server::start(usual(), |_| Do::Usual).await;
    assert_eq!(send_over(&db, vec![relay(nobody().await), relay(second.url())], 2).await, counts(5, 0, 0, 0));
}

#[tokio::test]
async fn a_drop_after_the_dot_does_not_fail_over() {
    let db = letters(12).await;
    let first = Server::start(usual(), |at: &At| match (at.verb.as_str(), at.connection) {
        (".", 1) => Do::Close,
        ("CONNECT", 2..) => Do::SayAndClose("421 4.3.2 gone"),
        _ => Do::Usual,
    })
    .await;
    let second = Server::start(usual(), |_| Do::Usual).await;
    let sent = send_over(&db, vec![relay(first.url()), relay(second.url())], 1).await;
    assert_eq!(sent, counts(11, 0, 0, 1));
    assert_eq!((numbers(&first), numbers(&second)), (vec![1], (2..=12).collect()));
    assert_eq!(states(&db.store).await[0], (1, "uncertain".to_owned(), 1));
}

#[tokio::test]
async fn what_a_relay_says_of_a_letter_is_never_asked_of_another() {
    let db = letters(6).await;
    let first = Server::start(usual(), |at: &At| match (at.verb.as_str(), at.to.as_str()) {
        ("RCPT", "kari1@example.test") => Do::Say("550 5.1.1 unknown"),
        ("RCPT", "kari2@example.test") => Do::Say("450 4.2.1 later"),
        (".", "kari3@example.test") => Do::Say("554 5.7.1 no"),
        (".", "kari4@example.test") => Do::SayAndClose("421 4.3.2 closing"),
        _ => Do::Usual,
    })
    .await;
    let second = Server::start(usual(), |_| Do::Usual).await;
    let sent = send_over(&db, vec![relay(first.url()), relay(second.url())], 1).await;
    assert_eq!(sent, counts(2, 2, 2, 0));
    assert_eq!((numbers(&first), numbers(&second)), (vec![5, 6], vec![]));
    assert_eq!(second.seen.lock().unwrap().connections, 0);
}

#[tokio::test]
async fn letters_are_deferred_only_when_no_relay_can_be_used_and_the_ledger_says_why() {
    let db = letters(3).await;
    let first = Server::start(usual(), |_| Do::SayAndClose("421 4.3.2 too busy")).await;
    let second = Server::start(usual(), |_| Do::SayAndClose("554 no")).await;
    let sent = send_over(&db, vec![relay(first.url()), relay(second.url())], 2).await;
    assert_eq!(sent, counts(0, 3, 0, 0));
    let told = db.store.list_deliveries(None).await.unwrap()[0].reply.clone().unwrap();
    let expected = format!(
        "the relay {} cannot be used: its greeting failed: 421 4.3.2 too busy; \
         the relay {} cannot be used: its greeting failed: 554 no",
        first.address, second.address
    );
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_preferred_relay_is_used_again_after_its_rest() {
    let db = letters(200).await;
    let is_up = Arc::new(AtomicBool::new(false));
    let seen_up = is_up.clone();
    let first = Server::start(usual(), move |_: &At| {
        if seen_up.load(Ordering::SeqCst) { Do::Usual } else { Do::SayAndClose("421 4.3.2 not yet") }
    })
    .await;
    let clock = Clock::simulated(noon());
    let hands = clock.clone();
    let second = Server::start(usual(), move |at: &At| {
        if at.verb == "." && at.to == "kari20@example.test" {
            is_up.store(true, Ordering::SeqCst);
            hands.set(noon() + TimeDelta::seconds(61));
        }
        Do::Usual
    })
    .await;
    let mut setup = setup_with(&db, vec![relay(first.url()), relay(second.url())], 1);
    setup.clock = clock;
    let mut sender = Sender::start(setup).await.unwrap();
    let sent = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
    assert_eq!(sent, counts(200, 0, 0, 0));
    let (over_first, over_second) = (numbers(&first), numbers(&second));
    assert!(over_first.len() > 100 && over_second.len() >= 20, "{} {}", over_first.len(), over_second.len());
    let mut all = [over_first, over_second].concat();
    all.sort();
    assert_eq!(all, (1..=200).collect::<Vec<_>>(), "each once");
    assert_eq!(second.seen.lock().unwrap().quits, 1, "it was left politely");
}

#[tokio::test]
async fn a_storm_of_421_stays_bounded() {
    for verb in ["CONNECT", "EHLO", "MAIL", "RCPT", "."] {
        let db = letters(300).await;
        let server = Server::start(usual(), move |at: &At| {
            if at.verb == verb { Do::SayAndClose("421 4.3.2 too many") } else { Do::Usual }
        })
        .await;
        let sent = send_over(&db, vec![relay(server.url())], 10).await;
        assert_eq!((sent.accepted, sent.rejected, sent.uncertain), (0, 0, 0), "{verb}");
        let connections = server.seen.lock().unwrap().connections;
        assert!(connections <= 40, "{verb}: {connections} connections");
        let states = states(&db.store).await;
        assert!(states.iter().all(|(_, state, _)| state == "deferred" || state == "queued"), "{verb}");
    }
}

#[tokio::test]
async fn a_relay_that_takes_three_connections_gets_all_letters_over_three() {
    let db = letters(300).await;
    let server = Server::start(usual(), |at: &At| {
        if at.verb == "CONNECT" && at.connection > 3 {
            Do::SayAndClose("421 4.7.0 too many")
        } else {
            Do::Usual
        }
    })
    .await;
    assert_eq!(send_over(&db, vec![relay(server.url())], 10).await, counts(300, 0, 0, 0));
    assert_eq!(numbers(&server), (1..=300).collect::<Vec<_>>());
    let connections = server.seen.lock().unwrap().connections;
    assert!(connections <= 16, "{connections}");
}

#[tokio::test]
async fn a_relay_that_names_no_connections_has_the_usual_ones_and_not_another_s() {
    let db = letters(60).await;
    let second = Server::start(usual(), |_| Do::Usual).await;
    let first = RelaySettings { connections: Some(20), ..relay(nobody().await) };
    let mut file = ConfigFile { relay: vec![first, relay(second.url())], ..ConfigFile::default() };
    file.delivery.connections = 2;
    let overrides = Overrides { database_url: Some(db.url.clone()), ..Overrides::default() };
    let config = Config::resolve(db.folder.path().to_owned(), file, overrides).unwrap();
    let mut setup = setup(&db, "maildir:unused", 2);
    setup.relay = Relay::open(&config, &setup.clock).unwrap();
    setup.connections = setup.relay.most_connections(2);
    assert_eq!(setup.connections, 20);
    let mut sender = Sender::start(setup).await.unwrap();
    let sent = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
    assert_eq!(sent, counts(60, 0, 0, 0));
    let connections = second.seen.lock().unwrap().connections;
    assert!(connections <= 2, "{connections}");
}

#[tokio::test]
async fn no_more_letters_are_armed_than_the_relay_in_use_has_connections_for() {
    let db = letters(100).await;
    let (is_held, is_let_go) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let (held, let_go) = (is_held.clone(), is_let_go.clone());
    let second = Server::start(usual(), move |at: &At| {
        if at.verb != "." || let_go.load(Ordering::SeqCst) {
            return Do::Usual;
        }
        held.notify_one();
        Do::Wait
    })
    .await;
    let three = RelaySettings { connections: Some(3), ..relay(second.url()) };
    let mut setup = setup_with(&db, vec![relay(nobody().await), three], 10);
    let Relay::Smtp(relays) = &mut setup.relay else { panic!("no relay") };
    relays.iter_mut().for_each(|relay| relay.deadlines.dot = Duration::from_secs(30));
    let mut sender = Sender::start(setup).await.unwrap();
    let looking = async {
        is_held.notified().await;
        let states = states(&db.store).await;
        is_let_go.store(true, Ordering::SeqCst);
        states.iter().filter(|(_, word, _)| word == "attempting").count()
    };
    let stop = CancellationToken::new();
    let (sent, armed) = tokio::join!(sender.send_due(None, &OpenGate, &stop), looking);
    assert_eq!((sent.unwrap(), armed), (counts(100, 0, 0, 0), 24), "eight for each of its three connections");
}

#[test]
fn an_order_that_is_not_clear_is_refused() {
    let resolve = |toml: &str, over: Option<&str>| {
        let file: ConfigFile = toml::from_str(toml).unwrap();
        let overrides = Overrides { relay_url: over.map(str::to_owned), ..Overrides::default() };
        let config = Config::resolve("/forum".into(), file, overrides).map_err(|e| e.to_string())?;
        Ok::<_, String>(config.relays.iter().map(|r| r.url.clone()).collect::<Vec<_>>())
    };
    let two = "[[relay]]\nurl = \"smtp://a.example\"\n[[relay]]\nurl = \"smtp://b.example\"\n";
    assert_eq!(resolve(two, None), Ok(vec!["smtp://a.example".to_owned(), "smtp://b.example".to_owned()]));
    assert_eq!(resolve(two, Some("maildir:out")), Ok(vec!["maildir:/forum/out".to_owned()]));
    assert_eq!(resolve("", None), Ok(vec!["maildir:/forum/outbox".to_owned()]));
    assert_eq!(
        resolve(&format!("relay_url = \"maildir:outbox\"\n{two}"), None),
        Err("relay_url is \"maildir:outbox\": take it out, or move it into the first [[relay]] as url".into())
    );
    assert!(resolve(&format!("{two}[[relay]]\nurl = \"maildir:x\"\n"), None).is_err());
    assert!(resolve(&format!("{two}[delivery]\nuser = \"kari\"\n"), None).is_err());
}
