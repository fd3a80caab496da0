//! A hand-over, where the letter that brings it changes on its way.

use chrono::TimeDelta;
use treff::forum::Cadence;
use treff::ids::DeliveryId;
use treff::letter::Letter;
use treff::pipeline::SendingGate;
use treff::store::{Claimed, Outcome};

use super::town::{Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const MONDAYS: [&str; 2] = ["2027-03-01T06:30:00Z", "2027-03-08T06:30:00Z"];
const MINUTES: &str = "kind = \"minutes\"\ngroup = \"health\"\nmet_on = 2027-02-20\nvisibility = \"group:health\"
audience = \"group:health\"\nachieved = \"Alt\"\nhow = \"Slik\"\nnext = \"Vi lovar eit kurs\"\nwhy = \"Derfor\"";

/// Ola has all of Kari's places from now on.
async fn ola_takes_over(town: &Town) {
    town.run(
        "INSERT INTO seat_holder (seat_id, recipient_id, source)
         SELECT h.seat_id, (SELECT id FROM recipient WHERE email = 'ola@example.test'), 'test'
         FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id WHERE r.email = 'kari@example.test'",
    )
    .await;
    town.run(
        "UPDATE seat_holder SET ends_at = 1804248000000000
         WHERE recipient_id = (SELECT id FROM recipient WHERE email = 'kari@example.test')",
    )
    .await;
}

/// What the letter says: its head and its pieces.
async fn read(town: &Town, claimed: &Claimed) -> String {
    let letter: Letter = serde_json::from_str(&claimed.letter).unwrap();
    let hashes: Vec<&str> = letter.pieces.iter().map(String::as_str).collect();
    let pieces = town.store().load_pieces(&hashes).await.unwrap();
    let told = pieces.values().map(|bytes| String::from_utf8_lossy(bytes).replace("=\r\n", ""));
    std::iter::once(claimed.letter.clone()).chain(told).collect()
}

/// Ola's letter as it is planned, and as the gate writes it anew once `lost` was withdrawn.
async fn planned_and_revised(town: &Town, lost: &str) -> [String; 2] {
    let ola = town.id("ola").await;
    town.clock.set(at(MONDAYS[1]));
    town.plan(Cadence::Weekly).await;
    let claimed = town.claim().await;
    let planned = read(town, claimed.iter().find(|one| one.recipient == ola).unwrap()).await;
    town.withdraw(lost).await;
    let ids: Vec<DeliveryId> = claimed.iter().map(|one| one.id).collect();
    SendingGate::new(town.pipeline.clone(), None).check_claimed(claimed).await.unwrap();
    let anew = town.store().list_claimed("worker", &ids).await.unwrap();
    let anew = anew.iter().find(|one| one.recipient == ola).unwrap();
    assert_eq!(anew.revision, 1, "the letter was written anew");
    let revised = read(town, anew).await;
    town.clock.set(at(MONDAYS[1]) + TimeDelta::hours(1));
    town.send(Outcome::Accepted).await;
    assert_eq!(town.store().list_taken_seats(&[ola]).await.unwrap(), []);
    [planned, revised]
}

on_both_databases! {
    async fn a_letter_written_anew_still_hands_over_what_brought_no_item(db: Database) {
        let town = Town::build(db, "2027-02-27T12:00:00Z").await;
        town.import("kari@example.test;health/leader;;;weekly\nola@example.test;health/deputy;;;weekly").await;
        town.queue("referat", MINUTES).await;
        town.publish(Cadence::Weekly, MONDAYS[0]).await;
        ola_takes_over(&town).await;
        town.queue("en", TIP).await;
        town.queue("to", TIP).await;
        for letter in planned_and_revised(&town, "en").await {
            assert!(letter.contains("Vi lovar eit kurs") && letter.contains("dette overtar du"), "{letter}");
            assert!(letter.contains("items%3Fgroup%3Dhealth"), "{letter}");
        }
    }

    async fn of_two_places_taken_over_in_one_week_both_are_told(db: Database) {
        let town = Town::build(db, "2027-02-27T12:00:00Z").await;
        town.import("kari@example.test;health|industry;;;weekly").await;
        town.queue("referat", MINUTES).await;
        town.queue("rapport", "kind = \"article\"\naudience = \"group:industry\"").await;
        town.publish(Cadence::Weekly, MONDAYS[0]).await;
        town.import("ola@example.test;;;;weekly").await;
        ola_takes_over(&town).await;
        for letter in planned_and_revised(&town, "rapport").await {
            for group in ["helse", "industri"] {
                assert!(letter.contains(&format!("plass i kompetansegruppe {group}.")), "{group}: {letter}");
            }
            assert!(letter.contains("Vi lovar eit kurs"), "{letter}");
        }
    }

    // DESIGN section 3: "what the predecessor got through this seat". Without it Kari would have got neither.
    async fn what_joins_the_group_with_a_role_comes_through_the_place(db: Database) {
        let town = Town::build(db, "2027-01-22T12:00:00Z").await;
        town.import("kari@example.test;health/leader;;decision-maker;weekly\nola@example.test;;;decision-maker;weekly").await;
        town.queue("begge", "kind = \"tip\"\naudience = \"group:health and role:decision-maker\"").await;
        town.queue("plass", "kind = \"tip\"\naudience = \"group:health/leader and kind-of-org:other\"").await;
        town.publish(Cadence::Weekly, "2027-01-25T06:30:00Z").await;
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["begge", "plass"]);
        town.clock.set(at("2027-03-05T12:00:00Z"));
        ola_takes_over(&town).await;
        town.clock.set(at(MONDAYS[1]));
        town.plan(Cadence::Weekly).await;
        assert_eq!(town.digest(Cadence::Weekly, "ola").await, ["begge", "plass"], "older than thirty days");
    }

    async fn what_somebody_got_before_they_had_the_place_is_their_own(db: Database) {
        let town = Town::build(db, "2027-01-22T12:00:00Z").await;
        town.import("per@example.test;health/leader;;;weekly\nkari@example.test;;health;;weekly\nola@example.test;;;;weekly").await;
        town.queue("gammel", "kind = \"tip\"\nabout = [\"sector:health\"]\nvisibility = \"public\"").await;
        town.run("UPDATE seat_holder SET ends_at = 1800500000000000").await;
        town.publish(Cadence::Weekly, "2027-01-25T06:30:00Z").await;
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["gammel"], "she follows the sector");
        town.run(
            "INSERT INTO seat_holder (seat_id, recipient_id, source, starts_at)
             SELECT MAX(seat_id), (SELECT id FROM recipient WHERE email = 'kari@example.test'), 'test', 1803000000000000
             FROM seat_holder",
        )
        .await;
        town.clock.set(at("2027-03-05T12:00:00Z"));
        ola_takes_over(&town).await;
        town.clock.set(at(MONDAYS[1]));
        town.plan(Cadence::Weekly).await;
        assert!(!town.digests(Cadence::Weekly).await.contains_key("ola"), "nothing came through the place");
    }
}
