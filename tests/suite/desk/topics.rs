//! Topics, roles and groups changed at the desk, after the page has shown who gains and who loses.

use axum::http::StatusCode;

use super::seat::{LISE, add_account, seat};
use crate::access::reader::Reader;
use crate::harness::{Database, Engine};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages};

const PEOPLE: &str = r#"["people","administer"]"#;

const ELDERLY: &str = "name_nb=Eldreomsorg&name_en=Care+of+the+elderly";

/// Kari gets the open item by following health, which the item's topic lies under.
async fn let_follow_from_above(pages: &Pages) {
    pages.run(r#"UPDATE item_version SET about = '["sector:elderly"]' WHERE item_id = 1"#).await;
}

/// What a page would confirm, as the form that its button sends.
fn form_of(page: &Answer) -> String {
    let inputs = page.body.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        let value = rest.split_once('"').unwrap().0;
        (name != "next").then(|| format!("{name}={}", crate::pages::world::percent_encode(value)))
    };
    inputs.filter_map(field).collect::<Vec<_>>().join("&")
}

async fn parent_of(pages: &Pages, slug: &'static str) -> String {
    let all = pages
        .text("SELECT t.slug || '<' || COALESCE(p.slug, '') FROM term t LEFT JOIN term p ON p.id = t.parent_id WHERE t.facet = 'sector' ORDER BY t.id")
        .await;
    let line = all.lines().find(|line| line.starts_with(&format!("{slug}<"))).unwrap_or_default().to_owned();
    line.split_once('<').map(|(_, parent)| parent.to_owned()).unwrap_or_default()
}

async fn confirm(lise: &mut Reader<'_>, shown: &Answer) -> Answer {
    lise.post("/desk/topics/confirm", &form_of(shown)).await
}

fn is_done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.header("location"), "/desk/topics?done=changed");
}

/// Every kind of row that can name a topic names this one, and some name the other as well.
async fn name_everywhere(pages: &Pages) {
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names) VALUES (108, 'sector', 'elderly-2', 102, '{"nb":"Nattevakt"}')"#,
        r#"UPDATE item_version SET about = '["sector:elderly","sector:industry"]', audience = 'sector:elderly and not sector:elderly-2',
           given = '{"about":["sector:elderly"],"audience":null,"title":"sector:elderly"}' WHERE item_id = 1"#,
        r#"UPDATE delivery_item SET reasons = '[{"term":"sector:elderly","match":"equal"}]' WHERE item_id = 1"#,
        "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
         VALUES (1, 102, 'mute', 'person', 0), (1, 103, 'follow', 'import', 0), (2, 102, 'follow', 'person', 0), (2, 103, 'follow', 'import', 0)",
        "INSERT INTO seat_topic (seat_id, sector_id) VALUES (1, 102), (1, 103)",
        "INSERT INTO group_sector (group_id, sector_id) VALUES (104, 102)",
        r#"INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, audience, about, form, received_at, changed_at)
           VALUES ('d', 'lead', 'new', 'nb', 'Et tips', 'x', '{}', '', 'sector:elderly', '["sector:elderly"]',
                   '{"about":["sector:elderly"],"fields":{"audience":"sector:elderly"}}', 0, 0)"#,
        r#"INSERT INTO knock (purpose, address, language, details, asked_at)
           VALUES ('sign_up', 'ny@vik.example', 'nb', '{"topics":["sector:elderly"]}', 0)"#,
        r#"INSERT INTO mail_link (purpose, address, details, asked_at, expires_at)
           VALUES ('sign_up', 'nyere@vik.example', '{"topics":["sector:elderly"]}', 0, 9000000000000000)"#,
        "UPDATE forum SET change_number = change_number + 1",
    ] {
        pages.run(sql).await;
    }
}

/// Each column that a row of a topic could be named in. A new one fails here until somebody has said what folding a topic
/// makes of it; the database itself refuses to let a topic go that a row still names.
#[tokio::test]
async fn every_column_that_names_a_term_is_known_to_folding() {
    let pages = Pages::over(Database::create(Engine::Sqlite).await).await;
    let columns = r#"SELECT m.name || '.' || p."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) p
                     WHERE m.type = 'table' AND p."table" = 'term' ORDER BY 1"#;
    let moved = ["group_sector.sector_id", "interest.term_id", "seat_topic.sector_id", "term.parent_id"];
    let of_other_facets = [
        "account_group.group_id",
        "goal.group_id",
        "group_sector.group_id",
        "organisation.org_id",
        "organisation.represents_id",
        "promise.group_id",
        "recipient_role.role_id",
        "seat.group_id",
    ];
    let mut known = [&moved[..], &of_other_facets].concat();
    known.sort_unstable();
    assert_eq!(pages.text(columns).await.lines().collect::<Vec<_>>(), known);
}

