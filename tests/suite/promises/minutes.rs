//! Minutes make promises, and what becomes of those when the minutes are corrected or taken back.

use std::collections::BTreeMap;

use treff::forum::Cadence;
use treff::ids::SeatId;
use treff::intake::item_file::{SlugFrom, read_item_file};
use treff::intake::item_queue::{Corrected, QueueError, correct_item, queue_items};

use super::minutes_with;
use crate::histories::town::{Town, at, public_id, read_item};
use crate::on_both_databases;

const ROWS: &str =
    "SELECT p.what || '|' || COALESCE(r.email, '-') || '|' || COALESCE(p.by_on, '-') || '|' || p.state
     FROM promise p LEFT JOIN seat_holder h ON h.seat_id = p.seat_id LEFT JOIN recipient r ON r.id = h.recipient_id
     ORDER BY p.position";

pub async fn town(db: crate::harness::Database) -> Town {
    let town = Town::build(db, "2027-02-27T12:00:00Z").await;
    town.import("kari@example.test;health/leader;;;weekly\nola@example.test;health;;;weekly\nper@example.test;industry;;;weekly").await;
    town
}

pub async fn texts(town: &Town, sql: &'static str) -> Vec<String> {
    let mut tx = town.store().begin().await.unwrap();
    let rows: Vec<treff::store::One<String>> = tx.all(sql, vec![]).await.unwrap();
    rows.into_iter().map(|row| row.0).collect()
}

/// Corrects the minutes so that they promise this and say all else as before.
async fn correct(town: &Town, promises: &str) -> Result<Corrected, QueueError> {
    let forum = town.forum().await;
    let title = town.item("referat").await.texts.values().next().expect("a text").title.clone();
    let file = read_item(&forum, "referat", &minutes_with(promises), &title);
    correct_item(town.store(), &forum, "referat", &file, town.clock.now(), false).await
}

const TWO: &str = "{ what = \"Ringe ti bedrifter\", owner = \"Ola@example.test\", by = 2027-03-10 }, { what = \"Skrive planen\" }";

