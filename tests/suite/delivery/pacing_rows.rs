//! Rows of pace, on both databases.

use chrono::{DateTime, TimeDelta, Utc};
use treff::ids::DeliveryId;
use treff::store::{DomainPaceRow, NewAlert, One, PauseCause};

use super::rows::{EDITION, arm, at_noon, noon, queue_letters, states};
use crate::on_both_databases;

fn row(domain: &str, in_a_row: i64, minutes: Option<i64>) -> DomainPaceRow {
    let paused_until = minutes.map(|m| noon() + TimeDelta::minutes(m));
    DomainPaceRow { domain: domain.to_owned(), in_a_row, paused_until }
}

on_both_databases! {
    async fn a_domain_s_pace_is_kept_and_forgotten_once_its_pause_is_over(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        tx.keep_domain_pace(noon(), &row("b.example", 2, None)).await.unwrap();
        tx.keep_domain_pace(noon(), &row("a.example", 0, Some(15))).await.unwrap();
        tx.keep_domain_pace(noon(), &row("a.example", 0, Some(10))).await.unwrap();
        tx.forget_domain_pace(noon(), "a.example").await.unwrap();
        tx.commit().await.unwrap();
        let kept = [row("a.example", 0, Some(15)), row("b.example", 2, None)];
        assert_eq!(db.store.list_domain_paces().await.unwrap(), kept, "the later end holds");
        let mut tx = db.store.begin().await.unwrap();
        tx.forget_domain_pace(noon() + TimeDelta::minutes(15), "a.example").await.unwrap();
        tx.forget_domain_pace(noon(), "b.example").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.store.list_domain_paces().await.unwrap(), []);
    }

    async fn a_postponed_letter_is_due_later_with_no_attempt_counted(db: Database) {
        queue_letters(&db.store, 3).await;
        db.store.claim_due("one", at_noon(), 2).await.unwrap();
        let later = noon() + TimeDelta::minutes(15);
        let mut tx = db.store.begin().await.unwrap();
        let all = [1, 2, 3].map(|n| (DeliveryId(n), later));
        assert_eq!(tx.postpone_claimed("two", &all).await.unwrap(), 0);
        assert_eq!(tx.postpone_claimed("one", &all).await.unwrap(), 2, "the third is not claimed");
        tx.commit().await.unwrap();
        let queued = |n| (n, "queued".to_owned(), 0);
        assert_eq!(states(&db.store).await, [queued(1), queued(2), queued(3)]);
        let row = db.store.find_delivery(DeliveryId(2)).await.unwrap().unwrap();
        assert_eq!(row.next_attempt_at, later);
        let claimed = db.store.claim_due("two", at_noon(), 200).await.unwrap();
        assert_eq!(claimed.iter().map(|c| c.id.0).collect::<Vec<_>>(), [3]);
    }

    async fn nothing_of_a_paused_edition_is_claimed_or_armed(db: Database) {
        queue_letters(&db.store, 2).await;
        let claimed = db.store.claim_due("one", at_noon(), 1).await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.pause_edition(noon(), "command", EDITION, PauseCause::Hand).await.unwrap());
        assert!(!tx.pause_edition(noon(), "worker", EDITION, PauseCause::Policy).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(arm(&db.store, "one", &claimed).await, []);
        assert_eq!(db.store.claim_due("two", at_noon(), 200).await.unwrap(), []);
        let paused = db.store.get_edition(EDITION).await.unwrap();
        assert_eq!((paused.paused_at, paused.paused_because.as_deref()), (Some(noon()), Some("hand")));
        assert_eq!(db.store.count_waiting(EDITION).await.unwrap(), 2);

        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.resume_edition(noon(), "command", EDITION).await.unwrap());
        assert!(!tx.resume_edition(noon(), "command", EDITION).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(arm(&db.store, "one", &claimed).await, [DeliveryId(1)]);
        assert_eq!(db.store.claim_due("two", at_noon(), 200).await.unwrap().len(), 1);
    }

    async fn first_replies_come_in_their_order_until_the_edition_is_judged(db: Database) {
        queue_letters(&db.store, 3).await;
        let mut tx = db.store.begin().await.unwrap();
        for (id, state, minute) in [(1i64, "rejected", 2i64), (2, "accepted", 1), (3, "deferred", 0)] {
            let at = noon() + TimeDelta::minutes(minute);
            tx.run(
                "UPDATE delivery SET state = $2, settled_at = $3, reply = $2 WHERE id = $1",
                vec![id.into(), state.into(), at.into()],
            )
            .await
            .unwrap();
        }
        let replies = tx.list_first_replies(EDITION, 200).await.unwrap();
        assert_eq!(replies.iter().map(|r| r.reply.as_str()).collect::<Vec<_>>(), ["accepted", "rejected"]);
        assert_eq!(tx.list_first_replies(EDITION, 1).await.unwrap().len(), 1);
        assert_eq!(tx.list_unjudged_editions(&[DeliveryId(1), DeliveryId(2)]).await.unwrap(), [EDITION]);
        tx.close_judgement(EDITION).await.unwrap();
        assert_eq!(tx.list_unjudged_editions(&[DeliveryId(1)]).await.unwrap(), []);
        assert_eq!(tx.get_edition(EDITION).await.unwrap().cadence, "weekly");
        tx.commit().await.unwrap();
    }

    async fn an_alert_is_open_once_and_mailed_once(db: Database) {
        let new = NewAlert {
            kind: "edition_paused",
            subject: "edition:1".into(),
            text: "It is paused.".into(),
            details: serde_json::json!({ "refused": 11 }),
        };
        let mut tx = db.store.begin().await.unwrap();
        tx.raise_alert(noon(), &new).await.unwrap();
        tx.raise_alert(noon() + TimeDelta::hours(1), &new).await.unwrap();
        tx.commit().await.unwrap();
        let open = db.store.list_open_alerts().await.unwrap();
        assert_eq!(open.iter().map(|a| a.text.as_str()).collect::<Vec<_>>(), ["It is paused."]);
        assert_eq!(db.store.take_unmailed_alerts(noon()).await.unwrap(), open);
        assert_eq!(db.store.take_unmailed_alerts(noon()).await.unwrap(), []);

        let mut tx = db.store.begin().await.unwrap();
        tx.end_alert(noon(), "edition_paused", "edition:1").await.unwrap();
        tx.raise_alert(noon() + TimeDelta::hours(2), &new).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        let ended: Vec<One<Option<DateTime<Utc>>>> = tx.all("SELECT ended_at FROM alert ORDER BY id", vec![]).await.unwrap();
        assert_eq!(ended, [One(Some(noon())), One(None)], "raised anew it is another");
        drop(tx);
        assert_eq!(db.store.list_open_alerts().await.unwrap().len(), 1);
    }
}
