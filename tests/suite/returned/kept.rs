//! What was not understood, kept for the lead.

use serde_json::json;

use super::{REPLY, bounce};
use crate::harness::Engine;
use crate::on_both_databases;
use crate::treff::Treff;

const FEEDBACK: &str = "From: fbl@example.test\nTo: forum@forum.example.test\nSubject: A report\nMIME-Version: 1.0\nContent-Type: \
    multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: \
    auth-failure\n\n--b--\n";

/// "Skriv til Ola@example.test", in base64.
const NAMING_OLA: &str = "From: per@example.test\nTo: forum@forum.example.test\nSubject: Hei\nMIME-Version: 1.0\nContent-Type: \
    text/plain\nContent-Transfer-Encoding: base64\n\nU2tyaXYgdGlsIE9sYUBleGFtcGxlLnRlc3Q=\n";

const MAINTENANCE: &str = "Return-Path: <>\nFrom: \"Drift\" <postmaster@example.test>\nTo: forum@forum.example.test\nSubject: \
    =?utf-8?Q?S=C3=B8ndag?=\n\nThe servers will be restarted.\n";

#[tokio::test]
async fn what_was_not_understood_is_listed_with_the_reason_and_shown_as_it_came() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    assert_eq!(treff.run(&["bounce", "list"]).done().json, json!({ "mails": [] }));
    for (name, mail) in [
        ("a", REPLY.to_owned()),
        ("b", bounce(1)),
        ("c", FEEDBACK.to_owned()),
        ("d", MAINTENANCE.to_owned()),
        ("e", NAMING_OLA.to_owned()),
    ] {
        let file = treff.write(name, mail);
        treff.run(&["bounce", &file]).done();
    }
    let listed = treff.run(&["bounce", "list"]).done().json;
    let mails = listed["mails"].as_array().unwrap();
    let told: Vec<_> = mails.iter().map(|mail| json!([mail["from"], mail["subject"], mail["why"]])).collect();
    assert_eq!(
        json!(told),
        json!([
            ["Ola Vik <ola@example.test>", "Re: Frist fredag", "no_report"],
            ["fbl@example.test", "A report", "other_feedback"],
            ["Drift <postmaster@example.test>", "Søndag", "no_failure"],
            ["per@example.test", "Hei", "no_report"],
        ])
    );
    let id = mails[0]["id"].to_string();
    assert_eq!(treff.run(&["bounce", "show", &id]).done().json["raw"], REPLY);
    assert_eq!(treff.run_for_people(&["bounce", "show", &id]).done().stdout.trim_end(), REPLY.trim_end());
    let unknown = treff.run(&["bounce", "show", "99"]).refused();
    assert_eq!(unknown, ["no mail 99 is kept; treff bounce list shows those that are"]);
    // A mail goes with whom it names, however it is encoded.
    treff.write("people.csv", "email\nola@example.test\n");
    treff.run(&["people", "import", treff.path("people.csv").to_str().unwrap()]).done();
    treff.run(&["people", "erase", "ola@example.test"]).done();
    let left = treff.run(&["bounce", "list"]).done().json;
    assert_eq!(left["mails"].as_array().unwrap().len(), 2, "{left}");
}

#[tokio::test]
async fn an_empty_mail_is_listed_beside_the_others() {
    let treff = Treff::with_forum(Engine::Sqlite).await;
    treff.run(&["bounce"]).done();
    let reply = treff.write("a", REPLY);
    treff.run(&["bounce", &reply]).done();
    let listed = treff.run(&["bounce", "list"]).done().json;
    let from: Vec<_> = listed["mails"].as_array().unwrap().iter().map(|mail| &mail["from"]).collect();
    assert_eq!(json!(from), json!(["", "Ola Vik <ola@example.test>"]));
    let id = listed["mails"][0]["id"].to_string();
    assert_eq!(treff.run(&["bounce", "show", &id]).done().json["raw"], "");
}

on_both_databases! {
    async fn kept_mails_are_listed_in_their_order_by_their_beginnings_and_found_whole(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        for (reason, raw) in [("one", Some("first")), ("two", None), ("three", Some("third")), ("four", Some(""))] {
            tx.insert_report(&treff::store::NewReport {
                kind: "unknown", recipient: None, letter: None, status: None, reason,
                received_at: crate::delivery::rows::noon(), raw: raw.map(|text| text.as_bytes().to_vec()), suggests: None,
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let told = |mails: Vec<treff::store::KeptMail>| {
            mails.into_iter().map(|m| (m.reason, String::from_utf8(m.raw).unwrap())).collect::<Vec<_>>()
        };
        let pair = |reason: &str, raw: &str| (reason.to_owned(), raw.to_owned());
        let all = db.store.list_kept_mails(0, 10, 3).await.unwrap();
        let (first, last) = (all[0].id, all[1].id);
        assert_eq!(told(all), [pair("one", "fir"), pair("three", "thi"), pair("four", "")]);
        assert_eq!(told(db.store.list_kept_mails(0, 1, 10).await.unwrap()), [pair("one", "first")]);
        assert_eq!(told(db.store.list_kept_mails(first, 1, 10).await.unwrap()), [pair("three", "third")]);
        let whole = db.store.find_kept_mail(last).await.unwrap();
        assert_eq!(told(whole.into_iter().collect()), [pair("three", "third")]);
        let empty = db.store.find_kept_mail(last + 1).await.unwrap();
        assert_eq!(told(empty.into_iter().collect()), [pair("four", "")]);
        assert!(db.store.find_kept_mail(last + 2).await.unwrap().is_none());
    }
}
