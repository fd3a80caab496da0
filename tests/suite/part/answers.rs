//! An event is answered from a letter.

use axum::http::{Method, StatusCode};

use crate::on_both_databases;
use crate::pages::world::{
    FORUM_ITEM, GROUP_ITEM, NEXT_ITEM, PUBLIC_ITEM, Pages, WITHDRAWN_ITEM, letter_token,
};

fn path(item: &str, rest: &str) -> String {
    format!("/l/{}/item/{item}{rest}", letter_token())
}

const STANDS: &str =
    "SELECT answer || '|' || COALESCE(sent_name, '') || '|' || COALESCE(sent_email, '') || '|'
                             || COALESCE(note, '') || '|' || source FROM answer WHERE ended_at IS NULL";
const ALL: &str = "SELECT answer FROM answer ORDER BY id";

/// Five more people who come, and one who does not.
const OTHERS: &[&str] = &[
    "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen,
                            token_version, revision, watermark, created_at)
     SELECT 100 + id, 'x' || id, 'p' || id || '@example.test', 'Torfinn', 'nb', 'weekly', 'active', TRUE, TRUE, '[]',
            0, 1, 0, 0 FROM item",
    "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at)
     SELECT 2, 100 + id, CASE WHEN id < 4 THEN 'coming' WHEN id < 5 THEN 'sending' ELSE 'not_coming' END, 'letter', 0
     FROM item",
];

