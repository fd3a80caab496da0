//! An item of a group in a letter: the link alone shows nothing of it, and a device of whom the letter went to shows
//! all that the letter links to.

use axum::http::{Method, StatusCode};
use treff::feedback::knocks::answer_knocks;

use super::reader::{Reader, link_path};
use crate::on_both_databases;
use crate::pages::world::{FORUM_ITEM, GROUP_ITEM, Pages, letter_token, now};

const KARI: &str = "kari@nav.test";
const MUTES: &str = "SELECT t.facet || ':' || t.slug FROM interest i JOIN term t ON t.id = i.term_id
                     WHERE i.mark = 'mute' AND i.ended_at IS NULL ORDER BY 1";
const TAPS: &str = "SELECT answer || CAST(item_id AS TEXT) FROM tap";
const STATE: &str = "SELECT state FROM delivery WHERE id = 7";

/// The group's item is an event with a file.
const EVENT: &str = r#"UPDATE item_version SET kind = 'event',
    fields = '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null}}' WHERE item_id = 3"#;

/// What the letter links to below the item.
const PLACES: [&str; 7] =
    ["", "/not-for-me", "/share", "/answer/coming", "/answer/not_coming", "/answer/sending", "/event.ics"];

fn path(place: &str) -> String {
    format!("/l/{}/item/{GROUP_ITEM}{place}", letter_token())
}

