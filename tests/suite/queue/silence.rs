//! Whatever a writer asks by organisations, every page is as silent as every other: none tells who is with a union.

use super::desk::{LEAD, WRITER, form, pages_of, place};
use super::unions::{NAMES, UNCOUNTED, WHY, WITHHELD, city, draft_for, town};
use crate::access::reader::Reader;
use crate::desk::seat::seat;
use crate::on_both_databases;

const SENDER: &str = r#"["write","send"]"#;
const PEOPLE: &str = "/desk/mailing/next/weekly/people";
const HIDDEN: &str = "Hvem noe her går til, kan vise hvem som hører til en fagforening.";

/// Over what reaches nobody.
const UNREACHED: &str = "id=\"unreached\"";

/// All kinds that are no union.
const OTHERS: &str = "kind-of-org:county or kind-of-org:municipality or kind-of-org:state or kind-of-org:university or \
                      kind-of-org:school or kind-of-org:employers or kind-of-org:company or kind-of-org:voluntary or kind-of-org:other";

/// What the page of names says to each question, with its address taken out.
async fn ask(reader: &mut Reader<'_>, audience: &str) -> Vec<String> {
    let path = draft_for(reader, audience).await;
    let form = reader.get(&path).await.body;
    assert!(
        form.contains(WHY) && !form.contains("class=\"figures\"") && !form.contains("only=broad"),
        "{audience}: {form}"
    );
    assert!(!form.contains("/who\"") && !form.contains("du ikke når"), "{audience}: {form}");
    let (mut told, id) = (Vec::new(), path.trim_start_matches("/desk/drafts/"));
    for query in ["", "?q=Liten", "?q=Kari", "?q=liten.example", "?only=broad"] {
        let who = reader.get(&format!("{path}/who{query}")).await.body;
        assert!(!NAMES.iter().any(|name| who.contains(name)), "{audience}: {who}");
        assert!(!who.contains("Valgt av forumet") && !who.contains("Får den"), "{audience}: {who}");
        told.push(who.replace(id, "x"));
    }
    told
}

/// Whether somebody is found who is called so.
async fn finds(reader: &mut Reader<'_>, place: &str, q: &str) -> bool {
    reader.get(&format!("{place}?q={q}")).await.body.contains("Stor Første")
}

