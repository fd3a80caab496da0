//! "Do you still have this place?", asked by mail twice a year.

use axum::http::StatusCode;
use treff::app::App;
use treff::clock::Clock;
use treff::config::Overrides;
use treff::pipeline::Pipeline;

use super::pages_of;
use crate::access::reader::{Reader, filled, link_path};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '') FROM notice ORDER BY id";
const ANSWERS: &str = "SELECT CASE WHEN asked_at IS NULL THEN '-' ELSE 'asked' END || ' ' || CASE WHEN confirmed_at IS NULL THEN '-' ELSE 'kept' END FROM seat_holder ORDER BY id";
/// A Tuesday in September, at ten in Oslo.
const SEPTEMBER: &str = "2027-09-07T08:00:00Z";

async fn ask(pages: &Pages, at: &str) -> usize {
    let mut app = App::open(&pages.db.path("treff.toml"), Overrides::default()).await.unwrap();
    app.clock = Clock::simulated(at.parse().unwrap());
    Pipeline::build(&app).await.unwrap().ask_who_still_has_places().await.unwrap()
}

on_both_databases! {
    async fn holders_are_asked_once_in_each_month_of_asking_in_working_hours(db: Database) {
        let pages = pages_of(db).await;
        for quiet in ["2027-03-09T08:00:00Z", "2027-09-05T08:00:00Z", "2027-09-07T02:00:00Z", "2027-09-07T19:00:00Z"] {
            assert_eq!(ask(&pages, quiet).await, 0, "{quiet}");
        }
        assert_eq!((ask(&pages, SEPTEMBER).await, ask(&pages, SEPTEMBER).await, ask(&pages, "2027-09-20T08:00:00Z").await), (1, 0, 0));
        assert_eq!(pages.text(NOTICES).await, "still_yours kari@nav.test", "who has no place is not asked");
        assert_eq!(ask(&pages, "2028-02-01T08:00:00Z").await, 1);
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'place.asked'").await, "place.asked\nplace.asked");
    }

    async fn who_just_got_a_place_or_gets_no_letters_is_left_alone(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE seat_holder SET starts_at = 1820300000000000").await;
        assert_eq!(ask(&pages, SEPTEMBER).await, 0);
        pages.run("UPDATE seat_holder SET starts_at = NULL").await;
        pages.run("UPDATE recipient SET status = 'unsubscribed'").await;
        assert_eq!(ask(&pages, SEPTEMBER).await, 0);
    }

    async fn who_pauses_is_asked_once_the_pause_is_over(db: Database) {
        let pages = pages_of(db).await;
        pages.run("UPDATE recipient SET paused_until = '2027-09-10'").await;
        assert_eq!(ask(&pages, SEPTEMBER).await, 0);
        assert_eq!(ask(&pages, "2027-09-10T08:00:00Z").await, 1, "on the day that letters go again");
    }

    async fn an_empty_list_of_months_asks_nobody(db: Database) {
        let pages = pages_of(db).await;
        let file = pages.db.path("treff.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{text}\n[places]\nask_months = []\n")).unwrap();
        assert_eq!(ask(&pages, SEPTEMBER).await, 0);
    }

    async fn yes_is_noted_and_no_asks_the_lead(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (7, 104, 1, 'leader', 0)").await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, source) VALUES (7, 1, 'import')").await;
        // The pages' own clock stands in March: the link is made then.
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        let mut tx = pages.db.store.begin().await.unwrap();
        let link = treff::feedback::rights::link_to_answer(&mut tx, treff::ids::RecipientId(1), now()).await.unwrap();
        tx.commit().await.unwrap();
        let path = link_path(link);
        let mut kari = Reader::new(&pages);
        let before = pages.dump().await;
        let asked = kari.get(&path).await;
        assert!(asked.body.contains("Har du fortsatt plassen?") && asked.body.contains("k***@nav.test") && asked.body.contains("answer-7"), "{}", asked.body);
        assert!(pages.dump().await == before, "a scanner that follows the link answers nothing");
        let half = kari.post(&path, "answer-1=yes").await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(half.body.contains("Velg ja eller nei") && half.body.contains("value=\"yes\" checked"), "{}", half.body);
        let wrong = kari.post(&path, "answer-1=yes&answer-7=no&email-7=x").await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("value=\"x\""));
        let done = kari.post(&path, "answer-1=yes&answer-7=no&name-7=Siri+Nes&email-7=siri%40nav.example").await;
        assert!(done.body.contains("Takk. Svaret ditt er skrevet ned."), "{}", done.body);
        assert_eq!(pages.text(ANSWERS).await, "- kept\n- -");
        assert_eq!(pages.text("SELECT successor_email FROM left_place WHERE seat_id = 7").await, "siri@nav.example");
        assert_eq!(pages.text("SELECT because FROM question").await, "left");
        assert_eq!(kari.get(&path).await.status, StatusCode::GONE, "the link is used up");
    }

    async fn an_answer_pressed_twice_is_heard_whole_and_once(db: Database) {
        let pages = pages_of(db).await;
        let mut tx = pages.db.store.begin().await.unwrap();
        let link = treff::feedback::rights::link_to_answer(&mut tx, treff::ids::RecipientId(1), now()).await.unwrap();
        tx.commit().await.unwrap();
        let path = link_path(link);
        let sent = filled(&pages.get(&path).await, &path, "answer-1=no&name-1=Siri+Nes&email-1=siri%40nav.example");
        let (one, two) = tokio::join!(pages.post(&path, &sent), pages.post(&path, &sent));
        for done in [one, two, pages.post(&path, &sent).await] {
            assert_eq!(done.status, StatusCode::OK, "{}", done.body);
            assert!(done.body.contains("Takk. Svaret ditt er skrevet ned."), "{}", done.body);
        }
        assert_eq!(pages.text("SELECT successor_email FROM left_place").await, "siri@nav.example");
        assert_eq!(pages.text("SELECT action FROM change WHERE action = 'place.left'").await, "place.left");
        let other = pages.post(&path, "answer-1=yes").await;
        assert_eq!(other.status, StatusCode::GONE, "the link is no other page's: {}", other.body);
    }

    async fn no_more_questions_are_read_than_are_shown_and_each_is_found_by_its_person(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (1, 'left', 2), (2, 'hard', 1)").await;
        let store = &pages.db.store;
        let (all, shown) = store.list_questions(1).await.unwrap();
        assert_eq!((all, shown.iter().map(|row| row.recipient.0).collect::<Vec<_>>()), (2, vec![2]), "the oldest first");
        let found = store.find_question(treff::ids::RecipientId(1)).await.unwrap().unwrap();
        assert_eq!((found.because.as_str(), found.email.as_str()), ("left", "kari@nav.test"));
        pages.run("UPDATE question SET closed_at = 3 WHERE recipient_id = 1").await;
        assert_eq!(store.find_question(treff::ids::RecipientId(1)).await.unwrap(), None);
        assert_eq!(store.list_questions(9).await.unwrap().0, 1);
    }

    async fn the_lead_is_told_what_they_said_last_of_who_has_a_place(db: Database) {
        let pages = pages_of(db).await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (7, 104, 1, 'leader', 0)").await;
        pages.run("INSERT INTO question (recipient_id, because, asked_at) VALUES (1, 'left', 1)").await;
        for (seat, said_at) in [(1, 3), (7, 2)] {
            let sql = format!("INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at)
                               VALUES (1, {seat}, 'Siri', 'siri{seat}@nav.example', {said_at})");
            pages.run(sql.leak()).await;
        }
        let asked = pages.db.store.list_questions(10).await.unwrap().1;
        assert_eq!(asked[0].suggested_email.as_deref(), Some("siri1@nav.example"), "said again, a row keeps its number");
        assert!(asked[0].said_themselves);
    }

    async fn what_was_asked_and_answered_is_in_the_person_s_own_copy(db: Database) {
        let pages = pages_of(db).await;
        ask(&pages, SEPTEMBER).await;
        let copy = pages.db.store.export_recipient(treff::ids::RecipientId(1), "command", now()).await.unwrap();
        let json = serde_json::to_value(copy).unwrap().to_string();
        assert!(json.contains("\"asked_at\":\"2027-09-07T08:00:00Z\"") && json.contains("\"confirmed_at\":null"), "{json}");
    }
}
