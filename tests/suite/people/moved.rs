//! Somebody has another address now: what still names the old one means the same person, until they are forgotten.

use serde_json::json;

use super::forum::{Place, counts, now, refused};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

/// Somebody with a second address, as the sheet has them.
const SHEET: &str = "epost;navn;organisasjon;grupper\n\
    siri@work.test;Siri Nes;Vik kommune;health\n\
    siri@home.test;Siri Nes;Vik kommune;\n";

/// The two rows of the sheet as one person, whose address is siri@home.test.
fn merge(treff: &Treff) -> String {
    let file = treff.write("p.csv", SHEET);
    treff.run(&["people", "import", &file]).done();
    treff.run(&["people", "merge", "siri@home.test", "siri@work.test"]).done();
    file
}

on_both_engines! {
    async fn nobody_is_brought_back_by_an_address_that_they_had_before(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let file = merge(&treff);
        treff.run(&["people", "erase", "siri@home.test"]).done();
        let again = treff.run(&["people", "import", &file]);
        assert_eq!((again.code, &again.json["created"]), (1, &json!(0)));
        let lines: Vec<_> = again.json["rejected"].as_array().unwrap().iter().map(|cell| cell["line"].clone()).collect();
        assert_eq!(lines, [2, 3]);
        assert_eq!(treff.run(&["people", "list"]).done().json["recipients"], json!([]));
        let seat = treff.run(&["seat", "list"]).done().json["seats"][0]["id"].to_string();
        let told = treff.run(&["seat", "give", &seat, "siri@work.test"]).refused();
        assert_eq!(told, ["this person asked to be forgotten, and only they themselves sign up again"]);
        let earlier = treff.run(&["people", "erase", "siri@work.test"]).done().json;
        assert_eq!(earlier["earlier"], json!(true));
    }

    async fn the_receipt_tells_what_names_any_address_of_theirs(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        merge(&treff);
        let item = |contact: &str| format!(
            "+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\ncontact = \"Siri Nes <{contact}>\"\n+++\nTekst\n"
        );
        let (one, two) = (treff.write("gammel.md", item("siri@work.test")), treff.write("ny.md", item("siri@home.test")));
        treff.run(&["item", "add", &one, &two]).done();
        let receipt = treff.run(&["people", "erase", "siri@home.test"]).done().json;
        assert_eq!(receipt["items_naming"], json!(["gammel", "ny"]));
    }

    async fn an_address_that_is_somebody_else_s_by_now_is_not_forgotten(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        merge(&treff);
        let own = treff.write("ola.csv", "epost;navn\nola@work.test;Ola Moe\n");
        treff.run(&["people", "import", &own]).done();
        let mut tx = treff.database.store.begin().await.unwrap();
        for sql in [
            "INSERT INTO former_address (recipient_id, address, until_at)
             SELECT id, 'ola@work.test', 0 FROM recipient WHERE email = 'siri@home.test'",
            "INSERT INTO notice (kind, recipient_id, address, language, details, state, attempts, queued_at, next_attempt_at, expires_at)
             SELECT 'sign_in', id, email, 'nb', '{}', 'queued', 0, 0, 0, 0 FROM recipient WHERE email = 'ola@work.test'",
        ] {
            tx.run(sql, Vec::new()).await.unwrap();
        }
        tx.commit().await.unwrap();
        treff.run(&["people", "erase", "siri@home.test"]).done();
        let again = treff.run(&["people", "import", &own]).done().json;
        assert_eq!((&again["unchanged"], &again["notices"]), (&json!(1), &json!([])));
        let mut tx = treff.database.store.begin().await.unwrap();
        let rows: Vec<treff::store::One<String>> = tx.all("SELECT address FROM notice", Vec::new()).await.unwrap();
        assert_eq!(rows, [treff::store::One("ola@work.test".to_owned())]);
        let rows: Vec<treff::store::One<String>> = tx.all("SELECT hash FROM erased_address", Vec::new()).await.unwrap();
        assert_eq!(rows.len(), 2, "both of Siri's, and not Ola's");
    }

    async fn a_place_given_to_an_address_from_before_goes_to_who_moved(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        merge(&treff);
        let other = treff.write("ola.csv", "epost;grupper\nola@example.test;health-night\n");
        treff.run(&["people", "import", &other]).done();
        let seats = treff.run(&["seat", "list"]).done().json["seats"].clone();
        let of = |holder: &str| seats.as_array().unwrap().iter().find(|seat| seat["holder"] == holder).unwrap()["id"].to_string();
        let given = treff.run(&["seat", "give", &of("ola@example.test"), "siri@work.test"]).done();
        assert_eq!((&given.json["created"], &given.json["recipient"]), (&json!(false), &json!("siri@home.test")));
        assert_eq!(given.stderr, "treff: siri@work.test is siri@home.test now; that person has the seat\n");
        assert_eq!(treff.run(&["seat", "give", &of("siri@home.test"), "siri@work.test"]).refused(),
            ["siri@home.test has this place already"]);
        assert_eq!(treff.run(&["people", "list"]).done().json["recipients"].as_array().unwrap().len(), 2);
    }
}

