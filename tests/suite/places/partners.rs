//! Accounts that are bound to one organisation: their own people and places open, and everybody else's are not there.

use axum::http::{Method, StatusCode};
use treff::token::Keys;

use super::{is_told_at, pages_of, place, replace};
use crate::access::reader::{Reader, filled};
use crate::desk::seat::seat_partner;
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{Answer, KEY, Pages};

/// Who tried to give which place to somebody who is not among their own, and how often.
const TRIED: &str = "SELECT actor || ' ' || subject || ' ' || CAST(COUNT(*) AS TEXT) FROM change
    WHERE action = 'place.tried' GROUP BY actor, subject ORDER BY subject";
const MONA: &str = "mona@vik.example";
/// What the pages say of Kari and Ola, who work at NAV, and of the union for which Siri of Vik sits.
const OTHERS: [&str; 7] =
    ["kari@nav.test", "Kari &lt;", "ola@nav.test", "Ola Nordmann", "NAV", "Forbundet", "Tillitsvalgt"];
const SIRI: &str = "name=Siri&email=siri%40vik.example&from=&until=";
const NILS: &str = "name=Nils+Vik&email=nils%40vik.example&from=&until=";
const KARI: &str = "name=Kari&email=kari%40nav.test&from=&until=";

/// Beside the small forum: Vik, number 31, where Siri works, who sits for it (31) and for a union (21); Ola of NAV sits for
/// it, too (32), and one place of it is vacant (33).
async fn town(db: Database) -> Pages {
    let pages = pages_of(db).await;
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
           (121, 'org', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL), (122, 'represents', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL),
           (131, 'org', 'vik', NULL, '{"nb":"Vik kommune"}', NULL), (132, 'represents', 'vik', NULL, '{"nb":"Vik kommune"}', NULL)"#,
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
         VALUES (21, 'forbundet', 'Forbundet', 'union', 121, 122, 0), (31, 'vik', 'Vik kommune', 'municipality', 131, 132, 0)",
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                                imported, chosen, token_version, revision, watermark, created_at)
         VALUES (31, 'eeee', 'siri@vik.example', 'Siri Nes', 31, 'nb', 'weekly', 'active', FALSE, TRUE, '[]', 0, 1, 9, 0)",
        "INSERT INTO recipient_role (recipient_id, role_id, source, started_at) VALUES (31, 105, 'import', 0)",
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES
         (21, 104, 21, 'member', 0), (31, 104, 31, 'member', 0), (32, 104, 31, 'deputy', 0), (33, 104, 31, 'observer', 0)",
        "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (21, 31, 'import'), (31, 31, 'import'), (32, 2, 'import')",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// Everything that is kept, but for what was tried.
async fn standing(pages: &Pages) -> String {
    let dump = pages.dump().await;
    dump.lines().filter(|row| !row.contains("place.tried")).collect::<Vec<_>>().join("\n")
}

