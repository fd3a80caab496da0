//! Unsubscribing by mail: the `mailto:` of List-Unsubscribe.

use serde_json::json;
use treff::feedback::returned::Visit;
use treff::store::{One, Store};
use treff::token::{Claim, Keys, Purpose};

use super::{kinds, open};
use crate::delivery::rows::queue_letters;
use crate::harness::Database;
use crate::on_both_databases;
use crate::treff::Treff;

fn token(recipient: i64) -> String {
    let claim = Claim { purpose: Purpose::Unsubscribe, version: 0, subject: recipient };
    Keys::new(vec![(1, [7; 32])]).sign(1, claim).unwrap()
}

/// A mail with that subject and those further headers.
fn mail(subject: &str, headers: &str) -> String {
    format!(
        "From: Noen Andre <noen@other.test>\r\nTo: bounce+unsubscribe@forum.example.test\r\nSubject: {subject}\r\n\
         {headers}\r\nmailto:\r\n"
    )
}

/// A notification that a letter with our List-Unsubscribe did not arrive, under that subject.
fn bounce_of_letter(recipient: i64, subject: &str) -> String {
    let token = token(recipient);
    format!(
        "From: postmaster@mx.example.test\r\nTo: bounce@forum.example.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.test\r\n\r\nFinal-Recipient: rfc822; kari{recipient}@example.test\r\n\
         Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
         From: forum@forum.example.test\r\nTo: kari{recipient}@example.test\r\nSubject: unsubscribe {token}\r\n\
         List-Unsubscribe: <mailto:bounce+unsubscribe@forum.example.test?subject=unsubscribe%20{token}>\r\n\r\nHei\r\n--b--\r\n"
    )
}

/// A program's bounce in words, under the subject that it answers.
fn bounce_in_words(recipient: i64) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.test\r\nTo: bounce@forum.example.test\r\n\
         Subject: Re: unsubscribe {}\r\n\r\n<kari{recipient}@example.test>: 550 5.1.1 no such user\r\n",
        token(recipient)
    )
}

async fn texts(store: &Store, sql: &'static str) -> Vec<String> {
    let mut tx = store.begin().await.unwrap();
    let rows: Vec<One<String>> = tx.all(sql, vec![]).await.unwrap();
    rows.into_iter().map(|One(text)| text).collect()
}

async fn states(store: &Store) -> Vec<String> {
    texts(store, "SELECT status || ' ' || COALESCE(status_cause, '') FROM recipient ORDER BY id").await
}

/// What watching a folder with these mails comes to.
async fn take(db: &Database, mails: &[String]) -> Visit {
    let folder = db.path("bounces");
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(folder.join(part)).unwrap();
    }
    for (at, mail) in mails.iter().enumerate() {
        std::fs::write(folder.join(format!("new/{at}")), mail).unwrap();
    }
    open(db, "maildir = \"bounces\"").unwrap().visit_all().await
}

