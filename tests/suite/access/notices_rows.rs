//! The queue of short mails, row by row.

use chrono::{DateTime, TimeDelta, Utc};
use treff::store::{NewNotice, NoticeEnding, NoticeRow, Store};

use crate::delivery::rows::noon;
use crate::on_both_databases;

fn new() -> NewNotice {
    NewNotice {
        kind: "sign_in".to_owned(),
        recipient: None,
        address: "kari1@example.test".to_owned(),
        language: "nb".to_owned(),
        details: serde_json::json!({ "link": 1, "minutes": 10 }),
        due_at: noon(),
        expires_at: noon() + TimeDelta::hours(1),
    }
}

async fn queue(store: &Store, new: &NewNotice) -> i64 {
    let mut tx = store.begin().await.unwrap();
    let id = tx.queue_notice(noon(), new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn settle(store: &Store, at: DateTime<Utc>, row: &NoticeRow, ending: NoticeEnding, reply: &str) {
    let mut tx = store.begin().await.unwrap();
    tx.settle_notice(at, row, ending, reply).await.unwrap();
    tx.commit().await.unwrap();
}

fn until(at: DateTime<Utc>) -> DateTime<Utc> {
    at + TimeDelta::minutes(15)
}

async fn states(store: &Store) -> String {
    let mut tx = store.begin().await.unwrap();
    let rows: Vec<treff::store::One<String>> = tx
        .all(
            "SELECT state || ' ' || COALESCE(address, '-') || ' ' || details FROM notice ORDER BY id",
            vec![],
        )
        .await
        .unwrap();
    rows.into_iter().map(|row| row.0).collect::<Vec<_>>().join("\n")
}

on_both_databases! {
    async fn a_short_mail_goes_only_with_what_it_tells(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        tx.queue_notice(noon(), &new()).await.unwrap();
        drop(tx);
        assert_eq!(db.store.claim_notice(noon(), until(noon())).await.unwrap(), None);
    }

    async fn a_row_is_claimed_by_one_and_its_address_goes_with_its_end(db: Database) {
        let id = queue(&db.store, &new()).await;
        let row = db.store.claim_notice(noon(), until(noon())).await.unwrap().unwrap();
        assert_eq!((row.id, row.attempts, row.address.as_str()), (id, 1, "kari1@example.test"));
        assert_eq!(db.store.claim_notice(noon(), until(noon())).await.unwrap(), None);
        settle(&db.store, noon(), &row, NoticeEnding::Sent, "250 2.0.0").await;
        assert_eq!(states(&db.store).await, "sent - {}");
    }

    async fn many_claimers_take_each_row_once(db: Database) {
        for _ in 0..20 {
            queue(&db.store, &new()).await;
        }
        let claims = (0..30).map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move { store.claim_notice(noon(), until(noon())).await.unwrap().map(|row| row.id) })
        });
        let mut taken = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            taken.extend(claim.await.unwrap());
        }
        taken.sort_unstable();
        assert_eq!(taken, (1..=20).collect::<Vec<i64>>());
    }

    async fn what_was_not_taken_waits_and_what_is_too_late_is_forgotten(db: Database) {
        queue(&db.store, &new()).await;
        let row = db.store.claim_notice(noon(), until(noon())).await.unwrap().unwrap();
        let later = noon() + TimeDelta::minutes(1);
        settle(&db.store, noon(), &row, NoticeEnding::Again(later), "451").await;
        assert_eq!(db.store.claim_notice(noon(), until(noon())).await.unwrap(), None);
        let again = db.store.claim_notice(later, until(later)).await.unwrap().unwrap();
        assert_eq!(again.attempts, 2);
        let much_later = noon() + TimeDelta::minutes(59);
        settle(&db.store, later, &again, NoticeEnding::Again(much_later), "451").await;
        assert_eq!(db.store.claim_notice(noon() + TimeDelta::hours(1), until(noon())).await.unwrap(), None);
        assert_eq!(states(&db.store).await, "expired - {}");
    }

    async fn what_nobody_ended_is_uncertain_and_goes_no_second_time(db: Database) {
        queue(&db.store, &new()).await;
        let row = db.store.claim_notice(noon(), until(noon())).await.unwrap().unwrap();
        assert_eq!(db.store.claim_notice(until(noon()), until(until(noon()))).await.unwrap(), None);
        assert_eq!(states(&db.store).await, "uncertain - {}");
        // The word of whoever had it comes too late to send it again.
        settle(&db.store, until(noon()), &row, NoticeEnding::Again(noon()), "451").await;
        assert_eq!(db.store.claim_notice(until(noon()), until(until(noon()))).await.unwrap(), None);
    }
}
