//! Promises at the desk: in the form of minutes, on the item's page, beside progress.

use axum::http::StatusCode;

use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};
use crate::queue::desk::{LEAD, WRITER, pages_of, place};
use crate::queue::promised::minutes;

const ROWS: &str = "SELECT what || '|' || COALESCE(CAST(seat_id AS TEXT), '-') || '|' || COALESCE(by_on, '-') || '|' || state FROM promise ORDER BY id";

/// February's minutes, with two promises; where they stand.
async fn hand_in(pages: &Pages) -> String {
    let mut lead = seat(pages, "lead@forum.example", LEAD).await;
    let promises = [
        ("promise_what_1", "Ringe <b>ti</b>"),
        ("promise_who_1", "1"),
        ("promise_by_1", "2027-03-04"),
        ("promise_what_3", "Skrive planen"),
        ("do", "queue"),
    ];
    place(&lead.post("/desk/items/new", &minutes("Februarmøtet", "2027-02-01", &promises)).await)
}

/// Minutes for the other group alone, in which nobody has a place, whoever met.
const OF_OTHERS: [(&str, &str); 3] =
    [("audience", "group:other"), ("visibility", "group:other"), ("nobody", "yes")];

async fn add_other_group(pages: &Pages) {
    pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (190, 'group', 'other', NULL, '{"nb":"En annen gruppe"}', 'competence')"#).await;
    pages.run("UPDATE forum SET change_number = change_number + 1").await;
}

