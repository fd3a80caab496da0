//! The rows of promises, on both databases.

use treff::ids::{ItemId, RecipientId, SeatId};
use treff::store::{GroupSeatRow, PromiseWord, SaidPromise};

use crate::on_both_databases;
use crate::pages::world::{KARI, Pages, now};

const MINUTES: ItemId = ItemId(1);

fn said<'a>(what: &'a str, seat: Option<i64>, on: Option<&'a str>) -> SaidPromise<'a> {
    SaidPromise { group: "health", position: 1, what, seat: seat.map(SeatId), on }
}

async fn add(pages: &Pages, said: &SaidPromise<'_>) {
    let mut tx = pages.db.store.begin().await.unwrap();
    tx.add_promise(MINUTES, said, "account:1", now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn word<'a>(id: i64, seen: &'a str, state: &'a str, by_on: &'a str) -> PromiseWord<'a> {
    PromiseWord { id, seen, state, by_on, owner: None, minutes: None }
}

on_both_databases! {
    async fn a_promise_is_listed_by_group_by_person_and_by_place(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        add(&pages, &said("Ringe", Some(1), Some("2027-03-20"))).await;
        add(&pages, &said("Skrive", None, None)).await;
        let all = store.list_promises(now()).await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].what.as_str(), all[0].owner, all[0].by().map(|day| day.to_string()).as_deref()), ("Ringe", Some(KARI), Some("2027-03-20")));
        assert_eq!((all[1].what.as_str(), all[1].owner, all[1].group.as_str()), ("Skrive", None, "health"));
        let of_people = store.list_open_promises_of(&[KARI, RecipientId(2)], now()).await.unwrap();
        assert_eq!(of_people, all[..1]);
        assert_eq!(store.list_open_promises_of_seats(&[SeatId(1)], now()).await.unwrap(), all[..1]);
        assert_eq!(store.list_open_promises_of_group("health", now()).await.unwrap(), all);
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let near = (day("2027-03-17"), day("2027-03-20"));
        assert_eq!(store.list_promises_to_remind(now(), near).await.unwrap(), all[..1]);
        let mut tx = store.begin().await.unwrap();
        assert!(tx.find_own_promise(all[0].id, KARI, now()).await.unwrap().is_some());
        assert!(tx.find_own_promise(all[0].id, RecipientId(2), now()).await.unwrap().is_none());
        assert!(tx.record_promise_reminded((all[0].id, KARI), "2027-03-20", now()).await.unwrap());
        assert!(!tx.record_promise_reminded((all[0].id, KARI), "2027-03-20", now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.list_promises_to_remind(now(), near).await.unwrap(), []);
    }

    async fn what_is_said_of_a_promise_holds_as_it_was_shown(db: Database) {
        let pages = Pages::over(db).await;
        add(&pages, &said("Ringe", Some(1), Some("2027-03-20"))).await;
        let id = pages.db.store.list_promises(now()).await.unwrap()[0].id;
        let mut tx = pages.db.store.begin().await.unwrap();
        assert!(!tx.say_of_promise(&word(id, "2027-03-21", "done", ""), "page", now()).await.unwrap(), "another day stood");
        assert!(tx.say_of_promise(&word(id, "2027-03-20", "open", "2027-04-01"), "account:1", now()).await.unwrap());
        let own = PromiseWord { owner: Some((KARI, "Endelig")), ..word(id, "2027-04-01", "done", "2027-04-01") };
        assert!(tx.say_of_promise(&own, "page", now()).await.unwrap());
        assert!(!tx.say_of_promise(&own, "page", now()).await.unwrap(), "it is settled");
        tx.commit().await.unwrap();
        let row = &pages.db.store.list_promises(now()).await.unwrap()[0];
        assert_eq!((row.state.as_str(), row.told.as_deref(), row.by_on.as_deref(), row.settled_at), ("done", Some("Endelig"), Some("2027-04-01"), Some(now())));
        let log = pages.text("SELECT action || ' ' || actor || ' ' || COALESCE(CAST(recipient_id AS TEXT), '') FROM change WHERE action LIKE 'promise%' ORDER BY id").await;
        assert_eq!(log, "promise.made account:1 \npromise.moved account:1 \npromise.kept page 1");
    }

    async fn what_minutes_settled_is_open_again_once_they_are_taken_back(db: Database) {
        let pages = Pages::over(db).await;
        add(&pages, &said("Ringe", Some(1), None)).await;
        let id = pages.db.store.list_promises(now()).await.unwrap()[0].id;
        let mut tx = pages.db.store.begin().await.unwrap();
        let settling = PromiseWord { minutes: Some(ItemId(2)), ..word(id, "", "dropped", "") };
        assert!(tx.say_of_promise(&settling, "account:1", now()).await.unwrap());
        assert!(tx.withdraw_item(now(), "account:1", "samling").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(pages.db.store.list_open_promises_of(&[KARI], now()).await.unwrap().len(), 1);
        let mut tx = pages.db.store.begin().await.unwrap();
        assert!(tx.withdraw_item(now(), "account:1", "aapen").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(pages.db.store.list_promises(now()).await.unwrap(), []);
    }

    async fn promises_of_minutes_are_changed_and_removed_by_their_rows(db: Database) {
        let pages = Pages::over(db).await;
        add(&pages, &said("Ringe", Some(1), Some("2027-03-20"))).await;
        let mut tx = pages.db.store.begin().await.unwrap();
        assert_eq!(tx.find_item_id("aapen").await.unwrap(), Some(MINUTES));
        let rows = tx.list_promises_of_item(MINUTES).await.unwrap();
        assert_eq!(rows[0].said(), said("Ringe", Some(1), Some("2027-03-20")));
        tx.change_promise(MINUTES, &rows[0], &said("Ringe.", None, Some("2027-03-22")), "command", now()).await.unwrap();
        let rows = tx.list_promises_of_item(MINUTES).await.unwrap();
        assert_eq!((rows[0].what.as_str(), rows[0].seat, rows[0].by_on.as_deref()), ("Ringe.", None, Some("2027-03-22")));
        tx.remove_promise(MINUTES, &rows[0], "command", now()).await.unwrap();
        assert_eq!(tx.list_promises_of_item(MINUTES).await.unwrap(), []);
    }

    async fn what_an_owner_told_and_was_reminded_of_goes_with_the_place_and_stays_with_it(db: Database) {
        let pages = Pages::over(db).await;
        add(&pages, &said("Ringe", Some(1), Some("2027-03-20"))).await;
        pages.run("UPDATE promise SET told = 'Snart', told_by = 1, reminded_of = '2027-03-20'").await;
        let left = "SELECT COALESCE(told, '-') || '|' || COALESCE(CAST(told_by AS TEXT), '-') || '|' || COALESCE(reminded_of, '-') FROM promise";
        for (seat, expected) in [(Some(1), "Snart|1|2027-03-20"), (None, "-|-|-")] {
            let mut tx = pages.db.store.begin().await.unwrap();
            let rows = tx.list_promises_of_item(MINUTES).await.unwrap();
            tx.change_promise(MINUTES, &rows[0], &said("Ringe.", seat, Some("2027-03-20")), "command", now()).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(pages.text(left).await, expected);
        }
    }

    async fn what_was_settled_over_a_year_ago_is_listed_no_more(db: Database) {
        let pages = Pages::over(db).await;
        add(&pages, &said("Ringe", Some(1), Some("2027-03-20"))).await;
        pages.run("UPDATE item SET release_at = 1 WHERE id = 1").await;
        for (change, count) in [
            ("UPDATE promise SET changed_at = 1", 1),
            ("UPDATE promise SET state = 'done', settled_at = 1", 0),
            ("UPDATE promise SET settled_at = 1800000000000000", 1),
        ] {
            pages.run(change).await;
            assert_eq!(pages.db.store.list_promises(now()).await.unwrap().len(), count, "{change}");
        }
    }

    async fn the_places_of_a_group_are_listed_with_who_has_them(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (2, 104, 1, 'leader', 0)").await;
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, ends_at, created_at) VALUES (3, 104, 1, 'leader', 1, 0)").await;
        let seats = pages.db.store.list_group_seats("health", now()).await.unwrap();
        let vacant = GroupSeatRow { seat: SeatId(2), position: "leader".into(), holder: None, name: None, email: None };
        assert_eq!((seats.len(), seats[0].holder, seats[0].email.as_deref(), &seats[1]), (2, Some(KARI), Some("kari@nav.test"), &vacant));
        let mut tx = pages.db.store.begin().await.unwrap();
        assert_eq!(tx.list_group_seats("health", now()).await.unwrap(), seats);
    }
}
