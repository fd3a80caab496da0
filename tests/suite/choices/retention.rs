//! What was kept as long as it may be is gone, and nothing younger.

use chrono::{DateTime, TimeDelta, Utc};
use treff::delivery::{OnceMore, send_once_more};
use treff::pipeline::{Retention, Retired, apply_retention};
use treff::store::{Answer, DeliveryState, ProbeAnswer};

use super::{MONDAY, kari_of, text, town_with_letter};
use crate::histories::town::{Town, at};
use crate::on_both_databases;

fn days_later(days: i64) -> DateTime<Utc> {
    at(MONDAY) + TimeDelta::days(days)
}

/// What is left of each kind.
async fn left(town: &Town) -> [String; 4] {
    [
        text(town, "SELECT CAST((SELECT COUNT(*) FROM tap) + (SELECT COUNT(*) FROM passed_on) + (SELECT COUNT(*) FROM probe) AS TEXT)")
            .await,
        text(town, "SELECT CAST(COUNT(*) AS TEXT) FROM letter").await,
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
        town.store().record_probe(&letter, item, ProbeAnswer::Skipped, at(MONDAY)).await.unwrap();
        town.mute("kari", "sector:industry").await;
        town.run("DELETE FROM change WHERE recipient_id IS NOT NULL AND action NOT LIKE 'tap%' AND action NOT LIKE 'preferences.%'").await;
        let store = town.store();
        assert_eq!(apply_retention(store, at(MONDAY)).await.unwrap(), Retired::default());
        assert_eq!(apply_retention(store, days_later(30)).await.unwrap(), Retired::default());
        assert_eq!(left(&town).await, ["3", "1", "1", "1"]);
        let logs = apply_retention(store, days_later(31)).await.unwrap();
        assert_eq!(logs, Retired { logs: 1, ..Retired::default() });
        let taps = apply_retention(store, days_later(91)).await.unwrap();
        assert_eq!(taps, Retired { taps: 3, ..Retired::default() });
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

    async fn before_its_answers_go_a_month_is_summed_once(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, _) = kari_of(&town).await;
        let store = town.store();
        store.record_tap(&letter, None, Answer::Hit, at(MONDAY)).await.unwrap();
        const MONTHS: &str = "SELECT month || ' ' || CAST(letters AS TEXT) || ' ' || said || CAST(COALESCE(yes, 0) AS TEXT) FROM hit_month";
        apply_retention(store, at("2027-05-27T23:59:59Z")).await.unwrap();
        assert_eq!(text(&town, MONTHS).await, "");
        for _ in 0..2 {
            apply_retention(store, at("2027-05-28T00:00:00Z")).await.unwrap();
        }
        assert_eq!(text(&town, MONTHS).await, "2027-03 1 few0", "one answer is too few to be kept");
        assert_eq!(text(&town, "SELECT subject FROM change WHERE action = 'hits.kept'").await, "month:2027-03");
        assert_eq!(text(&town, "SELECT answer FROM tap").await, "hit");
        let kept = store.list_hit_months("2027-04", 12).await.unwrap().remove(0);
        assert!(!store.keep_hit_month(&kept, at(MONDAY)).await.unwrap());
        assert_eq!(store.list_hit_months("2027-03", 12).await.unwrap(), []);
        town.run("DELETE FROM hit_month").await;
        town.run("UPDATE retention SET days = 14 WHERE kind = 'taps'").await;
        apply_retention(store, at("2027-04-02T00:00:00Z")).await.unwrap();
        assert_eq!(text(&town, MONTHS).await, "", "half of the month's answers were gone before it was over");
    }

    async fn what_people_said_to_events_and_requests_goes_a_year_after_their_day(db: Database) {
        let town = town_with_letter(db).await;
        town.run("UPDATE item SET closes_at = 1804487400000000").await;
        for sql in [
            "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) VALUES (1, 1, 'coming', 'letter', 0)",
            "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times) VALUES (1, 1, 'x', 'letter', 0, 0, 1)",
            "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at) VALUES (1, 1, 'coming', 0, 0)",
        ] {
            town.run(sql).await;
        }
        let kept = apply_retention(town.store(), days_later(365)).await.unwrap();
        assert_eq!(kept.answers, 0, "said long ago, but the day is a year back only now");
        town.run("UPDATE item SET closes_at = 1804487399999999").await;
        assert_eq!(apply_retention(town.store(), days_later(365)).await.unwrap().answers, 3);
        town.run("INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) VALUES (1, 1, 'coming', 'letter', 1804487399999999)").await;
        town.run("UPDATE item SET closes_at = NULL").await;
        assert_eq!(apply_retention(town.store(), days_later(364)).await.unwrap().answers, 0);
        assert_eq!(apply_retention(town.store(), days_later(365)).await.unwrap().answers, 1, "an event without a day");
    }

    async fn what_was_sent_in_goes_after_a_year_and_what_staff_write_stays(db: Database) {
        let town = town_with_letter(db).await;
        for sql in [
            "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, received_at, changed_at)
             SELECT 'd' || id, CASE WHEN id = 1 THEN 'form' ELSE 'lead' END, 'new', 'nb', 't', 'b', '{}', '', '[]', 1804487400000000, 1804487400000000
             FROM recipient",
            "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, received_at, changed_at, settled_at)
             VALUES ('taken', 'form', 'taken', 'nb', 't', 'b', '{}', '', '[]', 0, 0, 1804487400000000)",
        ] {
            town.run(sql).await;
        }
        assert_eq!(apply_retention(town.store(), days_later(365)).await.unwrap().drafts, 0);
        assert_eq!(apply_retention(town.store(), days_later(366)).await.unwrap().drafts, 2);
        assert_eq!(text(&town, "SELECT source FROM draft").await, "lead");
    }

    async fn whom_somebody_named_as_having_their_place_goes_after_a_year(db: Database) {
        let town = town_with_letter(db).await;
        town.import("per@example.test;health;;;weekly").await;
        town.run("INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at)
                  SELECT recipient_id, seat_id, 'Siri', 'siri@example.test', 1804487400000000 FROM seat_holder").await;
        assert_eq!(apply_retention(town.store(), days_later(365)).await.unwrap().answers, 0);
        assert_eq!(apply_retention(town.store(), days_later(366)).await.unwrap().answers, 1);
        assert_eq!(text(&town, "SELECT CAST(COUNT(*) AS TEXT) FROM left_place").await, "0");
    }

    async fn short_mails_go_after_a_month_and_unanswered_knocks_after_a_day(db: Database) {
        let town = town_with_letter(db).await;
        for sql in [
            "INSERT INTO notice (kind, language, details, queued_at, next_attempt_at, attempts, expires_at, state, settled_at)
             VALUES ('sign_in', 'nb', '{}', 0, 0, 1, 0, 'sent', 1804487400000000), ('sign_in', 'nb', '{}', 0, 0, 1, 0, 'queued', NULL)",
            "INSERT INTO knock (purpose, address, language, details, asked_at) VALUES ('sign_in', 'kari@example.test', 'nb', '{}', 1804487400000000)",
        ] {
            town.run(sql).await;
        }
        assert_eq!(apply_retention(town.store(), days_later(1)).await.unwrap().notices, 0);
        assert_eq!(apply_retention(town.store(), days_later(2)).await.unwrap().notices, 1);
        assert_eq!(text(&town, "SELECT address FROM knock").await, "");
        assert_eq!(apply_retention(town.store(), days_later(30)).await.unwrap().notices, 0);
        assert_eq!(apply_retention(town.store(), days_later(31)).await.unwrap().notices, 1);
        assert_eq!(text(&town, "SELECT state FROM notice").await, "queued");
    }

    async fn pieces_go_with_the_last_letter_that_used_them(db: Database) {
        let town = town_with_letter(db).await;
        let templates = "SELECT CAST(COUNT(*) AS TEXT) FROM piece";
        let kept: i64 = text(&town, templates).await.parse().unwrap();
        assert!(kept >= 3, "a frame, a card, the templates: {kept}");
        town.run("UPDATE piece SET kept_at = 1804487400000000").await;
        town.run("UPDATE delivery SET state = 'deferred'").await;
        assert_eq!(apply_retention(town.store(), days_later(400)).await.unwrap().pieces, 0, "a letter is on its way");
        town.run("UPDATE delivery SET state = 'accepted', dated_at = 9000000000000000").await;
        town.run("UPDATE letter SET content = '{\"x\":1}'").await;
        assert_eq!(apply_retention(town.store(), days_later(400)).await.unwrap().pieces, 0, "who knows what it names");
        town.run("UPDATE delivery SET dated_at = 0").await;
        let gone = apply_retention(town.store(), days_later(400)).await.unwrap().pieces;
        assert_eq!(i64::try_from(gone).unwrap(), kept - 1, "all but the templates that the edition names");
        assert_eq!(text(&town, templates).await, "1");
    }

    async fn a_piece_that_is_used_again_is_young_again(db: Database) {
        let town = town_with_letter(db).await;
        let piece = [("a".repeat(64), b"x".to_vec())];
        let store = town.store();
        store.keep_pieces(&mut piece.clone(), days_later(0)).await.unwrap();
        store.keep_pieces(&mut piece.clone(), days_later(300)).await.unwrap();
        apply_retention(store, days_later(500)).await.unwrap();
        assert_eq!(store.load_pieces(&[&piece[0].0]).await.unwrap().len(), 1, "a letter that names it may be on its way");
        apply_retention(store, days_later(666)).await.unwrap();
        assert_eq!(store.load_pieces(&[&piece[0].0]).await.unwrap().len(), 0);
    }

    async fn why_an_event_was_cancelled_goes_also_if_nothing_else_does(db: Database) {
        let town = town_with_letter(db).await;
        town.run("INSERT INTO cancellation (item_id, reason, asked_at) VALUES (1, 'Foredragsholderen er syk', 1804487400000000)").await;
        const REASONS: &str = "SELECT reason FROM cancellation";
        apply_retention(town.store(), days_later(365)).await.unwrap();
        assert_eq!(text(&town, REASONS).await, "Foredragsholderen er syk");
        let retired = apply_retention(town.store(), days_later(366)).await.unwrap();
        assert_eq!((retired.answers, text(&town, REASONS).await), (0, String::new()));
        let applied = "SELECT after FROM change WHERE subject = 'retention:answers'";
        assert!(text(&town, applied).await.contains("\"rows\":0"), "it was not told as an answer");
        apply_retention(town.store(), days_later(367)).await.unwrap();
        assert_eq!(text(&town, applied).await.lines().count(), 1, "and is done once");
    }

    async fn a_letter_that_is_on_its_way_keeps_its_words(db: Database) {
        let town = town_with_letter(db).await;
        town.run("UPDATE delivery SET state = 'deferred'").await;
        assert_eq!(apply_retention(town.store(), days_later(400)).await.unwrap().letters, 0);
    }

    async fn a_letter_of_unknown_fate_loses_its_words_in_time_and_is_not_sent_again(db: Database) {
        let town = town_with_letter(db).await;
        town.run("UPDATE delivery SET state = 'uncertain', reply = 'the connection broke'").await;
        let (_, letter, _) = kari_of(&town).await;
        let id = letter.delivery;
        let again = || send_once_more(town.store(), at(MONDAY), "command", id);
        assert_eq!(apply_retention(town.store(), days_later(364)).await.unwrap().letters, 0);
        assert_eq!(apply_retention(town.store(), days_later(400)).await.unwrap().letters, 1);
        assert_eq!(text(&town, "SELECT state || COALESCE(reply, '') FROM delivery").await, "uncertain");
        assert_eq!(text(&town, "SELECT CAST(COUNT(*) AS TEXT) FROM delivery_item WHERE NOT returned").await, "1", "it counts as got");
        assert_eq!(again().await.unwrap(), OnceMore::Wordless(DeliveryState::Uncertain));
        assert_eq!(text(&town, "SELECT state FROM delivery").await, "uncertain");
    }

    async fn a_letter_to_whom_nothing_may_go_is_not_sent_again(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, _) = kari_of(&town).await;
        let again = || send_once_more(town.store(), at(MONDAY), "command", letter.delivery);
        for state in [DeliveryState::Uncertain, DeliveryState::Deferred, DeliveryState::Rejected] {
            town.run(match state {
                DeliveryState::Uncertain => "UPDATE delivery SET state = 'uncertain'",
                DeliveryState::Deferred => "UPDATE delivery SET state = 'deferred'",
                _ => "UPDATE delivery SET state = 'rejected'",
            }).await;
            town.run("UPDATE recipient SET status = 'suspended'").await;
            assert_eq!(again().await.unwrap(), OnceMore::Stopped(state));
            town.run("UPDATE recipient SET status = 'erased'").await;
            assert_eq!(again().await.unwrap(), OnceMore::Erased(state));
            assert_eq!(text(&town, "SELECT state FROM delivery").await, state.word());
        }
        town.run("UPDATE delivery SET state = 'uncertain'").await;
        town.run("UPDATE recipient SET status = 'active'").await;
        assert_eq!(again().await.unwrap(), OnceMore::MayComeTwice);
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
