//! Reminders: two days before, once, to whom it concerns.

use chrono::{DateTime, Utc};
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::edition::{Occasion, may_be_reminded_of};
use treff::ids::ItemId;
use treff::pipeline::Pipeline;
use treff::world::{load_forum, load_items_by_ids};

use crate::on_both_databases;
use crate::pages::world::{KARI, Pages};

/// How many reminders go at that instant, of a forum whose event begins on Thursday 8 April 2027 at 9 in Oslo.
async fn remind(pages: &Pages, at: &str) -> usize {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    let at: DateTime<Utc> = at.parse().unwrap();
    app.clock = Clock::simulated(at);
    Pipeline::build(&app).await.unwrap().remind().await.unwrap()
}

const COMING: &str = "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at)
                      VALUES (2, 1, 'coming', 'letter', 1804000000000000)";
const BEFORE: &str = "2027-04-06T05:29:59Z";
const DUE: &str = "2027-04-06T05:30:00Z";
const BEGINS: &str = "2027-04-08T07:00:00Z";
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '') FROM notice ORDER BY id";
/// The letter of that item was not one that everybody must get.
const CHOSEN: &str = "UPDATE delivery_item SET because = 'audience' WHERE item_id = 2";

on_both_databases! {
    async fn who_comes_is_reminded_once_two_days_before_at_the_weekly_time(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(CHOSEN).await;
        assert_eq!(remind(&pages, DUE).await, 0, "nobody said that they come");
        pages.run(COMING).await;
        assert_eq!((remind(&pages, BEFORE).await, remind(&pages, BEGINS).await), (0, 0));
        assert_eq!((remind(&pages, DUE).await, remind(&pages, DUE).await), (1, 0));
        assert_eq!(pages.text(NOTICES).await, "reminder_coming kari@nav.test");
        let details = pages.text("SELECT details FROM notice").await;
        assert!(details.contains("Samling for forumet") && details.contains("Torsdag 8. april kl. 9–15, Fylkeshuset"), "{details}");
    }

    async fn who_must_come_and_said_nothing_is_asked_once(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id = 2").await;
        assert_eq!((remind(&pages, DUE).await, remind(&pages, DUE).await), (1, 0));
        assert_eq!(pages.text(NOTICES).await, "reminder_unanswered kari@nav.test");
    }

    async fn once_registration_has_ended_nobody_is_asked_and_who_comes_is_reminded_still(db: Database) {
        let pages = Pages::over(db).await;
        let ended = "UPDATE item_version SET importance = 'required', expires_at = 1806300000000000 WHERE item_id = 2";
        pages.run(ended).await;
        assert_eq!(remind(&pages, DUE).await, 0);
        let forum = load_forum(&pages.db.store).await.unwrap();
        let item = load_items_by_ids(&pages.db.store, &forum, &[ItemId(2)]).await.unwrap().remove(0);
        let open = |at: &str| {
            let at = at.parse().unwrap();
            Occasion::ALL.into_iter().filter(|occasion| may_be_reminded_of(&item, *occasion, at)).collect::<Vec<_>>()
        };
        assert_eq!(open("2027-03-01T08:00:00Z"), [Occasion::Coming, Occasion::Unanswered]);
        assert_eq!(open(DUE), [Occasion::Coming], "so the others are not even loaded");
        assert_eq!(open("2027-05-01T08:00:00Z"), []);
        pages.run(COMING).await;
        assert_eq!(remind(&pages, DUE).await, 1);
    }

    async fn who_answered_that_they_do_not_come_is_left_alone(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id = 2").await;
        pages.run(COMING).await;
        pages.run("UPDATE answer SET answer = 'not_coming'").await;
        assert_eq!(remind(&pages, DUE).await, 0);
    }

    async fn who_promised_help_is_reminded_of_the_last_day(db: Database) {
        let pages = Pages::over(db).await;
        pages
            .run(r#"UPDATE item_version SET kind = 'request', fields = '{"wanted_by":{"at":"2027-04-08T22:00:00Z","day":"2027-04-08"}}' WHERE item_id = 1"#)
            .await;
        pages
            .run("INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
                  VALUES (1, 1, '', 'letter', 1804000000000000, 1804000000000000, 1)")
            .await;
        pages.run(CHOSEN).await;
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id = 1").await;
        assert_eq!(remind(&pages, DUE).await, 0, "who was asked for an answer has given it");
        pages.run("UPDATE item_version SET importance = 'normal' WHERE item_id = 1").await;
        assert_eq!((remind(&pages, BEFORE).await, remind(&pages, DUE).await, remind(&pages, DUE).await), (0, 1, 0));
        assert_eq!(pages.text(NOTICES).await, "reminder_help kari@nav.test");
    }

    async fn who_heard_of_it_only_within_the_two_days_is_not_looked_at_again_each_minute(db: Database) {
        let pages = Pages::over(db).await;
        pages
            .run("INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
                  VALUES (2, 2, '', 'letter', 1804000000000000, 1804000000000000, 1)")
            .await;
        let of = async |kinds: &[&str]| {
            let due_at = DUE.parse().unwrap();
            let found = pages.db.store.list_reminder_candidates(ItemId(2), due_at, kinds).await.unwrap();
            found.into_iter().map(|row| (row.recipient.0, row.kind)).collect::<Vec<_>>()
        };
        let candidates = async || of(&["coming", "unanswered", "help"]).await;
        assert_eq!(of(&["coming", "help"]).await, [(2, "help".to_owned())], "nobody is to be asked");
        assert!(of(&[]).await.is_empty());
        assert_eq!(candidates().await, [(KARI.0, "unanswered".to_owned()), (2, "help".to_owned())]);
        pages.run("UPDATE delivery SET dated_at = 1806989400000000").await;
        pages.run("UPDATE offer SET offered_at = 1806989400000000").await;
        assert!(candidates().await.is_empty(), "at the instant when reminders are due");
        pages.run(COMING).await;
        assert_eq!(candidates().await, [(KARI.0, "coming".to_owned())]);
        pages.run("UPDATE answer SET answered_at = 1806989400000000").await;
        assert!(candidates().await.is_empty());
    }

    async fn nobody_is_reminded_who_pauses_left_or_may_not_see_it_or_of_what_was_taken_back(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(CHOSEN).await;
        pages.run(COMING).await;
        for (change, back) in [
            ("UPDATE recipient SET paused_until = '2027-04-07' WHERE id = 1", "UPDATE recipient SET paused_until = NULL"),
            ("UPDATE recipient SET status = 'unsubscribed' WHERE id = 1", "UPDATE recipient SET status = 'active'"),
            ("UPDATE item_version SET visibility = 'only:health' WHERE item_id = 2; ", "UPDATE item_version SET visibility = 'forum' WHERE item_id = 2"),
            ("UPDATE item SET withdrawn_at = 1 WHERE id = 2", "UPDATE item SET withdrawn_at = NULL WHERE id = 2"),
            ("UPDATE answer SET answered_at = 1806990000000000", "UPDATE answer SET answered_at = 1804000000000000"),
        ] {
            if change.contains("only:health") {
                pages.run("UPDATE seat_holder SET ends_at = 1").await;
            }
            pages.run(change).await;
            assert_eq!(remind(&pages, DUE).await, 0, "{change}");
            pages.run(back).await;
        }
        assert_eq!(remind(&pages, DUE).await, 1);
    }
}
