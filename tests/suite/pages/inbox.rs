//! The inbox of the embedded default.

use axum::http::StatusCode;

use super::world::Pages;
use crate::on_both_databases;

const MAIL: &str = "From: Forum <forum@forum.example>\r\nTo: kari@nav.test\r\nSubject: =?utf-8?Q?Frist_fredag:_l=C3=A6replasser?=\r\n\
MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
Hei <script>alert(1)</script>\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>x</title></head><body><p style=\"color:red\">Hei</p></body></html>\r\n--b--\r\n";

/// Lays the world's letter into its mailbox.
pub fn lay_letter(pages: &Pages) {
    let new = pages.db.path("outbox/new");
    std::fs::create_dir_all(&new).unwrap();
    std::fs::write(new.join("7"), MAIL).unwrap();
}

/// Lays a short mail beside it: a link that somebody asked for.
pub fn lay_note(pages: &Pages) {
    let note = MAIL
        .replace("Frist_fredag:_l=C3=A6replasser", "Lenken_din")
        .replace("To: kari", "Date: Mon, 8 Mar 2027 07:31:00 +0100\r\nTo: ola");
    std::fs::write(pages.db.path("outbox/new/notice-8-mark:2,S"), note).unwrap();
}

const PATHS: [&str; 8] = [
    "/",
    "/inbox",
    "/inbox/letter/7",
    "/inbox/letter/7/text",
    "/inbox/letter/7/source",
    "/inbox/letter/7/frame",
    "/inbox/who",
    "/inbox/person/1",
];

on_both_databases! {
    async fn outside_a_demo_there_is_none(db: Database) {
        let pages = Pages::over(db).await;
        lay_letter(&pages);
        for path in &PATHS[1..] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn a_demo_opens_with_all_letters(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        lay_letter(&pages);
        let first = pages.get("/").await;
        assert_eq!(first.status, StatusCode::OK);
        assert!(first.body.contains("Frist fredag: læreplasser"));
        assert!(first.body.contains("4 saker"));
        assert!(first.body.contains("Ola Nordmann"), "who got nothing is named");
        assert!(first.body.contains("ingen nye saker peker hit"));
    }

    async fn a_letter_shows_its_three_sides_and_why(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        lay_letter(&pages);
        let html = pages.get("/inbox/letter/7").await;
        assert!(html.body.contains(r#"src="/inbox/letter/7/frame""#));
        assert!(html.body.contains("Følger helse &lt;script&gt;"));
        assert!(html.body.contains("Sendes uansett tema"));
        assert!(html.body.contains("Neste tittel"), "what comes next");
        let text = pages.get("/inbox/letter/7/text").await;
        assert!(text.body.contains("Hei &lt;script&gt;"));
        let source = pages.get("/inbox/letter/7/source").await;
        assert!(source.body.contains("Subject: =?utf-8?Q?Frist_fredag"));
        let frame = pages.get("/inbox/letter/7/frame").await;
        assert!(frame.header("content-security-policy").contains("sandbox allow-popups"));
        assert!(frame.header("content-security-policy").contains("frame-ancestors 'self'"));
        assert!(frame.body.contains(r#"<head><base target="_blank">"#));
    }

    async fn a_short_mail_that_somebody_asked_for_is_found_and_read(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        lay_letter(&pages);
        let empty = pages.get("/inbox").await.body;
        assert!(empty.contains("ligger her når noen har bedt om dem") && empty.contains("href=\"/link\""));
        lay_note(&pages);
        let first = pages.get("/inbox").await.body;
        assert!(first.contains("<a href=\"/inbox/note/8\">Lenken din</a><span>ola@nav.test</span>"), "{first}");
        let note = pages.get("/inbox/note/8").await;
        assert_eq!(note.status, StatusCode::OK);
        assert!(note.body.contains(r#"src="/inbox/note/8/frame""#) && note.body.contains("andag 8. mars kl. 7.31"), "{}", note.body);
        assert!(note.body.contains("Hei &lt;script&gt;") && !note.body.contains("<script"));
        let frame = pages.get("/inbox/note/8/frame").await;
        assert!(frame.header("content-security-policy").contains("sandbox allow-popups"));
        assert!(frame.body.contains(r#"<head><base target="_blank">"#));
        for path in ["/inbox/note/7", "/inbox/note/6/frame", "/inbox/letter/9"] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let served = Pages::over(crate::harness::Database::create(crate::harness::Engine::Sqlite).await).await;
        std::fs::create_dir_all(served.db.path("outbox/new")).unwrap();
        lay_note(&served);
        assert_eq!(served.get("/inbox/note/8").await.status, StatusCode::NOT_FOUND, "outside a demo there is none");
    }

    async fn reading_moves_and_changes_nothing(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        lay_letter(&pages);
        let before = pages.dump().await;
        for path in PATHS {
            let answer = pages.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
            assert!(!answer.body.contains("<script"), "{path}");
            assert_eq!(answer.header("cache-control"), if path == "/" { "no-cache" } else { "no-store" });
        }
        assert_eq!(pages.dump().await, before);
        assert_eq!(std::fs::read_to_string(pages.db.path("outbox/new/7")).unwrap(), MAIL);
        let files = std::fs::read_dir(pages.db.path("outbox/new")).unwrap().count();
        assert_eq!(files, 1);
    }

    async fn a_person_is_told_what_they_got_and_why_not_the_rest(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        let page = pages.get("/inbox/person/1").await;
        assert!(page.body.contains("Kompetansegruppe helse (medlem)"));
        assert!(page.body.contains("Hemmelig tittel"));
        let other = pages.get("/inbox/person/2").await;
        assert!(other.body.contains("Ikke sendt, fordi saken bare er for gruppa"));
        for path in ["/inbox/person/99", "/inbox/letter/99", "/inbox/letter/99/frame"] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn what_is_held_back_stands_on_nobody_s_page(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        pages.run("UPDATE item SET number = NULL, numbered_at = NULL WHERE id = 1").await;
        let before = pages.get("/inbox/person/2").await.body;
        assert!(before.contains("Åpen sak"), "{before}");
        let held_at = chrono::DateTime::from_timestamp(1_804_300_000, 0).unwrap();
        assert!(pages.db.store.hold_item(held_at, "test", "aapen").await.unwrap());
        let after = pages.get("/inbox/person/2").await.body;
        assert!(!after.contains("Åpen sak"), "{after}");
    }

    async fn a_letter_that_is_not_there_yet_says_so(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        let page = pages.get("/inbox/letter/7").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("ligger ikke i postkassa"));
    }
}
