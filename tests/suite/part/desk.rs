//! What people answer, as the desk tells it to who arranges: as much as the pages promised them.

use crate::desk::seat::{LISE, add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{FORUM_ITEM, PUBLIC_ITEM, Pages, letter_token, now};

const WRITE: &str = r#"["write"]"#;
const SAMLING: &str = "/desk/items/samling";
/// The public item asks for help until 8 April; Ola is to be called.
const REQUEST: &str = r#"UPDATE item_version SET kind = 'request', fields = '{"wanted_by":{"at":"2027-04-08T22:00:00Z","day":"2027-04-08"}}' WHERE item_id = 1"#;
/// The group's item is an event.
const GROUP_EVENT: &str = r#"UPDATE item_version SET kind = 'event', fields = '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":null,"gathering":false}' WHERE item_id = 3"#;

fn path(item: &str, rest: &str) -> String {
    format!("/l/{}/item/{item}{rest}", letter_token())
}

async fn answer(pages: &Pages) {
    let form = "answer=sending&sent_name=Siri+Moe&sent_email=siri%40example.test&note=Kommer+seint";
    let done = pages.post(&path(FORUM_ITEM, "/answer"), form).await;
    assert_eq!(done.status, axum::http::StatusCode::OK, "{}", done.body);
}

on_both_databases! {
    async fn who_arranges_an_event_sees_who_answered_what(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, WRITE).await;
        assert!(lise.get(SAMLING).await.body.contains("Ingen har svart ennå."));
        assert!(!lise.get("/desk/items/andres").await.body.contains("id=\"answers\""), "nobody is asked");
        assert!(!lise.get("/desk").await.body.contains("Nye svar"));
        answer(&pages).await;
        let shown = lise.get(SAMLING).await.body;
        for said in ["Kari &lt;script&gt;", "Sender en annen: Siri Moe, siri@example.test", "Kommer seint", "· svarte 8. mars", "<span>Sender en annen</span><span>1</span>"] {
            assert!(shown.contains(said), "{said} in {shown}");
        }
        assert!(!shown.contains("kari@nav.test"), "name and answer were promised: {shown}");
        assert!(!shown.contains("NAV"), "where people work is for who keeps their pages: {shown}");
        let mut keeper = seat(&pages, "keeper@forum.example", r#"["write","people"]"#).await;
        assert!(keeper.get(SAMLING).await.body.contains("NAV"));
        let today = lise.get("/desk").await.body;
        assert!(today.contains("<a href=\"/desk/items/samling#answers\">Ett nytt svar: Samling for forumet</a>"), "{today}");
        let mut sender = seat(&pages, "sender@forum.example", r#"["send"]"#).await;
        assert!(sender.get(SAMLING).await.body.contains("Siri Moe") && sender.get("/desk").await.body.contains("Ett nytt svar"));
        let mut approver = seat(&pages, "approver@forum.example", r#"["approve"]"#).await;
        assert!(!approver.get(SAMLING).await.body.contains("id=\"answers\"") && !approver.get("/desk").await.body.contains("Nye svar"));
        pages.run("UPDATE answer SET answered_at = 1803800000000000").await;
        assert!(!lise.get("/desk").await.body.contains("Nye svar"), "after a week it is nothing new");
        assert!(lise.get(SAMLING).await.body.contains("Siri Moe"));
    }

    async fn who_writes_for_a_group_sees_the_answers_to_its_items_alone(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(GROUP_EVENT).await;
        answer(&pages).await;
        pages.run("INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) VALUES (3, 1, 'coming', 'device', 1804400000000000)").await;
        pages.run("INSERT INTO passed_on (recipient_id, item_id, colleague, said_at) VALUES (1, 3, 'Siri Nes', 1804400000000000)").await;
        let leader = add_account(&pages, "leader@forum.example", WRITE, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leader", now()).await;
        let own = leader.get("/desk/items/hemmelig").await.body;
        assert!(own.contains("Kari &lt;script&gt;") && own.contains("<span>Kommer</span><span>1</span>"), "{own}");
        assert!(!own.contains("Siri Nes"), "that is told to the project's lead: {own}");
        assert_eq!(leader.get(SAMLING).await.status, axum::http::StatusCode::NOT_FOUND);
        let today = leader.get("/desk").await.body;
        assert!(today.contains("Ett nytt svar: Hemmelig tittel") && !today.contains("Samling for forumet"), "{today}");
    }

    // Kari has a seat in the group, and Ola has none.
    async fn who_writes_for_a_group_is_told_its_peoples_answers_by_name_and_the_others_counted(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET audience = 'group:health' WHERE item_id = 2").await;
        answer(&pages).await;
        pages.run("INSERT INTO answer (item_id, recipient_id, answer, note, source, answered_at) VALUES (2, 2, 'coming', 'Allergisk', 'device', 1804400000000000)").await;
        let leader = add_account(&pages, "leader@forum.example", WRITE, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leader", now()).await;
        let shown = leader.get(SAMLING).await.body;
        assert!(shown.contains("Kari &lt;script&gt;") && shown.contains("Siri Moe") && shown.contains("<span>Kommer</span><span>1</span>"), "{shown}");
        assert!(shown.contains("og 1 til") && !shown.contains("Ola Nordmann") && !shown.contains("Allergisk"), "{shown}");
        let mut lise = seat(&pages, LISE, WRITE).await;
        assert!(lise.get(SAMLING).await.body.contains("Allergisk"), "who writes for the forum is told everybody");
    }

    async fn who_is_with_a_union_is_not_told_by_an_answer(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET about = '[\"kind-of-org:union\"]' WHERE item_id = 2").await;
        answer(&pages).await;
        let mut writer = seat(&pages, LISE, WRITE).await;
        let shown = writer.get(SAMLING).await.body;
        assert!(shown.contains("Hvem noe her går til, kan vise hvem som hører til en fagforening.") && !shown.contains("Siri Moe") && !shown.contains("<span>Sender en annen</span>"), "{shown}");
        assert!(!writer.get("/desk").await.body.contains("Nye svar"));
        for sql in [
            "INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane, language, fields, given, created_at)
             SELECT item_id, 2, kind, audience, '[]', interested, visibility, importance, lane, language, fields, given, created_at
             FROM item_version WHERE item_id = 2",
            "INSERT INTO item_text (item_id, version, language, text) SELECT item_id, 2, language, text FROM item_text WHERE item_id = 2",
            "UPDATE item SET version = 2 WHERE id = 2",
        ] {
            pages.run(sql).await;
        }
        let corrected = writer.get(SAMLING).await.body;
        assert!(!corrected.contains("Siri Moe"), "it was for unions when they answered: {corrected}");
        let mut keeper = seat(&pages, "keeper@forum.example", r#"["write","people"]"#).await;
        assert!(keeper.get(SAMLING).await.body.contains("Siri Moe") && keeper.get("/desk").await.body.contains("Ett nytt svar"));
    }

    async fn an_offer_of_help_is_told_by_name_to_who_asks_and_nobody_else(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(REQUEST).await;
        let mut lead = seat(&pages, LISE, r#"["write","send"]"#).await;
        assert!(lead.get("/desk/items/aapen").await.body.contains("Ingen har svart ennå."));
        pages.post(&path(PUBLIC_ITEM, "/help"), "message=Ring+meg").await;
        let told = lead.get("/desk/items/aapen").await.body;
        assert!(told.contains("Én har tilbudt hjelp. Navn og beskjed er sendt til Ola &lt;script&gt;"), "{told}");
        assert!(!told.contains("Ring meg") && !told.contains("Kari"), "Ola alone was named: {told}");
        assert!(lead.get("/desk").await.body.contains("Ett nytt svar: Åpen sak"));
        pages.run(r#"UPDATE item_version SET contact = '{"name":"Ola","email":null,"phone":"900 00 000"}' WHERE item_id = 1"#).await;
        let named = lead.get("/desk/items/aapen").await.body;
        for said in ["Kari &lt;script&gt;", "kari@nav.test", "Kan hjelpe", "Ring meg", "Én har tilbudt hjelp."] {
            assert!(named.contains(said), "{said} in {named}");
        }
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id = 1").await;
        let replied = lead.get("/desk/items/aapen").await.body;
        assert!(replied.contains("Én har svart.") && replied.contains("svarte 8. mars") && replied.contains("Ring meg"), "{replied}");
        assert!(!replied.contains("Kan hjelpe") && !replied.contains("tilbudt hjelp"), "a required request asks for an answer: {replied}");
        let mut writer = seat(&pages, "writer@forum.example", WRITE).await;
        let counted = writer.get("/desk/items/aapen").await.body;
        assert!(counted.contains("Navn og beskjed er sendt til prosjektlederen") && !counted.contains("Ring meg"), "{counted}");
    }

    async fn for_a_colleague_is_told_without_who_said_it_and_not_for_me_from_five_on(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO passed_on (recipient_id, item_id, colleague, said_at) VALUES (1, 6, 'Siri Nes', 0), (2, 6, NULL, 1)").await;
        pages.run("INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
             SELECT 200 + id, 'x' || id, 'p' || id || '@example.test', 'Torfinn', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 0, 0 FROM item").await;
        pages.run("INSERT INTO tap (recipient_id, item_id, answer, tapped_at) SELECT 200 + id, 6, 'not_for_me', 0 FROM item WHERE id <= 4").await;
        let mut lise = seat(&pages, LISE, WRITE).await;
        let four = lise.get("/desk/items/andres").await.body;
        assert!(four.contains("2 sier at saken passer for en kollega. Nevnt: Siri Nes.") && !four.contains("Kari"), "{four}");
        assert!(!four.contains("ikke var for dem"), "four tell too much: {four}");
        pages.run("INSERT INTO tap (recipient_id, item_id, answer, tapped_at) VALUES (205, 6, 'not_for_me', 0)").await;
        assert!(lise.get("/desk/items/andres").await.body.contains("5 sier at saken ikke var for dem."));
    }
}
