//! Calendar files that a later version brings up to date, and corrections that say what they changed.

use axum::http::StatusCode;
use treff::content::{EventChange, Fields};
use treff::forum::{EmailAddress, Kind, Language};
use treff::letter::Letters;
use treff::matching::Match;

use crate::letters::scene;
use crate::pages::world::{FORUM_ITEM, Pages, WITHDRAWN_ITEM, letter_token};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

fn path(item: &str, rest: &str) -> String {
    format!("/l/{}/item/{item}{rest}", letter_token())
}

const WITHDRAW: &str = "UPDATE item SET withdrawn_at = 1804000000000001 WHERE id = 2";
const CHANGED: &str =
    "SELECT v.fields FROM item i JOIN item_version v ON v.item_id = i.id AND v.version = i.version";

fn event(time: &str, place: &str, body: &str) -> String {
    format!(
        "+++\nkind = \"event\"\ntitle = \"Samling\"\naudience = \"all\"\nstarts_at = {time}\nplace = \"{place}\"\n+++\n{body}\n"
    )
}

on_both_databases! {
    async fn an_event_that_was_taken_back_says_so_and_leaves_the_calendar(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.get(&path(FORUM_ITEM, "/event.ics")).await.body.replace("\r\n ", "");
        assert!(before.contains("METHOD:PUBLISH\r\n") && before.contains("SEQUENCE:0\r\n"), "{before}");
        assert!(before.contains("mailto:nordfjella@forum.example"), "{before}");
        pages.run(WITHDRAW).await;
        for at in ["", "/answer", "/answer/coming"] {
            let gone = pages.get(&path(FORUM_ITEM, at)).await;
            assert_eq!(gone.status, StatusCode::GONE, "{at}");
            assert!(gone.body.contains("Arrangementet er avlyst") && !gone.body.contains("Samling for forumet"), "{at}");
        }
        let after = pages.get(&path(FORUM_ITEM, "/event.ics")).await;
        assert_eq!(after.status, StatusCode::OK);
        let uid = |file: &str| file.split("\r\n").find(|line| line.starts_with("UID:")).unwrap().to_owned();
        assert_eq!(uid(&after.body), uid(&before));
        for line in ["METHOD:CANCEL", "SEQUENCE:1", "STATUS:CANCELLED", "SUMMARY:Avlyst"] {
            assert!(after.body.contains(&format!("{line}\r\n")), "{line}: {}", after.body);
        }
        assert!(!after.body.contains("Samling") && !after.body.contains("Fylkeshuset"));
    }

    async fn only_an_event_is_cancelled(db: Database) {
        let pages = Pages::over(db).await;
        let tip = pages.get(&path(WITHDRAWN_ITEM, "/event.ics")).await;
        assert_eq!(tip.status, StatusCode::GONE);
        assert!(tip.body.contains("Saken er trukket tilbake"));
        assert_eq!(pages.get("/i/trukket/event.ics").await.status, StatusCode::NOT_FOUND);
    }

    async fn a_cancellation_goes_no_further_than_the_event_did(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(WITHDRAW).await;
        assert_eq!(pages.get("/i/samling/event.ics").await.status, StatusCode::NOT_FOUND);
        pages.run("UPDATE item_version SET visibility = 'group:health' WHERE item_id = 2").await;
        assert_eq!(pages.get(&path(FORUM_ITEM, "/event.ics")).await.status, StatusCode::FORBIDDEN);
        pages.run("UPDATE item_version SET visibility = 'public' WHERE item_id = 2").await;
        for page in ["/i/samling", "/i/samling/event.ics"] {
            assert_eq!(pages.get(page).await.status, StatusCode::NOT_FOUND, "{page}: strangers are told nothing");
        }
    }

    async fn who_answered_is_told_that_the_event_was_moved(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path(FORUM_ITEM, "/answer"), "answer=coming").await;
        let note = "Arrangementet er endret etter at du svarte.";
        assert!(!pages.get(&path(FORUM_ITEM, "")).await.body.contains(note));
        pages
            .run(r#"UPDATE item_version SET fields = '{"starts_at":{"at":"2027-04-09T07:00:00Z","day":null},"gathering":true,"changed":{"time":false,"place":true}}' WHERE item_id = 2"#)
            .await;
        pages.run("UPDATE item SET numbered_at = 1899000000000000 WHERE id = 2").await;
        for at in ["", "/answer"] {
            assert!(pages.get(&path(FORUM_ITEM, at)).await.body.contains(note), "{at}");
        }
    }
}

