//! Stories of a mailing while it runs and after: paused, let go on, cancelled; letters settled and sent once more.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use treff::forum::Cadence;
use treff::ids::DeliveryId;
use treff::pipeline::{CHANGED_SINCE, NOTHING_LEFT, Pipeline};
use treff::store::EditionRow;

use super::town::{LEAD, form, next_monday, pipeline_at, queue, run_weekly, show_weekly, town};
use crate::access::reader::Reader;
use crate::desk::seat::seat;
use crate::on_both_databases;
use crate::pages::world::Pages;

const STATES: &str = "SELECT r.email || ' ' || d.state FROM delivery d JOIN recipient r ON r.id = d.recipient_id WHERE d.id <> 7 ORDER BY d.id";

const OWED: &str =
    "SELECT i.slug FROM carry c JOIN item i ON i.id = c.item_id WHERE c.ended_at IS NULL ORDER BY i.id";

/// The weekly mailing with one item for all, opened and not planned.
async fn open(pages: &Pages, lead: &mut Reader<'_>) -> (Pipeline, EditionRow, String) {
    queue(lead, "For alle", "all", &[]).await;
    let pipeline = pipeline_at(pages, next_monday()).await;
    let row = pipeline.open_edition(Cadence::Weekly, next_monday()).await.unwrap().unwrap();
    let path = format!("/desk/mailing/sent/{}", row.id);
    (pipeline, row, path)
}

/// Settles a letter as refused for good, as a worker does.
async fn reject(pages: &Pages, email: &str) -> DeliveryId {
    let id = pages.text("SELECT CAST(d.id AS TEXT) || ' ' || r.email FROM delivery d JOIN recipient r ON r.id = d.recipient_id ORDER BY d.id DESC").await;
    let id = id
        .lines()
        .find_map(|line| line.strip_suffix(&format!(" {email}")))
        .unwrap()
        .parse()
        .map(DeliveryId)
        .unwrap();
    let mut tx = pages.db.store.begin().await.unwrap();
    tx.return_items(&[id]).await.unwrap();
    let sql = "UPDATE delivery SET state = 'rejected', reply = '550 5.7.1 no' WHERE id = $1";
    tx.run(sql, vec![treff::store::Arg::from(id)]).await.unwrap();
    tx.commit().await.unwrap();
    id
}

