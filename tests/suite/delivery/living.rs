//! The rows of workers, and letters that others called uncertain on a worker's behalf.

use chrono::TimeDelta;
use treff::ids::{DeliveryId, EditionId};
use treff::store::{Arrival, NewWorker, Outcome, Settled, Store};

use super::rows::{arm, arm_all, at_noon, noon, number, owed, queue_letters, states};
use crate::harness::{Database, Engine};
use crate::on_both_databases;

fn worker(name: &str) -> NewWorker {
    NewWorker { name: name.into(), place: "process 7 on nes".into(), lease_seconds: 30 }
}

async fn bury(store: &Store, name: &str, beat: Option<i64>) -> bool {
    let mut tx = store.begin().await.unwrap();
    let is_buried = tx.bury_worker(noon(), name, beat).await.unwrap();
    tx.commit().await.unwrap();
    is_buried
}

/// What others do once the worker `one` has been silent.
async fn presume(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.presume_uncertain(noon(), "one").await.unwrap();
    tx.commit().await.unwrap();
}

async fn untold(store: &Store) -> Vec<i64> {
    let mut tx = store.begin().await.unwrap();
    tx.list_untold("one").await.unwrap().into_iter().map(|orphan| orphan.id.0).collect()
}

/// What the worker `one` itself knows.
async fn tell(store: &Store, outcomes: &[(i64, Outcome)]) -> Vec<(i64, String)> {
    let settled: Vec<Settled> = outcomes
        .iter()
        .map(|(id, outcome)| Settled { id: DeliveryId(*id), outcome: *outcome, reply: "its word".into() })
        .collect();
    let mut tx = store.begin().await.unwrap();
    let moved = tx.settle_presumed(noon(), "one", &settled).await.unwrap();
    tx.commit().await.unwrap();
    let mut moved: Vec<_> = moved.into_iter().map(|m| (m.id.0, m.state.word().to_owned())).collect();
    moved.sort();
    moved
}

on_both_databases! {
    async fn a_worker_stands_from_its_entry_until_it_is_buried(db: Database) {
        assert_eq!(db.store.count_living_workers().await.unwrap(), 1, "whoever asks");
        for name in ["one", "two", "two"] {
            db.store.register_worker(noon(), &worker(name)).await.unwrap();
        }
        assert_eq!(db.store.count_living_workers().await.unwrap(), 2);
        let rows = db.store.list_workers().await.unwrap();
        assert_eq!(rows.iter().map(|w| (w.name.as_str(), w.place.as_str(), w.beat, w.lease_seconds)).collect::<Vec<_>>(),
                   [("one", "process 7 on nes", 0, 30), ("two", "process 7 on nes", 0, 30)]);
        let told = db.store.list_workers_at_work().await.unwrap();
        assert_eq!(told.iter().map(|w| (w.name.as_str(), w.beaten_at, w.claimed, w.armed)).collect::<Vec<_>>(),
                   [("one", noon(), 0, 0), ("two", noon(), 0, 0)], "its entry is its first beat");
        assert!(!bury(&db.store, "one", Some(1)).await, "it has another beat");
        assert!(bury(&db.store, "one", Some(0)).await);
        assert!(!bury(&db.store, "one", None).await, "it is gone");
        assert!(bury(&db.store, "two", None).await);
        assert_eq!(db.store.list_workers().await.unwrap(), []);
    }

    async fn what_each_worker_holds_is_told(db: Database) {
        queue_letters(&db.store, 5).await;
        db.store.register_worker(noon(), &worker("one")).await.unwrap();
        db.store.claim_due("two", at_noon(), 1).await.unwrap();
        let claimed = db.store.claim_due("one", at_noon(), 3).await.unwrap();
        arm(&db.store, "one", &claimed[..2]).await;
        let told = db.store.list_workers_at_work().await.unwrap();
        let claimed = i64::from(db.store.has_many_workers());
        assert_eq!(told.iter().map(|w| (w.name.as_str(), w.claimed, w.armed)).collect::<Vec<_>>(), [("one", claimed, 2)]);
    }

    async fn what_was_presumed_is_settled_by_its_worker_s_own_word(db: Database) {
        queue_letters(&db.store, 5).await;
        arm_all(&db.store, "one").await;
        presume(&db.store).await;
        assert_eq!(states(&db.store).await, (1..=5).map(|n| (n, "uncertain".to_owned(), 1)).collect::<Vec<_>>());
        assert_eq!(untold(&db.store).await, [1, 2, 3, 4, 5]);
        let next = noon() + TimeDelta::minutes(1);
        let moved = tell(&db.store, &[
            (1, Outcome::Accepted), (2, Outcome::Rejected), (3, Outcome::Queued),
            (4, Outcome::Deferred { next_attempt_at: next }), (5, Outcome::Uncertain),
        ]).await;
        assert_eq!(moved.len(), 5);
        let state = |n, word: &str, attempts| (n, word.to_owned(), attempts);
        assert_eq!(states(&db.store).await, [
            state(1, "accepted", 1), state(2, "rejected", 1), state(3, "queued", 0),
            state(4, "deferred", 1), state(5, "uncertain", 1),
        ]);
        assert_eq!(owed(&db.store, 2).await, [(1, 1), (2, 3)], "a rejected letter's items are owed again");
        assert_eq!(owed(&db.store, 3).await, []);
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM recipient WHERE revision > 0").await, 5,
                   "whoever planned them meanwhile plans again");
        assert_eq!(untold(&db.store).await, Vec::<i64>::new());
        assert_eq!(tell(&db.store, &[(5, Outcome::Queued)]).await, [], "its own uncertainty is the last word");
    }

    async fn who_holds_letters_of_an_edition_is_told(db: Database) {
        queue_letters(&db.store, 4).await;
        let holders = async |edition, at| db.store.list_holders("me", EditionId(edition), at).await.unwrap();
        db.store.claim_due("two", at_noon(), 1).await.unwrap();
        db.store.claim_due("me", at_noon(), 1).await.unwrap();
        let claiming: &[&str] = if db.store.has_many_workers() { &["two"] } else { &[] };
        assert_eq!(holders(1, noon()).await, claiming);
        assert_eq!(holders(1, noon() - TimeDelta::minutes(1)).await, Vec::<String>::new(), "not due by then");
        assert_eq!(holders(2, noon()).await, Vec::<String>::new());
        arm_all(&db.store, "one").await;
        assert_eq!(holders(1, noon()).await, [&["one"], claiming].concat());
        assert_eq!(holders(2, noon()).await, ["one"], "who has an armed letter cannot be planned elsewhere");
    }

    async fn what_the_lead_touched_is_settled_already(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        presume(&db.store).await;
        db.store.retry_letter(noon(), "cli", DeliveryId(1)).await.unwrap();
        db.store.settle_uncertain(noon(), "cli", DeliveryId(2), Arrival::Lost).await.unwrap();
        assert_eq!(tell(&db.store, &[(1, Outcome::Accepted), (2, Outcome::Accepted)]).await, []);
        assert_eq!(untold(&db.store).await, Vec::<i64>::new());
    }

    async fn a_later_attempt_is_not_mistaken_for_the_presumed_one(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        presume(&db.store).await;
        db.store.retry_letter(noon(), "cli", DeliveryId(1)).await.unwrap();
        arm_all(&db.store, "one").await;
        let mut tx = db.store.begin().await.unwrap();
        let uncertain = [Settled { id: DeliveryId(1), outcome: Outcome::Uncertain, reply: "no reply".into() }];
        tx.settle_letters(noon(), "one", &uncertain).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(untold(&db.store).await, Vec::<i64>::new());
        assert_eq!(tell(&db.store, &[(1, Outcome::Queued)]).await, []);
    }

    async fn a_letter_on_which_a_later_one_builds_is_not_sent_any_more(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        presume(&db.store).await;
        let mut tx = db.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
             VALUES (2, 'weekly', 9, 9, 3, 7, '{}', 9)",
            "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                                   message_id, dated_at)
             VALUES (9, 2, 1, 'accepted', 1, 9, 9, 0, '9@forum.example.test', 9)",
            "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                        carried, correction, returned)
             VALUES (9, 1, 1, 2, 0, 'audience', '[]', 40, 0, TRUE, FALSE)",
        ] {
            tx.run(sql, vec![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let moved = tell(&db.store, &[(1, Outcome::Queued), (2, Outcome::Queued)]).await;
        assert_eq!(moved, [(2, "queued".to_owned())], "the first one's reader has the correction");
        let row = db.store.find_delivery(DeliveryId(1)).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.reply.as_deref()), ("uncertain", Some(
            "it surely did not go, but a later letter builds on it: resend it or settle it")));
    }
}

