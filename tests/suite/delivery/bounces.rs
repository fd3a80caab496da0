//! Returned mail of every common shape, and what it does.

use chrono::TimeDelta;
use treff::delivery::{ReturnPaths, SentMail};
use treff::feedback::bounce::{BounceKind, read_mail, take_in};
use treff::ids::{DeliveryId, RecipientId};
use treff::store::{Outcome, Settled, Store};
use treff::token::Keys;

use super::rows::{arm_all, noon, number, owed, queue_letters, states};
use crate::on_both_databases;

type Told = (BounceKind, Option<String>, Option<String>);

fn told(raw: &str) -> Vec<Told> {
    let raw = raw.replace("\r\n", "\n").replace('\n', "\r\n");
    read_mail(raw.as_bytes()).reports.into_iter().map(|r| (r.kind, r.recipient, r.status)).collect()
}

fn one(kind: BounceKind, recipient: &str, status: &str) -> Vec<Told> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    vec![(kind, some(recipient), some(status))]
}

/// A delivery status notification with the given lines about its recipient.
pub(super) fn notification(about: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.test (Mail Delivery System)
To: bounce+1.0@forum.example.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"

--b
Content-Type: text/plain

This is the mail system at host mx.example.test. I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.test
Arrival-Date: Mon, 8 Mar 2027 07:30:00 +0100

{about}

--b
Content-Type: text/rfc822-headers

Return-Path: <bounce+1.0@forum.example.test>
From: Forum <forum@forum.example.test>
To: Kari Nes <kari1@example.test>
Message-ID: <1@forum.example.test>
Subject: Nytt

--b--
"
    )
}

pub(super) fn about(action: &str, status: &str, diagnostic: &str) -> String {
    format!(
        "Final-Recipient: rfc822; kari1@example.test\nOriginal-Recipient: rfc822;kari1@example.test\n\
         Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}"
    )
}

#[test]
fn status_notifications_are_told_apart_by_action_and_status() {
    let kari = "kari1@example.test";
    for (action, status, diagnostic, kind, shown) in [
        ("failed", "5.1.1", "550 5.1.1 User unknown", BounceKind::Hard, "5.1.1"),
        ("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", BounceKind::Hard, "5.1.10"),
        ("failed", "5.0.0", "550 5.1.1 unknown", BounceKind::Hard, "5.1.1"),
        ("failed", "5.0.0", "550 No such user here", BounceKind::Hard, "5.0.0"),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", BounceKind::Soft, "5.2.2"),
        ("failed", "4.4.7", "delivery time expired", BounceKind::Soft, "4.4.7"),
        ("failed", "5.7.1", "550 5.7.1 blocked", BounceKind::Policy, "5.7.1"),
        ("failed (bad)", "5.7.26 (dmarc)", "550-5.7.26 no", BounceKind::Policy, "5.7.26"),
        ("delayed", "4.4.1", "connection timed out", BounceKind::Delayed, "4.4.1"),
        ("delivered", "2.0.0", "250 2.0.0 ok", BounceKind::Delivered, "2.0.0"),
        ("Relayed", "2.0.0", "250 ok", BounceKind::Delivered, "2.0.0"),
    ] {
        assert_eq!(
            told(&notification(&about(action, status, diagnostic))),
            one(kind, kari, shown),
            "{action} {status}"
        );
    }
}

#[test]
fn a_notification_about_several_recipients_makes_a_report_for_each() {
    let two = "Final-Recipient: rfc822; ola@example.test\nAction: failed\nStatus: 5.1.1\n\n\
               Final-Recipient: rfc822;<PER@example.test>\nAction: delayed\nStatus: 4.2.2";
    assert_eq!(
        told(&notification(two)),
        [
            one(BounceKind::Hard, "ola@example.test", "5.1.1"),
            one(BounceKind::Delayed, "PER@example.test", "4.2.2")
        ]
        .concat()
    );
}

