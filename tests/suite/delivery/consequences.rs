//! What follows from returned mail for a person, and how it is lifted.

use chrono::TimeDelta;
use treff::feedback::bounce::{WhyKept, glance_at, read_mail, take_in};
use treff::ids::{DeliveryId, RecipientId};
use treff::store::{One, Outcome, Resumption, Settled, Store};

use super::bounces::{about, notification, paths, status, take, three_accepted};
use super::rows::{arm_all, noon, number, owed, queue_letters, states};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

const KARI: RecipientId = RecipientId(1);

fn hard() -> String {
    notification(&about("failed", "5.1.1", "550 unknown"))
}

fn complaint() -> &'static str {
    "From: a@b.example.test\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b; \
     report-type=feedback-report\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\
     Original-Rcpt-To: kari1@example.test\n\n--b--\n"
}

fn has_left() -> &'static str {
    "From: Kari Nes <kari1@example.test>\nTo: forum@forum.example.test\nAuto-Submitted: auto-replied\n\
     Subject: Autosvar: Nytt\n\nKari Nes har sluttet hos oss.\nTa kontakt med Ola Berg (Ola@example.test).\n"
}

/// Her own rule says that she has left, in the words and with the return path of a bounce.
fn has_left_like_a_bounce() -> &'static str {
    "Return-Path: <>\nFrom: Kari Nes <kari1@example.test>\nTo: forum@forum.example.test\n\
     In-Reply-To: <1@forum.example.test>\nAuto-Submitted: auto-replied\nSubject: Ny adresse\n\n\
     kari1@example.test finnes ikke lenger, og brevet ble ikke levert. Kari Nes har sluttet.\n\
     Ta kontakt med Ola Berg (ola@example.test).\n"
}

/// A notification that shows neither a letter of ours nor its return path.
fn unproved(recipients: &[&str]) -> String {
    let block = |name: &&str| {
        format!("Final-Recipient: rfc822; {name}@example.test\nAction: failed\nStatus: 5.1.1\n\n")
    };
    let blocks: String = recipients.iter().map(block).collect();
    format!(
        "From: MAILER-DAEMON@mx.example.test\nTo: bounces@forum.example.test\nSubject: Undelivered Mail\n\
         Auto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.test\n\n{blocks}--b--\n"
    )
}

