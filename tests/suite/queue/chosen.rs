//! Who is chosen and how that is told: what stands chosen in a list, who may not see it, and whom the lead is asked for.

use axum::http::StatusCode;

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

const ASK: &str = "name=\"do\" value=\"ask\">Be prosjektlederen sende denne";

on_both_databases! {
    async fn what_stands_chosen_in_a_list_is_added_before_the_item_goes(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = [("title", "Halvt valg"), ("kind", "tip"), ("audience", "group:health"), ("do", "queue")];
        let chosen = form(&[filled.as_slice(), &[("chip", "role:steward"), ("topic_new", "sector:health")]].concat());
        let shown = lead.post("/desk/items/new", &chosen).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["Nå er det lagt til.", "value=\"group:health or role:steward\"", "name=\"about\" value=\"sector:health\""] {
            assert!(shown.body.contains(said), "{said}: {}", shown.body);
        }
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM item WHERE slug = 'halvt-valg'").await, "0", "nothing goes yet");
        // What is in it already is nothing to add.
        let draft = format!("/desk/drafts/{}", pages.text("SELECT public_id FROM draft").await);
        let again = [("title", "Halvt valg"), ("kind", "tip"), ("audience", "group:health or role:steward"), ("about", "sector:health"),
                     ("topics", "chosen"), ("chip", "role:steward"), ("topic_new", "sector:health"), ("do", "queue")];
        let queued = lead.fill_in(&draft, &draft, &form(&again)).await;
        assert_eq!(place(&queued), "/desk/items/halvt-valg");
        assert_eq!(pages.text("SELECT audience FROM item_version v JOIN item i ON i.id = v.item_id WHERE i.slug = 'halvt-valg'").await, "group:health or role:steward");
    }

    async fn a_name_that_is_no_organisation_s_is_told_and_who_stands_in_the_list_is_added_beside_the_name(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = [("title", "Navngitt"), ("kind", "tip"), ("audience", "group:health"), ("topics", "chosen")];
        let with = |more: &[(&str, &str)]| form(&[filled.as_slice(), more].concat());
        let told = "Vi fant ikke én organisasjon som heter «Ukjent kommune».";
        for wish in ["or", "and", "not", "queue", "ask"] {
            let shown = lead.post("/desk/items/new", &with(&[("org_name", " Ukjent kommune "), ("do", wish)])).await;
            assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{wish}: {}", shown.body);
            assert!(shown.body.contains(told) && shown.body.contains("value=\"group:health\""), "{wish}: {}", shown.body);
        }
        let saved = lead.post("/desk/items/new", &with(&[("org_name", "Ukjent kommune"), ("do", "save")])).await;
        assert!(saved.header("location").ends_with("done=saved"), "what is only saved waits");
        let draft = place(&saved);
        place(&lead.fill_in(&draft, &draft, &with(&[("org_name", "nav"), ("chip", "role:steward"), ("do", "or")])).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("value=\"group:health or org:nav or role:steward\""), "{page}");
    }

    async fn whoever_is_chosen_and_may_not_see_it_is_counted_beside_the_form(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let told = "som er valgt, kan ikke se den. Den vises for: ";
        for (visibility, is_told) in [("group:health", true), ("public", false)] {
            let filled = form(&[("title", "Sak"), ("audience", "all"), ("visibility", visibility)]);
            let draft = place(&lead.post("/desk/items/new", &filled).await);
            let page = lead.get(&draft).await.body;
            assert_eq!(page.contains(told), is_told, "{visibility}: {page}");
        }
    }

    async fn who_may_not_send_asks_the_lead_for_what_is_over_before_the_next_letter(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let event = [("title", "Møte"), ("kind", "event"), ("starts_on", "2027-03-11"), ("audience", "group:health"), ("visibility", "group:health")];
        let with = |wish| form(&[event.as_slice(), &[("do", wish)]].concat());
        let refused = leader.post("/desk/items/new", &with("queue")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Be prosjektlederen sende den som eget brev") && refused.body.contains(ASK), "{}", refused.body);
        let draft = place(&leader.post("/desk/items/new", &with("ask")).await);
        assert!(leader.get(&draft).await.body.contains("Prosjektlederen er bedt om å sende denne."));
        // What comes in time is theirs to queue.
        let later = form(&[&event[..2], &[("starts_on", "2027-05-11")], &event[3..], &[("do", "save")]].concat());
        let draft = place(&leader.post("/desk/items/new", &later).await);
        assert!(!leader.get(&draft).await.body.contains(ASK));
    }

    async fn a_group_that_is_named_inside_a_phrase_is_written_small(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = form(&[("title", "Sak"), ("audience", "group:health/leader or group:health"), ("visibility", "only:health")]);
        let draft = place(&lead.post("/desk/items/new", &filled).await);
        let page = lead.get(&draft).await.body;
        for said in ["Leder i kompetansegruppe helse", ">Bare kompetansegruppe helse<", ">Kompetansegruppe helse og gruppene under<"] {
            assert!(page.contains(said), "{said} in {page}");
        }
    }

    async fn nobody_waits_for_what_was_taken_back(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        pages.run("UPDATE delivery SET state = 'deferred'").await;
        let item = format!("/desk/items/{}", pages.text("SELECT MIN(i.slug) FROM item i JOIN delivery_item d ON d.item_id = i.id WHERE i.withdrawn_at IS NULL").await);
        let waits = "venter på den: Brevet er ikke sendt ennå.";
        assert!(lead.get(&item).await.body.contains(waits));
        assert!(lead.get(&format!("{item}/who")).await.body.contains("Venter på den (1)"));
        lead.post(&format!("{item}/withdraw"), "").await;
        let page = lead.get(&item).await.body;
        assert!(page.contains("Trukket tilbake") && !page.contains(waits), "{page}");
        assert!(page.contains("<p>Ikke sendt til noen i brev.</p>") && !page.contains("i brev ennå"), "{page}");
        let names = lead.get(&format!("{item}/who")).await.body;
        assert!(!names.contains("Venter på den"), "{names}");
    }

    async fn what_was_in_no_letter_is_not_said_to_be_sent(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get("/desk/items/neste").await.body;
        assert!(page.contains("Ikke sendt til noen i brev ennå.") && page.contains("<strong>Med i brev fra "), "{page}");
        assert!(!page.contains("Sendt fra"), "{page}");
    }
}
