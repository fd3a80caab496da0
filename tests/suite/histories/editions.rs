//! The rows of editions and the release counter, on both databases.

use chrono::{DateTime, TimeDelta, Utc};
use treff::store::{EditionRow, NewEdition, Store};

use super::town::{Town, at};
use crate::on_both_databases;

const MONDAY: &str = "2027-03-08T06:30:00Z";

/// Opens an edition as planning does.
async fn open(store: &Store, cadence: &str, occurs_at: DateTime<Utc>, now: DateTime<Utc>) -> EditionRow {
    let mut tx = store.begin().await.unwrap();
    let new = NewEdition {
        cadence,
        occurs_at,
        now_at: now,
        cap: 7,
        inputs: "{}".to_owned(),
        opened_at: now,
        asks_approval: false,
    };
    let row = tx.insert_edition(new).await.unwrap();
    tx.commit().await.unwrap();
    row
}

on_both_databases! {
    async fn what_is_due_is_released_in_the_order_of_its_time_and_slug(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        for (slug, day) in [("zoo", 2), ("aal", 3), ("elg", 2), ("uhr", 20)] {
            let front = format!("kind = \"tip\"\naudience = \"all\"\nrelease_at = 2027-03-{day:02}T00:00:00Z");
            town.queue(slug, &front).await;
        }
        town.queue("gaas", "kind = \"tip\"\naudience = \"all\"").await;
        town.withdraw("gaas").await;
        let change = town.store().find_change_number().await.unwrap();
        let mut tx = town.store().begin().await.unwrap();
        assert_eq!(tx.lock_release_counter().await.unwrap(), 0);
        assert_eq!(tx.release_due(at(MONDAY)).await.unwrap(), 3);
        assert_eq!(tx.release_due(at(MONDAY)).await.unwrap(), 3);
        assert_eq!(tx.lock_release_counter().await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert_eq!(town.store().last_number().await.unwrap(), 3);
        assert!(town.store().find_change_number().await.unwrap() > change, "a running serve reads anew");
        for (slug, number) in [("elg", Some(1)), ("zoo", Some(2)), ("aal", Some(3)), ("uhr", None), ("gaas", None)] {
            assert_eq!(town.item(slug).await.number, number, "{slug}");
        }
        assert_eq!(town.item("elg").await.numbered_at, Some(at(MONDAY)));
    }

    async fn two_who_release_at_once_give_every_number_once(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        for n in 0..20 {
            town.queue(&format!("sak-{n}"), "kind = \"tip\"\naudience = \"all\"").await;
        }
        let release = || {
            let store = town.store().clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let last = tx.release_due(at(MONDAY)).await.unwrap();
                tx.commit().await.unwrap();
                last
            })
        };
        let (one, two) = tokio::join!(release(), release());
        assert_eq!((one.unwrap(), two.unwrap()), (20, 20));
        assert_eq!(town.store().last_number().await.unwrap(), 20);
    }

    async fn a_number_that_was_not_committed_is_given_again(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        town.queue("en", "kind = \"tip\"\naudience = \"all\"").await;
        let mut tx = town.store().begin().await.unwrap();
        assert_eq!(tx.release_due(at(MONDAY)).await.unwrap(), 1);
        drop(tx);
        assert_eq!(town.store().last_number().await.unwrap(), 0);
        assert_eq!(town.item("en").await.number, None);
    }

    async fn an_edition_is_found_as_it_was_opened(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        town.queue("en", "kind = \"tip\"\naudience = \"all\"").await;
        let store = town.store();
        let now = at(MONDAY) + TimeDelta::microseconds(1);
        let row = open(store, "weekly", at(MONDAY), now).await;
        assert_eq!((row.cadence.as_str(), row.occurs_at, row.now_at, row.opened_at), ("weekly", at(MONDAY), now, now));
        assert_eq!((row.last_number, row.cap, row.planned_at), (1, 7, None));
        assert_eq!(store.find_edition("weekly", at(MONDAY)).await.unwrap().as_ref(), Some(&row));
        assert_eq!(store.find_edition("daily", at(MONDAY)).await.unwrap(), None);
        assert_eq!(store.find_edition("weekly", now).await.unwrap(), None);
        assert_eq!(store.get_edition(row.id).await.unwrap(), row);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.find_edition("weekly", at(MONDAY)).await.unwrap(), Some(row));
    }

    async fn an_occurrence_of_a_cadence_is_opened_once_for_ever(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        open(town.store(), "weekly", at(MONDAY), at(MONDAY)).await;
        let mut tx = town.store().begin().await.unwrap();
        let new = NewEdition { cadence: "weekly", occurs_at: at(MONDAY), now_at: at(MONDAY), cap: 7,
                               inputs: "{}".to_owned(), opened_at: at(MONDAY), asks_approval: false };
        assert!(tx.insert_edition(new).await.is_err());
        drop(tx);
        open(town.store(), "daily", at(MONDAY), at(MONDAY)).await;
        assert_eq!(town.store().list_editions().await.unwrap().len(), 2);
    }

    async fn the_latest_edition_is_that_of_its_cadence_and_time(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        let week = TimeDelta::days(7);
        let first = open(town.store(), "weekly", at(MONDAY), at(MONDAY)).await;
        let second = open(town.store(), "weekly", at(MONDAY) + week, at(MONDAY) + week).await;
        open(town.store(), "daily", at(MONDAY) + week * 2, at(MONDAY) + week * 2).await;
        let latest = async |when| town.store().find_latest_edition("weekly", when).await.unwrap().map(|row| row.id);
        assert_eq!(latest(at(MONDAY) - TimeDelta::microseconds(1)).await, None);
        assert_eq!(latest(at(MONDAY)).await, Some(first.id));
        assert_eq!(latest(at(MONDAY) + week).await, Some(second.id));
        assert_eq!(latest(DateTime::<Utc>::MAX_UTC).await, Some(second.id));
    }

    async fn planning_is_finished_once_and_a_later_occurrence_finishes_the_earlier(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        let store = town.store();
        let (monday, week) = (at(MONDAY), TimeDelta::days(7));
        let weekly = open(store, "weekly", monday, monday).await;
        let daily = open(store, "daily", monday, monday).await;
        let unfinished = async || -> Vec<_> {
            store.list_unfinished_editions().await.unwrap().into_iter().map(|row| row.id).collect()
        };
        assert_eq!(unfinished().await, [weekly.id, daily.id]);
        store.finish_planning(daily.id, monday + week).await.unwrap();
        store.finish_planning(daily.id, monday + week * 2).await.unwrap();
        assert_eq!(store.get_edition(daily.id).await.unwrap().planned_at, Some(monday + week));
        assert_eq!(unfinished().await, [weekly.id]);
        let next = open(store, "weekly", monday + week, monday + week).await;
        assert_eq!(unfinished().await, [next.id]);
        let rows: Vec<_> = store.list_editions().await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(rows, [daily.id, weekly.id, next.id]);
    }

    async fn a_forum_begins_when_it_is_applied(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        assert_eq!(town.store().get_beginning().await.unwrap(), at("2027-03-01T00:00:00Z"));
    }

    async fn an_urgent_item_is_due_until_an_urgent_edition_has_considered_it(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        let store = town.store();
        town.queue("vanlig", "kind = \"tip\"\naudience = \"all\"").await;
        assert!(!store.has_urgent_due(at(MONDAY)).await.unwrap());
        town.queue("haster", "kind = \"tip\"\naudience = \"all\"\nlane = \"urgent\"\nrelease_at = 2027-03-02T00:00:00Z")
            .await;
        assert!(!store.has_urgent_due(at("2027-03-01T23:59:59Z")).await.unwrap());
        assert!(store.has_urgent_due(at("2027-03-02T00:00:00Z")).await.unwrap());
        open(store, "weekly", at(MONDAY), at(MONDAY)).await;
        assert!(store.has_urgent_due(at(MONDAY)).await.unwrap(), "an ordinary edition only numbered it");
        open(store, "urgent", at(MONDAY), at(MONDAY)).await;
        assert!(!store.has_urgent_due(at(MONDAY)).await.unwrap());
        town.clock.set(at(MONDAY));
        town.correct("haster", "kind = \"tip\"\naudience = \"all\"\nlane = \"urgent\"", "Rettet").await;
        assert!(store.has_urgent_due(at(MONDAY)).await.unwrap(), "a correction has a new number");
        town.withdraw("haster").await;
        assert!(!store.has_urgent_due(at(MONDAY)).await.unwrap());
    }
}
