//! What planning reads of the ledger and its one conditional write, on both databases.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use treff::forum::Cadence;
use treff::ids::{DeliveryId, EditionId, ItemId, RecipientId};
use treff::store::{
    Answer, DeliveryState, Ending, Outcome, PlannedDigest, PlannedItem, PlannedLetter, Store,
};

use super::town::{Town, at};
use crate::on_both_databases;

const MONDAY: &str = "2027-03-08T06:30:00Z";
const TIP: &str = "kind = \"tip\"\naudience = \"all\"";

/// Two people, two released items, and an open edition that nobody is planned in.
async fn town_with_edition(db: crate::harness::Database) -> (Town, EditionId) {
    let town = Town::build(db, "2027-03-01T00:00:00Z").await;
    town.import("kari@example.test;;;;weekly\nola@example.test;;;;weekly").await;
    town.queue("en", TIP).await;
    town.queue("to", TIP).await;
    town.clock.set(at(MONDAY));
    let row = town.open(Cadence::Weekly).await;
    (town, row.id)
}

/// A digest of those items, not yet written.
async fn digest(town: &Town, email: &str, items: &[&str]) -> PlannedDigest {
    let recipient = town.find(email).await;
    let mut planned = Vec::new();
    for slug in items {
        planned.push(PlannedItem {
            item: town.item_id(slug).await,
            version: 1,
            because: "audience",
            reasons: "[]".to_owned(),
            points: 40,
            carried: 0,
            correction: false,
            seat: None,
        });
    }
    let letter = PlannedLetter {
        message_id: format!("{email}.{}@forum.example", recipient.revision),
        dated_at: at(MONDAY),
        letter: "{}".to_owned(),
        items: planned,
    };
    PlannedDigest {
        recipient: recipient.id,
        revision: recipient.revision,
        watermark: 2,
        supersedes: Vec::new(),
        carries: Vec::new(),
        carried_over: Vec::new(),
        letter: Some(letter).filter(|_| !items.is_empty()),
        welcomes: Vec::new(),
    }
}

async fn write(store: &Store, edition: EditionId, plans: &[PlannedDigest]) -> HashSet<RecipientId> {
    store.write_plans(edition, false, at(MONDAY), plans, at(MONDAY)).await.expect("plans are written")
}

/// Every place that Kari had is Ola's.
async fn ola_takes_over(town: &Town) {
    town.run("UPDATE seat_holder SET ends_at = 0").await;
    town.run(
        "INSERT INTO seat_holder (seat_id, recipient_id, source)
         SELECT seat_id, (SELECT id FROM recipient WHERE email = 'ola@example.test'), 'test' FROM seat_holder",
    )
    .await;
}

/// `(item, times, ended_because)` of a recipient's carries.
async fn carries(town: &Town, recipient: RecipientId) -> Vec<(ItemId, i64)> {
    let view = town.store().read_ledger(&[recipient], &[]).await.unwrap();
    let mut owed: Vec<_> = view.owed.into_iter().map(|row| (row.item, row.times)).collect();
    owed.sort();
    owed
}