on_both_databases! {
    async fn minutes_promise_by_rows_of_what_who_and_by_when(db: Database) {
        let pages = pages_of(db).await;
        let item = hand_in(&pages).await;
        assert_eq!(pages.text(ROWS).await, "Ringe <b>ti</b>|1|2027-03-04|open\nSkrive planen|-|-|open");
        let mut lead = seat(&pages, "other@forum.example", LEAD).await;
        let page = lead.get(&item).await.body;
        assert!(page.contains("Dette lover gruppa") && page.contains("Skrive planen") && page.contains("innen 4. mars"), "{page}");
        assert!(!page.contains("<b>ti</b>"), "{page}");
        let draft = place(&lead.post(&format!("{item}/correct"), "").await);
        let form = lead.get(&draft).await.body;
        for said in ["id=\"promise_what_2\" name=\"promise_what_2\" value=\"Skrive planen\"", "<option value=\"1\" selected>", "value=\"2027-03-04\"", "id=\"promise_what_5\""] {
            assert!(form.contains(said), "{said} in {form}");
        }
        assert!(!form.contains("id=\"promise_what_6\"") && !form.contains("was_said_"), "three more, and a correction settles nothing: {form}");
        let copy = place(&lead.post(&format!("{item}/copy"), "").await);
        assert!(!lead.get(&copy).await.body.contains("value=\"Skrive planen\""));
    }

    async fn what_is_wrong_with_a_promise_stands_at_its_field(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for (more, told) in [
            (vec![("promise_by_1", "2027-03-04")], "id=\"promise_what_1-error\">Skriv hva som er lovet, med høyst 300 tegn."),
            (vec![("promise_what_1", "Ringe"), ("promise_who_1", "99")], "id=\"promise_who_1-error\">Den du valgte, har ikke plass i gruppa nå."),
            (vec![("promise_what_1", "Ringe"), ("promise_by_1", "snart")], "id=\"promise_by_1-error\""),
            (vec![("promise_what_1", "Ringe"), ("group", "")], "id=\"group-error\">Velg gruppa som lover dette."),
        ] {
            let refused = lead.post("/desk/items/new", &minutes("Møte", "2027-02-01", &[more, vec![("do", "queue")]].concat())).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(refused.body.contains(told), "{told} in {}", refused.body);
        }
        assert_eq!(pages.text(ROWS).await, "");
    }

    async fn who_gets_it_stands_beside_a_promise_that_is_not_finished(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut told = Vec::new();
        for more in [vec![], vec![("promise_by_1", "2027-03-04")], vec![("promise_what_1", "Ringe"), ("promise_by_1", "snart")], vec![("promise_what_1", "Ringe"), ("group", "")]] {
            let draft = place(&lead.post("/desk/items/new", &minutes("Møte", "2027-02-01", &more)).await);
            let form = lead.get(&draft).await.body;
            let figures = form.split("<div class=\"figures\">").nth(1).and_then(|behind| behind.split("</div>").next());
            told.push(figures.unwrap_or_else(|| panic!("nobody gets it: {more:?}")).to_owned());
        }
        assert!(told.iter().all(|figures| *figures == told[0]), "{told:?}");
    }

    async fn the_next_minutes_begin_with_what_is_open_and_settle_it(db: Database) {
        let pages = pages_of(db).await;
        hand_in(&pages).await;
        let mut lead = seat(&pages, "other@forum.example", LEAD).await;
        let early = place(&lead.post("/desk/items/new", &minutes("Januar", "2027-01-10", &[])).await);
        assert!(!lead.get(&early).await.body.contains("was_said_"), "nothing was promised yet then");
        let draft = place(&lead.post("/desk/items/new", &minutes("Mars", "2027-03-05", &[])).await);
        let form = lead.get(&draft).await.body;
        for said in ["Åpne løfter", "Ringe &lt;b&gt;ti", "innen 4. mars. <strong>Fristen er ute.</strong>", "Gruppa."] {
            assert!(form.contains(said), "{said} in {form}");
        }
        pages.run("UPDATE recipient SET name = '' WHERE id = 1").await;
        assert!(lead.get(&draft).await.body.contains("<p class=\"hint\">innen 4. mars. <strong>"), "an owner without a name is not the group");
        let ids: Vec<String> = pages.text("SELECT CAST(id AS TEXT) FROM promise ORDER BY id").await.lines().map(str::to_owned).collect();
        let (one, two) = (format!("was_said_{}", ids[0]), format!("was_said_{}", ids[1]));
        let new_day = format!("was_by_{}", ids[1]);
        let settled = [(one.as_str(), "done"), (two.as_str(), "open"), (new_day.as_str(), "2027-04-10"), ("promise_what_1", "Følge opp"), ("do", "queue")];
        let minutes_of_march = minutes("Mars", "2027-03-05", &settled);
        let queued = place(&lead.fill_in(&draft, &draft, &minutes_of_march).await);
        assert_eq!(pages.text(ROWS).await, "Ringe <b>ti</b>|1|2027-03-04|done\nSkrive planen|-|2027-04-10|open\nFølge opp|-|-|open");
        place(&lead.post(&format!("{queued}/undo"), "").await);
        assert_eq!(pages.text(ROWS).await, "Ringe <b>ti</b>|1|2027-03-04|open\nSkrive planen|-|2027-04-10|open", "what they said is unsaid");
    }

    async fn what_somebody_said_meanwhile_is_not_overwritten(db: Database) {
        let pages = pages_of(db).await;
        hand_in(&pages).await;
        let mut lead = seat(&pages, "other@forum.example", LEAD).await;
        let draft = place(&lead.post("/desk/items/new", &minutes("Mars", "2027-03-05", &[])).await);
        let shown = lead.get(&draft).await;
        let id = pages.text("SELECT CAST(MIN(id) AS TEXT) FROM promise").await;
        let said = format!("was_said_{id}");
        pages.run("UPDATE promise SET by_on = '2027-03-30' WHERE by_on IS NOT NULL").await;
        let form = minutes("Mars", "2027-03-05", &[(said.as_str(), "dropped"), ("do", "queue")]);
        let late = lead.post(&draft, &crate::access::reader::filled(&shown, &draft, &form)).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", late.body);
        assert!(late.body.contains("Noen har sagt noe nytt om et løfte") && late.body.contains("30. mars"), "{}", late.body);
        assert!(pages.text(ROWS).await.starts_with("Ringe <b>ti</b>|1|2027-03-30|open"));
    }

    async fn only_minutes_settle_and_only_what_their_writer_is_shown(db: Database) {
        let pages = pages_of(db).await;
        add_other_group(&pages).await;
        hand_in(&pages).await;
        let stands = pages.text(ROWS).await;
        let id = pages.text("SELECT CAST(MIN(id) AS TEXT) FROM promise").await;
        let (said, seen) = (format!("was_said_{id}"), format!("was_seen_{id}"));
        let settled = [[(said.as_str(), "done"), (seen.as_str(), "2027-03-04"), ("do", "queue")].as_slice(), &OF_OTHERS].concat();
        let account = add_account(&pages, "other@forum.example", WRITER, &["other".to_owned()]).await;
        let mut leader = seat_account(&pages, account, "other", now()).await;
        for (group, status) in [("health", StatusCode::FORBIDDEN), ("other", StatusCode::UNPROCESSABLE_ENTITY)] {
            let filled = minutes("Mars", "2027-03-05", &[settled.as_slice(), &[("group", group)]].concat());
            let refused = leader.post("/desk/items/new", &filled).await;
            assert_eq!(refused.status, status, "{group}: {}", refused.body);
            assert!(!refused.body.contains("Ringe &lt;b&gt;ti"), "{group}: {}", refused.body);
        }
        place(&leader.post("/desk/items/new", &minutes("Tips", "", &[settled, vec![("kind", "tip")]].concat())).await);
        assert_eq!(pages.text(ROWS).await, stands);
    }

    async fn a_promise_stays_with_a_place_that_is_vacant_or_whose_name_is_not_told(db: Database) {
        let pages = pages_of(db).await;
        add_other_group(&pages).await;
        let filled = |what: &'static str, wish: &'static str| {
            let promise = [("promise_what_1", what), ("promise_who_1", "1"), ("do", wish)];
            minutes("Februarmøtet", "2027-02-01", &[promise.as_slice(), &OF_OTHERS].concat())
        };
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let item = place(&lead.post("/desk/items/new", &filled("Ringe", "queue")).await);
        let account = add_account(&pages, "other@forum.example", WRITER, &["other".to_owned()]).await;
        let mut leader = seat_account(&pages, account, "other", now()).await;
        let untold = place(&leader.post("/desk/items/new", &filled("Ringe", "save")).await);
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        let vacant = place(&lead.post(&format!("{item}/correct"), "").await);
        for (writer, draft, own) in [(&mut leader, untold, "den som eier det nå"), (&mut lead, vacant.clone(), "ledig plass")] {
            let form = writer.get(&draft).await.body;
            assert_eq!(form.matches(&format!("<option value=\"1\" data-own selected>{own}</option>")).count(), 1, "{own} in {form}");
        }
        place(&lead.fill_in(&vacant, &vacant, &filled("RINGE", "queue")).await);
        assert_eq!(pages.text(ROWS).await, "RINGE|1|-|open");
        let new = [("promise_what_1", "Skrive"), ("promise_who_1", "1"), ("group", "other"), ("do", "queue")];
        let refused = leader.post("/desk/items/new", &minutes("Mars", "2027-03-05", &[new.as_slice(), &OF_OTHERS].concat())).await;
        assert!(refused.body.contains("id=\"promise_who_1-error\">Den du valgte"), "a new promise is another thing: {}", refused.body);
    }

    async fn who_writes_for_another_group_is_told_no_names(db: Database) {
        let pages = pages_of(db).await;
        add_other_group(&pages).await;
        hand_in(&pages).await;
        for (group, is_told) in [("health", true), ("other", false)] {
            let account = add_account(&pages, &format!("{group}@forum.example"), WRITER, &[group.to_owned()]).await;
            let mut leader = seat_account(&pages, account, group, now()).await;
            let draft = place(&leader.post("/desk/items/new", &minutes("Nytt", "", &[])).await);
            let form = leader.get(&draft).await.body;
            assert_eq!(form.contains("<option value=\"1\">Kari"), is_told, "{group}: {form}");
            assert_eq!(form.contains("Åpne løfter"), is_told, "{group}");
        }
    }

    async fn progress_tells_whose_each_promise_is_by_when_and_how_it_stands(db: Database) {
        let pages = pages_of(db).await;
        hand_in(&pages).await;
        pages.run("UPDATE promise SET state = 'done', settled_at = 1804000000000000, told = 'Ferdig <i>' WHERE what = 'Skrive planen'").await;
        let mut lead = seat(&pages, "other@forum.example", LEAD).await;
        let page = lead.get("/desk/progress").await.body;
        for said in ["Løftene", "1 av 2 løfter det siste året er holdt.", "Ringe &lt;b&gt;ti", "Forsinket", "Kari &lt;script&gt;", "innen 4. mars", "Holdt", "Gruppa, uten frist", "Eieren sier: Ferdig &lt;i&gt;"] {
            assert!(page.contains(said), "{said} in {page}");
        }
        let mut sender = seat(&pages, "sender@forum.example", r#"["approve"]"#).await;
        let page = sender.get("/desk/progress").await.body;
        assert!(page.contains("Forsinket") && !page.contains("Kari &lt;script"), "who may not know who has places is told no name: {page}");
    }
}