on_both_databases! {
    async fn a_good_token_in_the_subject_unsubscribes_whoever_sent_it_and_however_it_was_written(db: Database) {
        queue_letters(&db.store, 8).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.run("UPDATE recipient SET status = 'suspended' WHERE id = 6", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let encoded = format!("=?utf-8?Q?unsubscribe_{}?=", token(4).replace('_', "=5F"));
        let mails = [
            mail(&format!("unsubscribe {}", token(1)), ""),
            mail(&format!("Unsubscribe\r\n {}", token(2)), "Auto-Submitted: auto-generated\r\n"),
            mail(&format!("SV: Fwd: UNSUBSCRIBE {}", token(3)), "In-Reply-To: <1@forum.example.test>\r\n"),
            mail(&encoded, "Precedence: bulk\r\nReturn-Path: <>\r\n"),
            mail(&format!("[EKSTERN] unsubscribe%20{}", token(5)), "X-Autoreply: yes\r\n"),
            mail(&format!("unsubscribe {}", token(6)), ""),
        ];
        assert_eq!(take(&db, &mails).await, Visit { understood: 6, unknown: 0, failed: 0 });
        let mut expected = vec!["unsubscribed mail"; 5];
        expected.extend(["unsubscribed mail, was suspended", "active ", "active "]);
        assert_eq!(states(&db.store).await, expected);
        assert_eq!(kinds(&db.store).await, ["unknown"; 6]);
        assert_eq!(texts(&db.store, "SELECT DISTINCT reason FROM report").await, ["unsubscribed by mail"]);
        assert_eq!(db.store.list_kept_mails(0, 10, 10).await.unwrap().len(), 0, "nothing is left to be read");
        let acts = "SELECT actor || ' ' || action FROM change WHERE recipient_id = 1 AND action = 'recipient.status'";
        assert_eq!(texts(&db.store, acts).await, ["page recipient.status"]);
        // Again, in another mail.
        let again = mail(&format!("unsubscribe {}", token(1)), "Message-ID: <again@other.test>\r\n");
        assert_eq!(take(&db, &[again]).await, Visit { understood: 1, unknown: 0, failed: 0 });
        assert_eq!(texts(&db.store, acts).await.len(), 1);
        assert!(db.store.take_back_unsubscribing(treff::ids::RecipientId(1), crate::delivery::rows::noon()).await.unwrap());
    }

    async fn a_bad_token_changes_nothing_and_its_mail_is_kept_for_the_lead(db: Database) {
        queue_letters(&db.store, 2).await;
        let good = token(1);
        let forged = format!("{}{}", &good[..42], if good.ends_with('A') { 'B' } else { 'A' });
        let letter = Keys::new(vec![(1, [7; 32])])
            .sign(1, Claim { purpose: Purpose::Letter, version: 0, subject: 1 })
            .unwrap();
        let mails = [
            mail(&format!("unsubscribe {forged}"), "Auto-Submitted: auto-generated\r\n"),
            mail(&format!("Re: unsubscribe {}", &good[..30]), "Auto-Submitted: auto-replied\r\n"),
            mail(&format!("unsubscribe {letter}"), ""),
            mail(&format!("unsubscribe {}", token(99)), ""),
            mail("Unsubscribe", "Auto-Submitted: auto-generated\r\n"),
        ];
        assert_eq!(take(&db, &mails).await, Visit { understood: 0, unknown: 5, failed: 0 });
        assert_eq!(states(&db.store).await, ["active ", "active "]);
        assert_eq!(db.store.list_kept_mails(0, 10, 10).await.unwrap().len(), 5);
        assert_eq!(std::fs::read_dir(db.path("bounces/.unknown/new")).unwrap().count(), 5);
    }

    async fn a_bounce_that_quotes_the_way_out_unsubscribes_nobody(db: Database) {
        queue_letters(&db.store, 4).await;
        let mails = [
            bounce_of_letter(1, "Undelivered Mail Returned to Sender"),
            bounce_of_letter(2, &format!("unsubscribe {}", token(2))),
            bounce_in_words(3),
            mail(&format!("Automatic reply: unsubscribe {}", token(4)), "Auto-Submitted: auto-replied\r\n"),
        ];
        assert_eq!(take(&db, &mails).await, Visit { understood: 4, unknown: 0, failed: 0 });
        assert_eq!(kinds(&db.store).await, ["hard", "hard", "hard", "auto_reply"]);
        let failed = "suspended bounce: hard 5.1.1";
        assert_eq!(states(&db.store).await, [failed, failed, failed, "active "]);
    }

    async fn what_a_letter_offers_unsubscribes_its_reader_for_good(db: Database) {
        let treff = Treff { database: db };
        treff.run(&["init", "--no-input"]).done();
        let file = treff.write("forum.toml", crate::treff::FORUM);
        treff.run(&["forum", "apply", &file]).done();
        let people = treff.write("people.csv", "email,cadence\nkari@example.test,weekly\nola@example.test,daily\n");
        treff.run(&["people", "import", &people]).done();
        let item = treff.write("tips.md", "+++\nkind = \"tip\"\ntitle = \"Et tips\"\naudience = \"all\"\n+++\nTekst.\n");
        treff.run(&["item", "add", &item]).done();
        // Nothing reads returned mail by itself: the way out goes where replies go.
        treff.run(&["edition", "run", "daily"]).done();
        let (address, _) = way_out(&treff, "ola@example.test");
        assert!(!address.starts_with("bounce"), "{address}");
        let settings = std::fs::read_to_string(treff.path("treff.toml")).unwrap();
        treff.write("treff.toml", settings.replace("\n[returned]\n", "\n[returned]\nmaildir = \"bounces\"\n"));
        treff.run(&["edition", "run", "weekly"]).done();
        let (address, subject) = way_out(&treff, "kari@example.test");
        assert!(address.starts_with("bounce+unsubscribe@"), "{address}");
        let returned = treff.write("leaving.eml", mail(&subject, "Auto-Submitted: auto-generated\r\n"));
        let report = |reason: &str| json!([{
            "kind": "unknown", "recipient": "kari@example.test", "status": null, "reason": reason, "suggests": null
        }]);
        let tried = treff.run(&["bounce", &returned, "--dry-run"]).done().json;
        assert_eq!(tried["reports"], report("would be unsubscribed by mail"));
        assert_eq!(states(&treff.database.store).await, ["active ", "active "]);
        let done = treff.run(&["bounce", &returned]).done();
        assert_eq!(done.json["reports"], report("unsubscribed by mail"));
        assert_eq!(states(&treff.database.store).await, ["unsubscribed mail", "active "]);
        treff.run(&["people", "import", &people]).done();
        treff.run(&["bounce", &returned]).done();
        assert_eq!(states(&treff.database.store).await, ["unsubscribed mail", "active "]);
        assert_eq!(treff.run(&["bounce", "list"]).done().json, json!({ "mails": [] }));
    }
}

/// The address and the subject that the letter to `reader` offers for unsubscribing by mail.
fn way_out(treff: &Treff, reader: &str) -> (String, String) {
    let letters = std::fs::read_dir(treff.path("outbox/new")).unwrap();
    let mut letters = letters.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let letter = letters.find(|letter| letter.contains(&format!("\r\nTo: {reader}\r\n"))).expect("a letter");
    let (_, offered) = letter.split_once("<mailto:").unwrap();
    let (address, subject) = offered.split_once('>').unwrap().0.split_once("?subject=").unwrap();
    (address.to_owned(), subject.replace("%20", " "))
}
