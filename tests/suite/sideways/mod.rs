//! Sideways, into one's own organisation: its page and feeds, its invitation, what a representative passes on, and how far it went.

mod colleagues;
mod inviting;
mod page;
mod report;

use crate::harness::Database;
use crate::pages::world::Pages;

/// Beside the small forum: health is a topic of the health group, in which Vik, number 31, and a union, number 21, have a place
/// each; NAV has the other. Siri of Vik, number 31, follows industry.
pub async fn town(db: Database) -> Pages {
    let pages = Pages::over(db).await;
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
           (121, 'org', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL), (122, 'represents', 'forbundet', NULL, '{"nb":"Forbundet"}', NULL),
           (131, 'org', 'vik', NULL, '{"nb":"Vik kommune"}', NULL), (132, 'represents', 'vik', NULL, '{"nb":"Vik kommune"}', NULL),
           (141, 'org', 'borte', NULL, '{"nb":"Borte AS"}', NULL), (142, 'represents', 'borte', NULL, '{"nb":"Borte AS"}', NULL)"#,
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
         VALUES (21, 'forbundet', 'Forbundet', 'union', 121, 122, 0), (31, 'vik', 'Vik kommune', 'municipality', 131, 132, 0),
                (41, 'borte', 'Borte AS', 'company', 141, 142, 0)",
        "INSERT INTO group_sector (group_id, sector_id) VALUES (104, 101)",
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                                imported, chosen, token_version, revision, watermark, created_at)
         VALUES (31, 'eeee', 'siri@vik.example', 'Siri Nes', 31, 'nb', 'weekly', 'active', FALSE, TRUE, '[]', 0, 1, 9, 0)",
        "INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (31, 103, 'follow', 'person', 0)",
        "INSERT INTO seat (id, group_id, organisation_id, position, ends_at, created_at) VALUES
         (21, 104, 21, 'member', NULL, 0), (31, 104, 31, 'member', NULL, 0), (41, 104, 41, 'member', 1, 0)",
        "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (31, 31, 'import')",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// Items with these slugs, which are their titles too: item 21 and those after it, the later the newer.
const ITEMS: &[&str] = &[
    "INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, withdrawn_at, created_at)
     SELECT n, '000000000000000000000000000000' || CAST(n AS TEXT), 'sak-' || CAST(n AS TEXT), 1, 1804100000000000 + n, n,
            1804100000000000, NULL, 0
     FROM (SELECT 21 AS n UNION ALL SELECT 22 UNION ALL SELECT 23 UNION ALL SELECT 24 UNION ALL SELECT 25 UNION ALL SELECT 26
           UNION ALL SELECT 27 UNION ALL SELECT 28 UNION ALL SELECT 29 UNION ALL SELECT 30) AS numbers",
    r#"INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane,
                                 expires_at, source, contact, language, fields, given, created_at) VALUES
       (21, 1, 'tip', 'kind-of-org:municipality and role:steward', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (22, 1, 'tip', 'org:nav', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (23, 1, 'tip', 'role:steward', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (24, 1, 'tip', 'group:health/leader', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (25, 1, 'tip', NULL, '["sector:elderly"]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (26, 1, 'tip', NULL, '["sector:industry"]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (27, 1, 'tip', 'all', '[]', TRUE, 'public', 'normal', 'digest', 1804200000000000, NULL, NULL, 'nb', '{}', '{}', 0),
       (28, 1, 'tip', 'all', '[]', TRUE, 'forum', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (29, 1, 'tip', 'not group:health', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb', '{}', '{}', 0),
       (30, 1, 'event', 'represents:forbundet', '[]', TRUE, 'public', 'normal', 'digest', NULL, NULL, NULL, 'nb',
        '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null},"gathering":false}', '{}', 0)"#,
    r#"INSERT INTO item_text (item_id, version, language, text)
       SELECT id, 1, 'nb', '{"title":"Tittel ' || CAST(id AS TEXT) || '","body":"Om saken.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'
       FROM item WHERE id > 20"#,
];

/// Adds them.
async fn add_items(pages: &Pages) {
    for sql in ITEMS {
        pages.run(sql).await;
    }
}

/// The numbers of the items whose titles stand in a text, in their order there.
fn seen(text: &str) -> Vec<u32> {
    text.split("Tittel ").skip(1).filter_map(|rest| rest.get(..2)?.parse().ok()).collect()
}
