//! Section 3, line by line, where chance seldom goes.

use std::sync::Arc;

use chrono::TimeDelta;
use treff::forum::Cadence;
use treff::letter::{Letter, Letters};
use treff::pipeline::{Scheduler, SendingGate};
use treff::store::{ClaimScope, Claimed, DeliveryState, Outcome};

use super::town::{FORUM, Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const URGENT: &str = "kind = \"tip\"\naudience = \"all\"\nlane = \"urgent\"";
const MONDAYS: [&str; 5] = [
    "2027-03-01T06:30:00Z",
    "2027-03-08T06:30:00Z",
    "2027-03-15T06:30:00Z",
    "2027-03-22T06:30:00Z",
    "2027-03-30T05:30:00Z", // Easter Monday is 29 March
];

/// Kari, weekly, with a seat in health; the clock on Saturday, 27 February.
async fn town_of_kari(db: crate::harness::Database) -> Town {
    let town = Town::build(db, "2027-02-27T12:00:00Z").await;
    town.import("kari@example.test;health;;;weekly").await;
    town
}

/// The built-in templates with a line of the forum's own at the foot of the text.
fn own_letters(town: &Town) -> Arc<Letters> {
    let folder = town.db.path("own/letter");
    std::fs::create_dir_all(&folder).unwrap();
    let frame = include_str!("../../../templates/letter/frame.txt");
    std::fs::write(folder.join("frame.txt"), format!("{frame}SKREVET SLIK FORUMET VIL\n")).unwrap();
    Arc::new(Letters::load(folder.parent()).unwrap())
}

/// The letters on their way, claimed for no longer than this instant.
async fn look_at_letters(town: &Town) -> Vec<Claimed> {
    let now = town.clock.now();
    let scope = ClaimScope { edition: None, due_by: now, now, until: now, only_urgent: false };
    town.store().claim_due("onlooker", scope, 9).await.unwrap()
}

/// The pieces of the one letter on its way, as stored.
async fn kari_reads(town: &Town) -> String {
    let letters = look_at_letters(town).await;
    let letter: Letter = serde_json::from_str(&letters[0].letter).unwrap();
    let hashes: Vec<&str> = letter.pieces.iter().map(String::as_str).collect();
    let pieces = town.store().load_pieces(&hashes).await.unwrap();
    pieces.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

on_both_databases! {
    async fn the_first_digest_of_a_new_recipient_reaches_30_days_back(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("gammel", TIP).await;
        town.publish(Cadence::Weekly, MONDAYS[0]).await;
        town.queue("yngre", TIP).await;
        town.publish(Cadence::Weekly, MONDAYS[1]).await;
        town.clock.set(at(MONDAYS[0]) + TimeDelta::days(31));
        town.import("ny@example.test;health;;;weekly").await;
        let digests = town.publish(Cadence::Weekly, "2027-04-05T05:30:00Z").await;
        assert_eq!(digests["ny"], ["yngre"]);
        assert_eq!(digests.get("kari"), None);
    }

    async fn a_person_s_pause_holds_urgent_items_too(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;;;daily").await;
        town.pause_until("kari", "2027-03-06").await;
        town.queue("haster", URGENT).await;
        let urgent = town.publish(Cadence::Urgent, "2027-03-02T10:00:00Z").await;
        assert_eq!(urgent.into_iter().collect::<Vec<_>>(), [("ola".to_owned(), vec!["haster".to_owned()])]);
        assert_eq!(town.show(Cadence::Urgent).await.without_digest, ["kari@example.test"]);
        assert_eq!(town.publish(Cadence::Weekly, MONDAYS[1]).await["kari"], ["haster"]);
    }

    async fn who_turned_urgent_letters_off_gets_what_is_urgent_in_the_ordinary_one(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;;;daily").await;
        town.store().set_urgent_off(town.id("kari").await, true, town.clock.now()).await.unwrap();
        town.queue("haster", URGENT).await;
        let urgent = town.publish(Cadence::Urgent, "2027-03-02T10:00:00Z").await;
        assert_eq!(urgent.into_iter().collect::<Vec<_>>(), [("ola".to_owned(), vec!["haster".to_owned()])]);
        assert_eq!(town.publish(Cadence::Weekly, MONDAYS[1]).await["kari"], ["haster"]);
        town.store().set_urgent_off(town.id("kari").await, false, town.clock.now()).await.unwrap();
        town.queue("igjen", URGENT).await;
        let urgent = town.publish(Cadence::Urgent, "2027-03-09T10:00:00Z").await;
        assert_eq!(urgent["kari"], ["igjen"]);
    }

    async fn the_forum_s_pause_holds_all_but_urgent(db: Database) {
        let town = Town::build(db, "2027-07-03T10:00:00Z").await;
        town.import("kari@example.test;;;;daily").await;
        town.queue("vanlig", TIP).await;
        town.queue("haster", URGENT).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-07-12T09:00:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        assert_eq!(town.digest(Cadence::Urgent, "kari").await, ["haster"]);
        let cadences: Vec<_> =
            town.store().list_editions().await.unwrap().into_iter().map(|row| row.cadence).collect();
        assert_eq!(cadences, ["urgent"]);
    }

    async fn what_was_missed_before_the_forum_s_pause_waits_for_its_end(db: Database) {
        let town = Town::build(db, "2027-07-01T10:00:00Z").await;
        town.import("kari@example.test;;;;daily").await;
        town.run("UPDATE forum SET pause = '[{\"first\":\"2027-07-03\",\"last\":\"2027-08-06\"}]'").await;
        town.queue("vanlig", TIP).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-07-03T04:00:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 0, "Friday's is missed by less than a day");
        town.clock.set(at("2027-08-09T05:30:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
    }

    async fn urgent_goes_to_every_cadence_and_is_not_repeated(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;;;daily").await;
        town.queue("haster", URGENT).await;
        town.queue("vanlig", TIP).await;
        let urgent = town.publish(Cadence::Urgent, "2027-02-28T10:00:00Z").await;
        assert_eq!((urgent["kari"].as_slice(), urgent["ola"].as_slice()), (["haster".to_owned()].as_slice(), ["haster".to_owned()].as_slice()));
        assert_eq!(town.publish(Cadence::Weekly, MONDAYS[0]).await["kari"], ["vanlig"]);
        assert_eq!(town.publish(Cadence::Daily, MONDAYS[0]).await["ola"], ["vanlig"]);
    }

    async fn a_correction_goes_to_who_got_it_with_the_reasons_of_then(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;health;;;weekly\nliv@example.test;health;;;weekly\nper@example.test;;;;weekly").await;
        let front = "kind = \"tip\"\nabout = [\"sector:health\"]";
        town.queue("en", front).await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        let armed = town.arm().await;
        assert_eq!(armed.len(), 3, "Per does not follow health");
        for (who, outcome) in armed.iter().zip([Outcome::Accepted, Outcome::Uncertain, Outcome::Rejected]) {
            town.settle(&[*who], outcome).await;
        }
        town.mute("kari", "sector:health").await;
        town.mute("ola", "sector:health").await;
        town.mute("liv", "sector:health").await;
        let before = town.item("en").await.number;
        town.correct("en", front, "Rettet").await;
        assert!(town.item("en").await.number > before, "a correction takes a new number");
        let digests = town.publish(Cadence::Weekly, MONDAYS[1]).await;
        assert_eq!(digests.keys().collect::<Vec<_>>(), ["kari", "ola"]);
        let shown = town.show(Cadence::Weekly).await.digests.remove(0).items.remove(0);
        assert_eq!((shown.version, shown.because.as_str(), shown.reasons[0].term.as_str()), (2, "interest", "sector:health"));
        assert!(town.publish(Cadence::Weekly, MONDAYS[2]).await.is_empty(), "once");
    }

    async fn a_withdrawn_item_leaves_unsent_letters_and_an_emptied_one_is_cancelled(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;process;;weekly").await;
        town.queue("bort", "kind = \"tip\"\naudience = \"all\"").await;
        town.queue("igjen", "kind = \"tip\"\nabout = [\"sector:process\"]").await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        town.withdraw("bort").await;
        town.send(Outcome::Accepted).await;
        assert_eq!(town.digest(Cadence::Weekly, "ola").await, ["igjen"]);
        town.letter("kari", DeliveryState::Cancelled).await;
        town.letter("ola", DeliveryState::Accepted).await;
    }

    async fn what_a_correction_hides_from_its_reader_leaves_the_letter(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;industry;;;weekly").await;
        town.queue("en", TIP).await;
        town.queue("to", TIP).await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        town.correct("en", &format!("{TIP}\nvisibility = \"group:health\""), "Bare for helse").await;
        town.send(Outcome::Accepted).await;
        let digests = town.digests(Cadence::Weekly).await;
        assert_eq!(digests["ola"], ["to"]);
        assert_eq!(digests["kari"].len(), 2);
        assert!(town.publish(Cadence::Weekly, MONDAYS[1]).await.is_empty(), "Kari got the new version at once");
    }

    async fn a_carried_item_gains_three_points_each_time(db: Database) {
        let town = town_of_kari(db).await;
        town.set_cap("kari", 1).await;
        for slug in ["a", "b", "c"] {
            town.queue(slug, &format!("{TIP}\nrelease_at = 2027-02-20T00:00:00Z")).await;
        }
        let mut seen = Vec::new();
        for monday in &MONDAYS[..3] {
            town.publish(Cadence::Weekly, monday).await;
            let digest = town.show(Cadence::Weekly).await.digests.remove(0);
            seen.push((digest.items[0].item.clone(), digest.items[0].points, digest.carried_over));
        }
        let of = |slug: &str, points, left: &[&str]| (slug.to_owned(), points, left.iter().map(|s| s.to_string()).collect::<Vec<_>>());
        assert_eq!(seen, [of("a", 40, &["b", "c"]), of("b", 43, &["c"]), of("c", 46, &[])]);
    }

    async fn the_successor_s_first_letter_begins_with_what_the_seat_brought_once_only(db: Database) {
        let town = town_of_kari(db).await;
        let minutes = "kind = \"minutes\"\ngroup = \"health\"\nmet_on = 2027-02-20\nvisibility = \"group:health\"
                       audience = \"group:health\"\nachieved = \"Alt\"\nhow = \"Slik\"\nnext = \"Vi lovar eit kurs\"\nwhy = \"Derfor\"";
        town.queue("referat", minutes).await;
        town.queue("til-alle", TIP).await;
        town.publish(Cadence::Weekly, MONDAYS[0]).await;
        town.import("ola@example.test;;;;weekly").await;
        town.run("UPDATE seat_holder SET ends_at = 1804248000000000").await;
        town.run("INSERT INTO seat_holder (seat_id, recipient_id, source)
                  SELECT MAX(seat_id), (SELECT id FROM recipient WHERE email = 'ola@example.test'), 'test'
                  FROM seat_holder").await;
        town.queue("palagt", &format!("{TIP}\nimportance = \"required\"")).await;
        town.queue("frist", "kind = \"call\"\naudience = \"group:health and all\"\ndeadline = 2027-03-12").await;
        town.clock.set(at(MONDAYS[1]));
        town.plan(Cadence::Weekly).await;
        let first = town.digest(Cadence::Weekly, "ola").await;
        assert_eq!(first[..2], ["palagt", "referat"], "after required, before what has more points");
        town.send(Outcome::Deferred { next_attempt_at: at(MONDAYS[2]) + TimeDelta::hours(1) }).await;
        town.clock.set(at(MONDAYS[2]));
        town.plan(Cadence::Weekly).await;
        town.letter("ola", DeliveryState::Superseded).await;
        assert_eq!(town.digest(Cadence::Weekly, "ola").await[..2], ["palagt", "referat"], "that letter never went");
        let claimed = town.claim().await;
        let ola = town.id("ola").await;
        let of_ola = claimed.iter().find(|claimed| claimed.recipient == ola).unwrap();
        let letter: serde_json::Value = serde_json::from_str(&of_ola.letter).unwrap();
        let hashes: Vec<&str> = letter["p"].as_array().unwrap().iter().map(|h| h.as_str().unwrap()).collect();
        let pieces = town.store().load_pieces(&hashes).await.unwrap();
        let names_promise = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).replace("=\r\n", "").contains("Vi lovar eit kurs");
        assert!(pieces.values().any(names_promise));
        let armed = town.arm_claimed(&claimed).await;
        town.settle(&armed, Outcome::Accepted).await;
        let taken = town.store().list_taken_seats(&[ola]).await.unwrap();
        assert_eq!(taken, []);
    }

    async fn items_of_a_rejected_letter_come_again(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        town.send(Outcome::Rejected).await;
        assert_eq!(town.publish(Cadence::Weekly, MONDAYS[1]).await["kari"], ["en"]);
        assert!(town.publish(Cadence::Weekly, MONDAYS[2]).await.is_empty());
    }

    async fn the_next_ordinary_edition_supersedes_an_unsent_letter_with_its_items(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        town.queue("haster", URGENT).await;
        town.plan(Cadence::Urgent).await;
        assert_eq!(town.store().list_deliveries(Some(DeliveryState::Queued)).await.unwrap().len(), 2, "urgent supersedes none");
        town.queue("to", TIP).await;
        let digests = town.publish(Cadence::Weekly, MONDAYS[1]).await;
        let mut slugs = digests["kari"].clone();
        slugs.sort();
        assert_eq!(slugs, ["en", "haster", "to"]);
        assert_eq!(town.store().list_deliveries(Some(DeliveryState::Superseded)).await.unwrap().len(), 2);
    }

    async fn an_uncertain_letter_counts_as_got_even_while_it_is_sent_again(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        town.clock.set(at(MONDAYS[0]));
        town.plan(Cadence::Weekly).await;
        town.send(Outcome::Uncertain).await;
        let letter = town.letter("kari", DeliveryState::Uncertain).await;
        town.store().retry_letter(town.clock.now(), "test", letter).await.unwrap();
        town.queue("to", TIP).await;
        town.clock.set(at(MONDAYS[1]));
        town.plan(Cadence::Weekly).await;
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["to"]);
    }

    async fn a_dated_seat_start_reached_between_editions_sets_the_watermark_back(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;industry;;;weekly").await;
        town.run("UPDATE seat SET starts_at = 1804200000000000 WHERE id = (SELECT MAX(id) FROM seat)").await;
        town.queue("en", "kind = \"tip\"\naudience = \"group:industry\"").await;
        assert!(town.publish(Cadence::Weekly, MONDAYS[0]).await.is_empty());
        let start = chrono::DateTime::from_timestamp_micros(1_804_200_000_000_000).unwrap();
        assert!(at(MONDAYS[0]) < start && start < at(MONDAYS[1]));
        assert_eq!(town.publish(Cadence::Weekly, MONDAYS[1]).await["ola"], ["en"]);
    }

    async fn an_edition_killed_before_planning_goes_on_with_its_own_now(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", "kind = \"call\"\naudience = \"all\"\ndeadline = \"2027-03-01T07:00:00Z\"").await;
        town.clock.set(at(MONDAYS[0]));
        let row = town.open(Cadence::Weekly).await;
        town.clock.set(at("2027-03-01T08:00:00Z"));
        town.queue("sen", TIP).await;
        assert_eq!(town.plan(Cadence::Weekly).await.id, row.id);
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["en"], "decided at 07:30, without what came later");
        town.send(Outcome::Accepted).await;
        town.letter("kari", DeliveryState::Cancelled).await;
    }

    async fn letters_are_written_with_the_templates_of_the_opening(db: Database) {
        let mut town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        let own = own_letters(&town);
        let now_running = std::mem::replace(&mut town.pipeline.letters, own);
        town.clock.set(at(MONDAYS[0]));
        town.open(Cadence::Weekly).await;
        town.pipeline.letters = now_running;
        town.plan(Cadence::Weekly).await;
        assert!(kari_reads(&town).await.contains("SKREVET SLIK FORUMET VIL"), "the opening's");
        town.correct("en", TIP, "Rettet").await;
        let gate = SendingGate::new(town.pipeline.clone(), None);
        assert_eq!(gate.check_claimed(look_at_letters(&town).await).await.unwrap(), [], "it is revised");
        assert_eq!(look_at_letters(&town).await[0].revision, 1);
        assert!(kari_reads(&town).await.contains("SKREVET SLIK FORUMET VIL"), "the opening's, when revised");
    }

    async fn taps_after_the_opening_do_not_move_the_ranking(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        town.publish(Cadence::Weekly, MONDAYS[0]).await;
        town.queue("to", TIP).await;
        town.clock.set(at(MONDAYS[1]));
        town.open(Cadence::Weekly).await;
        town.clock.set(at(MONDAYS[1]) + TimeDelta::minutes(1));
        let id = town.letter("kari", DeliveryState::Accepted).await;
        let letter = town.store().find_letter(id).await.unwrap().unwrap();
        let now = town.clock.now();
        town.store().record_tap(&letter, None, treff::store::Answer::Miss, now).await.unwrap();
        town.plan(Cadence::Weekly).await;
        assert_eq!(town.show(Cadence::Weekly).await.digests[0].items[0].points, 40);
    }

    async fn easter_monday_s_letter_comes_on_tuesday(db: Database) {
        let town = town_of_kari(db).await;
        town.queue("en", TIP).await;
        town.clock.set(at("2027-03-28T12:00:00Z"));
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-03-29T06:00:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 0);
        town.clock.set(at(MONDAYS[4]));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        assert_eq!(town.show(Cadence::Weekly).await.occurs_at, Some(at(MONDAYS[4])));
        assert_eq!(scheduler.tick().await.unwrap(), 0, "one edition");
    }

    async fn a_missed_occurrence_runs_within_a_day_and_one_edition_covers_all(db: Database) {
        let town = Town::build_with(db, "2027-03-01T12:00:00Z", FORUM).await;
        town.import("kari@example.test;;;;daily\nola@example.test;;;;weekly").await;
        town.queue("en", TIP).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-03-11T05:00:00Z")); // Thursday: Monday's weekly is lost, Wednesday's daily is not
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        let editions = town.store().list_editions().await.unwrap();
        assert_eq!(editions.iter().map(|e| (e.cadence.as_str(), e.occurs_at)).collect::<Vec<_>>(),
                   [("daily", at("2027-03-10T06:30:00Z"))]);
        assert_eq!(town.digest(Cadence::Daily, "kari").await, ["en"]);
        town.clock.set(at(MONDAYS[2]));
        scheduler.tick().await.unwrap();
        assert_eq!(town.digest(Cadence::Weekly, "ola").await, ["en"], "the next one covers it");
    }

    async fn a_clock_set_back_loses_nothing(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;;;daily").await;
        town.queue("kort", "kind = \"call\"\naudience = \"all\"\ndeadline = \"2027-03-05T07:00:00Z\"").await;
        town.queue("senere", &format!("{TIP}\nrelease_at = 2027-03-12T00:00:00Z")).await;
        assert_eq!(town.publish(Cadence::Daily, MONDAYS[2]).await["ola"], ["senere"], "a clock two weeks ahead");
        town.clock.set(at("2027-03-01T10:00:00Z"));
        town.queue("ny", TIP).await;
        assert_eq!(town.publish(Cadence::Weekly, "2027-03-01T10:00:00Z").await["kari"], ["kort", "ny"]);
        let daily = town.publish(Cadence::Daily, "2027-03-02T06:30:00Z").await;
        assert_eq!(daily["ola"], ["kort", "ny"], "what had closed by the wrong clock is open");
        let weekly = town.publish(Cadence::Weekly, MONDAYS[2]).await;
        assert_eq!(weekly["kari"], ["senere"], "what was numbered ahead of its time comes in its time");
    }

    async fn after_a_clock_was_set_back_30_days_ago_is_before_everything_numbered_since(db: Database) {
        let town = town_of_kari(db).await;
        town.import("ola@example.test;;;;daily").await;
        town.queue("foran", "kind = \"tip\"\naudience = \"group:industry\"\nrelease_at = 2027-02-21T00:00:00Z").await;
        town.publish(Cadence::Daily, "2027-03-20T08:00:00Z").await;
        town.queue("etter", "kind = \"tip\"\naudience = \"group:industry\"\nrelease_at = 2027-02-20T00:00:00Z").await;
        town.publish(Cadence::Daily, "2027-03-01T08:00:00Z").await;
        town.clock.set(at("2027-04-08T08:00:00Z"));
        town.import("ola@example.test;industry;;;daily").await;
        assert_eq!(town.publish(Cadence::Daily, "2027-04-09T08:00:00Z").await["ola"], ["foran", "etter"]);
    }
}
