//! "What you have promised": a person's own page.

use axum::http::{Method, StatusCode};
use treff::ids::{ItemId, RecipientId, SeatId};
use treff::store::SaidPromise;

use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{KARI, Pages, now};

const PAGE: &str = "/me/promises";

pub async fn promise(pages: &Pages, what: &str, seat: Option<i64>, on: Option<&str>) -> i64 {
    let mut tx = pages.db.store.begin().await.unwrap();
    let said = SaidPromise { group: "health", position: 1, what, seat: seat.map(SeatId), on };
    tx.add_promise(ItemId(1), &said, "account:1", now()).await.unwrap();
    tx.commit().await.unwrap();
    let rows = pages.db.store.list_promises(now()).await.unwrap();
    rows.iter().find(|row| row.what == what).unwrap().id
}

const ROWS: &str = "SELECT what || '|' || state || '|' || COALESCE(by_on, '-') || '|' || COALESCE(told, '-') FROM promise ORDER BY id";

on_both_databases! {
    async fn one_s_open_promises_stand_there_and_looking_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        promise(&pages, "Ringe <b>ti</b>", Some(1), Some("2027-03-01")).await;
        promise(&pages, "Gruppas eget", None, None).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        assert!(reader.get("/me").await.body.contains("href=\"/me/promises\""));
        let before = pages.dump().await;
        let page = reader.get(PAGE).await.body;
        for said in ["Ringe &lt;b&gt;ti", "Kompetansegruppe helse, referatet fra", "innen mandag 1. mars", "Fristen er ute.", "k***@nav.test"] {
            assert!(page.contains(said), "{said} in {page}");
        }
        assert!(!page.contains("Gruppas eget"), "{page}");
        assert_eq!(reader.ask(Method::HEAD, PAGE, "").await.status, StatusCode::OK);
        assert_eq!(pages.dump().await, before);
        assert_eq!(pages.get(PAGE).await.status, StatusCode::SEE_OTHER, "a device of their own is asked for");
    }

    async fn it_is_said_to_be_done_or_to_have_another_day_or_that_nothing_comes_of_it(db: Database) {
        let pages = Pages::over(db).await;
        for (what, said, after) in [
            ("Ringe", "said=done&words=Alle+ti.", "Ringe|done|2027-03-20|Alle ti."),
            ("Skrive", "said=moved&by=2027-04-02", "Skrive|open|2027-04-02|-"),
            ("Reise", "said=dropped&by=&words=%20", "Reise|dropped|2027-03-20|-"),
        ] {
            let id = promise(&pages, what, Some(1), Some("2027-03-20")).await;
            let mut reader = Reader::signed_in(&pages, "kari@nav.test", next_link(&pages).await).await;
            let answer = reader.post(PAGE, &format!("promise={id}&seen=2027-03-20&{said}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            assert!(reader.get(answer.header("location")).await.body.contains("ser det"), "{what}");
            let rows = pages.text(ROWS).await;
            assert_eq!(rows.lines().last(), Some(after));
        }
        let log = pages.text("SELECT action || ' ' || COALESCE(CAST(recipient_id AS TEXT), '') FROM change WHERE action LIKE 'promise%' AND actor = 'page' ORDER BY id").await;
        assert_eq!(log, "promise.kept 1\npromise.moved 1\npromise.dropped 1");
    }

    async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays(db: Database) {
        let pages = Pages::over(db).await;
        let id = promise(&pages, "Ringe", Some(1), None).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        for (said, told) in [
            ("words=Mine+ord", "Velg ett av svarene."),
            ("said=moved&by=&words=Mine+ord", "Skriv den nye fristen."),
            ("said=moved&by=2027-03-07&words=Mine+ord", "Den nye fristen kan ikke ha gått ut."),
        ] {
            let refused = reader.post(PAGE, &format!("promise={id}&seen=&{said}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains(told) && refused.body.contains("value=\"Mine ord\""), "{told} in {}", refused.body);
        }
        assert_eq!(pages.text(ROWS).await, "Ringe|open|-|-");
    }

    async fn a_new_day_that_stands_already_is_told_at_its_field_and_nothing_is_written(db: Database) {
        let pages = Pages::over(db).await;
        let id = promise(&pages, "Ringe", Some(1), Some("2027-03-20")).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        let before = pages.dump().await;
        let same = reader.post(PAGE, &format!("promise={id}&seen=2027-03-20&said=moved&by=2027-03-20&words=Mine+ord")).await;
        assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = format!("<p class=\"error\" id=\"by-{id}-error\">Det er den fristen som står der fra før. Skriv en annen.</p>");
        assert!(same.body.contains(&told) && same.body.contains("value=\"Mine ord\""), "{}", same.body);
        assert_eq!(pages.dump().await, before);
        pages.run("UPDATE promise SET by_on = '2027-03-25'").await;
        let old = reader.post(PAGE, &format!("promise={id}&seen=2027-03-20&said=moved&by=2027-03-20")).await;
        assert_eq!(old.status, StatusCode::CONFLICT, "another day stands by now");
        assert_eq!(pages.text(ROWS).await, "Ringe|open|2027-03-25|-");
    }

    async fn minutes_are_called_by_the_day_of_their_meeting(db: Database) {
        let pages = Pages::over(db).await;
        promise(&pages, "Ringe", Some(1), None).await;
        pages.run(r#"UPDATE item_version SET kind = 'minutes', fields = '{"group":"health","met_on":"2027-02-24"}' WHERE item_id = 1"#).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        let page = reader.get(PAGE).await.body;
        assert!(page.contains("Kompetansegruppe helse, referatet fra 24. februar"), "{page}");
    }

    async fn a_page_that_is_old_overwrites_nothing_and_nobody_answers_for_another(db: Database) {
        let pages = Pages::over(db).await;
        let id = promise(&pages, "Ringe", Some(1), Some("2027-03-20")).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        pages.run("UPDATE promise SET by_on = '2027-03-25'").await;
        let late = reader.post(PAGE, &format!("promise={id}&seen=2027-03-20&said=dropped&words=Mine+ord")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.body.contains("Svaret ditt er ikke lagret") && late.body.contains("value=\"Mine ord\"") && late.body.contains("25. mars"), "{}", late.body);
        let mut other = Reader::signed_in(&pages, "ola@nav.test", 2).await;
        assert_eq!(other.post(PAGE, &format!("promise={id}&seen=2027-03-25&said=done")).await.status, StatusCode::CONFLICT);
        assert_eq!(pages.text(ROWS).await, "Ringe|open|2027-03-25|-");
    }

    async fn who_presses_twice_has_said_it_and_other_words_are_not_lost_unseen(db: Database) {
        let pages = Pages::over(db).await;
        for (what, said, another) in [
            ("Ringe", "said=done&words=Alle+ti.", "said=done&words=Mine+ord"),
            ("Skrive", "said=moved&by=2027-04-02", "said=moved&by=2027-04-03"),
        ] {
            let id = promise(&pages, what, Some(1), Some("2027-03-20")).await;
            let mut reader = Reader::signed_in(&pages, "kari@nav.test", next_link(&pages).await).await;
            for (said, status) in
                [(said, StatusCode::SEE_OTHER), (said, StatusCode::SEE_OTHER), (another, StatusCode::CONFLICT)]
            {
                let answer = reader.post(PAGE, &format!("promise={id}&seen=2027-03-20&{said}")).await;
                assert_eq!(answer.status, status, "{said}: {}", answer.body);
            }
        }
        assert_eq!(pages.text(ROWS).await, "Ringe|done|2027-03-20|Alle ti.\nSkrive|open|2027-04-02|-");
        let log = pages.text("SELECT action FROM change WHERE action LIKE 'promise%' AND actor = 'page' ORDER BY id").await;
        assert_eq!(log, "promise.kept\npromise.moved");
    }

    async fn the_own_copy_has_promises_of_minutes_that_are_out_and_of_places_that_still_run(db: Database) {
        let pages = Pages::over(db).await;
        promise(&pages, "Ringe", Some(1), None).await;
        let told = async || pages.db.store.read_dossier(KARI, now()).await.unwrap().taken_part.promises.len();
        for (change, count) in [
            ("UPDATE seat_holder SET ends_at = 1900000000000000", 1),
            ("UPDATE item SET held_at = 1 WHERE id = 1", 0),
            ("UPDATE item SET held_at = NULL WHERE id = 1", 1),
            ("UPDATE seat_holder SET starts_at = 1890000000000000", 0),
            ("UPDATE seat_holder SET starts_at = NULL, ends_at = 1", 0),
            ("UPDATE promise SET told = 'Mine ord', told_by = 1", 1),
        ] {
            pages.run(change).await;
            assert_eq!(told().await, count, "{change}");
        }
    }

    async fn the_own_copy_has_promises_and_erasure_and_merging_keep_them_without_or_with_the_words(db: Database) {
        let pages = Pages::over(db).await;
        let id = promise(&pages, "Ringe", Some(1), None).await;
        let mut reader = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        reader.post(PAGE, &format!("promise={id}&seen=&said=done&words=Mine+ord")).await;
        let copy: serde_json::Value = serde_json::from_str(&reader.get("/me/data/export.json").await.body).unwrap();
        let own = &copy["promises"][0];
        assert_eq!((own["what"].as_str(), own["told"].as_str(), own["state"].as_str()), (Some("Ringe"), Some("Mine ord"), Some("done")));
        assert!(reader.get("/me/data").await.body.contains("Løfter"));
        pages.run("UPDATE seat_holder SET recipient_id = 2").await;
        let others = pages.db.store.read_dossier(RecipientId(2), now()).await.unwrap();
        assert_eq!(others.taken_part.promises[0].told, None, "the words of who had the place before are not theirs");
        pages.run("UPDATE seat_holder SET recipient_id = 1").await;
        assert_eq!(reader.post("/me/erase", "sure=yes").await.status, StatusCode::OK);
        assert_eq!(pages.text(ROWS).await, "Ringe|done|-|-", "the promise stays, the words go");
        assert_eq!(pages.db.store.list_promises(now()).await.unwrap()[0].owner, None);
        assert_eq!(pages.db.store.list_open_promises_of(&[KARI], now()).await.unwrap(), []);
    }
}

/// The number that the next link by mail gets.
async fn next_link(pages: &Pages) -> i64 {
    pages.text("SELECT CAST(COUNT(*) + 1 AS TEXT) FROM mail_link").await.parse().unwrap()
}
