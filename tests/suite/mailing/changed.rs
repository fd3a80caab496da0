//! Stories of what is changed after a mailing was approved, while its letters wait.

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use treff::delivery::{Gate, GateError};
use treff::forum::Cadence;
use treff::ids::AccountId;
use treff::intake::attachment::read_attachment;
use treff::intake::item_queue::{Tells, attach_to_item, withdraw_item};
use treff::pipeline::{SendingGate, approve_change, list_waiting_changes};
use treff::store::{Claimed, Store};
use treff::world::load_forum;

use super::approval::{SECOND, WEEKLY, approve, careful_town, open_at, tick};
use super::town::{LEAD, form, next_monday, pipeline_at, place, queue, run_weekly, town};
use crate::access::reader::Reader;
use crate::desk::seat::{add_account, seat, seat_account};
use crate::harness::Database;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const CHANGED: &str = "/desk/mailing/changed";
const APPROVE: &str = "/desk/mailing/changed/approve";

fn later() -> DateTime<Utc> {
    next_monday() + TimeDelta::minutes(5)
}

/// A mailing with these items (title, whom to) that was approved and planned and has not gone; who wrote it, and the second
/// person. The pages stand a little later.
async fn approved_town(db: Database, items: &[(&str, &str)]) -> (Pages, AccountId, AccountId) {
    let mut pages = careful_town(db).await;
    let one = add_account(&pages, "one@forum.example", LEAD, &[]).await;
    let second = add_account(&pages, "second@forum.example", SECOND, &[]).await;
    {
        let mut writer = seat_account(&pages, one, "one", now()).await;
        let mut approver = seat_account(&pages, second, "second", now()).await;
        for (title, audience) in items {
            queue(&mut writer, title, audience, &[]).await;
        }
        approve(&mut approver, WEEKLY).await;
    }
    assert_eq!(tick(&pages, next_monday()).await, 2);
    open_at(&mut pages, later()).await;
    (pages, one, second)
}

/// Says better at the desk what was sent.
async fn correct(writer: &mut Reader<'_>, slug: &str, title: &str, audience: &str) {
    let draft = place(&writer.post(&format!("/desk/items/{slug}/correct"), "").await);
    let basic =
        [("title", title), ("body", "Les."), ("kind", "tip"), ("audience", audience), ("do", "queue")];
    let done = writer.fill_in(&draft, &draft, &form(&basic)).await;
    assert_eq!(done.header("location"), format!("/desk/items/{slug}?done=corrected"), "{}", done.body);
}

async fn attach(pages: &Pages, slug: &str, name: &str) {
    let file = read_attachment(name, b"hei".to_vec()).unwrap();
    attach_to_item(&pages.db.store, slug, vec![file], now()).await.unwrap();
}

/// How many of the mails that were sent say so.
fn count_mails(pages: &Pages, words: &str) -> usize {
    let mails = std::fs::read_dir(pages.db.path("outbox").join("new")).unwrap();
    let mails = mails.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    mails.filter(|mail| mail.contains(words)).count()
}

async fn open_alerts(pages: &Pages) -> Vec<String> {
    pages.db.store.list_open_alerts().await.unwrap().into_iter().map(|alert| alert.kind).collect()
}

/// Somebody approves whatever waits while a round is sending.
struct ApprovedWithin {
    gate: SendingGate,
    store: Store,
    by: AccountId,
}

