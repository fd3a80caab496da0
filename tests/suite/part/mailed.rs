//! What people mail to the forum becomes a draft; what programs mail does not, and a reply stays for a human.

use axum::http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use treff::app::App;
use treff::clock::Clock;
use treff::config::{Environment, Overrides};
use treff::feedback::returned::{Returned, Visit};
use treff::pipeline::Pipeline;

use crate::desk::seat::{LISE, seat, seat_partner};
use crate::harness::Database;
use crate::pages::world::{Pages, now};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

/// As Outlook forwards it: HTML, a block of fields above, a picture of a signature, a file.
const FORWARDED: &str = "Received: from mail.example.test by forum.example; Mon, 8 Mar 2027 09:12:00 +0100\r\n\
From: =?utf-8?q?Lise_L=C3=B8ken?= <lise@vik.example>\r\nTo: post@forum.example\r\nSubject: VS: Referat fra helse\r\n\
Message-ID: <a1@vik.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"ytre\"\r\n\r\n\
--ytre\r\nContent-Type: multipart/related; boundary=\"indre\"\r\n\r\n\
--indre\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<html><body><p>Denne passer for helse.</p><hr><p><b>Fra:</b> Per Li &lt;per@vik.example&gt;<br>\r\n\
<b>Sendt:</b> fredag 5. mars 2027 10:12<br><b>Til:</b> Lise L\u{f8}ken &lt;lise@vik.example&gt;<br>\r\n\
<b>Emne:</b> Referat fra helse</p><p>Vi har f\u{e5}tt \u{e5}tte <b>l\u{e6}replasser</b>.</p>\r\n\
<ul><li>Ring bedriftene</li></ul><img src=\"cid:logo\"></body></html>\r\n\
--indre\r\nContent-Type: image/png; name=\"logo.png\"\r\nContent-ID: <logo>\r\nContent-Disposition: inline\r\n\
Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--indre--\r\n\
--ytre\r\nContent-Type: application/pdf; name=\"=?utf-8?q?m=C3=B8te.pdf?=\"\r\nContent-Disposition: attachment;\r\n\
 filename=\"=?utf-8?q?m=C3=B8te.pdf?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcKJQ==\r\n--ytre--\r\n";

const DRAFTS: &str = "SELECT source || '|' || title || '|' || body || '|' || audience_words || '|' || language || '|'
    || COALESCE(sender_name, '') || '|' || COALESCE(sender_email, '') || '|' || fields FROM draft ORDER BY id";
const FILES: &str =
    "SELECT name || ' ' || media_type || ' ' || position FROM draft_attachment ORDER BY draft_id, position";
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '') FROM notice ORDER BY id";
const KEPT: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM report WHERE kind = 'unknown'";

/// A mail that a person wrote.
fn mail(n: usize, more: &str) -> String {
    format!(
        "From: Per Li <per@vik.example>\r\nTo: post@forum.example\r\nSubject: Kurs {n}\r\nMessage-ID: <{n}@vik.example>\r\n{more}\r\n\
         Kurs i veiledning.\r\n"
    )
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// The places that `treff.toml` names are visited once, with these mails in the forum's own folder.
async fn visit(pages: &Pages, settings: &str, mails: &[String]) -> Visit {
    let db = &pages.db;
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(db.path("post").join(part)).unwrap();
    }
    for (n, mail) in mails.iter().enumerate() {
        std::fs::write(db.path(&format!("post/new/{n}.mx")), mail).unwrap();
    }
    let file = format!("database_url = \"{}\"\nbase_url = \"https://forum.example\"\n{settings}", db.url);
    std::fs::write(db.path("treff.toml"), file).unwrap();
    let overrides = Overrides { environment: Environment::of([]), ..Overrides::default() };
    let mut app = App::open(&db.path("treff.toml"), overrides).await.unwrap();
    app.clock = Clock::simulated(now());
    let letterbox = Arc::new(Pipeline::build(&app).await.unwrap());
    let keys = app.keys().await.unwrap();
    Returned::open(&app.config, &app.store, keys, &app.clock, letterbox).unwrap().visit_all().await
}

