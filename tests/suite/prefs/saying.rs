//! *Not for me*, for a colleague, and changing one's mind.

use axum::http::StatusCode;

use super::{hidden, path};
use crate::on_both_databases;
use crate::pages::world::{GROUP_ITEM, PUBLIC_ITEM, Pages};

const SAID: &str = "SELECT answer FROM tap UNION ALL SELECT 'for ' || COALESCE(colleague, 'somebody') FROM passed_on ORDER BY 1";
const MUTES: &str = "SELECT t.slug FROM interest i JOIN term t ON t.id = i.term_id
                     WHERE i.mark = 'mute' AND i.ended_at IS NULL ORDER BY 1";

fn at() -> String {
    path(&format!("item/{PUBLIC_ITEM}/not-for-me"))
}

fn form(done: &str) -> String {
    hidden(done, "change").map_or_else(String::new, |change| format!("change={change}"))
}

on_both_databases! {
    async fn a_hidden_reason_is_taken_back_with_the_answer_even_after_a_double_click(db: Database) {
        let pages = Pages::over(db).await;
        pages.post(&at(), "reason=0").await;
        let done = pages.post(&at(), "reason=0").await.body;
        assert_eq!(pages.text(MUTES).await, "health\nnav");
        assert_eq!(pages.text(SAID).await, "not_for_me");
        for _ in 0..2 {
            let undone = pages.post(&format!("{}/undo", at()), &form(&done)).await;
            assert_eq!(undone.status, StatusCode::OK);
            assert!(undone.body.contains("Angret. Alt er som før."));
        }
        assert_eq!(pages.text(MUTES).await, "nav");
        assert_eq!(pages.text(SAID).await, "");
    }

    async fn only_this_item_is_taken_back_too(db: Database) {
        let pages = Pages::over(db).await;
        let done = pages.post(&at(), "").await.body;
        assert_eq!(form(&done), "");
        pages.post(&format!("{}/undo", at()), "").await;
        assert_eq!(pages.text(SAID).await, "");
    }

    async fn an_item_for_a_colleague_is_told_to_the_lead_and_hides_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let ask = pages.get(&at()).await.body;
        assert!(ask.contains("For en kollega") && ask.contains("Vi sender ikke noe til kollegaen."));
        let done = pages.post(&at(), "colleague=+Per+%3Ci%3Ei+plan+").await.body;
        assert!(done.contains("Prosjektlederen får vite at «Åpen sak"));
        assert_eq!(pages.text(SAID).await, "for Per <i>i plan\nnot_for_me");
        assert_eq!(pages.text(MUTES).await, "nav");
        pages.post(&at(), "colleague=").await;
        assert_eq!(pages.text(SAID).await, "for somebody\nnot_for_me");
        pages.post(&format!("{}/undo", at()), "").await;
        assert_eq!(pages.text(SAID).await, "");
    }

    async fn a_colleague_named_in_a_hundred_lines_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for name in ["x".repeat(121), "a%0Ab".to_owned()] {
            let answer = pages.post(&at(), &format!("colleague={name}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        }
        assert_eq!(pages.dump().await, before);
        assert_eq!(pages.text(SAID).await, "");
    }

    async fn a_restricted_item_takes_nothing_back_through_the_link(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.post(&path(&format!("item/{GROUP_ITEM}/not-for-me/undo")), "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(!answer.body.contains("Hemmelig"));
    }

    async fn who_has_answered_may_think_better_of_it(db: Database) {
        let pages = Pages::over(db).await;
        assert!(pages.get(&path("miss")).await.body.contains("<button class=\"btn\">Ja, det bommet</button>"));
        let done = pages.post(&path("hit"), "").await.body;
        assert!(done.contains("Nei, det bommet likevel") && done.contains("/miss\""));
        let other = pages.post(&path("miss"), "").await.body;
        assert!(other.contains("Jo, det traff likevel"));
        assert_eq!(pages.text(SAID).await, "miss");
    }
}