on_both_databases! {
    async fn an_event_is_answered_and_the_answer_changed(db: Database) {
        let pages = Pages::over(db).await;
        let item = pages.get(&path(FORUM_ITEM, "")).await;
        for say in ["coming", "not_coming", "sending"] {
            assert!(item.body.contains(&format!("/answer/{say}\"")), "{}", item.body);
        }
        let ask = pages.get(&path(FORUM_ITEM, "/answer/not_coming")).await;
        assert_eq!(ask.status, StatusCode::OK);
        assert!(ask.body.contains("k***@nav.test") && !ask.body.contains("kari@nav.test"));
        assert!(ask.body.contains(r#"value="not_coming" checked"#) && !ask.body.contains(r#"value="coming" checked"#));
        assert!(ask.body.contains("torsdag 8. april kl. 9–15") && ask.body.contains("Samling for forumet"));
        let done = pages.post(&path(FORUM_ITEM, "/answer"), "answer=not_coming&note=Ferie%0D%0Ada").await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Du har svart at du ikke kommer.") && !done.body.contains("event.ics"));
        assert_eq!(pages.text(STANDS).await, "not_coming|||Ferie\nda|letter");
        let form = "answer=sending&sent_name=+Ola++Moe&sent_email=Ola%40Example.test";
        let changed = pages.post(&path(FORUM_ITEM, "/answer"), form).await;
        assert!(changed.body.contains("Du har svart at Ola Moe kommer i stedet for deg."));
        assert_eq!(pages.text(STANDS).await, "sending|Ola Moe|ola@example.test||letter");
        assert_eq!(pages.text(ALL).await, "not_coming\nsending", "what was said before is kept, with its dates");
        let item = pages.get(&path(FORUM_ITEM, "")).await;
        assert!(item.body.contains("Ola Moe kommer i stedet") && item.body.contains("Endre svaret"));
    }

    async fn who_comes_names_nobody_instead_even_if_the_form_did(db: Database) {
        let pages = Pages::over(db).await;
        let done = pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming&sent_name=Ola&sent_email=x").await;
        assert!(done.body.contains("event.ics"), "who comes puts it in their calendar: {}", done.body);
        assert_eq!(pages.text(STANDS).await, "coming||||letter");
    }

    async fn the_same_answer_twice_is_one_and_a_letter_in_doubt_has_arrived(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        let once = pages.dump().await;
        assert_eq!(pages.text("SELECT state FROM delivery").await, "accepted");
        let again = pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        assert_eq!((again.status, pages.dump().await), (StatusCode::OK, once));
        pages.run("UPDATE delivery SET state = 'uncertain'").await;
        pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        assert_eq!(pages.text("SELECT state FROM delivery").await, "accepted");
        assert_eq!(pages.text(ALL).await, "coming");
    }

    async fn how_many_come_is_said_from_five_on(db: Database) {
        let pages = Pages::over(db).await;
        for sql in OTHERS {
            pages.run(sql).await;
        }
        for at in ["", "/answer"] {
            assert!(!pages.get(&path(FORUM_ITEM, at)).await.body.contains("4 kommer"), "{at}: four tell too much");
        }
        pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        for at in ["", "/answer"] {
            assert!(pages.get(&path(FORUM_ITEM, at)).await.body.contains("5 kommer."), "{at}");
        }
        assert!(!pages.get(&path(FORUM_ITEM, "/answer")).await.body.contains("Torfinn"));
    }

    async fn what_cannot_be_taken_is_said_at_its_field_and_kept(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        let long = format!("answer=coming&note={}", "x".repeat(501));
        for (form, said) in [
            ("", "Velg ett av svarene."),
            ("answer=perhaps", "Velg ett av svarene."),
            ("answer=sending&sent_email=ola", "Dette er ikke en e-postadresse."),
            (long.as_str(), "Skriv kortere"),
        ] {
            let answer = pages.post(&path(FORUM_ITEM, "/answer"), form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(answer.body.contains(said), "{form}");
        }
        let kept = pages.post(&path(FORUM_ITEM, "/answer"), "answer=sending&sent_name=%22%3E%3Cb%3E&sent_email=ola").await;
        assert!(kept.body.contains("&quot;&gt;&lt;b&gt;") && kept.body.contains("aria-invalid"));
        assert_eq!(pages.dump().await, before);
        assert_eq!(pages.text(ALL).await, "");
    }

    async fn what_is_over_or_closed_says_so_and_takes_no_answer(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        pages.run("UPDATE item_version SET expires_at = 1804492800000000 WHERE item_id = 2").await;
        let ended = pages.get(&path(FORUM_ITEM, "/answer")).await;
        assert!(ended.body.contains("Fristen for å svare er ute.") && ended.body.contains("Du har svart at du kommer."));
        assert!(!ended.body.contains("<button"));
        let refused = pages.post(&path(FORUM_ITEM, "/answer"), "answer=not_coming").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        pages
            .run(r#"UPDATE item_version SET expires_at = NULL, fields = '{"starts_at":{"at":"2027-03-08T07:00:00Z","day":null},"ends_at":null,"gathering":false}' WHERE item_id = 2"#)
            .await;
        assert!(pages.get(&path(FORUM_ITEM, "")).await.body.contains("Arrangementet er over."));
        assert_eq!(pages.post(&path(FORUM_ITEM, "/answer"), "answer=not_coming").await.status, StatusCode::CONFLICT);
        assert_eq!(pages.text(ALL).await, "coming");
    }

    async fn only_an_event_that_opens_is_answered(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET kind = 'event' WHERE item_id IN (3, 4)").await;
        for (item, status) in [
            (PUBLIC_ITEM, StatusCode::NOT_FOUND),
            (NEXT_ITEM, StatusCode::NOT_FOUND),
            (GROUP_ITEM, StatusCode::FORBIDDEN),
            (WITHDRAWN_ITEM, StatusCode::GONE),
        ] {
            assert_eq!(pages.get(&path(item, "/answer")).await.status, status, "{item}");
            assert_eq!(pages.get(&path(item, "/answer/coming")).await.status, status, "{item}");
            let answer = pages.post(&path(item, "/answer"), "answer=coming").await;
            assert_eq!(answer.status, status, "{item}");
            assert!(!answer.body.contains("Hemmelig"));
        }
        assert_eq!(pages.get(&path(FORUM_ITEM, "/answer/perhaps")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(ALL).await, "");
    }

    async fn looking_at_the_buttons_answers_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for _ in 0..20 {
            for rest in ["/answer", "/answer/coming", "/answer/not_coming", "/answer/sending"] {
                for method in [Method::GET, Method::HEAD] {
                    assert_eq!(pages.ask(method, &path(FORUM_ITEM, rest)).await.status, StatusCode::OK);
                }
            }
        }
        assert_eq!((pages.dump().await, pages.text(ALL).await), (before, String::new()));
    }

    async fn every_language_asks(db: Database) {
        let pages = Pages::over(db).await;
        for (language, title) in [("nb", "Kommer du?"), ("nn", "Kjem du?"), ("en", "Are you coming?")] {
            pages.db.store.change_preferences(
                crate::pages::world::KARI,
                &treff::store::PreferenceChanges { language: Some(language.to_owned()), ..Default::default() },
                treff::store::By { source: "person", actor: "page", now: crate::pages::world::now() },
            ).await.unwrap();
            assert!(pages.get(&path(FORUM_ITEM, "/answer")).await.body.contains(title), "{language}");
        }
    }
}
