//! What the lead sees of answers, what a person's own copy holds, and what an erasure leaves.

use serde_json::json;

use crate::harness::Engine;
use crate::on_both_engines;
use crate::treff::Treff;

const PEOPLE: &str = "epost;navn;organisasjon;type\nkari@example.test;Kari Nes;Vik kommune;municipality\n\
                      ola@example.test;Ola Moe;Fagforeininga;union\n";
const EVENT: &str =
    "+++\nkind = \"event\"\ntitle = \"Samling\"\naudience = \"all\"\nstarts_at = 2097-03-01T08:00:00Z\n+++\n";
const TIP: &str = "+++\nkind = \"tip\"\ntitle = \"Tips\"\naudience = \"all\"\n+++\n";

async fn forum_with_answers(engine: Engine) -> Treff {
    let treff = Treff::with_forum(engine).await;
    let people = treff.write("people.csv", PEOPLE);
    treff.run(&["people", "import", &people]).done();
    let files = [treff.write("samling.md", EVENT), treff.write("tips.md", TIP)];
    treff.run(&["item", "add", &files[0], &files[1]]).done();
    let mut tx = treff.database.store.begin().await.unwrap();
    for sql in [
        "INSERT INTO answer (item_id, recipient_id, answer, sent_name, sent_email, note, source, answered_at)
         SELECT i.id, r.id, 'coming', NULL, NULL, '=HYPERLINK(\"http://x\")', 'letter', 1000000
         FROM item i, recipient r WHERE i.slug = 'samling' AND r.email = 'kari@example.test'",
        "INSERT INTO answer (item_id, recipient_id, answer, sent_name, sent_email, note, source, answered_at)
         SELECT i.id, r.id, 'sending', 'Kari', 'kari@example.test', NULL, 'letter', 2000000
         FROM item i, recipient r WHERE i.slug = 'samling' AND r.email = 'ola@example.test'",
        "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
         SELECT i.id, r.id, 'Ring meg', 'letter', 1, 1, 1
         FROM item i, recipient r WHERE i.slug = 'tips' AND r.email = 'kari@example.test'",
        "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at)
         SELECT i.id, r.id, 'coming', 1, 1
         FROM item i, recipient r WHERE i.slug = 'samling' AND r.email = 'kari@example.test'",
        "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_name,
                            sender_email, received_at, changed_at)
         VALUES ('d1', 'form', 'new', 'nb', 'Nytt kurs', 'Tekst', '{\"why\":\"Viktig\"}', 'alle', '[]', 'Kari Nes',
                 'kari@example.test', 1, 1)",
    ] {
        tx.run(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
    treff
}

on_both_engines! {
    async fn the_lead_sees_who_comes(engine: Engine) {
        let treff = forum_with_answers(engine).await;
        let json = treff.run(&["item", "answers", "samling"]).done().json;
        assert_eq!(json, json!({
            "item": "samling", "coming": 1, "not_coming": 0, "sending": 1,
            "answers": [
                {"recipient": "kari@example.test", "name": "Kari Nes", "organisation": "Vik kommune", "answer": "coming",
                 "sent_name": null, "sent_email": null, "note": "=HYPERLINK(\"http://x\")",
                 "answered_at": "1970-01-01T00:00:01Z"},
                {"recipient": "ola@example.test", "name": "Ola Moe", "organisation": null, "answer": "sending",
                 "sent_name": "Kari", "sent_email": "kari@example.test", "note": null,
                 "answered_at": "1970-01-01T00:00:02Z"},
            ],
        }));
        let csv = treff.run_for_people(&["item", "answers", "samling", "--csv"]).done().stdout;
        assert_eq!(csv, "\u{feff}answer,name,email,organisation,sent_name,sent_email,note,answered_at\r\n\
            coming,Kari Nes,kari@example.test,Vik kommune,,,\"'=HYPERLINK(\"\"http://x\"\")\",1970-01-01 01:00\r\n\
            sending,Ola Moe,ola@example.test,,Kari,kari@example.test,,1970-01-01 01:00\n");
        let told = treff.run_for_people(&["item", "answers", "samling"]).done().stdout;
        assert!(told.starts_with("Coming: 1. Not coming: 0. Sending another: 1.\n"), "{told}");
        assert_eq!(treff.run(&["item", "answers", "tips"]).refused(),
                   ["item tips is of kind tip; only events are answered"]);
        assert_eq!(treff.run(&["item", "answers", "hva"]).refused(),
                   ["there is no item \"hva\"; treff item list names them all"]);
    }

    async fn a_persons_copy_holds_how_they_took_part(engine: Engine) {
        let treff = forum_with_answers(engine).await;
        let json = treff.run(&["people", "export", "kari@example.test"]).done().json;
        assert_eq!((&json["answers"][0]["item"], &json["answers"][0]["answer"]), (&json!("samling"), &json!("coming")));
        assert_eq!((&json["offers"][0]["item"], &json["offers"][0]["message"]), (&json!("tips"), &json!("Ring meg")));
        assert_eq!(json["reminders"][0]["kind"], "coming");
        assert_eq!((&json["drafts"][0]["title"], &json["drafts"][0]["fields"]["why"]), (&json!("Nytt kurs"), &json!("Viktig")));
    }

    async fn an_erasure_takes_answers_offers_and_what_was_sent_in(engine: Engine) {
        let treff = forum_with_answers(engine).await;
        treff.run(&["people", "erase", "kari@example.test"]).done();
        let left = treff.run(&["item", "answers", "samling"]).done().json;
        assert_eq!((&left["coming"], &left["answers"][0]["sent_name"], &left["answers"][0]["sent_email"]),
                   (&json!(0), &json!(null), &json!(null)));
        let mut tx = treff.database.store.begin().await.unwrap();
        let count: treff::store::One<i64> = tx.get(
            "SELECT (SELECT COUNT(*) FROM offer) + (SELECT COUNT(*) FROM reminder) + (SELECT COUNT(*) FROM draft)",
            vec![],
        ).await.unwrap();
        assert_eq!(count.0, 0);
    }
}