on_both_databases! {
    async fn a_promise_is_of_a_place_in_the_group_or_of_the_group(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        assert_eq!(texts(&town, ROWS).await, ["Ringe ti bedrifter|ola@example.test|2027-03-10|open", "Skrive planen|-|-|open"]);
        let given = texts(&town, "SELECT given FROM item_version").await;
        assert!(!given[0].contains("ola@"), "the address stands nowhere: {given:?}");
        let item = town.item("referat").await;
        assert_eq!(item.promises().len(), 2);
    }

    async fn who_has_no_place_in_the_group_is_told_with_line_and_nearest_address(db: Database) {
        let town = town(db).await;
        let forum = town.forum().await;
        let refused = async |promises: &str, group: &str| {
            let front = minutes_with(promises).replace("group = \"health\"\n", group);
            let text = format!("+++\ntitle = \"Referat\"\n{front}\n+++\nTekst.\n");
            let file = read_item_file("referat.md", SlugFrom::Stem("referat"), text.as_bytes(), &forum).unwrap();
            let now = town.clock.now();
            queue_items(town.store(), &forum, &[file], now, public_id, false).await.unwrap_err().to_string()
        };
        let group = "group = \"health\"\n";
        assert_eq!(
            refused("\n{ what = \"Skrive\" },\n{ what = \"Ringe\", owner = \"olla@example.test\" }", group).await,
            "referat.md:14: owner of a promise: olla@example.test has no place in group health now; \
             the nearest who has is ola@example.test; without owner the promise is the group's"
        );
        assert!(refused("{ what = \"Ringe\", owner = \"per@example.test\" }", group).await.contains("per@example.test has no place in group health"));
        assert!(refused("{ what = \"Ringe\" }", "").await.contains("promises belong to a group"));
        assert_eq!(texts(&town, ROWS).await, Vec::<String>::new(), "nothing is queued");
        assert_eq!(texts(&town, "SELECT slug FROM item").await, Vec::<String>::new());
    }

    async fn a_correction_keeps_what_is_alike_with_its_state_and_the_day_that_was_given_since(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        town.run("UPDATE promise SET state = 'done' WHERE position = 2").await;
        town.run("UPDATE promise SET by_on = '2027-03-20' WHERE position = 1").await;
        let other = "{ what = \"skrive planen.\", owner = \"kari@example.test\" }, { what = \"Ringe ti bedrifter\", owner = \"ola@example.test\", by = 2027-03-10 }, { what = \"Ny\" }";
        town.correct("referat", &minutes_with(other), "Rettet").await;
        let rows = ["skrive planen.|kari@example.test|-|done", "Ringe ti bedrifter|ola@example.test|2027-03-20|open", "Ny|-|-|open"];
        assert_eq!(texts(&town, ROWS).await, rows);
        town.correct("referat", &minutes_with(&other.replace("03-10", "03-12")), "Rettet igjen").await;
        assert_eq!(texts(&town, ROWS).await[1], "Ringe ti bedrifter|ola@example.test|2027-03-12|open", "a day that the minutes change counts");
        town.correct("referat", &minutes_with("{ what = \"Ny\" }"), "Rettet sist").await;
        assert_eq!(texts(&town, ROWS).await, ["Ny|-|-|open"]);
        let log = texts(&town, "SELECT action FROM change WHERE action LIKE 'promise.%' ORDER BY id").await;
        let made = |what: &str| log.iter().filter(|action| *action == what).count();
        assert_eq!((made("promise.made"), made("promise.removed")), (3, 2), "{log:?}");
    }

    async fn of_several_who_promise_the_same_nobody_gets_the_state_of_another(db: Database) {
        let town = town(db).await;
        let both = "{ what = \"Ringe\", owner = \"kari@example.test\" }, { what = \"Ringe\", owner = \"ola@example.test\" }";
        town.queue("referat", &minutes_with(both)).await;
        town.run("UPDATE promise SET state = 'done', told = 'Kari sier det' WHERE position = 1").await;
        town.correct("referat", &minutes_with("{ what = \"Ringe\", owner = \"ola@example.test\" }"), "Rettet").await;
        assert_eq!(texts(&town, ROWS).await, ["Ringe|ola@example.test|-|open"]);
        assert_eq!(texts(&town, "SELECT COALESCE(told, '-') FROM promise").await, ["-"]);
    }

    async fn a_file_that_says_the_same_is_unchanged_though_an_owner_has_left(db: Database) {
        let town = town(db).await;
        let two = TWO.replace("{ what = \"Skrive planen\" }", "{ what = \"Skrive planen\", owner = \"kari@example.test\" }");
        town.queue("referat", &minutes_with(&two)).await;
        let seats = texts(&town, "SELECT CAST(seat_id AS TEXT) FROM promise ORDER BY position").await;
        town.run("UPDATE seat_holder SET ends_at = 1 WHERE recipient_id = (SELECT id FROM recipient WHERE email = 'ola@example.test')").await;
        town.queue("referat", &minutes_with(&two)).await;
        assert_eq!(texts(&town, "SELECT CAST(version AS TEXT) FROM item_version").await, ["1"]);
        town.correct("referat", &minutes_with(&two), "Rettet").await;
        assert_eq!(texts(&town, "SELECT CAST(seat_id AS TEXT) FROM promise ORDER BY position").await, seats);
    }

    async fn a_mistyped_owner_of_a_promise_that_stands_is_told(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        let mistyped = correct(&town, &TWO.replace("Ola@", "olla@")).await.unwrap_err().to_string();
        assert!(mistyped.contains("olla@example.test has no place in group health now"), "{mistyped}");
        assert_eq!(texts(&town, ROWS).await[0], "Ringe ti bedrifter|ola@example.test|2027-03-10|open");
        // Of whom no address is kept nothing can be mistyped.
        town.run("UPDATE recipient SET status = 'erased', email = NULL WHERE email = 'ola@example.test'").await;
        let said = correct(&town, TWO).await.unwrap();
        assert!(matches!(said, Corrected::Unchanged(..)), "{said:?}");
    }

    async fn another_owner_alone_is_no_news_for_readers(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        town.publish(Cadence::Weekly, "2027-03-01T07:00:00Z").await;
        let number = town.item("referat").await.number;
        let said = correct(&town, &TWO.replace("Ola@", "kari@")).await.unwrap();
        assert!(matches!(said, Corrected::Owners(_)), "{said:?}");
        assert_eq!(texts(&town, ROWS).await[0], "Ringe ti bedrifter|kari@example.test|2027-03-10|open");
        let item = town.item("referat").await;
        assert_eq!((item.version, item.number), (1, number));
        assert_eq!(item.promises()[0].seat, texts(&town, "SELECT CAST(seat_id AS TEXT) FROM promise WHERE position = 1").await[0].parse().ok().map(SeatId));
        assert!(matches!(correct(&town, &TWO.replace("Ola@", "kari@")).await.unwrap(), Corrected::Unchanged(_)));
        assert_eq!(town.publish(Cadence::Weekly, "2027-03-08T07:00:00Z").await, BTreeMap::new());
        assert_eq!(texts(&town, "SELECT action FROM change WHERE action LIKE 'item.%' ORDER BY id").await, ["item.added", "item.owners"]);
    }

    async fn minutes_that_are_taken_back_promise_nothing(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        town.withdraw("referat").await;
        assert_eq!(texts(&town, ROWS).await, Vec::<String>::new());
        assert_eq!(town.store().list_promises(town.clock.now()).await.unwrap(), []);
    }

    async fn without_promises_everything_is_as_before(db: Database) {
        let town = town(db).await;
        let plain = minutes_with("").replace("promises = []", "");
        town.queue("referat", &plain).await;
        town.queue("likt", &minutes_with("")).await;
        let given = texts(&town, "SELECT given FROM item_version ORDER BY item_id").await;
        assert!(!given[0].contains("promises"), "{given:?}");
        assert_eq!(given[0], given[1]);
    }

    async fn who_takes_the_place_over_has_its_promises_and_a_vacant_place_leaves_them_to_the_group(db: Database) {
        let town = town(db).await;
        town.queue("referat", &minutes_with(TWO)).await;
        let (ola, now) = (town.id("ola").await, at("2027-03-01T12:00:00Z"));
        let owner = async || {
            let rows = town.store().list_promises(now).await.unwrap();
            (rows[0].owner, rows[0].is_inherited())
        };
        assert_eq!(owner().await, (Some(ola), false));
        town.run("UPDATE seat_holder SET ends_at = 1803800000000000 WHERE recipient_id = (SELECT id FROM recipient WHERE email = 'ola@example.test')").await;
        assert_eq!(owner().await, (None, false));
        town.run(
            "INSERT INTO seat_holder (seat_id, recipient_id, starts_at, source)
             SELECT seat_id, (SELECT id FROM recipient WHERE email = 'per@example.test'), 1803800000000000, 'test' FROM promise WHERE seat_id IS NOT NULL",
        )
        .await;
        assert_eq!(owner().await, (Some(town.id("per").await), true));
    }
}

