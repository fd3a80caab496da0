//! A change of preferences taken back leaves everything as it was.

use chrono::{DateTime, TimeDelta, Utc};
use treff::store::{By, PreferenceChanges, Undone};

use super::{MONDAY, text, town_with_letter};
use crate::histories::town::{Town, at, term_name};
use crate::on_both_databases;

const ROWS: &str = "SELECT CAST(term_id AS TEXT) || mark || source || CAST(started_at AS TEXT)
                        || CAST(COALESCE(ended_at, 0) AS TEXT) || COALESCE(ended_by, '') FROM interest
                    UNION ALL SELECT kind || CAST(COALESCE(ended_at, 0) AS TEXT) FROM muted_kind
                    UNION ALL SELECT cadence || language || COALESCE(paused_until, '') || chosen
                        || CAST(COALESCE(cap, 0) AS TEXT) FROM recipient ORDER BY 1";

fn by(now: DateTime<Utc>) -> By<'static> {
    By { source: "person", actor: "page", now }
}

/// Everything that the page can change, at once.
fn all_at_once() -> PreferenceChanges {
    PreferenceChanges {
        follow: vec![term_name("sector:industry")],
        unfollow: vec![term_name("sector:health")],
        mute: vec![term_name("group:night")],
        unmute: vec![term_name("role:decision-maker")],
        mute_kinds: vec!["tip".to_owned()],
        unmute_kinds: vec!["event".to_owned()],
        cadence: Some("daily".to_owned()),
        language: Some("nn".to_owned()),
        cap: Some(Some(3)),
        paused_until: Some("2027-04-01".parse().ok()),
    }
}

async fn prepared(town: &Town) {
    let before = PreferenceChanges {
        mute: vec![term_name("role:decision-maker")],
        mute_kinds: vec!["event".to_owned()],
        ..PreferenceChanges::default()
    };
    town.prefer("kari", before).await;
}

