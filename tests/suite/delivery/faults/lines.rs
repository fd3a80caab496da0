//! The line to the relay fails: replies come in crumbs, the other side is gone without a word, TLS breaks in the middle.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use treff::delivery::Counts;

use crate::delivery::rows::{queue_letters, states};
use crate::delivery::securing::{certificate, send_with};
use crate::delivery::sending::{send_all, send_to_silent, shorten};
use crate::delivery::server::{At, Do, Offers, Server, usual};
use crate::harness::{Database, Engine};

/// What happens to what the server says, once something has gone wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Each byte goes by itself, from the start.
    Crumbs,
    /// It is lost, nobody is told, and the connection stays: a peer that is gone without a FIN.
    Swallows,
    /// It arrives damaged.
    Garbles,
    /// The connection is reset.
    Resets,
}

/// Starts a line to `server`; its first connection goes wrong once the flag is set, behind that it is mended.
async fn start_line(server: SocketAddr, line: Line, is_wrong: Arc<AtomicBool>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut flags = std::iter::once(is_wrong).chain(std::iter::repeat_with(Arc::default));
        while let Ok((near, _)) = listener.accept().await {
            let is_wrong = flags.next().unwrap();
            let far = TcpStream::connect(server).await.unwrap();
            near.set_nodelay(true).unwrap();
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            let there = tokio::spawn(pass_on(near_in, far_out)).abort_handle();
            tokio::spawn(bring_back(far_in, near_out, there, line, is_wrong));
        }
    });
    address
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}

async fn bring_back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    there: AbortHandle,
    line: Line,
    is_wrong: Arc<AtomicBool>,
) {
    let mut bytes = vec![0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let goes_wrong = is_wrong.load(Ordering::SeqCst);
        for chunk in bytes[..count].chunks_mut(if line == Line::Crumbs { 1 } else { count }) {
            match line {
                Line::Swallows if goes_wrong => std::future::pending().await,
                Line::Resets if goes_wrong => {
                    to.as_ref().set_zero_linger().unwrap();
                    there.abort();
                    return to.forget();
                }
                Line::Garbles if goes_wrong => chunk.iter_mut().for_each(|byte| *byte ^= 0x55),
                _ => {}
            }
            if to.write_all(chunk).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
}

fn counts(accepted: u64, deferred: u64, uncertain: u64) -> Counts {
    Counts { accepted, deferred, rejected: 0, uncertain }
}

#[tokio::test]
async fn replies_that_come_byte_by_byte_are_replies() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 5).await;
    let server = Server::start(usual(), |at: &At| match (at.verb.as_str(), at.to.as_str()) {
        ("RCPT", "kari2@example.test") => Do::Say("550-5.1.1 no such\r\n550 5.1.1 person"),
        (".", "kari4@example.test") => Do::Say("451 4.3.0 later"),
        _ => Do::Usual,
    })
    .await;
    let address = start_line(server.address, Line::Crumbs, Arc::default()).await;
    let done = send_all(&db, &format!("smtp://{address}?tls=none"), 2).await;
    assert_eq!(done, Counts { accepted: 3, deferred: 1, rejected: 1, uncertain: 0 });
    let words: Vec<String> = states(&db.store).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(words, ["accepted", "rejected", "accepted", "deferred", "accepted"]);
}

/// Sends two letters over TLS and one connection, over a line that goes wrong at `verb` of the first.
async fn send_over(line: Line, verb: &'static str) -> (Vec<String>, Server, Counts) {
    let (pem, tls) = certificate();
    let is_wrong = Arc::new(AtomicBool::new(false));
    let flag = is_wrong.clone();
    let offers = Offers { lines: &["PIPELINING"], tls: Some(tls), is_implicit: true };
    let server = Server::start(offers, move |at: &At| {
        flag.fetch_or(at.verb == verb, Ordering::SeqCst);
        Do::Usual
    })
    .await;
    let address = start_line(server.address, line, is_wrong).await;
    let (db, done) = send_with(&format!("smtps://localhost:{}", address.port()), Some(&pem), |relay| {
        relay.login = None;
        shorten(relay);
    })
    .await;
    let words = states(&db.store).await.into_iter().map(|(_, state, _)| state).collect();
    (words, server, done)
}

#[tokio::test]
async fn tls_that_breaks_behind_the_dot_leaves_one_letter_uncertain_and_repeats_none() {
    for line in [Line::Swallows, Line::Garbles, Line::Resets] {
        let (words, server, done) = send_over(line, ".").await;
        assert_eq!(done, counts(1, 0, 1), "{line:?}");
        assert_eq!(words, ["uncertain", "accepted"], "{line:?}");
        assert_eq!(server.recipients(), ["kari1@example.test", "kari2@example.test"], "{line:?}: none twice");
    }
}

#[tokio::test]
async fn tls_that_breaks_before_the_dot_costs_no_letter() {
    for line in [Line::Swallows, Line::Garbles, Line::Resets] {
        for verb in ["MAIL", "DATA"] {
            let (_, server, done) = send_over(line, verb).await;
            assert_eq!(done, counts(2, 0, 0), "{line:?} at {verb}");
            let taken = server.recipients();
            assert_eq!(taken, ["kari1@example.test", "kari2@example.test"], "{line:?} at {verb}: none twice");
        }
    }
}

#[tokio::test]
async fn a_peer_that_is_gone_without_a_word_meets_the_deadline_of_its_stage() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 2).await;
    let is_wrong = Arc::new(AtomicBool::new(false));
    let flag = is_wrong.clone();
    let server = Server::start(usual(), move |at: &At| {
        flag.fetch_or(at.verb == ".", Ordering::SeqCst);
        Do::Usual
    })
    .await;
    let address = start_line(server.address, Line::Swallows, is_wrong).await;
    let done = send_to_silent(&db, &format!("smtp://{address}?tls=none"), 1, shorten).await;
    assert_eq!(done, counts(1, 0, 1));
    assert_eq!(server.recipients(), ["kari1@example.test", "kari2@example.test"]);
}
