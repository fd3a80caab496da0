//! Knocks, links and devices, row by row.

use chrono::TimeDelta;
use serde_json::json;
use treff::ids::RecipientId;
use treff::store::{NewKnock, NewLink};

use crate::delivery::rows::{noon, queue_letters};
use crate::on_both_databases;

const KARI: RecipientId = RecipientId(1);

on_both_databases! {
    async fn a_knock_is_answered_once(db: Database) {
        let knock = NewKnock { purpose: "sign_in", address: "kari1@example.test", language: "nn", details: json!({ "next": "/me" }) };
        assert!(!db.store.has_knock().await.unwrap());
        db.store.record_knock(noon(), &knock).await.unwrap();
        assert!(db.store.has_knock().await.unwrap());
        let mut tx = db.store.begin().await.unwrap();
        let taken = tx.take_knock(noon()).await.unwrap().unwrap();
        assert_eq!((taken.purpose.as_str(), taken.address.as_str(), taken.language.as_str()), ("sign_in", "kari1@example.test", "nn"));
        assert_eq!(tx.take_knock(noon()).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert!(!db.store.has_knock().await.unwrap());
    }

    async fn a_known_address_is_found(db: Database) {
        queue_letters(&db.store, 1).await;
        let mut tx = db.store.begin().await.unwrap();
        let known = tx.find_known("kari1@example.test").await.unwrap().unwrap();
        assert_eq!((known.recipient, known.status.as_str(), known.language.as_str()), (KARI, "active", "nb"));
        assert_eq!(tx.find_known("nobody@example.test").await.unwrap(), None);
    }

    async fn a_link_is_good_once_and_in_time(db: Database) {
        queue_letters(&db.store, 1).await;
        let until = noon() + TimeDelta::minutes(10);
        let new = NewLink { purpose: "sign_in", recipient: Some(KARI), account: None, address: None, details: json!({}), expires_at: until };
        let mut tx = db.store.begin().await.unwrap();
        let id = tx.add_link(noon(), &new).await.unwrap();
        assert_eq!(tx.use_link(until, id).await.unwrap(), None, "too late");
        assert_eq!(tx.use_link(noon(), id).await.unwrap().unwrap().recipient, Some(KARI));
        assert_eq!(tx.use_link(noon(), id).await.unwrap(), None, "used");
        tx.commit().await.unwrap();
        assert_eq!(db.store.find_link(id).await.unwrap().unwrap().used_at, Some(noon()));
        assert_eq!(db.store.find_link(id + 1).await.unwrap(), None);
    }

    async fn a_person_s_links_are_ended_by_purpose_or_all_at_once(db: Database) {
        queue_letters(&db.store, 2).await;
        let until = noon() + TimeDelta::minutes(10);
        let new = |purpose, person| NewLink { purpose, recipient: Some(person), account: None, address: None, details: json!({}), expires_at: until };
        let mut tx = db.store.begin().await.unwrap();
        let used = tx.add_link(noon(), &new("sign_in", KARI)).await.unwrap();
        tx.use_link(noon(), used).await.unwrap().unwrap();
        let moves = tx.add_link(noon(), &new("new_address", KARI)).await.unwrap();
        let signs_in = tx.add_link(noon(), &new("sign_in", KARI)).await.unwrap();
        let other = tx.add_link(noon(), &new("new_address", RecipientId(2))).await.unwrap();
        let later = noon() + TimeDelta::minutes(1);
        assert_eq!(tx.end_links(later, KARI, Some("new_address")).await.unwrap(), 1);
        assert_eq!(tx.use_link(later, moves).await.unwrap(), None);
        assert_eq!(tx.end_links(later, KARI, None).await.unwrap(), 1);
        assert_eq!(tx.use_link(later, signs_in).await.unwrap(), None);
        assert_eq!(tx.end_links(later, KARI, None).await.unwrap(), 0);
        assert!(tx.use_link(later, other).await.unwrap().is_some());
        tx.commit().await.unwrap();
        assert_eq!(db.store.find_link(used).await.unwrap().unwrap().used_at, Some(noon()), "when it was used stays");
    }

    async fn a_wish_stands_instead_of_the_same_one_s_before(db: Database) {
        let knock = |purpose, address, who: i64| NewKnock { purpose, address, language: "nb", details: json!({ "recipient": who }) };
        let mut tx = db.store.begin().await.unwrap();
        for other in [knock("sign_in", "a@example.test", 1), knock("new_address", "b@example.test", 2)] {
            tx.record_knock(noon(), &other).await.unwrap();
        }
        for address in ["c@example.test", "d@example.test"] {
            tx.ask_instead(noon(), &knock("new_address", address, 1)).await.unwrap();
        }
        let mut heard = Vec::new();
        while let Some(knock) = tx.take_knock(noon()).await.unwrap() {
            heard.push(knock.address);
        }
        assert_eq!(heard, ["a@example.test", "b@example.test", "d@example.test"]);
    }

    async fn devices_are_closed_one_by_one_or_all_at_once(db: Database) {
        queue_letters(&db.store, 2).await;
        let until = noon() + TimeDelta::days(180);
        let mut tx = db.store.begin().await.unwrap();
        let phone = tx.open_device(noon(), KARI, "a", "Firefox, Android", until).await.unwrap();
        tx.open_device(noon() + TimeDelta::days(1), KARI, "b", "Edge, Windows", until).await.unwrap();
        let other = tx.open_device(noon(), RecipientId(2), "c", "", until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.store.find_device("a", noon()).await.unwrap().unwrap().id, phone);
        assert_eq!(db.store.find_device("a", until).await.unwrap(), None);
        let names: Vec<String> =
            db.store.list_devices(KARI, noon()).await.unwrap().into_iter().map(|d| d.name).collect();
        assert_eq!(names, ["Edge, Windows", "Firefox, Android"]);
        assert_eq!(db.store.close_devices(KARI, Some(other), noon()).await.unwrap(), 0);
        assert_eq!(db.store.close_devices(KARI, Some(phone), noon()).await.unwrap(), 1);
        assert_eq!(db.store.close_devices(KARI, None, noon()).await.unwrap(), 1);
        assert_eq!(db.store.find_device("b", noon()).await.unwrap(), None);
        assert!(db.store.find_device("c", noon()).await.unwrap().is_some());
    }
}
