//! A letter's items, *not for me*, and what everyone may see.

use axum::http::StatusCode;
use chrono::DateTime;

use super::world::{
    FORUM_ITEM, GROUP_ITEM, NEXT_ITEM, OTHER_ITEM, PUBLIC_ITEM, Pages, WITHDRAWN_ITEM, letter_token,
};
use crate::on_both_databases;

fn path(item: &str) -> String {
    format!("/l/{}/item/{item}", letter_token())
}

const MUTES: &str = "SELECT t.facet || ':' || t.slug FROM interest i JOIN term t ON t.id = i.term_id
                     WHERE i.mark = 'mute' AND i.ended_at IS NULL ORDER BY 1";

on_both_databases! {
    async fn a_letter_opens_its_public_and_forum_items(db: Database) {
        let pages = Pages::over(db).await;
        let public = pages.get(&path(PUBLIC_ITEM)).await;
        assert_eq!(public.status, StatusCode::OK);
        assert!(public.body.contains("Åpen sak &lt;script&gt;"));
        assert!(public.body.contains("Første avsnitt."));
        assert!(public.body.contains("/i/aapen"));
        assert!(!public.body.contains("href=\"javascript:"));
        let forum = pages.get(&path(FORUM_ITEM)).await;
        assert_eq!(forum.status, StatusCode::OK);
        assert!(forum.body.contains("torsdag 8. april kl. 9–15"));
        assert!(forum.body.contains("Fylkeshuset"));
        assert!(forum.body.contains("event.ics"));
        assert!(!forum.body.contains("/i/samling"), "what only the forum may see has no share page");
    }

    async fn a_letter_opens_what_it_names_as_coming_next(db: Database) {
        let pages = Pages::over(db).await;
        let next = pages.get(&path(NEXT_ITEM)).await;
        assert_eq!(next.status, StatusCode::OK);
        assert!(next.body.contains("Neste tittel"));
        assert!(!next.body.contains("not-for-me"));
    }

    async fn a_calendar_file_holds_no_personal_link(db: Database) {
        let pages = Pages::over(db).await;
        let file = pages.get(&format!("{}/event.ics", path(FORUM_ITEM))).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
        assert!(file.body.starts_with("BEGIN:VCALENDAR\r\n"));
        assert!(file.body.contains("DTSTART:20270408T070000Z"));
        assert!(!file.body.contains("/l/"));
        assert_eq!(pages.get(&format!("{}/event.ics", path(PUBLIC_ITEM))).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_restricted_item_shows_not_even_its_title(db: Database) {
        let pages = Pages::over(db).await;
        for at in ["", "/not-for-me", "/event.ics"] {
            let answer = pages.get(&format!("{}{at}", path(GROUP_ITEM))).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            assert!(answer.body.contains("Denne saken er bare for gruppa"));
            assert!(!answer.body.contains("Hemmelig"));
        }
        let posted = pages.post(&format!("{}/not-for-me", path(GROUP_ITEM)), "").await;
        assert_eq!(posted.status, StatusCode::FORBIDDEN);
        assert!(!posted.body.contains("Hemmelig"));
        assert!(!pages.get(&format!("/l/{}/preferences", letter_token())).await.body.contains("Hemmelig"));
    }

    async fn visibility_is_asked_again_each_time(db: Database) {
        let pages = Pages::over(db).await;
        assert_eq!(pages.get(&path(FORUM_ITEM)).await.status, StatusCode::OK);
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        pages.run("UPDATE recipient SET admitted = FALSE WHERE id = 1").await;
        let answer = pages.get(&path(FORUM_ITEM)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.body.contains("Samling for forumet"));
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::OK);
    }

    async fn expiry_and_unsubscribing_end_sending_not_reading(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET expires_at = 1").await;
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 1").await;
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::OK);
        assert_eq!(pages.get("/i/aapen").await.status, StatusCode::OK);
    }

    async fn a_letter_that_came_back_still_opens_what_it_held(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery_item SET returned = TRUE").await;
        let at = |after: &str| format!("{}{after}", path(PUBLIC_ITEM));
        assert_eq!(pages.get(&at("/not-for-me")).await.status, StatusCode::NOT_FOUND, "it was returned before the letter went");
        pages.run("UPDATE delivery SET state = 'rejected'").await;
        let of_event = |after: &str| format!("{}{after}", path(FORUM_ITEM));
        for at in [at(""), at("/not-for-me"), of_event(""), of_event("/share"), of_event("/event.ics")] {
            assert_eq!(pages.get(&at).await.status, StatusCode::OK, "{at}");
        }
        assert_eq!(pages.get(&path(GROUP_ITEM)).await.status, StatusCode::FORBIDDEN, "visibility is asked as ever");
        assert_eq!(pages.get(&path(WITHDRAWN_ITEM)).await.status, StatusCode::GONE);
        assert_eq!(pages.get(&path(OTHER_ITEM)).await.status, StatusCode::NOT_FOUND, "it was never the letter's");
        assert_eq!(pages.post(&at("/not-for-me"), "reason=0").await.status, StatusCode::OK);
        assert_eq!(pages.text(MUTES).await, "org:nav\nsector:health");
        assert_eq!(pages.text("SELECT state FROM delivery").await, "rejected", "what it held is sent again");
    }

    async fn what_was_withdrawn_says_only_that(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.get(&path(WITHDRAWN_ITEM)).await;
        assert_eq!(answer.status, StatusCode::GONE);
        assert!(answer.body.contains("Saken er trukket tilbake"));
        assert!(!answer.body.contains("Trukket tittel"));
        assert_eq!(pages.get("/i/trukket").await.status, StatusCode::NOT_FOUND);
    }

    async fn what_the_letter_did_not_hold_is_not_there(db: Database) {
        let pages = Pages::over(db).await;
        for item in [OTHER_ITEM, "99999999999999999999999999999999", "x"] {
            let answer = pages.get(&path(item)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(!answer.body.contains("Andres tittel"));
        }
        pages.run("UPDATE delivery_item SET returned = TRUE WHERE item_id = 1").await;
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::NOT_FOUND);
    }

    async fn not_for_me_names_every_reason_and_hides_just_that(db: Database) {
        let pages = Pages::over(db).await;
        let ask = pages.get(&format!("{}/not-for-me", path(PUBLIC_ITEM))).await;
        assert_eq!(ask.status, StatusCode::OK);
        assert!(ask.body.contains("Du følger helse &lt;script&gt;"));
        assert!(ask.body.contains("k***@nav.test"));
        let done = pages.post(&format!("{}/not-for-me", path(PUBLIC_ITEM)), "reason=0").await;
        assert_eq!(done.status, StatusCode::OK);
        assert!(done.body.contains("Takk, det er notert"));
        assert_eq!(pages.text(MUTES).await, "org:nav\nsector:health");
        assert_eq!(pages.text("SELECT answer || CAST(item_id AS TEXT) FROM tap").await, "not_for_me1");
    }

    async fn a_role_is_hidden_without_being_named(db: Database) {
        let pages = Pages::over(db).await;
        let ask = pages.get(&format!("{}/not-for-me", path(FORUM_ITEM))).await;
        assert!(!ask.body.contains("steward") && !ask.body.contains("Tillitsvalgt"));
        assert!(ask.body.contains("sendes uansett tema"));
        let done = pages.post(&format!("{}/not-for-me", path(FORUM_ITEM)), "reason=1").await;
        assert!(!done.body.contains("Tillitsvalgt"));
        assert_eq!(pages.text(MUTES).await, "org:nav\nrole:steward");
    }

    async fn reasons_that_read_alike_are_told_once_and_hidden_together(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"UPDATE delivery_item SET because = 'audience', reasons = '[{"term":"role:steward","match":"audience"},{"term":"org:nav","match":"audience"},
                     {"term":"role:steward","match":"equal"},{"term":"sector:health","match":"equal"}]' WHERE item_id = 1"#).await;
        let at = format!("{}/not-for-me", path(PUBLIC_ITEM));
        let ask = pages.get(&at).await.body;
        let count = |text: &str| ask.matches(text).count();
        assert_eq!((count("Forumet har valgt den for deg<"), count("Den passer med temaene dine<"), count("Du følger helse")), (1, 1, 1), "{ask}");
        pages.run("DELETE FROM interest").await;
        let done = pages.post(&at, "reason=0").await.body;
        assert!(done.contains("velges på den måten. Det som sendes uansett tema, kommer likevel.") && !done.contains("steward"), "{done}");
        assert_eq!(pages.text(MUTES).await, "org:nav\nrole:steward");
    }

    async fn not_for_me_hides_the_kind_or_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let at = format!("{}/not-for-me", path(PUBLIC_ITEM));
        assert_eq!(pages.post(&at, "").await.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT kind FROM muted_kind").await, "");
        assert_eq!(pages.post(&at, "mute_kind=article").await.status, StatusCode::OK);
        assert_eq!(pages.text("SELECT kind FROM muted_kind").await, "article");
        assert_eq!(pages.text("SELECT answer FROM tap").await, "not_for_me");
    }

    async fn a_reason_that_is_not_there_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for form in ["reason=7", "reason=-1", "reason=x"] {
            let answer = pages.post(&format!("{}/not-for-me", path(PUBLIC_ITEM)), form).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
        }
        let all = pages.post(&format!("{}/not-for-me", path(FORUM_ITEM)), "reason=0").await;
        assert_eq!(all.status, StatusCode::BAD_REQUEST, "\"all\" cannot be hidden");
        assert_eq!(pages.dump().await, before);
    }

    async fn a_share_page_shows_public_items_and_no_person(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.get("/i/aapen").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains(r#"<meta property="og:title" content="Åpen sak &lt;script&gt;"#));
        assert!(answer.body.contains("https://forum.example/i/aapen"));
        assert!(answer.body.contains("<textarea"));
        assert!(!answer.body.contains("/l/") && !answer.body.contains("Kari"));
        for slug in ["samling", "hemmelig", "trukket", "finnes-ikke"] {
            assert_eq!(pages.get(&format!("/i/{slug}")).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
    }

    async fn an_item_that_is_not_out_yet_is_nowhere(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET release_at = 1900000000000000, number = NULL, numbered_at = NULL WHERE id = 1").await;
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.get("/i/aapen").await.status, StatusCode::NOT_FOUND);
    }

    async fn what_is_held_back_again_opens_from_no_letter(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET number = NULL, numbered_at = NULL WHERE id = 1").await;
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::OK, "its time has come");
        let held_at = DateTime::from_timestamp(1_804_300_000, 0).unwrap();
        assert!(pages.db.store.hold_item(held_at, "test", "aapen").await.unwrap());
        assert_eq!(pages.get(&path(PUBLIC_ITEM)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.get("/i/aapen").await.status, StatusCode::NOT_FOUND);
    }

    async fn the_front_page_lists_what_is_open_to_everyone(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.get("/").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("Åpen sak &lt;script&gt;"));
        for hidden in ["Samling for forumet", "Hemmelig", "Trukket tittel", "Andres"] {
            assert!(!answer.body.contains(hidden), "{hidden}");
        }
    }

    async fn who_sits_for_a_union_is_not_told_their_groups(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        pages.run("UPDATE item_version SET visibility = 'forum' WHERE item_id = 3").await;
        let item = pages.get(&path(GROUP_ITEM)).await;
        assert_eq!(item.status, StatusCode::OK);
        assert!(!item.body.contains("Kompetansegruppe"));
        assert!(!pages.get(&format!("/l/{}/preferences", letter_token())).await.body.contains("du er med her"));
    }
}
