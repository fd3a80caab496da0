//! Domains and editions that wait.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use treff::clock::Clock;
use treff::delivery::{Counts, OpenGate, Sender};
use treff::ids::DeliveryId;
use treff::store::{One, Store};

use super::bounces::{about, notification, take};
use super::rows::{EDITION, noon, number, owed, queue_letters, states};
use super::sending::setup;
use super::server::{At, Do, Server, usual};
use crate::harness::Database;
use crate::on_both_databases;

/// Sends what is due at `now`, in a sender of its own.
pub async fn send_at(db: &Database, url: &str, connections: usize, now: DateTime<Utc>) -> Counts {
    let mut setup = setup(db, url, connections);
    setup.clock = Clock::simulated(now);
    let mut sender = Sender::start(setup).await.unwrap();
    sender.send_due(None, &OpenGate, &CancellationToken::new()).await.unwrap()
}

/// Moves the recipients of the letters `ids` to `domain`.
pub async fn move_to(store: &Store, domain: &str, ids: impl IntoIterator<Item = i64>) {
    let mut tx = store.begin().await.unwrap();
    for id in ids {
        let email = format!("kari{id}@{domain}");
        tx.run("UPDATE recipient SET email = $2 WHERE id = $1", vec![id.into(), email.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn is_for(at: &At, domain: &str) -> bool {
    at.to.ends_with(domain)
}

fn count(rows: &[(i64, String, i64)], state: &str) -> usize {
    rows.iter().filter(|(_, s, _)| s == state).count()
}

on_both_databases! {
    async fn three_that_ask_for_less_pause_their_domain_and_no_other(db: Database) {
        queue_letters(&db.store, 40).await;
        move_to(&db.store, "nav.example", 1..=20).await;
        let server = Server::start(usual(), |at: &At| {
            if at.verb == "RCPT" && is_for(at, "nav.example") { Do::Say("450 4.7.1 slow down") } else { Do::Usual }
        })
        .await;
        let sent = send_at(&db, &server.url(), 1, noon()).await;
        assert_eq!((sent.accepted, sent.rejected, sent.uncertain), (20, 0, 0));
        let rows = states(&db.store).await;
        let deferred = count(&rows[..20], "deferred");
        assert!((3..=5).contains(&deferred), "{deferred}: three, and what was on its way");
        assert_eq!(count(&rows[..20], "queued"), 20 - deferred);
        for (id, state, attempts) in &rows[..20] {
            let row = db.store.find_delivery(DeliveryId(*id)).await.unwrap().unwrap();
            if state == "queued" {
                assert_eq!((*attempts, row.next_attempt_at), (0, noon() + TimeDelta::minutes(15)));
            }
        }
        let paces = db.store.list_domain_paces().await.unwrap();
        let known: Vec<_> = paces.iter().map(|p| (p.domain.as_str(), p.paused_until)).collect();
        assert_eq!(known, [("nav.example", Some(noon() + TimeDelta::minutes(15)))]);
    }

    async fn a_pause_outlives_a_restart_and_holds_for_every_worker(db: Database) {
        queue_letters(&db.store, 12).await;
        move_to(&db.store, "nav.example", 1..=9).await;
        let slow = Server::start(usual(), |at: &At| {
            if at.verb == "." && is_for(at, "nav.example") { Do::SayAndClose("421 4.3.2 later") } else { Do::Usual }
        })
        .await;
        send_at(&db, &slow.url(), 1, noon()).await;
        let friendly = Server::start(usual(), |_| Do::Usual).await;
        let before_its_end = noon() + TimeDelta::minutes(15) - TimeDelta::seconds(1);
        assert_eq!(send_at(&db, &friendly.url(), 2, before_its_end).await, Counts::default());
        let sent = send_at(&db, &friendly.url(), 2, noon() + TimeDelta::minutes(15)).await;
        assert_eq!(sent.accepted, 9, "those that were refused waited for the end of the pause too");
        assert_eq!(db.store.list_domain_paces().await.unwrap(), []);
    }

    async fn the_eleventh_refusal_by_policy_pauses_the_edition_and_tells_the_lead(db: Database) {
        queue_letters(&db.store, 300).await;
        let server = Server::start(usual(), |at: &At| {
            if at.verb == "." { Do::Say("550 5.7.26 unauthenticated mail is refused") } else { Do::Usual }
        })
        .await;
        let sent = send_at(&db, &server.url(), 2, noon()).await;
        assert!((11..=19).contains(&sent.rejected), "{sent:?}: eleven, and what was on its way");
        let rows = states(&db.store).await;
        assert_eq!(count(&rows, "queued"), 300 - sent.rejected as usize);
        assert!(rows.iter().all(|(_, state, attempts)| *attempts == i64::from(state == "rejected")));
        let edition = db.store.get_edition(EDITION).await.unwrap();
        assert_eq!((edition.paused_at, edition.paused_because.as_deref()), (Some(noon()), Some("policy")));
        let alerts = db.store.list_open_alerts().await.unwrap();
        assert_eq!(alerts.iter().map(|a| (a.kind.as_str(), a.subject.as_str())).collect::<Vec<_>>(), [("edition_paused", "edition:1")]);

        let friendly = Server::start(usual(), |_| Do::Usual).await;
        assert_eq!(send_at(&db, &friendly.url(), 2, noon()).await, Counts::default(), "it stays paused");
        let mut tx = db.store.begin().await.unwrap();
        tx.resume_edition(noon(), "command", EDITION).await.unwrap();
        tx.commit().await.unwrap();
        let sent_again = send_at(&db, &server.url(), 2, noon()).await;
        assert_eq!(sent_again.rejected, 300 - sent.rejected, "the same 200 do not pause it again");
        assert_eq!(db.store.list_open_alerts().await.unwrap().len(), 1);
        let active = number(&db.store, "SELECT COUNT(*) FROM recipient WHERE status = 'active'").await;
        assert_eq!(active, 300, "policy is never held against a recipient");
    }
}

/// Our sender refused, in the codes that speak of an address: with PIPELINING and without.
async fn a_refused_sender_is_held_against_nobody(
    db: &Database,
    lines: &'static [&'static str],
    no: &'static str,
) {
    queue_letters(&db.store, 60).await;
    let mut offers = usual();
    offers.lines = lines;
    let server =
        Server::start(offers, move |at: &At| if at.verb == "MAIL" { Do::Say(no) } else { Do::Usual }).await;
    let sent = send_at(db, &server.url(), 1, noon()).await;
    assert!((11..=19).contains(&sent.rejected), "{sent:?}: eleven, and what was on its way");
    assert!(is_paused(db).await);
    let active = number(&db.store, "SELECT COUNT(*) FROM recipient WHERE status = 'active'").await;
    assert_eq!((active, number(&db.store, "SELECT COUNT(*) FROM report").await), (60, 0));
    let mut tx = db.store.begin().await.unwrap();
    let One(reply) = tx.get::<One<String>>("SELECT reply FROM delivery WHERE id = 1", vec![]).await.unwrap();
    assert!(reply.ends_with("(in reply to MAIL FROM command)"), "{reply}");
}

on_both_databases! {
    async fn a_sender_that_the_relay_does_not_know_is_no_recipient_that_it_does_not_know(db: Database) {
        a_refused_sender_is_held_against_nobody(&db, usual().lines, "550 5.1.1 <bounce>: unknown").await;
    }

    async fn a_refused_sender_s_full_mailbox_is_nobody_s(db: Database) {
        a_refused_sender_is_held_against_nobody(&db, &["ENHANCEDSTATUSCODES"], "552 5.2.2 over quota").await;
    }
}

on_both_databases! {
    async fn what_the_relay_says_of_us_pauses_the_edition_and_is_held_against_nobody(db: Database) {
        queue_letters(&db.store, 40).await;
        let server = Server::start(usual(), |at: &At| match at.verb.as_str() {
            "." if at.to.contains('1') => Do::Say("554 5.2.252 SendAsDenied; not allowed to send as this address"),
            "." if at.to.contains('2') => Do::Say("554 5.1.90 the limit of a day is reached"),
            "." => Do::Say("550 5.1.0 <forum@forum.example.test>: Sender address rejected"),
            _ => Do::Usual,
        })
        .await;
        let sent = send_at(&db, &server.url(), 1, noon()).await;
        assert!((11..=15).contains(&sent.rejected), "{sent:?}: eleven, and what was on its way");
        let edition = db.store.get_edition(EDITION).await.unwrap();
        assert_eq!(edition.paused_because.as_deref(), Some("policy"));
        let counted = number(&db.store, "SELECT COUNT(*) FROM report WHERE kind IN ('soft', 'hard')").await;
        let active = number(&db.store, "SELECT COUNT(*) FROM recipient WHERE status = 'active'").await;
        assert_eq!((counted, active), (0, 40));
    }
}

/// A mail that says that policy refused the letter to the `n`-th recipient.
fn policy_report(n: i64) -> String {
    notification(&about("failed", "5.7.1", "550 blocked"))
        .replace("kari1", &format!("kari{n}"))
        .replace("<1@", &format!("<{n}@"))
}

on_both_databases! {
    async fn policy_that_only_returned_mail_tells_of_counts_like_the_relay_s_own(db: Database) {
        queue_letters(&db.store, 300).await;
        let server = Server::start(usual(), |at: &At| {
            if at.verb == "." && at.to.starts_with("kari300@") { Do::Say("550 5.7.1 no") } else { Do::Usual }
        })
        .await;
        let sent = send_at(&db, &server.url(), 1, noon()).await;
        assert_eq!((sent.accepted, sent.rejected), (299, 1), "the first 200 were judged, and passed");
        for n in (1..=10).chain(201..=260) {
            take(&db.store, &policy_report(n), 0).await;
        }
        assert!(!is_paused(&db).await, "ten among the first 200");
        take(&db.store, &policy_report(200), 1).await;
        let edition = db.store.get_edition(EDITION).await.unwrap();
        assert_eq!(edition.paused_because.as_deref(), Some("policy"));
        let alerts = db.store.list_open_alerts().await.unwrap();
        assert_eq!(alerts.iter().map(|a| (a.kind.as_str(), a.subject.as_str())).collect::<Vec<_>>(), [("edition_paused", "edition:1")]);
        assert!(alerts[0].text.contains("refused 11 of its first 200"), "{}", alerts[0].text);

        let mut tx = db.store.begin().await.unwrap();
        tx.resume_edition(noon(), "command", EDITION).await.unwrap();
        tx.commit().await.unwrap();
        take(&db.store, &policy_report(12), 1).await;
        assert!(!is_paused(&db).await, "a person let it go on");
        let active = number(&db.store, "SELECT COUNT(*) FROM recipient WHERE status = 'active'").await;
        assert_eq!(active, 300, "policy is never held against a recipient");
    }
}

/// Sends letters over one connection, in their order, to a server that says what `refuses` has for the n-th.
async fn refuse_some(
    letters: i64,
    refuses: impl Fn(usize) -> Option<&'static str> + Send + Sync + 'static,
) -> Database {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, letters).await;
    let server = Server::start(usual(), move |at: &At| {
        let number = at.to.trim_start_matches("kari").split('@').next().and_then(|n| n.parse().ok());
        let reply = number.filter(|_| at.verb == ".").and_then(&refuses);
        reply.map_or(Do::Usual, Do::Say)
    })
    .await;
    send_at(&db, &server.url(), 1, noon()).await;
    db
}

async fn is_paused(db: &Database) -> bool {
    db.store.get_edition(EDITION).await.unwrap().paused_at.is_some()
}

#[tokio::test]
async fn ten_of_the_first_200_do_not_pause_an_edition_whatever_comes_later() {
    let db = refuse_some(260, |n| (n <= 10 || n > 200).then_some("550 5.7.1 no")).await;
    assert!(!is_paused(&db).await);
    assert_eq!(count(&states(&db.store).await, "queued"), 0);
}

#[tokio::test]
async fn eleven_of_the_first_200_do_even_if_the_last_comes_at_the_200th() {
    let db = refuse_some(260, |n| (n <= 10 || n == 200).then_some("550 5.7.1 no")).await;
    assert!(is_paused(&db).await);
}

#[tokio::test]
async fn refusals_that_are_not_policy_pause_no_edition() {
    let db = refuse_some(40, |_| Some("550 5.1.1 unknown")).await;
    assert!(!is_paused(&db).await);
    assert_eq!(count(&states(&db.store).await, "rejected"), 40);
}

#[tokio::test]
async fn another_reply_ends_the_row_and_a_greeting_begins_none() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, 6).await;
    let server = Server::start(usual(), |at: &At| match (at.verb.as_str(), at.to.as_str()) {
        (".", "kari3@example.test" | "kari6@example.test") => Do::Usual,
        (".", _) => Do::Say("451 4.7.0 later"),
        _ => Do::Usual,
    })
    .await;
    assert_eq!(send_at(&db, &server.url(), 1, noon()).await.deferred, 4);
    assert_eq!(db.store.list_domain_paces().await.unwrap(), []);

    let busy = Server::start(usual(), |at: &At| {
        if at.verb == "CONNECT" { Do::SayAndClose("421 4.7.0 too many connections") } else { Do::Usual }
    })
    .await;
    for minutes in [10, 30, 60, 120] {
        send_at(&db, &busy.url(), 1, noon() + TimeDelta::minutes(minutes)).await;
    }
    assert_eq!(db.store.list_domain_paces().await.unwrap(), []);
}