on_both_databases! {
    // Of group health the deputy is Liten Første, who works for the small union, and the one member sits for NAV.
    async fn one_audience_says_as_little_as_the_same_with_all_others(db: Database) {
        let pages = city(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let of_all = format!("all or {OTHERS}");
        let (left, added) = (format!("all and not ({OTHERS})"), format!("org:vik or (group:health/deputy and not ({OTHERS}))"));
        let (both, none) = (format!("group:health/deputy and ({OTHERS})"), format!("group:health/deputy and not ({OTHERS})"));
        let silence = ask(&mut writer, "org:nav").await;
        for audience in [
            of_all.as_str(), &left, &added, &both, &none,
            "group:health/deputy and (org:nav or org:vik or org:fylket)",
            "group:health/deputy and (represents:nav or represents:vik or represents:fylket)",
            "group:health/deputy and (represents:nav or represents:liten)",
            "group:health/deputy or org:vik", "org:vik or (group:health/deputy and kind-of-org:union)",
            "org:stor", "org:stor and not group:health/deputy", "kind-of-org:union and not group:health", "all or org:vik",
            "org:liten", "org:vik or represents:liten",
        ] {
            let told = ask(&mut writer, audience).await;
            let is_counted = audience == "org:stor";
            assert_eq!(told.iter().all(|who| who.contains(UNCOUNTED)), !is_counted, "{audience}: {told:?}");
            if !is_counted {
                assert_eq!(told, silence, "{audience}");
            }
        }
        // Twenty of twenty-eight, by organisations alone.
        let told = ask(&mut writer, OTHERS).await;
        assert!(told.iter().all(|who| who.contains("20 er valgt")), "{told:?}");
        let walled = form(&[("title", "Sak"), ("kind", "tip"), ("audience", OTHERS), ("visibility", "group:health"), ("do", "save")]);
        let path = place(&writer.post("/desk/items/new", &walled).await);
        assert!(writer.get(&path).await.body.contains(UNCOUNTED), "a number of one group's people");
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let path = draft_for(&mut lead, &of_all).await;
        assert!(lead.get(&format!("{path}/who?only=broad")).await.body.contains("Liten Første"));
    }

    async fn part_of_an_address_finds_nobody_for_who_may_not_know_where_they_work(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut sender = seat(&pages, "send@forum.example", SENDER).await;
        let who = format!("{}/who", draft_for(&mut sender, "group:health").await);
        for place in [who.as_str(), PEOPLE, "/desk/mailing/letter"] {
            assert!(!finds(&mut sender, place, "stor.example").await, "{place}");
            assert!(!finds(&mut sender, place, "e1").await && !finds(&mut sender, place, "E1@stor").await, "{place}");
            assert!(finds(&mut sender, place, "E1%40stor.example").await, "the whole address: {place}");
            assert!(finds(&mut sender, place, "stor+f%C3%B8rste").await, "the name: {place}");
        }
        for place in [PEOPLE, "/desk/mailing/letter"] {
            assert!(finds(&mut lead, place, "stor.example").await, "{place}");
        }
        let found = sender.get("/desk/mailing/letter?q=stor").await.body;
        assert!(found.contains("Stor Første") && !found.contains("stor.example"), "{found}");
    }

    async fn who_has_no_name_is_called_without_their_employers_part_of_the_address(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE recipient SET name = '', revision = revision + 1 WHERE id = 21").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let mut sender = seat(&pages, "send@forum.example", SENDER).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let who = format!("{}/who", draft_for(&mut sender, "all").await);
        for place in [who.as_str(), PEOPLE, "/desk/mailing/letter/21"] {
            let page = sender.get(place).await.body;
            assert!(page.contains("e1") && !page.contains("stor.example"), "{place}: {page}");
        }
        let who = format!("{}/who", draft_for(&mut lead, "all").await);
        for place in [who.as_str(), PEOPLE, "/desk/mailing/letter/21"] {
            assert!(lead.get(place).await.body.contains("e1@stor.example"), "{place}");
        }
    }

    async fn a_coming_mailing_with_something_by_organisations_names_nobody_to_a_writer(db: Database) {
        let pages = city(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        assert!(writer.get(PEOPLE).await.body.contains("Liten Første"));
        let filled = form(&[("title", "Til de andre"), ("body", "Les."), ("kind", "tip"), ("audience", OTHERS), ("do", "queue")]);
        place(&lead.post("/desk/items/new", &filled).await);
        // Nobody gets it: the deputy is with a union.
        let filled = form(&[("title", "Til ingen"), ("body", "Les."), ("kind", "tip"), ("audience", "group:health/deputy and (org:nav or org:vik)"), ("topics", "chosen"), ("do", "queue")]);
        place(&writer.post("/desk/items/new", &filled).await);
        for query in ["", "?only=letter", "?only=without", "?q=Liten"] {
            let page = writer.get(&format!("{PEOPLE}{query}")).await.body;
            assert!(page.contains(HIDDEN) && !NAMES.iter().any(|name| page.contains(name)), "{page}");
        }
        let page = writer.get("/desk/mailing/next/weekly").await.body;
        assert!(page.contains("Til de andre") && page.contains("Til ingen") && !page.contains("I 20 brev"), "{page}");
        assert_eq!(page.matches("hvor mange som får den, vises ikke").count(), 2, "{page}");
        assert!(!page.contains(UNREACHED) && lead.get("/desk/mailing/next/weekly").await.body.contains(UNREACHED), "{page}");
        assert!(lead.get(PEOPLE).await.body.contains("Til de andre"));
    }

    async fn where_organisations_are_withheld_of_a_mailing_it_says_so(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE delivery SET state = 'accepted'").await;
        let mut sender = seat(&pages, "send@forum.example", SENDER).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let page = sender.get("/desk/mailing/sent/1").await.body;
        assert!(page.contains(WITHHELD) && !page.contains("<span>NAV</span>"), "{page}");
        let page = lead.get("/desk/mailing/sent/1").await.body;
        assert!(page.contains("<span>NAV</span>") && !page.contains(WITHHELD), "{page}");
    }

    // Who comes to what is for other organisations is of those.
    async fn who_answers_what_goes_to_other_organisations_stands_by_name(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE item_version SET audience = 'org:nav' WHERE item_id = 2").await;
        pages.run("INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) SELECT 2, 1, 'coming', 'letter', now_at FROM edition").await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let page = writer.get("/desk/items/samling").await.body;
        assert!(page.contains(WHY) && page.contains("Kari &lt;script"), "{page}");
        pages.run("UPDATE item_version SET audience = 'all and not org:nav' WHERE item_id = 2").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let page = writer.get("/desk/items/samling").await.body;
        assert!(page.contains(HIDDEN) && !page.contains("Kari"), "{page}");
    }

    async fn without_unions_organisations_tell_of_nobody(db: Database) {
        let pages = pages_of(db).await;
        let mut writer = seat(&pages, "per@forum.example", WRITER).await;
        let path = draft_for(&mut writer, "org:nav").await;
        let who = writer.get(&format!("{path}/who?q=Ola")).await.body;
        assert!(who.contains("Ola Nordmann") && !who.contains(WHY), "{who}");
    }
}
