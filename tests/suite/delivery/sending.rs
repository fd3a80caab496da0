//! The sender against a server that misbehaves at every stage.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::config::{Config, ConfigFile, Overrides};
use treff::delivery::{
    Assembly, Counts, OpenGate, Relay, Sender, SenderSetup, SmtpRelay, Soon, sending_place,
};
use treff::letter::LetterBytes;
use treff::store::{Claimed, Store, StoreError};
use treff::token::Keys;

use super::rows::{letters, noon, owed, queue_letters, states};
use super::server::{At, Do, Server, usual};
use crate::harness::Database;

/// Letters of a few lines, the same for the same row.
pub struct ShortLetters {
    /// How much is behind them.
    pub padding: usize,
}

impl Assembly for ShortLetters {
    fn prepare<'a>(&'a self, _letters: &'a [Claimed]) -> Soon<'a, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn write(&self, letter: &Claimed, _spare: Vec<u8>) -> Result<LetterBytes, String> {
        let text = format!("Message-ID: <{}>\r\n\r\nHei.\r\n.skjult\r\n", letter.message_id);
        let padding = "Mer å lese.\r\n".replace('å', "a").repeat(self.padding / 13);
        Ok((text + &padding).into_bytes().into())
    }
}

/// A configuration for this database and relay.
pub fn config(db: &Database, relay_url: &str) -> Config {
    let overrides = Overrides {
        database_url: Some(db.url.clone()),
        relay_url: Some(relay_url.to_owned()),
        ..Overrides::default()
    };
    Config::resolve(db.folder.path().to_owned(), ConfigFile::default(), overrides).unwrap()
}

/// Deadlines that a test can wait for: only where the relay falls silent, as a very busy machine may not meet them.
pub fn shorten(smtp: &mut SmtpRelay) {
    set_deadlines(smtp, Duration::from_secs(1));
}

fn set_deadlines(smtp: &mut SmtpRelay, each: Duration) {
    smtp.deadlines.mail = each;
    smtp.deadlines.rcpt = each;
    smtp.deadlines.data = each;
    smtp.deadlines.dot = each;
    smtp.deadlines.greeting = each;
}

/// What a sender needs, with deadlines that every machine meets.
pub fn setup(db: &Database, relay_url: &str, connections: usize) -> SenderSetup {
    let config = config(db, relay_url);
    let mut relay = Relay::open(&config, &Clock::system()).unwrap();
    if let Relay::Smtp(relays) = &mut relay {
        relays.iter_mut().for_each(|relay| set_deadlines(relay, Duration::from_secs(30)));
    }
    SenderSetup {
        store: db.store.clone(),
        clock: Clock::simulated(noon()),
        relay,
        assembly: Arc::new(ShortLetters { padding: 0 }),
        keys: Keys::new(vec![(1, [7; 32])]),
        domain: "forum.example.test".into(),
        connections,
        lease: Duration::from_secs(30),
        place: sending_place(&config),
    }
}

/// Sends everything due.
pub async fn send_all(db: &Database, relay_url: &str, connections: usize) -> Counts {
    send_with(setup(db, relay_url, connections)).await
}

/// Sends everything due to a relay that falls silent; `change` gives it shorter deadlines.
pub async fn send_to_silent(
    db: &Database,
    relay_url: &str,
    connections: usize,
    change: impl FnMut(&mut SmtpRelay),
) -> Counts {
    let mut setup = setup(db, relay_url, connections);
    if let Relay::Smtp(relays) = &mut setup.relay {
        relays.iter_mut().for_each(change);
    }
    send_with(setup).await
}

