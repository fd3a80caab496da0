//! The form of minutes begins with what the group promised in its last ones.

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

/// Minutes of the group for health, for the group alone.
pub(crate) fn minutes(title: &str, met_on: &str, more: &[(&str, &str)]) -> String {
    let pairs = [
        ("title", title),
        ("kind", "minutes"),
        ("group", "health"),
        ("met_on", met_on),
        ("audience", "group:health"),
        ("visibility", "group:health"),
    ];
    form(&[pairs.as_slice(), more].concat())
}

const TOLD: &str = "Dette lovet gruppa sist";

on_both_databases! {
    async fn minutes_begin_with_what_the_group_promised_last(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut items = Vec::new();
        // The newest meeting is the last one, whatever is handed in last.
        for (title, met_on, next) in [("Marsmøtet", "2027-03-01", "Ring **ti** bedrifter. <script>x</script>"), ("Februarmøtet", "2027-02-01", "Det gamle løftet.")] {
            let filled = minutes(title, met_on, &[("next", next), ("why", "Vi mangler folk."), ("do", "queue")]);
            items.push(place(&lead.post("/desk/items/new", &filled).await));
        }
        let draft = place(&lead.post("/desk/items/new", &minutes("Nytt møte", "", &[])).await);
        let page = lead.get(&draft).await.body;
        for said in [TOLD, "Referatet fra 1. mars", "<strong>ti</strong>", "Vi mangler folk.", &format!("href=\"{}\"", items[0])] {
            assert!(page.contains(said), "{said} in {page}");
        }
        assert!(!page.contains("<script>x") && !page.contains("Det gamle løftet"), "{page}");
        let auto = lead.fill_in(&draft, &draft, &minutes("Nytt møte", "", &[("do", "auto")])).await;
        assert!(auto.body.contains(TOLD) && auto.body.contains("<strong>ti</strong>"), "the script gets it, too: {}", auto.body);
        place(&lead.fill_in(&draft, &draft, &minutes("Møtet imellom", "2027-02-15", &[])).await);
        let page = lead.get(&draft).await.body;
        assert!(page.contains("Det gamle løftet") && page.contains("Referatet fra 1. februar"), "what was promised before that meeting: {page}");
        let copy = place(&lead.post(&format!("{}/copy", items[1]), "").await);
        assert!(lead.get(&copy).await.body.contains("<strong>ti</strong>"), "a copy has no day yet: it answers the last promise");
        let correction = place(&lead.post(&format!("{}/correct", items[0]), "").await);
        let page = lead.get(&correction).await.body;
        assert!(page.contains("Det gamle løftet") && !page.contains("<strong>ti</strong>"), "minutes do not answer their own promise: {page}");
    }

    async fn minutes_without_a_day_are_corrected_without_one_and_answer_no_later_promise(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut items = Vec::new();
        for (title, met_on, next) in [("Første", "2027-02-01", "Det gamle løftet."), ("Uten dag", "", "Det egne løftet."), ("Siste", "2027-03-08", "Det nye løftet.")] {
            items.push(place(&lead.post("/desk/items/new", &minutes(title, met_on, &[("next", next), ("do", "queue")])).await));
        }
        // The second came on the first of March.
        pages.run("UPDATE item SET release_at = 1803888000000000 WHERE id = (SELECT MAX(id) - 1 FROM item)").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let correction = place(&lead.post(&format!("{}/correct", items[1]), "").await);
        let page = lead.get(&correction).await.body;
        assert!(page.contains("Det gamle løftet.") && !page.contains("Det nye løftet."), "{page}");
    }

    async fn a_leader_reads_the_promise_of_their_own_group_alone(db: Database) {
        let pages = pages_of(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (190, 'group', 'other', NULL, '{"nb":"En annen gruppe"}', 'competence')"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let filled = minutes("Marsmøtet", "2027-03-01", &[("next", "Ring ti bedrifter."), ("do", "queue")]);
        place(&lead.post("/desk/items/new", &filled).await);
        for (group, is_told) in [("health", true), ("other", false)] {
            let account = add_account(&pages, &format!("{group}@forum.example"), WRITER, &[group.to_owned()]).await;
            let mut leader = seat_account(&pages, account, group, now()).await;
            assert_eq!(leader.get("/desk/items/new").await.body.contains(TOLD), is_told, "{group}");
            let draft = place(&leader.post("/desk/items/new", &minutes("Nytt møte", "", &[])).await);
            assert_eq!(leader.get(&draft).await.body.contains("Ring ti bedrifter."), is_told, "{group}");
        }
    }
}
