//! Replies that no command asked for: no letter ever gets another's, and none counts as taken before its dot.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use treff::delivery::{Counts, NoteFate, OpenGate, Sender};

use super::rows::{letters, states};
use super::sending::{ShortLetters, send_all, setup};
use super::server::{At, Do, Offers, Server, usual};

fn step_by_step() -> Offers {
    Offers { lines: &["SIZE 100000"], ..usual() }
}

#[tokio::test]
async fn a_letter_is_not_taken_before_its_dot_whatever_the_relay_says() {
    for offers in [usual(), step_by_step()] {
        let db = letters(3).await;
        let server = Server::start(offers, |at: &At| {
            if at.verb == "DATA" { Do::Say("354 go on\r\n250 2.0.0 taken") } else { Do::Usual }
        })
        .await;
        let sent = send_all(&db, &server.url(), 1).await;
        assert_eq!(sent, Counts { accepted: 0, deferred: 3, rejected: 0, uncertain: 0 });
        assert_eq!(server.recipients(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_second_reply_is_not_the_next_letter_s() {
    for offers in [usual(), step_by_step()] {
        for stray in ["250 ok\r\n550 5.1.1 stray", "250 ok\r\n250 stray", "250 ok\r\n354 stray"] {
            for verb in ["MAIL", "RCPT", "."] {
                let db = letters(4).await;
                let server = Server::start(offers.clone(), move |at: &At| {
                    let is_it = at.verb == verb && at.connection == 1;
                    // The server forgets the recipient at MAIL.
                    let of_first = at.to.is_empty() || at.to == "kari1@example.test";
                    if is_it && of_first { Do::Say(stray) } else { Do::Usual }
                })
                .await;
                let sent = send_all(&db, &server.url(), 1).await;
                // A refusal in the place of DATA's reply is the first letter's own; nothing tells it from one.
                let refused = u64::from(verb == "RCPT" && stray.contains("550") && sent.rejected == 1);
                let expected = Counts { accepted: 4 - refused, deferred: 0, rejected: refused, uncertain: 0 };
                assert_eq!(sent, expected, "{verb} {stray:?}");
                let words: Vec<String> =
                    states(&db.store).await.into_iter().map(|(_, state, _)| state).collect();
                assert_eq!(words[1..], ["accepted", "accepted", "accepted"], "{verb} {stray:?}");
                assert_eq!(server.recipients().len() as u64, sent.accepted, "{verb} {stray:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_250_to_data_ends_the_connection() {
    for offers in [usual(), step_by_step()] {
        let db = letters(3).await;
        let server = Server::start(offers, |at: &At| {
            if at.verb == "DATA" && at.connection == 1 { Do::Say("250 what?") } else { Do::Usual }
        })
        .await;
        let sent = send_all(&db, &server.url(), 1).await;
        assert_eq!(sent, Counts { accepted: 3, deferred: 0, rejected: 0, uncertain: 0 });
    }
}

#[tokio::test]
async fn a_refusal_within_the_letter_is_heard_although_the_relay_stopped_reading() {
    let db = letters(1).await;
    let server = Server::start(Offers { lines: &["PIPELINING"], ..usual() }, |at: &At| {
        if at.verb == "CONTENT" { Do::SayAndStall("552 5.3.4 too large") } else { Do::Usual }
    })
    .await;
    let mut setup = setup(&db, &server.url(), 1);
    setup.assembly = Arc::new(ShortLetters { padding: 20_000_000 });
    let mut sender = Sender::start(setup).await.unwrap();
    let stop = CancellationToken::new();
    let sending = sender.send_due(None, &OpenGate, &stop);
    let sent = tokio::time::timeout(std::time::Duration::from_secs(30), sending).await.expect("no dead-lock");
    assert_eq!(sent.unwrap(), Counts { accepted: 0, deferred: 0, rejected: 1, uncertain: 0 });
}

#[tokio::test]
async fn a_421_while_nothing_is_on_the_way_costs_no_letter_an_attempt() {
    let db = letters(3).await;
    let server = Server::start(usual(), |at: &At| {
        if at.verb == "EHLO" && at.connection == 1 {
            Do::SayAndClose("250 server.example.test\r\n421 4.4.2 idle")
        } else {
            Do::Usual
        }
    })
    .await;
    let sent = send_all(&db, &server.url(), 1).await;
    assert_eq!(sent, Counts { accepted: 3, deferred: 0, rejected: 0, uncertain: 0 });
    assert!(states(&db.store).await.iter().all(|(_, _, attempts)| *attempts == 1));
}

#[tokio::test]
async fn what_a_reply_holds_besides_text_does_not_reach_the_ledger() {
    let db = letters(1).await;
    let server = Server::start(usual(), |at: &At| {
        if at.verb == "RCPT" { Do::Say("550 5.1.1 no\0body \x1b[31mhere\x07") } else { Do::Usual }
    })
    .await;
    assert_eq!(send_all(&db, &server.url(), 1).await.rejected, 1);
    let told = db.store.list_deliveries(None).await.unwrap()[0].reply.clone().unwrap();
    assert_eq!(told, "550 5.1.1 no body  [31mhere");
}

#[tokio::test]
async fn of_a_short_mail_whose_dot_is_answered_with_neither_yes_nor_no_nobody_knows() {
    let db = letters(0).await;
    for (said, is_known) in [("354 go on", false), ("354-go\r\n354 on", false), ("451 4.3.0 later", true)] {
        let server =
            Server::start(usual(), move |at: &At| if at.verb == "." { Do::Say(said) } else { Do::Usual })
                .await;
        let relay = setup(&db, &server.url(), 1).relay;
        let mail = b"Subject: Hei\r\n\r\nHei.\r\n".to_vec();
        let fate = relay.send_note("one", "forum@example.test", "kari@example.test", mail).await;
        assert_eq!(matches!(fate, NoteFate::Uncertain(_)), !is_known, "{said}: {fate:?}");
        assert_eq!(matches!(fate, NoteFate::Deferred(_)), is_known, "{said}: {fate:?}");
    }
}
