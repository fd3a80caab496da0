//! What is over the cap: named as coming next where it may come, and told apart where it is closed before.

use treff::forum::Cadence;
use treff::letter::Letter;
use treff::pipeline::SendingGate;
use treff::store::Claimed;

use super::town::{Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const COMES: &str = "KOMMER I NESTE BREV";

/// A letter's text and HTML, still encoded.
async fn read(town: &Town, claimed: &Claimed) -> String {
    let letter: Letter = serde_json::from_str(&claimed.letter).unwrap();
    let hashes: Vec<&str> = letter.pieces.iter().map(String::as_str).collect();
    let pieces = town.store().load_pieces(&hashes).await.unwrap();
    letter.pieces.iter().map(|hash| String::from_utf8_lossy(&pieces[hash]).replace("=\r\n", "")).collect()
}

/// The one letter of that edition.
async fn publish(town: &Town, cadence: Cadence, now: &str) -> Claimed {
    town.clock.set(at(now));
    town.plan(cadence).await;
    let mut claimed = town.claim().await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

/// Whether it names titles as coming, and whether some until that day alone.
fn told(said: &str, until: &str) -> (bool, bool) {
    (said.contains(COMES), said.contains(&format!("Aktuell til {until}.")))
}

/// Somebody who hears so often and takes one item a letter; the clock on Saturday, 27 February.
async fn town_of(db: crate::harness::Database, cadence: &str) -> Town {
    let town = Town::build(db, "2027-02-27T12:00:00Z").await;
    town.import(&format!("kari@example.test;;;;{cadence}")).await;
    town.set_cap("kari", 1).await;
    town
}

on_both_databases! {
    async fn what_closes_before_the_next_letter_is_not_named_as_coming(db: Database) {
        let town = town_of(db, "weekly").await;
        for (slug, front) in [
            ("a", TIP.to_owned()),
            ("b", format!("{TIP}\nexpires_at = \"2027-03-05T00:00:00+01:00\"")),
            ("c", TIP.to_owned()),
        ] {
            town.queue(slug, &front).await;
        }
        let letter = publish(&town, Cadence::Weekly, "2027-03-01T06:30:00Z").await;
        let said = read(&town, &letter).await;
        assert_eq!(told(&said, "torsdag 4. mars"), (true, true), "{said}");
        assert!(said.find("Aktuell til") < said.find(COMES), "what is lost soonest stands first: {said}");
        assert_eq!(town.show(Cadence::Weekly).await.digests[0].carried_over, ["b", "c"]);
        town.withdraw("c").await;
        let ids = [letter.id];
        SendingGate::new(town.pipeline.clone(), None).check_claimed(vec![letter]).await.unwrap();
        let anew = town.store().list_claimed("worker", &ids).await.unwrap().remove(0);
        assert_eq!(anew.revision, 1);
        assert_eq!(told(&read(&town, &anew).await, "torsdag 4. mars"), (false, true), "written anew it is told alike");
    }

    async fn nothing_is_promised_in_a_letter_that_is_not_settled(db: Database) {
        let town = town_of(db, "gathering").await;
        let event = "kind = \"event\"\naudience = \"all\"\ngathering = true\nstarts_at = 2027-03-08T09:00:00+01:00\nends_at = 2027-03-08T15:00:00+01:00";
        for (slug, front) in [("samling", event), ("a", TIP), ("b", TIP)] {
            town.queue(slug, front).await;
        }
        let before = publish(&town, Cadence::Gathering, "2027-03-01T06:30:00Z").await;
        let until = "fredag 30. april";
        assert_eq!(told(&read(&town, &before).await, until), (true, false), "the letter after it is settled");
        let armed = town.arm_claimed(&[before]).await;
        town.settle(&armed, treff::store::Outcome::Accepted).await;
        let after = publish(&town, Cadence::Gathering, "2027-03-10T06:30:00Z").await;
        assert_eq!(told(&read(&town, &after).await, until), (false, true), "no gathering is planned after it");
    }
}
