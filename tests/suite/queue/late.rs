//! The form of a correction that comes too late for some says so, and suggests the urgent lane.

use axum::http::StatusCode;

use crate::desk::seat::seat;
use crate::on_both_databases;
use crate::pages::world::{Pages, percent_encode};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const LANES: &str = "SELECT CAST(v.version AS TEXT) || ' ' || v.lane FROM item_version v WHERE v.item_id = 2 ORDER BY v.version";

/// The correction of the event as the form has it, on `day`, with `more`.
fn moved(day: &str, more: &[(&str, &str)]) -> String {
    let pairs = [
        ("title", "Samling for forumet"),
        ("kind", "event"),
        ("language", "nb"),
        ("audience", "all"),
        ("visibility", "forum"),
        ("keep", "yes"),
        ("starts_on", day),
        ("starts_time", "09:00"),
        ("ends_time", "15:00"),
        ("place", "Fylkeshuset"),
        ("do", "queue"),
    ];
    let field = |(name, value): &(&str, &str)| format!("{name}={}", percent_encode(value));
    pairs.iter().chain(more).map(field).collect::<Vec<_>>().join("&")
}

on_both_databases! {
    async fn a_correction_that_comes_too_late_is_told_and_suggested_urgent(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let begun = lead.post("/desk/items/samling/correct", "").await;
        let draft = begun.header("location").to_owned();
        let page = lead.get(&draft).await.body;
        assert!(!page.contains("id=\"late\""), "the event is a month away: {page}");
        // Monday 8 March, and the next letter is a week away.
        let told = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", "")])).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "it is said before anything is saved");
        assert!(told.body.contains("Én som har fått saken, får neste brev først etter at saken er over"), "{}", told.body);
        assert!(told.body.contains("Derfor er «Nå, som eget brev» valgt"), "{}", told.body);
        assert!(told.body.contains("name=\"lane\" value=\"urgent\" checked"), "{}", told.body);
        assert!(told.body.contains("name=\"late\" value=\"suggested\""), "{}", told.body);
        assert_eq!(told.body.matches("name=\"lane\"").count(), 2, "the two choices stand beside the button alone");
        assert_eq!(pages.text(LANES).await, "1 digest");
        let done = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", "urgent"), ("late", "suggested")])).await;
        assert_eq!(done.header("location"), "/desk/items/samling?done=corrected", "{}", done.body);
        assert_eq!(pages.text(LANES).await, "1 digest\n2 urgent");
    }

    async fn the_lead_takes_the_suggestion_back_and_it_leaves_with_its_reason(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let draft = lead.post("/desk/items/samling/correct", "").await.header("location").to_owned();
        let save = |day: &str| moved(day, &[("lane", "urgent"), ("late", "suggested")]).replace("do=%71%75%65%75%65", "do=save");
        lead.fill_in(&draft, &draft, &save("2027-03-11")).await;
        assert!(lead.get(&draft).await.body.contains("value=\"urgent\" checked"));
        lead.fill_in(&draft, &draft, &save("2027-04-09")).await;
        let page = lead.get(&draft).await.body;
        assert!(!page.contains("id=\"late\"") && page.contains("name=\"late\" value=\"\""), "{page}");
        assert!(page.contains("<option value=\"urgent\">"), "the usual lane again: {page}");
        let done = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", ""), ("late", "suggested")])).await;
        assert_eq!(done.header("location"), "/desk/items/samling?done=corrected", "{}", done.body);
        assert_eq!(pages.text(LANES).await, "1 digest\n2 digest");
    }

    async fn an_urgent_letter_that_helps_nobody_is_not_suggested(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        pages.run("UPDATE recipient SET urgent_off_at = 1 WHERE id = 1").await;
        let draft = lead.post("/desk/items/samling/correct", "").await.header("location").to_owned();
        let told = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", "")])).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.body.contains("Et eget brev hjelper ikke") && told.body.contains("value=\"seen\""), "{}", told.body);
        assert!(!told.body.contains("value=\"urgent\" checked"), "{}", told.body);
        let done = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", ""), ("late", "seen")])).await;
        assert_eq!(done.header("location"), "/desk/items/samling?done=corrected", "{}", done.body);
    }
}
