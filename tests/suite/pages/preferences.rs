//! What and how often.

use axum::http::StatusCode;

use super::world::{Pages, letter_token};
use crate::on_both_databases;

const MARKS: &str = "SELECT t.facet || ':' || t.slug || ' ' || i.mark || ' ' || i.source
                     FROM interest i JOIN term t ON t.id = i.term_id
                     WHERE i.recipient_id = 1 AND i.ended_at IS NULL ORDER BY 1";

fn path() -> String {
    format!("/l/{}/preferences", letter_token())
}

on_both_databases! {
    async fn the_page_shows_what_is_chosen(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.get(&path()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("<strong>k***@nav.test</strong>"));
        assert!(answer.body.contains(r#"name="follow" value="sector:health" checked"#));
        assert!(answer.body.contains(r#"name="mute" value="org:nav" checked"#));
        assert!(answer.body.contains(r#"name="cadence" value="weekly" checked"#));
        assert!(!answer.body.contains(r#"name="cadence" value="monthly""#));
    }

    async fn choices_make_the_round_trip(db: Database) {
        let pages = Pages::over(db).await;
        let form = "had_follow=sector:health&had_mute=org:nav&mute=org:nav&follow=sector:industry&mute=sector:elderly\
                    &mute_kind=tip&cadence=daily&language=nn&cap=5&pause_until=2027-03-20";
        let answer = pages.post(&path(), form).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("Lagra."), "in the language chosen just now");
        assert_eq!(
            pages.text(MARKS).await,
            "org:nav mute person\nsector:elderly mute person\nsector:industry follow person"
        );
        let own = "SELECT cadence || ' ' || language || ' ' || CAST(cap AS TEXT) || ' ' || paused_until || ' ' || chosen
                   FROM recipient WHERE id = 1";
        assert_eq!(pages.text(own).await, r#"daily nn 5 2027-03-21 ["cadence","language"]"#);
        assert_eq!(pages.text("SELECT kind FROM muted_kind WHERE ended_at IS NULL").await, "tip");
        let ended = "SELECT ended_by FROM interest WHERE ended_at IS NOT NULL";
        assert_eq!(pages.text(ended).await, "person", "so that no import brings it back");
        let page = pages.get(&path()).await;
        assert!(page.body.contains(r#"value="2027-03-20""#));
        assert!(page.body.contains(r#"name="follow" value="sector:industry" checked"#));
        assert!(page.body.contains(r#"name="mute_kind" value="tip" checked"#));
    }

    async fn the_same_choices_again_change_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let form = "had_follow=sector:health&follow=sector:health&cadence=weekly&language=nb&cap=&pause_until=";
        let before = pages.dump().await;
        assert_eq!(pages.post(&path(), form).await.status, StatusCode::OK);
        assert_eq!(pages.dump().await, before);
    }

    async fn a_mark_made_elsewhere_in_between_survives(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path(), "follow=sector:industry").await;
        pages.post(&path(), "had_follow=sector:health&follow=sector:health&mute_kind=tip").await;
        assert_eq!(
            pages.text(MARKS).await,
            "org:nav mute person\nsector:health follow import\nsector:industry follow person"
        );
    }

    async fn what_is_chosen_in_one_tab_survives_what_is_ticked_in_another(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get(&path()).await.body;
        for (field, value) in [("had_cadence", "weekly"), ("had_language", "nb"), ("had_cap", ""), ("had_pause_until", "")] {
            assert!(page.contains(&format!("name=\"{field}\" value=\"{value}\"")), "{field}: {page}");
        }
        let had = "had_cadence=weekly&had_language=nb&had_cap=&had_pause_until=&had_follow=sector:health&had_mute=org:nav";
        let own = "SELECT cadence || ' ' || language || ' ' || CAST(COALESCE(cap, 0) AS TEXT) || ' ' || COALESCE(paused_until, '-')
                   FROM recipient WHERE id = 1";
        let kept = "follow=sector:health&mute=org:nav";
        pages.post(&path(), &format!("{had}&{kept}&cadence=daily&language=nb&cap=3&pause_until=2027-03-20")).await;
        assert_eq!(pages.text(own).await, "daily nb 3 2027-03-21");
        pages.post(&path(), &format!("{had}&{kept}&follow=sector:industry&cadence=weekly&language=nb&cap=&pause_until=")).await;
        assert_eq!(pages.text(own).await, "daily nb 3 2027-03-21");
        assert!(pages.text(MARKS).await.contains("sector:industry follow person"));
        pages.post(&path(), &format!("{had}&{kept}&cadence=weekly&language=nn&cap=5&pause_until=")).await;
        assert_eq!(pages.text(own).await, "daily nn 5 2027-03-21", "what the other tab itself chose is chosen");
        let tried = pages.post(&format!("{}/preview", path()), &format!("{had}&{kept}&cadence=weekly&language=nb&cap=10&pause_until=")).await.body;
        assert!(tried.contains(r#"name="had_cap" value="5""#) && tried.contains(r#"name="had_pause_until" value="2027-03-20""#), "{tried}");
    }

    async fn a_change_of_marks_sets_the_watermark_back(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET numbered_at = 1 WHERE number <= 2").await;
        pages.post(&path(), "follow=sector:industry").await;
        let own = "SELECT CAST(watermark AS TEXT) || ' ' || CAST(revision AS TEXT) FROM recipient WHERE id = 1";
        assert_eq!(pages.text(own).await, "2 2");
        pages.post(&path(), "cadence=daily").await;
        assert_eq!(pages.text(own).await, "2 3");
    }

    async fn wrong_input_stands_at_its_field_and_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for wrong in [
            "pause_until=2026-01-01",
            "pause_until=2030-01-01",
            "pause_until=snart",
            "cadence=monthly",
            "cadence=hourly",
            "cap=0",
            "cap=many",
            "language=fr",
            "follow=sector:nowhere",
            "follow=org:nav",
            "mute=everything",
            "mute_kind=song",
        ] {
            let answer = pages.post(&path(), &format!("{wrong}&follow=sector:industry")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(answer.body.contains("role=\"alert\""), "{wrong}");
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn a_pause_may_end_today_and_be_taken_away(db: Database) {
        let pages = Pages::over(db).await;
        let paused = "SELECT COALESCE(paused_until, 'none') FROM recipient WHERE id = 1";
        pages.post(&path(), "pause_until=2027-03-08").await;
        assert_eq!(pages.text(paused).await, "2027-03-09");
        pages.post(&path(), "pause_until=").await;
        assert_eq!(pages.text(paused).await, "none");
    }

    async fn the_other_forms_marks_can_be_taken_away(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&path(), "had_mute=org:nav").await;
        assert_eq!(pages.text(MARKS).await, "sector:health follow import");
    }

    async fn a_revoked_token_opens_nothing(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET token_version = 4 WHERE id = 1").await;
        let answer = pages.get(&path()).await;
        assert_eq!(answer.status, StatusCode::GONE);
        assert!(!answer.body.contains("***"));
        assert_eq!(pages.post(&path(), "cadence=daily").await.status, StatusCode::GONE);
        assert_eq!(pages.text("SELECT cadence FROM recipient WHERE id = 1").await, "weekly");
    }

    async fn who_is_unsubscribed_may_still_choose(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'unsubscribed', status_cause = 'page' WHERE id = 1").await;
        let answer = pages.get(&path()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("Du er meldt av og får ingen brev."));
    }
}
