//! What the last check before sending does with many letters at once.

use treff::delivery::OnceMore;
use treff::forum::Cadence;
use treff::ids::DeliveryId;
use treff::letter::Letter;
use treff::pipeline::{CHANGED_SINCE, NOTHING_LEFT, SendingGate};
use treff::store::{Claimed, DeliveryState, One, Outcome};

use super::town::{Town, at};
use crate::on_both_databases;

const TIP: &str = "kind = \"tip\"\naudience = \"all\"";
const MONDAY: &str = "2027-03-01T06:30:00Z";

/// An organisation comes in as soon as a letter is written anew, and the forum's change number stays.
macro_rules! comes {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "INSERT INTO term (facet, slug, names) VALUES ('org', 'ny', '{\"nb\":\"Ny\"}'), ('represents', 'ny', '{\"nb\":\"Ny\"}');
             INSERT INTO organisation (slug, name, kind, org_id, represents_id, created_at)
             SELECT 'ny', 'Ny', 'state', o.id, r.id, 0 FROM term o JOIN term r ON r.facet = 'represents' AND r.slug = 'ny'
             WHERE o.facet = 'org' AND o.slug = 'ny';",
            $after
        )
    };
}
const ORGANISATION_COMES_SQLITE: &[&str] = &[comes!(
    "CREATE TRIGGER comes AFTER UPDATE OF revision ON delivery
     WHEN NOT EXISTS (SELECT 1 FROM organisation WHERE slug = 'ny') BEGIN ",
    " END"
)];
const ORGANISATION_COMES_POSTGRES: &[&str] = &[
    comes!(
        "CREATE FUNCTION comes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NOT EXISTS (SELECT 1 FROM organisation WHERE slug = 'ny') THEN ",
        " END IF; RETURN NULL; END $$"
    ),
    "CREATE TRIGGER comes AFTER UPDATE OF revision ON delivery FOR EACH ROW EXECUTE FUNCTION comes()",
];

/// Those people, and the clock on the Saturday before.
async fn town_of(db: crate::harness::Database, people: &str) -> Town {
    let town = Town::build(db, "2027-02-27T12:00:00Z").await;
    town.import(people).await;
    town
}

/// A letter to Kari may have arrived.
async fn town_in_doubt(db: crate::harness::Database) -> (Town, DeliveryId) {
    let town = town_of(db, "kari@example.test;;;;weekly").await;
    town.queue("en", TIP).await;
    town.clock.set(at(MONDAY));
    town.plan(Cadence::Weekly).await;
    town.send(Outcome::Uncertain).await;
    let letter = town.letter("kari", DeliveryState::Uncertain).await;
    (town, letter)
}

async fn planned(town: &Town) -> Vec<Claimed> {
    town.clock.set(at(MONDAY));
    town.plan(Cadence::Weekly).await;
    town.claim().await
}

fn gate(town: &Town) -> SendingGate {
    SendingGate::new(town.pipeline.clone(), None)
}

/// What the letter says, still encoded.
async fn read(town: &Town, claimed: &Claimed) -> String {
    let letter: Letter = serde_json::from_str(&claimed.letter).unwrap();
    let hashes: Vec<&str> = letter.pieces.iter().map(String::as_str).collect();
    let pieces = town.store().load_pieces(&hashes).await.unwrap();
    letter.pieces.iter().map(|hash| String::from_utf8_lossy(&pieces[hash]).replace("=\r\n", "")).collect()
}

fn minutes_of(group: &str) -> String {
    format!(
        "kind = \"minutes\"\ngroup = \"{group}\"\nmet_on = 2027-02-20\naudience = \"all\"\n\
         achieved = \"Alt\"\nhow = \"Slik\"\nnext = \"Mer\"\nwhy = \"Derfor\""
    )
}

