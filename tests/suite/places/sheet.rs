//! Everybody as a sheet, brought in again with nothing edited.

use super::importing::{fields_of, send};
use super::{PEOPLE, pages_of};
use crate::desk::seat::{LISE, seat};
use crate::dump::tell_difference;
use crate::on_both_databases;

/// Organisations with a union among them, a group below another, and people of every status, with places of every sort.
const ROWS: [&str; 10] = [
    r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
       (111, 'group', 'night', 104, '{"nb":"Nattvakt, helse|omsorg"}', 'adhoc'),
       (112, 'org', 'forbundet', NULL, '{"nb":"Forbundet, avd. 12"}', NULL),
       (113, 'represents', 'forbundet', NULL, '{"nb":"Forbundet, avd. 12"}', NULL),
       (114, 'org', 'enkeltpersoner', NULL, '{"nb":"Enkeltpersoner"}', NULL),
       (115, 'represents', 'enkeltpersoner', NULL, '{"nb":"Enkeltpersoner"}', NULL),
       (116, 'role', 'specialist', NULL, '{"nb":"Fagperson"}', NULL)"#,
    "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at) VALUES
     (11, 'forbundet', 'Forbundet, avd. 12', 'union', 112, 113, 0),
     (12, 'enkeltpersoner', 'Enkeltpersoner', 'other', 114, 115, 0)",
    r#"INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                              imported, chosen, token_version, revision, watermark, created_at) VALUES
       (11, 'p11', 'rep@vik.example', 'Rep Moe', 1, 'nn', 'daily', 'active', FALSE, TRUE, '["language"]', 0, 1, 0, 0),
       (12, 'p12', 'ut@vik.example', 'Ut Tatt', 1, 'nb', 'weekly', 'active', FALSE, TRUE, '[]', 0, 1, 0, 0),
       (13, 'p13', 'ny@vik.example', '', NULL, 'en', 'weekly', 'unconfirmed', FALSE, FALSE, '["cadence"]', 0, 1, 0, 0),
       (14, 'p14', '+selv@vik.example', '-Selv Påmeldt', NULL, 'nb', 'weekly', 'active', FALSE, FALSE, '[]', 0, 1, 0, 0),
       (15, 'p15', 'nei@vik.example', 'Nei "Takk" Li', 11, 'nb', 'weekly', 'unsubscribed', FALSE, TRUE, '[]', 0, 1, 0, 0),
       (16, 'p16', 'retur@vik.example', 'Retur, Per', 1, 'nb', 'monthly', 'suspended', TRUE, TRUE, '[]', 0, 1, 0, 0),
       (17, 'p17', 'senere@vik.example', 'Senere Ås', 1, 'nb', 'gathering', 'active', FALSE, TRUE, '[]', 0, 1, 0, 0),
       (18, 'p18', 'borte@vik.example', 'Borte Nes', NULL, 'nb', 'weekly', 'active', TRUE, TRUE, '["name","organisation"]', 0, 1, 0, 0)"#,
    "UPDATE recipient SET paused_until = '2027-06-01', cap = 3 WHERE id = 18",
    "INSERT INTO recipient_role (recipient_id, role_id, source, started_at) VALUES (11, 105, 'lead', 0), (11, 116, 'lead', 0)",
    "INSERT INTO interest (recipient_id, term_id, mark, source, started_at, ended_at, ended_by) VALUES
     (11, 103, 'follow', 'person', 0, NULL, NULL), (14, 101, 'follow', 'person', 0, 1, 'person'),
     (18, 104, 'follow', 'person', 0, NULL, NULL), (18, 102, 'mute', 'person', 0, NULL, NULL)",
    "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES
     (11, 104, 11, 'member', 0), (12, 111, 1, 'leader', 0), (13, 104, 1, 'deputy', 0), (14, 111, 12, 'observer', 0),
     (15, 104, 11, 'secretary', 0), (16, 104, 1, 'member', 0), (17, 104, 1, 'member', 0), (18, 111, 1, 'member', 0)",
    // Number 11 has two places that are alike, 12 has none any more, 17 has none yet, and the last is vacant.
    "INSERT INTO seat_holder (seat_id, recipient_id, source, starts_at, ends_at) VALUES
     (11, 11, 'lead', NULL, NULL), (12, 11, 'lead', 0, 1904000000000000), (16, 11, 'lead', NULL, NULL),
     (17, 11, 'lead', NULL, NULL), (13, 12, 'lead', 0, 1), (14, 18, 'lead', NULL, NULL), (15, 15, 'lead', NULL, NULL),
     (13, 17, 'lead', 1904000000000000, NULL)",
    "INSERT INTO legal_basis (recipient_id, basis, source, recorded_at) VALUES
     (1, 'public_task', 'ark', 0), (2, 'consent', 'page', 0), (11, 'public_task', 'ark', 0), (12, 'public_task', 'ark', 0),
     (13, 'consent', 'page', 0), (14, 'consent', 'page', 0), (15, 'public_task', 'ark', 0)",
    "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at) VALUES
     (11, 11, 'consent', 'self', 0), (15, 11, 'published', 'account:1', 0)",
];