/// Letters 1 to `letters` to Kari, each of an edition of its own and accepted a day after the one before.
async fn one_a_day(store: &Store, letters: i64) {
    queue_letters(store, letters).await;
    let mut tx = store.begin().await.unwrap();
    tx.run("DELETE FROM delivery_item", vec![]).await.unwrap();
    for n in 1..=letters {
        let at = (noon() + TimeDelta::days(n)).timestamp_micros();
        if n > 1 {
            let edition =
                "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
                           VALUES ($1, 'daily', $2, $2, 2, 7, '{}', $2)";
            tx.run(edition, vec![n.into(), at.into()]).await.unwrap();
        }
        let accepted =
            "UPDATE delivery SET edition_id = $1, recipient_id = 1, state = 'accepted', settled_at = $2
                        WHERE id = $1";
        tx.run(accepted, vec![n.into(), at.into()]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// What rows still say of a person, in words.
async fn words_left(store: &Store) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let all = "SELECT COALESCE(reason, '') || COALESCE(suggested_email, '') || COALESCE(suggested_name, '') FROM report
               UNION ALL SELECT COALESCE(reply, '') FROM delivery WHERE recipient_id = 1";
    let words: Vec<One<String>> = tx.all(all, vec![]).await.unwrap();
    words.into_iter().map(|One(words)| words).filter(|words| !words.is_empty()).collect()
}

async fn erase_kari(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.run("UPDATE recipient SET status = 'erased', email = NULL, name = '' WHERE id = 1", vec![])
        .await
        .unwrap();
    tx.run("UPDATE delivery SET reply = NULL WHERE recipient_id = 1", vec![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn cause(store: &Store) -> Option<String> {
    let mut tx = store.begin().await.unwrap();
    let One(cause) = tx.get("SELECT status_cause FROM recipient WHERE id = 1", vec![]).await.unwrap();
    cause
}

/// The forum's row, which those wait for who change many.
async fn add_forum(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    let forum = "INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number, last_number,
                                    created_at, applied_at)
                 VALUES (1, 'f', 'Forum', 'Europe/Oslo', 'nb', '[]', '{}', 7, 1, 2, 0, 0)";
    tx.run(forum, vec![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn resume(store: &Store, on_their_word: bool, days_later: i64) -> Resumption {
    store
        .resume_recipient(KARI, on_their_word, "command", noon() + TimeDelta::days(days_later))
        .await
        .unwrap()
}

on_both_databases! {
    async fn a_hard_bounce_states_its_cause_and_asks_who_has_the_place_until_it_is_lifted(db: Database) {
        three_accepted(&db.store).await;
        take(&db.store, &hard(), 0).await;
        assert_eq!(cause(&db.store).await.as_deref(), Some("bounce: hard 5.1.1"));
        let questions = db.store.list_questions(10).await.unwrap().1;
        let asked: Vec<_> = questions.iter().map(|q| (q.recipient, q.because.as_str(), q.email.as_str())).collect();
        assert_eq!(asked, [(KARI, "hard", "kari1@example.test")]);
        assert_eq!(resume(&db.store, false, 1).await, Resumption::Resumed("active".into()));
        assert_eq!((status(&db.store, 1).await.as_str(), cause(&db.store).await), ("active", None));
        assert_eq!(db.store.list_questions(10).await.unwrap().1, []);
        assert_eq!(resume(&db.store, false, 1).await, Resumption::NotHeldBack("active".into()));
    }

    async fn the_same_mail_counts_once_on_whatever_way_it_comes(db: Database) {
        three_accepted(&db.store).await;
        take(&db.store, &hard(), 0).await;
        resume(&db.store, false, 1).await;
        let again = format!("Received: from here\nDelivered-To: bounces@forum.example.test\n{}\n", hard());
        let mail = read_mail(again.as_bytes());
        let taken = take_in(&db.store, &paths(), noon(), &mail, again.as_bytes()).await.unwrap();
        assert!(taken.iter().all(|t| t.again && !t.suspended && t.recipient.is_none()));
        assert_eq!(status(&db.store, 1).await, "active");
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report").await, 1);
    }

    async fn soft_bounces_before_a_resumption_count_no_more(db: Database) {
        three_accepted(&db.store).await;
        let soft = |day: i64| {
            let mail = notification(&about("failed", "5.2.2", "552 full"));
            format!("Message-ID: <{day}@mx.example.test>\n{mail}")
        };
        for day in [1, 4, 8, 11, 15] {
            take(&db.store, &soft(day), day).await;
        }
        assert_eq!(cause(&db.store).await.as_deref(), Some("bounce: 5 soft in a row, the last 5.2.2"));
        resume(&db.store, false, 16).await;
        assert!(!take(&db.store, &soft(20), 20).await);
        assert_eq!(status(&db.store, 1).await, "active");
    }

    async fn a_complaint_outranks_a_bounce_and_is_lifted_only_on_the_person_s_word(db: Database) {
        three_accepted(&db.store).await;
        take(&db.store, &hard(), 0).await;
        take(&db.store, complaint(), 1).await;
        assert_eq!(cause(&db.store).await.as_deref(), Some("complaint, was bounce: hard 5.1.1"));
        assert!(matches!(resume(&db.store, false, 2).await, Resumption::TheirsToDecide(s, _) if s == "suspended"));
        assert_eq!(status(&db.store, 1).await, "suspended");
        assert_eq!(resume(&db.store, true, 3).await, Resumption::Resumed("active".into()));
    }

    async fn an_unsubscribing_stands_whatever_comes_back(db: Database) {
        three_accepted(&db.store).await;
        db.store.unsubscribe_recipient(KARI, "page", noon()).await.unwrap();
        take(&db.store, &hard(), 0).await;
        take(&db.store, complaint(), 1).await;
        assert_eq!((status(&db.store, 1).await, cause(&db.store).await.as_deref()), ("unsubscribed".into(), Some("page")));
        let refused = Resumption::TheirsToDecide("unsubscribed".into(), "page".into());
        assert_eq!(resume(&db.store, false, 2).await, refused);
    }

    async fn who_leaves_while_letters_are_resumed_to_them_has_left(db: Database) {
        three_accepted(&db.store).await;
        take(&db.store, &hard(), 0).await;
        let mut leaving = db.store.begin().await.unwrap();
        assert!(leaving.unsubscribe_recipient(KARI, "one-click", noon()).await.unwrap());
        let left = async {
            db.until_waiting(1).await;
            leaving.commit().await
        };
        let (resumed, left) = tokio::join!(resume(&db.store, false, 1), left);
        left.unwrap();
        assert!(matches!(resumed, Resumption::TheirsToDecide(s, _) if s == "unsubscribed"));
        assert_eq!(status(&db.store, 1).await, "unsubscribed");
    }

    async fn who_leaves_while_their_mail_comes_back_has_left(db: Database) {
        three_accepted(&db.store).await;
        let mut leaving = db.store.begin().await.unwrap();
        assert!(leaving.unsubscribe_recipient(KARI, "page", noon()).await.unwrap());
        let left = async {
            db.until_waiting(1).await;
            leaving.commit().await
        };
        let suspended = async {
            let mut tx = db.store.begin().await.unwrap();
            let suspended = tx.suspend_recipient(noon(), KARI, "bounce: hard 5.1.1").await.unwrap();
            tx.commit().await.unwrap();
            suspended
        };
        let (suspended, left) = tokio::join!(suspended, left);
        left.unwrap();
        assert!(!suspended);
        assert_eq!((status(&db.store, 1).await, cause(&db.store).await.as_deref()), ("unsubscribed".into(), Some("page")));
    }

    async fn letters_are_resumed_while_another_bounce_comes_back(db: Database) {
        three_accepted(&db.store).await;
        add_forum(&db.store).await;
        take(&db.store, &hard(), 0).await;
        // Each then wants what the other has: the bounce the forum, the resumption her row. It waits longer, so it is undone.
        let mut bounce = db.store.begin().await.unwrap();
        assert!(!bounce.suspend_recipient(noon(), KARI, "bounce: hard 5.1.1").await.unwrap());
        let counted = async {
            db.until_waiting(1).await;
            match bounce.raise_change_number().await {
                Ok(()) => bounce.commit().await.unwrap(),
                Err(error) => assert!(error.is_collision(), "{error}"),
            }
        };
        let (resumed, ()) = tokio::join!(resume(&db.store, false, 1), counted);
        assert_eq!(resumed, Resumption::Resumed("active".into()));
        assert_eq!(status(&db.store, 1).await, "active");
    }

    async fn a_bounce_comes_back_while_somebody_changes_many(db: Database) {
        three_accepted(&db.store).await;
        add_forum(&db.store).await;
        let mut many = db.store.begin().await.unwrap();
        many.lock_forum().await.unwrap();
        let changed = async {
            db.until_waiting(1).await;
            match many.set_back_everyone(noon()).await {
                Ok(()) => many.commit().await.unwrap(),
                Err(error) => assert!(error.is_collision(), "{error}"),
            }
        };
        let mail = hard();
        let (suspended, ()) = tokio::join!(take(&db.store, &mail, 0), changed);
        assert!(suspended);
        assert_eq!(status(&db.store, 1).await, "suspended");
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report").await, 1);
    }

    async fn who_was_not_confirmed_is_not_confirmed_by_a_resumption(db: Database) {
        three_accepted(&db.store).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.run("UPDATE recipient SET status = 'unconfirmed' WHERE id = 1", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        take(&db.store, &hard(), 0).await;
        assert_eq!(status(&db.store, 1).await, "suspended");
        assert_eq!(resume(&db.store, false, 1).await, Resumption::Resumed("unconfirmed".into()));
    }

    async fn an_answer_that_somebody_has_left_suggests_the_successor(db: Database) {
        three_accepted(&db.store).await;
        assert!(!take(&db.store, has_left(), 0).await);
        assert_eq!(status(&db.store, 1).await, "active", "an answer suspends nobody");
        let questions = db.store.list_questions(10).await.unwrap().1;
        let asked: Vec<_> = questions
            .iter()
            .map(|q| (q.because.as_str(), q.suggested_email.as_deref(), q.suggested_name.as_deref()))
            .collect();
        assert_eq!(asked, [("left", Some("ola@example.test"), Some("Ola Berg"))]);
        take(&db.store, &hard(), 1).await;
        assert_eq!(db.store.list_questions(10).await.unwrap().1.len(), 1, "one question for each person");
    }

    async fn an_answer_in_the_words_of_a_bounce_suspends_nobody_and_suggests_the_successor(db: Database) {
        three_accepted(&db.store).await;
        assert!(!take(&db.store, has_left_like_a_bounce(), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), states(&db.store).await[0].1.as_str()), ("active", "accepted"));
        let questions = db.store.list_questions(10).await.unwrap().1;
        let asked: Vec<_> = questions.iter().map(|q| (q.because.as_str(), q.suggested_email.as_deref())).collect();
        assert_eq!(asked, [("left", Some("ola@example.test"))]);
    }

    async fn a_bounce_of_another_mail_counts_and_takes_no_letter_back(db: Database) {
        three_accepted(&db.store).await;
        let other = |about: &str| notification(about).replace("<1@forum", "<another@forum");
        take(&db.store, &other(&about("failed", "5.3.4", "552 too large")), 0).await;
        assert_eq!(states(&db.store).await[0].1, "accepted");
        let of_her = "SELECT COUNT(*) FROM report WHERE recipient_id = 1 AND kind = 'soft' AND delivery_id IS NULL";
        assert_eq!(number(&db.store, of_her).await, 1);
        assert!(take(&db.store, &other(&about("failed", "5.1.1", "550 unknown")), 0).await, "her address is gone");
        assert_eq!((states(&db.store).await[0].1.as_str(), owed(&db.store, 1).await), ("accepted", vec![]));
    }

    async fn a_mail_that_names_several_and_shows_no_letter_of_ours_counts_against_nobody_and_is_kept(db: Database) {
        three_accepted(&db.store).await;
        let of_two = unproved(&["kari1", "kari2", "elsewhere"]);
        assert_eq!(read_mail(of_two.as_bytes()).reports.len(), 3);
        assert!(!take(&db.store, &of_two, 0).await);
        assert_eq!((status(&db.store, 1).await, status(&db.store, 2).await), ("active".into(), "active".into()));
        assert!(states(&db.store).await.iter().all(|(_, state, _)| state == "accepted"));
        let kept = db.store.list_kept_mails(0, 9, 9_999).await.unwrap();
        assert_eq!((kept.len(), glance_at(&kept[0].raw).why), (1, WhyKept::Several));
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report").await, 1);
        let proved = of_two.replace("To: bounces@", "To: forum@").replace("--b--", "--b\nContent-Type: text/rfc822-headers\n\n\
            Message-ID: <2@forum.example.test>\n\n--b--");
        assert!(take(&db.store, &proved, 0).await, "it shows the letter to kari2");
        assert_eq!((status(&db.store, 1).await, status(&db.store, 2).await), ("active".into(), "suspended".into()));
        assert!(take(&db.store, &unproved(&["kari1", "elsewhere"]), 0).await, "it names one of ours");
    }

    async fn letters_that_may_still_come_back_end_no_row_of_bounces(db: Database) {
        one_a_day(&db.store, 18).await;
        for day in 4..=18 {
            let letter = day - 3;
            let full = notification(&about("failed", "5.2.2", "552 full")).replace("<1@forum", &format!("<{letter}@forum"));
            assert_eq!(take(&db.store, &full, day).await, day == 18, "day {day}");
        }
    }

    async fn of_an_erased_person_no_words_are_kept_whatever_comes_back(db: Database) {
        three_accepted(&db.store).await;
        erase_kari(&db.store).await;
        take(&db.store, &notification(&about("failed", "5.1.1", "550 <kari1@example.test>: Kari Nes has left")), 0).await;
        take(&db.store, &notification("Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 Kari Nes is full"), 0).await;
        let reread = has_left().replace("Subject", "In-Reply-To: <1@forum.example.test>\nSubject");
        take(&db.store, &reread, 0).await;
        take(&db.store, "In-Reply-To: <1@forum.example.test>\nFrom: kari1@example.test\nSubject: Hei Kari\n\nHm?\n", 0).await;
        assert_eq!(words_left(&db.store).await, [""; 0]);
        let codes = "SELECT COUNT(*) FROM report WHERE recipient_id = 1 AND raw IS NULL AND (kind <> 'hard' OR status = '5.1.1')";
        assert_eq!(number(&db.store, codes).await, 4);
        assert_eq!(db.store.list_questions(10).await.unwrap().1, []);
    }

    async fn a_refusal_that_comes_after_the_erasure_leaves_no_words(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        erase_kari(&db.store).await;
        let reply = "550 5.1.1 <kari1@example.test>: Kari Nes has left".to_owned();
        let settled = [Settled { id: DeliveryId(1), outcome: Outcome::Rejected, reply }];
        let mut tx = db.store.begin().await.unwrap();
        tx.settle_letters(noon(), "one", &settled).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((states(&db.store).await[0].1.as_str(), words_left(&db.store).await), ("rejected", vec![]));
    }

    async fn a_failure_of_an_address_that_somebody_left_returns_the_letter_and_counts_for_nothing(db: Database) {
        three_accepted(&db.store).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.change_address(noon(), KARI, "kari@other.example.test").await.unwrap();
        tx.commit().await.unwrap();
        assert!(!take(&db.store, &hard(), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), states(&db.store).await[0].1.as_str()), ("active", "rejected"));
        assert_eq!(owed(&db.store, 1).await, [(1, 1), (2, 3)]);
    }
}

on_both_engines! {
    async fn commands_show_the_question_and_lift_the_suspension(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", "email,name,groups\nkari1@example.test,Kari Nes,health/leader\n");
        treff.run(&["people", "import", &people]).done();
        let left = treff.write("left.eml", has_left());
        let report = &treff.run(&["bounce", &left]).done().json["reports"][0];
        assert_eq!(report["kind"], "auto_reply");
        assert_eq!(report["suggests"], serde_json::json!({ "email": "ola@example.test", "name": "Ola Berg" }));
        let hard = treff.write("hard.eml", hard());
        treff.run(&["bounce", &hard]).done();
        let questions = treff.run(&["seat", "questions"]).done().json;
        let question = &questions["questions"][0];
        assert_eq!((&question["recipient"], &question["seats"][0]["group"]), (&"kari1@example.test".into(), &"health".into()));
        assert_eq!(question["suggests"]["email"], "ola@example.test");
        treff.run(&["people", "import", &people]).done();
        let listed = |treff: &Treff| treff.run(&["people", "list"]).done().json["recipients"][0]["status"].clone();
        assert_eq!(listed(&treff), "suspended", "an import revives no one");
        let resumed = treff.run(&["people", "resume", "kari1@example.test"]).done().json;
        assert_eq!(resumed, serde_json::json!({ "recipient": "kari1@example.test", "status": "active", "resumed": true,
            "reason": "kari1@example.test is active again; the next edition looks 30 days back for them" }));
        assert_eq!(treff.run(&["seat", "questions"]).done().json, serde_json::json!({ "questions": [] }));
    }

    async fn the_command_names_the_address_and_asks_only_about_a_place_that_is_held(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = "email,name,groups\nkari1@example.test,Kari Nes,health/leader\nkari2@example.test,Kari Moe,\n";
        let people = treff.write("people.csv", people);
        treff.run(&["people", "import", &people]).done();
        let told = |mail: String| {
            let mail = treff.write("mail.eml", mail);
            treff.run_for_people(&["bounce", &mail]).done().stderr
        };
        assert_eq!(told(has_left().to_owned()), "treff: kari1@example.test: who has this place now? See treff seat questions\n");
        assert_eq!(told(has_left().to_owned()), "treff: this mail was taken in before; it counts once\n");
        let placeless = hard().replace("kari1@", "kari2@");
        assert_eq!(told(placeless), "treff: kari2@example.test gets nothing more\n");
        assert_eq!(told(hard()), "treff: kari1@example.test gets nothing more\n\
                                  treff: kari1@example.test: who has this place now? See treff seat questions\n");
    }
}
