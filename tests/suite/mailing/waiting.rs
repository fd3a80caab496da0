//! Stories of items that are held back, let go or moved before they are out.

use chrono::{DateTime, TimeDelta, Utc};
use treff::forum::Cadence;
use treff::pipeline::{Scheduler, preview_edition};

use super::town::{LEAD, form, next_monday, pipeline_at, place, queue, run_weekly, show_weekly, town};
use crate::access::reader::filled;
use crate::desk::seat::seat;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const BACK: &str = "back=weekly";
const WEEKLY: &str = "/desk/mailing/next/weekly";
const MOVE: &str = "/desk/mailing/items/vanlig/move";

/// What a plan for Monday holds for Ola.
async fn planned(pages: &Pages) -> Vec<String> {
    let view = preview_edition(&pages.db.store, Cadence::Weekly, None, now()).await.unwrap();
    let ola = view.digests.into_iter().find(|digest| digest.recipient == "ola@nav.test");
    ola.map_or_else(Vec::new, |digest| digest.items.into_iter().map(|item| item.item).collect())
}

on_both_databases! {
    async fn what_is_held_back_waits_everywhere_until_it_is_let_go(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "Vanlig", "all", &[("visibility", "public")]).await;
        queue(&mut lead, "Haster", "all", &[("lane", "urgent"), ("at_once", "yes")]).await;
        let at = next_monday();
        let overview = lead.get("/desk/mailing/next/weekly").await.body;
        assert!(overview.contains("action=\"/desk/mailing/items/vanlig/hold\""), "{overview}");
        for slug in ["vanlig", "haster"] {
            let held = lead.post(&format!("/desk/mailing/items/{slug}/hold"), BACK).await;
            assert_eq!(held.header("location"), "/desk/mailing/next/weekly?done=held");
        }
        assert_eq!(planned(&pages).await, Vec::<String>::new(), "the plan");
        assert!(!pages.db.store.has_urgent_due(at).await.unwrap(), "whether something urgent is due");
        let pipeline = pipeline_at(&pages, at).await;
        Scheduler::new(pipeline.clone()).tick().await.unwrap();
        assert_eq!(pages.text("SELECT cadence FROM edition WHERE cadence = 'urgent'").await, "", "the tick");
        assert_eq!(pages.text("SELECT slug FROM item WHERE number IS NULL ORDER BY slug").await, "haster\nvanlig", "opening");
        assert!(!pages.get("/public").await.body.contains("Vanlig"), "the archive");
        let page = lead.get("/desk/mailing/next/daily").await.body;
        assert!(page.contains("id=\"held\"") && page.contains("/desk/mailing/items/vanlig/let-go"), "{page}");
        assert!(lead.get("/desk/items/vanlig").await.body.contains("Holdt tilbake"));

        for slug in ["vanlig", "haster"] {
            lead.post(&format!("/desk/mailing/items/{slug}/let-go"), BACK).await;
        }
        assert!(pages.db.store.has_urgent_due(at).await.unwrap());
        assert!(pages.get("/public").await.body.contains("Vanlig"));
        Scheduler::new(pipeline).tick().await.unwrap();
        assert_eq!(pages.text("SELECT cadence FROM edition WHERE cadence = 'urgent'").await, "urgent");
        assert_eq!(pages.text("SELECT slug FROM item WHERE number IS NULL").await, "");
        let late = lead.post("/desk/mailing/items/vanlig/hold", BACK).await;
        assert_eq!(late.header("location"), "/desk/mailing/next/weekly?done=late", "it is out");
        let told = pages.text("SELECT action || ' ' || subject FROM change WHERE actor = 'account:1' AND action IN ('item.held', 'item.let_go') ORDER BY id").await;
        assert_eq!(told, "item.held item:vanlig\nitem.held item:haster\nitem.let_go item:vanlig\nitem.let_go item:haster");
    }

    async fn a_moved_item_comes_in_the_first_mailing_after_its_time(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "Vanlig", "all", &[]).await;
        assert_eq!(planned(&pages).await, ["vanlig"]);
        let moved = form(&[("back", "weekly"), ("day", "2027-03-16"), ("time", "09:00")]);
        let moved = lead.fill_in("/desk/mailing/next/weekly", MOVE, &moved).await;
        assert_eq!(moved.header("location"), "/desk/mailing/next/weekly?done=moved");
        assert_eq!(planned(&pages).await, Vec::<String>::new());
        let page = lead.get("/desk/mailing/next/weekly").await.body;
        assert!(page.contains("id=\"later\"") && page.contains("Venter til tirsdag 16. mars kl. 9"), "{page}");
        let wrong = lead.post(MOVE, "back=weekly&day=i+morgen").await;
        assert_eq!(wrong.header("location"), "/desk/mailing/next/weekly?done=day");
        let release = "SELECT CAST(release_at AS TEXT) FROM item WHERE slug = 'vanlig'";
        let stands = pages.text(release).await;
        let wrong = lead.fill_in(WEEKLY, MOVE, "back=weekly&day=2027-03-17&time=halv+ni").await;
        assert_eq!(wrong.header("location"), "/desk/mailing/next/weekly?done=time");
        assert!(lead.get(wrong.header("location")).await.body.contains("Skriv klokkeslettet slik: 07:30."));
        assert_eq!(pages.text(release).await, stands, "nothing is moved to midnight");
        for (time, at) in [("7.30", "2027-03-17T06:30:00Z"), ("", "2027-03-16T23:00:00Z"), ("9:00", "2027-03-17T08:00:00Z")] {
            let moved = lead.fill_in(WEEKLY, MOVE, &form(&[("back", "weekly"), ("day", "2027-03-17"), ("time", time)])).await;
            assert_eq!(moved.header("location"), "/desk/mailing/next/weekly?done=moved", "{time}");
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(pages.text(release).await, at.timestamp_micros().to_string(), "{time}");
        }
        assert_eq!(run_weekly(&pages, next_monday()).await.digests, 0);
        let later = next_monday() + TimeDelta::days(7);
        assert_eq!(run_weekly(&pages, later).await.accepted, 2);
        assert!(show_weekly(&pages, later).await.digests.iter().all(|digest| digest.items[0].item == "vanlig"));
    }

    async fn who_moves_an_item_that_another_moved_is_told_and_moves_nothing(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let mut per = seat(&pages, "per@forum.example", LEAD).await;
        queue(&mut lead, "Vanlig", "all", &[]).await;
        let at = |day| form(&[("back", "weekly"), ("day", day), ("time", "09:00")]);
        let (stale, release) = (per.get(WEEKLY).await, "SELECT CAST(release_at AS TEXT) FROM item WHERE slug = 'vanlig'");
        let sent = filled(&lead.get(WEEKLY).await, MOVE, &at("2027-03-16"));
        for _ in 0..2 {
            assert_eq!(lead.post(MOVE, &sent).await.header("location"), "/desk/mailing/next/weekly?done=moved");
        }
        let stands = pages.text(release).await;
        for form in [filled(&stale, MOVE, &at("2027-03-20")), at("2027-03-20")] {
            let late = per.post(MOVE, &form).await;
            assert_eq!(late.header("location"), "/desk/mailing/next/weekly?done=overtaken");
            let told = per.get(late.header("location")).await.body;
            assert!(told.contains("Noen andre har flyttet den") && told.contains("Venter til tirsdag 16. mars kl. 9"), "{told}");
            assert_eq!(pages.text(release).await, stands);
        }
        let moved = per.fill_in(WEEKLY, MOVE, &at("2027-03-20")).await;
        assert_eq!(moved.header("location"), "/desk/mailing/next/weekly?done=moved", "who looked again may");
        assert_ne!(pages.text(release).await, stands);
    }

    async fn holding_back_or_letting_go_pressed_twice_says_what_was_done(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        queue(&mut lead, "Vanlig", "all", &[]).await;
        for (button, done) in [("hold", "held"), ("let-go", "let-go")] {
            for _ in 0..2 {
                let pressed = lead.post(&format!("/desk/mailing/items/vanlig/{button}"), BACK).await;
                assert_eq!(pressed.header("location"), format!("/desk/mailing/next/weekly?done={done}"));
            }
        }
        let told = pages.text("SELECT action FROM change WHERE action IN ('item.held', 'item.let_go') ORDER BY id").await;
        assert_eq!(told, "item.held\nitem.let_go", "each once");
    }

    async fn a_held_item_stays_held_when_it_is_said_better(db: Database) {
        let pages = town(db).await;
        let mut lead = seat(&pages, "lead@forum.example", LEAD).await;
        let path = queue(&mut lead, "Vanlig", "all", &[]).await;
        lead.post("/desk/mailing/items/vanlig/hold", BACK).await;
        let draft = place(&lead.post(&format!("{path}/correct"), "").await);
        let better = form(&[("title", "Bedre"), ("body", "Les."), ("kind", "tip"), ("audience", "all"), ("do", "queue")]);
        lead.fill_in(&draft, &draft, &better).await;
        assert_eq!(planned(&pages).await, Vec::<String>::new());
        lead.post("/desk/mailing/items/vanlig/let-go", BACK).await;
        assert_eq!(planned(&pages).await, ["vanlig"]);
    }
}
