//! "Today": what waits, to whom it is shown.

use super::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

/// Something of every kind that waits.
pub async fn let_things_wait(pages: &Pages) {
    pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (8, 104, 1, 'leader', 0)").await;
    pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (2, 'hard', 0)").await;
    pages
        .run(
            "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about,
                                sender_name, sender_email, received_at, changed_at)
             VALUES ('d', 'form', 'new', 'nb', 'Et tips <script>', 'x', '{}', '', '[]', 'Åse Nes', 'ase@vik.example', 1804000000000000, 0)",
        )
        .await;
}

on_both_databases! {
    async fn the_lead_sees_all_that_waits(db: Database) {
        let pages = Pages::over(db).await;
        let_things_wait(&pages).await;
        pages.run("UPDATE recipient SET cadence = 'daily' WHERE id = 2").await;
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","send","people"]"#).await;
        let body = lead.get("/desk").await.body;
        for said in [
            "mandag 15. mars kl. 7.30",
            "<a href=\"/desk/drafts/d\">Et tips &lt;script&gt;</a><span>Åse Nes, ",
            "<a href=\"/desk/mailing/next/daily/people?only=without\">",
            "<a href=\"/desk/people/2\">Ola Nordmann</a><span>Brevene kommer i retur.",
            "<a href=\"/desk/places/8\">Kompetansegruppe helse · leder</a><span>NAV",
            "Vet ikke om det kom fram",
            "Kari &lt;script&gt;",
        ] {
            assert!(body.contains(said), "{said} in {body}");
        }
    }

    async fn each_sees_what_they_may_do_something_about(db: Database) {
        let pages = Pages::over(db).await;
        let_things_wait(&pages).await;
        let parts = [("write", "id=\"drafts\""), ("send", "id=\"uncertain\""), ("people", "id=\"vacant\"")];
        for (right, _) in parts {
            let mut one = seat(&pages, &format!("{right}@forum.example"), &format!("[\"{right}\"]")).await;
            let body = one.get("/desk").await.body;
            for (needed, part) in parts {
                assert_eq!(body.contains(part), needed == right, "{part} with {right}");
            }
            assert_eq!(body.contains("Ola Nordmann"), right == "people");
        }
        let leader = add_account(&pages, "leader@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        let body = seat_account(&pages, leader, "leader", now()).await.get("/desk").await.body;
        assert!(!body.contains("Et tips") && body.contains("Ingenting venter på deg"), "what was sent in is for the forum");
    }

    async fn what_a_group_leader_asks_to_have_sent_waits_for_who_may_send(db: Database) {
        let pages = Pages::over(db).await;
        let leader = add_account(&pages, "leader@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        let mut writer = seat_account(&pages, leader, "leader", now()).await;
        let filled = "title=Referat+fra+mars&body=Vi+m%C3%B8ttes.&kind=minutes&audience=group%3Ahealth";
        writer.post("/desk/items/new", filled).await;
        let own = writer.get("/desk").await.body;
        assert!(own.contains("Kladdene dine") && own.contains(">Referat fra mars</a><span>Referat · "), "{own}");
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","send"]"#).await;
        assert!(!lead.get("/desk").await.body.contains("Referat fra mars"), "it is not asked for yet");
        pages.run("UPDATE draft SET asked_at = 1804000000000000").await;
        let waits = lead.get("/desk").await.body;
        assert!(waits.contains("Skal godkjennes og sendes") && waits.contains(">Referat fra mars</a>"), "{waits}");
        assert!(!writer.get("/desk").await.body.contains("Kladdene dine"), "it lies with the lead now");
    }

    async fn what_is_empty_says_what_will_come_there(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","send","people"]"#).await;
        let body = lead.get("/desk").await.body;
        for said in ["Ingenting venter. Det folk sender inn", "Ingen brev er uvisse", "Alle brev kommer fram", "Alle plasser i gruppene har noen"] {
            assert!(body.contains(said), "{said} in {body}");
        }
    }

    async fn what_is_over_the_bound_is_counted(db: Database) {
        let pages = Pages::over(db).await;
        for _ in 0..11 {
            pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) SELECT MAX(id) + 1, 104, 1, 'observer', 0 FROM seat").await;
        }
        let mut lead = seat(&pages, "lise@forum.example", r#"["people"]"#).await;
        let body = lead.get("/desk").await.body;
        assert_eq!(body.matches("<span>NAV</span>").count(), 8);
        assert!(body.contains("og 3 til"));
    }
}