on_both_databases! {
    async fn everything_at_once_is_taken_back_exactly(db: Database) {
        let town = town_with_letter(db).await;
        prepared(&town).await;
        let (kari, before) = (town.id("kari").await, text(&town, ROWS).await);
        let later = at(MONDAY) + TimeDelta::minutes(1);
        let made = town.store().change_preferences(kari, &all_at_once(), by(later)).await.unwrap().unwrap();
        assert_eq!(made.made, all_at_once(), "all of it became different");
        assert_ne!(text(&town, ROWS).await, before);
        let undo = |id, change| town.store().undo_preferences(id, change, at(MONDAY), by(later));
        assert_eq!(undo(town.id("ola").await, made.id).await.unwrap(), Undone::Unknown, "another's change");
        assert_eq!(undo(kari, made.id + 1_000).await.unwrap(), Undone::Unknown);
        assert_eq!(undo(kari, made.id).await.unwrap(), Undone::Done);
        assert_eq!(text(&town, ROWS).await, before);
        assert_eq!(undo(kari, made.id).await.unwrap(), Undone::Already);
        assert_eq!(text(&town, ROWS).await, before);
    }

    async fn only_what_really_changed_is_recorded_and_taken_back(db: Database) {
        let town = town_with_letter(db).await;
        let (kari, before) = (town.id("kari").await, text(&town, ROWS).await);
        let again = PreferenceChanges { follow: vec![term_name("sector:health")], ..PreferenceChanges::default() };
        assert_eq!(town.store().change_preferences(kari, &again, by(at(MONDAY))).await.unwrap(), None);
        let more = PreferenceChanges { mute_kinds: vec!["tip".to_owned()], ..again };
        let made = town.store().change_preferences(kari, &more, by(at(MONDAY))).await.unwrap().unwrap();
        assert_eq!(made.made.follow, [], "health was followed already");
        town.store().undo_preferences(kari, made.id, at(MONDAY), by(at(MONDAY))).await.unwrap();
        assert_eq!(text(&town, ROWS).await, before, "and still is");
    }

    async fn half_an_hour_later_or_after_another_change_it_is_too_late(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let change = |cap| PreferenceChanges { cap: Some(Some(cap)), ..PreferenceChanges::default() };
        let first = town.store().change_preferences(kari, &change(3), by(at(MONDAY))).await.unwrap().unwrap();
        let from = at(MONDAY) + TimeDelta::minutes(1);
        let late = town.store().undo_preferences(kari, first.id, from, by(at(MONDAY))).await.unwrap();
        assert_eq!(late, Undone::TooLate);
        let second = town.store().change_preferences(kari, &change(5), by(at(MONDAY))).await.unwrap().unwrap();
        let undo = |change| town.store().undo_preferences(kari, change, at(MONDAY), by(at(MONDAY)));
        assert_eq!(undo(first.id).await.unwrap(), Undone::Overtaken);
        assert_eq!(undo(second.id).await.unwrap(), Undone::Done);
        assert_eq!(town.find("kari").await.cap, Some(3));
    }

    async fn what_was_taken_back_and_changed_since_is_not_said_to_be_as_before(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let change = |cap| PreferenceChanges { cap: Some(Some(cap)), ..PreferenceChanges::default() };
        let first = town.store().change_preferences(kari, &change(3), by(at(MONDAY))).await.unwrap().unwrap();
        let undo = || town.store().undo_preferences(kari, first.id, at(MONDAY), by(at(MONDAY)));
        assert_eq!((undo().await.unwrap(), undo().await.unwrap()), (Undone::Done, Undone::Already));
        town.store().change_preferences(kari, &change(5), by(at(MONDAY))).await.unwrap().unwrap();
        assert_eq!(undo().await.unwrap(), Undone::Overtaken);
        assert_eq!(town.find("kari").await.cap, Some(5));
    }

    async fn the_history_tells_what_was_changed_and_taken_back(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let made = town.store().change_preferences(kari, &all_at_once(), by(at(MONDAY))).await.unwrap().unwrap();
        town.store().undo_preferences(kari, made.id, at(MONDAY), by(at(MONDAY))).await.unwrap();
        let history = town.store().list_preference_history(kari, 8).await.unwrap();
        assert_eq!(history.iter().map(|row| row.undone).collect::<Vec<_>>(), [true, false]);
        assert_eq!(history[1].made, made.made);
        assert_eq!(history[0].made.cadence.as_deref(), Some("weekly"));
        assert_eq!(history[0].made.cap, Some(None), "back to the forum's own number");
        assert_eq!(history[0].made.unfollow, made.made.follow);
        assert_eq!(town.store().list_preference_history(kari, 1).await.unwrap().len(), 1);
        assert_eq!(town.store().list_preference_history(town.id("ola").await, 8).await.unwrap(), []);
    }

    async fn of_changes_made_at_once_none_is_lost_and_each_is_named_as_itself(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let none = PreferenceChanges::default;
        let cadence = PreferenceChanges { cadence: Some("daily".to_owned()), mute: vec![term_name("sector:industry")], ..none() };
        let language = PreferenceChanges { language: Some("nn".to_owned()), mute_kinds: vec!["tip".to_owned()], ..none() };
        let cap = PreferenceChanges { cap: Some(Some(3)), ..none() };
        let pause = PreferenceChanges { paused_until: Some("2027-04-01".parse().ok()), ..none() };
        let change = |changes| town.store().change_preferences(kari, changes, by(at(MONDAY)));
        let (one, two, three, four) = tokio::join!(change(&cadence), change(&language), change(&cap), change(&pause));
        let stands = "SELECT cadence || ' ' || language || ' ' || CAST(COALESCE(cap, 0) AS TEXT) || ' ' || COALESCE(paused_until, '')
                      FROM recipient WHERE email = 'kari@example.test'";
        assert_eq!(text(&town, stands).await, "daily nn 3 2027-04-01");
        let history = town.store().list_preference_history(kari, 8).await.unwrap();
        for (made, asked) in [(one, cadence), (two, language), (three, cap), (four, pause)] {
            let made = made.unwrap().unwrap();
            let row = history.iter().find(|row| row.id == made.id).unwrap();
            assert_eq!((&made.made, &row.made), (&asked, &asked));
        }
    }

    async fn a_change_and_an_undoing_at_once_that_want_each_other_s_rows_are_both_done(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let follow = PreferenceChanges { follow: vec![term_name("sector:industry")], ..PreferenceChanges::default() };
        let unfollow = PreferenceChanges { unfollow: follow.follow.clone(), ..PreferenceChanges::default() };
        let made = town.store().change_preferences(kari, &follow, by(at(MONDAY))).await.unwrap().unwrap();
        // Both wait for her row, the undoing first; then it has her row, and the change the mark that it takes away.
        let mut other = town.store().begin().await.unwrap();
        other.run("UPDATE recipient SET name = name WHERE email = 'kari@example.test'", vec![]).await.unwrap();
        let undo = town.store().undo_preferences(kari, made.id, at(MONDAY), by(at(MONDAY)));
        let change = async {
            town.db.until_waiting(1).await;
            town.store().change_preferences(kari, &unfollow, by(at(MONDAY))).await
        };
        let let_go = async {
            town.db.until_waiting(2).await;
            other.commit().await
        };
        let (undone, changed, let_go) = tokio::join!(undo, change, let_go);
        let_go.unwrap();
        match (undone.unwrap(), changed.unwrap()) {
            (Undone::Done, made) => assert_eq!(made, None, "there was nothing left to end"),
            (undone, made) => assert_eq!((undone, made.is_some()), (Undone::Overtaken, true)),
        }
        let follows = "SELECT CAST(COUNT(*) AS TEXT) FROM interest i JOIN term t ON t.id = i.term_id
                       JOIN recipient r ON r.id = i.recipient_id
                       WHERE r.email LIKE 'kari%' AND t.slug = 'industry' AND i.mark = 'follow' AND i.ended_at IS NULL";
        assert_eq!(text(&town, follows).await, "0");
    }

    async fn taking_back_makes_planning_look_again(db: Database) {
        let town = town_with_letter(db).await;
        let kari = town.id("kari").await;
        let made = town.store().change_preferences(kari, &all_at_once(), by(at(MONDAY))).await.unwrap().unwrap();
        town.run("UPDATE recipient SET watermark = 99").await;
        town.store().undo_preferences(kari, made.id, at(MONDAY), by(at(MONDAY))).await.unwrap();
        assert!(town.find("kari").await.watermark < 99);
    }
}
