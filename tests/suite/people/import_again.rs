//! A people file comes again, or another one: what people chose stands, nothing is removed, no one revived.

use super::forum::{Place, counts, now, refused};
use crate::on_both_databases;

const FILE: &str = "email;name;organisation;org;kind;role;groups;represents;sectors;language;cadence\n\
    a@x.test;Kari Nes;NAV;nav;state;specialist;health/leader|health|steering;lo|nho;health;nn;daily\n\
    b@x.test;;;;;;;;;;\n\
    a@x.test;;;;;decision-maker;;;industry;;\n";

on_both_databases! {
    async fn the_same_file_again_changes_nothing(db: Database) {
        let place = Place::on(db).await;
        assert_eq!(counts(&place.import(FILE).await), (2, 0, 0, 0));
        let people = place.people().await;
        let sums = "SELECT CAST((SELECT COUNT(*) FROM change) + (SELECT SUM(revision) FROM recipient)
                    + (SELECT change_number FROM forum) + (SELECT COUNT(*) FROM legal_basis) AS BIGINT)";
        let before = place.number(sums).await;
        let again = place.import(FILE).await;
        assert_eq!(refused(&again), [""; 0]);
        assert_eq!(counts(&again), (0, 0, 2, 0));
        assert_eq!(place.people().await, people);
        assert_eq!(place.number(sums).await, before);
    }

    async fn a_changed_row_changes_only_what_it_says(db: Database) {
        let place = Place::on(db).await;
        place.import(FILE).await;
        place.run("UPDATE recipient SET watermark = 9").await;
        let report = place.import("email;name;cadence;sectors\na@x.test;Kari Moe;;process\nb@x.test;;;\n").await;
        assert_eq!(counts(&report), (0, 1, 1, 0));
        assert_eq!(place.people().await[0],
            "a@x.test Kari Moe, active daily nn, at kind-of-org:state org:nav, role:decision-maker role:specialist, \
             follows sector:health sector:industry sector:process, health/leader for lo, health/leader for nho, \
             health/member for lo, health/member for nho, steering/member for lo, steering/member for nho, admitted");
        assert_eq!(place.number("SELECT watermark FROM recipient WHERE email = 'a@x.test'").await, 0);
        assert_eq!(place.number("SELECT watermark FROM recipient WHERE email = 'b@x.test'").await, 9);
    }

    async fn what_the_person_chose_stands(db: Database) {
        let place = Place::on(db).await;
        place.import("email;language;cadence;sectors\na@x.test;nb;weekly;health|industry\n").await;
        let id = place.person().await.id;
        let changes = treff::store::PreferenceChanges {
            cadence: Some("daily".into()),
            language: Some("en".into()),
            unfollow: vec![treff::store::TermName { facet: "sector".into(), slug: "health".into() }],
            ..Default::default()
        };
        let by = treff::store::By { source: "person", actor: "page", now: now() };
        assert!(place.store().change_preferences(id, &changes, by).await.unwrap().is_some());
        let report =
            place.import("email;language;cadence;sectors\na@x.test;nn;weekly;health|industry\n").await;
        assert_eq!(counts(&report), (0, 0, 1, 0));
        assert_eq!(place.people().await, ["a@x.test, active daily en, at kind-of-org:other, follows sector:industry, admitted"]);
    }

    async fn only_who_is_new_is_said_to_get_weekly_letters_that_the_forum_never_sends(db: Database) {
        let place = Place::on(db).await;
        place.import("email\na@x.test\n").await;
        place.run(r#"UPDATE forum SET cadences = '{"daily":"0 30 7 * * Mon-Fri"}'"#).await;
        let known = place.import("email;cadence\na@x.test;\nb@x.test;daily\n").await;
        assert_eq!(known.notices, [""; 0]);
        let new = place.import("email;cadence\nc@x.test;\n").await;
        let told = "people without a cadence get weekly letters, but the forum file has no weekly times";
        assert_eq!(new.notices, [told]);
    }

    async fn no_one_is_revived(db: Database) {
        let place = Place::on(db).await;
        place.import("email\na@x.test\nb@x.test\n").await;
        place.run("UPDATE recipient SET status = 'unsubscribed' WHERE email = 'a@x.test'").await;
        place.run("UPDATE recipient SET status = 'suspended' WHERE email = 'b@x.test'").await;
        let report = place.import("email;sectors\na@x.test;health\nb@x.test;\n").await;
        assert_eq!(counts(&report), (0, 1, 1, 0));
        assert_eq!(report.notices, [
            "2 of them get no letters (unsubscribed, suspended or unconfirmed), and an import changes nothing of that",
        ]);
        assert_eq!(place.people().await, [
            "a@x.test, unsubscribed weekly nb, at kind-of-org:other, follows sector:health, admitted",
            "b@x.test, suspended weekly nb, at kind-of-org:other, admitted",
        ]);
    }

    async fn an_erased_address_is_not_brought_back(db: Database) {
        let place = Place::on(db).await;
        let hash = place.keys.address_hash("kari@x.test");
        let mut tx = place.store().begin().await.unwrap();
        tx.run("INSERT INTO erased_address (hash, erased_at) VALUES ($1, 0)", vec![hash.into()]).await.unwrap();
        tx.commit().await.unwrap();
        let report = place.import("epost\nKari@X.test\nb@x.test\n").await;
        assert_eq!(refused(&report), [
            "2 epost: this person asked to be forgotten, and no import brings them back; they may sign up again \
             themselves",
        ]);
        assert_eq!(place.people().await, ["b@x.test, active weekly nb, at kind-of-org:other, admitted"]);
    }

    async fn a_row_fills_a_vacant_seat_alike_and_never_a_held_one(db: Database) {
        let place = Place::on(db).await;
        place.import("email;org;groups\na@x.test;nav;health/leader\nb@x.test;nav;health/leader\n").await;
        assert_eq!(place.number("SELECT COUNT(*) FROM seat").await, 2);
        place.run("UPDATE seat_holder SET ends_at = 1 WHERE recipient_id IN
                   (SELECT id FROM recipient WHERE email = 'a@x.test')").await;
        place.import(
            "email;org;groups\nc@x.test;nav;health\nd@x.test;nav;health/leader\ne@x.test;nav;health/leader\n",
        ).await;
        let seats = "SELECT r.email || ' ' || CAST(h.seat_id AS TEXT) FROM seat_holder h
                     JOIN recipient r ON r.id = h.recipient_id ORDER BY r.email, h.seat_id";
        assert_eq!(place.texts("SELECT s.position FROM seat s ORDER BY id").await,
                   ["leader", "leader", "member", "leader"].map(String::from));
        let held = place.texts(seats).await;
        let seat_of = |email: &str| held.iter().find_map(|s| s.strip_prefix(email)).unwrap().to_owned();
        assert_eq!(seat_of("d@x.test"), seat_of("a@x.test"));
        assert_ne!(seat_of("e@x.test"), seat_of("b@x.test"));
        assert_eq!(held.len(), 5);
    }

    async fn an_organisation_keeps_its_name_and_its_kind(db: Database) {
        let place = Place::on(db).await;
        place.import("email;organisation;org;kind\na@x.test;NAV Nordfjella;nav;\n").await;
        place.import("email;represents;groups\nb@x.test;lo;health\n").await;
        let report =
            place.import("email;organisation;org;kind\na@x.test;Nav i nord;nav;state\nc@x.test;LO;lo;union\n").await;
        assert_eq!(counts(&report), (1, 1, 0, 0));
        assert_eq!(report.notices, [
            "the organisation nav keeps its name \"NAV Nordfjella\"; the file also calls it \"Nav i nord\"",
        ]);
        assert_eq!(place.organisations().await, ["lo: LO (union)", "nav: NAV Nordfjella (state)"]);
        let report = place.import("email;org;kind\na@x.test;nav;county\n").await;
        assert_eq!(counts(&report), (0, 0, 1, 0));
        assert_eq!(report.notices, ["the organisation nav keeps its kind state; the file also calls it county"]);
        assert_eq!(place.texts("SELECT names FROM term WHERE slug = 'lo' ORDER BY id").await,
                   [r#"{"nb":"LO"}"#, r#"{"nb":"LO"}"#]);
    }
}
