//! Stories of a second person who approves what goes.

use chrono::{DateTime, TimeDelta, Utc};
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::delivery::Relay;
use treff::forum::Cadence;
use treff::pipeline::{PipelineError, Scheduler};

use super::town::{LEAD, form, next_monday, pipeline_at, place, queue, show_weekly, town};
use crate::access::reader::Reader;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

pub(super) const WEEKLY: &str = "/desk/mailing/next/weekly";
const OPENED: &str = "SELECT cadence FROM edition WHERE id <> 1 AND cadence <> 'daily' ORDER BY cadence";
pub(super) const SECOND: &str = r#"["write","approve"]"#;

/// The pages where the configuration asks for a second person.
pub(super) async fn careful_town(db: Database) -> Pages {
    let mut pages = town(db).await;
    let path = pages.db.path("treff.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{config}\n[approval]\nrequired = true\n")).unwrap();
    open_at(&mut pages, now()).await;
    pages
}

/// The pages again, at another time.
pub(super) async fn open_at(pages: &mut Pages, at: DateTime<Utc>) {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    app.clock = Clock::simulated(at);
    pages.router = Box::pin(treff::web::routes(&app)).await.unwrap();
}

/// What the page's button would send; none if there is no button.
async fn read_button(reader: &mut Reader<'_>, path: &str) -> Option<String> {
    let page = reader.get(path).await.body;
    let hidden = page.split("name=\"binding\" value=\"").nth(1)?;
    Some(form(&[("binding", hidden.split('"').next().unwrap())]))
}

/// Approves what the page shows.
pub(super) async fn approve(reader: &mut Reader<'_>, path: &str) {
    let seen = read_button(reader, path).await.expect("a button");
    let done = reader.post(&format!("{path}/approve"), &seen).await;
    assert_eq!(done.header("location"), format!("{path}?done=approved"));
}

/// Opens and plans what is due; how many letters.
pub(super) async fn tick(pages: &Pages, at: DateTime<Utc>) -> usize {
    let mut scheduler = Scheduler::new(pipeline_at(pages, at).await);
    Box::pin(scheduler.tick()).await.unwrap()
}

