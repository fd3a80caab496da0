//! A small forum with one letter, written as rows, and the pages over it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use tower::ServiceExt as _;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::ids::{DeliveryId, RecipientId};
use treff::store::Store;
use treff::token::{Claim, Keys, Purpose, birth_mark};

use crate::dump::dump_database;
use crate::harness::Database;

pub const KARI: RecipientId = RecipientId(1);
pub const LETTER: DeliveryId = DeliveryId(7);
pub const PUBLIC_ITEM: &str = "11111111111111111111111111111111";
pub const FORUM_ITEM: &str = "22222222222222222222222222222222";
pub const GROUP_ITEM: &str = "33333333333333333333333333333333";
pub const WITHDRAWN_ITEM: &str = "44444444444444444444444444444444";
pub const NEXT_ITEM: &str = "55555555555555555555555555555555";
pub const OTHER_ITEM: &str = "66666666666666666666666666666666";

pub const KEY: [u8; 32] = [7; 32];

pub fn now() -> DateTime<Utc> {
    "2027-03-08T08:00:00Z".parse().unwrap()
}

/// The pages of a forum, in a database that goes away with the value.
pub struct Pages {
    pub db: Database,
    pub router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Pages {
    pub async fn over(db: Database) -> Pages {
        Pages::build(db, false, ("", "")).await
    }

    /// With more in `treff.toml`: before its tables, and tables.
    pub async fn with_settings(db: Database, top: &str, tables: &str) -> Pages {
        Pages::build(db, false, (top, tables)).await
    }

    pub async fn of_a_demo(db: Database) -> Pages {
        Pages::build(db, true, ("", "")).await
    }

    async fn build(db: Database, demo: bool, (top, tables): (&str, &str)) -> Pages {
        write_forum(&db.store).await;
        let config = format!(
            "database_url = \"{}\"\nbase_url = \"https://forum.example\"\n{top}[privacy]\ncontroller = \"{}\"\n{tables}",
            db.url, "Nordfjella <i>fylkeskommune</i>"
        );
        std::fs::write(db.path("treff.toml"), config).unwrap();
        let mut app = App::open(&db.path("treff.toml"), Overrides::default()).await.unwrap();
        app.clock = Clock::simulated(now());
        let router = if demo { treff::web::demo_routes(&app).await } else { treff::web::routes(&app).await };
        Pages { db, router: router.unwrap() }
    }

    /// Starts the pages again over the same rows.
    pub async fn reopen(&self) {
        let mut app = App::open(&self.db.path("treff.toml"), Overrides::default()).await.unwrap();
        app.clock = Clock::simulated(now());
        drop(treff::web::routes(&app).await.unwrap());
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn ask(&self, method: Method, path: &str) -> Answer {
        self.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).await
    }

    pub async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_as(path, "application/x-www-form-urlencoded", form).await
    }

    pub async fn post_as(&self, path: &str, encoding: &str, body: &str) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, encoding);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub async fn text(&self, sql: &'static str) -> String {
        let mut tx = self.db.store.begin().await.unwrap();
        let rows: Vec<treff::store::One<String>> = tx.all(sql, vec![]).await.unwrap();
        rows.into_iter().map(|row| row.0).collect::<Vec<_>>().join("\n")
    }

    pub async fn run(&self, sql: &'static str) {
        run(&self.db.store, sql).await;
    }

    /// All that the database holds, as one text.
    pub async fn dump(&self) -> String {
        dump_database(&self.db.url).await
    }
}

async fn run(store: &Store, sql: &'static str) {
    let mut tx = store.begin().await.unwrap();
    tx.run(sql, vec![]).await.unwrap();
    tx.commit().await.unwrap();
}

/// With the mark of the public id that Kari's row has.
pub fn unsubscribe_token() -> String {
    sign(Claim { purpose: Purpose::Unsubscribe, version: birth_mark("aaaa"), subject: KARI.0 })
}

pub fn letter_token() -> String {
    sign(Claim { purpose: Purpose::Letter, version: 3, subject: LETTER.0 })
}

/// Every byte of a text as it may stand in an address.
pub fn percent_encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub fn sign(claim: Claim) -> String {
    Keys::new(vec![(1, KEY)]).sign(1, claim).unwrap()
}

/// The forum's rows and its signing key.
pub async fn write_forum(store: &Store) {
    for sql in ROWS {
        run(store, sql).await;
    }
    store.add_key(KEY, now()).await.unwrap();
    // Rows with numbers of their own do not move PostgreSQL's counters.
    if store.has_many_workers() {
        run(store, "SELECT setval(pg_get_serial_sequence('recipient', 'id'), 100)").await;
    }
}

