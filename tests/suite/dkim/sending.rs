//! Signed letters on their way: over SMTP with dots doubled, again after a refusal, into a folder.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::delivery::{Assembly, Counts, OpenGate, Relay, Sender, SenderSetup, SignedLetters, Soon};
use treff::letter::LetterBytes;
use treff::store::{Claimed, StoreError};

use super::signer;
use super::verifier::verify_all;
use crate::delivery::rows::queue_letters;
use crate::delivery::sending::setup;
use crate::delivery::server::{At, Do, Server, usual};
use crate::delivery::sinking::{list_dumps, start_sink};
use crate::harness::{Database, Engine};

const NAMES: [&str; 2] = ["rsa-pkcs8", "ed25519-v1"];

/// Letters with what a relay might touch: dots in front, blanks behind, empty lines at the end.
struct DottedLetters;

impl Assembly for DottedLetters {
    fn prepare<'a>(&'a self, _letters: &'a [Claimed]) -> Soon<'a, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn write(&self, letter: &Claimed, _spare: Vec<u8>) -> Result<LetterBytes, String> {
        let id = letter.id;
        Ok(format!(
            "From: Forum <forum@forum.example>\r\nTo: kari{id}@example.test\r\n\
             Subject: a long one\r\n\tthat is folded\r\nMessage-ID: <{}>\r\n\
             List-Id: <a.forum.example>\r\nList-Unsubscribe: <https://forum.example/u/{id}>\r\n\r\n\
             .\r\n..{id}\r\n.skjult  \r\n\r\n..\r\n\r\n\r\n",
            letter.message_id
        )
        .into_bytes()
        .into())
    }
}

/// Signs by a clock of its own, since the verifier looks at the machine's.
fn signed_setup(db: &Database, relay_url: &str) -> (SenderSetup, Clock) {
    let mut setup = setup(db, relay_url, 2);
    let clock = Clock::simulated(Clock::system().now());
    setup.assembly = SignedLetters::around(Arc::new(DottedLetters), signer(&NAMES), clock.clone());
    (setup, clock)
}

async fn send(sender: &mut Sender) -> Counts {
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

fn assert_all_verify(letters: &[Vec<u8>]) {
    for (verdict, letter) in verify_all(&signer(&NAMES), letters).into_iter().zip(letters) {
        assert_eq!(verdict.accepted, [true, true], "{}", String::from_utf8_lossy(letter));
        assert_eq!(verdict.survived, Vec::<String>::new());
    }
}

/// A letter's signatures, and what stands below them.
fn parted(letter: &str) -> (&str, &str) {
    letter.split_at(letter.find("From: ").unwrap())
}

#[tokio::test]
async fn a_letter_that_went_over_the_wire_verifies() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 40).await;
    let folder = tempfile::Builder::new().prefix("sink").tempdir().unwrap();
    let (sink, address) = start_sink(folder.path(), &[]);
    let mut sender = Sender::start(signed_setup(&db, &format!("smtp://{address}?tls=none")).0).await.unwrap();
    assert_eq!(send(&mut sender).await, Counts { accepted: 40, ..Counts::default() });
    drop(sink);
    let letters: Vec<Vec<u8>> = list_dumps(folder.path())
        .iter()
        .map(|dump| {
            let letter = &dump[dump.find("DKIM-Signature:").unwrap()..];
            letter.replace('\n', "\r\n").into_bytes()
        })
        .collect();
    assert_eq!(letters.len(), 40);
    assert_all_verify(&letters);
}

#[tokio::test]
async fn a_letter_tried_again_is_the_same_below_a_new_signature() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let refuses = Arc::new(AtomicBool::new(true));
    let told = refuses.clone();
    let server = Server::start(usual(), move |at: &At| {
        let refuses = at.verb == "." && told.load(Ordering::SeqCst);
        if refuses { Do::Say("451 4.3.0 later") } else { Do::Usual }
    })
    .await;
    let (setup, signs_at) = signed_setup(&db, &server.url());
    let clock = setup.clock.clone();
    let mut sender = Sender::start(setup).await.unwrap();
    assert_eq!(send(&mut sender).await, Counts { deferred: 5, ..Counts::default() });
    refuses.store(false, Ordering::SeqCst);
    clock.set(clock.now() + TimeDelta::minutes(2));
    signs_at.set(signs_at.now() + TimeDelta::minutes(2));
    assert_eq!(send(&mut sender).await, Counts { accepted: 5, ..Counts::default() });
    let seen = server.seen.lock().unwrap();
    let sent_to = |to: &str| -> Vec<String> {
        let all = seen.refused.iter().chain(&seen.taken);
        all.filter(|t| t.to == to).map(|t| t.text.clone()).collect()
    };
    let mut letters = vec![];
    for n in 1..=5 {
        let [first, second] = &sent_to(&format!("kari{n}@example.test"))[..] else {
            panic!("letter {n} went twice")
        };
        assert_eq!(parted(first).1, parted(second).1);
        assert_ne!(parted(first).0, parted(second).0);
        letters.extend([first.clone().into_bytes(), second.clone().into_bytes()]);
    }
    assert_all_verify(&letters);
}

#[tokio::test]
async fn a_letter_laid_into_a_folder_is_signed_as_well() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 3).await;
    let (setup, _) = signed_setup(&db, &format!("maildir:{}", db.path("outbox").display()));
    let Relay::Maildir(maildir) = setup.relay.clone() else { panic!("a folder") };
    let mut sender = Sender::start(setup).await.unwrap();
    assert_eq!(send(&mut sender).await, Counts { accepted: 3, ..Counts::default() });
    let letters: Vec<Vec<u8>> =
        maildir.list_letters().unwrap().into_iter().map(|l| std::fs::read(l.path).unwrap()).collect();
    assert_eq!(letters.len(), 3);
    assert_all_verify(&letters);
}
