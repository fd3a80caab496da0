//! Senders that die, and those who come after them.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use treff::delivery::{Counts, OpenGate, Sender};
use treff::ids::DeliveryId;
use treff::store::{ClaimScope, Claimed};

use super::rows::{arm, at_noon, noon, queue_letters, states};
use super::sending::{send_all, setup};
use super::server::{Do, Server, usual};
use crate::harness::{Database, Engine};

/// This machine's boot.
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap().trim().to_owned()
}

/// Letters 1 to 4 armed on `boot` by a worker that is gone, whose journal held `lines`.
async fn died(db: &Database, armed_on: &str, journal: Option<&str>) {
    queue_letters(&db.store, 4).await;
    let claimed = db.store.claim_due("gone", at_noon(), 200).await.unwrap();
    arm_on(db, &claimed, armed_on).await;
    if let Some(lines) = journal {
        let base = match db.store.has_many_workers() {
            false => db.path("treff.db.sending"),
            true => {
                std::fs::create_dir_all(db.path("journal")).unwrap();
                db.path("journal/gone")
            }
        };
        write_journal(&base, armed_on, lines);
    }
}

async fn arm_on(db: &Database, claimed: &[Claimed], boot: &str) {
    let letters: Vec<_> = claimed.iter().map(|c| (c.id, c.revision)).collect();
    let mut tx = db.store.begin().await.unwrap();
    let until = noon() + chrono::TimeDelta::hours(2);
    tx.arm_letters(noon(), until, "gone", boot, &letters).await.unwrap();
    tx.commit().await.unwrap();
}

fn write_journal(base: &Path, boot: &str, lines: &str) {
    let [one, two] = ["-1", "-2"].map(|end| format!("{}{end}", base.display()));
    std::fs::write(one, format!("treff {boot} 1\n")).unwrap();
    std::fs::write(two, format!("treff {boot} 2\n{lines}")).unwrap();
}

async fn words_after_start(db: &Database) -> Vec<(String, i64)> {
    let sender = Sender::start(setup(db, "smtp://127.0.0.1:9?tls=none", 1)).await.unwrap();
    drop(sender);
    states(&db.store).await.into_iter().map(|(_, state, attempts)| (state, attempts)).collect()
}

/// Waits until something is so; panics if it is not so for long.
pub async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        while !is_so().await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it comes about within a minute");
}

fn words(list: [(&str, i64); 4]) -> Vec<(String, i64)> {
    list.map(|(word, attempts)| (word.to_owned(), attempts)).to_vec()
}

const LINES: &str = "dot 1\nreply 1 250 2.0.0 taken\ndot 2\nreply 3 550 5.1.1 unknown\ndot 4";

crate::on_both_databases! {
    async fn on_the_same_boot_only_a_lone_dot_is_uncertain(db: Database) {
        died(&db, &boot(), Some(LINES)).await;
        assert_eq!(words_after_start(&db).await,
                   words([("accepted", 1), ("uncertain", 1), ("rejected", 1), ("queued", 0)]));
        assert_eq!(db.store.list_claimants().await.unwrap(), Vec::<String>::new());
    }

    async fn after_another_boot_only_a_reply_is_proof(db: Database) {
        died(&db, "an earlier boot", Some(LINES)).await;
        assert_eq!(words_after_start(&db).await,
                   words([("accepted", 1), ("uncertain", 1), ("rejected", 1), ("uncertain", 1)]));
    }

    async fn letters_whose_sender_failed_are_sent_by_the_next(db: Database) {
        died(&db, &boot(), Some("")).await;
        let server = Server::start(usual(), |_| Do::Usual).await;
        assert_eq!(send_all(&db, &server.url(), 2).await, Counts { accepted: 4, ..Counts::default() });
        assert_eq!(server.recipients().len(), 4);
    }
}

#[tokio::test]
async fn without_its_journal_everything_armed_is_uncertain() {
    let db = Database::create(Engine::Sqlite).await;
    died(&db, &boot(), None).await;
    assert_eq!(words_after_start(&db).await, words([("uncertain", 1); 4]));
}

