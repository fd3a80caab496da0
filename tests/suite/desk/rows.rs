//! Accounts, sessions and what waits, row by row.

use chrono::TimeDelta;
use treff::ids::AccountId;
use treff::store::NewAccount;

use crate::delivery::rows::noon;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

fn new<'a>(email: &'a str, groups: &'a [String]) -> NewAccount<'a> {
    NewAccount { email, name: "Lise Lund", rights: r#"["write"]"#, groups, actor: "command" }
}

on_both_databases! {
    async fn an_account_is_added_found_listed_and_ended(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let groups = ["health".to_owned(), "nowhere".to_owned()];
        let id = store.add_account(&new("lise@forum.example", &groups), now()).await.unwrap().unwrap();
        assert_eq!(store.add_account(&new("lise@forum.example", &[]), now()).await.unwrap(), None);
        assert_eq!(store.list_led_groups(id).await.unwrap(), ["health"]);
        store.set_account_language(id, Some("nn"), now()).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let found = tx.find_account("lise@forum.example").await.unwrap().unwrap();
        drop(tx);
        assert_eq!((found.id, found.rights.as_str(), found.language.as_deref()), (id, r#"["write"]"#, Some("nn")));
        assert_eq!(store.list_accounts().await.unwrap(), [found]);
        assert!(store.end_account(id, "command", now()).await.unwrap());
        assert!(!store.end_account(id, "command", now()).await.unwrap());
        assert_eq!(store.list_accounts().await.unwrap(), []);
        assert_eq!(store.count_accounts().await.unwrap(), 0);
        assert!(store.add_account(&new("lise@forum.example", &[]), now()).await.unwrap().is_some());
        let told = pages.text("SELECT action FROM change WHERE subject = 'account:1' ORDER BY id").await;
        assert_eq!(told, "account.added\naccount.language\naccount.ended");
    }

    async fn who_may_send_is_told_of_what_happens_until_the_account_ends(db: Database) {
        assert!(db.store.add_lead("lise@forum.example", "Lise Lund", noon()).await.unwrap());
        db.store.add_account(&new("per@forum.example", &[]), noon()).await.unwrap();
        assert_eq!(db.store.list_lead_addresses().await.unwrap(), ["lise@forum.example"]);
        db.store.end_account(AccountId(1), "command", noon()).await.unwrap();
        assert_eq!(db.store.list_lead_addresses().await.unwrap(), [""; 0]);
    }

    async fn a_session_is_opened_used_listed_and_closed(db: Database) {
        let store = &db.store;
        let id = store.add_account(&new("lise@forum.example", &[]), noon()).await.unwrap().unwrap();
        let until = noon() + TimeDelta::days(14);
        let mut tx = store.begin().await.unwrap();
        let first = tx.open_session(noon(), id, ("a", "Edge, Windows"), until).await.unwrap();
        tx.open_session(noon() + TimeDelta::hours(1), id, ("b", ""), until).await.unwrap();
        tx.commit().await.unwrap();
        let staff = store.find_staff("a", noon()).await.unwrap().unwrap();
        assert_eq!((staff.session, staff.account, staff.used_at), (first, id, noon()));
        assert_eq!(store.find_staff("a", until).await.unwrap(), None);
        let later = noon() + TimeDelta::days(1);
        store.use_session(id, first, later + TimeDelta::days(14), later).await.unwrap();
        assert_eq!(store.find_staff("a", until).await.unwrap().unwrap().used_at, later);
        let names = store.list_sessions(id, noon()).await.unwrap().into_iter().map(|s| s.name);
        assert_eq!(names.collect::<Vec<_>>(), ["", "Edge, Windows"]);
        assert_eq!(store.close_sessions(id, Some(99), "account:1", noon()).await.unwrap(), 0);
        assert_eq!(store.close_sessions(id, Some(first), "account:1", noon()).await.unwrap(), 1);
        assert_eq!(store.close_sessions(id, None, "account:1", noon()).await.unwrap(), 1);
        assert_eq!(store.find_staff("b", noon()).await.unwrap(), None);
    }

    async fn a_session_that_is_over_goes(db: Database) {
        let id = db.store.add_account(&new("lise@forum.example", &[]), noon()).await.unwrap().unwrap();
        let mut tx = db.store.begin().await.unwrap();
        tx.open_session(noon(), id, ("a", ""), noon() + TimeDelta::days(14)).await.unwrap();
        tx.commit().await.unwrap();
        let over = noon() + TimeDelta::days(14);
        assert_eq!(db.store.retire_doors(noon()).await.unwrap(), 0);
        assert_eq!(db.store.retire_doors(over).await.unwrap(), 1);
    }

    async fn what_waits_is_counted_and_listed_to_a_bound(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        assert_eq!(store.count_vacant_seats(now()).await.unwrap(), 0);
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (8, 104, 1, 'leader', 0), (9, 104, 1, 'member', 0)").await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, starts_at, source) VALUES (9, 2, 9000000000000000, 'x')").await;
        assert_eq!(store.count_vacant_seats(now()).await.unwrap(), 2, "who comes later does not have it yet");
        let first = store.list_vacant_seats(now(), 1).await.unwrap();
        assert_eq!((first.len(), first[0].seat.0, first[0].position.as_str(), first[0].represents.as_str()), (1, 8, "leader", "NAV"));
        pages.run("UPDATE seat SET ends_at = 1 WHERE id = 8").await;
        assert_eq!(store.count_vacant_seats(now()).await.unwrap(), 1, "a place that ended is none");
        assert_eq!(store.count_uncertain_letters().await.unwrap(), 1);
        let letters = store.list_uncertain_letters(5).await.unwrap();
        assert_eq!((letters.len(), letters[0].delivery.0, letters[0].email.as_deref()), (1, 7, Some("kari@nav.no")));
    }
}
