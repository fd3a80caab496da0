//! Taps teach only whom they concern, and only as long as both the person and the forum want it.

use treff::store::{Answer, ProbeAnswer};

use super::{MONDAY, kari_of, text, town_with_letter};
use crate::histories::town::{FORUM, Town, at};
use crate::on_both_databases;

const TAPS: &str = "SELECT answer FROM tap ORDER BY id";
const SAID: &str = "SELECT action || COALESCE(after, '') FROM change WHERE action LIKE 'tap%' OR action LIKE 'item.p%' ORDER BY id";

on_both_databases! {
    async fn the_same_answer_again_is_recorded_once_and_another_replaces_it(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, item) = kari_of(&town).await;
        for answer in [Answer::Hit, Answer::Hit, Answer::Miss, Answer::Miss] {
            assert!(town.store().record_tap(&letter, None, answer, at(MONDAY)).await.unwrap());
        }
        assert_eq!(text(&town, TAPS).await, "miss");
        for _ in 0..2 {
            town.store().record_tap(&letter, Some(item), Answer::NotForMe, at(MONDAY)).await.unwrap();
        }
        assert_eq!(text(&town, TAPS).await, "miss\nnot_for_me");
        assert_eq!(text(&town, SAID).await, "tap.recorded\ntap.recorded\ntap.recorded", "and never the answer itself");
    }

    async fn a_tap_on_an_item_is_taken_back_with_the_word_for_a_colleague(db: Database) {
        let town = town_with_letter(db).await;
        let (kari, letter, item) = kari_of(&town).await;
        town.store().record_tap(&letter, Some(item), Answer::NotForMe, at(MONDAY)).await.unwrap();
        town.store().pass_on(&letter, item, Some("Per i plan"), at(MONDAY)).await.unwrap();
        town.store().pass_on(&letter, item, None, at(MONDAY)).await.unwrap();
        assert_eq!(text(&town, "SELECT COALESCE(colleague, 'nobody named') FROM passed_on").await, "nobody named");
        assert!(town.store().take_back_tap(&letter, item, at(MONDAY)).await.unwrap());
        assert!(!town.store().take_back_tap(&letter, item, at(MONDAY)).await.unwrap(), "a double click");
        assert_eq!(text(&town, "SELECT answer FROM tap UNION ALL SELECT 'passed on' FROM passed_on").await, "");
        assert_eq!(town.store().list_taps(&[kari], None).await.unwrap(), []);
    }

    async fn who_switches_learning_off_leaves_no_taps_behind_and_none_come(db: Database) {
        let town = town_with_letter(db).await;
        let (kari, letter, item) = kari_of(&town).await;
        town.store().record_tap(&letter, Some(item), Answer::NotForMe, at(MONDAY)).await.unwrap();
        assert_eq!(town.store().list_taps(&[kari], None).await.unwrap().len(), 1);
        assert!(town.store().record_probe(&letter, item, ProbeAnswer::Yes, at(MONDAY)).await.unwrap());
        assert!(town.store().set_learning(kari, false, at(MONDAY)).await.unwrap());
        assert_eq!(town.store().find_probe(kari, item).await.unwrap(), None);
        assert!(!town.store().record_probe(&letter, item, ProbeAnswer::Yes, at(MONDAY)).await.unwrap());
        assert!(!town.store().set_learning(kari, false, at(MONDAY)).await.unwrap());
        assert!(!town.store().is_learning(kari).await.unwrap());
        assert!(!town.store().record_tap(&letter, None, Answer::Miss, at(MONDAY)).await.unwrap());
        assert_eq!(text(&town, TAPS).await, "");
        assert!(town.store().set_learning(kari, true, at(MONDAY)).await.unwrap());
        assert!(town.store().record_tap(&letter, None, Answer::Miss, at(MONDAY)).await.unwrap());
        assert_eq!(town.store().list_taps(&[kari], None).await.unwrap().len(), 1);
        assert!(town.store().forget_taps(kari, at(MONDAY)).await.unwrap());
        assert!(!town.store().forget_taps(kari, at(MONDAY)).await.unwrap());
    }

    async fn an_uncertain_letter_is_settled_even_if_nothing_is_learned(db: Database) {
        let town = town_with_letter(db).await;
        let (kari, letter, _) = kari_of(&town).await;
        town.store().set_learning(kari, false, at(MONDAY)).await.unwrap();
        town.run("UPDATE delivery SET state = 'uncertain'").await;
        town.store().record_tap(&letter, None, Answer::Hit, at(MONDAY)).await.unwrap();
        assert_eq!(text(&town, "SELECT state FROM delivery").await, "accepted");
    }

    async fn a_forum_that_does_not_learn_keeps_answers_and_ranks_by_none(db: Database) {
        let file = FORUM.replace("holidays", "learning = false\nholidays");
        let town = Town::build_with(db, "2027-03-01T08:00:00Z", &file).await;
        town.import("kari@example.test;;health;;weekly").await;
        town.queue("en", "kind = \"tip\"\nabout = [\"sector:health\"]\nvisibility = \"public\"").await;
        town.publish(treff::forum::Cadence::Weekly, MONDAY).await;
        let (kari, letter, _) = kari_of(&town).await;
        assert!(town.store().record_tap(&letter, None, Answer::Miss, at(MONDAY)).await.unwrap());
        assert_eq!(text(&town, TAPS).await, "miss");
        assert_eq!(town.store().list_taps(&[kari], None).await.unwrap(), []);
        assert!(!town.forum().await.settings.learning);
    }

    async fn what_was_said_is_exported_and_erased(db: Database) {
        let town = town_with_letter(db).await;
        let (kari, letter, item) = kari_of(&town).await;
        town.store().pass_on(&letter, item, Some("ola@example.test i plan"), at(MONDAY)).await.unwrap();
        town.store().record_probe(&letter, item, ProbeAnswer::No, at(MONDAY)).await.unwrap();
        let dossier = town.store().export_recipient(kari, "test", at(MONDAY)).await.unwrap();
        assert_eq!(dossier.passed_on[0].colleague.as_deref(), Some("ola@example.test i plan"));
        let probe = &dossier.taken_part.probes[0];
        assert_eq!((probe.item.as_str(), probe.answer.as_str(), probe.answered_at), ("en", "no", at(MONDAY)));
        assert!(dossier.recipient.learning);
        for (who, left) in [("ola", "-"), ("kari", "")] {
            let order = treff::store::ErasureOrder {
                id: town.id(who).await,
                email: &format!("{who}@example.test"),
                hash_of: &|_| who.to_owned(),
                public_id: who,
                empty_letter: &|_| "{}".to_owned(),
                naming: treff::store::Naming {
                    names_them: &|_, _| false,
                    without_them: &treff::forum::without_mentions,
                },
                now: at(MONDAY),
            };
            town.store().erase_recipient(&order).await.unwrap();
            assert_eq!(text(&town, "SELECT COALESCE(colleague, '-') FROM passed_on").await, left, "{who}");
            let probes = if who == "kari" { "" } else { "no" };
            assert_eq!(text(&town, "SELECT answer FROM probe").await, probes, "{who}");
        }
    }
}

on_both_databases! {
    async fn the_lead_reads_sums_and_words_for_colleagues_without_who_said_them(db: Database) {
        let town = town_with_letter(db).await;
        let (_, letter, item) = kari_of(&town).await;
        assert_eq!(town.store().count_not_for_me(item).await.unwrap(), 0);
        town.store().record_tap(&letter, Some(item), Answer::NotForMe, at(MONDAY)).await.unwrap();
        town.store().record_tap(&letter, None, Answer::Miss, at(MONDAY)).await.unwrap();
        assert_eq!(town.store().count_not_for_me(item).await.unwrap(), 1);
        town.store().pass_on(&letter, item, Some("Per i plan"), at(MONDAY)).await.unwrap();
        assert_eq!(town.store().list_passed_on(item).await.unwrap(), [Some("Per i plan".to_owned())]);
    }
}
