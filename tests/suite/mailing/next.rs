//! Stories of the coming mailing.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use super::town::{LEAD, next_monday, queue, run_weekly, settle, show_weekly, town};
use crate::desk::seat::{add_account, seat, seat_account};
use crate::on_both_databases;
use crate::pages::world::now;

/// Who gets which titles, as the page of names says it.
fn read_letters(html: &str) -> BTreeMap<String, Vec<String>> {
    let between = |text: &str, open: &str, close: &str| -> Vec<String> {
        text.split(open).skip(1).map(|rest| rest.split(close).next().unwrap().to_owned()).collect()
    };
    let people = html.split("<li><span><strong>").skip(1).map(|person| {
        let name = person.split("</strong>").next().unwrap().to_owned();
        let items = between(person, "<ol>", "</ol>").first().map(|list| between(list, "<li>", "</li>"));
        (name, items.unwrap_or_default())
    });
    people.filter(|(_, items)| !items.is_empty()).collect()
}

on_both_databases! {
    async fn a_page_s_number_that_is_none_is_the_first(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "Vanlig", "all", &[]).await;
        for number in ["18446744073709551615", "-1", "x"] {
            for (list, first) in [("/desk/items", "Vanlig"), ("/desk/mailing/next/weekly/people", "Ola Nordmann")] {
                let page = lead.get(&format!("{list}?page={number}")).await;
                assert!(page.status == StatusCode::OK && page.body.contains(first), "{list} {number}: {}", page.body);
            }
        }
    }

    async fn what_the_desk_previewed_and_what_was_sent_agree_item_for_item(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, cap, created_at)
                   VALUES (11, 'cccc', 'nils@vik.example', 'Nils Vik', NULL, 'nn', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 2, 0),
                          (12, 'dddd', 'eli@vik.example', 'Eli Vik', NULL, 'nb', 'daily', 'active', TRUE, TRUE, '[]', 0, 1, 9, NULL, 0)").await;
        settle(&pages).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "Frist for alle", "all", &[("importance", "required")]).await;
        queue(&mut lead, "Bare for gruppa", "group:health", &[]).await;
        queue(&mut lead, "Helsetema", "", &[("about", "sector:health"), ("topics", "chosen")]).await;
        for title in ["Tips en", "Tips to", "Tips tre"] {
            queue(&mut lead, title, "all", &[]).await;
        }
        let people = lead.get("/desk/mailing/next/weekly/people").await;
        assert_eq!(people.status, StatusCode::OK);
        let previewed = read_letters(&people.body);
        assert_eq!(previewed.len(), 3, "{}", people.body);
        assert_eq!(previewed["Nils Vik"].len(), 2, "two is all that he allows");
        let overview = lead.get("/desk/mailing/next/weekly").await.body;
        assert!(overview.contains("mandag 15. mars kl. 7.30"), "{overview}");
        assert!(overview.contains("Til dem som får brev: hver uke"), "no capital letter inside a sentence: {overview}");
        assert!(overview.contains("<b>3</b> får brev") && overview.contains("<b>1</b> har mer enn brevet rommer"), "{overview}");
        assert!(overview.contains("I 3 brev · valgt av forumet: 3"), "{overview}");
        assert!(overview.contains("I ett brev · følger temaet: 1"), "{overview}");

        let counts = run_weekly(&pages, next_monday()).await;
        assert_eq!((counts.digests, counts.accepted), (3, 3));
        let sent = show_weekly(&pages, next_monday()).await;
        let names = [("kari@nav.test", "Kari &lt;script&gt;alert(1)&lt;/script&gt;"), ("ola@nav.test", "Ola Nordmann"), ("nils@vik.example", "Nils Vik")];
        let titles = [
            ("frist-for-alle", "Frist for alle"), ("bare-for-gruppa", "Bare for gruppa"), ("helsetema", "Helsetema"),
            ("tips-en", "Tips en"), ("tips-to", "Tips to"), ("tips-tre", "Tips tre"), ("neste", "Neste tittel"), ("andres", "Andres tittel"),
        ];
        let title = |slug: &str| titles.iter().find(|(own, _)| *own == slug).unwrap_or_else(|| panic!("{slug}")).1.to_owned();
        assert_eq!(sent.digests.len(), previewed.len());
        for digest in &sent.digests {
            let name = names.iter().find(|(email, _)| *email == digest.recipient).unwrap().1;
            let own: Vec<String> = digest.items.iter().map(|item| title(&item.item)).collect();
            let known: Vec<&String> = previewed.keys().collect();
            assert_eq!(previewed.get(name).unwrap_or_else(|| panic!("{name} in {known:?}")), &own, "{name}");
        }
    }

    async fn who_gets_nothing_is_told_with_the_cause(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, paused_until, created_at)
                   VALUES (11, 'c', 'a@vik.example', 'Anna Pause', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, '2027-05-01', 0),
                          (12, 'd', 'b@vik.example', 'Berit Retur', 'nb', 'weekly', 'suspended', TRUE, TRUE, '[]', 0, 1, 9, NULL, 0),
                          (13, 'e', 'c@vik.example', 'Carl Nei', 'nb', 'weekly', 'unsubscribed', TRUE, TRUE, '[]', 0, 1, 9, NULL, 0),
                          (14, 'f', 'd@vik.example', 'Dina Venter', 'nb', 'weekly', 'unconfirmed', TRUE, TRUE, '[]', 0, 1, 9, NULL, 0)").await;
        pages.run("UPDATE delivery SET state = 'attempting'").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let overview = lead.get("/desk/mailing/next/weekly").await.body;
        for (only, label, name) in [
            ("nothing", "Ingenting nytt passer for dem", "Ola Nordmann"),
            ("pausing", "Har pause", "Anna Pause"),
            ("on_its_way", "Et brev er på vei til dem akkurat nå", "Kari &lt;script&gt;"),
            ("suspended", "Brevene er stanset: De kommer i retur, eller mottakeren har klaget", "Berit Retur"),
            ("unsubscribed", "Har sagt nei til brev", "Carl Nei"),
            ("unconfirmed", "Har ikke bekreftet at de vil ha brev", "Dina Venter"),
        ] {
            let path = format!("/desk/mailing/next/weekly/people?only={only}");
            assert!(overview.contains(&format!("href=\"{path}\">{label}</a></span><span>1</span>")), "{label} in {overview}");
            let people = lead.get(&path).await.body;
            assert!(people.contains(name) && people.contains("1 person"), "{name} in {people}");
            assert!(only != "pausing" || people.contains("Har pause til lørdag 1. mai"), "{people}");
        }
        let found = lead.get("/desk/mailing/next/weekly/people?q=anna+PAUSE").await.body;
        assert!(found.contains("Anna Pause") && !found.contains("Har pause til") && !found.contains("Berit"), "{found}");
    }

    async fn whoever_is_looked_for_is_named_and_their_letter_opens_with_a_line_in_the_log(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut writer = seat(&pages, "writer@forum.example", r#"["write"]"#).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let all = lead.get("/desk/mailing/next/weekly/people").await.body;
        assert!(all.contains("Ola Nordmann") && all.contains("For alle") && !all.contains("/desk/mailing/letter/2"), "{all}");
        let found = lead.get("/desk/mailing/next/weekly/people?q=ola").await.body;
        assert!(found.contains("<a href=\"/desk/mailing/letter/2\">Ola Nordmann</a>") && found.contains("blir skrevet i loggen"), "{found}");
        assert!(!found.contains("For alle"), "{found}");
        let named = writer.get("/desk/mailing/next/weekly/people?q=ola").await.body;
        assert!(named.contains("<strong>Ola Nordmann</strong>") && !named.contains("For alle") && !named.contains("/desk/mailing/letter/"), "{named}");
    }

    async fn an_item_that_reaches_nobody_is_named_and_one_of_another_rhythm_is_not(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
                   VALUES (11, 'c', 'a@vik.example', 'Anna Daglig', 'nb', 'daily', 'active', TRUE, TRUE, '[]', 0, 1, 9, 0)").await;
        settle(&pages).await;
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (11, 103, 'follow', 'person', 0)").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For ingen", "group:health and not role:steward", &[("nobody", "yes")]).await;
        queue(&mut lead, "For industrien", "", &[("about", "sector:industry"), ("topics", "chosen")]).await;
        let page = lead.get("/desk/mailing/next/weekly").await.body;
        let unreached = page.split("id=\"unreached\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap_or_default();
        assert!(unreached.contains("For ingen") && !unreached.contains("For industrien"), "{page}");
        assert!(page.contains("Går til dem som får brev på andre dager"), "{page}");
    }

    async fn the_next_mailing_is_the_first_that_brings_somebody_letters(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let first = |page: &str| page.split("<h2 id=\"when\">").nth(1).unwrap().split("</h2>").next().unwrap().to_owned();
        let monday = lead.get("/desk/mailing").await.body;
        assert_eq!(first(&monday), "mandag 15. mars kl. 7.30", "nobody hears daily");
        assert!(monday.contains("tirsdag 9. mars kl. 7.30"), "the other rhythms are there to look at");
        let daily = lead.get("/desk/mailing/next/daily").await.body;
        assert!(daily.contains("Ingen mottakere venter på brev i denne utsendingen.") && !daily.contains("Alle får brev."), "{daily}");
        assert!(!lead.get("/desk").await.body.contains("tirsdag 9. mars"));
        pages.run("UPDATE recipient SET cadence = 'daily', revision = revision + 1 WHERE id = 2").await;
        assert_eq!(first(&lead.get("/desk/mailing").await.body), "tirsdag 9. mars kl. 7.30");
        assert!(lead.get("/desk").await.body.contains("tirsdag 9. mars kl. 7.30"));
        pages.run("UPDATE recipient SET status = 'unsubscribed', revision = revision + 1").await;
        assert_eq!(first(&lead.get("/desk/mailing").await.body), "tirsdag 9. mars kl. 7.30", "of none one is the first");
        assert_eq!(pages.db.store.list_heard_cadences().await.unwrap(), Vec::<String>::new());
    }

    async fn what_changes_is_seen_at_once(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("<b>0</b> får brev"));
        queue(&mut lead, "Nytt", "all", &[]).await;
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("<b>2</b> får brev"));
        pages.db.store.unsubscribe_recipient(crate::pages::world::KARI, "page", now()).await.unwrap();
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("<b>1</b> får brev"));
        assert_eq!(lead.get("/desk/mailing/next/urgent").await.status, StatusCode::NOT_FOUND);
    }

    async fn who_writes_for_groups_reads_no_other_names_and_titles(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let writer = add_account(&pages, "writer@forum.example", r#"["write"]"#, &["health".to_owned()]).await;
        let mut writer = seat_account(&pages, writer, "writer", now()).await;
        let others = writer.get("/desk/mailing/next/weekly").await.body;
        assert!(others.contains("Utsendingen har én sak for andre, og ingen for gruppene dine."), "{others}");
        queue(&mut lead, "For gruppa", "group:health", &[("visibility", "group:health")]).await;
        let overview = writer.get("/desk/mailing/next/weekly").await.body;
        assert!(overview.contains("For gruppa") && !overview.contains("For alle") && overview.contains("og en sak til for andre"), "{overview}");
        let people = writer.get("/desk/mailing/next/weekly/people").await.body;
        assert!(people.contains("Kari &lt;script&gt;") && !people.contains("Ola Nordmann"), "{people}");
        assert!(people.contains("En person i andre grupper er ikke vist.") && !people.contains("For alle"), "{people}");
        assert!(writer.get("/desk/mailing/next/weekly/people?q=ola").await.body.contains("Ingen her"));
    }

    async fn a_large_forum_is_planned_beside_and_the_page_says_so(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, last_planned_at, created_at)
                   WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3001)
                   SELECT 1000 + i, 'p' || CAST(i AS TEXT), 'p' || CAST(i AS TEXT) || '@vik.example', 'Person', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0 FROM n").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let first = lead.get("/desk/mailing/next/weekly").await.body;
        assert!(first.contains("Regner ut …") && first.contains("id=\"lively\"") && !first.contains("får brev</a>"), "{first}");
        let mut page = first;
        while page.contains("Regner ut …") {
            tokio::task::yield_now().await;
            page = lead.get("/desk/mailing/next/weekly").await.body;
        }
        assert!(page.contains("<b>3003</b> får brev") && !page.contains("Slik det sto"), "{page}");
        assert!(lead.get("/desk/mailing/next/weekly/people?page=60").await.body.contains("Forrige"));
        pages.db.store.unsubscribe_recipient(crate::pages::world::KARI, "page", now()).await.unwrap();
        let page = lead.get("/desk/mailing/next/weekly").await.body;
        assert!(page.contains("<b>3003</b> får brev") && page.contains("Slik det sto kl. 09.00."), "{page}");
    }
}