on_both_engines! {
    async fn a_correction_keeps_in_mind_what_it_and_earlier_ones_moved(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let (first, later) = ("2097-03-01T08:00:00Z", "2097-03-02T08:00:00Z");
        let file = treff.write("samling.md", event(first, "Fylkeshuset", "Tekst."));
        treff.run(&["item", "add", &file]).done();
        let changed = async || {
            let mut tx = treff.database.store.begin().await.unwrap();
            let row: treff::store::One<String> = tx.get(CHANGED, vec![]).await.unwrap();
            serde_json::from_str::<serde_json::Value>(&row.0).unwrap()["changed"].clone()
        };
        assert_eq!(changed().await, serde_json::Value::Null);
        for (time, place, body, expected) in [
            (first, "Fylkeshuset", "Ny tekst.", serde_json::Value::Null),
            (later, "Fylkeshuset", "Ny tekst.", serde_json::json!({"time": true, "place": []})),
            (later, "Fylkeshuset", "Rettet tekst.", serde_json::json!({"time": true, "place": []})),
            (later, "Biblioteket", "Rettet tekst.", serde_json::json!({"time": true, "place": ["nb"]})),
        ] {
            let file = treff.write("samling.md", event(time, place, body));
            treff.run(&["item", "correct", "samling", &file]).done();
            assert_eq!(changed().await, expected, "{time} {place} {body}");
        }
    }

    async fn a_place_corrected_in_one_language_is_new_in_that_one_and_the_lead_hears_of_the_others(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let told = |language: &str, place: &str| {
            let text = event("2097-03-01T08:00:00Z", place, "Tekst.");
            treff.write("samling.md", text.replace("title", &format!("language = \"{language}\"\ntitle")))
        };
        treff.run(&["item", "add", &told("nb", "Fylkeshuset")]).done();
        treff.run(&["item", "correct", "samling", &told("en", "County Hall")]).done();
        let warnings = async |language: &str, place: &str| {
            let file = told(language, place);
            let done = treff.run(&["item", "correct", "samling", &file]).done().json;
            let warnings: Vec<String> = serde_json::from_value(done["warnings"].clone()).unwrap();
            let mut tx = treff.database.store.begin().await.unwrap();
            let row: treff::store::One<String> = tx.get(CHANGED, vec![]).await.unwrap();
            let kept = serde_json::from_str::<serde_json::Value>(&row.0).unwrap();
            (warnings.iter().filter(|one| one.contains("place")).count(), kept["changed"]["place"].clone())
        };
        assert_eq!(warnings("nb", "Rådhuset").await, (1, serde_json::json!(["nb"])));
        assert_eq!(warnings("en", "Rådhuset").await, (0, serde_json::json!(["nb", "en"])));
    }
}

/// The text of a letter that holds a correction of an event which moved so.
fn correction(language: Language, changed: EventChange) -> String {
    let forum = scene::forum();
    let items = scene::items(&forum);
    let mut event = items.into_iter().find(|item| item.kind == Kind::Event).unwrap();
    let mut in_english = scene::text("A gathering", "For everyone.");
    in_english.place = Some("County Hall".into());
    event.texts.insert(Language::En, in_english);
    if let Fields::Event { changed: of_event, .. } = &mut event.fields {
        *of_event = changed;
    }
    let reasons = [scene::reason(&forum, "all", Match::Audience)];
    let mut entry = scene::chosen(&event, &reasons);
    entry.correction = true;
    let email: EmailAddress = "direktor@kommunen.example".parse().unwrap();
    let letters = Letters::load(None).unwrap();
    let to = scene::addressee(&email, "Åse", language);
    let bytes = scene::letter_bytes(&letters, &forum, &to, &scene::view(vec![entry]));
    let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    let both = format!("{}\n{}", mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
    both.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_correction_says_the_new_time_and_place() {
    let moved = |time: bool, place: &[Language]| EventChange { time, place: place.iter().copied().collect() };
    let (time, place) = (moved(true, &[]), moved(false, &[Language::Nb]));
    for (language, changed, said) in [
        (Language::Nb, time.clone(), "Ny tid: torsdag 8. april kl. 9–15, Fylkeshuset."),
        (Language::Nb, place.clone(), "Nytt sted: torsdag 8. april kl. 9–15, Fylkeshuset."),
        (
            Language::Nn,
            moved(true, &[Language::Nb]),
            "Ny tid og ny stad: torsdag 8. april kl. 9–15, Fylkeshuset.",
        ),
        (Language::En, time, "New time: Thursday 8 April"),
        (Language::En, moved(false, &[Language::En]), "New place: Thursday 8 April"),
    ] {
        assert_eq!(correction(language, changed).matches(said).count(), 2, "{said}: in text and HTML");
    }
    assert!(!correction(Language::Nb, EventChange::default()).contains("Ny tid"));
    let elsewhere = correction(Language::En, place);
    assert!(elsewhere.contains("County Hall") && !elsewhere.contains("New place"), "{elsewhere}");
}
