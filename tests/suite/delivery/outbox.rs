//! Claiming and arming.

use chrono::TimeDelta;
use treff::ids::{DeliveryId, EditionId};
use treff::store::{ClaimScope, Outcome, Settled};

use super::rows::{EDITION, arm, arm_all, at_noon, noon, queue_letters, states};
use crate::on_both_databases;

on_both_databases! {
    async fn a_claim_takes_what_is_due_and_changes_no_state(db: Database) {
        queue_letters(&db.store, 3).await;
        let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        assert_eq!(claimed.iter().map(|c| c.id.0).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(claimed[0].email.as_deref(), Some("kari1@example.test"));
        assert_eq!(claimed[0].message_id, "1@forum.example.test");
        let queued = |n| (n, "queued".to_owned(), 0);
        assert_eq!(states(&db.store).await, [queued(1), queued(2), queued(3)]);
    }

    async fn a_claim_takes_at_most_200(db: Database) {
        queue_letters(&db.store, 230).await;
        assert_eq!(db.store.claim_due("one", at_noon(), 1000).await.unwrap().len(), 200);
        assert_eq!(db.store.claim_due("one", at_noon(), 7).await.unwrap().len(), 7);
        assert_eq!(db.store.claim_due("one", at_noon(), 1000).await.unwrap().len(), 23);
    }

    async fn what_is_not_due_or_of_another_edition_is_not_claimed(db: Database) {
        queue_letters(&db.store, 2).await;
        let earlier = ClaimScope { due_by: noon() - TimeDelta::seconds(1), ..at_noon() };
        assert_eq!(db.store.claim_due("one", earlier, 200).await.unwrap(), []);
        let other = ClaimScope { edition: Some(EditionId(2)), ..at_noon() };
        assert_eq!(db.store.claim_due("one", other, 200).await.unwrap(), []);
        let this = ClaimScope { edition: Some(EDITION), ..at_noon() };
        let urgent = ClaimScope { only_urgent: true, ..at_noon() };
        assert_eq!(db.store.claim_due("one", urgent, 200).await.unwrap(), []);
        assert_eq!(db.store.claim_due("one", this, 200).await.unwrap().len(), 2);
    }

    async fn two_workers_never_claim_the_same_letter(db: Database) {
        queue_letters(&db.store, 60).await;
        let claim = |who: &'static str| {
            let store = db.store.clone();
            tokio::spawn(async move {
                let mut all = Vec::new();
                loop {
                    let some = store.claim_due(who, at_noon(), 7).await.unwrap();
                    if some.is_empty() { return all; }
                    all.extend(some.into_iter().map(|c| c.id.0));
                }
            })
        };
        let (one, two) = tokio::join!(claim("one"), claim("two"));
        let mut both = [one.unwrap(), two.unwrap()].concat();
        both.sort_unstable();
        assert_eq!(both, (1..=60).collect::<Vec<_>>());
    }

    async fn a_claim_that_ran_out_goes_to_another_who_alone_can_arm(db: Database) {
        queue_letters(&db.store, 1).await;
        let first = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        let later = noon() + TimeDelta::minutes(10);
        let scope = ClaimScope { due_by: later, now: later, until: later + TimeDelta::minutes(10), ..at_noon() };
        let second = db.store.claim_due("two", scope, 200).await.unwrap();
        assert_eq!(second.len(), 1);
        assert_eq!(arm(&db.store, "one", &first).await, []);
        assert_eq!(arm(&db.store, "two", &second).await, [DeliveryId(1)]);
        assert_eq!(states(&db.store).await, [(1, "attempting".to_owned(), 1)]);
    }

    async fn released_claims_are_free_at_once(db: Database) {
        queue_letters(&db.store, 2).await;
        db.store.claim_due("one", at_noon(), 200).await.unwrap();
        assert_eq!(db.store.list_claimants().await.unwrap(), ["one"]);
        assert_eq!(db.store.release_claims("one").await.unwrap(), 2);
        assert_eq!(db.store.claim_due("two", at_noon(), 200).await.unwrap().len(), 2);
    }

    async fn a_letter_of_another_revision_is_not_armed(db: Database) {
        queue_letters(&db.store, 2).await;
        let mut claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        claimed[0].revision = 1;
        assert_eq!(arm(&db.store, "one", &claimed).await, [DeliveryId(2)]);
    }

    async fn a_letter_is_armed_once(db: Database) {
        queue_letters(&db.store, 1).await;
        let claimed = db.store.claim_due("one", at_noon(), 200).await.unwrap();
        assert_eq!(arm(&db.store, "one", &claimed).await, [DeliveryId(1)]);
        assert_eq!(arm(&db.store, "one", &claimed).await, []);
        assert_eq!(db.store.list_claimed("one", &[DeliveryId(1)]).await.unwrap(), []);
    }

    async fn armed_letters_are_orphans_until_they_are_settled(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        let orphans = db.store.list_orphans().await.unwrap();
        assert_eq!(orphans.iter().map(|o| (o.id.0, o.worker.as_str(), o.boot.as_str(), o.attempts)).collect::<Vec<_>>(),
                   [(1, "one", "boot-1", 1), (2, "one", "boot-1", 1)]);
        let mut tx = db.store.begin().await.unwrap();
        let settled = [Settled { id: DeliveryId(1), outcome: Outcome::Accepted, reply: "250 ok".into() }];
        tx.settle_letters(noon(), "one", &settled).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.store.list_orphans().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_worker_s_name_is_held_by_one_session() {
    let db = crate::harness::Database::create(crate::harness::Engine::Postgres).await;
    let mut held = db.store.try_lock_worker("one").await.unwrap().expect("free");
    assert!(held.is_held().await);
    assert!(db.store.try_lock_worker("one").await.unwrap().is_none());
    assert!(db.store.try_lock_worker("two").await.unwrap().is_some());
}