const ROWS: &[&str] = &[
    r#"INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number, last_number,
                          created_at, applied_at)
       VALUES (1, 'nordfjella', 'Forum <script>alert(1)</script>', 'Europe/Oslo', 'nb', '[]',
               '{"daily":"0 30 7 * * Mon-Fri","weekly":"0 30 7 * * Mon"}', 7, 1, 9, 0, 0)"#,
    r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
       (101, 'sector', 'health', NULL, '{"nb":"Helse <script>alert(1)</script>"}', NULL),
       (102, 'sector', 'elderly', 101, '{"nb":"Eldreomsorg","en":"Care of the elderly"}', NULL),
       (103, 'sector', 'industry', NULL, '{"nb":"Industri"}', NULL),
       (104, 'group', 'health', NULL, '{"nb":"Kompetansegruppe helse"}', 'competence'),
       (105, 'role', 'steward', NULL, '{"nb":"Tillitsvalgt"}', NULL),
       (106, 'org', 'nav', NULL, '{"nb":"NAV"}', NULL),
       (107, 'represents', 'nav', NULL, '{"nb":"NAV"}', NULL)"#,
    "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
     VALUES (1, 'nav', 'NAV', 'state', 106, 107, 0)",
    r#"INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                              imported, chosen, token_version, revision, watermark, created_at)
       VALUES (1, 'aaaa', 'kari@nav.test', 'Kari <script>alert(1)</script>', 1, 'nb', 'weekly', 'active', TRUE,
               TRUE, '[]', 3, 1, 9, 0),
              (2, 'bbbb', 'ola@nav.test', 'Ola Nordmann', 1, 'nb', 'weekly', 'active', FALSE, TRUE, '[]', 0, 1, 9, 0)"#,
    "INSERT INTO recipient_role (recipient_id, role_id, source, started_at) VALUES (1, 105, 'import', 0)",
    "INSERT INTO interest (recipient_id, term_id, mark, source, started_at)
     VALUES (1, 101, 'follow', 'import', 0), (1, 106, 'mute', 'person', 0)",
    "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (1, 104, 1, 'member', 0)",
    "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (1, 1, 'import')",
    r#"INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, withdrawn_at, created_at) VALUES
       (1, '11111111111111111111111111111111', 'aapen', 1, 1804000000000000, 1, 1804000000000000, NULL, 0),
       (2, '22222222222222222222222222222222', 'samling', 1, 1804000000000000, 2, 1804000000000000, NULL, 0),
       (3, '33333333333333333333333333333333', 'hemmelig', 1, 1804000000000000, 3, 1804000000000000, NULL, 0),
       (4, '44444444444444444444444444444444', 'trukket', 1, 1804000000000000, 4, 1804000000000000, 1804000000000001, 0),
       (5, '55555555555555555555555555555555', 'neste', 1, 1804000000000000, 5, 1804000000000000, NULL, 0),
       (6, '66666666666666666666666666666666', 'andres', 1, 1804000000000000, 6, 1804000000000000, NULL, 0)"#,
    r#"INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane,
                                 expires_at, source, contact, language, fields, given, created_at) VALUES
       (1, 1, 'article', NULL, '["sector:health"]', TRUE, 'public', 'normal', 'digest', NULL, 'nav',
        '{"name":"Ola <script>alert(1)</script>","email":"ola@nav.test","phone":"900 00 000"}', 'nb', '{}', '{}', 0),
       (2, 1, 'event', 'all', '[]', TRUE, 'forum', 'normal', 'digest', NULL, NULL, NULL, 'nb',
        '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null},"gathering":true}',
        '{}', 0),
       (3, 1, 'tip', 'group:health', '[]', TRUE, 'group:health', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (4, 1, 'tip', 'all', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (5, 1, 'tip', 'all', '[]', TRUE, 'forum', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (6, 1, 'tip', 'all', '[]', TRUE, 'forum', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0)"#,
    r#"INSERT INTO item_text (item_id, version, language, text) VALUES
       (1, 1, 'nb', '{"title":"Åpen sak <script>alert(1)</script>","body":"Første avsnitt.\n\n<script>alert(1)</script> [lenke](javascript:alert(1))","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (2, 1, 'nb', '{"title":"Samling for forumet","body":"Alle møtes.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":"Fylkeshuset"}'),
       (3, 1, 'nb', '{"title":"Hemmelig tittel","body":"Bare for gruppa.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (4, 1, 'nb', '{"title":"Trukket tittel","body":"Borte.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (5, 1, 'nb', '{"title":"Neste tittel","body":"Kommer.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'),
       (6, 1, 'nb', '{"title":"Andres tittel","body":"Ikke i brevet.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}')"#,
    "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at, planned_at)
     VALUES (1, 'weekly', 1804487400000000, 1804487400000000, 9, 7, '{}', 1804487400000000, 1804487400000000)",
    "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter)
     VALUES (1, 1, '[5]', TRUE), (1, 2, '[]', FALSE)",
    "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                           message_id, dated_at)
     VALUES (7, 1, 1, 'uncertain', 1, 0, 0, 1, 'm@forum.example', 1804487400000000)",
    r#"INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                  carried, correction, returned) VALUES
       (7, 1, 1, 1, 0, 'interest', '[{"term":"sector:health","match":"equal"}]', 30, 0, FALSE, FALSE),
       (7, 1, 2, 1, 1, 'required', '[{"term":"all","match":"audience"},{"term":"role:steward","match":"audience"}]', 40, 0, FALSE, FALSE),
       (7, 1, 3, 1, 2, 'audience', '[{"term":"group:health","match":"audience"}]', 40, 0, FALSE, FALSE),
       (7, 1, 4, 1, 3, 'audience', '[{"term":"all","match":"audience"}]', 40, 0, FALSE, FALSE)"#,
];