on_both_databases! {
    async fn the_sheet_of_everybody_brought_in_again_changes_nothing(db: Database) {
        let pages = pages_of(db).await;
        for sql in ROWS {
            pages.run(sql).await;
        }
        let mut lise = seat(&pages, LISE, PEOPLE).await;
        let sheet = lise.post("/desk/people/export", "").await.body;
        for row in [
            ";union;;health/secretary;forbundet;published;nei;nb;weekly;Får ikke brev",
            "rep@vik.example;Rep Moe;NAV;nav;state;steward|specialist;health/member;forbundet;consent;nei;nn;daily;Får brev",
            "rep@vik.example;Rep Moe;NAV;nav;state;steward|specialist;night/leader|health/member;nav;;nei;nn;daily;Får brev",
            "'+selv@vik.example;'-Selv Påmeldt;;;;;;;;nei;nb;weekly;Får brev",
            ";Retur, Per;NAV;nav;state;;;;;ja;nb;;",
        ] {
            assert!(sheet.contains(row), "{row} in {sheet}");
        }
        let read = send(&lise, Some(("people.csv", sheet.as_bytes())), &[]).await;
        assert!(read.body.contains("Nye: 0 · Endret: 0 · Uendret: 10"), "{}", read.body);
        assert!(!read.body.contains("Her, men ikke i arket"), "{}", read.body);
        let before = pages.dump().await;
        let done = send(&lise, None, &fields_of(&read, "import")).await;
        assert!(done.body.contains("Ferdig. Nye: 0 · Endret: 0 · Uendret: 10"), "{}", done.body);
        let after = pages.dump().await;
        assert!(after == before, "{}", tell_difference(&before, &after));
    }

    async fn a_sheet_is_parted_as_excel_parts_it_in_the_language_of_who_takes_it(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET name = 'Moe, Ola' WHERE id = 2").await;
        let mut lise = seat(&pages, LISE, r#"["people","administer"]"#).await;
        for (language, row, log) in [
            ("nb", "ola@nav.test;Moe, Ola;NAV;", ";changed_at;"),
            ("nn", "ola@nav.test;Moe, Ola;NAV;", ";changed_at;"),
            ("en", "ola@nav.test,\"Moe, Ola\",NAV,", ",changed_at,"),
        ] {
            lise.post("/desk/account/language", &format!("language={language}")).await;
            let sheet = lise.post("/desk/people/export", "").await.body;
            assert!(sheet.contains(row), "{language}: {sheet}");
            let sheet = lise.get("/desk/log/export.csv").await.body;
            assert!(sheet.contains(log), "{language}: {sheet}");
        }
    }

    async fn who_would_come_in_again_is_told_before_it_is_done(db: Database) {
        let pages = pages_of(db).await;
        for sql in ROWS {
            pages.run(sql).await;
        }
        let lise = seat(&pages, LISE, PEOPLE).await;
        let read = send(&lise, Some(("people.csv", b"epost\nut@vik.example\n")), &[]).await;
        assert!(read.body.contains("Endret: 1") && read.body.contains("Kommer med i forumet uten plass"), "{}", read.body);
    }
}
