//! Who works for a union, or sits for one, is told to nobody by way of an audience.

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::access::reader::Reader;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{Pages, now, percent_encode};

const WHY: &str = "Hvem det går til, kan vise hvem som hører til en fagforening.";
const UNCOUNTED: &str = "Hvor mange som får denne, vises ikke";

/// Six work in a large union and two in a small one; Ola sits for the small one, and works elsewhere.
async fn town(db: Database) -> Pages {
    let pages = pages_of(db).await;
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
           (111, 'org', 'stor', NULL, '{"nb":"Storforbundet"}', NULL), (112, 'represents', 'stor', NULL, '{"nb":"Storforbundet"}', NULL),
           (113, 'org', 'liten', NULL, '{"nb":"Småforbundet"}', NULL), (114, 'represents', 'liten', NULL, '{"nb":"Småforbundet"}', NULL)"#,
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at) VALUES
         (2, 'stor', 'Storforbundet', 'union', 111, 112, 0), (3, 'liten', 'Småforbundet', 'union', 113, 114, 0)",
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, last_planned_at, created_at) VALUES
         (21, 'e1', 'e1@stor.example', 'Stor Første', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (22, 'e2', 'e2@stor.example', 'Stor Andre', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (23, 'e3', 'e3@stor.example', 'Stor Tredje', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (24, 'e4', 'e4@stor.example', 'Stor Fjerde', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (25, 'e5', 'e5@stor.example', 'Stor Femte', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (26, 'e6', 'e6@stor.example', 'Stor Sjette', 2, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (31, 'l1', 'l1@liten.example', 'Liten Første', 3, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0),
         (32, 'l2', 'l2@liten.example', 'Liten Andre', 3, 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0)",
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (2, 104, 3, 'member', 0)",
        "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (2, 2, 'import')",
        "UPDATE recipient SET last_planned_at = 1804487400000000, revision = revision + 1",
        "UPDATE forum SET change_number = change_number + 1",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// A draft for that audience; its path.
async fn draft(reader: &mut Reader<'_>, audience: &str) -> String {
    let filled = form(&[("title", "Sak"), ("kind", "tip"), ("audience", audience), ("do", "save")]);
    place(&reader.post("/desk/items/new", &filled).await)
}

const NAMES: [&str; 4] = ["Kari &lt;script", "Ola Nordmann", "Stor Første", "Liten Første"];

on_both_databases! {
    async fn an_audience_by_union_tells_a_writer_no_name_and_no_small_count(db: Database) {
        let pages = town(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let led = add_account(&pages, "eli@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, led, "eli", now()).await;
        for audience in [
            "represents:liten", "org:liten", "group:health and represents:liten", "group:health and not represents:liten",
            "not org:liten", "role:steward", "role:steward or org:liten", "kind-of-org:union and not org:stor", "not (not org:liten)",
            "org:stor and org:liten", "all and not (kind-of-org:union and group:health)",
        ] {
            for reader in [&mut writer, &mut leader] {
                let path = draft(reader, audience).await;
                let form = reader.get(&path).await.body;
                assert!(form.contains(UNCOUNTED) && form.contains(WHY) && !form.contains("får denne<"), "{audience}: {form}");
                for query in ["", "?q=o", "?q=Ola", "?only=broad"] {
                    let who = reader.get(&format!("{path}/who{query}")).await.body;
                    assert!(who.contains(UNCOUNTED) && who.contains(WHY), "{audience}: {who}");
                    assert!(!NAMES.iter().any(|name| who.contains(name)) && !who.contains("Valgt av forumet"), "{audience}: {who}");
                }
            }
        }
    }

    // In group health are Kari, who works in NAV, and Ola, who works there too and sits for the small union.
    async fn taking_all_others_away_names_nobody_of_a_union(db: Database) {
        let pages = town(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let led = add_account(&pages, "eli@forum.example", WRITER, &["health".to_owned()]).await;
        let mut leader = seat_account(&pages, led, "eli", now()).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        for audience in [
            "group:health and not represents:nav", "group:health and not (kind-of-org:state or kind-of-org:county)",
            "group:health and not (org:nav or kind-of-org:other)", "not (not (group:health and org:nav))",
        ] {
            for reader in [&mut writer, &mut leader] {
                let path = draft(reader, audience).await;
                for query in ["", "?q=Ola", "?only=broad"] {
                    let who = reader.get(&format!("{path}/who{query}")).await.body;
                    assert!(who.contains(UNCOUNTED) && who.contains(WHY), "{audience}: {who}");
                    assert!(!NAMES.iter().any(|name| who.contains(name)), "{audience}: {who}");
                }
            }
            let path = draft(&mut lead, audience).await;
            assert!(!lead.get(&format!("{path}/who?q=Ola")).await.body.contains(WHY), "{audience}");
        }
        // With many beside them the sum less those many counts whom it leaves.
        for audience in [
            "all and not kind-of-org:county", "org:nav or (group:health and not kind-of-org:state)",
            "kind-of-org:union or (group:health and not (org:nav or kind-of-org:county))",
        ] {
            for reader in [&mut writer, &mut leader] {
                let path = draft(reader, audience).await;
                let form = reader.get(&path).await.body;
                assert!(form.contains(UNCOUNTED) && form.contains(WHY) && !form.contains("får denne<"), "{audience}: {form}");
                let who = reader.get(&format!("{path}/who")).await.body;
                assert!(who.contains(UNCOUNTED) && !who.contains(" får denne<"), "{audience}: {who}");
            }
        }
        let path = draft(&mut writer, "kind-of-org:union and not org:liten").await;
        let form = writer.get(&path).await.body;
        assert!(form.contains(WHY) && !form.contains(UNCOUNTED), "many of unions, less another union: {form}");
        let path = draft(&mut writer, "group:health and not sector:industry").await;
        assert!(!writer.get(&format!("{path}/who")).await.body.contains(WHY), "what is no organisation tells of none");
    }

    // Eight of unions, and one who follows the topic.
    async fn many_of_unions_are_counted_and_not_named(db: Database) {
        let pages = town(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let path = draft(&mut writer, "kind-of-org:union").await;
        let form = writer.get(&path).await.body;
        assert!(form.contains("9 får denne") && form.contains(WHY) && !form.contains("class=\"figures\""), "{form}");
        let who = writer.get(&format!("{path}/who?q=Stor")).await.body;
        assert!(who.contains("9 får denne") && !NAMES.iter().any(|name| who.contains(name)), "{who}");
        let plain = draft(&mut writer, "group:health").await;
        let who = writer.get(&format!("{plain}/who?q=Stor")).await.body;
        assert!(who.contains("2 får denne") && who.contains("Ola Nordmann") && who.contains("Stor Første"), "{who}");
    }

    async fn who_keeps_the_peoples_pages_is_told_all(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let path = draft(&mut lead, "represents:liten").await;
        let told = lead.get(&path).await.body;
        assert!(told.contains("2 får denne"), "one of that union, and one who follows the topic: {told}");
        let who = lead.get(&format!("{path}/who?q={}", percent_encode("Ola"))).await.body;
        assert!(who.contains("Ola Nordmann") && who.contains("Valgt av forumet: småforbundet") && !who.contains(WHY), "{who}");
    }

    async fn a_coming_mailing_with_something_for_unions_names_nobody_to_a_writer(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let people = "/desk/mailing/next/weekly/people";
        assert!(writer.get(people).await.body.contains("Ola Nordmann"));
        let filled = form(&[("title", "Til den lille"), ("body", "Les."), ("kind", "tip"), ("audience", "represents:liten"), ("do", "queue")]);
        place(&lead.post("/desk/items/new", &filled).await);
        for query in ["", "?only=letter", "?only=without", "?q=Ola"] {
            let page = writer.get(&format!("{people}{query}")).await.body;
            assert!(page.contains("Hvem noe her går til, kan vise hvem som hører til en fagforening.") && !NAMES.iter().any(|name| page.contains(name)), "{page}");
        }
        let page = writer.get("/desk/mailing/next/weekly").await.body;
        assert!(page.contains("Til den lille") && page.contains("hvor mange som får den, vises ikke") && !page.contains("får brev</a>"), "{page}");
        assert!(lead.get(people).await.body.contains("Ola Nordmann"));
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("I ett brev · valgt av forumet: 1"));
    }

    // Six of the large union have it, who may have worked for the small one when it went.
    async fn of_what_went_never_more_is_told_than_before_it_was_sent(db: Database) {
        let pages = town(db).await;
        for sql in [
            "INSERT INTO digest (edition_id, recipient_id, carried_over, has_letter) SELECT 1, id, '[]', TRUE FROM recipient WHERE id BETWEEN 21 AND 26",
            "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision, message_id, dated_at)
             SELECT 100 + id, 1, id, 'accepted', 1, 0, 0, 1, 'm' || id, 1804487400000000 FROM recipient WHERE id BETWEEN 21 AND 26",
            "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points, carried, correction, returned)
             SELECT 100 + id, id, 2, 1, 0, 'audience', '[]', 40, 0, FALSE, FALSE FROM recipient WHERE id BETWEEN 21 AND 26",
            "UPDATE item_version SET audience = 'org:liten' WHERE item_id = 2",
        ] {
            pages.run(sql).await;
        }
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let page = writer.get("/desk/items/samling").await.body;
        assert!(page.contains(WHY) && !page.contains("har den i et brev"), "{page}");
        pages.run("UPDATE item_version SET audience = 'org:stor' WHERE item_id = 2").await;
        let page = writer.get("/desk/items/samling").await.body;
        assert!(page.contains(WHY) && page.contains("7 har den i et brev som er sendt eller venter."), "{page}");
    }
}
