//! "I can help" reaches who asks.

use axum::http::{Method, StatusCode};

use crate::on_both_databases;
use crate::pages::world::{FORUM_ITEM, GROUP_ITEM, PUBLIC_ITEM, Pages, letter_token};

fn path(item: &str, rest: &str) -> String {
    format!("/l/{}/item/{item}{rest}", letter_token())
}

/// The public item asks for help until 8 April; Ola is to be called.
const REQUEST: &str = r#"UPDATE item_version SET kind = 'request', fields = '{"wanted_by":{"at":"2027-04-08T22:00:00Z","day":"2027-04-08"}}' WHERE item_id IN (1, 3)"#;
const OFFERS: &str = "SELECT message || '|' || source || '|' || CAST(times AS TEXT) FROM offer";
const NOTICES: &str = "SELECT kind || '|' || COALESCE(address, '') || '|' || details FROM notice ORDER BY id";

on_both_databases! {
    async fn an_offer_reaches_who_asks_with_name_address_and_message(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        assert!(pages.get(&path(PUBLIC_ITEM, "")).await.body.contains(&path(PUBLIC_ITEM, "/help")));
        let ask = pages.get(&path(PUBLIC_ITEM, "/help")).await;
        assert_eq!(ask.status, StatusCode::OK);
        assert!(ask.body.contains("k***@nav.test") && !ask.body.contains("kari@nav.test"));
        assert!(ask.body.contains("får navnet ditt, det du skriver, og e-postadressen din:"), "said before it is done");
        assert_eq!(pages.text(NOTICES).await, "");
        let done = pages.post(&path(PUBLIC_ITEM, "/help"), "message=Ring+meg%0D%0Ai+dag").await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Takk, beskjeden er sendt"));
        assert_eq!(pages.text(OFFERS).await, "Ring meg\ni dag|letter|1");
        let told = pages.text(NOTICES).await;
        assert!(told.starts_with("offer|ola@nav.test|"), "{told}");
        assert!(told.contains("\"address\":\"kari@nav.test\"") && told.contains("Ring meg\\ni dag"), "{told}");
        assert!(pages.get(&path(PUBLIC_ITEM, "")).await.body.contains("Du tilbød hjelp 8. mars."));
    }

    async fn who_asks_reads_of_it_in_their_own_language(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        pages
            .run(r#"INSERT INTO item_text (item_id, version, language, text) VALUES
                    (1, 1, 'nn', '{"title":"Kven kan hjelpe?","body":"Vi spør.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}')"#)
            .await;
        pages.run("UPDATE recipient SET language = 'nn' WHERE id = 2").await;
        pages.post(&path(PUBLIC_ITEM, "/help"), "message=a").await;
        let told = pages.text("SELECT language || ' ' || details FROM notice").await;
        assert!(told.starts_with("nn ") && told.contains("Kven kan hjelpe?"), "{told}");
        pages.run("INSERT INTO account (email, name, rights, language, created_at) VALUES ('ola@nav.test', 'Ola', '[]', 'en', 0)").await;
        pages.post(&path(PUBLIC_ITEM, "/help"), "message=b").await;
        let languages = pages.text("SELECT language FROM notice ORDER BY id").await;
        assert_eq!(languages, "nn\nen", "the language that they chose at the desk comes first");
    }

    async fn a_required_request_takes_an_answer_and_its_words_say_so(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id = 1").await;
        let page = pages.get(&path(PUBLIC_ITEM, "")).await.body;
        assert!(page.contains("Dette trenger svar") && page.contains("/help\">Svar</a>"), "{page}");
        let ask = pages.get(&path(PUBLIC_ITEM, "/help")).await.body;
        assert!(ask.contains(&format!("<a href=\"{}\">Les", path(PUBLIC_ITEM, ""))), "the way back to the item: {ask}");
        assert!(ask.contains("Svaret ditt") && ask.contains("får navnet ditt, det du skriver, og e-postadressen din:"), "{ask}");
        for said in [&page, &ask] {
            assert!(!said.contains("hjelpe"), "{said}");
        }
        let empty = pages.post(&path(PUBLIC_ITEM, "/help"), "message=+").await;
        assert_eq!((empty.status, pages.text(OFFERS).await), (StatusCode::UNPROCESSABLE_ENTITY, String::new()));
        assert!(empty.body.contains("Skriv et svar på høyst 1000 tegn."), "{}", empty.body);
        let done = pages.post(&path(PUBLIC_ITEM, "/help"), "message=Tolv+plasser").await;
        assert!(done.body.contains("Takk, svaret er sendt"), "{}", done.body);
        assert!(pages.text(NOTICES).await.starts_with("reply|ola@nav.test|"), "{}", pages.text(NOTICES).await);
        assert!(pages.get(&path(PUBLIC_ITEM, "")).await.body.contains("Du svarte 8. mars."));
    }

    async fn said_again_it_is_brought_up_to_date_and_not_without_end(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        for (message, status, times) in [
            ("a", StatusCode::OK, 1), ("a", StatusCode::OK, 1), ("b", StatusCode::OK, 2), ("c", StatusCode::OK, 3),
            ("d", StatusCode::OK, 4), ("e", StatusCode::OK, 5), ("f", StatusCode::TOO_MANY_REQUESTS, 5),
        ] {
            let answer = pages.post(&path(PUBLIC_ITEM, "/help"), &format!("message={message}")).await;
            assert_eq!(answer.status, status, "{message}");
            assert!(pages.text(OFFERS).await.ends_with(&format!("|{times}")), "{message}");
            assert_eq!(pages.text(NOTICES).await.lines().count(), times, "{message}");
        }
    }

    async fn an_asker_without_address_is_reached_through_the_lead(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        pages.run(r#"UPDATE item_version SET contact = '{"name":"Ola","email":null,"phone":"900 00 000"}' WHERE item_id = 1"#).await;
        assert!(pages.get(&path(PUBLIC_ITEM, "/help")).await.body.contains("Prosjektlederen får navnet ditt"));
        pages.post(&path(PUBLIC_ITEM, "/help"), "").await;
        assert!(pages.text(NOTICES).await.starts_with("offer|nordfjella@forum.example|"));
        pages.run("INSERT INTO account (email, name, rights, created_at) VALUES ('lead@fylket.example', 'Kari', '[\"send\"]', 0)").await;
        pages.post(&path(PUBLIC_ITEM, "/help"), "message=b").await;
        assert!(pages.text(NOTICES).await.contains("offer|lead@fylket.example|"));
    }

    async fn only_an_open_request_that_one_may_read_takes_offers(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(pages.get(&path(FORUM_ITEM, "/help")).await.status, StatusCode::NOT_FOUND);
        pages.run(REQUEST).await;
        assert_eq!(pages.post(&path(GROUP_ITEM, "/help"), "").await.status, StatusCode::FORBIDDEN);
        let long = format!("message={}", "x".repeat(1_001));
        assert_eq!(pages.post(&path(PUBLIC_ITEM, "/help"), &long).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        pages.run("UPDATE item_version SET expires_at = 1804492800000000 WHERE item_id = 1").await;
        assert!(pages.get(&path(PUBLIC_ITEM, "/help")).await.body.contains("Fristen er ute."));
        assert_eq!(pages.post(&path(PUBLIC_ITEM, "/help"), "").await.status, StatusCode::CONFLICT);
        assert_eq!((pages.text(OFFERS).await, pages.text(NOTICES).await), (String::new(), String::new()));
    }

    async fn looking_offers_nothing(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        let before = pages.dump().await;
        for _ in 0..20 {
            for method in [Method::GET, Method::HEAD] {
                assert_eq!(pages.ask(method, &path(PUBLIC_ITEM, "/help")).await.status, StatusCode::OK);
            }
        }
        assert_eq!((pages.dump().await, pages.text(NOTICES).await), (before, String::new()));
    }
}
