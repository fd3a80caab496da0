//! The names behind the counts of what is queued already.

use axum::http::StatusCode;

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

const SAMLING: &str = "/desk/items/samling";

on_both_databases! {
    async fn names_stand_behind_the_counts_of_an_item_as_of_a_draft(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let sent = form(&[("title", "Sak"), ("kind", "tip"), ("audience", "group:health"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &sent).await);
        let page = lead.get(&item).await.body;
        assert!(page.contains(&format!("href=\"{item}/who\"")) && page.contains(&format!("href=\"{item}/who#search\"")), "{page}");
        let who = lead.get(&format!("{item}/who?q=ola")).await.body;
        assert!(who.contains("Kari &lt;script&gt;") && who.contains("Ola Nordmann") && who.contains(&format!("href=\"{item}\"")), "{who}");
        let account = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, account, "leder", now()).await;
        assert_eq!(leader.get("/desk/items/aapen/who").await.status, StatusCode::NOT_FOUND, "it is none of theirs");
    }

    // The letter of the week brought Kari the item; Ola sees nothing of the forum yet.
    async fn an_item_that_is_out_says_who_got_it_before_who_gets_it_as_well(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get(SAMLING).await.body;
        assert!(page.contains("Ikke sendt til noen i brev ennå.") && page.contains("1 har kanskje ikke fått den: "), "{page}");
        assert!(page.contains("Ingen flere får den, slik det står nå.") && !page.contains("får denne</h2>"), "{page}");
        pages.run("UPDATE delivery SET state = 'deferred'").await;
        assert!(lead.get(SAMLING).await.body.contains("1 venter på den: Brevet er ikke sendt ennå."));
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        pages.run("UPDATE recipient SET admitted = TRUE, revision = revision + 1 WHERE id = 2").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let page = lead.get(SAMLING).await.body;
        let (got, still) = (page.find("Sendt til 1: "), page.find("1 til får den, slik det står nå."));
        assert!(got.is_some() && got < still && !page.contains("har kanskje ikke"), "{page}");
        assert!(page.contains(&format!("href=\"{SAMLING}/who\"")), "{page}");
        let who = lead.get(&format!("{SAMLING}/who")).await.body;
        let places = ["Sendt (1)", "Kari &lt;script&gt;", "Får den også, slik det står nå (1)", "Ola Nordmann"];
        let places = places.map(|told| who.find(told));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{who}");
        assert!(lead.get(&format!("{SAMLING}/who?q=kari")).await.body.contains("<b>Sendt.</b>"));
        assert!(lead.get(&format!("{SAMLING}/who?q=ola")).await.body.contains("<b>Får den.</b>"));
        pages.run("UPDATE delivery_item SET returned = TRUE WHERE item_id = 2").await;
        let page = lead.get(SAMLING).await.body;
        assert!(page.contains("Ikke sendt til noen i brev ennå.") && page.contains("2 til får den"), "it was returned: {page}");
    }

    async fn what_somebody_got_before_two_rows_of_them_were_merged_they_have_got(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO merged (recipient_id, into_id, merged_at) VALUES (1, 2, 0)").await;
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let found = lead.get(&format!("{SAMLING}/who?q=ola")).await.body;
        assert!(found.contains("<b>Sendt.</b>") && found.contains("Sendt (1)"), "{found}");
    }

    async fn who_got_what_goes_to_a_union_is_not_told_to_who_may_not_know(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        pages.run("UPDATE item_version SET audience = 'represents:nav' WHERE item_id = 2").await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        for path in [SAMLING.to_owned(), format!("{SAMLING}/who"), format!("{SAMLING}/who?q=kari")] {
            let page = writer.get(&path).await.body;
            assert!(page.contains("Hvem det går til, kan vise hvem som hører til en fagforening."), "{page}");
            assert!(!page.contains("kanskje ikke fått") && !page.contains("Kari") && !page.contains("får den, slik"), "{page}");
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(lead.get(&format!("{SAMLING}/who")).await.body.contains("Har kanskje ikke fått den (1)"));
    }

    // The union's own got it; then it was corrected to a group.
    async fn who_got_an_earlier_version_by_a_union_is_not_told_to_who_may_not_know(db: Database) {
        let pages = pages_of(db).await;
        for sql in [
            "UPDATE organisation SET kind = 'union'",
            "UPDATE item_version SET audience = 'represents:nav' WHERE item_id = 2",
            "INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane, language, fields, given, created_at)
             SELECT item_id, 2, kind, 'group:health', about, interested, visibility, importance, lane, language, fields, given, created_at
             FROM item_version WHERE item_id = 2",
            "INSERT INTO item_text (item_id, version, language, text) SELECT item_id, 2, language, text FROM item_text WHERE item_id = 2",
            "UPDATE item SET version = 2 WHERE id = 2",
        ] {
            pages.run(sql).await;
        }
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        for path in [SAMLING.to_owned(), format!("{SAMLING}/who"), format!("{SAMLING}/who?q=kari")] {
            let page = writer.get(&path).await.body;
            assert!(page.contains("Hvem det går til, kan vise hvem som hører til en fagforening."), "{page}");
            assert!(!page.contains("kanskje ikke fått") && !page.contains("Kari") && !page.contains("i et brev"), "{page}");
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(lead.get(&format!("{SAMLING}/who")).await.body.contains("Har kanskje ikke fått den (1)"));
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        pages.run("INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) SELECT 2, 1, 'coming', 'letter', now_at FROM edition").await;
        for (path, told) in [("/desk", "Ett nytt svar: "), ("/desk/mailing/sent/1", "href=\"/desk/items/samling\"")] {
            assert!(lead.get(path).await.body.contains(told), "{path}");
            let page = writer.get(path).await.body;
            assert!(!page.contains(told), "{path}: {page}");
        }
    }

    async fn groups_that_get_nothing_are_named_as_far_as_there_is_room_and_the_others_counted(db: Database) {
        let pages = pages_of(db).await;
        for sql in [
            "INSERT INTO term (id, facet, slug, parent_id, names, kind)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
             SELECT 130 + i, 'group', 'g' || CAST(i AS TEXT), CAST(NULL AS BIGINT), '{\"nb\":\"Gruppe ' || CAST(i AS TEXT) || '\"}', 'adhoc' FROM n",
            "INSERT INTO seat (id, group_id, organisation_id, position, created_at) SELECT id, id, 1, 'member', 0 FROM term WHERE id > 130",
            "INSERT INTO seat_holder (seat_id, recipient_id, source) SELECT id, 2, 'import' FROM term WHERE id > 130",
        ] {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Sak"), ("kind", "tip"), ("audience", "group:health"), ("topics", "chosen"), ("do", "save")]);
        let draft = place(&lead.post("/desk/items/new", &filled).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Ingen i gruppe 1, gruppe 2, gruppe 3, gruppe 4 eller én annen gruppe får denne."), "{page}");
        for sql in [
            "INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (136, 'group', 'g6', NULL, '{\"nb\":\"Gruppe 6\"}', 'adhoc')",
            "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (136, 136, 1, 'member', 0)",
            "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (136, 2, 'import')",
            "UPDATE forum SET change_number = change_number + 1",
        ] {
            pages.run(sql).await;
        }
        let page = lead.get(&draft).await.body;
        assert!(page.contains("gruppe 4 eller 2 andre grupper får denne."), "{page}");
    }

    async fn how_far_a_letter_came_to_somebody_is_told_to_who_sends(db: Database) {
        let pages = pages_of(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let page = writer.get(SAMLING).await.body;
        assert!(page.contains("1 har kanskje ikke fått den: "), "a count tells of nobody: {page}");
        let who = writer.get(&format!("{SAMLING}/who?q=kari")).await.body;
        assert!(who.contains("Har den i et brev (1)") && who.contains("<b>Har den i et brev.</b>") && who.contains("Kari"), "{who}");
        assert!(!who.contains("kanskje ikke fått"), "{who}");
        let mut sender = seat(&pages, "sender@forum.example", r#"["write","send"]"#).await;
        let who = sender.get(&format!("{SAMLING}/who?q=kari")).await.body;
        assert!(who.contains("Har kanskje ikke fått den (1)") && who.contains("<b>Har kanskje ikke fått den.</b>"), "{who}");
    }
}
