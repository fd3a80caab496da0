//! A promise comes back in its owner's own letter, and leaves it with what it was told in.

use chrono::TimeDelta;
use treff::forum::Cadence;
use treff::letter::Letter;
use treff::pipeline::SendingGate;
use treff::store::{Claimed, DeliveryState, Outcome};

use super::minutes::town;
use super::minutes_with;
use crate::histories::town::{Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const MONDAY: &str = "2027-03-08T06:30:00Z";
const OLAS: &str = "{ what = \"Ringe ti bedrifter\", owner = \"ola@example.test\", by = 2027-03-22 }, { what = \"Langt fram\", owner = \"ola@example.test\", by = 2027-03-23 }";

async fn read(town: &Town, claimed: &Claimed) -> String {
    let letter: Letter = serde_json::from_str(&claimed.letter).unwrap();
    let hashes: Vec<&str> = letter.pieces.iter().map(String::as_str).collect();
    let pieces = town.store().load_pieces(&hashes).await.unwrap();
    // The first piece is the frame; what stands in order follows it.
    let told = letter.pieces.iter().map(|hash| String::from_utf8_lossy(&pieces[hash]).replace("=\r\n", ""));
    told.collect()
}

/// The letter of each, as it is planned on the Monday.
async fn planned(town: &Town) -> Vec<Claimed> {
    town.clock.set(at(MONDAY));
    town.plan(Cadence::Weekly).await;
    town.claim().await
}

/// A town with minutes of what Ola promised and a tip, and the letters that are planned of them.
async fn planned_town(db: crate::harness::Database) -> (Town, Vec<Claimed>) {
    let town = town(db).await;
    town.queue("referat", &minutes_with(OLAS)).await;
    town.queue("tips", TIP).await;
    let claimed = planned(&town).await;
    (town, claimed)
}

async fn letter_of<'c>(town: &Town, claimed: &'c [Claimed], name: &str) -> &'c Claimed {
    let id = town.id(name).await;
    claimed.iter().find(|one| one.recipient == id).unwrap()
}

