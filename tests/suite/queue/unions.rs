//! Who works for a union, or sits for one, is told to nobody by way of an audience.

use super::desk::{LEAD, WRITER, form, pages_of, place};
use crate::access::reader::Reader;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{Pages, now, percent_encode};

pub(super) const WHY: &str = "Hvem det går til, kan vise hvem som hører til en fagforening.";
pub(super) const UNCOUNTED: &str = "Hvor mange som får denne, vises ikke";
pub(super) const WITHHELD: &str =
    "Organisasjoner vises ikke når det kan røpe hvem som hører til en fagforening.";

/// Six work in a large union and two in a small one; Ola sits for the small one, and works elsewhere.
pub(super) async fn town(db: Database) -> Pages {
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

/// The same with twelve in a municipality and six in a county; Liten Første of the small union has a deputy's place for NAV.
pub(super) async fn city(db: Database) -> Pages {
    let pages = town(db).await;
    for sql in [
        r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
           (115, 'org', 'vik', NULL, '{"nb":"Vik kommune"}', NULL), (116, 'represents', 'vik', NULL, '{"nb":"Vik kommune"}', NULL),
           (117, 'org', 'fylket', NULL, '{"nb":"Fylket"}', NULL), (118, 'represents', 'fylket', NULL, '{"nb":"Fylket"}', NULL)"#,
        "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at) VALUES
         (5, 'vik', 'Vik kommune', 'municipality', 115, 116, 0), (6, 'fylket', 'Fylket', 'county', 117, 118, 0)",
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, last_planned_at, created_at)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 18)
         SELECT 40 + i, 'k' || CAST(i AS TEXT), 'k' || CAST(i AS TEXT) || '@vik.example', 'Person', CASE WHEN i <= 12 THEN 5 ELSE 6 END,
                'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0 FROM n",
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (7, 104, 1, 'deputy', 0)",
        "INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (7, 31, 'import')",
        "UPDATE forum SET change_number = change_number + 1",
    ] {
        pages.run(sql).await;
    }
    pages
}

/// A draft for that audience, about nothing; its path.
pub(super) async fn draft_for(reader: &mut Reader<'_>, audience: &str) -> String {
    let filled = form(&[
        ("title", "Sak"),
        ("kind", "tip"),
        ("audience", audience),
        ("topics", "chosen"),
        ("do", "save"),
    ]);
    place(&reader.post("/desk/items/new", &filled).await)
}

/// A draft for that audience; its path.
async fn draft(reader: &mut Reader<'_>, audience: &str) -> String {
    let filled = form(&[("title", "Sak"), ("kind", "tip"), ("audience", audience), ("do", "save")]);
    place(&reader.post("/desk/items/new", &filled).await)
}

/// For the deputies of group health, about what all of Vik kommune follow.
fn form_of_industry(wish: &str) -> String {
    form(&[
        ("title", "Sak"),
        ("body", "Les."),
        ("kind", "tip"),
        ("audience", "group:health/deputy"),
        ("about", "sector:industry"),
        ("topics", "chosen"),
        ("do", wish),
    ])
}