on_both_databases! {
    async fn the_trees_stand_on_one_page_each_under_what_it_lies_under(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let page = lise.get("/desk/topics").await.body;
        assert!(page.contains("<li class=\"depth-1\"><div><a class=\"title\" href=\"/desk/topics/sector/elderly\">Eldreomsorg</a>"), "{page}");
        assert!(page.contains("/desk/topics/role/steward") && page.contains("/desk/topics/group/health"));
        let form = lise.get("/desk/topics/sector/elderly").await.body;
        assert!(form.contains("name=\"name_nb\" value=\"Eldreomsorg\"") && form.contains("<option value=\"health\" selected>"), "{form}");
        assert!(!form.contains("<option value=\"elderly\""), "nothing lies under itself");
        assert_eq!(lise.get("/desk/topics/org/nav").await.status, StatusCode::NOT_FOUND);
        assert_eq!(lise.get("/desk/topics/sector/finnesikke").await.status, StatusCode::NOT_FOUND);
    }

    async fn who_gets_less_is_told_before_a_topic_is_moved(db: Database) {
        let pages = Pages::over(db).await;
        let_follow_from_above(&pages).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let before = pages.dump().await;
        let shown = lise.post("/desk/topics/sector/elderly", ELDERLY).await;
        for said in ["Én får mindre", "Én får den ikke lenger", "Kari &lt;script&gt;", "Åpen sak &lt;script&gt;", "ingenting, det står øverst"] {
            assert!(shown.body.contains(said), "{said} in {}", shown.body);
        }
        assert!(!shown.body.contains("får mer"), "{}", shown.body);
        assert_eq!(pages.dump().await, before, "looking changes nothing");
        is_done(&confirm(&mut lise, &shown).await);
        assert_eq!(parent_of(&pages, "elderly").await, "");
        assert_eq!(pages.text("SELECT actor || ' ' || after FROM change WHERE action = 'topics.changed'").await,
            r#"account:1 {"moved":[{"from":"sector:health","term":"sector:elderly","to":null}]}"#);
        assert!(lise.get("/desk/log").await.body.contains("<b>Tema, roller eller grupper endret</b>"));
        let back = lise.post("/desk/topics/sector/elderly", &format!("{ELDERLY}&parent=health")).await;
        assert!(back.body.contains("Én får mer") && !back.body.contains("får mindre"), "{}", back.body);
        is_done(&confirm(&mut lise, &back).await);
        assert_eq!(parent_of(&pages, "elderly").await, "health");
    }

    async fn what_waits_or_is_held_back_counts_and_what_is_over_does_not(db: Database) {
        let pages = Pages::over(db).await;
        let_follow_from_above(&pages).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        for (sql, counts) in [
            ("UPDATE item SET release_at = 1900000000000000, number = NULL, numbered_at = NULL WHERE id = 1", true),
            ("UPDATE item SET held_at = 1 WHERE id = 1", true),
            ("UPDATE item SET withdrawn_at = 1 WHERE id = 1", false),
        ] {
            pages.run(sql).await;
            let shown = lise.post("/desk/topics/sector/elderly", ELDERLY).await.body;
            assert_eq!(shown.contains("Én får mindre"), counts, "{sql}: {shown}");
            assert_eq!(shown.contains("Ingen får mer eller mindre"), !counts, "{sql}");
        }
    }

    async fn a_new_name_changes_nobody_s_choices_and_sets_nobody_back(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let marks = "SELECT CAST(term_id AS TEXT) || mark FROM interest ORDER BY id";
        let revisions = "SELECT CAST(revision AS TEXT) FROM recipient ORDER BY id";
        let (before, revised) = (pages.text(marks).await, pages.text(revisions).await);
        let shown = lise.post("/desk/topics/sector/health", "name_nb=Helse+og+omsorg&name_nn=Helse+og+omsorg").await;
        assert!(shown.body.contains("Bokmål: Navnet «Helse &lt;script&gt;") && shown.body.contains("Nynorsk: Navnet «ingen» blir «Helse og omsorg»"), "{}", shown.body);
        is_done(&confirm(&mut lise, &shown).await);
        assert_eq!(pages.text("SELECT names FROM term WHERE id = 101").await, r#"{"nb":"Helse og omsorg","nn":"Helse og omsorg"}"#);
        assert_eq!(pages.text("SELECT slug FROM term WHERE id = 101").await, "health");
        assert_eq!((pages.text(marks).await, pages.text(revisions).await), (before, revised));
    }

    async fn what_is_something_else_by_now_is_shown_again_and_asked_again(db: Database) {
        let pages = Pages::over(db).await;
        let_follow_from_above(&pages).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/topics/sector/elderly", ELDERLY).await;
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (2, 101, 'follow', 'person', 0)").await;
        let anew = confirm(&mut lise, &shown).await;
        assert_eq!(anew.status, StatusCode::CONFLICT);
        assert!(anew.body.contains("2 får mindre") && anew.body.contains("Ola Nordmann") && anew.body.contains("Se over, og bekreft på nytt"), "{}", anew.body);
        assert_eq!(parent_of(&pages, "elderly").await, "health", "nothing was changed");
        is_done(&confirm(&mut lise, &anew).await);
        assert_eq!(parent_of(&pages, "elderly").await, "");
    }

    async fn what_hangs_on_a_topic_is_told_and_none_of_it_is_dropped(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (2, 101, 'mute', 'person', 0)").await;
        pages.run("INSERT INTO group_sector (group_id, sector_id) VALUES (104, 101), (104, 103)").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let shown = lise.post("/desk/topics/sector/health/take-away", "").await;
        for said in ["Kan ikke tas bort ennå", "Én følger det", "Én skjuler det", "Én sak nevner det", "/desk/items/aapen",
                     "eller slå det sammen med et annet tema", "«Eldreomsorg» blir lagt under: ingenting, det står øverst.",
                     "Temaene til «Kompetansegruppe helse»: før Helse &lt;script&gt;", ", nå Industri."] {
            assert!(shown.body.contains(said), "{said} in {}", shown.body);
        }
        assert!(!shown.body.contains("/desk/topics/confirm"), "there is nothing to confirm");
        let forced = lise.post("/desk/topics/confirm", "facet=sector&slug=health&take=yes&seen=x").await;
        assert_eq!(forced.status, StatusCode::CONFLICT);
        assert_eq!(pages.text("SELECT slug FROM term WHERE id = 101").await, "health");
        let group = lise.post("/desk/topics/group/health/take-away", "").await.body;
        assert!(group.contains("Én plass i gruppa") && group.contains("Hemmelig tittel"), "{group}");
        assert!(!group.contains("skriver for gruppa"), "{group}");
        assert!(!group.contains("slå det sammen") && !group.contains("annerledes"), "groups are not folded, and none lies under it: {group}");
        assert!(lise.post("/desk/topics/role/steward/take-away", "").await.body.contains("Én har rollen"));
    }

    async fn a_group_that_accounts_write_for_stays_until_they_write_for_another(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES (108, 'group', 'night', NULL, '{"nb":"Nattvakt"}', 'adhoc')"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        add_account(&pages, "per@forum.example", r#"["write"]"#, &["night".to_owned()]).await;
        let shown = lise.post("/desk/topics/group/night/take-away", "").await.body;
        assert!(shown.contains("Én konto skriver for gruppa: Endre den under «Kontoer»") && !shown.contains("/desk/topics/confirm"), "{shown}");
        add_account(&pages, "siri@forum.example", r#"["write"]"#, &["night".to_owned()]).await;
        let shown = lise.post("/desk/topics/group/night/take-away", "").await.body;
        assert!(shown.contains("2 kontoer skriver for gruppa: Endre dem under «Kontoer»"), "{shown}");
        let forced = lise.post("/desk/topics/confirm", "facet=group&slug=night&take=yes&seen=x").await;
        assert_eq!(forced.status, StatusCode::CONFLICT);
        assert_eq!(pages.text("SELECT slug FROM term WHERE id = 108").await, "night");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM account_group").await, "2", "who writes for a group never writes for all instead");
    }

    async fn what_nobody_uses_is_taken_away_and_what_lay_under_it_moves_up(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE term SET parent_id = 103 WHERE id = 102").await;
        pages.run("INSERT INTO group_sector (group_id, sector_id) VALUES (104, 103)").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/topics/sector/industry/take-away", "").await;
        for said in ["«Industri» blir borte.", "«Eldreomsorg» blir lagt under: ingenting, det står øverst.", "Temaene til «Kompetansegruppe helse»: før Industri, nå ingen."] {
            assert!(shown.body.contains(said), "{said} in {}", shown.body);
        }
        is_done(&confirm(&mut lise, &shown).await);
        assert_eq!(pages.text("SELECT slug FROM term WHERE facet = 'sector' ORDER BY id").await, "health\nelderly");
        assert_eq!(parent_of(&pages, "elderly").await, "");
    }

    async fn a_topic_is_folded_into_another_and_all_that_named_it_names_that(db: Database) {
        let pages = Pages::over(db).await;
        name_everywhere(&pages).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let before = pages.dump().await;
        let shown = lise.post("/desk/topics/sector/elderly/fold", "into=industry").await;
        for said in ["«Eldreomsorg» blir slått sammen med «Industri»", "Én følger det", "Én skjuler det", "Én plass har det som tema",
                     "Én sak nevner det", "Temaene til «Kompetansegruppe helse»: før Eldreomsorg, nå Industri.",
                     "«Nattevakt» blir lagt under: Industri.", "Bekreft, og slå dem sammen"] {
            assert!(shown.body.contains(said), "{said} in {}", shown.body);
        }
        assert_eq!(pages.dump().await, before, "looking changes nothing");
        is_done(&confirm(&mut lise, &shown).await);
        let log = pages.text("SELECT after FROM change WHERE action = 'topics.changed'").await;
        assert!(log.contains(r#""folded":[{"into":"sector:industry","term":"sector:elderly"}]"#), "{log}");
        assert_eq!(pages.text("SELECT slug FROM term WHERE facet = 'sector' ORDER BY id").await, "health\nindustry\nelderly-2");
        assert_eq!(parent_of(&pages, "elderly-2").await, "industry");
        let items = "SELECT COALESCE(audience, '') || ' ' || about || ' ' || given FROM item_version WHERE item_id = 1";
        assert_eq!(pages.text(items).await,
            r#"sector:industry and not sector:elderly-2 ["sector:industry"] {"about":["sector:industry"],"audience":null,"title":"sector:elderly"}"#);
        let marks = "SELECT CAST(recipient_id AS TEXT) || mark || source FROM interest WHERE term_id = 103 AND ended_at IS NULL ORDER BY recipient_id, mark";
        assert_eq!(pages.text(marks).await, "1followimport\n1muteperson\n2followperson", "what was chosen stays chosen");
        assert_eq!(pages.text("SELECT CAST(sector_id AS TEXT) FROM seat_topic").await, "103");
        assert_eq!(pages.text("SELECT CAST(sector_id AS TEXT) FROM group_sector").await, "103");
        assert_eq!(pages.text("SELECT audience || about || form FROM draft").await,
            r#"sector:industry["sector:industry"]{"about":["sector:industry"],"fields":{"audience":"sector:industry"}}"#);
        pages.run("UPDATE item_version SET given = '{}' WHERE item_id = 1").await;
        pages.run("DELETE FROM change").await;
        let after = pages.dump().await;
        assert!(!after.contains("sector:elderly\"") && !after.contains("sector:elderly "), "something still names it: {after}");
        for gone in ["/feeds/sector/elderly.atom", "/desk/topics/sector/elderly"] {
            assert_eq!(lise.get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
        }
        assert_eq!(lise.get("/feeds/sector/industry.atom").await.status, StatusCode::OK);
        assert!(!pages.get("/public?sector=elderly").await.status.is_server_error());
    }

    async fn where_a_hide_and_a_follow_meet_the_hide_wins_and_nobody_sees_more_than_they_may(db: Database) {
        let pages = Pages::over(db).await;
        for sql in [
            r#"UPDATE item_version SET about = '["sector:industry"]' WHERE item_id = 1"#,
            r#"UPDATE item_version SET about = '["sector:elderly"]', audience = NULL WHERE item_id = 3"#,
            "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
             VALUES (1, 103, 'follow', 'import', 0), (1, 102, 'mute', 'person', 0), (2, 103, 'follow', 'person', 0)",
        ] {
            pages.run(sql).await;
        }
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let shown = lise.post("/desk/topics/sector/elderly/fold", "into=industry").await;
        assert!(shown.body.contains("Én får mindre") && shown.body.contains("Kari &lt;script&gt;"), "{}", shown.body);
        assert!(!shown.body.contains("får mer") && !shown.body.contains("Hemmelig"), "it is for a group that Ola is not in: {}", shown.body);
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (2, 102, 'mute', 'person', 0)").await;
        let anew = confirm(&mut lise, &shown).await;
        assert_eq!(anew.status, StatusCode::CONFLICT);
        assert!(anew.body.contains("2 får mindre"), "{}", anew.body);
        is_done(&confirm(&mut lise, &anew).await);
        let marks = "SELECT CAST(recipient_id AS TEXT) || mark FROM interest WHERE term_id = 103 AND ended_at IS NULL ORDER BY recipient_id, mark";
        assert_eq!(pages.text(marks).await, "1follow\n1mute\n2follow\n2mute", "who shows it again follows it again");
        assert_eq!(pages.text("SELECT visibility FROM item_version WHERE item_id = 3").await, "group:health");
    }

    async fn only_topics_are_folded_and_only_into_another_topic(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let form = lise.get("/desk/topics/sector/elderly").await.body;
        assert!(form.contains("Slå sammen med et annet tema") && form.contains("<option value=\"industry\""), "{form}");
        for path in ["/desk/topics/role/steward", "/desk/topics/group/health", "/desk/topics/sector"] {
            assert!(!lise.get(path).await.body.contains("Slå sammen"), "{path}");
        }
        for (path, into) in [("sector/elderly", ""), ("role/steward", "steward"), ("group/health", "health"),
                             ("sector/elderly", "elderly"), ("sector/elderly", "finnesikke")] {
            let refused = lise.post(&format!("/desk/topics/{path}/fold"), &format!("into={into}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} into {into}: {}", refused.body);
            assert!(!refused.body.contains("/desk/topics/confirm") && !refused.body.contains("name=\"name_nb\" value=\"\""), "{}", refused.body);
        }
        let nothing = lise.post("/desk/topics/sector/elderly/fold", "into=").await.body;
        assert!(nothing.contains("id=\"into-error\"") && nothing.contains("value=\"Eldreomsorg\""), "{nothing}");
        for forced in ["facet=group&slug=health&into=health&seen=x", "facet=sector&slug=elderly&into=nowhere&seen=x"] {
            assert_ne!(lise.post("/desk/topics/confirm", forced).await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(pages.text("SELECT slug FROM term WHERE facet = 'sector' ORDER BY id").await, "health\nelderly\nindustry");
    }

    async fn a_topic_a_role_and_a_group_are_added_with_keys_of_their_own(db: Database) {
        let pages = Pages::over(db).await;
        if pages.db.store.has_many_workers() {
            let _ = pages.text("SELECT CAST(setval(pg_get_serial_sequence('term', 'id'), 500) AS TEXT)").await;
        }
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        assert!(lise.get("/desk/topics/group").await.body.contains("name=\"sector\" value=\"elderly\""));
        for (path, form) in [
            ("/desk/topics/sector", "name_nb=%C3%86rlig+oppvekst&parent=health"),
            ("/desk/topics/sector", "name_nn=%C3%86rlig+oppvekst"),
            ("/desk/topics/role", "name_nb=Rektor"),
            ("/desk/topics/group", "name_nb=Ad+hoc+natt&kind=adhoc&parent=health&sector=elderly&sector=industry"),
        ] {
            let shown = lise.post(path, form).await;
            assert!(shown.body.contains("Lage dette?") && shown.body.contains("kommer til."), "{}", shown.body);
            is_done(&confirm(&mut lise, &shown).await);
        }
        let made = pages.text("SELECT facet || ':' || slug || COALESCE(kind, '') FROM term WHERE id > 107 AND facet IN ('role', 'group', 'sector') ORDER BY facet, slug").await;
        assert_eq!(made, "group:ad-hoc-nattadhoc\nrole:rektor\nsector:aerlig-oppvekst\nsector:aerlig-oppvekst-2");
        assert_eq!(parent_of(&pages, "aerlig-oppvekst").await, "health");
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM group_sector").await, "2");
        assert!(lise.get("/desk/topics").await.body.contains("Tema: "));
    }

    async fn what_is_wrong_is_told_at_its_field(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let long = format!("name_nb={}", "a".repeat(201));
        for (path, form, said) in [
            ("/desk/topics/sector/health", "name_nb=+", "Skriv et navn på minst ett språk"),
            ("/desk/topics/sector", "", "Skriv et navn på minst ett språk"),
            ("/desk/topics/sector", long.as_str(), "Høyst 200 tegn."),
            ("/desk/topics/sector/health", "name_nb=Helse&parent=elderly", "Det kan ikke ligge der"),
            ("/desk/topics/sector/health", "name_nb=Helse&parent=health", "Det kan ikke ligge der"),
            ("/desk/topics/group/health", "name_nb=G&kind=competence&sector=borte", "finnes ikke lenger"),
        ] {
            let refused = lise.post(path, form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {form}");
            assert!(refused.body.contains(said), "{path} {form}: {}", refused.body);
        }
        let nameless = lise.post("/desk/topics/sector", "").await.body;
        assert!(nameless.contains("aria-invalid=\"true\" aria-describedby=\"name-error\""), "{nameless}");
        let same = lise.post("/desk/topics/sector/elderly", &format!("{ELDERLY}&parent=health")).await;
        assert!(same.body.contains("ingenting å bekrefte"), "{}", same.body);
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM change WHERE action = 'topics.changed'").await, "0");
    }
}
