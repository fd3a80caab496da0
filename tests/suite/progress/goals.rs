//! Goals are set, changed, reached and taken away by whoever may, over what was shown and nothing else.

use axum::http::StatusCode;
use treff::store::{NewGoal, TermUses};

use crate::desk::seat::{LISE, add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

const PEOPLE: &str = r#"["people"]"#;
const GOALS: &str = "/desk/groups/health/goals";
const ROWS: &str = "SELECT goal || '|' || COALESCE(sign, '') || '|' || COALESCE(reached_on, '') || '|' || written_by FROM goal ORDER BY id";
const LOG: &str = "SELECT action || ' ' || subject FROM change WHERE action LIKE 'goal.%' ORDER BY id";

/// What the form says, a goal with its sign and its day after the other; `more` is what it says besides.
fn form(lines: &[(&str, &str, &str, &str)], more: &str) -> String {
    let line = |(id, goal, sign, reached): &(&str, &str, &str, &str)| {
        format!("id={id}&goal={goal}&sign={sign}&reached={reached}&")
    };
    format!("{}{more}", lines.iter().map(line).collect::<String>())
}

fn is_saved(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.header("location"), format!("{GOALS}?done=saved"));
}

/// The key of the goal that says so.
async fn key_of(pages: &Pages, goal: &str) -> String {
    let rows = pages.db.store.list_goals_of("health").await.unwrap();
    rows.iter().find(|row| row.goal == goal).expect("a goal").id.to_string()
}