impl Gate for ApprovedWithin {
    async fn check(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, GateError> {
        let passed = self.gate.check(claimed).await?;
        let forum = load_forum(&self.store).await?;
        for change in list_waiting_changes(&self.store, &forum, later()).await? {
            approve_change(&self.store, later(), self.by, &change).await?;
        }
        Ok(passed)
    }
}

on_both_databases! {
    async fn letters_with_a_correction_wait_until_a_second_person_approved_it(db: Database) {
        let items = [("For gruppa", "group:health"), ("For andre", "all and not group:health")];
        let (pages, one, second) = approved_town(db, &items).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        let mut approver = seat_account(&pages, second, "second later", later()).await;
        assert!(approver.get(CHANGED).await.body.contains("Ingen endringer venter"));
        correct(&mut writer, "for-gruppa", "Rettet", "group:health").await;

        let first = run_weekly(&pages, later()).await;
        assert_eq!((first.accepted, first.waiting, first.awaiting_approval), (1, 1, 1), "the others go on");
        assert_eq!((count_mails(&pages, "For andre"), count_mails(&pages, "Rettet"), count_mails(&pages, "For gruppa")), (1, 0, 0));
        assert_eq!(open_alerts(&pages).await, ["change_unapproved"]);
        assert_eq!(count_mails(&pages, CHANGED), 2, "whoever may approve is mailed");
        run_weekly(&pages, later() + TimeDelta::minutes(6)).await;
        assert_eq!((count_mails(&pages, "Rettet"), count_mails(&pages, CHANGED)), (0, 2), "once");

        let today = approver.get("/desk").await.body;
        assert!(today.contains(CHANGED) && today.contains("Rettet"), "{today}");
        assert!(approver.get("/desk/mailing").await.body.contains(CHANGED));
        assert!(!writer.get("/desk").await.body.contains(CHANGED), "whoever wrote it is no second person");
        let own = writer.get(CHANGED).await.body;
        assert!(own.contains("så en annen må godkjenne den") && !own.contains(APPROVE), "{own}");
        let done = writer.post(APPROVE, "slug=for-gruppa&seen=2-").await;
        assert_eq!(done.header("location"), format!("{CHANGED}?done=own"));
        let page = approver.get(CHANGED).await.body;
        assert!(page.contains("Skrevet i brevene: versjon 1. Nå: versjon 2.") && page.contains("Rettet"), "{page}");
        assert!(page.contains("Bokmål: <strong>teksten er endret</strong>") && !page.contains("Hvem den er til"), "{page}");
        let stale = approver.post(APPROVE, "slug=for-gruppa&seen=1-").await;
        assert_eq!(stale.header("location"), format!("{CHANGED}?done=changed"));
        let done = approver.fill_in(CHANGED, APPROVE, "").await;
        assert_eq!(done.header("location"), format!("{CHANGED}?done=approved"));

        let rest = run_weekly(&pages, later() + TimeDelta::minutes(7)).await;
        assert_eq!((rest.accepted, rest.waiting, rest.awaiting_approval), (1, 0, 0));
        assert_eq!((count_mails(&pages, "Rettet"), count_mails(&pages, "For gruppa")), (1, 0), "in the new version");
        assert_eq!(open_alerts(&pages).await, [""; 0]);
        let told = pages.text("SELECT actor || ' ' || subject FROM change WHERE action = 'item.approved'").await;
        assert_eq!(told, format!("account:{second} item:for-gruppa"));
    }

    async fn a_file_that_is_attached_after_the_approval_asks_again(db: Database) {
        let pages = careful_town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut second = seat(&pages, "second@forum.example", SECOND).await;
        queue(&mut lead, "For alle", "all", &[]).await;
        approve(&mut second, WEEKLY).await;
        attach(&pages, "for-alle", "a.txt").await;
        assert_eq!(tick(&pages, next_monday()).await, 0, "before it is opened");
        approve(&mut second, WEEKLY).await;
        assert_eq!(tick(&pages, next_monday()).await, 2);
        attach(&pages, "for-alle", "b.txt").await;
        let held = run_weekly(&pages, next_monday()).await;
        assert_eq!((held.accepted, held.awaiting_approval), (0, 2), "and after");
        let page = second.get(CHANGED).await.body;
        let file = format!("{CHANGED}/for-alle/file/1");
        assert!(page.contains("vedleggene er endret") && page.contains(&format!("href=\"{file}\">b.txt</a>")), "{page}");
        assert!(!page.contains("teksten er endret"), "{page}");
        assert_eq!(second.get(&file).await.body, "hei");
        second.fill_in(CHANGED, APPROVE, "").await;
        assert_eq!(run_weekly(&pages, next_monday()).await.accepted, 2);
    }

    async fn what_comes_into_a_letter_after_the_approval_waits_for_one(db: Database) {
        let mut pages = careful_town(db).await;
        let one = add_account(&pages, "one@forum.example", LEAD, &[]).await;
        let second = add_account(&pages, "second@forum.example", SECOND, &[]).await;
        {
            let mut writer = seat_account(&pages, one, "one", now()).await;
            let mut approver = seat_account(&pages, second, "second", now()).await;
            queue(&mut writer, "For alle", "all", &[]).await;
            let unread = [("about", "sector:industry"), ("topics", "chosen"), ("nobody", "yes")];
            queue(&mut writer, "For industrien", "", &unread).await;
            approve(&mut approver, WEEKLY).await;
        }
        let pipeline = pipeline_at(&pages, next_monday()).await;
        let opened = Box::pin(pipeline.open_edition(Cadence::Weekly, next_monday())).await.unwrap();
        assert!(opened.unwrap().asks_approval);
        pages.run("INSERT INTO interest (recipient_id, term_id, mark, source, started_at) VALUES (2, 103, 'follow', 'person', 0)").await;
        assert_eq!(tick(&pages, next_monday()).await, 2);
        open_at(&mut pages, later()).await;
        let held = run_weekly(&pages, later()).await;
        assert_eq!((held.accepted, held.awaiting_approval, count_mails(&pages, "For industrien")), (1, 1, 0));
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        let mut approver = seat_account(&pages, second, "second later", later()).await;
        assert!(writer.get(CHANGED).await.body.contains("så en annen må godkjenne den"), "they wrote it before it was opened");
        let page = approver.get(CHANGED).await.body;
        assert!(page.contains("Ingen har godkjent saken (versjon 1).") && page.contains("For industrien"), "{page}");
        approver.fill_in(CHANGED, APPROVE, "").await;
        let rest = run_weekly(&pages, later() + TimeDelta::minutes(1)).await;
        assert_eq!((rest.accepted, rest.awaiting_approval, count_mails(&pages, "For industrien")), (1, 0, 1));
    }

    async fn whom_an_item_is_for_is_told_where_it_was_changed(db: Database) {
        let (pages, one, second) = approved_town(db, &[("For gruppa", "group:health"), ("For alle", "all")]).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        let mut approver = seat_account(&pages, second, "second later", later()).await;
        correct(&mut writer, "for-gruppa", "For gruppa", "all").await;
        let page = approver.get(CHANGED).await.body;
        assert!(page.contains("Hvem den er til, i brevene: Kompetansegruppe helse. Nå: "), "{page}");
        assert!(!page.contains("teksten er endret") && !page.contains("Hvem som kan se den"), "{page}");
    }

    async fn what_is_approved_while_a_round_sends_goes_in_that_round(db: Database) {
        let (pages, one, second) = approved_town(db, &[("For alle", "all")]).await;
        {
            let mut writer = seat_account(&pages, one, "one later", later()).await;
            correct(&mut writer, "for-alle", "Rettet", "all").await;
        }
        let pipeline = pipeline_at(&pages, later()).await;
        let store = pages.db.store.clone();
        let edition = store.find_latest_edition("weekly", later()).await.unwrap().unwrap().id;
        let gate = ApprovedWithin { gate: SendingGate::new(pipeline.clone(), None), store, by: second };
        let mut sender = pipeline.start_sender().await.unwrap();
        let counts = Box::pin(sender.send_due(Some(edition), &gate, &CancellationToken::new())).await.unwrap();
        sender.finish().await.unwrap();
        assert_eq!((counts.accepted, count_mails(&pages, "Rettet")), (2, 2));
    }

    async fn what_the_relay_put_off_stays_put_off_when_a_change_is_approved(db: Database) {
        let (pages, one, second) = approved_town(db, &[("For alle", "all")]).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        let mut approver = seat_account(&pages, second, "second later", later()).await;
        correct(&mut writer, "for-alle", "Rettet", "all").await;
        assert_eq!(run_weekly(&pages, later()).await.awaiting_approval, 2);
        pages.run("UPDATE delivery SET state = 'deferred', next_attempt_at = next_attempt_at + 14400000000 WHERE recipient_id = 2").await;
        approver.fill_in(CHANGED, APPROVE, "").await;
        let run = run_weekly(&pages, later() + TimeDelta::minutes(1)).await;
        assert_eq!((run.accepted, run.waiting, run.awaiting_approval), (1, 1, 0));
    }

    async fn a_run_at_an_earlier_instant_tells_what_it_holds_there(db: Database) {
        let (pages, one, _) = approved_town(db, &[("For alle", "all")]).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        correct(&mut writer, "for-alle", "Rettet", "all").await;
        pages.run("UPDATE item_version SET expires_at = 1805095800000000 WHERE item_id IN (SELECT id FROM item WHERE slug = 'for-alle')").await;
        let pipeline = pipeline_at(&pages, later() + TimeDelta::hours(2)).await;
        let run = Box::pin(pipeline.run_edition(Cadence::Weekly, Some(later()), &CancellationToken::new())).await.unwrap();
        assert_eq!((run.accepted, run.awaiting_approval), (0, 2), "it is over by now, and was not then");
    }

    async fn a_machine_where_nobody_asks_leaves_the_alerts_of_others_open(db: Database) {
        let (pages, one, _) = approved_town(db, &[("For alle", "all")]).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        correct(&mut writer, "for-alle", "Rettet", "all").await;
        run_weekly(&pages, later()).await;
        let path = pages.db.path("treff.toml");
        let config = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, config.replace("[approval]\nrequired = true", "")).unwrap();
        tick(&pages, later() + TimeDelta::minutes(1)).await;
        assert_eq!(open_alerts(&pages).await, ["change_unapproved"]);
    }