#[test]
fn what_is_wrong_with_a_promise_is_told_with_its_line() {
    let text = "+++\nkind = \"minutes\"\ntitle = \"R\"\naudience = \"all\"\n[[promises]]\nwhat = \"\"\n[[promises]]\nwhat = \"Ringe\"\nwhom = \"x\"\nby = \"i morgen\"\n+++\n";
    let forum = crate::letters::scene::forum();
    let errors = read_item_file("r.md", SlugFrom::Stem("r"), text.as_bytes(), &forum).unwrap_err();
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("r.md:5: a promise lacks what"), "{told:?}");
    assert!(
        told[1].starts_with("r.md:9: unknown key \"whom\" of a promise; the nearest known key is"),
        "{told:?}"
    );
    assert!(told[2].starts_with("r.md:10: by of a promise: \"i morgen\" is no date"), "{told:?}");
    let head = "+++\nkind = \"minutes\"\ntitle = \"R\"\naudience = \"all\"\n[[promises]]\n";
    for (length, is_read) in [(300, true), (301, false)] {
        let text = format!("{head}what = \"{}\"\n+++\n", "å".repeat(length));
        let file = read_item_file("r.md", SlugFrom::Stem("r"), text.as_bytes(), &forum);
        assert_eq!(file.is_ok(), is_read, "{length}");
        let told: Vec<String> = file.err().into_iter().flatten().map(|error| error.to_string()).collect();
        let expected =
            "r.md:6: what of a promise has 301 characters; write at most 300, and the rest in next";
        assert!(told.iter().all(|told| told == expected), "{told:?}");
    }
}