async fn send_with(setup: SenderSetup) -> Counts {
    let mut sender = Sender::start(setup).await.unwrap();
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

fn counts(accepted: u64, deferred: u64, rejected: u64, uncertain: u64) -> Counts {
    Counts { accepted, deferred, rejected, uncertain }
}

async fn state_words(store: &Store) -> Vec<String> {
    states(store).await.into_iter().map(|(_, state, _)| state).collect()
}

fn addresses(numbers: impl IntoIterator<Item = i64>) -> Vec<String> {
    let mut all: Vec<String> = numbers.into_iter().map(|n| format!("kari{n}@example.test")).collect();
    all.sort();
    all
}

crate::on_both_databases! {
    async fn everything_due_is_sent_once(db: Database) {
        queue_letters(&db.store, 120).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        assert_eq!(send_all(&db, &server.url(), 4).await, counts(120, 0, 0, 0));
        assert_eq!(send_all(&db, &server.url(), 4).await, counts(0, 0, 0, 0));
        assert_eq!(server.recipients(), addresses(1..=120));
        assert!(states(&db.store).await.iter().all(|(_, state, attempts)| state == "accepted" && *attempts == 1));
        let seen = server.seen.lock().unwrap();
        assert_eq!((seen.connections, seen.quits), (4, 4));
        let one = seen.taken.iter().find(|t| t.to == "kari7@example.test").unwrap();
        assert_eq!(one.text, "Message-ID: <7@forum.example.test>\r\n\r\nHei.\r\n.skjult\r\n");
        assert!(one.from.starts_with("bounce+7.") && one.from.ends_with("@forum.example.test"), "{}", one.from);
    }

    async fn a_relay_that_is_down_defers_everything(db: Database) {
        queue_letters(&db.store, 90).await;
        let url = { Server::start(usual(), |_| Do::Usual).await.url() };
        tokio::task::yield_now().await;
        assert_eq!(send_all(&db, &url, 2).await, counts(0, 90, 0, 0));
        let row = db.store.find_delivery(treff::ids::DeliveryId(5)).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempts), ("deferred", 1));
        let wait = (row.next_attempt_at - noon()).num_seconds();
        assert!((48..=72).contains(&wait), "{wait} s");
    }
}

#[tokio::test]
async fn without_pipelining_each_command_waits_for_its_reply() {
    let db = letters(30).await;
    let mut offers = usual();
    offers.lines = &["8BITMIME"];
    let server = Server::start(offers, |at: &At| {
        if at.verb == "RCPT" && at.to == "kari3@example.test" {
            Do::Say("550 5.1.1 unknown")
        } else {
            Do::Usual
        }
    })
    .await;
    assert_eq!(send_all(&db, &server.url(), 2).await, counts(29, 0, 1, 0));
    assert_eq!(server.recipients(), addresses((1..=30).filter(|n| *n != 3)));
    assert_eq!(server.seen.lock().unwrap().connections, 2);
}

#[tokio::test]
async fn refusals_at_every_stage_cost_only_their_letter() {
    for (verb, reply, expected) in [
        ("MAIL", "450 4.3.0 later", counts(29, 1, 0, 0)),
        ("MAIL", "550 5.7.1 no", counts(29, 0, 1, 0)),
        ("RCPT", "450 4.2.1 later", counts(29, 1, 0, 0)),
        ("RCPT", "550 5.1.1 unknown", counts(29, 0, 1, 0)),
        ("DATA", "451 4.3.0 later", counts(29, 1, 0, 0)),
        ("DATA", "554 5.6.0 no", counts(29, 0, 1, 0)),
        (".", "451 4.3.0 later", counts(29, 1, 0, 0)),
        (".", "554 5.6.0 no", counts(29, 0, 1, 0)),
    ] {
        let db = letters(30).await;
        // MAIL does not name the recipient: the seventh MAIL is refused there.
        let mails = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(usual(), move |at: &At| {
            let is_it = match at.verb.as_str() {
                "MAIL" => mails.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 6,
                _ => at.to == "kari3@example.test",
            };
            if at.verb == verb && is_it { Do::Say(reply) } else { Do::Usual }
        })
        .await;
        assert_eq!(send_all(&db, &server.url(), 1).await, expected, "{verb} {reply}");
        let last_connection = server.seen.lock().unwrap().connections;
        // A MAIL that is refused while RCPT and DATA are granted leaves only closing.
        assert_eq!(last_connection, if verb == "MAIL" { 2 } else { 1 }, "{verb} {reply}");
        assert_eq!(server.recipients().len(), 29, "{verb} {reply}");
    }
}

