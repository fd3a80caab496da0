//! Short mails that come back: which one, to whom, and what that does.

use chrono::TimeDelta;
use treff::delivery::SentMail;
use treff::ids::RecipientId;
use treff::store::{NewNotice, NoticeEnding, One, Store};

use super::bounces::{about, notification, paths, status, take, three_accepted};
use super::rows::noon;
use crate::on_both_databases;

/// A short mail to `address` that the relay took, for the first of three people who have letters.
async fn sent(store: &Store, recipient: Option<i64>, address: &str) -> i64 {
    three_accepted(store).await;
    let new = NewNotice {
        kind: "reminder_coming".to_owned(),
        recipient: recipient.map(RecipientId),
        address: address.to_owned(),
        language: "nb".to_owned(),
        details: serde_json::json!({}),
        due_at: noon(),
        expires_at: noon() + TimeDelta::hours(1),
    };
    let mut tx = store.begin().await.unwrap();
    let id = tx.queue_notice(noon(), &new).await.unwrap();
    tx.commit().await.unwrap();
    let row = store.claim_notice(noon(), noon() + TimeDelta::minutes(15)).await.unwrap().unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.settle_notice(noon(), &row, NoticeEnding::Sent, "250 2.0.0").await.unwrap());
    tx.commit().await.unwrap();
    id
}

/// The state of the short mail, its reply, and how many of the letters stand as accepted.
async fn told(store: &Store) -> String {
    let mut tx = store.begin().await.unwrap();
    let all = "SELECT state || ' ' || reply || ' ' || (SELECT COUNT(*) FROM delivery WHERE state = 'accepted') FROM notice";
    let One(told) = tx.get(all, vec![]).await.unwrap();
    told
}

fn back(notice: i64, about: &str) -> String {
    let mail =
        notification(about).replace("bounce+1.0@forum.example.test", &paths().of(SentMail::Notice(notice)));
    // What quotes no Message-ID is told by its return path alone.
    mail.lines().filter(|line| !line.starts_with("Message-ID")).collect::<Vec<_>>().join("\n")
}

on_both_databases! {
    async fn a_reminder_to_an_address_that_is_no_more_suspends_and_takes_no_letter_back(db: Database) {
        let id = sent(&db.store, Some(1), "kari1@example.test").await;
        assert!(take(&db.store, &back(id, &about("failed", "5.1.1", "550 unknown")), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), told(&db.store).await.as_str()), ("suspended", "refused 5.1.1 3"));
    }

    async fn a_report_on_an_address_that_was_only_asked_about_is_only_recorded(db: Database) {
        let id = sent(&db.store, Some(1), "kari@new.example.test").await;
        let about = about("failed", "5.1.1", "550 unknown").replace("kari1@example", "kari@new.example");
        assert!(!take(&db.store, &back(id, &about), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), told(&db.store).await.as_str()), ("active", "sent 250 2.0.0 3"));
    }

    async fn a_forwarding_that_fails_says_nothing_of_the_short_mail_that_arrived(db: Database) {
        let id = sent(&db.store, Some(1), "kari1@example.test").await;
        let about = about("failed", "5.1.1", "550 unknown").replace("kari1@example", "kari@elsewhere.example");
        assert!(!take(&db.store, &back(id, &about), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), told(&db.store).await.as_str()), ("active", "sent 250 2.0.0 3"));
    }

    async fn one_that_is_nobody_s_speaks_of_who_has_the_address(db: Database) {
        let id = sent(&db.store, None, "kari2@example.test").await;
        let about = about("failed", "5.1.1", "550 unknown").replace("kari1", "kari2");
        assert!(take(&db.store, &back(id, &about), 0).await);
        assert_eq!((status(&db.store, 2).await.as_str(), told(&db.store).await.as_str()), ("suspended", "refused 5.1.1 3"));
    }

    async fn a_delay_changes_nothing(db: Database) {
        let id = sent(&db.store, Some(1), "kari1@example.test").await;
        assert!(!take(&db.store, &back(id, &about("delayed", "4.4.1", "later")), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), told(&db.store).await.as_str()), ("active", "sent 250 2.0.0 3"));
    }
}
