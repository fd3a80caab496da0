//! Returned mail of a letter that went to somebody's other row, after the two were merged.

use treff::delivery::SentMail;
use treff::ids::{DeliveryId, RecipientId};
use treff::intake::merging::merge;
use treff::store::{MergeOrder, Store};

use super::bounces::{notification, paths, status, take, three_accepted};
use super::rows::{noon, number, owed, states};
use crate::on_both_databases;

/// Merges the first person into the second, who has got nothing.
async fn merge_first(store: &Store) {
    three_accepted(store).await;
    let mut tx = store.begin().await.unwrap();
    tx.run("DELETE FROM delivery_item WHERE recipient_id = 2", vec![]).await.unwrap();
    tx.run("UPDATE delivery_item SET returned = FALSE", vec![]).await.unwrap();
    tx.commit().await.unwrap();
    let (kept, gone) = (RecipientId(2), RecipientId(1));
    let order = MergeOrder { kept, gone, public_id: "eeee", actor: "command", now: noon() };
    merge(store, &order, None).await.unwrap();
}

fn about_first(status: &str) -> String {
    let about = format!("Final-Recipient: rfc822; kari1@example.test\nAction: failed\nStatus: {status}");
    notification(&about)
        .replace("bounce+1.0@forum.example.test", &paths().of(SentMail::Letter(DeliveryId(1))))
}

on_both_databases! {
    async fn a_failure_returns_the_items_to_who_was_kept_and_is_not_held_against_them(db: Database) {
        merge_first(&db.store).await;
        for code in ["5.1.1", "5.2.2", "5.7.1"] {
            let mut tx = db.store.begin().await.unwrap();
            for again in [
                "UPDATE delivery SET state = 'accepted' WHERE id = 1",
                "UPDATE delivery_item SET returned = FALSE WHERE delivery_id = 1",
                "DELETE FROM carry WHERE recipient_id = 2",
            ] {
                tx.run(again, vec![]).await.unwrap();
            }
            tx.commit().await.unwrap();
            take(&db.store, &about_first(code), 0).await;
            assert_eq!(states(&db.store).await[0].1, "rejected", "{code}");
            let owed: Vec<i64> = owed(&db.store, 2).await.into_iter().map(|(item, _)| item).collect();
            assert_eq!(owed, [1, 2], "{code}");
            assert_eq!(status(&db.store, 2).await, "active", "{code}");
        }
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report WHERE recipient_id = 2").await, 3);
    }

    async fn an_uncertain_letter_is_settled(db: Database) {
        merge_first(&db.store).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.run("UPDATE delivery SET state = 'uncertain' WHERE id = 1", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        take(&db.store, &about_first("5.1.1"), 0).await;
        assert_eq!(states(&db.store).await[0].1, "rejected");
    }

    async fn a_complaint_counts_for_who_was_kept(db: Database) {
        merge_first(&db.store).await;
        let raw = "From: a@b.example.test\nTo: PATH\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b; \
                   report-type=feedback-report\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\
                   Original-Rcpt-To: kari1@example.test\n\n--b--\n";
        let raw = raw.replace("PATH", &paths().of(SentMail::Letter(DeliveryId(1))));
        assert!(take(&db.store, &raw, 0).await);
        assert_eq!((status(&db.store, 2).await.as_str(), states(&db.store).await[0].1.as_str()), ("suspended", "accepted"));
    }
}