#[tokio::test]
async fn a_mailbox_folder_itself_tells_what_it_holds() {
    let db = Database::create(Engine::Sqlite).await;
    send_all(&db, "maildir:outbox", 1).await;
    died(&db, "an earlier boot", None).await;
    std::fs::write(db.path("outbox/new/2"), "Message-ID: <2@forum.example.test>\r\n\r\nHei.\r\n").unwrap();
    // Of a letter that had the number before an older backup was put back.
    std::fs::write(db.path("outbox/new/3"), "Message-ID: <9@forum.example.test>\r\n\r\nHei.\r\n").unwrap();
    let sender = Sender::start(setup(&db, "maildir:outbox", 1)).await.unwrap();
    drop(sender);
    let after: Vec<_> = states(&db.store).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(after, ["uncertain", "accepted", "uncertain", "uncertain"]);
}

#[tokio::test]
async fn another_machine_s_letters_are_left_until_its_lease_is_over() {
    let db = Database::create(Engine::Postgres).await;
    died(&db, "another machine's boot", None).await;
    let mut short = setup(&db, "smtp://127.0.0.1:9?tls=none", 1);
    short.lease = std::time::Duration::from_secs(1);
    let _watcher = Sender::start(short).await.unwrap();
    assert!(states(&db.store).await.iter().all(|(_, state, _)| state == "attempting"));
    until(async || states(&db.store).await.iter().all(|(_, state, _)| state == "uncertain")).await;
}

#[tokio::test]
async fn a_living_worker_s_letters_are_its_own() {
    let db = Database::create(Engine::Postgres).await;
    queue_letters(&db.store, 2).await;
    let _alive = db.store.try_lock_worker("alive").await.unwrap().unwrap();
    let claimed = db.store.claim_due("alive", at_noon(), 200).await.unwrap();
    arm(&db.store, "alive", &claimed).await;
    let server = Server::start(usual(), |_| Do::Usual).await;
    assert_eq!(send_all(&db, &server.url(), 2).await, Counts::default());
    assert!(states(&db.store).await.iter().all(|(_, state, _)| state == "attempting"));
}

#[tokio::test]
async fn two_workers_send_everything_once_between_them() {
    let db = Database::create(Engine::Postgres).await;
    queue_letters(&db.store, 300).await;
    let server = Arc::new(Server::start(usual(), |_| Do::Usual).await);
    let mut one = Sender::start(setup(&db, &server.url(), 3)).await.unwrap();
    let mut two = Sender::start(setup(&db, &server.url(), 3)).await.unwrap();
    let stop = CancellationToken::new();
    let (first, second) =
        tokio::join!(one.send_due(None, &OpenGate, &stop), two.send_due(None, &OpenGate, &stop));
    assert_eq!(first.unwrap().accepted + second.unwrap().accepted, 300);
    let mut all = server.recipients();
    assert_eq!(all.len(), 300);
    all.dedup();
    assert_eq!(all.len(), 300, "none twice");
    drop((one, two));
    assert_eq!(std::fs::read_dir(db.path("journal")).unwrap().count(), 0, "no journal is left behind");
}

#[tokio::test]
async fn a_claim_that_another_worker_lost_is_released_at_start() {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, 1).await;
    db.store.claim_due("gone", at_noon(), 200).await.unwrap();
    drop(Sender::start(setup(&db, "maildir:outbox", 1)).await.unwrap());
    let scope = ClaimScope { ..at_noon() };
    let claimed = db.store.claim_due("next", scope, 200).await.unwrap();
    assert_eq!(claimed.iter().map(|c| c.id).collect::<Vec<_>>(), [DeliveryId(1)]);
}

#[tokio::test]
async fn a_journal_without_a_lock_is_left_to_whoever_still_holds_its_name() {
    let db = Database::create(Engine::Postgres).await;
    died(&db, &boot(), Some(LINES)).await;
    let _alive = db.store.try_lock_worker("gone").await.unwrap().unwrap();
    for _ in 0..2 {
        drop(Sender::start(setup(&db, "smtp://127.0.0.1:9?tls=none", 1)).await.unwrap());
    }
    assert!(
        states(&db.store).await.iter().all(|(_, state, _)| state == "attempting"),
        "it may be sending them"
    );
}
