//! The owner of a promise is reminded once, three days before its day.

use tokio_util::sync::CancellationToken;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::pipeline::{NoticeDesk, Pipeline};

use super::minutes::{texts, town};
use super::minutes_with;
use super::own::promise;
use crate::histories::town::{Town, at};
use crate::on_both_databases;
use crate::pages::world::Pages;

const OLAS: &str = "{ what = \"Ringe ti bedrifter\", owner = \"ola@example.test\", by = 2027-03-12 }";
const DUE: &str = "2027-03-09T06:30:00Z";
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '') FROM notice ORDER BY id";

async fn remind(town: &Town, now: &str) -> usize {
    town.clock.set(at(now));
    town.pipeline.remind_of_promises().await.unwrap()
}

async fn start(db: crate::harness::Database) -> Town {
    let town = town(db).await;
    town.queue("referat", &minutes_with(OLAS)).await;
    town
}

on_both_databases! {
    async fn the_owner_is_reminded_once_three_days_before_at_the_weekly_time(db: Database) {
        let town = start(db).await;
        assert_eq!((remind(&town, "2027-03-09T06:29:59Z").await, remind(&town, DUE).await, remind(&town, DUE).await), (0, 1, 0));
        assert_eq!(texts(&town, NOTICES).await, ["promise_near ola@example.test"]);
        let details = texts(&town, "SELECT details FROM notice").await;
        assert!(details[0].contains("Ringe ti bedrifter") && details[0].contains("fredag 12. mars"), "{details:?}");
        assert!(!details[0].contains("helse"), "it names no group: {details:?}");
    }

    async fn nobody_is_loaded_for_a_promise_of_which_it_is_not_time_to_remind(db: Database) {
        let town = start(db).await;
        // Whoever loads them fails.
        town.run("UPDATE recipient SET cadence = 'never'").await;
        assert_eq!(remind(&town, "2027-03-09T06:29:59Z").await, 0);
        town.run("UPDATE recipient SET cadence = 'weekly'").await;
        assert_eq!(remind(&town, DUE).await, 1);
    }

    async fn who_gives_it_another_day_is_reminded_of_that_one_too(db: Database) {
        let town = start(db).await;
        assert_eq!(remind(&town, DUE).await, 1);
        town.run("UPDATE promise SET by_on = '2027-03-20', changed_at = 1804600000000000").await;
        assert_eq!((remind(&town, "2027-03-10T06:30:00Z").await, remind(&town, "2027-03-17T06:30:00Z").await), (0, 1));
    }

    async fn nobody_is_reminded_of_what_is_settled_over_or_only_just_promised_nor_who_pauses_or_left(db: Database) {
        let town = start(db).await;
        for (change, back) in [
            ("UPDATE promise SET state = 'done'", "UPDATE promise SET state = 'open'"),
            ("UPDATE promise SET seat_id = NULL, told = CAST(seat_id AS TEXT)", "UPDATE promise SET seat_id = CAST(told AS BIGINT)"),
            ("UPDATE recipient SET paused_until = '2027-03-10'", "UPDATE recipient SET paused_until = NULL"),
            ("UPDATE recipient SET status = 'unsubscribed'", "UPDATE recipient SET status = 'active'"),
            ("UPDATE promise SET changed_at = 1804581000000001", "UPDATE promise SET changed_at = 0"),
            ("UPDATE item SET withdrawn_at = 1", "UPDATE item SET withdrawn_at = NULL"),
            ("UPDATE item SET held_at = 1", "UPDATE item SET held_at = NULL"),
        ] {
            town.run(change).await;
            assert_eq!(remind(&town, DUE).await, 0, "{change}");
            town.run(back).await;
        }
        assert_eq!(remind(&town, "2027-03-13T06:30:00Z").await, 0, "its day is over");
        assert_eq!(remind(&town, DUE).await, 1);
    }

    async fn whose_pause_is_over_today_is_reminded(db: Database) {
        let town = start(db).await;
        town.run("UPDATE recipient SET paused_until = '2027-03-09'").await;
        assert_eq!(remind(&town, DUE).await, 1);
    }

    async fn a_reminder_that_waits_does_not_go_once_the_day_is_moved(db: Database) {
        let pages = Pages::over(db).await;
        promise(&pages, "Ringe", Some(1), Some("2027-03-20")).await;
        let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
        app.clock = Clock::simulated(at("2027-03-17T12:00:00Z"));
        let pipeline = Pipeline::build(&app).await.unwrap();
        assert_eq!(pipeline.remind_of_promises().await.unwrap(), 1);
        pages.run("UPDATE promise SET by_on = '2027-03-25'").await;
        NoticeDesk::open(&pipeline).unwrap().send_due(&CancellationToken::new()).await.unwrap();
        assert_eq!(pages.text("SELECT kind || ' ' || state FROM notice").await, "promise_near cancelled");
    }

    async fn no_reminder_goes_on_a_public_holiday(db: Database) {
        let town = start(db).await;
        // Three days before Thursday 1 April is Easter Monday.
        town.run("UPDATE promise SET by_on = '2027-04-01'").await;
        assert_eq!((remind(&town, "2027-03-29T08:00:00Z").await, remind(&town, "2027-03-30T05:30:00Z").await), (0, 1));
    }

    async fn what_is_promised_for_easter_is_reminded_of_before_easter(db: Database) {
        let town = start(db).await;
        // Three days before are Maundy Thursday and Good Friday, and the next working day is Tuesday the 30th.
        for by in ["UPDATE promise SET by_on = '2027-03-28'", "UPDATE promise SET by_on = '2027-03-29'"] {
            town.run(by).await;
            let reminded = (remind(&town, "2027-03-24T06:29:59Z").await, remind(&town, "2027-03-24T06:30:00Z").await);
            assert_eq!(reminded, (0, 1), "{by}");
        }
    }
}