fn names(db: &Database, folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(db.path(folder)) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const DRAFTS_ONLY: &str = "[drafts]\nmaildir = \"post\"\n";
const BOTH: &str = "[returned]\nmaildir = \"post\"\n[drafts]\nmaildir = \"post\"\n";

on_both_databases! {
    async fn what_is_forwarded_becomes_a_draft_without_its_wrapping(db: Database) {
        let pages = Pages::over(db).await;
        let done = visit(&pages, DRAFTS_ONLY, &[FORWARDED.to_owned()]).await;
        assert_eq!(done, Visit { understood: 1, ..Visit::default() });
        assert_eq!(
            pages.text(DRAFTS).await,
            "mail|Referat fra helse|Vi har fått åtte **læreplasser**.\n\n- Ring bedriftene|Denne passer for helse.|nb|Lise Løken|\
             lise@vik.example|{\"forwarded_from\":\"Per Li <per@vik.example>\",\"left_out\":[]}"
        );
        assert_eq!(pages.text(FILES).await, "møte.pdf application/pdf 0");
        assert_eq!(pages.text(NOTICES).await, "sent_in nordfjella@forum.example");
        assert_eq!((names(&pages.db, "post/cur"), names(&pages.db, "post/new")), (vec!["0.mx:2,S".to_owned()], vec![]));
        assert_eq!(pages.text(KEPT).await, "0", "it is no mail that was not understood");
        // The same once more, as after a crash before it was moved.
        visit(&pages, DRAFTS_ONLY, &[FORWARDED.to_owned()]).await;
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft").await, "1");
    }

    async fn the_lead_finds_it_with_its_file_and_whom_it_was_from(db: Database) {
        let pages = Pages::over(db).await;
        visit(&pages, DRAFTS_ONLY, &[FORWARDED.to_owned()]).await;
        let mut lise = seat(&pages, LISE, r#"["write","send","people"]"#).await;
        let list = lise.get("/desk/items").await;
        assert!(list.body.contains("Sendt inn av Lise Løken"), "{}", list.body);
        let id = pages.text("SELECT public_id FROM draft").await;
        let draft = lise.get(&format!("/desk/drafts/{id}")).await;
        assert_eq!(draft.status, StatusCode::OK);
        for said in ["value=\"Referat fra helse\"", "Denne passer for helse.", "Videresendt fra", "Per Li &lt;per@vik.example&gt;", "møte.pdf"] {
            assert!(draft.body.contains(said), "{said} is not in {}", draft.body);
        }
        assert!(!draft.body.contains("Fulgte ikke med"));
    }

    async fn programs_lists_and_spam_make_no_draft_and_nothing_is_lost(db: Database) {
        let pages = Pages::over(db).await;
        let mails = [
            mail(1, "Auto-Submitted: auto-generated\r\n"),
            mail(2, "List-Id: <nytt.vik.example>\r\n"),
            mail(3, "X-Spam-Flag: YES\r\n"),
            mail(4, "Precedence: bulk\r\n"),
            mail(5, "Auto-Submitted: no\r\n"),
        ];
        let done = visit(&pages, BOTH, &mails).await;
        // The first is an automatic answer, and understood as that.
        assert_eq!((done.understood, done.unknown, done.failed), (2, 3, 0));
        assert_eq!(pages.text("SELECT title FROM draft").await, "Kurs 5");
        assert_eq!((names(&pages.db, "post/.unknown/new").len(), pages.text(KEPT).await.as_str()), (3, "3"));
    }

    async fn without_a_place_for_drafts_a_persons_mail_stays_as_before(db: Database) {
        let pages = Pages::over(db).await;
        let done = visit(&pages, "[returned]\nmaildir = \"post\"\n", &[mail(1, "")]).await;
        assert_eq!((done.unknown, pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft").await.as_str()), (1, "0"));
    }

    async fn a_reply_to_a_letter_is_for_a_human(db: Database) {
        let pages = Pages::over(db).await;
        let letter = pages.text("SELECT message_id FROM delivery ORDER BY id LIMIT 1").await;
        assert!(!letter.is_empty());
        let done = visit(&pages, BOTH, &[mail(1, &format!("In-Reply-To: <{letter}>\r\n"))]).await;
        assert_eq!((done.unknown, pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft").await.as_str()), (1, "0"));
    }

    async fn an_answer_to_a_short_mail_and_who_wants_no_more_are_for_a_human(db: Database) {
        let pages = Pages::over(db).await;
        let mails = [
            mail(1, "In-Reply-To: <nordfjella.notice.7.61f3a9@forum.example>\r\n"),
            mail(4, "In-Reply-To: <notice.7.61f3a9@forum.example>\r\n"),
            mail(2, "").replace("Kurs 2", "Meld av"),
            mail(3, "").replace("Kurs 3", "unsubscribe AAAAAAAA"),
        ];
        let done = visit(&pages, BOTH, &mails).await;
        assert_eq!((done.unknown, pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft").await.as_str()), (4, "0"));
    }

    async fn whatever_a_mail_is_made_of_it_is_read_whole_and_the_next_one_too(db: Database) {
        let pages = Pages::over(db).await;
        let signed = base64("Hei,\r\n\r\nher er referatet.\r\n\r\nHilsen Bj\u{f8}rn\r\n-- \r\nBj\u{f8}rn Aas");
        let utf8 = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n";
        let mixed = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n";
        let parts = "--b\r\nContent-Type: text/plain\r\n\r\nDet viktige.\r\n--b\r\nContent-Type: text/html\r\n\r\n\
                     <p>Sendt fra Nordfjella.</p>\r\n--b--";
        let deep = format!("{}Innerst{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        let html = "MIME-Version: 1.0\r\nContent-Type: text/html\r\n";
        let words = "Kurs i veiledning.";
        let mails = [
            mail(1, utf8).replace(words, &signed),
            mail(2, mixed).replace(words, parts),
            mail(3, html).replace(words, &deep),
            mail(4, ""),
        ];
        let done = visit(&pages, DRAFTS_ONLY, &mails).await;
        assert_eq!((done.understood, done.unknown, done.failed), (4, 0, 0));
        let bodies = pages.text("SELECT body FROM draft ORDER BY id").await;
        assert!(bodies.contains("Hilsen Bj\u{f8}rn") && !bodies.contains("Aas"), "{bodies}");
        assert!(bodies.contains("Det viktige.") && bodies.contains("Sendt fra Nordfjella."), "{bodies}");
        assert!(bodies.contains("Innerst") && bodies.ends_with(words), "{bodies}");
    }

    async fn who_floods_the_mailbox_makes_ten_drafts_a_day(db: Database) {
        let pages = Pages::over(db).await;
        let mails: Vec<String> = (1..=12).map(|n| mail(n, "")).collect();
        let done = visit(&pages, DRAFTS_ONLY, &mails).await;
        assert_eq!((done.understood, done.unknown), (10, 2));
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM draft").await, "10");
        assert_eq!(names(&pages.db, "post/.unknown/new").len(), 2, "the rest is left for a human");
    }

    async fn who_looks_after_one_organisation_s_people_makes_no_more_than_anybody(db: Database) {
        let pages = Pages::over(db).await;
        seat_partner(&pages, "per@vik.example", 1).await;
        let mails: Vec<String> = (1..=12).map(|n| mail(n, "")).collect();
        let done = visit(&pages, DRAFTS_ONLY, &mails).await;
        assert_eq!((done.understood, done.unknown), (10, 2));
    }
}

on_both_engines! {
    async fn a_mail_is_piped_into_the_command(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let file = treff.write("mail.eml", FORWARDED);
        let first = treff.run(&["draft", "mail", &file]).done().json;
        assert_eq!(first, json!({ "draft": 1 }));
        assert_eq!(treff.run(&["draft", "mail", &file]).done().json, first, "once however often");
        let shown = treff.run(&["draft", "show", "1"]).done().json;
        assert_eq!((&shown["title"], &shown["sender"]["known"]), (&json!("Referat fra helse"), &json!(false)));
        let taken = treff.run(&["draft", "take", "1"]).done().json["text"].to_string();
        assert!(taken.contains("# Forwarded from: Per Li <per@vik.example>"), "{taken}");
        let robot = treff.write("robot.eml", mail(1, "Auto-Submitted: auto-replied\r\n"));
        assert_eq!(treff.run(&["draft", "mail", &robot]).code, 1);
    }
}
