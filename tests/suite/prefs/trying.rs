//! What each choice brings, trying without saving, saving, and taking back.

use axum::http::StatusCode;

use super::{hidden, path, preview};
use crate::on_both_databases;
use crate::pages::world::Pages;

const MARKS: &str = "SELECT t.facet || ':' || t.slug || ' ' || i.mark || ' ' || i.source
                     FROM interest i JOIN term t ON t.id = i.term_id
                     WHERE i.recipient_id = 1 AND i.ended_at IS NULL ORDER BY 1";

const AS_IT_IS: &str = "had_follow=sector:health&follow=sector:health&had_mute=org:nav&mute=org:nav";

on_both_databases! {
    async fn each_topic_says_what_it_brings_and_what_comes_with_the_place(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO group_sector (group_id, sector_id) VALUES (104, 103)").await;
        let page = pages.get(&path("preferences")).await.body;
        let health = page.find(r#"value="sector:health""#).unwrap();
        assert!(page[..health].ends_with("1 sak på tre måneder</small></span>\n<span class=\"marks\"><label class=\"mark\"><input type=\"checkbox\" name=\"follow\" "));
        let (_, industry) = page.split_once("Industri <small class=\"held\">").expect("industry comes with the group");
        assert!(industry.starts_with("følger med plassen din</small><small>ingen saker de siste tre månedene"));
        assert!(page.contains("Kompetansegruppe helse <small class=\"held\">du er med her</small>"));
    }

    async fn who_sits_for_a_union_is_not_told_what_comes_with_the_place(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO group_sector (group_id, sector_id) VALUES (104, 103)").await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        let page = pages.get(&path("preferences")).await.body;
        assert!(!page.contains("følger med plassen din</small>") && !page.contains("du er med her"));
    }

    async fn each_cadence_says_its_next_day_and_a_pause_moves_it(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get(&path("preferences")).await.body;
        for day in ["Hver uke<small>neste: mandag 15. mars", "noe nytt<small>neste: tirsdag 9. mars", "samlinger<small>neste: torsdag 1. april"] {
            assert!(page.contains(day), "{day}");
        }
        pages.post(&path("preferences"), "pause_until=2027-03-20").await;
        let paused = pages.get(&path("preferences")).await.body;
        assert!(paused.contains("Du har pause til og med lørdag 20. mars."));
        assert!(paused.contains("Hver uke<small>neste: mandag 22. mars"));
        let again = pages.post(&path("preferences"), "pause_until=").await.body;
        assert!(again.contains("Ingen pause.") && !again.contains("Du har pause"));
        pages.run("UPDATE item SET withdrawn_at = 1 WHERE id = 2").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        assert!(pages.get(&path("preferences")).await.body.contains("samlinger<small>når neste samling er satt opp"));
    }

    async fn trying_shows_the_next_letter_and_saves_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        let now = pages.get(&path("preferences")).await.body;
        assert!(now.contains("Mandag 15. mars") && now.contains("Neste tittel") && now.contains("Andres tittel"));
        assert!(now.contains("Slik blir det med det du har valgt"));
        assert!(now.contains("Neste brev mandag 15. mars: 2 saker"));
        let without_tips = preview(&pages, &format!("{AS_IT_IS}&mute_kind=tip")).await;
        assert!(without_tips.contains("Ingen nye saker til deg ennå.") && !without_tips.contains("Neste tittel"));
        let one = preview(&pages, &format!("{AS_IT_IS}&cap=1&cadence=daily")).await;
        assert!(one.contains("Tirsdag 9. mars") && one.contains("1 sak til kommer i brevet etter."));
        assert!(one.contains("Det er ikke lagret ennå"));
        let tried = pages.post(&path("preferences/preview"), "mute_kind=tip&follow=sector:industry&had_follow=sector:health").await;
        assert_eq!(tried.status, StatusCode::OK);
        for kept in [r#"value="sector:industry" checked"#, r#"value="tip" checked"#, "Dette er ikke lagret ennå"] {
            assert!(tried.body.contains(kept), "{kept}");
        }
        assert!(tried.body.contains(r#"name="had_follow" value="sector:health""#) && !tried.body.contains(r#"name="had_mute_kind""#));
        assert!(!tried.body.contains(r#"value="sector:health" checked"#));
        assert_eq!(pages.dump().await, before);
    }

    async fn what_may_close_before_the_letter_after_is_not_promised_in_it(db: Database) {
        let pages = Pages::over(db).await;
        // On Tuesday at noon, between the daily letters of Tuesday and Wednesday.
        pages.run("UPDATE item_version SET expires_at = 1804593600000000").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let one = preview(&pages, &format!("{AS_IT_IS}&cap=1&cadence=daily")).await;
        assert!(one.contains("1 sak til står som tittel i brevet, og kan bli uaktuell før brevet etter."), "{one}");
        assert!(!one.contains("kommer i brevet etter"), "{one}");
    }

    async fn one_item_in_each_letter_is_told_as_one(db: Database) {
        let pages = Pages::over(db).await;
        let saved = pages.post(&path("preferences"), "cap=1").await.body;
        assert!(saved.contains("Høyst 1 sak i hvert brev."), "{saved}");
        let again = pages.post(&path("preferences"), "cap=3").await.body;
        assert!(again.contains("Høyst 3 saker i hvert brev."), "{again}");
    }

    async fn a_letters_link_names_no_item_of_a_group_in_the_preview(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET visibility = 'group:health' WHERE item_id = 6").await;
        for body in [pages.get(&path("preferences")).await.body, preview(&pages, AS_IT_IS).await] {
            assert!(body.contains("En sak fra gruppa di") && !body.contains("Andres tittel"));
        }
    }

    async fn what_is_saved_is_told_and_taken_back_with_one_tap(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.text(MARKS).await;
        let form = "had_follow=sector:health&follow=sector:industry&had_mute=org:nav&mute=org:nav&mute_kind=tip&cap=5";
        let saved = pages.post(&path("preferences"), form).await.body;
        for told in ["Du begynte å følge industri.", "Du sluttet å følge helse", "Du skjulte tips.", "Høyst 5 saker i hvert brev."] {
            assert!(saved.contains(told), "{told}: {saved}");
        }
        let change = hidden(&saved, "change").expect("a way to take it back");
        let again = pages.post(&path("preferences"), form).await.body;
        assert_eq!(hidden(&again, "change").as_ref(), Some(&change), "a double click tells the same");
        let undo = format!("change={change}");
        for _ in 0..2 {
            let undone = pages.post(&path("preferences/undo"), &undo).await;
            assert_eq!(undone.status, StatusCode::OK);
            assert!(undone.body.contains("Angret. Alt er som før."));
            assert_eq!(pages.text(MARKS).await, before);
        }
        assert_eq!(pages.text("SELECT kind FROM muted_kind WHERE ended_at IS NULL").await, "");
        assert_eq!(pages.text("SELECT CAST(COALESCE(cap, 0) AS TEXT) FROM recipient WHERE id = 1").await, "0");
        let page = pages.get(&path("preferences")).await.body;
        assert!(page.contains("<small>8. mars</small> Du begynte å følge industri."));
        assert!(page.contains("(angret)"));
    }

    async fn nothing_else_can_be_taken_back_through_the_page(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path("preferences"), "cadence=daily").await;
        let change = pages.text("SELECT CAST(MAX(id) AS TEXT) FROM change").await;
        pages.post(&path("preferences"), "cap=5").await;
        let overtaken = pages.post(&path("preferences/undo"), &format!("change={change}")).await;
        assert!(overtaken.body.contains("Noe annet er endret siden"));
        assert_eq!(pages.text("SELECT cadence FROM recipient WHERE id = 1").await, "daily");
        pages.run("UPDATE change SET recipient_id = 2").await;
        let before = pages.dump().await;
        for form in [format!("change={change}"), "change=0".to_owned(), "change=x".to_owned(), String::new()] {
            assert_eq!(pages.post(&path("preferences/undo"), &form).await.status, StatusCode::BAD_REQUEST, "{form}");
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn after_half_an_hour_it_is_too_late(db: Database) {
        let pages = Pages::over(db).await;
        let saved = pages.post(&path("preferences"), "cadence=daily").await.body;
        pages.run("UPDATE change SET changed_at = changed_at - 1801000000").await;
        let late = pages.post(&path("preferences/undo"), &format!("change={}", hidden(&saved, "change").unwrap())).await;
        assert!(late.body.contains("Det er for sent å angre med ett trykk."));
        assert_eq!(pages.text("SELECT cadence FROM recipient WHERE id = 1").await, "daily");
    }

    async fn this_page_alone_may_run_our_own_script(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get(&path("preferences")).await;
        assert!(page.header("content-security-policy").contains("script-src 'self'; connect-src 'self'"));
        let from = page.body.find("/assets/prefs-").expect("the script");
        let script: String = page.body[from..].chars().take_while(|c| *c != '"').collect();
        assert_eq!(pages.get(&script).await.header("content-type"), "text/javascript; charset=utf-8");
        let other = pages.get(&path("hit")).await;
        assert!(!other.header("content-security-policy").contains("script-src") && !other.body.contains("<script"));
    }
}
