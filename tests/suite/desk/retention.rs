//! How long data is kept, settled at the desk: what that deletes is counted before and is what goes.

use axum::http::StatusCode;
use chrono::TimeDelta;
use treff::pipeline::{Retired, apply_retention, count_going};
use treff::store::KeptKind;

use super::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const ADMIN: &str = r#"["administer"]"#;
const PAGE: &str = "/desk/settings/retention";

/// Two texts that were sent in and settled a hundred days ago, one of yesterday, and one that the lead wrote.
async fn let_texts_come_in(pages: &Pages) {
    pages
        .run(
            "INSERT INTO draft (public_id, source, state, language, title, body, fields, audience_words, about, received_at, changed_at)
             VALUES ('old1', 'form', 'new', 'nb', 't', 'b', '{}', '', '[]', 1795852800000000, 1795852800000000),
                    ('old2', 'form', 'new', 'nb', 't', 'b', '{}', '', '[]', 1795852800000000, 1795852800000000),
                    ('old3', 'form', 'new', 'nb', 't', 'b', '{}', '', '[]', 1804406400000000, 1804406400000000),
                    ('old4', 'lead', 'new', 'nb', 't', 'b', '{}', '', '[]', 1795852800000000, 1795852800000000)",
        )
        .await;
}

const DAYS_OF_TEXTS: &str = "SELECT CAST(days AS TEXT) FROM retention WHERE kind = 'drafts'";
const DAYS_OF_LETTERS: &str = "SELECT CAST(days AS TEXT) FROM retention WHERE kind = 'letters'";