on_both_databases! {
    async fn what_changed_of_many_letters_is_written_at_once_and_each_keeps_its_own(db: Database) {
        let town = town_of(
            db,
            "kari@example.test;health;;;weekly\nola@example.test;health;;;weekly
             liv@example.test;industry;;;weekly\nnils@example.test;industry;;;weekly",
        )
        .await;
        for (slug, group) in [("en", "health"), ("to", "industry"), ("tre", "industry")] {
            town.queue(slug, &format!("kind = \"tip\"\naudience = \"group:{group}\"")).await;
        }
        let claimed = planned(&town).await;
        let ids: Vec<DeliveryId> = claimed.iter().map(|one| one.id).collect();
        town.withdraw("en").await;
        town.withdraw("tre").await;
        town.correct("to", "kind = \"tip\"\naudience = \"group:industry\"", "Rettet").await;
        assert_eq!(gate(&town).check_claimed(claimed).await.unwrap(), []);
        let ended = town.store().list_deliveries(Some(DeliveryState::Cancelled)).await.unwrap();
        let replies: Vec<_> = ended.iter().filter_map(|row| row.reply.as_deref()).collect();
        assert_eq!(replies, [NOTHING_LEFT; 2]);
        let settled = "SELECT action FROM change WHERE action = 'delivery.settled'";
        let told: Vec<One<String>> = town.store().begin().await.unwrap().all(settled, vec![]).await.unwrap();
        assert_eq!(told.len(), 1, "two letters ended in one go");
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        let mut people = Vec::new();
        for letter in &anew {
            assert_eq!(letter.revision, 1);
            assert!(read(&town, letter).await.contains("Rettet"));
            people.push(letter.recipient);
        }
        people.sort();
        assert_eq!(people, [town.id("liv").await, town.id("nils").await]);
        assert_ne!(anew[0].message_id, anew[1].message_id);
        assert_eq!(gate(&town).check_claimed(anew).await.unwrap().len(), 2, "they go as they are now");
    }

    async fn a_letter_to_go_once_more_that_changed_since_ends_with_that_as_its_reason(db: Database) {
        let (town, letter) = town_in_doubt(db).await;
        town.clock.set(at("2027-03-01T07:30:00Z"));
        town.store().retry_letter(town.clock.now(), "test", letter).await.unwrap();
        town.correct("en", TIP, "Rettet").await;
        assert_eq!(gate(&town).check_claimed(town.claim().await).await.unwrap(), []);
        let row = town.store().find_delivery(town.letter("kari", DeliveryState::Uncertain).await).await.unwrap();
        assert_eq!(row.unwrap().reply.as_deref(), Some(CHANGED_SINCE));
    }

    async fn a_letter_that_would_end_at_once_is_not_taken_to_be_sent_once_more(db: Database) {
        let (town, letter) = town_in_doubt(db).await;
        town.correct("en", TIP, "Rettet").await;
        let again = async || gate(&town).send_once_more("test", letter).await.unwrap();
        assert_eq!(again().await, OnceMore::Changed(DeliveryState::Uncertain));
        town.withdraw("en").await;
        assert_eq!(again().await, OnceMore::Emptied(DeliveryState::Uncertain));
        let row = town.store().find_delivery(letter).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.reply.as_deref() == Some(NOTHING_LEFT)), ("uncertain", false), "it stays as it was");
        town.run("UPDATE delivery SET state = 'deferred'").await;
        assert_eq!(again().await, OnceMore::Emptied(DeliveryState::Deferred));
        town.run("UPDATE delivery SET state = 'rejected'").await;
        town.run("UPDATE delivery_item SET returned = TRUE").await;
        assert_eq!(again().await, OnceMore::Emptied(DeliveryState::Rejected), "it would hold again what it returned");
        town.run("UPDATE item SET withdrawn_at = NULL").await;
        assert_eq!(again().await, OnceMore::TriedAgain, "a refused letter goes in the new version");
    }

    async fn who_came_with_an_organisation_after_the_forum_was_read_ends_no_round(db: Database) {
        let town = town_of(db, "kari@example.test;;;;weekly").await;
        town.queue("en", TIP).await;
        let claimed = planned(&town).await;
        let gate = gate(&town);
        assert_eq!(gate.check_claimed(claimed.clone()).await.unwrap().len(), 1);
        // As between two reads: the forum's change number is still the one that was read.
        town.run("INSERT INTO term (facet, slug, names) VALUES ('org', 'ny', '{\"nb\":\"Ny\"}'), ('represents', 'ny', '{\"nb\":\"Ny\"}')").await;
        town.run(
            "INSERT INTO organisation (slug, name, kind, org_id, represents_id, created_at)
             SELECT 'ny', 'Ny', 'state', o.id, r.id, 0 FROM term o JOIN term r ON r.facet = 'represents' AND r.slug = 'ny'
             WHERE o.facet = 'org' AND o.slug = 'ny'",
        )
        .await;
        town.run("UPDATE recipient SET organisation_id = (SELECT id FROM organisation WHERE slug = 'ny') WHERE email = 'kari@example.test'").await;
        assert_eq!(gate.check_claimed(claimed).await.unwrap().len(), 1);
    }

    async fn a_letter_written_anew_before_the_forum_showed_to_be_old_does_not_go_as_it_was(db: Database) {
        let is_postgres = db.url.starts_with("postgres");
        let town = town_of(db, "kari@example.test;;;;weekly\nola@example.test;;;;daily").await;
        town.queue("en", TIP).await;
        town.clock.set(at(MONDAY));
        town.plan(Cadence::Weekly).await;
        town.plan(Cadence::Daily).await;
        let claimed = town.claim().await;
        let ids: Vec<DeliveryId> = claimed.iter().map(|one| one.id).collect();
        assert_eq!((ids.len(), claimed[0].edition == claimed[1].edition), (2, false));
        town.correct("en", TIP, "Rettet").await;
        let comes = if is_postgres { ORGANISATION_COMES_POSTGRES } else { ORGANISATION_COMES_SQLITE };
        for statement in comes {
            town.run(statement).await;
        }
        assert_eq!(gate(&town).check_claimed(claimed).await.unwrap(), [], "neither goes without its correction");
        let came = "SELECT CAST(COUNT(*) AS TEXT) FROM organisation WHERE slug = 'ny'";
        let One(came): One<String> = town.store().begin().await.unwrap().get(came, vec![]).await.unwrap();
        assert_eq!(came, "1", "between the two editions");
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        assert_eq!(anew.iter().map(|letter| letter.revision).collect::<Vec<_>>(), [1, 1], "each once");
        assert_eq!(gate(&town).check_claimed(anew).await.unwrap().len(), 2);
    }

    async fn two_workers_who_write_the_same_cards_in_another_order_end_no_round(db: Database) {
        let town = town_of(db, "kari@example.test;health;;;weekly\nola@example.test;industry;;;weekly").await;
        for group in ["health", "industry"] {
            town.queue(group, &minutes_of(group)).await;
        }
        let (kari, claimed) = (town.id("kari").await, planned(&town).await);
        let ids: Vec<DeliveryId> = claimed.iter().map(|one| one.id).collect();
        let (one, two): (Vec<_>, Vec<_>) = claimed.into_iter().partition(|letter| letter.recipient == kari);
        assert_eq!(town.digest(Cadence::Weekly, "kari").await, ["health", "industry"]);
        assert_eq!(town.digest(Cadence::Weekly, "ola").await, ["industry", "health"]);
        for group in ["health", "industry"] {
            town.correct(group, &minutes_of(group), "Rettet").await;
        }
        let gates = [gate(&town), gate(&town)];
        let (first, second) = tokio::join!(gates[0].check_claimed(one), gates[1].check_claimed(two));
        assert_eq!((first.unwrap(), second.unwrap()), (vec![], vec![]));
        let anew = town.store().list_claimed("worker", &ids).await.unwrap();
        assert_eq!(anew.iter().map(|letter| letter.revision).collect::<Vec<_>>(), [1, 1]);
    }
}
