//! The form of a correction that comes too late for some says so, and suggests the urgent lane; beside the form of a new item
//! it is said that some do not get it.

use axum::http::StatusCode;

use super::desk::{WRITER, form, place};
use super::unions::{UNCOUNTED, town};
use crate::access::reader::Reader;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now, percent_encode};

const LEAD: &str = r#"["write","approve","send","people","administer"]"#;
const ASK: &str = "name=\"do\" value=\"ask\">Be prosjektlederen sende denne";
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

/// The page of a draft about nothing with that audience and that last day, if any.
async fn beside(reader: &mut Reader<'_>, audience: &str, last_day: &str) -> String {
    let filled = [
        ("title", "Nytt"),
        ("kind", "article"),
        ("audience", audience),
        ("topics", "chosen"),
        ("expires_on", last_day),
        ("do", "save"),
    ];
    let draft = place(&reader.post("/desk/items/new", &form(&filled)).await);
    reader.get(&draft).await.body
}

/// Kari, who sits in group health, hears around gatherings alone: the next on 8 April.
const AROUND_GATHERINGS: [&str; 2] = [
    "UPDATE recipient SET cadence = 'gathering', revision = revision + 1 WHERE id = 1",
    "UPDATE forum SET change_number = change_number + 1",
];

on_both_databases! {
    async fn beside_the_form_it_is_said_how_many_get_their_next_letter_only_when_the_item_is_closed(db: Database) {
        let pages = town(db).await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let one = "Én av dem får neste brev først etter at saken er over, og får den ikke.";
        let page = beside(&mut lead, "all", "2027-03-20").await;
        assert!(page.contains(&format!("{one} Det hjelper å sette en senere siste dag. Et eget brev kommer i tide.")), "{page}");
        let page = beside(&mut lead, "all", "").await;
        assert!(!page.contains("etter at saken er over"), "her letter comes within the 60 days: {page}");
        assert!(!beside(&mut lead, "org:stor", "").await.contains("etter at saken er over"), "they hear every week");
    }

    async fn who_has_no_next_letter_yet_is_counted_apart_and_no_later_last_day_is_advised(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE item SET withdrawn_at = 1 WHERE id = 2").await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for last_day in ["", "2027-03-20", "2028-03-20"] {
            let page = beside(&mut lead, "all", last_day).await;
            let told = "Én av dem har ikke noe neste brev ennå, og får den ikke slik det står nå. Et eget brev kommer i tide.";
            assert!(page.contains(told), "no gathering is planned, {last_day}: {page}");
            assert!(!page.contains("etter at saken er over") && !page.contains("Det hjelper å sette"), "{last_day}: {page}");
        }
        pages.run("UPDATE recipient SET urgent_off_at = 1, revision = revision + 1 WHERE id = 1").await;
        pages.run(AROUND_GATHERINGS[1]).await;
        let page = beside(&mut lead, "all", "2027-03-20").await;
        assert!(page.contains("Én av dem har ikke noe neste brev ennå") && !page.contains("Et eget brev"), "it reaches nobody: {page}");
    }

    async fn no_later_last_day_is_advised_that_would_mail_an_event_that_is_past(db: Database) {
        let pages = town(db).await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let event = [("title", "Torsdag"), ("kind", "event"), ("audience", "all"), ("starts_on", "2027-03-18"), ("do", "save")];
        let draft = place(&lead.post("/desk/items/new", &form(&event)).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("og får den ikke. Et eget brev kommer i tide.") && !page.contains("siste dag."), "{page}");
    }

    async fn who_may_not_know_whom_an_item_reaches_is_not_told_how_many_of_them_hear_too_late(db: Database) {
        let pages = town(db).await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let page = beside(&mut writer, "group:health/member", "2027-03-20").await;
        assert!(page.contains("Én av dem får neste brev først"), "{page}");
        assert!(page.contains("Et eget brev kommer i tide. Be prosjektlederen sende det."), "they may not send: {page}");
        for audience in ["represents:liten", "org:liten", "group:health and not org:liten"] {
            let page = beside(&mut writer, audience, "2027-03-20").await;
            assert!(page.contains(UNCOUNTED) && page.contains("Noen som får brev sjelden, får"), "{audience}: {page}");
            assert!(!page.contains("av dem får neste brev"), "{audience}: {page}");
        }
        assert!(!beside(&mut writer, "represents:liten", "").await.contains("Noen som får brev sjelden"), "all hear in time");
    }

    async fn who_is_told_beside_the_form_to_ask_the_lead_finds_the_button_there_too_while_they_write(db: Database) {
        let pages = town(db).await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let page = beside(&mut writer, "group:health/member", "2027-03-20").await;
        assert!(page.contains("Be prosjektlederen sende det.") && page.contains(ASK), "{page}");
        assert!(!beside(&mut writer, "group:health/member", "").await.contains(ASK), "all hear in time");
        let typed = [("title", "Nytt"), ("kind", "article"), ("audience", "group:health/member"), ("expires_on", "2027-03-20"), ("do", "auto")];
        let answer = writer.post("/desk/items/new", &form(&typed)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("Be prosjektlederen sende det.") && answer.body.contains(ASK), "{}", answer.body);
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(!beside(&mut lead, "group:health/member", "2027-03-20").await.contains(ASK), "it is the lead's to send");
    }

    async fn a_correction_that_the_lead_is_asked_to_send_in_time_is_suggested_urgent_to_the_lead(db: Database) {
        let pages = Pages::over(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let draft = place(&leader.post("/desk/items/hemmelig/correct", "").await);
        let own = [("title", "Hemmelig tittel"), ("kind", "tip"), ("language", "nb"), ("audience", "group:health"), ("visibility", "group:health"), ("keep", "yes"), ("expires_on", "2027-03-11")];
        let with = |wish| form(&[own.as_slice(), &[("do", wish)]].concat());
        let told = leader.fill_in(&draft, &draft, &with("queue")).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", told.body);
        assert!(told.body.contains("Be prosjektlederen sende rettelsen som eget brev") && told.body.contains(ASK), "{}", told.body);
        assert_eq!(place(&leader.fill_in(&draft, &draft, &with("ask")).await), draft);
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Derfor er «Nå, som eget brev» valgt") && page.contains("name=\"lane\" value=\"urgent\" checked"), "{page}");
    }

    async fn a_correction_that_comes_too_late_is_told_and_suggested_urgent(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let begun = lead.post("/desk/items/samling/correct", "").await;
        let draft = begun.header("location").to_owned();
        let page = lead.get(&draft).await.body;
        assert!(!page.contains("id=\"late\"") && !page.contains("href=\"#late\""), "the event is a month away: {page}");
        // Monday 8 March, and the next letter is a week away.
        let told = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", "")])).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "it is said before anything is saved");
        assert!(told.body.contains("Én som har fått saken, får neste brev først etter at saken er over"), "{}", told.body);
        assert!(told.body.contains("<a href=\"#late\">Rettelsen er ikke lagret ennå."), "who pressed stands at the top: {}", told.body);
        assert!(told.body.contains("Derfor er «Nå, som eget brev» valgt"), "{}", told.body);
        assert!(told.body.contains("name=\"lane\" value=\"urgent\" checked"), "{}", told.body);
        assert!(told.body.contains("name=\"late\" value=\"suggested\""), "{}", told.body);
        assert_eq!(told.body.matches("name=\"lane\"").count(), 2, "the two choices stand beside the button alone");
        assert_eq!(pages.text(LANES).await, "1 digest");
        let done = lead.fill_in(&draft, &draft, &moved("2027-03-11", &[("lane", "urgent"), ("late", "suggested")])).await;
        assert_eq!(done.header("location"), "/desk/items/samling?done=corrected", "{}", done.body);
        assert_eq!(pages.text(LANES).await, "1 digest\n2 urgent");
    }

    async fn who_has_no_next_letter_is_told_apart_from_who_hears_of_a_correction_too_late(db: Database) {
        let pages = Pages::over(db).await;
        for sql in AROUND_GATHERINGS {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (late, none) = ("Én som har fått saken, får neste brev først etter at saken er over", "Én som har fått saken, har ikke noe neste brev ennå");
        // As a gathering it brings Kari a letter two days after it; as any other event it brings her none, and no other is planned.
        for (gathering, told, untold) in [("yes", late, none), ("", none, late)] {
            let more = [("lane", ""), ("gathering", gathering), ("late", "")];
            let draft = lead.post("/desk/items/samling/correct", "").await.header("location").to_owned();
            let page = lead.fill_in(&draft, &draft, &moved("2027-03-11", &more)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{gathering}");
            assert!(page.body.contains(told) && !page.body.contains(untold), "{gathering}: {}", page.body);
            assert!(page.body.contains("Derfor er «Nå, som eget brev» valgt"), "{gathering}: {}", page.body);
        }
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