on_both_databases! {
    async fn each_kind_says_what_it_is_and_between_which_days_it_may_lie(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (language, months, span) in [
            ("UPDATE account SET language = 'nb'", "Fra 30 til 1095 dager. Nå: 365, omtrent 12 måneder.", "Fra 14 til 90 dager. Nå: 90, omtrent 3 måneder."),
            ("UPDATE account SET language = 'nn'", "Frå 30 til 1095 dagar. No: 365, om lag 12 månader.", "Frå 14 til 90 dagar. No: 90, om lag 3 månader."),
            ("UPDATE account SET language = 'en'", "From 30 to 1095 days. Now: 365, about 12 months.", "From 14 to 90 days. Now: 90, about 3 months."),
        ] {
            pages.run(language).await;
            let page = lise.get(PAGE).await.body;
            assert!(page.contains(months) && page.contains(span), "{page}");
            assert!(!page.contains("<legend></legend>") && !page.contains("<p class=\"hint\"></p>"), "{page}");
            assert_eq!(page.matches("type=\"number\"").count(), KeptKind::ALL.len());
        }
    }

    async fn a_longer_time_holds_at_once_and_is_told_where_people_read_it(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        assert!(pages.get("/privacy").await.body.contains("Brev du har fått, og hvilken organisasjon som inviterte deg: 365 dager."));
        let saved = lise.fill_in(PAGE, PAGE, "letters=730&taps=90").await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("Lagret."), "{}", saved.body);
        assert!(pages.get("/privacy").await.body.contains("Brev du har fått, og hvilken organisasjon som inviterte deg: 730 dager."));
        assert!(lise.get("/desk/settings/record").await.body.contains("Brev mottakerne har fått, og hvilken organisasjon som inviterte dem: 730 dager."));
        assert_eq!(
            pages.text("SELECT actor || ' ' || subject || before || after FROM change WHERE action = 'retention.changed'").await,
            "account:1 retention:letters{\"days\":365}{\"days\":730}",
            "what stayed is not told as changed"
        );
        assert!(lise.get("/desk/log").await.body.contains("Endret hvor lenge opplysninger blir liggende"));
    }

    async fn a_shorter_time_asks_first_and_deletes_what_it_counted(db: Database) {
        let pages = Pages::over(db).await;
        let_texts_come_in(&pages).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let asked = lise.fill_in(PAGE, PAGE, "drafts=99&knocks=1").await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        assert!(asked.body.contains("Dette slettes innen et døgn") && asked.body.contains("Fra 365 til 99 dager."), "{}", asked.body);
        assert!(asked.body.contains("Innsendte tekster: 2"), "{}", asked.body);
        assert!(asked.body.contains("name=\"drafts\" value=\"99\""), "{}", asked.body);
        assert_eq!(pages.text(DAYS_OF_TEXTS).await, "365", "nobody was sure");
        assert_eq!(apply_retention(&pages.db.store, now()).await.unwrap().drafts, 0);
        let saved = lise.fill_in(PAGE, PAGE, "drafts=99&knocks=1&sure=yes").await;
        assert!(saved.body.contains("Lagret."), "{}", saved.body);
        assert_eq!(pages.text(DAYS_OF_TEXTS).await, "99");
        let gone = apply_retention(&pages.db.store, now()).await.unwrap();
        assert_eq!(gone, Retired { drafts: 2, ..Retired::default() });
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft WHERE public_id LIKE 'old%'").await, "2");
    }

    async fn a_single_day_is_told_as_one(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE retention SET days = 3 WHERE kind = 'knocks'").await;
        pages.run("INSERT INTO knock (purpose, address, language, details, asked_at) VALUES ('sign_in', 'ola@nav.test', 'nb', '{}', 1804000000000000)").await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let asked = lise.fill_in(PAGE, PAGE, "knocks=1").await.body;
        assert!(asked.contains("Fra 3 til 1 dag."), "{asked}");
    }

    async fn how_few_sat_for_a_union_is_told_to_who_may_know_who(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, ended_at) VALUES (2, 1, 'consent', 'self', 0, 0)").await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        let mut keeper = seat(&pages, "keeper@forum.example", r#"["administer","people"]"#).await;
        for (reader, told) in [(&mut lise, "færre enn fem"), (&mut keeper, "1")] {
            let asked = reader.fill_in(PAGE, PAGE, "ended_holders=90").await.body;
            assert!(asked.contains(&format!("satt for en fagforening: {told}<")), "{told} in {asked}");
        }
        // Seven less six would be one.
        for _ in 0..6 {
            pages.run("INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, ended_at) VALUES (2, 1, 'consent', 'self', 0, 0)").await;
        }
        for (reader, told) in [(&mut lise, "fem eller flere"), (&mut keeper, "7")] {
            let asked = reader.fill_in(PAGE, PAGE, "ended_holders=90").await.body;
            assert!(asked.contains(&format!("satt for en fagforening: {told}<")), "{told} in {asked}");
        }
    }

    async fn a_shorter_time_that_deletes_nothing_does_not_ask(db: Database) {
        let pages = Pages::over(db).await;
        let_texts_come_in(&pages).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        assert!(lise.fill_in(PAGE, PAGE, "drafts=101").await.body.contains("Lagret."));
        assert_eq!(pages.text(DAYS_OF_TEXTS).await, "101");
    }

    async fn what_cannot_be_is_refused_with_the_reason_and_the_nearest_that_can(db: Database) {
        let pages = Pages::over(db).await;
        let mut lise = seat(&pages, LISE, ADMIN).await;
        for (form, said, field) in [
            ("taps=91&letters=400", "91 dager går ikke. Svarene gjelder enkeltpersoner", "name=\"taps\" value=\"90\""),
            ("ended_holders=5", "5 dager går ikke. Den som overtar plassen", "name=\"ended_holders\" value=\"90\""),
            ("letters=-1&sure=yes", "-1 dager går ikke.", "name=\"letters\" value=\"30\""),
            ("letters=&sure=yes", "Skriv antall dager som et helt tall.", "name=\"letters\" value=\"\""),
        ] {
            let refused = lise.fill_in(PAGE, PAGE, form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(refused.body.contains(said) && refused.body.contains(field), "{form}: {}", refused.body);
        }
        assert_eq!(pages.text(DAYS_OF_LETTERS).await, "365", "nothing is saved beside what is wrong");
    }

    async fn what_is_counted_of_each_kind_is_what_goes(db: Database) {
        let pages = Pages::over(db).await;
        let_texts_come_in(&pages).await;
        for sql in [
            "INSERT INTO answer (item_id, recipient_id, answer, source, answered_at) VALUES (1, 1, 'coming', 'letter', 0)",
            "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times) VALUES (1, 1, 'x', 'letter', 0, 0, 1)",
            "INSERT INTO reminder (item_id, recipient_id, kind, due_at, reminded_at) VALUES (1, 1, 'coming', 0, 0)",
            "INSERT INTO knock (purpose, address, language, details, asked_at) VALUES ('sign_in', 'a@b.example', 'nb', '{}', 0)",
            "INSERT INTO notice (kind, language, details, queued_at, next_attempt_at, attempts, expires_at, state, settled_at)
             VALUES ('sign_in', 'nb', '{}', 0, 0, 1, 0, 'sent', 0)",
        ] {
            pages.run(sql).await;
        }
        let (store, all) = (&pages.db.store, KeptKind::ALL.map(|kind| (kind, 0)));
        let counted = count_going(store, &all, now() + TimeDelta::days(1)).await.unwrap();
        assert!(counted.iter().any(|(kind, counts)| *kind == KeptKind::Answers && counts.len() == 3), "{counted:?}");
        for kind in KeptKind::ALL {
            let told = counted.iter().find(|(own, _)| *own == kind);
            let told: i64 = told.map_or(0, |(_, counts)| counts.iter().map(|(_, rows)| rows).sum());
            let gone = store.retire(kind, now() + TimeDelta::days(1), now()).await.unwrap();
            assert_eq!(u64::try_from(told).unwrap(), gone, "{kind:?}");
        }
    }
}
