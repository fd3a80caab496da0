//! The page of all groups: goal, promised, done, gained.

use axum::http::StatusCode;
use chrono::TimeDelta;
use treff::store::Arg;

use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};
use crate::queue::desk::{LEAD, WRITER, pages_of, place};
use crate::queue::promised::minutes;

/// One more group, with one place that is over if the group is to be.
async fn add_group(pages: &Pages, (id, slug, kind): (i64, &str, &str), is_over: bool) {
    let mut tx = pages.db.store.begin().await.unwrap();
    let names = format!(r#"{{"nb":"Gruppa {slug}"}}"#);
    let group: Vec<Arg> = vec![id.into(), slug.into(), names.into(), kind.into()];
    let term = "INSERT INTO term (id, facet, slug, names, kind) VALUES ($1, 'group', $2, $3, $4)";
    tx.run(term, group).await.unwrap();
    if is_over {
        let seat = "INSERT INTO seat (id, group_id, organisation_id, position, ends_at, created_at) VALUES ($1, $1, 1, 'member', 1, 0)";
        tx.run(seat, vec![id.into()]).await.unwrap();
    }
    tx.raise_change_number().await.unwrap();
    tx.commit().await.unwrap();
}

/// Each of these stands behind the one before.
fn stand_in_order(body: &str, said: &[&str]) {
    let mut from = 0;
    for text in said {
        let at = body[from..].find(text).unwrap_or_else(|| panic!("{text} does not follow in {body}"));
        from += at + text.len();
    }
}

on_both_databases! {
    async fn goal_promised_done_and_gained_stand_in_this_order(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let empty = lead.get("/desk/progress").await;
        assert_eq!(empty.status, StatusCode::OK);
        for said in ["Begynn med målene.", "Resten kommer av seg selv", "Ingen referater ennå.", "Kompetansegruppe helse"] {
            assert!(empty.body.contains(said), "{said} in {}", empty.body);
        }
        let goals = "/desk/groups/health/goals";
        lead.fill_in(goals, goals, "id=&goal=Ti+l%C3%A6replasser&sign=Ti+avtaler&reached=2027-03-02").await;
        let first = [("next", "Ring **ti** bedrifter."), ("why", "Det haster."), ("achieved", "Det gamle."), ("do", "queue")];
        let second = [("how", "To av oss ringte."), ("achieved", "Sju avtaler <script>x</script>"), ("next", "Følge opp de tre."), ("do", "queue")];
        let before = place(&lead.post("/desk/items/new", &minutes("Februar", "2027-02-01", &first)).await);
        let last = place(&lead.post("/desk/items/new", &minutes("Mars", "2027-03-01", &second)).await);
        let page = lead.get("/desk/progress").await.body;
        let (before, last) = (format!("href=\"{before}\""), format!("href=\"{last}\""));
        stand_in_order(&page, &[
            "Siste referat er fra møtet 1. mars, for 7 dager siden.",
            "<h3>Mål</h3>", "Ti læreplasser", "Nådd 2. mars", "Tegnet: Ti avtaler",
            "<h3>Lovet</h3>", &before, "<strong>ti</strong>", "Det haster.",
            "<h3>Gjort</h3>", &last, "To av oss ringte.",
            "<h3>Oppnådd</h3>", "Sju avtaler",
            "<h3>Lovet til neste møte</h3>", "Følge opp de tre.",
        ]);
        for absent in ["<script>x", "Det gamle.", "Begynn med målene.", "Ingen referater ennå."] {
            assert!(!page.contains(absent), "{absent} in {page}");
        }
    }

    async fn groups_that_do_the_work_come_first_and_those_that_are_over_do_not_stand_there(db: Database) {
        let pages = pages_of(db).await;
        add_group(&pages, (190, "a-styring", "steering"), false).await;
        add_group(&pages, (191, "b-prosjekt", "adhoc"), false).await;
        add_group(&pages, (192, "c-ferdig", "adhoc"), true).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = lead.get("/desk/progress").await.body;
        stand_in_order(&page, &["Gruppa b-prosjekt", "Kompetansegruppe helse", "Gruppa a-styring"]);
        assert!(!page.contains("Gruppa c-ferdig"), "{page}");
        let rows = pages.db.store.list_groups(now()).await.unwrap();
        let over: Vec<(&str, bool)> = rows.iter().map(|row| (row.slug.as_str(), row.is_over)).collect();
        assert_eq!(over, [("a-styring", false), ("b-prosjekt", false), ("c-ferdig", true), ("health", false)]);
        let early = pages.db.store.list_groups(chrono::DateTime::UNIX_EPOCH - TimeDelta::days(1)).await.unwrap();
        assert!(early.iter().all(|row| !row.is_over));
    }

    async fn a_leader_sees_their_own_group_alone_and_the_way_there(db: Database) {
        let pages = pages_of(db).await;
        add_group(&pages, (190, "andre", "competence"), false).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        place(&lead.post("/desk/items/new", &minutes("Mars", "2027-03-01", &[("achieved", "Sju avtaler."), ("do", "queue")])).await);
        for (group, own, others) in [("health", "Kompetansegruppe helse", "Gruppa andre"), ("andre", "Gruppa andre", "Kompetansegruppe helse")] {
            let account = add_account(&pages, &format!("{group}@forum.example"), WRITER, &[group.to_owned()]).await;
            let mut leader = seat_account(&pages, account, group, now()).await;
            assert!(leader.get("/desk").await.body.contains("<a href=\"/desk/progress\">Framgang</a>"));
            let page = leader.get("/desk/progress").await.body;
            assert!(page.contains(own) && !page.contains(others), "{page}");
            assert_eq!(page.contains("Sju avtaler."), group == "health", "{page}");
            assert!(page.contains(&format!("href=\"/desk/groups/{group}/goals\"")), "{page}");
        }
        let mut approver = seat(&pages, "godkjenner@forum.example", r#"["approve"]"#).await;
        let page = approver.get("/desk/progress").await.body;
        assert!(page.contains("Sju avtaler.") && !page.contains("/goals\""), "they look, and set nothing: {page}");
    }

    async fn that_nothing_was_heard_of_a_group_is_said_calmly(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        place(&lead.post("/desk/items/new", &minutes("Vinter", "2026-12-01", &[("achieved", "Sju."), ("do", "queue")])).await);
        let page = lead.get("/desk/progress").await.body;
        assert!(page.contains("Det har ikke kommet referat på mer enn 60 dager."), "{page}");
        pages.run(r#"UPDATE item_version SET fields = '{"starts_at":{"at":"2027-03-01T07:00:00Z","day":null},"gathering":true}' WHERE item_id = 2"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let page = lead.get("/desk/progress").await.body;
        assert!(page.contains("Det har ikke kommet referat siden samlingen 1. mars."), "{page}");
    }
}