/// Moves the person of that address to another one, as their own page does.
async fn move_to(place: &Place, before: &str, address: &str) {
    let id = place.store().find_recipient_id(before).await.unwrap().unwrap();
    let mut tx = place.store().begin().await.unwrap();
    assert!(tx.change_address(now(), id, address).await.unwrap().is_some());
    tx.commit().await.unwrap();
}

const OLD: &str = "email;name;org;groups;sectors\nsiri@old.test;Siri Nes;nav;health/leader;health\n";

on_both_databases! {
    async fn a_sheet_that_nobody_corrected_changes_nothing_of_who_moved(db: Database) {
        let place = Place::on(db).await;
        place.import(OLD).await;
        move_to(&place, "siri@old.test", "siri@new.test").await;
        let before = place.people().await;
        for report in [place.try_import(OLD).await, place.import(OLD).await] {
            assert_eq!(counts(&report), (0, 0, 1, 0));
            assert_eq!(report.notices, ["siri@old.test is siri@new.test now; the row counts for that person"]);
            assert_eq!(report.named, ["siri@new.test"]);
        }
        assert_eq!(place.people().await, before);
        assert_eq!(place.number("SELECT COUNT(*) FROM seat").await, 1);
    }

    async fn what_a_row_of_the_old_address_says_is_the_person_s(db: Database) {
        let place = Place::on(db).await;
        place.import(OLD).await;
        move_to(&place, "siri@old.test", "siri@mid.test").await;
        move_to(&place, "siri@mid.test", "siri@new.test").await;
        let file = "email;name;sectors\nsiri@old.test;Siri Nes;industry\nsiri@new.test;;process\n\
                    siri@mid.test;Annen Person;\nSIRI@old.test;;health\n";
        let report = place.import(file).await;
        assert_eq!((counts(&report), refused(&report)), ((0, 1, 0, 0), Vec::<String>::new()));
        assert_eq!(report.notices.len(), 3, "each address once, and whom a row names else: {:?}", report.notices);
        assert!(report.notices[2].contains("\"Annen Person\"") && report.notices[2].contains("\"Siri Nes\""), "{:?}", report.notices);
        assert_eq!(place.people().await, [
            "siri@new.test Siri Nes, active weekly nb, at kind-of-org:other org:nav, \
             follows sector:health sector:industry sector:process, health/leader for nav, admitted",
        ]);
    }

    async fn who_left_by_an_address_is_not_brought_back_by_it_after_a_merge(db: Database) {
        let place = Place::on(db).await;
        place.import(SHEET).await;
        let id = async |email: &str| place.store().find_recipient_id(email).await.unwrap().unwrap();
        let (work, home) = (id("siri@work.test").await, id("siri@home.test").await);
        place.store().unsubscribe_recipient(work, "one-click", now()).await.unwrap();
        let order = treff::store::MergeOrder { kept: home, gone: work, public_id: "eeee", actor: "command", now: now() };
        treff::intake::merging::merge(place.store(), &order, None).await.unwrap();
        let report = place.import(SHEET).await;
        assert_eq!(counts(&report), (0, 0, 1, 0));
        assert_eq!(report.notices, [
            "siri@work.test is siri@home.test now; the row counts for that person",
            "1 of them get no letters (unsubscribed, suspended or unconfirmed), and an import changes nothing of that",
        ]);
        assert_eq!(place.people().await.len(), 1);
        assert_eq!(place.number("SELECT COUNT(*) FROM seat_holder").await, 1);
    }

    async fn an_address_that_is_somebody_s_own_is_theirs_whoever_had_it_before(db: Database) {
        let place = Place::on(db).await;
        place.import(OLD).await;
        move_to(&place, "siri@old.test", "siri@new.test").await;
        place.import("email;name\nper@x.test;Per\n").await;
        place.run("UPDATE recipient SET email = 'siri@old.test' WHERE email = 'per@x.test'").await;
        let report = place.import("email;sectors\nsiri@old.test;process\n").await;
        assert_eq!((counts(&report), report.notices.len()), ((0, 1, 0, 0), 0));
        assert_eq!(place.people().await[1],
            "siri@old.test Per, active weekly nb, at kind-of-org:other, follows sector:process, admitted");
        // They move on: the address was theirs last.
        move_to(&place, "siri@old.test", "per@new.test").await;
        let report = place.import("email\nsiri@old.test\n").await;
        assert_eq!(report.notices, ["siri@old.test is per@new.test now; the row counts for that person"]);
    }
}