on_both_databases! {
    async fn a_written_digest_moves_the_watermark_and_is_read_back(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        let (kari, ola) = (town.find("kari").await, town.find("ola").await);
        let plans = [digest(&town, "kari", &["to", "en"]).await, digest(&town, "ola", &[]).await];
        assert_eq!(write(town.store(), edition, &plans).await, HashSet::from([kari.id, ola.id]));
        assert_eq!(town.store().list_planned_recipients(edition).await.unwrap(), HashSet::from([kari.id, ola.id]));
        for (before, after) in [(kari, town.find("kari").await), (ola, town.find("ola").await)] {
            assert_eq!((after.watermark, after.last_planned_at), (2, Some(at(MONDAY))));
            assert!(after.revision > before.revision);
        }
        let kari = town.id("kari").await;
        let view = town.store().read_ledger(&[kari, town.id("ola").await], &[]).await.unwrap();
        let mut held: Vec<_> =
            view.held.iter().map(|h| (h.recipient, h.item, h.version, h.state.word())).collect();
        held.sort();
        let (one, two) = (town.item_id("en").await, town.item_id("to").await);
        assert_eq!(held, [(kari, one, 1, "queued"), (kari, two, 1, "queued")]);
        assert_eq!(view.unsent.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [kari]);
        assert_eq!((view.attempting, view.met, view.owed), (HashSet::new(), HashSet::new(), vec![]));
    }

    async fn urgent_planning_moves_neither_the_watermark_nor_the_last_planned_instant(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        let plan = PlannedDigest { watermark: 0, ..digest(&town, "kari", &["en"]).await };
        let won = town.store().write_plans(edition, true, at(MONDAY), &[plan], at(MONDAY)).await.unwrap();
        assert_eq!(won.len(), 1);
        let kari = town.find("kari").await;
        assert_eq!((kari.watermark, kari.last_planned_at), (0, None));
    }

    async fn a_digest_of_who_changed_meanwhile_is_refused_and_the_others_stand(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        let plans = [digest(&town, "kari", &["en"]).await, digest(&town, "ola", &["en"]).await];
        town.mute("kari", "sector:health").await;
        assert_eq!(write(town.store(), edition, &plans).await, HashSet::from([town.id("ola").await]));
        let again = digest(&town, "kari", &["en"]).await;
        assert_eq!(write(town.store(), edition, &[again]).await.len(), 1);
    }

    async fn a_recipient_is_planned_once_in_an_edition(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        assert_eq!(write(town.store(), edition, &[digest(&town, "kari", &[]).await]).await.len(), 1);
        assert_eq!(write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await.len(), 0);
    }

    async fn of_two_planners_who_race_one_wins(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        let plans = [digest(&town, "kari", &["en"]).await, digest(&town, "ola", &["en"]).await];
        let race = || {
            let (store, plans) = (town.store().clone(), plans.clone());
            tokio::spawn(async move { write(&store, edition, &plans).await.len() })
        };
        let (one, two) = tokio::join!(race(), race());
        assert_eq!(one.unwrap() + two.unwrap(), 2);
        assert_eq!(town.store().list_shown_items(edition).await.unwrap().len(), 2);
    }

    async fn who_has_an_attempting_letter_is_not_planned_until_it_is_settled(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await;
        town.clock.set(at(MONDAY) + TimeDelta::days(1));
        let kari = town.id("kari").await;
        let next = town.open(Cadence::Daily).await.id;
        let plan = digest(&town, "kari", &["to"]).await;
        let claimed = town.claim().await;
        let armed = town.arm_claimed(&claimed).await;
        assert_eq!(town.store().read_ledger(&[kari], &[]).await.unwrap().attempting, HashSet::from([kari]));
        assert_eq!(write(town.store(), next, std::slice::from_ref(&plan)).await.len(), 0);
        town.settle(&armed, Outcome::Accepted).await;
        let view = town.store().read_ledger(&[kari], &[]).await.unwrap();
        assert_eq!((view.attempting, view.met), (HashSet::new(), HashSet::from([kari])));
        assert_eq!(write(town.store(), next, &[plan]).await.len(), 1);
    }

    async fn a_letter_armed_between_reading_and_writing_is_not_superseded(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await;
        let letter = town.store().read_ledger(&[town.id("kari").await], &[]).await.unwrap().unsent[0].1;
        town.clock.set(at(MONDAY) + TimeDelta::days(1));
        let next = town.open(Cadence::Daily).await.id;
        let plan = PlannedDigest { supersedes: vec![letter], ..digest(&town, "kari", &["en", "to"]).await };
        let ola = digest(&town, "ola", &["en"]).await;
        let claimed = town.claim().await;
        let armed = town.arm_claimed(&claimed).await;
        town.settle(&armed, Outcome::Accepted).await;
        let won = write(town.store(), next, &[plan, ola.clone()]).await;
        assert_eq!(won, HashSet::new(), "nothing of the batch is written");
        assert_eq!(write(town.store(), next, &[ola]).await.len(), 1);
        assert_eq!(town.store().list_shown_digests(edition).await.unwrap()[0].state, Some(DeliveryState::Accepted));
    }

    async fn a_digest_supersedes_unsent_letters_and_writes_what_is_owed(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en", "to"]).await]).await;
        let kari = town.id("kari").await;
        let letter = town.store().read_ledger(&[kari], &[]).await.unwrap().unsent[0].1;
        let (one, two) = (town.item_id("en").await, town.item_id("to").await);
        town.clock.set(at(MONDAY) + TimeDelta::days(1));
        let next = town.open(Cadence::Daily).await.id;
        let claimed = town.claim().await;
        let plan = PlannedDigest {
            supersedes: vec![letter],
            carries: vec![(one, 1, Some("sent")), (two, 2, None)],
            carried_over: vec![two],
            ..digest(&town, "kari", &["en"]).await
        };
        assert_eq!(write(town.store(), next, &[plan]).await.len(), 1);
        assert_eq!(town.arm_claimed(&claimed).await, [], "its claim is void");
        assert_eq!(town.store().find_delivery(letter).await.unwrap().unwrap().state, "superseded");
        assert_eq!(carries(&town, kari).await, [(two, 2)]);
        let view = town.store().read_ledger(&[kari], &[]).await.unwrap();
        assert_eq!(view.held.iter().map(|h| h.item).collect::<Vec<_>>(), [one], "what it held was returned");
        assert_ne!(view.unsent[0].1, letter);
    }

    async fn an_item_is_in_one_letter_of_a_recipient_that_was_not_returned(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await;
        town.clock.set(at(MONDAY) + TimeDelta::days(1));
        let next = town.open(Cadence::Daily).await.id;
        let again = async |version, correction| {
            let mut plan = digest(&town, "kari", &["en"]).await;
            let item = &mut plan.letter.as_mut().unwrap().items[0];
            (item.version, item.correction) = (version, correction);
            town.store().write_plans(next, false, at(MONDAY), &[plan], at(MONDAY)).await
        };
        assert!(again(1, false).await.is_err(), "the same version");
        assert!(again(1, true).await.is_err(), "the same version as a correction");
        assert!(again(2, false).await.is_err(), "another version that is no correction");
        assert!(town.store().list_planned_recipients(next).await.unwrap().is_empty(), "all or nothing");
        assert_eq!(again(2, true).await.unwrap().len(), 1);
    }

    async fn what_was_returned_may_be_planned_again(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await;
        let letter = town.store().read_ledger(&[town.id("kari").await], &[]).await.unwrap().unsent[0].1;
        let mut tx = town.store().begin().await.unwrap();
        tx.end_unsent(at(MONDAY), &[letter], Ending::Cancelled, "no reason").await.unwrap();
        tx.commit().await.unwrap();
        town.clock.set(at(MONDAY) + TimeDelta::days(1));
        let next = town.open(Cadence::Daily).await.id;
        assert_eq!(write(town.store(), next, &[digest(&town, "kari", &["en"]).await]).await.len(), 1);
    }

    async fn a_letter_that_was_uncertain_and_is_sent_again_counts_as_got(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en"]).await]).await;
        town.send(Outcome::Uncertain).await;
        let kari = town.id("kari").await;
        let row = town.store().list_deliveries(None).await.unwrap().remove(0);
        town.store().retry_letter(at(MONDAY), "test", row.id).await.unwrap();
        let view = town.store().read_ledger(&[kari], &[]).await.unwrap();
        assert_eq!((view.unsent, view.met), (vec![], HashSet::from([kari])));
        assert_eq!(view.held.iter().map(|h| h.state.word()).collect::<Vec<_>>(), ["uncertain"]);
    }

    async fn of_what_was_got_only_the_items_that_are_asked_for_are_read_and_of_what_is_unsent_all(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en", "to"]).await]).await;
        let (kari, one, two) = (town.id("kari").await, town.item_id("en").await, town.item_id("to").await);
        let held = async |open: &[ItemId]| {
            let view = town.store().read_ledger(&[kari], open).await.unwrap();
            let mut items: Vec<_> = view.held.into_iter().map(|row| row.item).collect();
            items.sort();
            items
        };
        assert_eq!(held(&[]).await, [one, two], "it is superseded, so all of it is carried");
        town.send(Outcome::Accepted).await;
        assert_eq!(held(&[]).await, []);
        assert_eq!(held(&[two]).await, [two]);
        assert_eq!(held(&[one, two]).await, [one, two]);
    }

    async fn taps_speak_of_an_item_or_of_all_in_their_letter(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        write(town.store(), edition, &[digest(&town, "kari", &["en", "to"]).await]).await;
        town.send(Outcome::Accepted).await;
        let (kari, one, two) = (town.id("kari").await, town.item_id("en").await, town.item_id("to").await);
        let id = town.store().list_deliveries(None).await.unwrap()[0].id;
        let letter = town.store().find_letter(id).await.unwrap().unwrap();
        town.store().record_tap(&letter, None, Answer::Hit, at(MONDAY)).await.unwrap();
        town.store().record_tap(&letter, Some(two), Answer::NotForMe, at(MONDAY)).await.unwrap();
        let mut taps: Vec<_> = town.store().list_taps(&[kari], None).await.unwrap().into_iter()
            .map(|tap| (tap.item, tap.answer)).collect();
        taps.sort();
        assert_eq!(taps, [(one, "hit".to_owned()), (two, "hit".to_owned()), (two, "not_for_me".to_owned())]);
        assert_eq!(town.store().list_taps(&[town.id("ola").await], None).await.unwrap(), []);
    }

    async fn a_seat_taken_over_is_named_with_its_earlier_holders_until_it_is_welcomed(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        town.import("kari@example.test;health;;;weekly").await;
        let (kari, ola) = (town.id("kari").await, town.id("ola").await);
        let both = [kari, ola];
        assert_eq!(town.store().list_taken_seats(&both).await.unwrap(), []);
        ola_takes_over(&town).await;
        let taken = town.store().list_taken_seats(&both).await.unwrap();
        assert_eq!(taken.iter().map(|t| (t.recipient, t.predecessor)).collect::<Vec<_>>(), [(ola, kari)]);
        let plan = PlannedDigest { welcomes: vec![taken[0].seat], ..digest(&town, "ola", &["en"]).await };
        write(town.store(), edition, &[plan]).await;
        town.send(Outcome::Accepted).await;
        assert_eq!(town.store().list_taken_seats(&both).await.unwrap(), []);
    }

    async fn a_seat_is_handed_over_anew_when_the_letter_sent_again_is_refused(db: Database) {
        let (town, edition) = town_with_edition(db).await;
        town.import("kari@example.test;health;;;weekly").await;
        let ola = [town.id("ola").await];
        ola_takes_over(&town).await;
        let taken = town.store().list_taken_seats(&ola).await.unwrap();
        let plan = PlannedDigest { welcomes: vec![taken[0].seat], ..digest(&town, "ola", &["en"]).await };
        write(town.store(), edition, &[plan]).await;
        town.send(Outcome::Uncertain).await;
        let letter = town.letter("ola", DeliveryState::Uncertain).await;
        town.store().retry_letter(at(MONDAY), "command", letter).await.unwrap();
        assert_eq!(town.store().list_taken_seats(&ola).await.unwrap(), [], "the first may have arrived");
        town.send(Outcome::Rejected).await;
        town.letter("ola", DeliveryState::Rejected).await;
        assert_eq!(town.store().list_taken_seats(&ola).await.unwrap(), taken);
    }

    async fn who_is_planned_while_a_tree_changes_is_planned_by_the_new_one(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        town.import("kari@example.test;;industry;;weekly").await;
        town.queue("natt", "kind = \"tip\"\nabout = [\"sector:health\"]").await;
        town.clock.set(at(MONDAY));
        let row = town.open(Cadence::Weekly).await;
        let mut applying = town.store().begin().await.unwrap();
        if town.store().has_many_workers() {
            // Whoever reads people waits for this; of all else they read what stood before it.
            applying.run("LOCK TABLE recipient IN ACCESS EXCLUSIVE MODE", vec![]).await.unwrap();
        }
        let under_industry = "UPDATE term SET parent_id = (SELECT id FROM term WHERE facet = 'sector' AND slug = 'industry')
                              WHERE facet = 'sector' AND slug = 'health'";
        applying.run(under_industry, vec![]).await.unwrap();
        applying.set_back_everyone(at(MONDAY)).await.unwrap();
        applying.raise_change_number().await.unwrap();
        let applied = async {
            town.db.until_waiting(1).await;
            applying.commit().await
        };
        let (planned, applied) = tokio::join!(town.pipeline.plan_edition(&row), applied);
        applied.unwrap();
        planned.unwrap();
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["natt"]);
    }

    async fn pieces_are_kept_once_by_their_hash(db: Database) {
        let town = Town::build(db, "2027-03-01T00:00:00Z").await;
        let piece = |hash: &str, bytes: &[u8]| (hash.to_owned(), bytes.to_vec());
        let mut tx = town.store().begin().await.unwrap();
        tx.insert_pieces(at(MONDAY), &[piece("a", b"first\0"), piece("b", b"")]).await.unwrap();
        tx.insert_pieces(at(MONDAY), &[piece("a", b"another")]).await.unwrap();
        tx.commit().await.unwrap();
        let found = town.store().load_pieces(&["a", "b", "c"]).await.unwrap();
        assert_eq!(found, HashMap::from([piece("a", b"first\0"), piece("b", b"")]));
    }
}

/// The instant of the stories' edition.
pub fn monday() -> DateTime<Utc> {
    at(MONDAY)
}

/// One written letter of Kari's with both items; its key.
pub async fn town_with_letter(db: crate::harness::Database) -> (Town, EditionId, DeliveryId) {
    let (town, edition) = town_with_edition(db).await;
    let carried = town.item_id("to").await;
    let plan = PlannedDigest {
        carries: vec![(carried, 1, None)],
        carried_over: vec![carried],
        ..digest(&town, "kari", &["en"]).await
    };
    write(town.store(), edition, &[plan, digest(&town, "ola", &[]).await]).await;
    let letter = town.store().list_deliveries(None).await.unwrap()[0].id;
    (town, edition, letter)
}
