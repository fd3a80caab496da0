//! What a running `serve` opens by the clock, and what it leaves.

use chrono::{DateTime, TimeDelta, Utc};
use treff::forum::Cadence;
use treff::intake::forum_apply::{How, apply_forum};
use treff::intake::forum_file::read_forum_file;
use treff::pipeline::{Scheduler, list_due_editions};
use treff::store::Outcome;

use super::town::{FORUM, Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const URGENT: &str = "kind = \"tip\"\naudience = \"all\"\nlane = \"urgent\"";
const TUESDAY: &str = "2027-03-02T06:30:00Z";

/// Ola, daily; the clock on Monday morning.
async fn town_of_ola(db: crate::harness::Database) -> Town {
    let town = Town::build(db, "2027-03-01T08:00:00Z").await;
    town.import("ola@example.test;;;;daily").await;
    town
}

/// Queues that many urgent items, `u1` and on.
async fn queue_urgent(town: &Town, count: usize) {
    for number in 1..=count {
        town.queue(&format!("u{number}"), URGENT).await;
    }
}

/// How many letters each of the next `minutes` brings; each is sent before the next minute with this outcome.
async fn tick_by_minutes(
    town: &Town,
    scheduler: &mut Scheduler,
    minutes: i64,
    outcome: Outcome,
) -> Vec<usize> {
    let mut letters = Vec::new();
    for _ in 0..minutes {
        let queued = Box::pin(scheduler.tick()).await.unwrap();
        if queued > 0 {
            Box::pin(town.send(outcome)).await;
        }
        letters.push(queued);
        assert_eq!(Box::pin(scheduler.tick()).await.unwrap(), 0, "once in a minute");
        town.clock.set(town.clock.now() + TimeDelta::minutes(1));
    }
    letters
}

async fn count_urgent_editions(town: &Town) -> usize {
    town.store().list_editions().await.unwrap().iter().filter(|edition| edition.cadence == "urgent").count()
}

async fn list_due(town: &Town) -> Vec<(Cadence, DateTime<Utc>)> {
    let forum = town.forum().await;
    let items = treff::world::load_items(town.store(), &forum).await.unwrap();
    list_due_editions(town.store(), &forum, &items, town.clock.now()).await.unwrap()
}

/// Applies the town's file at the clock's now, its weekly letters at another time.
async fn apply_weekly(town: &Town, weekly: &str) {
    let file = FORUM.replace("weekly = \"0 30 7 * * Mon\"", &format!("weekly = \"{weekly}\""));
    let file = read_forum_file("forum.toml", &file).unwrap();
    let how = How { actor: "command", dry_run: false, now: town.clock.now() };
    apply_forum(town.store(), file, how).await.unwrap();
}

on_both_databases! {
    async fn a_new_time_of_a_cadence_brings_no_second_letter_for_a_time_that_passed_before(db: Database) {
        let town = Town::build(db, "2027-02-26T08:00:00Z").await;
        town.import("ola@example.test;;;;weekly").await;
        town.queue("a", TIP).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-03-01T06:30:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        town.send(Outcome::Accepted).await;
        town.queue("b", TIP).await;
        // Three o'clock in Oslo passed an hour ago.
        town.clock.set(at("2027-03-01T15:00:00Z"));
        apply_weekly(&town, "0 0 15 * * Mon").await;
        assert_eq!(list_due(&town).await, []);
        assert_eq!(scheduler.tick().await.unwrap(), 0, "a process that knew the old time");
        assert_eq!(Scheduler::new(town.pipeline.clone()).tick().await.unwrap(), 0, "and one that starts now");
        town.clock.set(at("2027-03-02T06:29:00Z"));
        apply_weekly(&town, "0 0 15 * * Mon").await;
        assert_eq!(scheduler.tick().await.unwrap(), 0);
        town.clock.set(at("2027-03-08T14:00:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        assert_eq!(town.digest(Cadence::Weekly, "ola").await, ["b"]);
    }

    async fn what_the_old_time_had_missed_still_goes_once_the_time_is_changed(db: Database) {
        let town = Town::build(db, "2027-02-26T08:00:00Z").await;
        town.import("ola@example.test;;;;weekly").await;
        town.queue("a", TIP).await;
        town.clock.set(at("2027-03-01T15:00:00Z"));
        apply_weekly(&town, "0 0 15 * * Mon").await;
        let missed = at("2027-03-01T06:30:00Z");
        assert_eq!(list_due(&town).await, [(Cadence::Daily, missed), (Cadence::Weekly, missed)]);
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        assert_eq!((scheduler.tick().await.unwrap(), scheduler.tick().await.unwrap()), (1, 0));
        assert_eq!(town.show(Cadence::Weekly).await.occurs_at, Some(missed));
        let by_hand = town.open(Cadence::Weekly).await;
        assert_eq!(by_hand.occurs_at, at("2027-03-01T14:00:00Z"), "who asks for the new time's gets it");
    }

    async fn times_of_long_ago_that_this_release_cannot_read_stop_no_mailing(db: Database) {
        let town = Town::build(db, "2027-02-26T08:00:00Z").await;
        town.import("ola@example.test;;;;weekly").await;
        town.queue("a", TIP).await;
        // Written by another release, on 24 February.
        town.run(
            "INSERT INTO former_times (until_at, time_zone, pause, cadences) VALUES (1803427200000000, 'Nowhere/None', '[]', '{}')",
        )
        .await;
        town.clock.set(at("2027-03-01T06:30:00Z"));
        assert_eq!(list_due(&town).await.len(), 2, "daily and weekly");
        assert_eq!(Scheduler::new(town.pipeline.clone()).tick().await.unwrap(), 1);
    }

    async fn an_edition_opened_ahead_of_the_clock_stops_none_before_it(db: Database) {
        let town = town_of_ola(db).await;
        town.queue("a", TIP).await;
        town.publish(Cadence::Daily, "2027-03-08T06:30:00Z").await;
        town.clock.set(at("2027-03-01T09:00:00Z"));
        town.queue("b", TIP).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at(TUESDAY));
        assert_eq!(list_due(&town).await, [(Cadence::Daily, at(TUESDAY))]);
        assert_eq!(scheduler.tick().await.unwrap(), 1);
        assert_eq!(town.digest(Cadence::Daily, "ola").await, ["b"], "and a is not repeated");
        town.clock.set(at("2027-03-08T06:30:00Z"));
        town.queue("c", TIP).await;
        assert_eq!(scheduler.tick().await.unwrap(), 0, "what was opened ahead is not opened again");
        town.clock.set(at("2027-03-09T06:30:00Z"));
        assert_eq!(scheduler.tick().await.unwrap(), 1);
    }

    async fn urgent_items_over_the_cap_come_in_the_next_minutes(db: Database) {
        let town = town_of_ola(db).await;
        queue_urgent(&town, 16).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-03-01T10:00:00Z"));
        assert_eq!(tick_by_minutes(&town, &mut scheduler, 6, Outcome::Accepted).await, [1, 1, 1, 0, 0, 0]);
        assert_eq!(count_urgent_editions(&town).await, 3, "and no edition for nobody");
        assert_eq!(town.show(Cadence::Urgent).await.digests[0].items.len(), 2);
        assert_eq!(list_due(&town).await, []);
    }

    async fn whether_carried_urgent_items_are_due_is_shown_as_it_is_done(db: Database) {
        let town = town_of_ola(db).await;
        queue_urgent(&town, 8).await;
        town.publish(Cadence::Urgent, "2027-03-01T10:00:00Z").await;
        assert_eq!(list_due(&town).await, [], "this minute's is open");
        town.clock.set(at("2027-03-01T10:01:00Z"));
        assert_eq!(list_due(&town).await, [(Cadence::Urgent, at("2027-03-01T10:01:00Z"))]);
        let view = town.preview(Cadence::Urgent, at("2027-03-01T10:01:00Z")).await;
        assert_eq!((view.digests.len(), view.digests[0].items.len()), (1, 1));
        town.clock.set(at("2027-03-02T10:01:00Z"));
        assert_eq!(list_due(&town).await, [(Cadence::Daily, at(TUESDAY))], "after a day it comes with the others");
    }

    async fn urgent_letters_that_come_back_open_no_edition_after_edition(db: Database) {
        let town = town_of_ola(db).await;
        queue_urgent(&town, 8).await;
        let mut scheduler = Scheduler::new(town.pipeline.clone());
        town.clock.set(at("2027-03-01T10:00:00Z"));
        assert_eq!(tick_by_minutes(&town, &mut scheduler, 4, Outcome::Rejected).await, [1, 0, 0, 0]);
        town.clock.set(at(TUESDAY));
        assert_eq!(scheduler.tick().await.unwrap(), 1, "they come in the ordinary one");
        assert_eq!(count_urgent_editions(&town).await, 1);
    }

    async fn who_comes_back_from_a_pause_gets_what_was_urgent_with_their_ordinary_letter(db: Database) {
        let town = town_of_ola(db).await;
        queue_urgent(&town, 8).await;
        town.publish(Cadence::Urgent, "2027-03-01T10:00:00Z").await;
        town.pause_until("ola", "2027-03-02").await;
        town.import("per@example.test;health;;;daily").await;
        town.queue("under", URGENT).await;
        town.publish(Cadence::Urgent, "2027-03-01T20:00:00Z").await;
        town.clock.set(at("2027-03-01T23:00:00Z"));
        assert_eq!(list_due(&town).await, [(Cadence::Urgent, at("2027-03-01T23:00:00Z"))], "for Per, who was over the cap");
        assert_eq!(town.publish(Cadence::Urgent, "2027-03-01T23:00:00Z").await.get("ola"), None, "at the minute the pause ends");
        town.queue("helse", "kind = \"tip\"\naudience = \"group:health\"\nlane = \"urgent\"").await;
        assert_eq!(town.publish(Cadence::Urgent, "2027-03-02T05:00:00Z").await.get("ola"), None, "something urgent for others");
        town.queue("ny", URGENT).await;
        assert_eq!(town.publish(Cadence::Urgent, "2027-03-02T05:30:00Z").await["ola"], ["ny"]);
        assert_eq!(town.publish(Cadence::Daily, TUESDAY).await["ola"], ["u8", "under"]);
    }

    async fn what_was_carried_for_who_pauses_makes_no_urgent_edition_due_when_they_come_back(db: Database) {
        let town = town_of_ola(db).await;
        queue_urgent(&town, 8).await;
        town.publish(Cadence::Urgent, "2027-03-01T10:00:00Z").await;
        town.pause_until("ola", "2027-03-02").await;
        for instant in ["2027-03-01T22:59:00Z", "2027-03-01T23:00:00Z", "2027-03-02T06:00:00Z"] {
            town.clock.set(at(instant));
            assert_eq!(list_due(&town).await, [], "{instant}");
        }
        assert_eq!(town.publish(Cadence::Daily, TUESDAY).await["ola"], ["u8"]);
    }

    async fn nobody_who_cannot_be_planned_makes_an_urgent_edition_due(db: Database) {
        let town = town_of_ola(db).await;
        town.import("kari@example.test;;;;weekly\nper@example.test;;;;weekly").await;
        queue_urgent(&town, 8).await;
        town.publish(Cadence::Urgent, "2027-03-01T10:00:00Z").await;
        town.pause_until("ola", "2027-03-06").await;
        town.store().set_urgent_off(town.id("kari").await, true, town.clock.now()).await.unwrap();
        town.run("UPDATE recipient SET status = 'suspended' WHERE email = 'per@example.test'").await;
        town.clock.set(at("2027-03-01T10:01:00Z"));
        assert_eq!(list_due(&town).await, []);
        town.run("UPDATE recipient SET status = 'active' WHERE email = 'per@example.test'").await;
        assert_eq!(list_due(&town).await, [(Cadence::Urgent, at("2027-03-01T10:01:00Z"))]);
        town.withdraw("u8").await;
        assert_eq!(list_due(&town).await, [], "what is withdrawn is owed to nobody");
    }
}