on_both_databases! {
    async fn a_mailing_waits_until_a_second_person_approved_it(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let page = lead.get(WEEKLY).await.body;
        assert!(page.contains("Utsendingen går ikke før") && page.contains("så en annen må godkjenne den"), "{page}");
        assert_eq!(read_button(&mut lead, WEEKLY).await, None, "whoever wrote it is no second person");
        let seen = read_button(&mut second, WEEKLY).await.unwrap();
        let own = lead.post(&format!("{WEEKLY}/approve"), &seen).await;
        assert_eq!(own.header("location"), format!("{WEEKLY}?done=own"));
        assert_eq!((tick(&pages, next_monday()).await, pages.text(OPENED).await), (0, String::new()));
        approve(&mut second, WEEKLY).await;
        let page = second.get(WEEKLY).await.body;
        assert!(page.contains("Godkjent av Lise Lund, mandag 8. mars kl. 9"), "{page}");
        assert_eq!((tick(&pages, next_monday()).await, pages.text(OPENED).await), (2, "weekly".to_owned()));
        assert!(show_weekly(&pages, next_monday()).await.digests.iter().all(|digest| digest.items[0].item == "for-alle"));
        assert_eq!(pages.text("SELECT actor || ' ' || subject FROM change WHERE action = 'edition.approved'").await, "account:2 mailing:weekly");
    }

    async fn a_change_after_the_approval_is_shown_and_asked_again(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        let old = read_button(&mut second, WEEKLY).await.unwrap();
        approve(&mut second, WEEKLY).await;
        queue(&mut lead, "For gruppa", "group:health", &[]).await;
        let page = second.get(WEEKLY).await.body;
        assert!(page.contains("Lise Lund godkjente den") && page.contains("Den må godkjennes på nytt."), "{page}");
        assert_eq!((tick(&pages, next_monday()).await, pages.text(OPENED).await), (0, String::new()));
        let stale = second.post(&format!("{WEEKLY}/approve"), &old).await;
        assert_eq!(stale.header("location"), format!("{WEEKLY}?done=changed"), "what was seen is not what is there");
        approve(&mut second, WEEKLY).await;
        pages.db.store.unsubscribe_recipient(crate::pages::world::KARI, "page", now()).await.unwrap();
        assert_eq!(tick(&pages, next_monday()).await, 0, "the set of recipients is bound, too");
        approve(&mut second, WEEKLY).await;
        assert_eq!(tick(&pages, next_monday()).await, 1);
    }

    async fn what_is_due_and_waits_is_shown_and_told_to_the_lead_once(db: Database) {
        let mut pages = careful_town(db).await;
        let pipeline = pipeline_at(&pages, next_monday()).await;
        let mut scheduler = Scheduler::new(pipeline.clone());
        {
            let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
            queue(&mut lead, "For alle", "all", &[]).await;
        }
        Box::pin(scheduler.tick()).await.unwrap();
        Box::pin(scheduler.tick()).await.unwrap();
        let alerts = pages.db.store.list_open_alerts().await.unwrap();
        assert_eq!(alerts.iter().map(|alert| (alert.kind.as_str(), alert.subject.as_str())).collect::<Vec<_>>(), [("edition_unapproved", "approval:weekly")]);
        let mut relay = Relay::open(&pipeline.config, &pipeline.clock).unwrap();
        relay.prepare_for_notes("x").unwrap();
        pipeline.mail_alerts(&relay).await.unwrap();
        pipeline.mail_alerts(&relay).await.unwrap();
        let mails: Vec<_> = std::fs::read_dir(pages.db.path("outbox").join("new")).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].contains("To: lead@forum.example") && mails[0].contains("/desk/mailing/next/weekly"), "{}", mails[0]);

        open_at(&mut pages, next_monday()).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        let page = second.get("/desk/mailing").await.body;
        assert!(page.contains("Skulle ha gått nå, og venter på godkjenning.") && page.contains("mandag 15. mars kl. 7.30"), "{page}");
        assert!(second.get("/desk").await.body.contains("mandag 15. mars kl. 7.30, venter på godkjenning"));
        approve(&mut second, WEEKLY).await;
        assert_eq!(Box::pin(scheduler.tick()).await.unwrap(), 2, "the same scheduler looks again");
        assert!(pages.db.store.list_open_alerts().await.unwrap().is_empty());
        assert!(!second.get("/desk/mailing").await.body.contains("Skulle gått nå"));
    }

    async fn neither_a_command_nor_an_urgent_item_goes_around_it(db: Database) {
        let mut pages = careful_town(db).await;
        {
            let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
            queue(&mut lead, "Haster", "all", &[("lane", "urgent")]).await;
        }
        let pipeline = pipeline_at(&pages, next_monday()).await;
        for cadence in [Cadence::Weekly, Cadence::Urgent] {
            let refused = pipeline.open_edition(cadence, next_monday()).await;
            assert!(matches!(refused, Err(PipelineError::NotApproved { .. })), "{refused:?}");
        }
        open_at(&mut pages, next_monday()).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        let page = second.get("/desk/mailing").await.body;
        assert!(page.contains("Hastebrev") && page.contains("<b>2</b> får brev"), "{page}");
        approve(&mut second, "/desk/mailing/next/urgent").await;
        assert!(pipeline.open_edition(Cadence::Weekly, next_monday()).await.is_err(), "one mailing's approval is none of another");
        assert!(pipeline.open_edition(Cadence::Urgent, next_monday()).await.unwrap().is_some());
        assert_eq!(pages.text(OPENED).await, "urgent");
    }

    async fn whoever_rewrote_what_was_sent_in_is_no_second_person(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        pages.post("/send-in", "title=Kurs&body=Gratis&kind=tip&for_whom=Alle&name=Per&email=per%40skole.example").await;
        let list = second.get("/desk/items").await.body;
        let draft = format!("/desk/drafts/{}", list.split("href=\"/desk/drafts/").nth(1).unwrap().split('"').next().unwrap());
        let filled = form(&[("title", "Kurs i veiledning"), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        place(&second.fill_in(&draft, &draft, &filled).await);
        assert_eq!(read_button(&mut second, WEEKLY).await, None, "the words are theirs");
        approve(&mut lead, WEEKLY).await;
    }

    async fn whoever_queues_another_s_draft_as_it_stands_is_a_second_person(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        let fields = [("title", "For alle"), ("body", "Les."), ("kind", "tip"), ("audience", "all")];
        let draft = place(&lead.post("/desk/items/new", &form(&fields)).await);
        place(&second.fill_in(&draft, &draft, &form(&[fields.as_slice(), &[("do", "queue")]].concat())).await);
        assert_eq!(read_button(&mut lead, WEEKLY).await, None);
        approve(&mut second, WEEKLY).await;
    }

    async fn whoever_corrects_what_was_sent_does_not_approve_the_correction(db: Database) {
        let mut pages = careful_town(db).await;
        let one = add_account(&pages, "one@forum.example", LEAD, &[]).await;
        let other = add_account(&pages, "other@forum.example", LEAD, &[]).await;
        {
            let mut one = seat_account(&pages, one, "one", now()).await;
            let mut other = seat_account(&pages, other, "other", now()).await;
            queue(&mut one, "For alle", "all", &[]).await;
            approve(&mut other, WEEKLY).await;
        }
        assert_eq!(tick(&pages, next_monday()).await, 2);
        let later = next_monday() + TimeDelta::hours(1);
        open_at(&mut pages, later).await;
        {
            let mut one = seat_account(&pages, one, "one later", later).await;
            let mut other = seat_account(&pages, other, "other later", later).await;
            let draft = place(&other.post("/desk/items/for-alle/correct", "").await);
            let better = form(&[("title", "Rettet"), ("body", "Les."), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
            let done = other.fill_in(&draft, &draft, &better).await;
            assert_eq!(done.header("location"), "/desk/items/for-alle?done=corrected", "{}", done.body);
            assert!(other.get(WEEKLY).await.body.contains("Rettet"));
            assert_eq!(read_button(&mut other, WEEKLY).await, None, "the correction is theirs");
            approve(&mut one, WEEKLY).await;
        }
        let week_later = next_monday() + TimeDelta::days(7);
        assert_eq!(tick(&pages, week_later).await, 2);
        open_at(&mut pages, week_later + TimeDelta::hours(1)).await;
        let mut one = seat_account(&pages, one, "one at last", week_later).await;
        let mut other = seat_account(&pages, other, "other at last", week_later).await;
        queue(&mut one, "Mer for alle", "all", &[]).await;
        approve(&mut other, WEEKLY).await;
    }

    async fn where_nobody_asks_nothing_waits(db: Database) {
        let pages = town(db).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        queue(&mut second, "For alle", "all", &[]).await;
        assert!(!second.get(WEEKLY).await.body.contains("id=\"approval\""));
        second.post(&format!("{WEEKLY}/approve"), "binding=x").await;
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM approval").await, "0");
        assert_eq!(tick(&pages, next_monday()).await, 2);
    }
}
