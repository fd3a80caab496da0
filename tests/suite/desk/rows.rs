//! Accounts, sessions and what waits, row by row.

use chrono::TimeDelta;
use treff::ids::{AccountId, OrganisationId, RecipientId};
use treff::store::{AccountChange, AccountChanged, ChangeFilter, NewAccount, Store};

use crate::delivery::rows::noon;
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

fn new<'a>(email: &'a str, groups: &'a [String]) -> NewAccount<'a> {
    NewAccount {
        email,
        name: "Lise Lund",
        rights: r#"["write"]"#,
        groups,
        organisation: None,
        actor: "command",
    }
}

/// Changes an account as somebody does who has just seen it.
async fn change(store: &Store, id: AccountId, new: &AccountChange<'_>) -> AccountChanged {
    let row = store.list_accounts().await.unwrap().into_iter().find(|row| row.id == id).unwrap();
    let groups = store.list_led_groups(id).await.unwrap();
    let seen = AccountChange::of(&row, &groups);
    store.change_account(id, (Some(&seen), new), "account:9", noon()).await.unwrap()
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
        assert_eq!(store.end_account(id, "command", now()).await.unwrap(), AccountChanged::Done);
        assert_eq!(store.end_account(id, "command", now()).await.unwrap(), AccountChanged::Unknown);
        assert_eq!(store.list_accounts().await.unwrap(), []);
        assert_eq!(store.count_accounts().await.unwrap(), 0);
        assert!(store.add_account(&new("lise@forum.example", &[]), now()).await.unwrap().is_some());
        let told = pages.text("SELECT action FROM change WHERE subject = 'account:1' ORDER BY id").await;
        assert_eq!(told, "account.added\naccount.language\naccount.ended");
    }

    async fn whoever_is_told_of_something_has_its_right_now(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        assert!(store.add_lead("lise@forum.example", "Lise Lund", noon()).await.unwrap());
        let new = NewAccount { rights: r#"["people"]"#, ..new("per@forum.example", &[]) };
        store.add_account(&new, noon()).await.unwrap();
        let told = async |right: &str, at| store.list_lead_addresses(right, at).await.unwrap();
        let bound = NewAccount { email: "mona@forum.example", organisation: Some(OrganisationId(1)), ..new.clone() };
        store.add_account(&bound, noon()).await.unwrap();
        assert_eq!(told("send", noon()).await, ["lise@forum.example"]);
        assert_eq!(told("people", noon()).await, ["lise@forum.example", "per@forum.example"]);
        let until = Some(noon() + TimeDelta::days(1));
        let deputy = AccountChange { name: "Per", rights: r#"["people"]"#, groups: &[], organisation: None, from_at: Some(noon()), until_at: until };
        assert_eq!(change(store, AccountId(2), &deputy).await, AccountChanged::Done);
        assert_eq!(told("people", noon()).await.len(), 2);
        for over in [noon() - TimeDelta::seconds(1), noon() + TimeDelta::days(1)] {
            assert_eq!(told("people", over).await, ["lise@forum.example"]);
        }
        let siri = NewAccount { email: "siri@forum.example", rights: r#"["administer"]"#, ..new };
        store.add_account(&siri, noon()).await.unwrap();
        assert_eq!(store.end_account(AccountId(1), "command", noon()).await.unwrap(), AccountChanged::Done);
        assert_eq!(told("send", noon()).await, [""; 0]);
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
        assert_eq!(store.list_vacant_seats(now(), None, 5).await.unwrap(), []);
        pages.run("INSERT INTO seat (id, group_id, organisation_id, position, created_at) VALUES (8, 104, 1, 'leader', 0), (9, 104, 1, 'member', 0)").await;
        pages.run("INSERT INTO seat_holder (seat_id, recipient_id, starts_at, source) VALUES (9, 2, 9000000000000000, 'x')").await;
        let first = store.list_vacant_seats(now(), None, 1).await.unwrap();
        assert_eq!(first[0].all, 2, "who comes later does not have it yet");
        assert_eq!((first.len(), first[0].seat.0, first[0].position.as_str(), first[0].represents.as_str()), (1, 8, "leader", "NAV"));
        assert_eq!(store.list_vacant_seats(now(), Some("nav"), 5).await.unwrap().len(), 2);
        assert_eq!(store.list_vacant_seats(now(), Some("vik"), 5).await.unwrap(), []);
        pages.run("UPDATE seat SET ends_at = 1 WHERE id = 8").await;
        let left = store.list_vacant_seats(now(), None, 5).await.unwrap();
        assert_eq!((left.len(), left[0].all), (1, 1), "a place that ended is none");
        assert_eq!(store.count_uncertain_letters().await.unwrap(), 1);
        let letters = store.list_uncertain_letters(5).await.unwrap();
        assert_eq!((letters.len(), letters[0].delivery.0, letters[0].email.as_deref()), (1, 7, Some("kari@nav.test")));
    }

    async fn a_forum_is_at_its_beginning_until_letters_were_written(db: Database) {
        let told = async |store: &treff::store::Store| {
            let row = store.find_beginning().await.unwrap().expect("no letter was written");
            [row.is_looked_over, row.has_groups, row.has_people, row.has_items]
        };
        assert_eq!(told(&db.store).await, [false; 4]);
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        assert_eq!(store.find_beginning().await.unwrap(), None);
        for table in ["DELETE FROM delivery_item", "DELETE FROM tap", "DELETE FROM delivery"] {
            pages.run(table).await;
        }
        assert_eq!(told(store).await, [false, true, true, true]);
        pages.run("INSERT INTO change (changed_at, actor, action, subject) VALUES (0, 'command', 'forum.applied', 'forum')").await;
        assert_eq!(told(store).await, [false, true, true, true], "a file is the operator's, and looked over by nobody at the desk");
        store.note_settings_kept("account:1", noon()).await.unwrap();
        store.note_settings_kept("account:2", noon()).await.unwrap();
        assert_eq!(pages.text("SELECT actor FROM change WHERE action = 'settings.kept'").await, "account:1", "once is enough");
        pages.run("UPDATE recipient SET status = 'unsubscribed'").await;
        assert_eq!(told(store).await, [true, true, false, true]);
    }

    async fn a_second_factor_is_begun_confirmed_used_up_and_reset(db: Database) {
        let store = &db.store;
        let id = store.add_account(&new("lise@forum.example", &[]), noon()).await.unwrap().unwrap();
        let mut tx = store.begin().await.unwrap();
        let session = tx.open_session(noon(), id, ("a", ""), noon() + TimeDelta::days(14)).await.unwrap();
        tx.open_session(noon(), id, ("b", ""), noon() + TimeDelta::days(14)).await.unwrap();
        tx.commit().await.unwrap();
        let (own, codes) = ((id, session), ["x".to_owned(), "y".to_owned()]);
        store.begin_totp(id, "AAAA", noon()).await.unwrap();
        assert!(!store.confirm_totp(own, ("BBBB", 7), &codes, noon()).await.unwrap(), "another was shown");
        assert!(store.confirm_totp(own, ("AAAA", 7), &codes, noon()).await.unwrap());
        assert_eq!(store.find_staff("b", noon()).await.unwrap(), None, "other sessions end");
        let staff = store.find_staff("a", noon()).await.unwrap().unwrap();
        assert!(staff.has_second && staff.proved);
        let proofs = store.get_proofs(id).await.unwrap();
        assert_eq!((proofs.totp_secret.as_deref(), proofs.totp_pending, proofs.totp_step, proofs.recovery_left), (Some("AAAA"), None, Some(7), 2));
        assert!(!store.prove_by_step(own, 7, noon()).await.unwrap(), "it was used");
        assert!(store.prove_by_step(own, 8, noon()).await.unwrap());
        assert!(store.prove_by_recovery(own, "x", noon()).await.unwrap());
        assert!(!store.prove_by_recovery(own, "x", noon()).await.unwrap(), "it was used");
        store.replace_recovery_codes(id, &["z".to_owned()], noon()).await.unwrap();
        assert!(!store.prove_by_recovery(own, "y", noon()).await.unwrap(), "it was replaced");
        store.set_password(id, Some("hash"), session, noon()).await.unwrap();
        let kept = store.find_password("lise@forum.example", noon()).await.unwrap().unwrap();
        assert_eq!((kept.account, kept.hash.as_deref()), (id, Some("hash")));
        assert_eq!(store.find_password("nobody@forum.example", noon()).await.unwrap(), None);
        store.reset_proofs(id, "command", noon()).await.unwrap();
        let proofs = store.get_proofs(id).await.unwrap();
        assert_eq!((proofs.password_hash, proofs.totp_secret, proofs.recovery_left), (None, None, 0));
        assert_eq!(store.find_staff("a", noon()).await.unwrap(), None);
    }

    async fn an_account_is_changed_and_its_sessions_know_at_once(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let id = store.add_account(&new("lise@forum.example", &[]), now()).await.unwrap().unwrap();
        let groups = ["health".to_owned()];
        let until = now() + TimeDelta::days(1);
        let until_then = AccountChange { name: "Lise", rights: r#"["send"]"#, groups: &groups, organisation: None, from_at: None, until_at: Some(until) };
        assert_eq!(change(store, id, &until_then).await, AccountChanged::Done);
        let mut tx = store.begin().await.unwrap();
        tx.open_session(now(), id, ("a", ""), now() + TimeDelta::days(14)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.find_staff("a", now()).await.unwrap().unwrap().rights, r#"["send"]"#);
        assert_eq!(store.find_staff("a", until).await.unwrap(), None, "its time is over");
        assert_eq!(store.list_led_groups(id).await.unwrap(), groups);
        let row = store.list_accounts().await.unwrap().remove(0);
        assert_eq!((row.name.as_str(), row.from_at, row.until_at, row.organisation), ("Lise", None, Some(until), None));
        let bound = AccountChange { organisation: Some(OrganisationId(1)), ..until_then };
        assert_eq!(change(store, id, &bound).await, AccountChanged::Done);
        assert_eq!(store.find_staff("a", now()).await.unwrap().unwrap().organisation.as_deref(), Some("nav"));
        assert_eq!(store.end_account(id, "command", now()).await.unwrap(), AccountChanged::Done);
        assert_eq!(pages.text("SELECT CASE WHEN organisation_id IS NULL THEN 'none' ELSE 'bound' END FROM account").await, "none");
    }

    async fn an_account_may_be_in_force_for_a_time_from_the_first(db: Database) {
        let store = &db.store;
        let span = (Some(noon()), Some(noon() + TimeDelta::days(1)));
        let mut tx = store.begin().await.unwrap();
        tx.add_account_for(&new("lise@forum.example", &[]), span, noon()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let row = store.list_accounts().await.unwrap().remove(0);
        assert_eq!((row.from_at, row.until_at), span);
    }

    async fn of_two_who_take_the_right_to_administer_from_each_other_one_keeps_it(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let (lise, per) = (AccountId(1), AccountId(2));
        for email in ["lise@forum.example", "per@forum.example"] {
            assert!(store.add_lead(email, "Lise Lund", now()).await.unwrap());
        }
        let row = store.list_accounts().await.unwrap().remove(0);
        let seen = AccountChange::of(&row, &[]);
        let less = AccountChange { rights: r#"["write"]"#, ..seen.clone() };
        let said = (Some(&seen), &less);
        let (one, two) = tokio::join!(
            store.change_account(lise, said, "account:2", now()),
            store.change_account(per, said, "account:1", now()),
        );
        let told = [one.unwrap(), two.unwrap()];
        let left = if told[0] == AccountChanged::Last { lise } else { per };
        assert!(told.contains(&AccountChanged::Done) && told.contains(&AccountChanged::Last), "{told:?}");
        let until = AccountChange { until_at: Some(now() + TimeDelta::days(1)), ..seen.clone() };
        let later = AccountChange { from_at: Some(now() + TimeDelta::days(1)), ..seen.clone() };
        for new in [until, later] {
            let asked = store.change_account(left, (Some(&seen), &new), "command", now()).await.unwrap();
            assert_eq!(asked, AccountChanged::Last, "now and without an end: {new:?}");
        }
        assert_eq!(store.end_account(left, "command", now()).await.unwrap(), AccountChanged::Last);
        let other = if left == lise { per } else { lise };
        assert_eq!(store.end_account(other, "command", now()).await.unwrap(), AccountChanged::Done);
    }

    async fn of_two_who_end_each_other_one_stays(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        for email in ["lise@forum.example", "per@forum.example"] {
            assert!(store.add_lead(email, "Lise Lund", now()).await.unwrap());
        }
        let end = |id| store.end_account(AccountId(id), "command", now());
        let (one, two) = tokio::join!(end(1), end(2));
        let told = [one.unwrap(), two.unwrap()];
        assert!(told.contains(&AccountChanged::Done) && told.contains(&AccountChanged::Last), "{told:?}");
        assert_eq!(store.count_accounts().await.unwrap(), 1);
    }

    async fn of_two_who_save_an_account_at_the_same_moment_the_second_is_told(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let groups = ["health".to_owned()];
        let id = store.add_account(&new("lise@forum.example", &groups), now()).await.unwrap().unwrap();
        let row = store.list_accounts().await.unwrap().remove(0);
        let seen = AccountChange::of(&row, &groups);
        let (one, two) = (AccountChange { name: "Lise L", ..seen.clone() }, AccountChange { name: "L Lund", ..seen.clone() });
        let save = |new| store.change_account(id, (Some(&seen), new), "account:9", now());
        let (first, second) = tokio::join!(save(&one), save(&two));
        let told = [first.unwrap(), second.unwrap()];
        assert!(told.contains(&AccountChanged::Done) && told.contains(&AccountChanged::Overtaken), "{told:?}");
        let stands = if told[0] == AccountChanged::Done { &one } else { &two };
        let again = store.change_account(id, (None, stands), "account:9", now()).await.unwrap();
        assert_eq!(again, AccountChanged::Done, "who asks for what stands overwrites nothing");
        let changed = "SELECT action FROM change WHERE action = 'account.changed'";
        assert_eq!(pages.text(changed).await, "account.changed", "what was done once stands once in the log");
        let fewer = AccountChange { groups: &[], ..stands.clone() };
        let asked = store.change_account(id, (Some(&seen), &fewer), "account:9", now()).await.unwrap();
        assert_eq!(asked, AccountChanged::Overtaken);
        assert_eq!(store.list_led_groups(id).await.unwrap(), groups, "its groups are kept too");
        let nobodys = store.change_account(AccountId(9), (Some(&seen), &one), "account:9", now()).await.unwrap();
        assert_eq!(nobodys, AccountChanged::Unknown);
    }

    async fn the_log_is_read_by_person_who_what_and_when(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        store.unsubscribe_recipient(RecipientId(1), "link", now()).await.unwrap();
        store.add_lead("lise@forum.example", "Lise", now() + TimeDelta::days(1)).await.unwrap();
        let all = store.list_changes(&ChangeFilter::default(), 100).await.unwrap();
        assert!(all.windows(2).all(|pair| pair[0].id > pair[1].id));
        let by = |filter: ChangeFilter| async move {
            let rows = store.list_changes(&filter, 100).await.unwrap();
            rows.into_iter().map(|row| row.action).collect::<Vec<_>>()
        };
        let none = ChangeFilter::default;
        let of_kari = by(ChangeFilter { person: Some("kari@nav.test".into()), ..none() }).await;
        assert!(!of_kari.is_empty() && !of_kari.contains(&"account.added".to_owned()), "{of_kari:?}");
        assert_eq!(by(ChangeFilter { person: Some("nobody".into()), ..none() }).await, [""; 0]);
        assert_eq!(by(ChangeFilter { action: Some("account.added".into()), ..none() }).await, ["account.added"]);
        assert_eq!(by(ChangeFilter { actor: Some("nobody".into()), ..none() }).await, [""; 0]);
        assert_eq!(by(ChangeFilter { from: Some(now() + TimeDelta::days(1)), ..none() }).await, ["account.added"]);
        assert!(!by(ChangeFilter { until: Some(now() + TimeDelta::days(1)), ..none() }).await.contains(&"account.added".to_owned()));
        let before = ChangeFilter { before: Some(all[0].id), ..none() };
        assert_eq!(store.list_changes(&before, 1).await.unwrap()[0].id, all[1].id);
    }
}
