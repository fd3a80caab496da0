//! On a device of their own a person answers what a letter's link does not open: a group's event, a group's request.

use axum::http::{Method, StatusCode};

use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::Pages;

const KARI: &str = "kari@nav.test";
const OLA: &str = "ola@nav.test";
const ANSWERS: &str =
    "SELECT answer || ' ' || source || ' ' || COALESCE(note, '') FROM answer WHERE ended_at IS NULL";
const OFFERS: &str = "SELECT message || ' ' || source FROM offer";
const DRAFTS: &str = "SELECT CAST(sender_id AS TEXT) || ' ' || title || ' ' || about FROM draft";

/// The group's item is an event, or a request.
const EVENT: &str = r#"UPDATE item_version SET kind = 'event',
    fields = '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null}}' WHERE item_id = 3"#;
const REQUEST: &str = r#"UPDATE item_version SET kind = 'request', contact = '{"name":"Ola","email":"ola@nav.test","phone":null}',
    fields = '{"wanted_by":{"at":"2027-04-08T22:00:00Z","day":"2027-04-08"}}' WHERE item_id = 3"#;

on_both_databases! {
    async fn a_groups_own_event_is_answered_on_a_device(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(EVENT).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let item = kari.get("/items/hemmelig").await;
        for say in ["coming", "not_coming", "sending"] {
            assert!(item.body.contains(&format!("href=\"/items/hemmelig/answer/{say}\"")), "{}", item.body);
        }
        let ask = kari.get("/items/hemmelig/answer/coming").await;
        assert_eq!(ask.status, StatusCode::OK);
        assert!(ask.body.contains(r#"value="coming" checked"#) && ask.body.contains("action=\"/items/hemmelig/answer\""));
        assert!(ask.body.contains("k***@nav.test") && ask.body.contains("href=\"/me/items\""), "with the way around");
        let done = kari.post("/items/hemmelig/answer", "answer=coming&note=Etter+lunsj").await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Du har svart at du kommer.") && done.body.contains("href=\"/items/hemmelig/event.ics\""));
        assert_eq!(pages.text(ANSWERS).await, "coming device Etter lunsj");
        assert!(kari.get("/items/hemmelig").await.body.contains("Endre svaret"));
        assert_eq!(kari.get("/items/hemmelig/answer/perhaps").await.status, StatusCode::NOT_FOUND);
    }

    async fn what_a_letter_brought_and_was_taken_back_is_told_so_on_a_device(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET withdrawn_at = 1804000000000002 WHERE id = 2").await;
        pages.run("UPDATE recipient SET admitted = TRUE WHERE id = 2").await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        for (path, said) in [("/items/trukket", "Saken er trukket tilbake"), ("/items/samling", "Arrangementet er avlyst")] {
            let told = kari.get(path).await;
            assert_eq!(told.status, StatusCode::GONE, "{path}");
            assert!(told.body.contains(said) && told.body.contains("href=\"/me/items\""), "{path}: {}", told.body);
        }
        let unknown = kari.get("/items/finnes-ikke").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert!(unknown.body.contains("href=\"/me/items\""), "with the way around: {}", unknown.body);
        let mut ola = Reader::signed_in(&pages, OLA, 2).await;
        for path in ["/items/trukket", "/items/samling"] {
            assert_eq!(ola.get(path).await.status, StatusCode::NOT_FOUND, "no letter brought it to him: {path}");
        }
    }

    async fn a_groups_request_is_answered_on_a_device(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        assert!(kari.get("/items/hemmelig").await.body.contains("href=\"/items/hemmelig/help\""));
        let ask = kari.get("/items/hemmelig/help").await;
        assert!(ask.body.contains("action=\"/items/hemmelig/help\"") && ask.body.contains("k***@nav.test"));
        assert_eq!(kari.post("/items/hemmelig/help", "message=Ring+meg").await.status, StatusCode::OK);
        assert_eq!(pages.text(OFFERS).await, "Ring meg device");
        assert!(pages.text("SELECT kind || ' ' || address FROM notice").await.contains("offer ola@nav.test"));
    }

    async fn who_may_not_read_it_cannot_answer_it_either(db: Database) {
        let pages = Pages::over(db).await;
        let mut ola = Reader::signed_in(&pages, OLA, 1).await;
        for (made, path, form) in [(EVENT, "/items/hemmelig/answer", "answer=coming"), (REQUEST, "/items/hemmelig/help", "message=x")] {
            pages.run(made).await;
            for answer in [ola.get(path).await, ola.post(path, form).await] {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
                assert!(!answer.body.contains("Hemmelig"), "{path}");
            }
            assert_eq!(pages.post(path, form).await.status, StatusCode::UNAUTHORIZED, "a stranger is asked who they are");
        }
        assert_eq!((pages.text(ANSWERS).await, pages.text(OFFERS).await), (String::new(), String::new()));
    }

    async fn what_is_sent_in_from_a_device_tells_who_sent_it(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        assert!(kari.get("/me").await.body.contains("href=\"/me/send-in\""));
        let form = kari.get("/me/send-in").await;
        assert!(form.body.contains("k***@nav.test") && form.body.contains("action=\"/me/send-in\""));
        assert!(!form.body.contains("name=\"email\""), "who is known need not say who they are");
        let done = kari.post("/me/send-in", "title=Nytt+kurs&body=Gratis&for_whom=alle&topic=group%3Ahealth").await;
        assert_eq!(done.status, StatusCode::OK);
        assert_eq!(pages.text(DRAFTS).await, "1 Nytt kurs [\"group:health\"]");
    }

    async fn looking_on_a_device_answers_nothing(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(EVENT).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let before = pages.dump().await;
        for path in ["/items/hemmelig/answer", "/items/hemmelig/answer/coming", "/me/send-in"] {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(kari.ask(method, path, "").await.status, StatusCode::OK, "{path}");
            }
        }
        assert_eq!(pages.dump().await, before);
    }
}