#[test]
fn a_complaint_names_whom_its_report_or_the_copied_mail_names() {
    let complaint = |fields: &str| {
        format!(
            "From: <abuse@provider.example.test>\nTo: abuse@forum.example.test\nSubject: FW: Nytt\nMIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--b
Content-Type: message/rfc822

From: <forum@forum.example.test>
To: <kari1@example.test>
Subject: Nytt
Message-ID: <1@forum.example.test>

Hei
--b--
"
        )
    };
    let kari = one(BounceKind::Complaint, "kari1@example.test", "");
    assert_eq!(told(&complaint("Original-Rcpt-To: <kari1@example.test>\n")), kari);
    assert_eq!(told(&complaint("")), kari);
}

#[test]
fn automatic_answers_name_who_answered() {
    let answer = |header: &str, subject: &str| {
        format!(
            "From: Kari Nes <Kari1@example.test>\nTo: forum@forum.example.test\n{header}\nSubject: {subject}\n\nJeg er borte.\n"
        )
    };
    for (header, subject) in [
        ("Auto-Submitted: auto-replied", "Re: Nytt"),
        ("X-Autoreply: yes", "Re: Nytt"),
        ("Precedence: auto_reply", "Re: Nytt"),
        ("X-Mailer: x", "Automatisk svar: Nytt"),
        ("X-Mailer: x", "Fraværsmelding"),
        ("X-Mailer: x", "Automatic reply: News"),
    ] {
        assert_eq!(
            told(&answer(header, subject)),
            one(BounceKind::AutoReply, "Kari1@example.test", ""),
            "{header} {subject}"
        );
    }
    assert_eq!(told(&answer("X-Mailer: x", "Re: Nytt")), one(BounceKind::Unknown, "", ""));
    assert_eq!(told(""), one(BounceKind::Unknown, "", ""));
    assert_eq!(told("\u{0}\u{1}garbage"), one(BounceKind::Unknown, "", ""));
}