pub(super) const NAMES: [&str; 4] = ["Kari &lt;script", "Ola Nordmann", "Stor Første", "Liten Første"];

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

    // All that a writer may subtract from: eight of unions stand with NAV's two and the county's six.
    async fn no_count_by_organisation_tells_who_works_for_a_union(db: Database) {
        let pages = city(db).await;
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) SELECT id, 103, 'follow', 'import', 0 FROM recipient WHERE organisation_id = 5").await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let row = |name: &str, told: &str| format!("<span>{name}</span><span>{told}</span>");
        let organisations = ["NAV", "Vik kommune", "Fylket", "Storforbundet", "Småforbundet", "Andre organisasjoner"];

        let one = draft_for(&mut writer, "group:health/deputy").await;
        let form = writer.get(&one).await.body;
        assert!(form.contains("1 får denne") && form.contains("Kompetansegruppe helse</span>"), "{form}");
        for name in organisations {
            assert!(!form.contains(&format!("<span>{name}</span>")), "{name} in {form}");
        }
        assert!(form.contains("<summary>Alle grupper</summary>") && form.contains(WITHHELD), "why is said: {form}");
        assert!(writer.get(&format!("{one}/who")).await.body.contains("Liten Første"));
        let told = lead.get(&one).await.body;
        assert!(told.contains(&row("Småforbundet", "1 av 2")) && told.contains(&row("Vik kommune", "ingen")), "{told}");
        assert!(told.contains("<summary>Alle grupper og organisasjoner</summary>") && !told.contains(WITHHELD), "{told}");

        let beside = place(&writer.post("/desk/items/new", &form_of_industry("save")).await);
        let form = writer.get(&beside).await.body;
        assert!(form.contains("13 får denne") && form.contains(&row("Andre organisasjoner", "13 av 28")), "{form}");
        assert!(!form.contains("<span>Vik kommune</span>"), "13 less 12 would be one: {form}");

        let all = draft_for(&mut writer, "all").await;
        let form = writer.get(&all).await.body;
        assert!(form.contains(&row("Vik kommune", "12 av 12")) && form.contains(&row("Andre organisasjoner", "16 av 16")), "{form}");
        for name in ["NAV", "Fylket", "Storforbundet", "Småforbundet"] {
            assert!(!form.contains(&format!("<span>{name}</span>")), "{name} in {form}");
        }
        let told = lead.get(&all).await.body;
        assert!(told.contains(&row("Storforbundet", "6 av 6")) && !told.contains("Andre organisasjoner"), "{told}");

        let queued = place(&writer.post("/desk/items/new", &form_of_industry("queue")).await);
        let page = writer.get(&queued).await.body;
        assert!(page.contains("13 får denne") && page.contains(&row("Andre organisasjoner", "13 av 28")), "{page}");
        assert!(!page.contains("<span>Vik kommune</span>"), "{page}");
    }

    // Whoever has none of the three as a reason would be with a union.
    async fn organisations_that_are_chosen_tell_a_writer_no_name_and_no_reason(db: Database) {
        let pages = city(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let path = draft_for(&mut writer, "group:health/deputy or org:vik or org:fylket or kind-of-org:state").await;
        let who = writer.get(&format!("{path}/who")).await.body;
        assert!(who.contains(UNCOUNTED) && !who.contains("Liten Første") && !who.contains("Valgt av forumet"), "{who}");
        let told = lead.get(&format!("{path}/who")).await.body;
        assert!(told.contains("Liten Første") && told.contains("Valgt av forumet: vara"), "{told}");
    }

    async fn where_whoever_sent_something_in_works_is_told_of_all_or_of_none(db: Database) {
        let pages = city(db).await;
        pages.run("INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, audience, about, sender_id, sender_name, sender_organisation, received_at, changed_at)
                   VALUES ('d1', 'form', 'new', 'nb', 'Kurs', 'Gratis', '{}', '', '', '[]', 1, NULL, NULL, 0, 0),
                          ('d2', 'form', 'new', 'nb', 'Kurs', 'Gratis', '{}', '', '', '[]', NULL, 'Per', 'Vik skole', 0, 0)").await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let known = writer.get("/desk/drafts/d1").await.body;
        assert!(known.contains("href=\"mailto:kari@nav.test\"") && !known.contains(", NAV</dd>"), "a blank would mark the others: {known}");
        assert!(writer.get("/desk/drafts/d2").await.body.contains("<dd>Per, Vik skole</dd>"), "they wrote it themselves");
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(lead.get("/desk/drafts/d1").await.body.contains(", NAV</dd>"));
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
        assert!(form.contains(WHY) && form.contains(UNCOUNTED), "all of unions less these are the two of the small one: {form}");
        let path = draft(&mut writer, "group:health and not sector:industry").await;
        assert!(!writer.get(&format!("{path}/who")).await.body.contains(WHY), "what is no organisation tells of none");
    }

    // Eight of twenty-eight are of unions; who follows the topic is not counted with them.
    async fn many_of_unions_are_counted_and_not_named(db: Database) {
        let pages = city(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let path = draft(&mut writer, "kind-of-org:union").await;
        let form = writer.get(&path).await.body;
        assert!(form.contains("8 er valgt") && form.contains(WHY) && !form.contains("class=\"figures\""), "{form}");
        let who = writer.get(&format!("{path}/who?q=Stor")).await.body;
        assert!(who.contains("8 er valgt") && !NAMES.iter().any(|name| who.contains(name)), "{who}");
        let plain = draft(&mut writer, "group:health").await;
        let who = writer.get(&format!("{plain}/who?q=Stor")).await.body;
        assert!(who.contains("3 får denne") && who.contains("Ola Nordmann") && who.contains("Stor Første"), "{who}");
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
        assert!(!page.contains("Se alle, med navn og saker"), "what leads to nothing: {page}");
        assert!(!writer.get("/desk").await.body.contains("people?only="), "how many get no letter tells as much");
        assert!(lead.get("/desk/mailing").await.body.contains("Se alle, med navn og saker"));
        assert!(lead.get("/desk").await.body.contains("people?only=without"));
        assert!(lead.get(people).await.body.contains("Ola Nordmann"));
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("I ett brev · valgt av forumet: 1"));
    }

    // Six of the large union have it, who may have worked for the small one when it went.
    async fn of_what_went_never_more_is_told_than_before_it_was_sent(db: Database) {
        let pages = city(db).await;
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