on_both_databases! {
    async fn goals_are_set_reached_and_taken_away_and_the_log_keeps_them(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert!(lise.get("/desk/groups/health").await.body.contains("Ingen mål ennå."));
        let two = form(&[("", "Ti+l%C3%A6replasser", "Ti++avtaler", ""), ("", "Felles+plan", "", ""), ("", "", "", "")], "");
        is_saved(&lise.fill_in(GOALS, GOALS, &two).await);
        assert_eq!(pages.text(ROWS).await, "Ti læreplasser|Ti avtaler||account:1\nFelles plan|||account:1");
        let group = lise.get("/desk/groups/health").await.body;
        for said in ["Ti læreplasser", "Tegnet: Ti avtaler", "Felles plan", "href=\"/desk/groups/health/goals\">Endre målene"] {
            assert!(group.contains(said), "{said} in {group}");
        }
        let (first, second) = (key_of(&pages, "Ti læreplasser").await, key_of(&pages, "Felles plan").await);
        let changed = form(
            &[(first.as_str(), "Ti+l%C3%A6replasser", "Ti+avtaler", "2027-03-01"), (second.as_str(), "Felles+plan", "", "")],
            &format!("gone={second}"),
        );
        is_saved(&lise.fill_in(GOALS, GOALS, &changed).await);
        assert_eq!(pages.text(ROWS).await, "Ti læreplasser|Ti avtaler|2027-03-01|account:1");
        let page = lise.get(&format!("{GOALS}?done=saved")).await.body;
        assert!(page.contains("Målene er lagret.") && page.contains("Nådd 1. mars"), "{page}");
        let log = "goal.set group:health\ngoal.set group:health\ngoal.changed group:health\ngoal.removed group:health";
        assert_eq!(pages.text(LOG).await, log);
        let removed = pages.text("SELECT before FROM change WHERE action = 'goal.removed'").await;
        assert!(removed.contains("Felles plan"), "{removed}");
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let wrong = form(&[("", "", "Ses", ""), ("", "%3Cb%3EFram%3C%2Fb%3E", "", "2027-03-09"), ("", "Gyldig", "", "")], "");
        let refused = lise.fill_in(GOALS, GOALS, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["id=\"goal-1-error\">Skriv målet.", "id=\"reached-2-error\">Dagen kan ikke ligge fram i tid.", "value=\"2027-03-09\"", "value=\"Ses\"", "&lt;b&gt;Fram", "value=\"Gyldig\""] {
            assert!(refused.body.contains(said), "{said} in {}", refused.body);
        }
        assert_eq!(pages.text(ROWS).await, "", "all or nothing");
        let refused = lise.fill_in(GOALS, GOALS, &form(&[("", "Ti", "", "i+fj%3Cor")], "")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in ["id=\"reached-1-error\">«i fj&lt;or» er ikke en dag.", "id=\"reached-1\" name=\"reached\" value=\"\""] {
            assert!(refused.body.contains(said), "{said} in {}", refused.body);
        }
        let line = ("", "M", "", "");
        let six = form(&[line, line, line, line, line, ("", "N", "", "")], "");
        let refused = lise.fill_in(GOALS, GOALS, &six).await;
        assert!(refused.body.contains("id=\"goal-6-error\">En gruppe kan ha fem mål."), "{}", refused.body);
        assert_eq!(pages.text(ROWS).await, "");
    }

    async fn whoever_saves_over_another_is_told_and_whoever_presses_twice_is_not(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut per = seat(&pages, "per@forum.example", PEOPLE).await;
        let stale = per.get(GOALS).await;
        let mine = form(&[("", "Mitt", "", "")], "");
        is_saved(&lise.fill_in(GOALS, GOALS, &mine).await);
        let late = per.post(GOALS, &crate::access::reader::filled(&stale, GOALS, &form(&[("", "Ditt", "", "")], ""))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        for said in ["Noen andre har endret målene", "<li>Mitt", "value=\"Ditt\""] {
            assert!(late.body.contains(said), "{said} in {}", late.body);
        }
        assert_eq!(pages.text(ROWS).await, "Mitt|||account:1");
        let again = crate::access::reader::filled(&late, GOALS, &form(&[("", "Ditt", "", "")], ""));
        is_saved(&per.post(GOALS, &again).await);
        is_saved(&per.post(GOALS, &again).await);
        assert_eq!(pages.text(ROWS).await, "Mitt|||account:1\nDitt|||account:2", "what no line names stays, and twice is once");
    }

    async fn what_others_added_meanwhile_can_be_taken_away_to_make_room(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let mut per = seat(&pages, "per@forum.example", PEOPLE).await;
        is_saved(&lise.fill_in(GOALS, GOALS, &form(&[("", "A", "", ""), ("", "B", "", ""), ("", "C", "", "")], "")).await);
        let stale = per.get(GOALS).await;
        is_saved(&lise.fill_in(GOALS, GOALS, &form(&[("", "D", "", ""), ("", "E", "Ses", "2027-03-01")], "")).await);
        let mut keys = Vec::new();
        for goal in ["A", "B", "C", "D", "E"] {
            keys.push(key_of(&pages, goal).await);
        }
        let mut lines = vec![(keys[0].as_str(), "A", "", ""), (keys[1].as_str(), "B", "", ""), (keys[2].as_str(), "C", "", ""), ("", "F", "", ""), ("", "G", "", "i+fjor")];
        let late = per.post(GOALS, &crate::access::reader::filled(&stale, GOALS, &form(&lines, ""))).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
        for said in ["id=\"goal-5\" name=\"goal\" value=\"G\"", "«i fjor» er ikke en dag.", "id=\"goal-6\" name=\"goal\" value=\"D\"", "id=\"goal-7\" name=\"goal\" value=\"E\"", "id=\"sign-7\" name=\"sign\" value=\"Ses\""] {
            assert!(late.body.contains(said), "{said} in {}", late.body);
        }
        for key in &keys[3..] {
            assert!(late.body.contains(&format!("name=\"gone\" value=\"{key}\"")), "{key} in {}", late.body);
        }
        lines[4].3 = "";
        lines.extend([(keys[3].as_str(), "D", "", ""), (keys[4].as_str(), "E", "Ses", "2027-03-01")]);
        let again = |more: &str| crate::access::reader::filled(&late, GOALS, &form(&lines, more));
        let full = per.post(GOALS, &again("")).await;
        assert!(full.body.contains("id=\"goal-4-error\">En gruppe kan ha fem mål."), "{}", full.body);
        is_saved(&per.post(GOALS, &again(&format!("gone={}&gone={}", keys[3], keys[4]))).await);
        let goals = pages.db.store.list_goals_of("health").await.unwrap();
        assert_eq!(goals.iter().map(|row| row.goal.as_str()).collect::<Vec<_>>(), ["A", "B", "C", "F", "G"]);
    }

    async fn a_leader_sets_the_goals_of_their_own_group_alone(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (190, 'group', 'other', NULL, '{"nb":"En annen gruppe"}', 'adhoc')"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let leader = add_account(&pages, "leder@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, leader, "leder", now()).await;
        let theirs = leader.get(GOALS).await;
        assert_eq!(theirs.status, StatusCode::OK, "{}", theirs.body);
        assert!(!theirs.body.contains("href=\"/desk/groups/health\""), "the group's places are not theirs to see");
        is_saved(&leader.fill_in(GOALS, GOALS, &form(&[("", "Vårt", "", "")], "")).await);
        let others = "/desk/groups/other/goals";
        assert_eq!(leader.get(others).await.status, StatusCode::FORBIDDEN);
        assert_eq!(leader.post(others, &form(&[("", "Deres", "", "")], "")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(leader.get("/desk/groups/borte/goals").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.text(ROWS).await.lines().count(), 1);
        let mut writer = seat(&pages, "alle@forum.example", r#"["write"]"#).await;
        assert_eq!(writer.get(others).await.status, StatusCode::OK, "who writes for the forum writes for every group");
    }

    async fn a_group_with_goals_is_in_use(db: Database) {
        let pages = Pages::over(db).await;
        let mut tx = pages.db.store.begin().await.unwrap();
        assert_eq!(tx.lock_group("borte").await.unwrap(), None);
        let group = tx.lock_group("health").await.unwrap().unwrap();
        let before = tx.count_term_uses(group, now()).await.unwrap();
        let goal = NewGoal { goal: "Ti", sign: Some("Avtaler"), reached_on: None };
        tx.add_goal((group, "health"), &goal, "command", now()).await.unwrap();
        let row = tx.list_goals_of("health").await.unwrap().remove(0);
        assert_eq!((NewGoal::from(&row), row.written_at), (goal, now()));
        let uses = tx.count_term_uses(group, now()).await.unwrap();
        assert_eq!(uses, TermUses { goals: 1, ..before });
        let reached = NewGoal { reached_on: Some("2027-03-08"), ..goal };
        tx.change_goal(&row, &reached, "account:7", now()).await.unwrap();
        tx.commit().await.unwrap();
        let rows = pages.db.store.list_goals().await.unwrap();
        assert_eq!((NewGoal::from(&rows[0]), rows[0].written_by.as_str()), (reached, "account:7"));
        let mut tx = pages.db.store.begin().await.unwrap();
        tx.remove_goal(&rows[0], "account:7", now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(pages.db.store.list_goals().await.unwrap(), []);
    }
}
