//! A group's leader sees what they wrote and what concerns their group, whoever sent it.

use axum::http::StatusCode;

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

on_both_databases! {
    async fn what_the_lead_sent_of_theirs_is_seen_by_its_writer_and_changed_by_the_lead(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let wide = [("title", "Til alle"), ("kind", "tip"), ("audience", "all"), ("visibility", "public")];
        let with = |wish| form(&[wide.as_slice(), &[("do", wish)]].concat());
        let draft = place(&leader.post("/desk/items/new", &with("ask")).await);
        let item = place(&lead.fill_in(&draft, &draft, &with("queue")).await);
        assert_eq!(place(&leader.get(&draft).await), item, "the draft's address leads to what it became");
        let page = leader.get(&item).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for button in ["/correct", "/withdraw", "/undo"] {
            assert!(!page.body.contains(&format!("action=\"{item}{button}\"")), "{button} in {}", page.body);
        }
        assert!(lead.get(&item).await.body.contains(&format!("action=\"{item}/undo\"")));
        assert!(leader.post(&format!("{item}/undo"), "").await.header("location").ends_with("done=late"));
        assert_eq!(leader.post(&format!("{item}/withdraw"), "").await.status, StatusCode::FORBIDDEN);
        assert!(leader.get("/desk/items").await.body.contains("Til alle"));
        let other = add_account(&pages, "annen@forum.example", WRITER, &["health".to_owned()]).await;
        let mut other = seat_account(&pages, other, "annen", now()).await;
        assert_eq!(other.get(&item).await.status, StatusCode::NOT_FOUND, "neither theirs nor their group's");
    }

    async fn minutes_of_another_group_are_the_lead_s_to_hand_in_and_to_change(db: Database) {
        let pages = pages_of(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (190, 'group', 'andre', NULL, '{"nb":"En annen gruppe"}', 'competence')"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (own, other) = ("<option value=\"health\" selected>", "<option value=\"andre\"");
        let empty = leader.get("/desk/items/new").await.body;
        assert!(empty.contains(own) && !empty.contains(other), "their own groups are offered: {empty}");
        assert!(lead.get("/desk/items/new").await.body.contains(other));
        let to_own = [("title", "Referat"), ("kind", "minutes"), ("next", "Møtes."), ("audience", "group:health"), ("visibility", "group:health")];
        let of = |group, wish| form(&[to_own.as_slice(), &[("group", group), ("do", wish)]].concat());
        let refused = leader.post("/desk/items/new", &of("andre", "queue")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        assert!(refused.body.contains("Denne må prosjektlederen sende.") && refused.body.contains("Be prosjektlederen sende denne"), "{}", refused.body);
        assert!(refused.body.contains(&format!("{other} selected>")), "what was chosen stays: {}", refused.body);
        let asked = place(&leader.post("/desk/items/new", &of("andre", "ask")).await);
        let item = place(&lead.fill_in(&asked, &asked, &of("andre", "queue")).await);
        assert_eq!(leader.get(&item).await.status, StatusCode::OK);
        for change in ["correct", "withdraw"] {
            assert_eq!(leader.post(&format!("{item}/{change}"), "").await.status, StatusCode::FORBIDDEN, "{change}");
        }
        let item = place(&leader.post("/desk/items/new", &of("health", "queue")).await);
        let draft = place(&leader.post(&format!("{item}/correct"), "").await);
        let refused = leader.fill_in(&draft, &draft, &of("andre", "queue")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "nor does a correction make them another group's");
    }

    async fn an_item_that_cannot_be_read_is_told_as_a_fault_and_not_as_missing(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert_eq!(lead.get("/desk/items/finnes-ikke").await.status, StatusCode::NOT_FOUND);
        pages.run("UPDATE item_version SET about = 'x' WHERE item_id = 1").await;
        for path in ["/desk/items/aapen", "/desk/mailing/changed/aapen/file/0"] {
            assert_eq!(lead.get(path).await.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        }
    }

    async fn a_gathering_that_the_lead_called_is_not_the_group_s_to_change(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let own = [("kind", "event"), ("starts_on", "2027-06-01"), ("audience", "group:health"), ("visibility", "group:health"), ("do", "queue")];
        let queue = |title, gathering| form(&[own.as_slice(), &[("title", title), ("gathering", gathering)]].concat());
        let plain = place(&lead.post("/desk/items/new", &queue("Et møte", "")).await);
        assert!(place(&leader.post(&format!("{plain}/correct"), "").await).starts_with("/desk/drafts/"));
        let item = place(&lead.post("/desk/items/new", &queue("Samling", "yes")).await);
        for change in ["correct", "withdraw"] {
            assert_eq!(leader.post(&format!("{item}/{change}"), "").await.status, StatusCode::FORBIDDEN, "{change}");
        }
        let page = leader.get(&item).await;
        assert!(page.status == StatusCode::OK && !page.body.contains(&format!("action=\"{item}/correct\"")), "{}", page.body);
    }

    async fn a_correction_of_what_became_the_lead_s_meanwhile_is_handed_to_the_lead(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let own = [("kind", "event"), ("starts_on", "2027-06-01"), ("audience", "group:health"), ("visibility", "group:health")];
        let of = |title, gathering, wish| form(&[own.as_slice(), &[("title", title), ("gathering", gathering), ("do", wish)]].concat());
        let item = place(&leader.post("/desk/items/new", &of("Et møte", "", "queue")).await);
        let draft = place(&leader.post(&format!("{item}/correct"), "").await);
        let (save, ask) = ("Lagre rettelsen", "Be prosjektlederen sende denne");
        let page = leader.get(&draft).await.body;
        assert!(page.contains(save) && !page.contains(ask), "{page}");
        let theirs = place(&lead.post(&format!("{item}/correct"), "").await);
        assert_eq!(place(&lead.fill_in(&theirs, &theirs, &of("Et møte", "yes", "queue")).await), item);
        let refused = leader.fill_in(&draft, &draft, &of("Et møte på Gaia", "", "queue")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        assert!(refused.body.contains(ask) && !refused.body.contains(save), "{}", refused.body);
        assert_eq!(place(&leader.fill_in(&draft, &draft, &of("Et møte på Gaia", "", "ask")).await), draft);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Et møte på Gaia") && page.contains(save), "{page}");
    }

    async fn a_title_that_names_another_group_takes_no_right_of_whoever_leads_one(db: Database) {
        let pages = pages_of(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (190, 'group', 'andre', NULL, '{"nb":"Solsikkegruppa"}', 'competence')"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let to_own = [("kind", "minutes"), ("next", "Møtes."), ("group", ""), ("audience", "group:health"), ("visibility", "group:health")];
        let of = |title, wish| form(&[to_own.as_slice(), &[("title", title), ("do", wish)]].concat());
        let (own, other) = ("<option value=\"health\" selected>", "<option value=\"andre\" selected>");
        let draft = place(&lead.post("/desk/items/new", &of("Felles møte med Solsikkegruppa", "save")).await);
        assert!(lead.get(&draft).await.body.contains(other), "who writes for the forum is told the group that the title names");
        let draft = place(&leader.post("/desk/items/new", &of("Felles møte med Solsikkegruppa", "save")).await);
        let page = leader.get(&draft).await.body;
        assert!(!page.contains("value=\"andre\"") && !page.contains("Be prosjektlederen sende denne"), "{page}");
        let item = place(&leader.fill_in(&draft, &draft, &of("Felles møte med Solsikkegruppa", "queue")).await);
        assert!(item.starts_with("/desk/items/"), "{item}");
        let draft = place(&leader.post("/desk/items/new", &of("Møte i Kompetansegruppe helse", "save")).await);
        assert!(leader.get(&draft).await.body.contains(own), "their own group is filled in as for anybody");
    }

    async fn what_concerns_their_group_is_seen_whoever_wrote_it_and_may_have_it(db: Database) {
        let pages = pages_of(db).await;
        let leader = add_account(&pages, "leder@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for (title, more) in [
            ("Referat fra helse", [("kind", "minutes"), ("group", "health"), ("audience", "all")]),
            ("Til helse", [("kind", "tip"), ("visibility", "forum"), ("audience", "group:health")]),
            ("Til lederne", [("kind", "tip"), ("visibility", "public"), ("audience", "group:health/leader")]),
        ] {
            let filled = form(&[[("title", title), ("next", "Møtes."), ("nobody", "yes"), ("do", "queue")].as_slice(), &more].concat());
            let item = place(&lead.post("/desk/items/new", &filled).await);
            let page = leader.get(&item).await;
            assert_eq!(page.status, StatusCode::OK, "{title}");
            assert!(!page.body.contains(&format!("action=\"{item}/correct\"")), "{title}: it is the lead's: {}", page.body);
            assert!(leader.get("/desk/items").await.body.contains(title), "{title}");
        }
        let others = form(&[("title", "Til andre"), ("kind", "tip"), ("audience", "role:steward"), ("do", "queue")]);
        let item = place(&lead.post("/desk/items/new", &others).await);
        assert_eq!(leader.get(&item).await.status, StatusCode::NOT_FOUND);
    }
}
