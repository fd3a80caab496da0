//! What was kept as long as it may be is gone, and nothing younger.

use chrono::{DateTime, TimeDelta, Utc};
use treff::pipeline::{Retention, Retired, apply_retention};
use treff::store::Answer;

use super::{MONDAY, kari_of, text, town_with_letter};
use crate::histories::town::{Town, at};
use crate::on_both_databases;

fn days_later(days: i64) -> DateTime<Utc> {
    at(MONDAY) + TimeDelta::days(days)
}

/// What is left of each kind.
async fn left(town: &Town) -> [String; 4] {
    [
        text(town, "SELECT CAST((SELECT COUNT(*) FROM tap) + (SELECT COUNT(*) FROM passed_on) AS TEXT)")
            .await,
        text(town, "SELECT CAST(COUNT(*) AS TEXT) FROM delivery WHERE letter <> '{}'").await,
        text(town, "SELECT CAST(COUNT(*) AS TEXT) FROM seat_holder").await,
        text(
            town,
            "SELECT CAST(COUNT(*) AS TEXT) FROM change WHERE recipient_id IS NOT NULL
                    AND action NOT LIKE 'preferences.%'",
        )
        .await,
    ]
}

on_both_databases! {
    async fn each_kind_goes_when_its_time_has_come(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, item) = kari_of(&town).await;
        town.import("per@example.test;health;;;weekly").await;
        town.run("UPDATE seat_holder SET ends_at = 1804487400000000").await;
        town.store().record_tap(&letter, Some(item), Answer::NotForMe, at(MONDAY)).await.unwrap();
        town.store().pass_on(&letter, item, Some("Per"), at(MONDAY)).await.unwrap();
        town.mute("kari", "sector:industry").await;
        town.run("DELETE FROM change WHERE recipient_id IS NOT NULL AND action NOT LIKE 'tap%' AND action NOT LIKE 'preferences.%'").await;
        let store = town.store();
        assert_eq!(apply_retention(store, at(MONDAY)).await.unwrap(), Retired::default());
        assert_eq!(apply_retention(store, days_later(30)).await.unwrap(), Retired::default());
        assert_eq!(left(&town).await, ["2", "1", "1", "1"]);
        let logs = apply_retention(store, days_later(31)).await.unwrap();
        assert_eq!(logs, Retired { logs: 1, ..Retired::default() });
        let taps = apply_retention(store, days_later(91)).await.unwrap();
        assert_eq!(taps, Retired { taps: 2, ..Retired::default() });
        assert_eq!(left(&town).await, ["0", "1", "1", "0"]);
        let holders = apply_retention(store, days_later(184)).await.unwrap();
        assert_eq!(holders, Retired { holders: 1, ..Retired::default() });
        let letters = apply_retention(store, days_later(366)).await.unwrap();
        assert_eq!(letters.letters, 2, "the letter's words and what was chosen");
        assert_eq!(left(&town).await, ["0", "0", "0", "0"]);
        assert_eq!(apply_retention(store, days_later(366)).await.unwrap(), Retired::default());
        assert_eq!(text(&town, "SELECT CAST(COUNT(*) AS TEXT) FROM delivery_item").await, "1", "the promise stays");
        assert_eq!(text(&town, "SELECT CAST(COUNT(*) AS TEXT) FROM interest WHERE mark = 'mute'").await, "1");
    }

    async fn a_letter_whose_fate_is_open_keeps_its_words(db: Database) {
        let town = town_with_letter(db).await;
        town.run("UPDATE delivery SET state = 'uncertain'").await;
        assert_eq!(apply_retention(town.store(), days_later(400)).await.unwrap().letters, 0);
    }

    async fn it_is_done_once_a_day_and_says_so_in_the_audit_log(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, _) = kari_of(&town).await;
        let mut retention = Retention::default();
        retention.tick(town.store(), days_later(100)).await.unwrap();
        town.store().record_tap(&letter, None, Answer::Hit, at(MONDAY)).await.unwrap();
        retention.tick(town.store(), days_later(100) + TimeDelta::hours(23)).await.unwrap();
        assert_eq!(text(&town, "SELECT answer FROM tap").await, "hit");
        retention.tick(town.store(), days_later(101)).await.unwrap();
        assert_eq!(text(&town, "SELECT answer FROM tap").await, "");
        assert!(text(&town, "SELECT subject FROM change WHERE action = 'retention.applied'").await.contains("retention:taps"));
    }
}
