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
        pages.run("UPDATE draft SET sender_name = NULL").await;
        let nameless = lead.get("/desk").await.body;
        assert!(nameless.contains("Et tips &lt;script&gt;</a><span>ase@vik.example, "), "{nameless}");
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
        assert!(own.contains("Utkastene dine") && own.contains(">Referat fra mars</a><span>Referat · "), "{own}");
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","send"]"#).await;
        assert!(!lead.get("/desk").await.body.contains("Referat fra mars"), "it is not asked for yet");
        pages.run("UPDATE draft SET asked_at = 1804000000000000").await;
        let waits = lead.get("/desk").await.body;
        assert!(waits.contains("Skal godkjennes og sendes") && waits.contains(">Referat fra mars</a>"), "{waits}");
        assert!(!writer.get("/desk").await.body.contains("Utkastene dine"), "it lies with the lead now");
    }

    async fn what_is_empty_says_what_will_come_there(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","send","people"]"#).await;
        let body = lead.get("/desk").await.body;
        for said in ["Ingenting venter. Det folk sender inn", "Vi vet hvordan det gikk med alle brevene", "Alle brev kommer fram", "Alle plassene i gruppene er besatt"] {
            assert!(body.contains(said), "{said} in {body}");
        }
    }

    async fn a_new_forum_says_how_to_come_to_its_first_mailing(db: Database) {
        let pages = Pages::over(db).await;
        let steps = ["/desk/settings", "/desk/settings/sender", "/desk/topics", "/desk/people/import", "/desk/items/new", "/desk/mailing"];
        let all = r#"["write","send","people","administer"]"#;
        let mut lead = seat(&pages, "lise@forum.example", all).await;
        let begun = lead.get("/desk").await.body;
        assert!(!begun.contains("Slik kommer dere i gang") && begun.contains("id=\"vacant\""), "letters were written: {begun}");
        for table in ["DELETE FROM delivery_item", "DELETE FROM tap", "DELETE FROM delivery"] {
            pages.run(table).await;
        }
        let listed = |body: &str| {
            let list = body.split("<ol class=\"plain rows steps\">").nth(1).unwrap_or_default().split("</ol>").next().unwrap_or_default().to_owned();
            steps.map(|path| (list.contains(&format!("<li class=\"done\"><a href=\"{path}\">")), list.contains(&format!("<li><a href=\"{path}\">"))))
        };
        let (done, open, away) = ((true, false), (false, true), (false, false));
        let new = lead.get("/desk").await.body;
        assert_eq!(listed(&new), [open, open, done, done, done, open], "{new}");
        for empty in ["id=\"drafts\"", "id=\"questions\"", "id=\"vacant\"", "id=\"uncertain\""] {
            assert!(!new.contains(empty), "{empty} has nothing to say yet");
        }
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (1, 'account:1', 'settings.changed', 'forum')").await;
        pages.run("UPDATE recipient SET status = 'unconfirmed'").await;
        assert_eq!(listed(&lead.get("/desk").await.body), [done, open, done, open, done, open]);
        pages.run(r#"UPDATE forum SET house = '{"reply_address":"kari@forum.example"}', change_number = change_number + 1"#).await;
        assert_eq!(listed(&lead.get("/desk").await.body), [done, done, done, open, done, open], "it is known who answers");
        let mut writer = seat(&pages, "writer@forum.example", r#"["write"]"#).await;
        assert_eq!(listed(&writer.get("/desk").await.body), [away, away, away, away, done, open]);
        let mut approver = seat(&pages, "approver@forum.example", r#"["approve"]"#).await;
        assert_eq!(listed(&approver.get("/desk").await.body), [away; 6], "nothing of it is theirs");
        let mut keeper = seat(&pages, "keeper@forum.example", r#"["people"]"#).await;
        assert_eq!(listed(&keeper.get("/desk").await.body), [away, away, done, open, away, away]);
        pages.run("UPDATE recipient SET status = 'active'").await;
        assert_eq!(listed(&keeper.get("/desk").await.body), [away; 6], "all that is theirs is done");
    }

    async fn a_desk_without_a_forum_says_what_is_missing(db: Database) {
        let pages = Pages::over(db).await;
        let mut lead = seat(&pages, "lise@forum.example", r#"["write","administer"]"#).await;
        pages.run("DELETE FROM forum").await;
        for path in ["/desk", "/desk/sign-in", "/desk/settings", "/"] {
            let answer = lead.get(&format!("{path}?lang=nb")).await;
            assert_eq!(answer.status, axum::http::StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.body);
            assert!(answer.body.contains("Forumet er ikke satt opp ennå") && answer.body.contains("treff forum apply forum.toml"), "{path}: {}", answer.body);
            assert!(!answer.body.contains("Hendelse"), "nothing failed: {}", answer.body);
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
