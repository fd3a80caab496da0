//! Settling, returning, ending and revising.

use chrono::TimeDelta;
use treff::ids::{DeliveryId, ItemId};
use treff::store::{Ending, Outcome, Resending, RevisedLetter, Settled, Store};

use super::rows::{arm, arm_all, at_noon, noon, number, owed, queue_letters, states};
use crate::on_both_databases;

async fn settle(store: &Store, who: &str, outcomes: &[(i64, Outcome)]) -> Vec<(i64, String)> {
    let settled: Vec<Settled> = outcomes
        .iter()
        .map(|(id, outcome)| Settled {
            id: DeliveryId(*id),
            outcome: *outcome,
            reply: "250 2.0.0\r\nok".into(),
        })
        .collect();
    let mut tx = store.begin().await.unwrap();
    let mut moved: Vec<_> = tx
        .settle_letters(noon(), who, &settled)
        .await
        .unwrap()
        .into_iter()
        .map(|m| (m.id.0, m.state.word().to_owned()))
        .collect();
    tx.commit().await.unwrap();
    moved.sort();
    moved
}

on_both_databases! {
    async fn every_outcome_leads_to_its_state(db: Database) {
        queue_letters(&db.store, 5).await;
        arm_all(&db.store, "one").await;
        let next = noon() + TimeDelta::minutes(1);
        let moved = settle(&db.store, "one", &[
            (1, Outcome::Accepted),
            (2, Outcome::Deferred { next_attempt_at: next }),
            (3, Outcome::Rejected),
            (4, Outcome::Uncertain),
            (5, Outcome::Queued),
        ]).await;
        assert_eq!(moved.len(), 5);
        let state = |n, word: &str, attempts| (n, word.to_owned(), attempts);
        assert_eq!(states(&db.store).await, [
            state(1, "accepted", 1), state(2, "deferred", 1), state(3, "rejected", 1),
            state(4, "uncertain", 1), state(5, "queued", 0),
        ]);
        let row = db.store.find_delivery(DeliveryId(2)).await.unwrap().unwrap();
        assert_eq!((row.next_attempt_at, row.reply.as_deref()), (next, Some("250 2.0.0  ok")));
    }

    async fn only_a_rejected_letter_s_items_are_returned(db: Database) {
        queue_letters(&db.store, 3).await;
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Accepted), (2, Outcome::Rejected), (3, Outcome::Uncertain)]).await;
        assert_eq!(owed(&db.store, 1).await, []);
        assert_eq!(owed(&db.store, 2).await, [(1, 1), (2, 3)]);
        assert_eq!(owed(&db.store, 3).await, []);
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM delivery_item WHERE returned AND delivery_id = 2").await, 2);
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM delivery_item WHERE returned").await, 2);
        assert_eq!(number(&db.store, "SELECT revision FROM recipient WHERE id = 2").await, 1);
        assert_eq!(number(&db.store, "SELECT revision FROM recipient WHERE id = 1").await, 0);
    }

    async fn a_returned_item_that_was_carried_before_is_owed_again(db: Database) {
        queue_letters(&db.store, 1).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.run("INSERT INTO carry (recipient_id, item_id, times, ended_at, ended_because) VALUES (1, 2, 2, 5, 'sent')",
               vec![]).await.unwrap();
        tx.commit().await.unwrap();
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Rejected)]).await;
        assert_eq!(owed(&db.store, 1).await, [(1, 1), (2, 3)]);
    }

    async fn another_worker_s_letter_is_not_settled(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        assert_eq!(settle(&db.store, "two", &[(1, Outcome::Rejected)]).await, []);
        assert_eq!(states(&db.store).await, [(1, "attempting".to_owned(), 1)]);
    }

    async fn a_letter_is_settled_once(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Accepted)]).await;
        assert_eq!(settle(&db.store, "one", &[(1, Outcome::Rejected)]).await, []);
        assert_eq!(states(&db.store).await, [(1, "accepted".to_owned(), 1)]);
    }

    async fn of_what_the_relay_took_only_a_worker_s_own_moves(db: Database) {
        queue_letters(&db.store, 4).await;
        let claimed = db.store.claim_due("two", at_noon(), 1).await.unwrap();
        arm(&db.store, "two", &claimed).await;
        arm_all(&db.store, "one").await;
        let mut tx = db.store.begin().await.unwrap();
        tx.run("UPDATE delivery SET state = 'accepted', settled_at = 1, claimed_by = NULL WHERE id = 2", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let all: Vec<_> = (1..=4).map(|id| (id, Outcome::Accepted)).collect();
        let accepted = |ids: [i64; 2]| ids.map(|id| (id, "accepted".to_owned()));
        assert_eq!(settle(&db.store, "one", &all).await, accepted([3, 4]));
        assert_eq!(states(&db.store).await[0].1, "attempting", "the other's is still on its way");
    }

    async fn a_late_answer_still_settles_what_was_called_uncertain(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Uncertain), (2, Outcome::Uncertain)]).await;
        let moved = settle(&db.store, "one", &[(1, Outcome::Accepted), (2, Outcome::Queued)]).await;
        assert_eq!(moved, [(1, "accepted".to_owned())]);
    }

    async fn letters_that_cannot_even_start_are_deferred_and_counted(db: Database) {
        queue_letters(&db.store, 2).await;
        let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        let next: Vec<_> = claimed.iter().map(|c| (c.id, noon() + TimeDelta::minutes(1))).collect();
        let mut tx = db.store.begin().await.unwrap();
        let moved = tx.defer_claimed(noon(), "one", &next, "connection refused").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(moved.len(), 2);
        assert_eq!(states(&db.store).await, [(1, "deferred".to_owned(), 1), (2, "deferred".to_owned(), 1)]);
        assert_eq!(arm(&db.store, "one", &claimed).await, []);
    }

    async fn an_unsent_letter_that_ends_returns_its_items(db: Database) {
        queue_letters(&db.store, 3).await;
        let claimed = db.store.claim_due("one", at_noon(), 1).await.unwrap();
        arm(&db.store, "one", &claimed).await;
        let mut tx = db.store.begin().await.unwrap();
        let all = [DeliveryId(1), DeliveryId(2)];
        let moved = tx.end_unsent(noon(), &all, Ending::Cancelled, "nothing is left of it").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(moved.iter().map(|m| (m.id.0, m.state.word())).collect::<Vec<_>>(), [(2, "cancelled")]);
        assert_eq!(owed(&db.store, 1).await, []);
        assert_eq!(owed(&db.store, 2).await, [(1, 1), (2, 3)]);
    }

    async fn letters_unsent_for_72_hours_are_superseded(db: Database) {
        queue_letters(&db.store, 2).await;
        let on_time = db.store.supersede_overdue(noon(), noon()).await.unwrap();
        assert_eq!(on_time, []);
        let claimed = db.store.claim_due("one", at_noon(), 1).await.unwrap();
        let late = noon() + TimeDelta::hours(73);
        let moved = db.store.supersede_overdue(late, late - TimeDelta::hours(72)).await.unwrap();
        assert_eq!(moved.len(), 2);
        assert_eq!(arm(&db.store, "one", &claimed).await, []);
        assert_eq!(owed(&db.store, 2).await, [(1, 1), (2, 3)]);
    }

    async fn a_revised_letter_has_a_new_message_id_and_returns_what_left_it(db: Database) {
        queue_letters(&db.store, 1).await;
        let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        let revised = RevisedLetter {
            id: DeliveryId(1), revision: 0, message_id: "1.1@forum.example.test", letter: "{\"new\":1}",
            returned: &[ItemId(1)], versions: &[(ItemId(2), 4)],
        };
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.revise_letter(noon(), &revised).await.unwrap());
        assert!(!tx.revise_letter(noon(), &revised).await.unwrap(), "the revision has moved on");
        tx.commit().await.unwrap();
        assert_eq!(owed(&db.store, 1).await, [(1, 1)]);
        assert_eq!(number(&db.store, "SELECT version FROM delivery_item WHERE item_id = 2").await, 4);
        assert_eq!(arm(&db.store, "one", &claimed).await, []);
        let again = db.store.list_claimed("one", &[DeliveryId(1)]).await.unwrap();
        assert_eq!((again[0].revision, again[0].message_id.as_str(), again[0].letter.as_str()),
                   (1, "1.1@forum.example.test", "{\"new\":1}"));
        assert_eq!(arm(&db.store, "one", &again).await, [DeliveryId(1)]);
    }

    async fn a_letter_that_was_uncertain_is_never_revised_nor_returned_unsent(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Uncertain)]).await;
        db.store.retry_letter(noon(), "cli", DeliveryId(1)).await.unwrap();
        let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        assert!(claimed[0].resent);
        let revised = RevisedLetter {
            id: DeliveryId(1), revision: 0, message_id: "x", letter: "{}", returned: &[ItemId(1)], versions: &[],
        };
        let mut tx = db.store.begin().await.unwrap();
        assert!(!tx.revise_letter(noon(), &revised).await.unwrap());
        let moved = tx.end_unsent(noon(), &[DeliveryId(1)], Ending::Superseded, "late").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(moved[0].state.word(), "uncertain");
        assert_eq!(owed(&db.store, 1).await, []);
    }

    async fn a_letter_refused_after_it_was_uncertain_is_sent_once_more_like_any_that_was_refused(db: Database) {
        queue_letters(&db.store, 1).await;
        let id = DeliveryId(1);
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Uncertain)]).await;
        db.store.retry_letter(noon(), "cli", id).await.unwrap();
        arm_all(&db.store, "one").await;
        settle(&db.store, "one", &[(1, Outcome::Rejected)]).await;
        assert_eq!(db.store.resend_rejected(noon(), "cli", id).await.unwrap(), Resending::Queued);
        assert_eq!(owed(&db.store, 1).await, []);
        assert!(!db.store.claim_due("one", at_noon(), 200).await.unwrap()[0].resent);
        let mut tx = db.store.begin().await.unwrap();
        let moved = tx.end_unsent(noon(), &[id], Ending::Superseded, "late").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(moved[0].state.word(), "superseded");
        assert_eq!(owed(&db.store, 1).await, [(1, 1), (2, 3)], "it has not arrived: what it held is owed again");
    }
}