on_both_databases! {
    async fn a_mailing_is_paused_and_let_go_on(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (pipeline, row, path) = open(&pages, &mut lead).await;
        assert!(lead.get(&path).await.body.contains("Brevene skrives"));
        pipeline.plan_edition(&row).await.unwrap();
        let page = lead.get(&path).await.body;
        assert!(page.contains("Sendes nå") && page.contains("0 av 2 brev er ferdige") && page.contains("id=\"lively\""), "{page}");
        let paused = lead.post(&format!("{path}/pause"), "").await;
        assert_eq!(paused.header("location"), format!("{path}?done=paused"));
        assert_eq!(run_weekly(&pages, next_monday()).await.accepted, 0);
        for place in ["/desk", "/desk/mailing"] {
            let page = lead.get(place).await.body;
            assert!(page.contains(&format!("href=\"{path}\"")) && page.contains("Satt på pause"), "{page}");
        }
        let page = lead.get(&path).await.body;
        assert!(page.contains("Satt på pause") && !page.contains("id=\"lively\""), "{page}");
        assert!(page.contains("Vises når utsendingen er ferdig.") && !page.contains("Saker i brevene"), "nothing reached anybody");
        lead.post(&format!("{path}/resume"), "").await;
        assert_eq!(run_weekly(&pages, next_monday()).await.accepted, 2);
        let page = lead.get(&path).await.body;
        assert!(page.contains("Ferdig") && page.contains("2 av 2 brev er ferdige"), "{page}");
        assert!(!lead.get("/desk").await.body.contains(&path), "nothing is under way any more");
        for method in [Method::GET, Method::POST] {
            let over = lead.ask(method, &format!("{path}/cancel"), "").await;
            assert_eq!(over.header("location"), path, "nothing is left to cancel");
        }
        assert!(page.contains("For alle</a></span><span>I 2 brev") && page.contains("Kompetansegruppe helse</span><span>1 av 1"), "{page}");
        let list = lead.get("/desk/mailing/sent").await.body;
        assert!(list.contains("2 brev: 2 tatt imot av e-posttjenesten") && list.contains("1 brev: 1 vet ikke om det kom fram"), "{list}");
        let told = pages.text("SELECT action FROM change WHERE actor LIKE 'account:%' AND action LIKE 'edition.%' ORDER BY id").await;
        assert_eq!(told, "edition.paused\nedition.resumed");
    }

    async fn why_a_letter_is_tried_again_is_told_as_it_is(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        pages.run("UPDATE delivery SET state = 'deferred', reply = 'the relay mail.example:25 cannot be used: connecting failed' WHERE id = 7").await;
        let path = "/desk/mailing/sent/1/letters?state=deferred";
        let list = lead.get(path).await.body;
        assert!(list.contains("Vår egen e-posttjener kunne ikke nås.") && !list.contains("mail.example"), "{list}");
        pages.run("UPDATE delivery SET reply = '451 4.7.1 come back later' WHERE id = 7").await;
        let list = lead.get(path).await.body;
        assert!(list.contains("451 4.7.1 come back later") && !list.contains("Vår egen"), "{list}");
    }

    async fn what_is_cancelled_comes_in_the_next_mailing(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (pipeline, row, path) = open(&pages, &mut lead).await;
        pipeline.plan_edition(&row).await.unwrap();
        lead.post(&format!("{path}/pause"), "").await;
        let sure = lead.get(&format!("{path}/cancel")).await.body;
        assert!(sure.contains("2 brev som venter, blir ikke sendt.") && !sure.contains("Ikke alle brevene er skrevet"), "{sure}");
        let done = lead.post(&format!("{path}/cancel"), "").await;
        assert_eq!(done.header("location"), format!("{path}?done=cancelled"));
        assert_eq!(pages.text(STATES).await, "kari@nav.test cancelled\nola@nav.test cancelled");
        assert_eq!(run_weekly(&pages, next_monday()).await.accepted, 0);
        let page = lead.get(&path).await.body;
        assert!(page.contains("Ferdig") && page.contains("stanset</a></span><span>2"), "{page}");
        let later = next_monday() + TimeDelta::days(7);
        assert_eq!(run_weekly(&pages, later).await.accepted, 2);
        assert!(show_weekly(&pages, later).await.digests.iter().all(|digest| digest.items[0].item == "for-alle"));
    }

    async fn a_mailing_that_is_not_wholly_planned_is_planned_no_further(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let (pipeline, row, path) = open(&pages, &mut lead).await;
        let sure = lead.get(&format!("{path}/cancel")).await.body;
        assert!(sure.contains("Ikke alle brevene er skrevet ennå."), "{sure}");
        lead.post(&format!("{path}/cancel"), "").await;
        let planned = pipeline.plan_edition(&row).await.unwrap();
        assert_eq!((planned.digests, pages.text(STATES).await), (0, String::new()), "the planner that began before stops");
        let later = next_monday() + TimeDelta::days(7);
        assert_eq!(run_weekly(&pages, later).await.accepted, 2, "nobody lost anything");
    }

    async fn letters_that_may_not_have_arrived_are_settled_or_sent_again(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let today = lead.get("/desk").await.body;
        let path = "/desk/mailing/sent/1/letters?state=uncertain";
        assert!(today.contains(&format!("<a href=\"{path}\">Kari &lt;script&gt;")), "{today}");
        let list = lead.get(path).await.body;
        assert!(list.contains("Kari &lt;script&gt;") && list.contains("kan det komme to ganger"), "{list}");
        for asked in ["<strong><a href=\"/desk/people/1\">Kari &lt;script&gt;", "</a></strong> <span class=\"quiet\">kari@nav.test</span>"] {
            assert!(list.contains(asked), "whom to ask, and where: {list}");
        }
        let unseen = seat(&pages, "utsender@forum.example", r#"["send"]"#).await.get(path).await.body;
        assert!(unseen.contains("Kari &lt;script&gt;") && !unseen.contains("/desk/people/1") && !unseen.contains("kari@nav.test"), "{unseen}");
        for (wish, word) in [("", ""), ("as", ""), ("as", "reject")] {
            let unsaid = form(&[("edition", "1"), ("state", "uncertain"), (wish, word)]);
            assert_eq!(lead.post("/desk/mailing/letters/7/settle", &unsaid).await.status, StatusCode::BAD_REQUEST, "{word}");
            assert_eq!(pages.text("SELECT state FROM delivery WHERE id = 7").await, "uncertain", "no answer settles nothing");
        }
        let pressed = form(&[("edition", "1"), ("state", "uncertain"), ("as", "rejected")]);
        let done = lead.post("/desk/mailing/letters/7/settle", &pressed).await;
        assert_eq!(done.header("location"), format!("{path}&done=lost"));
        assert!(lead.get(&format!("{path}&done=lost")).await.body.contains("Sakene kommer i neste brev."));
        assert_eq!(pages.text("SELECT state FROM delivery WHERE id = 7").await, "rejected");
        let late = lead.post("/desk/mailing/letters/7/settle", &pressed).await;
        assert!(late.header("location").ends_with("done=late"), "somebody settled it before");
        assert!(lead.get("/desk/mailing/next/weekly").await.body.contains("<b>1</b> får brev"), "its items are owed");
        pages.run("UPDATE delivery SET state = 'uncertain' WHERE id = 7").await;
        let wordless = lead.post("/desk/mailing/letters/7/retry", &pressed).await;
        assert!(wordless.header("location").ends_with("done=wordless"));
        assert!(lead.get(wordless.header("location")).await.body.contains("så gammelt at teksten er slettet"));
        assert_eq!(pages.text("SELECT state FROM delivery WHERE id = 7").await, "uncertain");
        pages.run("INSERT INTO letter (delivery_id, content) VALUES (7, '{\"p\":[]}')").await;
        pages.run("UPDATE recipient SET status = 'suspended' WHERE id = (SELECT recipient_id FROM delivery WHERE id = 7)").await;
        let stopped = lead.post("/desk/mailing/letters/7/retry", &pressed).await;
        assert!(stopped.header("location").ends_with("done=stopped"), "{}", stopped.header("location"));
        let list = lead.get(stopped.header("location")).await.body;
        assert!(list.contains("/letters/7/settle") && !list.contains("/letters/7/retry"), "{list}");
        pages.run("UPDATE recipient SET status = 'active' WHERE id = (SELECT recipient_id FROM delivery WHERE id = 7)").await;
        let again = lead.post("/desk/mailing/letters/7/retry", &pressed).await;
        assert!(again.header("location").ends_with("done=again"));
        assert_eq!(pages.text("SELECT state FROM delivery WHERE resent").await, "queued");
        let told = pages.text("SELECT actor || ' ' || action FROM change WHERE subject = 'delivery:7' ORDER BY id").await;
        assert_eq!(told, "account:1 delivery.settled\naccount:1 delivery.retried");
    }

    async fn a_letter_of_which_nothing_would_go_says_so_at_once_and_what_is_left_to_do(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        pages.run("INSERT INTO letter (delivery_id, content) VALUES (7, '{\"p\":[]}')").await;
        let why = ["Innholdet er endret siden brevet gikk", "Alt i brevet er trukket tilbake, utløpt eller ikke lenger for mottakeren"];
        let pressed = form(&[("edition", "1"), ("state", "uncertain")]);
        // One of its items was taken back since; then all of them are.
        for (word, why) in ["changed", "emptied"].into_iter().zip(why) {
            let refused = lead.post("/desk/mailing/letters/7/retry", &pressed).await;
            let path = format!("/desk/mailing/sent/1/letters?state=uncertain&done={word}&letter=7");
            assert_eq!(refused.header("location"), path);
            let list = lead.get(&path).await.body;
            assert_eq!(list.matches(why).count(), 2, "above the list and at the letter: {list}");
            assert!(list.contains("Velg «Kom fram» eller «Kom ikke fram» ved brevet."), "{list}");
            assert!(list.contains("/letters/7/settle") && !list.contains("/letters/7/retry"), "{list}");
            assert_eq!(pages.text("SELECT state FROM delivery WHERE id = 7").await, "uncertain");
            pages.run("UPDATE item SET withdrawn_at = 1804000000000001").await;
        }
        assert_eq!(pages.text("SELECT action FROM change WHERE subject = 'delivery:7'").await, "", "nothing was done");
    }

    async fn a_letter_that_does_not_go_once_more_is_offered_to_be_settled_alone(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let path = "/desk/mailing/sent/1/letters?state=uncertain";
        let why = ["Innholdet er endret siden brevet gikk", "Alt i brevet er trukket tilbake, utløpt eller ikke lenger for mottakeren"];
        let list = lead.get(path).await.body;
        assert!(list.contains("/letters/7/retry") && why.iter().all(|why| !list.contains(why)), "{list}");
        for (reply, why) in [CHANGED_SINCE, NOTHING_LEFT].iter().zip(why) {
            pages.run(format!("UPDATE delivery SET reply = '{reply}' WHERE id = 7").leak()).await;
            let list = lead.get(path).await.body;
            assert!(list.contains(why) && !list.contains(reply), "{list}");
            assert!(list.contains("/letters/7/settle") && !list.contains("/letters/7/retry"), "{list}");
        }
        let lost = form(&[("edition", "1"), ("state", "uncertain"), ("as", "rejected")]);
        assert!(lead.post("/desk/mailing/letters/7/settle", &lost).await.header("location").ends_with("done=lost"));
        let list = lead.get("/desk/mailing/sent/1/letters?state=rejected").await.body;
        assert!(list.contains(why[1]) && !list.contains("/letters/7/retry"), "nor once it is lost: {list}");
    }

    async fn a_refused_letter_is_sent_once_more_while_nothing_newer_went(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        run_weekly(&pages, next_monday()).await;
        let id = reject(&pages, "kari@nav.test").await;
        assert_eq!(pages.text(OWED).await, "for-alle", "its item is owed");
        let pressed = form(&[("edition", "1"), ("state", "rejected")]);
        let again = lead.post(&format!("/desk/mailing/letters/{id}/retry"), &pressed).await;
        assert_eq!(again.header("location"), "/desk/mailing/sent/1/letters?state=rejected&done=again");
        assert_eq!(pages.text(OWED).await, "", "it is not owed any more");
        pages.run("UPDATE delivery SET planned_at = 1805092200000000 WHERE state = 'queued'").await;
        assert_eq!(run_weekly(&pages, next_monday() + TimeDelta::hours(1)).await.accepted, 1);
        assert_eq!(pages.text(STATES).await, "kari@nav.test accepted\nola@nav.test accepted");

        reject(&pages, "kari@nav.test").await;
        pages.run("UPDATE recipient SET status = 'suspended' WHERE id = 1").await;
        let stopped = lead.post(&format!("/desk/mailing/letters/{id}/retry"), "").await;
        assert!(stopped.status == StatusCode::SEE_OTHER && pages.text(STATES).await.starts_with("kari@nav.test rejected"));
        pages.run("UPDATE recipient SET status = 'active' WHERE id = 1").await;
        assert_eq!(run_weekly(&pages, next_monday() + TimeDelta::days(7)).await.accepted, 1);
        let late = lead.post(&format!("/desk/mailing/letters/{id}/retry"), &pressed).await;
        assert!(late.header("location").ends_with("done=overtaken"), "{}", late.header("location"));
        assert!(pages.text(STATES).await.starts_with("kari@nav.test rejected"));
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM delivery_item WHERE recipient_id = 1 AND NOT returned AND delivery_id <> 7").await, "1", "she has it once");
    }

    async fn few_people_of_a_union_stand_in_no_list_for_who_does_not_keep_the_peoples_pages(db: Database) {
        let pages = town(db).await;
        pages.run("UPDATE organisation SET kind = 'union'").await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut sender = seat(&pages, "sender@forum.example", r#"["write","send"]"#).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        for path in ["/desk/mailing/next/weekly/people", "/desk/mailing/next/weekly/people?only=letter"] {
            assert!(lead.get(path).await.body.contains("NAV") && !sender.get(path).await.body.contains("NAV"));
        }
        pages.run("UPDATE organisation SET kind = 'state'").await;
        let blank = sender.get("/desk/mailing/next/weekly/people").await.body;
        assert!(blank.contains("Ola Nordmann") && !blank.contains("NAV"), "a blank marks nobody: {blank}");
        pages.run("UPDATE organisation SET kind = 'union'").await;
        run_weekly(&pages, next_monday()).await;
        let path = pages.text("SELECT '/desk/mailing/sent/' || CAST(MAX(id) AS TEXT) FROM edition").await;
        let theirs = lead.get(&path).await.body;
        assert!(theirs.contains("NAV</span><span>2 av 2"), "{theirs}");
        let page = sender.get(&path).await.body;
        assert!(page.contains("Kompetansegruppe helse</span><span>1 av 1") && !page.contains("NAV"), "{page}");
    }

    // Two of a union, NAV's two, and six of a municipality: too few for any row but one of all.
    async fn what_organisations_got_leaves_nobody_to_subtract(db: Database) {
        let pages = town(db).await;
        for sql in [
            r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
               (111, 'org', 'liten', NULL, '{"nb":"Småforbundet"}', NULL), (112, 'represents', 'liten', NULL, '{"nb":"Småforbundet"}', NULL),
               (113, 'org', 'vik', NULL, '{"nb":"Vik kommune"}', NULL), (114, 'represents', 'vik', NULL, '{"nb":"Vik kommune"}', NULL)"#,
            "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at) VALUES
             (3, 'liten', 'Småforbundet', 'union', 111, 112, 0), (5, 'vik', 'Vik kommune', 'municipality', 113, 114, 0)",
            "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, last_planned_at, created_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
             SELECT 20 + i, 'k' || CAST(i AS TEXT), 'k' || CAST(i AS TEXT) || '@vik.example', 'Person', CASE WHEN i <= 6 THEN 5 ELSE 3 END,
                    'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 1, 9, 1804487400000000, 0 FROM n",
            "UPDATE forum SET change_number = change_number + 1",
        ] {
            pages.run(sql).await;
        }
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut sender = seat(&pages, "sender@forum.example", r#"["write","send"]"#).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        assert_eq!(run_weekly(&pages, next_monday()).await.accepted, 10);
        let path = pages.text("SELECT '/desk/mailing/sent/' || CAST(MAX(id) AS TEXT) FROM edition").await;
        let theirs = lead.get(&path).await.body;
        assert!(theirs.contains("Vik kommune</span><span>6 av 6") && theirs.contains("Småforbundet</span><span>2 av 2"), "{theirs}");
        let page = sender.get(&path).await.body;
        assert!(page.contains("Andre organisasjoner</span><span>10 av 10"), "{page}");
        for name in ["NAV", "Vik kommune", "Småforbundet"] {
            assert!(!page.contains(name), "{name} in {page}");
        }
    }
}
