//! What a person may do with what is held about them.

use axum::http::{Method, StatusCode};
use serde_json::json;
use treff::feedback::knocks::answer_knocks;
use treff::ids::RecipientId;

use super::reader::{Reader, filled, link_path};
use crate::on_both_databases;
use crate::pages::world::{KARI, Pages, letter_token, now, unsubscribe_token};

const ADDRESS: &str = "kari@nav.test";
const OWN: [&str; 8] = [
    "/me",
    "/me/places",
    "/me/promises",
    "/me/address",
    "/me/data",
    "/me/data/export.json",
    "/me/erase",
    "/me/preferences",
];

on_both_databases! {
    async fn looking_at_ones_own_pages_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let before = pages.dump().await;
        for path in OWN {
            for _ in 0..100 {
                for method in [Method::GET, Method::HEAD] {
                    assert_eq!(reader.ask(method, path, "").await.status, StatusCode::OK, "{path}");
                }
            }
            let page = reader.get(path).await;
            assert_eq!((page.header("cache-control"), page.header("x-robots-tag")), ("no-store", "noindex, nofollow"));
            let is_file = page.header("content-type").starts_with("application/json");
            // Our one own file may be loaded; nothing runs in the page itself.
            let foreign = page.body.replace("<script src=\"/assets/", "");
            assert!(is_file || !foreign.contains("<script"), "{path}");
            assert_eq!(pages.get(path).await.status, StatusCode::SEE_OTHER, "{path}");
            for (_, link) in page.body.match_indices("href=\"/").map(|(at, _)| (at, &page.body[at + 6..])) {
                let link: String = link.chars().take_while(|c| *c != '"').collect();
                assert!(!link.contains(ADDRESS), "{link}");
            }
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn a_place_that_is_left_is_told_to_the_lead_and_stays(db: Database) {
        let pages = Pages::over(db).await;
        pages.db.store.add_lead("lead@forum.example", "Lead", now()).await.unwrap();
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        assert!(reader.get("/me/places").await.body.contains("Kompetansegruppe helse"));
        let wrong = reader.post("/me/places/1/left", "name=Ola&email=ola").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(reader.post("/me/places/9/left", "").await.status, StatusCode::NOT_FOUND);
        let said = reader.post("/me/places/1/left", "name=Per+%3Cb%3E&email=per@nav.test").await;
        assert!(said.body.contains("Prosjektlederen får beskjed") && !said.body.contains("<b>Per"), "{}", said.body);
        reader.post("/me/places/1/left", "name=Per&email=per@nav.test").await;
        let questions = pages.db.store.list_questions(10).await.unwrap().1;
        assert_eq!(questions.len(), 1);
        assert_eq!(
            (questions[0].because.as_str(), questions[0].suggested_email.as_deref(), questions[0].suggested_name.as_deref()),
            ("left", Some("per@nav.test"), Some("Per"))
        );
        assert_eq!(pages.db.store.list_left_places(KARI).await.unwrap()[0].successor_email, "per@nav.test");
        assert_eq!(pages.db.store.list_open_alerts().await.unwrap().len(), 1);
        let notice = "SELECT kind || ' ' || address FROM notice WHERE kind = 'place_left' ORDER BY id";
        assert_eq!(pages.text(notice).await, "place_left lead@forum.example\nplace_left lead@forum.example");
        assert!(pages.text("SELECT details FROM notice WHERE kind = 'place_left'").await.contains("\"Per, per@nav.test\""));
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM seat_holder WHERE ends_at IS NULL").await, "1");
    }

    async fn who_says_again_that_a_place_is_left_tells_nothing_new(db: Database) {
        let pages = Pages::over(db).await;
        pages.db.store.add_lead("lead@forum.example", "Lead", now()).await.unwrap();
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let notices = "SELECT kind FROM notice WHERE kind = 'place_left'";
        for _ in 0..3 {
            let said = reader.post("/me/places/1/left", "name=Per&email=per@nav.test").await;
            assert!(said.body.contains("Prosjektlederen får beskjed"), "{}", said.body);
        }
        assert_eq!(pages.text(notices).await, "place_left");
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'place.left'").await, "place.left");
        reader.post("/me/places/1/left", "name=Per&email=per.vik@nav.test").await;
        assert_eq!(pages.text(notices).await.lines().count(), 2, "another address is news");
        pages.db.store.answer_question(KARI, "command", now()).await.unwrap();
        reader.post("/me/places/1/left", "name=Per&email=per.vik@nav.test").await;
        assert_eq!(pages.text(notices).await.lines().count(), 3, "so is the same word once the lead has settled it");
    }

    async fn who_says_the_same_after_the_lead_or_a_bounce_asked_is_heard(db: Database) {
        let pages = Pages::over(db).await;
        pages.db.store.add_lead("lead@forum.example", "Lead", now()).await.unwrap();
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let (place, who) = ("/me/places/1/left", "name=Per&email=per@nav.test");
        let notices = "SELECT kind FROM notice WHERE kind = 'place_left'";
        let said = "SELECT action FROM change WHERE action = 'place.left'";
        reader.post(place, who).await;
        for (number, because) in [(2, "left"), (3, "hard")] {
            // The same words stand, said before what is asked now.
            pages.run("UPDATE left_place SET said_at = 1").await;
            pages.db.store.answer_question(KARI, "command", now()).await.unwrap();
            if because == "hard" {
                let mut tx = pages.db.store.begin().await.unwrap();
                tx.ask_who_has_this_place(KARI, because, now()).await.unwrap();
                tx.commit().await.unwrap();
            }
            for _ in 0..2 {
                reader.post(place, who).await;
            }
            let asked = pages.db.store.list_questions(10).await.unwrap().1;
            assert_eq!((asked[0].because.as_str(), asked[0].said_themselves), (because, true));
            let told = (pages.text(notices).await.lines().count(), pages.text(said).await.lines().count());
            assert_eq!(told, (number, number), "{because}");
        }
    }

    async fn of_who_left_a_place_the_lead_reads_the_address_in_their_own_language(db: Database) {
        let pages = Pages::over(db).await;
        pages.db.store.add_lead("lead@forum.example", "Lead", now()).await.unwrap();
        pages.run("UPDATE account SET language = 'nn'").await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        pages.run("UPDATE recipient SET name = '' WHERE id = 1").await;
        reader.post("/me/places/1/left", "").await;
        let notice = "SELECT language || ' ' || details FROM notice WHERE kind = 'place_left'";
        let told = pages.text(notice).await;
        let (language, details) = told.split_once(' ').unwrap();
        let details: serde_json::Value = serde_json::from_str(details).unwrap();
        let said = (&details["person"], &details["address"], &details["seat"]);
        assert_eq!(said, (&json!("kari@nav.test"), &json!("kari@nav.test"), &json!(1)));
        assert_eq!(language, "nn");
        assert_eq!(details["group"], "kompetansegruppe helse", "as it stands in a sentence");
    }

    async fn another_address_is_confirmed_from_there_and_told_here(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let taken = reader.post("/me/address", "email=ola@nav.test").await;
        let free = reader.post("/me/address", "email=kari@vik.example").await;
        assert_eq!((taken.status, taken.body == free.body), (StatusCode::OK, true), "it does not tell who is here");
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let notices = "SELECT kind || ' ' || address FROM notice WHERE kind <> 'sign_in' ORDER BY id";
        assert_eq!(pages.text(notices).await, "confirm_address kari@vik.example");
        let before = pages.dump().await;
        for _ in 0..200 {
            assert_eq!(pages.get(&link_path(2)).await.status, StatusCode::OK);
        }
        assert_eq!(pages.dump().await, before);
        assert!(pages.get(&link_path(2)).await.body.contains("<strong>k***@vik.example</strong>"));
        assert!(pages.post(&link_path(2), "").await.body.contains("Adressen er byttet"));
        assert_eq!(pages.text("SELECT email FROM recipient WHERE id = 1").await, "kari@vik.example");
        assert_eq!(pages.text(notices).await, "confirm_address kari@vik.example\naddress_changed kari@nav.test");
        assert_eq!(pages.get(&format!("/l/{}", letter_token())).await.status, StatusCode::GONE, "old letters open nothing");
        assert_eq!(pages.get(&format!("/u/{}", unsubscribe_token())).await.status, StatusCode::OK, "but still lead out");
        assert_eq!(pages.db.store.list_former_addresses(KARI).await.unwrap(), [ADDRESS]);
        assert!(reader.get("/me").await.body.contains("k***@vik.example"));
    }

    async fn an_address_confirmed_twice_is_moved_to_once_and_both_are_told(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        reader.post("/me/address", "email=kari@vik.example").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let link = link_path(2);
        let sent = filled(&pages.get(&link).await, &link, "");
        for _ in 0..2 {
            assert!(pages.post(&link, &sent).await.body.contains("Adressen er byttet"));
        }
        assert_eq!(pages.text("SELECT address FROM notice WHERE kind = 'address_changed'").await, ADDRESS, "once");
    }

    async fn an_address_that_was_taken_meanwhile_is_not_moved_to(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        reader.post("/me/address", "email=new@vik.example").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        pages.run("UPDATE recipient SET email = 'new@vik.example' WHERE id = 2").await;
        assert_eq!(pages.post(&link_path(2), "").await.status, StatusCode::GONE);
        assert_eq!(pages.text("SELECT email FROM recipient WHERE id = 1").await, ADDRESS);
    }

    async fn another_wish_ends_the_link_to_the_address_that_was_mistyped(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        reader.post("/me/address", "email=kari@wrong.example").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.get(&link_path(2)).await.status, StatusCode::OK);
        reader.post("/me/address", "email=kari@vik.example").await;
        assert_eq!(pages.get(&link_path(2)).await.status, StatusCode::GONE, "from the moment of asking");
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.post(&link_path(2), "").await.status, StatusCode::GONE);
        assert!(pages.post(&link_path(3), "").await.body.contains("Adressen er byttet"));
        assert_eq!(pages.post(&link_path(2), "").await.status, StatusCode::GONE);
        assert_eq!(pages.text("SELECT email FROM recipient WHERE id = 1").await, "kari@vik.example");
    }

    async fn of_two_wishes_that_wait_only_the_later_is_answered(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let mut other = Reader::signed_in(&pages, "ola@nav.test", 2).await;
        other.post("/me/address", "email=ola@vik.example").await;
        reader.post("/me/address", "email=kari@wrong.example").await;
        reader.post("/me/address", "email=kari@vik.example").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let asked = "SELECT address FROM notice WHERE kind = 'confirm_address' ORDER BY id";
        assert_eq!(pages.text(asked).await, "ola@vik.example\nkari@vik.example");
    }

    async fn a_change_of_address_ends_every_link_that_was_mailed_before(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        reader.post("/link", &format!("email={ADDRESS}")).await;
        reader.post("/link", "email=ola@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let mut tx = pages.db.store.begin().await.unwrap();
        let asks_of_places = treff::feedback::rights::link_to_answer(&mut tx, KARI, now()).await.unwrap();
        tx.commit().await.unwrap();
        reader.post("/me/address", "email=kari@vik.example").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.get(&link_path(2)).await.status, StatusCode::OK, "asking for another address ends no other link");
        assert!(pages.post(&link_path(5), "").await.body.contains("Adressen er byttet"));
        for link in [2, asks_of_places] {
            assert_eq!(pages.post(&link_path(link), "kept=1").await.status, StatusCode::GONE, "{link}");
        }
        assert_eq!(pages.get(&link_path(3)).await.status, StatusCode::OK, "another person's own");
    }

    async fn urgent_letters_are_turned_off_and_on_from_the_page_that_leads_out(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/u/{}", unsubscribe_token());
        let off = pages.post(&format!("{path}/urgent"), "urgent=off").await;
        assert!(off.body.contains("Hastesaker er slått av"), "{}", off.body);
        assert!(pages.db.store.find_urgent_off(KARI).await.unwrap().is_some());
        assert!(!pages.db.store.set_urgent_off(KARI, true, now()).await.unwrap(), "it is off already");
        assert_eq!(pages.text("SELECT status || CAST(revision AS TEXT) FROM recipient WHERE id = 1").await, "active2");
        let on = pages.post(&format!("{path}/urgent"), "urgent=on").await;
        assert!(on.body.contains("Slå av hastesaker"));
        assert_eq!(pages.db.store.find_urgent_off(KARI).await.unwrap(), None);
        assert!(!pages.db.store.set_urgent_off(RecipientId(99), true, now()).await.unwrap());
    }

    async fn ones_own_copy_holds_everything_in_words_and_as_a_file(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO consent (recipient_id, version, text_hash, source, given_at) VALUES (1, '2026-11 nb', 'x', 'sign_up', 0)").await;
        pages.run("INSERT INTO former_address (recipient_id, address, until_at) VALUES (1, 'kari@old.example', 0)").await;
        pages.run("UPDATE recipient SET said_organisation = 'NAV Vik' WHERE id = 1").await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let page = reader.get("/me/data").await.body;
        for said in ["Roller og tema", "Helse &lt;script&gt;", "kari@old.example", "NAV Vik", "Firefox, Android", "Samtykker", "Samling for forumet"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(!page.contains("ola@nav.test"));
        assert!(!page.contains("sector:") && !page.contains("role:"), "terms have names: {page}");
        assert!(page.find("<h2>Deg ").unwrap() < page.find("<h2>Roller og tema ").unwrap());
        assert!(page.contains("enhet innlogget") && !page.contains("{&quot;"), "{page}");
        let file = reader.get("/me/data/export.json").await;
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"treff-export.json\"");
        let json: serde_json::Value = serde_json::from_str(&file.body).unwrap();
        assert_eq!(json["recipient"]["email"], ADDRESS);
        assert_eq!(json["doors"]["consents"][0]["version"], "2026-11 nb");
        assert_eq!(json["doors"]["former_addresses"][0]["address"], "kari@old.example");
        assert_eq!(json["doors"]["devices"][0]["name"], "Firefox, Android");
        assert_eq!(json["doors"]["notices"][0]["kind"], "sign_in");
        assert_eq!(json["items"][1]["reasons"][0]["term"], "all", "columns of JSON are JSON");
    }

    async fn what_they_wrote_and_is_kept_for_the_lead_stands_in_their_copy(db: Database) {
        let pages = Pages::over(db).await;
        let mut tx = pages.db.store.begin().await.unwrap();
        for (at, from) in [(7, "Kari <KARI@nav.test>"), (8, "Ola <ola@nav.test>")] {
            let raw = format!("From: {from}\r\nSubject: Om kurset\r\n\r\nHilsen {at} til kari@nav.test\r\n");
            let kept = "INSERT INTO report (kind, reason, received_at, raw) VALUES ('unknown', 'Om kurset', $1, $2)";
            tx.run(kept, vec![i64::from(at).into(), raw.into_bytes().into()]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let file = reader.get("/me/data/export.json").await.body;
        let json: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(json["reports"].as_array().unwrap().len(), 1, "what Ola wrote is Ola's: {file}");
        let report = &json["reports"][0];
        assert_eq!((&report["subject"], &report["words"]), (&json!("Om kurset"), &json!("Hilsen 7 til kari@nav.test")));
        assert!(reader.get("/me/data").await.body.contains("Hilsen 7 til kari@nav.test"));
        assert_eq!(json["items"][1]["title"], "Samling for forumet");
    }

    async fn what_came_back_from_a_letter_that_did_not_go_is_without_its_title_in_ones_own_copy(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery_item SET returned = TRUE WHERE item_id = 3").await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let file = reader.get("/me/data/export.json").await.body;
        let json: serde_json::Value = serde_json::from_str(&file).unwrap();
        let titles: Vec<_> = json["items"].as_array().unwrap().iter().map(|item| &item["title"]).collect();
        assert_eq!(titles[1..], [&json!("Samling for forumet"), &json!(null), &json!("Trukket tittel")]);
        assert!(!file.contains("Hemmelig tittel") && !reader.get("/me/data").await.body.contains("Hemmelig tittel"));
    }

    async fn every_part_of_ones_own_copy_has_a_name_in_ones_language(db: Database) {
        let pages = Pages::over(db).await;
        for sql in [
            "INSERT INTO answer (item_id, recipient_id, answer, sent_name, sent_email, note, source, answered_at) VALUES (2, 1, 'sending', 'Ola', 'ola@vik.example', 'x', 'letter', 0)",
            "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times) VALUES (1, 1, 'x', 'device', 0, 0, 1)",
            "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at) VALUES (2, 1, 'coming', 0, 0)",
            r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, sender_id, sender_name, sender_email, sender_organisation, received_at, changed_at)
               VALUES ('d', 'form', 'new', 'nb', 't', 'b', '{"link":"https://a.example","why":"w"}', 'alle', '["sector:health"]', 1, 'n', 'e@vik.example', 'o', 0, 0)"#,
            "INSERT INTO passed_on (recipient_id, item_id, colleague, said_at) VALUES (1, 1, 'Per', 0)",
            "INSERT INTO tap (recipient_id, delivery_id, item_id, answer, tapped_at) VALUES (1, 7, 1, 'not_for_me', 0)",
            "INSERT INTO probe (recipient_id, item_id, answer, answered_at) VALUES (1, 6, 'skipped', 0)",
            "INSERT INTO change (changed_at, actor, action, subject, recipient_id) VALUES (0, 'page', 'probe.answered', 'delivery:7', 1)",
            "INSERT INTO change (changed_at, actor, action, subject, recipient_id) VALUES (0, 'account:1', 'letters.closed', 'recipient:1', 1)",
        ] {
            pages.run(sql).await;
        }
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        for (language, closed) in [("nb", "lenker i brev lukket"), ("nn", "lenkjer i brev lukka"), ("en", "links in letters closed")] {
            reader.post("/me/preferences", &format!("cadence=weekly&language={language}")).await;
            let page = reader.get("/me/data").await.body;
            let names = page.split("<dt>").skip(1).map(|rest| rest.split("</dt>").next().unwrap());
            let unnamed: Vec<_> = names.filter(|name| name.starts_with(|c: char| c.is_lowercase())).collect();
            assert!(unnamed.is_empty(), "{language}: {unnamed:?}");
            assert!(page.contains("https://a.example") && page.contains("ola@vik.example"));
            assert!(page.contains(closed) && !page.contains("letters.closed"), "{language}: {page}");
        }
    }

    async fn being_forgotten_takes_a_tick_and_leaves_a_receipt(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let other = Reader::signed_in(&pages, ADDRESS, 2).await.cookie;
        assert_eq!(reader.post("/me/erase", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(pages.text("SELECT status FROM recipient WHERE id = 1").await, "active");
        let receipt = reader.post("/me/erase", "sure=yes").await;
        assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.body);
        assert!(receipt.body.contains("Du er glemt") && receipt.body.contains("Sikkerhetskopier"), "{}", receipt.body);
        assert!(!receipt.body.contains("k***"), "{}", receipt.body);
        assert!(receipt.header("set-cookie").contains("; Max-Age=600;"), "it opens nothing but the receipt, for ten minutes");
        assert_eq!(pages.text("SELECT status || COALESCE(email, '-') FROM recipient WHERE id = 1").await, "erased-");
        assert_eq!(reader.get("/me").await.status, StatusCode::SEE_OTHER);
        reader.cookie = other;
        assert_eq!(reader.get("/me").await.status, StatusCode::SEE_OTHER);
        assert!(!pages.db.store.has_unfinished_erasure().await.unwrap());
    }

    async fn who_presses_twice_gets_the_same_receipt_and_nobody_else_does(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, ADDRESS, 1).await;
        let mut other = Reader::signed_in(&pages, ADDRESS, 2).await;
        let mut again = Reader { pages: &pages, cookie: reader.cookie.clone() };
        let (first, second) = tokio::join!(reader.post("/me/erase", "sure=yes"), again.post("/me/erase", "sure=yes"));
        let later = reader.post("/me/erase", "sure=yes").await;
        assert!(first.body.contains("Du er glemt"), "{}", first.body);
        for told in [&first, &second, &later] {
            assert_eq!((told.status, &told.body), (StatusCode::OK, &first.body));
        }
        let elsewhere = other.post("/me/erase", "sure=yes").await;
        let strangers = Reader::new(&pages).post("/me/erase", "sure=yes").await;
        for answer in [elsewhere, strangers] {
            assert!(!answer.status.is_success() && !answer.body.contains("Du er glemt"), "{}", answer.body);
        }
    }
}