#[tokio::test]
async fn a_row_is_remembered_from_one_sender_to_the_next() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, 1).await;
    let server =
        Server::start(
            usual(),
            |at: &At| {
                if at.verb == "RCPT" { Do::Say("450 4.7.1 slow down") } else { Do::Usual }
            },
        )
        .await;
    for hours in [0, 1, 2] {
        assert_eq!(send_at(&db, &server.url(), 1, noon() + TimeDelta::hours(hours)).await.deferred, 1);
    }
    let until = noon() + TimeDelta::hours(2) + TimeDelta::minutes(15);
    assert_eq!(db.store.list_domain_paces().await.unwrap()[0].paused_until, Some(until));
}

#[tokio::test]
async fn a_paused_edition_s_letters_are_superseded_after_72_hours_and_their_items_carried() {
    let db = Database::create(crate::harness::Engine::Sqlite).await;
    queue_letters(&db.store, 2).await;
    let mut tx = db.store.begin().await.unwrap();
    tx.pause_edition(noon(), "command", EDITION, treff::store::PauseCause::Hand).await.unwrap();
    tx.commit().await.unwrap();
    let server = Server::start(usual(), |_| Do::Usual).await;
    send_at(&db, &server.url(), 1, noon() + TimeDelta::hours(72)).await;
    assert_eq!(count(&states(&db.store).await, "queued"), 2);
    send_at(&db, &server.url(), 1, noon() + TimeDelta::hours(72) + TimeDelta::seconds(1)).await;
    assert_eq!(count(&states(&db.store).await, "superseded"), 2);
    assert_eq!(owed(&db.store, 1).await, [(1, 1), (2, 3)]);
    assert_eq!(server.recipients(), Vec::<String>::new());
}