/// The route with something in its one gap.
fn fill(route: &str, gap: &str) -> String {
    let parts = route.split('/').map(|part| if part.starts_with('{') { gap } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// What stands in the gap of a route that opens to partners: of Vik, of others, and of nothing.
fn gaps_of(route: &str) -> [&'static str; 4] {
    match route {
        "/desk/people/{id}" => ["31", "1", "2", "999999"],
        "/desk/organisations/{slug}" => ["vik", "nav", "forbundet", "nowhere"],
        "/desk/places/{id}" | "/desk/places/{id}/welcome" | "/desk/places/{id}/replace" => {
            ["31", "1", "21", "999999"]
        }
        other => panic!("{other} opens to partners' accounts: say here what of it is whose"),
    }
}

/// An answer without the path that was asked for.
fn told(answer: Answer, path: &str) -> (StatusCode, String) {
    (answer.status, answer.body.replace(path, "…"))
}

/// What stands behind `mark` in a page, up to the quotation mark.
fn list_behind(page: &str, mark: &str) -> Vec<String> {
    page.split(mark)
        .skip(1)
        .map(|rest| rest.split(['"', '#']).next().unwrap().replace("&amp;", "&"))
        .collect()
}

/// Nothing stands on a page of who works elsewhere, nor of a union.
fn assert_tells_nothing_of_others(page: &str, which: &str) {
    for theirs in OTHERS {
        assert!(!page.contains(theirs), "{theirs} on {which}: {page}");
    }
}

/// A page on which nothing stands of others, and from which no way leads where the reader is turned away.
async fn look(reader: &mut Reader<'_>, path: &str) -> String {
    let page = reader.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    assert_tells_nothing_of_others(&page.body, path);
    for way in list_behind(&page.body, "href=\"/desk") {
        let led = reader.get(&format!("/desk{way}")).await.status;
        assert_eq!(led, StatusCode::OK, "/desk{way} on {path}");
    }
    page.body
}

on_both_databases! {
    async fn a_place_given_by_two_presses_is_given(db: Database) {
        let pages = town(db).await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        let action = "/desk/places/33/replace";
        let sent = filled(&mona.post("/desk/places/33/welcome", NILS).await, action, NILS);
        for _ in 0..2 {
            assert_eq!(place(&mona.post(action, &sent).await), "/desk/places/33?done=given");
        }
        assert_eq!(pages.text("SELECT source FROM seat_holder WHERE seat_id = 33").await.lines().count(), 1);
    }

    async fn on_every_page_with_an_id_what_is_another_s_answers_as_what_is_not_there(db: Database) {
        let pages = town(db).await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        let open = treff::web::list_partner_paths();
        let before = pages.dump().await;
        for (route, _) in treff::web::list_staff_paths().into_iter().filter(|(route, _)| route.contains('{')) {
            let allowed = pages.ask(Method::PATCH, &fill(route, "1")).await.header("allow").to_owned();
            for method in [Method::GET, Method::POST] {
                if !allowed.contains(method.as_str()) {
                    continue;
                }
                let is_look = route == "/desk/people/{id}" && method == Method::POST;
                if is_look || !open.contains(&route) {
                    for gap in ["31", "1", "vik", "nav"] {
                        let refused = mona.ask(method.clone(), &fill(route, gap), SIRI).await;
                        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {route} {gap}");
                        assert!(refused.body.contains("spør den som styrer kontoene i forumet"), "{}", refused.body);
                    }
                    continue;
                }
                let [own, other, union, nowhere] = gaps_of(route);
                let shown = mona.ask(method.clone(), &fill(route, own), SIRI).await;
                assert!([StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY].contains(&shown.status), "{method} {route}: {}", shown.status);
                let path = fill(route, nowhere);
                let absent = told(mona.ask(method.clone(), &path, SIRI).await, &path);
                assert_eq!(absent.0, StatusCode::NOT_FOUND);
                for path in [fill(route, other), fill(route, union)] {
                    let answer = told(mona.ask(method.clone(), &path, SIRI).await, &path);
                    assert_eq!(answer, absent, "{method} {path}");
                }
            }
        }
        assert!(pages.dump().await == before, "nothing was changed, seen or noted");
    }

    async fn lists_searches_and_the_sheet_know_one_s_own_people_and_nothing_of_the_rest(db: Database) {
        let pages = town(db).await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        for path in [
            "/desk", "/desk/account", "/desk/people", "/desk/people?state=gets", "/desk/people?q=vik", "/desk/people?group=health", "/desk/people/31",
            "/desk/organisations", "/desk/organisations/vik", "/desk/places", "/desk/places/31", "/desk/places/32",
        ] {
            look(&mut mona, path).await;
        }
        let all = mona.get("/desk/people").await.body;
        assert!(all.contains("Én mottaker") && all.contains("siri@vik.example"), "{all}");
        for asked in ["q=kari", "q=nav", "role=steward", "organisation=nav", "state=left"] {
            let none = mona.get(&format!("/desk/people?{asked}")).await.body;
            assert!(none.contains("0 mottakere") && !none.contains("@nav.test"), "{asked}: {none}");
        }
        let person = mona.get("/desk/people/31").await.body;
        assert!(person.contains("/desk/places/31") && !person.contains("/desk/places/21"), "{person}");
        assert!(!person.contains("action=\"/desk/people/31"), "{person}");
        let found = mona.get("/desk/organisations").await.body;
        assert_eq!(list_behind(&found, "href=\"/desk/organisations/"), ["vik"]);
        for path in ["/desk", "/desk/places"] {
            let vacant = mona.get(path).await.body;
            assert!(vacant.contains("/desk/places/33") && !vacant.contains("/desk/places/21"), "{path}: {vacant}");
        }
        let sheet = mona.post("/desk/people/export", "").await.body;
        assert_eq!(sheet.lines().count(), 2, "{sheet}");
        let row = "siri@vik.example;Siri Nes;Vik kommune;vik;municipality;;health/member;vik;;;;;Får brev";
        assert_eq!(sheet.lines().nth(1), Some(row), "what they are and chose beside stands nowhere");
        let log = "SELECT actor FROM change WHERE action = 'people.exported'";
        assert_eq!(pages.text(log).await, "account:1", "that the sheet was taken stands in the log");
    }

    async fn what_is_said_of_people_and_places_holds_for_the_own_organisation(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE seat_holder SET ends_at = 1 WHERE seat_id = 31").await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        let list = mona.get("/desk/people").await.body;
        assert!(list.contains("Ingen plass for organisasjonen din") && list.contains("Får brev"), "{list}");
        assert!(!list.contains("Har ingen plass lenger") && !list.contains("fagforening"), "{list}");
        let person = mona.get("/desk/people/31").await.body;
        assert!(person.contains("Har ingen plass for organisasjonen din nå.") && !person.contains("Plasser gir du fra gruppa"), "{person}");
        assert!(!person.contains("Ukentlig") && !person.contains("ukentlig"), "what they chose is theirs: {person}");
        let held = mona.get("/desk/places/33").await.body;
        assert!(held.contains("Først ser du hva som skjer.") && held.contains(">Videre</button>"), "{held}");
        assert!(!held.contains("elkomstbrevet"), "{held}");
        let today = mona.get("/desk").await.body;
        assert!(today.contains("/desk/places/33") && !today.contains("Ingenting venter på deg"), "{today}");
        pages.run("UPDATE seat SET ends_at = 1 WHERE id IN (31, 33)").await;
        let today = mona.get("/desk").await.body;
        assert!(today.contains("Organisasjonen din har ingen ledige plasser"), "{today}");
        assert!(!today.contains("Alle plassene i gruppene er besatt") && !today.contains("Ingenting venter på deg"), "{today}");
        assert!(mona.get("/desk/places").await.body.contains("Alle plassene til organisasjonen din er besatt"));
        pages.run("UPDATE seat SET ends_at = 1").await;
        assert!(mona.get("/desk/places").await.body.contains("Organisasjonen din har ingen plasser i forumet ennå"));
    }

    async fn a_place_of_one_s_own_goes_to_one_s_own_people_or_to_somebody_new_there(db: Database) {
        let pages = town(db).await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        let held = mona.get("/desk/places/32").await.body;
        assert!(held.contains("Noen som arbeider et annet sted") && !held.contains("/vacate") && !held.contains("/close"), "{held}");
        let shown = mona.post("/desk/places/33/welcome", SIRI).await;
        assert!(shown.body.contains("Siri Nes") && shown.body.contains("Brevet blir ikke vist her"), "{}", shown.body);
        let given = mona.post("/desk/places/33/replace", &filled(&shown, "/desk/places/33/replace", SIRI)).await;
        assert_eq!(place(&given), "/desk/places/33?done=given");
        assert!(look(&mut mona, place(&given)).await.contains("Plassen er gitt.</p>"));
        let shown = mona.post("/desk/places/32/welcome", NILS).await;
        assert_tells_nothing_of_others(&shown.body, "the preview of a place that another has");
        let stale = mona.post("/desk/places/32/replace", &format!("{NILS}&seen=x")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_tells_nothing_of_others(&stale.body, "a place that was changed since");
        let replaced = replace(&mut mona, "/desk/places/32", NILS).await;
        assert_eq!(place(&replaced), "/desk/places/32?done=given");
        assert!(look(&mut mona, place(&replaced)).await.contains("Nils Vik"));
        let rows = "SELECT CAST(h.seat_id AS TEXT) || ' ' || r.email || ' ' || CAST(r.organisation_id AS TEXT)
                    FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id WHERE h.ends_at IS NULL AND h.seat_id > 31 ORDER BY h.seat_id";
        assert_eq!(pages.text(rows).await, "32 nils@vik.example 31\n33 siri@vik.example 31");
        assert_eq!(pages.text("SELECT action FROM change WHERE action LIKE '%viewed'").await, "", "nobody's letter was looked into");
    }

    async fn who_works_elsewhere_gets_no_place_from_a_partner_and_is_not_named(db: Database) {
        let pages = town(db).await;
        let mut mona = seat_partner(&pages, MONA, 31).await;
        let hash = Keys::new(vec![(1, KEY)]).address_hash("glemt@vik.example");
        let mut tx = pages.db.store.begin().await.unwrap();
        tx.run("INSERT INTO erased_address (hash, erased_at) VALUES ($1, 0)", vec![treff::store::Arg::from(hash)]).await.unwrap();
        tx.commit().await.unwrap();
        let before = standing(&pages).await;
        for path in ["/desk/places/33/welcome", "/desk/places/33/replace"] {
            for elsewhere in [KARI, "name=&email=ola%40nav.test&from=&until=", "name=&email=glemt%40vik.example&from=&until="] {
                let refused = mona.post(path, elsewhere).await;
                is_told_at(&refused, "email", "Denne adressen kan ikke få plassen herfra.");
                assert!(!refused.body.contains("Ola Nordmann") && !refused.body.contains("Kari &lt;"), "{}", refused.body);
            }
        }
        let taken = mona.post("/desk/places/32/replace", "name=&email=ola%40nav.test&from=&until=").await;
        is_told_at(&taken, "email", "Denne adressen kan ikke få plassen herfra.");
        assert_eq!(standing(&pages).await, before, "nothing was changed");
        assert_eq!(pages.text(TRIED).await, "account:1 seat:32 1\naccount:1 seat:33 6", "what was tried stands in the log");
        let dump = pages.dump().await;
        assert!(!dump.lines().any(|row| row.contains("place.tried") && row.contains(".test")), "no address does");
        assert_eq!(mona.post("/desk/places/33/welcome", NILS).await.status, StatusCode::OK);
        assert_eq!(mona.post("/desk/places/33/welcome", SIRI).await.status, StatusCode::OK);
        assert_eq!(pages.text(TRIED).await, "account:1 seat:32 1\naccount:1 seat:33 7", "and that somebody is new here, not one's own");
    }

    async fn whoever_works_for_a_union_s_own_account_still_says_on_what_ground(db: Database) {
        let pages = town(db).await;
        let mut una = seat_partner(&pages, "una@forbundet.example", 21).await;
        let page = una.get("/desk/places/21").await.body;
        assert!(page.contains("Noen som arbeider et annet sted") && !page.contains("Siri"), "{page}");
        assert_eq!(una.get("/desk/people/31").await.status, StatusCode::NOT_FOUND);
        let new = "name=Ulf&email=ulf%40forbundet.example&from=&until=";
        let refused = una.post("/desk/places/21/welcome", new).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("id=\"ground-error\""), "{}", refused.body);
        place(&replace(&mut una, "/desk/places/21", &format!("{new}&ground=consent")).await);
        let kept = "SELECT r.email || ' ' || u.ground FROM union_ground u JOIN recipient r ON r.id = u.recipient_id";
        assert_eq!(pages.text(kept).await, "ulf@forbundet.example consent");
    }
}
