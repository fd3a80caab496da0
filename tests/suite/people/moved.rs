//! Somebody has another address now: what still names the old one means the same person, until they are forgotten.

use serde_json::json;

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::Treff;

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
}