#[tokio::test]
async fn only_the_letter_behind_its_dot_is_uncertain_when_a_connection_breaks() {
    let db = letters(40).await;
    let server = Server::start(usual(), |at: &At| {
        if at.verb == "." && at.to == "kari9@example.test" { Do::Close } else { Do::Usual }
    })
    .await;
    assert_eq!(send_all(&db, &server.url(), 3).await, counts(39, 0, 0, 1));
    assert_eq!(state_words(&db.store).await[8], "uncertain");
    assert_eq!(server.recipients(), addresses(1..=40), "each once, the uncertain one too");
    assert_eq!(owed(&db.store, 9).await, []);
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_dot_costs_no_attempt() {
    for verb in ["EHLO", "MAIL", "RCPT", "DATA"] {
        let db = letters(20).await;
        let server =
            Server::start(
                usual(),
                move |at: &At| {
                    if at.verb == verb && at.connection == 2 { Do::Close } else { Do::Usual }
                },
            )
            .await;
        assert_eq!(send_all(&db, &server.url(), 2).await, counts(20, 0, 0, 0), "{verb}");
        assert!(states(&db.store).await.iter().all(|(_, _, attempts)| *attempts == 1), "{verb}");
        assert_eq!(server.recipients(), addresses(1..=20), "{verb}");
    }
}

#[tokio::test]
async fn what_failed_here_is_deferred_in_our_words_and_reads_as_nobody_s_reply() {
    let reply = async |db: &Database| {
        let row = db.store.find_delivery(treff::ids::DeliveryId(1)).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.attempts), ("deferred", 1));
        row.reply.unwrap_or_default()
    };
    let db = letters(1).await;
    let server =
        Server::start(usual(), |at: &At| if at.verb == "DATA" { Do::Close } else { Do::Usual }).await;
    assert_eq!(send_all(&db, &server.url(), 1).await, counts(0, 1, 0, 0));
    let said = reply(&db).await;
    assert!(said.starts_with("the connection broke 3 times before the letter was out: "), "{said}");

    let db = letters(1).await;
    std::fs::create_dir_all(db.path("outbox/tmp/1")).unwrap();
    assert_eq!(send_all(&db, "maildir:outbox", 1).await, counts(0, 1, 0, 0));
    let said = reply(&db).await;
    assert!(said.starts_with("the mailbox folder does not take it: "), "{said}");
}

#[tokio::test]
async fn a_connection_that_breaks_within_a_long_letter_costs_no_attempt() {
    for what in [Do::Close, Do::SayAndClose("452 4.3.1 no room")] {
        let db = letters(4).await;
        let mut offers = usual();
        offers.lines = &["PIPELINING"];
        let server =
            Server::start(
                offers,
                move |at: &At| {
                    if at.verb == "CONTENT" && at.connection == 1 { what } else { Do::Usual }
                },
            )
            .await;
        let mut setup = setup(&db, &server.url(), 1);
        setup.assembly = Arc::new(ShortLetters { padding: 20_000_000 });
        let mut sender = Sender::start(setup).await.unwrap();
        let done = sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap();
        assert_eq!(done.uncertain, 0, "{what:?}");
        assert_eq!(done.accepted + done.deferred, 4, "{what:?}");
        assert_eq!(server.recipients().len() as u64, done.accepted, "{what:?}");
    }
}

#[tokio::test]
async fn a_relay_that_always_breaks_defers_instead_of_turning_for_ever() {
    for verb in ["CONNECT", "MAIL", "RCPT", "DATA"] {
        let db = letters(12).await;
        let server =
            Server::start(usual(), move |at: &At| if at.verb == verb { Do::Close } else { Do::Usual }).await;
        assert_eq!(send_all(&db, &server.url(), 2).await, counts(0, 12, 0, 0), "{verb}");
        assert_eq!(server.recipients(), Vec::<String>::new(), "{verb}");
    }
}

#[tokio::test]
async fn a_421_ends_the_connection_and_defers_its_letter() {
    for verb in ["RCPT", "DATA", "."] {
        let db = letters(20).await;
        let server = Server::start(usual(), move |at: &At| {
            if at.verb == verb && at.to == "kari4@example.test" && at.connection == 1 {
                Do::SayAndClose("421 4.3.2 closing")
            } else {
                Do::Usual
            }
        })
        .await;
        assert_eq!(send_all(&db, &server.url(), 1).await, counts(19, 1, 0, 0), "{verb}");
        assert_eq!(state_words(&db.store).await[3], "deferred", "{verb}");
    }
}

#[tokio::test]
async fn a_relay_that_never_answers_meets_the_deadline_of_its_stage() {
    for (verb, expected) in [
        ("CONNECT", counts(0, 3, 0, 0)),
        ("MAIL", counts(0, 3, 0, 0)),
        ("DATA", counts(0, 3, 0, 0)),
        (".", counts(0, 0, 0, 3)),
    ] {
        let db = letters(3).await;
        let server =
            Server::start(usual(), move |at: &At| if at.verb == verb { Do::Hang } else { Do::Usual }).await;
        assert_eq!(send_to_silent(&db, &server.url(), 3, shorten).await, expected, "{verb}");
    }
}