    async fn what_is_taken_away_asks_nobody(db: Database) {
        let (pages, one, _) = approved_town(db, &[("For alle", "all"), ("Mer for alle", "all")]).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        correct(&mut writer, "for-alle", "Rettet", "all").await;
        assert_eq!(run_weekly(&pages, later()).await.awaiting_approval, 2);
        withdraw_item(&pages.db.store, "for-alle", Tells::Nobody, later()).await.unwrap();
        let rest = run_weekly(&pages, later() + TimeDelta::minutes(6)).await;
        assert_eq!((rest.accepted, rest.awaiting_approval), (2, 0));
        assert_eq!((count_mails(&pages, "Mer for alle"), count_mails(&pages, "Rettet")), (2, 0));
    }

    async fn where_nobody_asks_letters_take_the_correction_at_once(db: Database) {
        let mut pages = town(db).await;
        let one = add_account(&pages, "one@forum.example", LEAD, &[]).await;
        {
            let mut writer = seat_account(&pages, one, "one", now()).await;
            queue(&mut writer, "For alle", "all", &[]).await;
        }
        assert_eq!(tick(&pages, next_monday()).await, 2);
        open_at(&mut pages, later()).await;
        let mut writer = seat_account(&pages, one, "one later", later()).await;
        correct(&mut writer, "for-alle", "Rettet", "all").await;
        let run = run_weekly(&pages, later()).await;
        assert_eq!((run.accepted, run.awaiting_approval, count_mails(&pages, "Rettet")), (2, 0, 2));
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM item_approval").await, "0");
    }
}