on_both_databases! {
    async fn what_is_near_stands_in_the_owner_s_letter_above_the_items_and_in_no_other(db: Database) {
        let (town, claimed) = planned_town(db).await;
        let olas = read(&town, letter_of(&town, &claimed, "ola").await).await;
        for said in ["Dette har du lovet", "Ringe ti bedrifter: innen mandag 22. mars. Lovet i kompetansegruppe helse.", "next=3D/me/promises"] {
            assert!(olas.contains(said), "{said} in {olas}");
        }
        assert!(!olas.contains("Langt fram: innen"), "its day is not near: {olas}");
        assert!(olas.find("Dette har du lovet") < olas.find("Lovet: Ringe ti bedrifter"), "above the card of the minutes");
        let karis = read(&town, letter_of(&town, &claimed, "kari").await).await;
        assert!(!karis.contains("Dette har du lovet") && karis.contains("Lovet: Ringe ti bedrifter (innen 22. mars)"), "{karis}");
        assert!(!karis.contains("ola@"), "nobody else is told whose it is: {karis}");
    }

    async fn a_promise_alone_makes_no_letter(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(OLAS)).await;
        town.publish(Cadence::Weekly, "2027-03-01T06:30:00Z").await;
        assert!(planned(&town).await.is_empty());
    }

    async fn a_promise_that_is_settled_before_the_letter_goes_leaves_it(db: Database) {
        let (town, claimed) = planned_town(db).await;
        let ids: Vec<_> = claimed.iter().map(|one| one.id).collect();
        town.run("UPDATE promise SET state = 'done' WHERE what LIKE 'Ringe%'").await;
        let all = claimed.len();
        let gate = SendingGate::new(town.pipeline.clone(), None);
        let passed = gate.check_claimed(claimed).await.unwrap();
        assert_eq!(passed.len(), all - 1, "only the owner's letter is written anew");
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        let olas = letter_of(&town, &anew, "ola").await;
        assert_eq!(olas.revision, 1);
        let said = read(&town, olas).await;
        assert!(!said.contains("Dette har du lovet") && said.contains("Lovet: Ringe ti bedrifter"), "{said}");
        assert_eq!(gate.check_claimed(anew).await.unwrap().len(), all);
        town.clock.set(at(MONDAY) + TimeDelta::hours(1));
        town.send(Outcome::Accepted).await;
        town.letter("ola", DeliveryState::Accepted).await;
    }

    async fn a_promise_that_moves_before_the_letter_goes_is_told_by_its_new_day(db: Database) {
        let (town, claimed) = planned_town(db).await;
        let ids: Vec<_> = claimed.iter().map(|one| one.id).collect();
        assert!(read(&town, letter_of(&town, &claimed, "ola").await).await.contains("innen mandag 22. mars"));
        town.run("UPDATE promise SET by_on = '2027-03-19' WHERE what LIKE 'Ringe%'").await;
        let gate = SendingGate::new(town.pipeline.clone(), None);
        gate.check_claimed(claimed).await.unwrap();
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        let olas = letter_of(&town, &anew, "ola").await;
        assert_eq!(olas.revision, 1);
        let said = read(&town, olas).await;
        assert!(said.contains("innen fredag 19. mars") && !said.contains("innen mandag 22. mars"), "{said}");
        let all = anew.len();
        assert_eq!(gate.check_claimed(anew).await.unwrap().len(), all, "it goes as it is now");
    }

    async fn a_place_that_passes_on_before_the_letter_goes_takes_its_promises_along_and_one_revision_does(db: Database) {
        let town = town(db).await;
        town.run("UPDATE recipient SET admitted = TRUE").await;
        town.queue("referat", &minutes_with(OLAS)).await;
        town.queue("tips", TIP).await;
        let claimed = planned(&town).await;
        let ids: Vec<_> = claimed.iter().map(|one| one.id).collect();
        // Five minutes after the edition opened.
        town.run("UPDATE seat_holder SET ends_at = 1804487700000000 WHERE recipient_id = (SELECT id FROM recipient WHERE email = 'ola@example.test')").await;
        town.clock.set(at(MONDAY) + TimeDelta::minutes(6));
        let gate = SendingGate::new(town.pipeline.clone(), None);
        gate.check_claimed(claimed).await.unwrap();
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        let olas = letter_of(&town, &anew, "ola").await;
        assert_eq!(olas.revision, 1);
        let said = read(&town, olas).await;
        assert!(!said.contains("Dette har du lovet"), "{said}");
        let all = anew.len();
        assert_eq!(gate.check_claimed(anew).await.unwrap().len(), all, "it goes as it is now");
    }

    async fn a_letter_for_a_union_names_no_group_and_an_urgent_one_no_promise(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(OLAS)).await;
        town.run("UPDATE organisation SET kind = 'union'").await;
        town.run("UPDATE forum SET change_number = change_number + 1").await;
        let claimed = planned(&town).await;
        let olas = read(&town, letter_of(&town, &claimed, "ola").await).await;
        assert!(olas.contains("innen mandag 22. mars.") && !olas.contains("Lovet i kompetansegruppe helse"), "{olas}");
        town.clock.set(at(MONDAY) + TimeDelta::hours(1));
        town.send(Outcome::Accepted).await;
        town.clock.set(at("2027-03-09T12:00:00Z"));
        town.queue("haster", &format!("{TIP}\nlane = \"urgent\"")).await;
        town.plan(Cadence::Urgent).await;
        let claimed = town.claim().await;
        let olas = read(&town, letter_of(&town, &claimed, "ola").await).await;
        assert!(!olas.contains("Dette har du lovet"), "{olas}");
    }

    async fn a_successor_s_first_letter_tells_all_that_the_place_has_promised(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(OLAS)).await;
        town.publish(Cadence::Weekly, "2027-03-01T06:30:00Z").await;
        town.import("siri@example.test;;;;weekly").await;
        town.run("UPDATE seat_holder SET ends_at = 1804248000000000 WHERE recipient_id = (SELECT id FROM recipient WHERE email = 'ola@example.test')").await;
        town.run(
            "INSERT INTO seat_holder (seat_id, recipient_id, starts_at, source)
             SELECT DISTINCT seat_id, (SELECT id FROM recipient WHERE email = 'siri@example.test'), 1804248000000000, 'test' FROM promise",
        )
        .await;
        town.queue("tips", TIP).await;
        let claimed = planned(&town).await;
        let siris = read(&town, letter_of(&town, &claimed, "siri").await).await;
        for what in ["Ringe ti bedrifter", "Langt fram"] {
            assert!(siris.contains(&format!("{what}: innen")), "{what} in {siris}");
        }
        assert!(siris.contains("Det fulgte med plassen du tok over.") && siris.contains("dette overtar du"), "{siris}");
    }
}