#[tokio::test]
async fn a_beat_is_counted_and_tells_whether_the_worker_still_stands() {
    let db = Database::create(Engine::Postgres).await;
    db.store.register_worker(noon(), &worker("one")).await.unwrap();
    assert!(!db.store.list_workers().await.unwrap()[0].is_held);
    let mut session = db.store.open_worker_session("one").await.unwrap().unwrap();
    let later = noon() + TimeDelta::seconds(5);
    assert!(session.beat("one", later).await.unwrap());
    assert_eq!(db.store.list_workers_at_work().await.unwrap()[0].beaten_at, later);
    let row = db.store.list_workers().await.unwrap().remove(0);
    assert_eq!((row.beat, row.is_held), (1, true));
    assert!(!bury(&db.store, "one", Some(0)).await);
    assert!(bury(&db.store, "one", Some(1)).await);
    assert!(!session.beat("one", noon()).await.unwrap());
}

#[tokio::test]
async fn a_second_session_takes_the_name_when_the_first_is_gone() {
    let db = Database::create(Engine::Postgres).await;
    db.store.register_worker(noon(), &worker("one")).await.unwrap();
    let first = db.store.open_worker_session("one").await.unwrap().unwrap();
    let mut second = db.store.open_worker_session("one").await.unwrap().unwrap();
    assert!(!second.is_held().await);
    drop(first);
    super::recovering::until(async || {
        second.beat("one", noon()).await.unwrap();
        second.is_held().await
    })
    .await;
}

#[tokio::test]
async fn who_is_arming_is_not_buried_before_it_has() {
    let db = Database::create(Engine::Postgres).await;
    queue_letters(&db.store, 1).await;
    db.store.register_worker(noon(), &worker("one")).await.unwrap();
    let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
    let mut arming = db.store.begin().await.unwrap();
    assert!(arming.stands("one").await.unwrap());
    let store = db.store.clone();
    let burying = tokio::spawn(async move {
        let mut tx = store.begin().await.unwrap();
        assert!(tx.bury_worker(noon(), "one", Some(0)).await.unwrap());
        let moved = tx.presume_uncertain(noon(), "one").await.unwrap();
        tx.commit().await.unwrap();
        moved.len()
    });
    let letters: Vec<_> = claimed.iter().map(|c| (c.id, c.revision)).collect();
    arming.arm_letters(noon(), noon(), "one", "boot-1", &letters).await.unwrap();
    arming.commit().await.unwrap();
    assert_eq!(burying.await.unwrap(), 1, "what it was just arming is seen");
    let mut again = db.store.begin().await.unwrap();
    assert!(!again.stands("one").await.unwrap());
}