#[test]
fn plain_text_bounces_of_common_programs_are_read() {
    let qmail = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.test\nTo: bounce@forum.example.test\nSubject: failure notice

Hi. This is the qmail-send program at mx.example.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<kari1@example.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bounce@forum.example.test>
To: <ola@example.test>
";
    assert_eq!(told(qmail), one(BounceKind::Hard, "kari1@example.test", "5.1.1"));

    let exim = "Return-path: <>\nX-Failed-Recipients: kari1@example.test\nAuto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.test>\nTo: forum@forum.example.test
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  kari1@example.test
    host mx.example.test [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<kari1@example.test>:
    550 Unrouteable address

------ This is a copy of the message, including all the headers. ------
";
    assert_eq!(told(exim), one(BounceKind::Hard, "kari1@example.test", ""));

    let delayed = "From: Mail Delivery System <Mailer-Daemon@mx.example.test>\nTo: forum@forum.example.test
Subject: Warning: message 1abc-000 delayed 24 hours

A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.test.

The address to which the message has not yet been delivered is:

  kari1@example.test

No action is required on your part. Delivery attempts will continue for some time.
";
    assert_eq!(told(delayed), one(BounceKind::Delayed, "kari1@example.test", ""));

    let postfix = "From: MAILER-DAEMON@mx.example.test\nTo: forum@forum.example.test
Subject: Undelivered Mail Returned to Sender

This is the mail system at host mx.example.test.

<kari1@example.test>: host mail.example.test[192.0.2.1] said: 552 5.2.2 Mailbox
    full (in reply to RCPT TO command)
";
    assert_eq!(told(postfix), one(BounceKind::Soft, "kari1@example.test", "5.2.2"));

    let sendmail =
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.test>\nTo: forum@forum.example.test
Subject: Returned mail: see transcript for details

   ----- The following addresses had permanent fatal errors -----
<kari1@example.test>
    (reason: 550 5.7.1 Message rejected as spam)

   ----- Transcript of session follows -----
... while talking to mail.example.test.:
>>> DATA
<<< 550 5.7.1 Message rejected as spam
";
    assert_eq!(told(sendmail), one(BounceKind::Policy, "kari1@example.test", "5.7.1"));

    let exchange = "From: postmaster@example.test\nTo: forum@forum.example.test\nSubject: Ikke levert: Nytt

Meldingen din til kari1@example.test kunne ikke leveres.
kari1 ble ikke funnet i example.test.
";
    assert_eq!(told(exchange), one(BounceKind::Hard, "kari1@example.test", ""));
}

/// Letters 1 to 3 accepted at noon.
pub(super) async fn three_accepted(store: &Store) {
    queue_letters(store, 3).await;
    arm_all(store, "one").await;
    accept(store).await;
}

async fn accept(store: &Store) {
    let settled =
        [1, 2, 3].map(|id| Settled { id: DeliveryId(id), outcome: Outcome::Accepted, reply: "250".into() });
    let mut tx = store.begin().await.unwrap();
    tx.settle_letters(noon(), "one", &settled).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) fn paths() -> ReturnPaths {
    ReturnPaths::new(Keys::new(vec![(1, [7; 32])]), "forum.example.test")
}

pub(super) async fn take(store: &Store, raw: &str, days_later: i64) -> bool {
    let mail = read_mail(raw.as_bytes());
    let at = noon() + TimeDelta::days(days_later);
    let taken = take_in(store, &paths(), at, &mail, raw.as_bytes()).await.unwrap();
    taken.iter().any(|t| t.suspended)
}

pub(super) async fn status(store: &Store, id: i64) -> String {
    let mut tx = store.begin().await.unwrap();
    let treff::store::One(status) =
        tx.get("SELECT status FROM recipient WHERE id = $1", vec![id.into()]).await.unwrap();
    status
}

on_both_databases! {
    // A bounce may be back before the sender has settled its letter, or after a crash before it starts again.
    async fn a_letter_that_came_back_before_its_sender_knew_is_rejected_and_stays_so(db: Database) {
        queue_letters(&db.store, 3).await;
        arm_all(&db.store, "one").await;
        assert!(take(&db.store, &notification(&about("failed", "5.1.1", "550 unknown")), 0).await);
        assert_eq!((states(&db.store).await[0].1.as_str(), owed(&db.store, 1).await), ("rejected", vec![(1, 1), (2, 3)]));
        accept(&db.store).await;
        let words: Vec<String> = states(&db.store).await.into_iter().map(|(_, word, _)| word).collect();
        assert_eq!(words, ["rejected", "accepted", "accepted"]);
    }

    async fn a_hard_bounce_suspends_and_returns_the_letter_s_items(db: Database) {
        three_accepted(&db.store).await;
        assert!(take(&db.store, &notification(&about("failed", "5.1.1", "550 unknown")), 0).await);
        assert_eq!(status(&db.store, 1).await, "suspended");
        assert_eq!(states(&db.store).await[0].1, "rejected");
        assert_eq!(owed(&db.store, 1).await, [(1, 1), (2, 3)]);
        assert_eq!(status(&db.store, 2).await, "active");
        assert!(!take(&db.store, &notification(&about("failed", "5.1.1", "550 unknown")), 0).await, "once");
    }

    async fn a_return_path_names_the_letter_and_its_recipient(db: Database) {
        three_accepted(&db.store).await;
        let raw = notification(&about("failed", "5.1.1", "550 unknown").replace("kari1", "kari3"))
            .replace("bounce+1.0@forum.example.test", &paths().of(SentMail::Letter(DeliveryId(3))));
        assert!(take(&db.store, &raw, 0).await);
        assert_eq!(status(&db.store, 3).await, "suspended");
        assert_eq!(states(&db.store).await[2].1, "rejected");
        assert_eq!(states(&db.store).await[0].1, "accepted");
    }

    async fn a_failure_of_an_address_behind_ours_is_only_recorded(db: Database) {
        three_accepted(&db.store).await;
        let raw = notification("Final-Recipient: rfc822; other@elsewhere.example.test\nAction: failed\nStatus: 5.1.1");
        assert!(!take(&db.store, &raw, 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), states(&db.store).await[0].1.as_str()), ("active", "accepted"));
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report WHERE recipient_id = 1").await, 1);
    }

    async fn a_policy_refusal_returns_the_items_and_spares_the_recipient(db: Database) {
        three_accepted(&db.store).await;
        assert!(!take(&db.store, &notification(&about("failed", "5.7.1", "550 no")), 0).await);
        assert_eq!((status(&db.store, 1).await.as_str(), states(&db.store).await[0].1.as_str()), ("active", "rejected"));
    }

    async fn soft_bounces_suspend_after_five_over_fourteen_days(db: Database) {
        three_accepted(&db.store).await;
        let soft = |day: i64| format!("Message-ID: <{day}@mx.example.test>\n{}", notification(&about("failed", "5.2.2", "552 full")));
        for day in [1, 4, 8, 11] {
            assert!(!take(&db.store, &soft(day), day).await, "day {day}");
        }
        assert!(!take(&db.store, &soft(11), 15).await, "the same mail again");
        assert!(take(&db.store, &soft(15), 15).await);
        assert_eq!(status(&db.store, 1).await, "suspended");
    }

    async fn a_complaint_suspends_at_once_and_leaves_the_letter_accepted(db: Database) {
        three_accepted(&db.store).await;
        let raw = "From: a@b.example.test\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/report; boundary=b; \
                   report-type=feedback-report\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\
                   Original-Rcpt-To: kari2@example.test\n\n--b--\n";
        assert!(take(&db.store, raw, 0).await);
        assert_eq!((status(&db.store, 2).await.as_str(), states(&db.store).await[1].1.as_str()), ("suspended", "accepted"));
    }

    async fn a_report_settles_a_letter_of_unknown_fate(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        let settled = [1, 2].map(|id| Settled { id: DeliveryId(id), outcome: Outcome::Uncertain, reply: String::new() });
        let mut tx = db.store.begin().await.unwrap();
        tx.settle_letters(noon(), "one", &settled).await.unwrap();
        tx.commit().await.unwrap();
        take(&db.store, &notification(&about("delayed", "4.4.1", "later")), 0).await;
        assert_eq!(states(&db.store).await[0].1, "accepted");
        let other = notification(&about("failed", "5.2.2", "full").replace("kari1", "kari2"))
            .replace("<1@forum", "<2@forum");
        take(&db.store, &other, 0).await;
        assert_eq!(states(&db.store).await[1].1, "rejected");
    }

    async fn what_is_not_understood_is_kept_and_changes_nothing(db: Database) {
        three_accepted(&db.store).await;
        assert!(!take(&db.store, "From: someone@example.test\nSubject: Hei\n\nHva er dette?\n", 0).await);
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM report WHERE kind = 'unknown' AND raw IS NOT NULL").await, 1);
        assert!(states(&db.store).await.iter().all(|(_, state, _)| state == "accepted"));
    }

    async fn a_store_function_finds_recipients_and_their_recent_letters(db: Database) {
        three_accepted(&db.store).await;
        let found = db.store.find_recipient_id("kari2@example.test").await.unwrap();
        assert_eq!(found, Some(RecipientId(2)));
        assert_eq!(db.store.find_recipient_id("nobody@example.test").await.unwrap(), None);
        let recent = db.store.list_recent_letters(RecipientId(2), noon()).await.unwrap();
        assert_eq!(recent, [DeliveryId(2)]);
        let later = db.store.list_recent_letters(RecipientId(2), noon() + TimeDelta::days(1)).await.unwrap();
        assert_eq!(later, []);
    }
}