on_both_databases! {
    async fn a_letters_link_alone_offers_the_mail_link_that_leads_back_to_the_very_place(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(EVENT).await;
        for place in PLACES {
            let shut = pages.get(&path(place)).await;
            assert_eq!(shut.status, StatusCode::FORBIDDEN, "{place}");
            assert!(!shut.body.contains("emmelig"), "{}", shut.body);
            assert!(!shut.body.contains("står i brevet"), "the letter holds a part of it: {}", shut.body);
            let door = format!("/l/{}/link?next={}", letter_token(), path(place));
            assert!(shut.body.contains(&format!("href=\"{door}\"")), "{}", shut.body);
            let asked = pages.get(&door).await.body;
            assert!(asked.contains(&format!("name=\"next\" value=\"{}\"", path(place))), "{asked}");
        }
        let next = path("/answer/coming");
        pages.post(&format!("/l/{}/link", letter_token()), &format!("next={next}")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let mut kari = Reader::new(&pages);
        let opened = kari.post(&link_path(1), "").await;
        assert_eq!(opened.header("location"), next);
        assert_eq!(kari.get(&next).await.header("location"), "/items/hemmelig/answer/coming");
    }

    async fn the_letters_links_go_on_to_the_same_place_on_the_persons_own_device(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(EVENT).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let before = pages.dump().await;
        for place in PLACES {
            for method in [Method::HEAD, Method::GET] {
                let on = kari.ask(method, &path(place), "").await;
                let there = format!("/items/hemmelig{place}");
                assert_eq!((on.status, on.header("location")), (StatusCode::SEE_OTHER, there.as_str()));
                assert_eq!((on.header("cache-control"), on.header("referrer-policy")), ("no-store", "no-referrer"));
                assert_eq!(kari.get(&there).await.status, StatusCode::OK, "{there}");
            }
        }
        assert_eq!(pages.dump().await, before);
        assert!(kari.get("/items/hemmelig").await.body.contains("Hemmelig tittel"));
        let in_place = kari.get(&path("").replace(GROUP_ITEM, FORUM_ITEM)).await;
        assert_eq!(in_place.status, StatusCode::OK, "what the link alone opens stays where it is");
    }

    async fn another_persons_device_opens_nothing_of_it(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE seat_holder SET recipient_id = 2").await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (2, 104, 1, 'member', 0)").await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (2, 1, 'import')").await;
        let mut ola = Reader::signed_in(&pages, "ola@nav.test", 1).await;
        assert_eq!(ola.get("/items/hemmelig").await.status, StatusCode::OK, "he may read it");
        let shut = ola.get(&path("")).await;
        assert_eq!(shut.status, StatusCode::FORBIDDEN, "but the letter is Kari's");
        assert!(shut.body.contains("Få en lenke som åpner den") && !shut.body.contains("emmelig"));
        assert_eq!(ola.get("/items/hemmelig/not-for-me").await.status, StatusCode::NOT_FOUND, "no letter brought it to him");
        assert!(!ola.get("/items/hemmelig").await.body.contains("not-for-me"));
    }

    async fn who_has_left_the_group_is_told_so_and_not_sent_round_in_a_ring(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        let told = kari.get(&path("")).await;
        assert_eq!(told.status, StatusCode::FORBIDDEN);
        assert!(told.body.contains("Denne saken er for andre") && !told.body.contains("Få en lenke"), "{}", told.body);
        assert!(!told.body.contains("emmelig"));
    }

    async fn what_was_taken_back_is_told_to_its_owner_alone(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(EVENT).await;
        pages.run("UPDATE item SET withdrawn_at = 1804000000000001 WHERE id = 3").await;
        assert_eq!(pages.get(&path("")).await.status, StatusCode::FORBIDDEN);
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let told = kari.get(&path("")).await;
        assert_eq!(told.status, StatusCode::GONE);
        assert!(told.body.contains("Arrangementet er avlyst"), "{}", told.body);
        let file = kari.get(&path("/event.ics")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.body.contains("STATUS:CANCELLED"), "{}", file.body);
    }

    async fn a_groups_item_is_not_for_me_on_a_device_and_that_is_taken_back(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let at = "/items/hemmelig/not-for-me";
        assert!(kari.get("/items/hemmelig").await.body.contains(&format!("href=\"{at}\"")));
        let ask = kari.get(at).await;
        assert!(ask.body.contains("Forumet har valgt den for kompetansegruppe helse"), "{}", ask.body);
        assert!(ask.body.contains(&format!("action=\"{at}\"")) && ask.body.contains("k***@nav.test"));
        let back = "<a href=\"/items/hemmelig\">Les saken</a>";
        assert!(ask.body.contains(back), "{}", ask.body);
        let done = kari.post(at, "reason=0").await;
        assert!(done.body.contains("Takk, det er notert") && done.body.contains(back) && done.body.contains("href=\"/me/preferences\""));
        assert_eq!((pages.text(MUTES).await, pages.text(TAPS).await), ("group:health\norg:nav".into(), "not_for_me3".into()));
        assert_eq!(pages.text(STATE).await, "uncertain", "who reads at a device need not have got the letter");
        let change = crate::prefs::hidden(&done.body, "change").unwrap();
        let undone = kari.post(&format!("{at}/undo"), &format!("change={change}")).await;
        assert!(undone.body.contains("Angret. Alt er som før."), "{}", undone.body);
        assert_eq!((pages.text(MUTES).await, pages.text(TAPS).await), ("org:nav".into(), String::new()));
        assert_eq!(kari.get("/items/andres/not-for-me").await.status, StatusCode::NOT_FOUND, "what no letter brought");
    }

    async fn a_groups_item_of_a_letter_that_came_back_is_opened_from_it_on_a_device(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery_item SET returned = TRUE").await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let at = "/items/hemmelig/not-for-me";
        assert_eq!(kari.get(at).await.status, StatusCode::NOT_FOUND, "it was returned before the letter went");
        pages.run("UPDATE delivery SET state = 'rejected' WHERE id = 7").await;
        assert_eq!(kari.get(&path("/not-for-me")).await.header("location"), at);
        assert_eq!(kari.get(at).await.status, StatusCode::OK);
        assert_eq!(pages.get(&path("")).await.status, StatusCode::FORBIDDEN, "the link alone shows as little as before");
    }

    async fn a_form_of_a_page_that_has_closed_since_leads_back_to_the_item(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.post(&path("/not-for-me/undo"), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains(&format!("link?next={}\"", path(""))), "{}", answer.body);
    }
}