#[tokio::test]
async fn a_lone_dot_is_sent_only_where_the_recipient_was_refused() {
    let db = letters(2).await;
    let server = Server::start(usual(), |at: &At| match (at.verb.as_str(), at.to.as_str()) {
        ("RCPT", "kari1@example.test") => Do::Say("550 5.1.1 unknown"),
        _ => Do::Usual,
    })
    .await;
    assert_eq!(send_all(&db, &server.url(), 1).await, counts(1, 0, 1, 0));
    let taken = server.seen.lock().unwrap().taken.clone();
    // The server believes a lone dot for kari1 was a letter; it is empty.
    let sizes: Vec<_> = taken.iter().map(|t| (t.to.as_str(), t.text.is_empty())).collect();
    assert_eq!(sizes, [("kari1@example.test", true), ("kari2@example.test", false)]);
}

#[tokio::test]
async fn a_letter_larger_than_the_relay_takes_is_refused_here() {
    let db = letters(2).await;
    let mut offers = usual();
    offers.lines = &["PIPELINING", "SIZE 20"];
    let server = Server::start(offers, |_| Do::Usual).await;
    assert_eq!(send_all(&db, &server.url(), 1).await, counts(0, 0, 2, 0));
    assert!(!server.seen.lock().unwrap().lines.iter().any(|l| l.starts_with("MAIL")));
}

#[tokio::test]
async fn a_stopped_sender_leaves_the_rest_queued_and_nothing_uncertain() {
    let db = letters(200).await;
    let stop = CancellationToken::new();
    let trigger = stop.clone();
    let server = Server::start(usual(), move |at: &At| {
        if at.verb == "." && at.to == "kari5@example.test" {
            trigger.cancel();
        }
        Do::Usual
    })
    .await;
    let mut sender = Sender::start(setup(&db, &server.url(), 2)).await.unwrap();
    let done = sender.send_due(None, &OpenGate, &stop).await.unwrap();
    assert_eq!((done.deferred, done.rejected, done.uncertain), (0, 0, 0));
    assert_eq!(done.accepted, server.recipients().len() as u64, "what the relay took is accepted");
    let words = state_words(&db.store).await;
    let of = |word: &str| words.iter().filter(|w| *w == word).count();
    assert_eq!((of("accepted") as u64, of("queued")), (done.accepted, 200 - done.accepted as usize));
    drop(sender);
    let rest = send_all(&db, &server.url(), 2).await;
    assert_eq!(rest.accepted + done.accepted, 200);
    assert_eq!(server.recipients(), addresses(1..=200));
}

#[tokio::test]
async fn letters_go_into_a_mailbox_folder_once() {
    let db = letters(25).await;
    assert_eq!(send_all(&db, "maildir:outbox", 3).await, counts(25, 0, 0, 0));
    let text = std::fs::read_to_string(db.path("outbox/new/7")).unwrap();
    assert_eq!(text, "Message-ID: <7@forum.example.test>\r\n\r\nHei.\r\n.skjult\r\n");
    assert_eq!(std::fs::read_dir(db.path("outbox/new")).unwrap().count(), 25);
}

#[tokio::test]
async fn a_letter_whose_number_another_had_before_a_restore_still_goes_into_the_folder() {
    let db = letters(2).await;
    std::fs::create_dir_all(db.path("outbox/new")).unwrap();
    let before = "Message-ID: <before@forum.example.test>\r\n\r\nHei.\r\n";
    std::fs::write(db.path("outbox/new/2"), before).unwrap();
    assert_eq!(send_all(&db, "maildir:outbox", 1).await, counts(2, 0, 0, 0));
    let text = std::fs::read_to_string(db.path("outbox/new/2")).unwrap();
    assert!(text.starts_with("Message-ID: <2@forum.example.test>\r\n"), "{text}");
    assert_eq!(std::fs::read_to_string(db.path("outbox/new/earlier-2-1")).unwrap(), before);
}

#[tokio::test]
async fn a_second_sender_on_sqlite_is_told_that_another_sends() {
    let db = letters(1).await;
    let _first = Sender::start(setup(&db, "maildir:outbox", 1)).await.unwrap();
    let Err(second) = Sender::start(setup(&db, "maildir:outbox", 1)).await else { panic!("two senders") };
    let lock = db.path("treff.db.sending");
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    assert_eq!(
        second.to_string(),
        format!(
            "another process sends from this database: process {} on {} (it holds {}); leave the sending to it or \
             stop it first, for several senders together need PostgreSQL",
            std::process::id(),
            host.trim(),
            lock.display()
        )
    );
}
