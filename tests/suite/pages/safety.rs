//! What holds for every page.

use axum::http::{Method, StatusCode};

use super::world::{
    FORUM_ITEM, GROUP_ITEM, LETTER, NEXT_ITEM, OTHER_ITEM, PUBLIC_ITEM, Pages, WITHDRAWN_ITEM, letter_token,
    unsubscribe_token,
};
use crate::access::reader::Reader;
use crate::desk::seat::{LISE, seat};
use crate::on_both_databases;

/// Every path of the pages, and whether it shows something to GET.
fn paths() -> Vec<String> {
    let (u, l) = (unsubscribe_token(), letter_token());
    let mut paths = vec![
        "/healthz".to_owned(),
        "/robots.txt".to_owned(),
        "/favicon.ico".to_owned(),
        "/link".to_owned(),
        "/sign-up".to_owned(),
        "/me/data".to_owned(),
        "/me/erase".to_owned(),
        format!("/u/{u}/urgent"),
        "/me".to_owned(),
        "/me/preferences".to_owned(),
        "/d/x".to_owned(),
        "/desk".to_owned(),
        "/desk/sign-in".to_owned(),
        "/desk/open/x".to_owned(),
        format!("/l/{l}/link"),
        "/privacy".to_owned(),
        "/nowhere".to_owned(),
        "/assets/treff-0000000000000000.css".to_owned(),
        format!("/u/{u}"),
        format!("/u/{u}/undo"),
        format!("/u/x{u}"),
        format!("/l/{l}"),
        "/".to_owned(),
        "/public".to_owned(),
        "/public?q=helse&kind=tip&sector=health&group=health&year=2027&month=3".to_owned(),
        "/public?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&kind=%3Cscript%3E&after=%3Cscript%3E".to_owned(),
        "/i/aapen".to_owned(),
        "/i/hemmelig".to_owned(),
        "/i/samling/event.ics".to_owned(),
        "/i/aapen?lang=nn".to_owned(),
        "/i/aapen/file/0".to_owned(),
        "/i/hemmelig/file/0".to_owned(),
        "/i/aapen/file/x".to_owned(),
        "/feeds".to_owned(),
        "/feeds/nowhere.atom".to_owned(),
        "/feeds/role/steward.atom".to_owned(),
    ];
    for item in [PUBLIC_ITEM, FORUM_ITEM, GROUP_ITEM, WITHDRAWN_ITEM, NEXT_ITEM, OTHER_ITEM] {
        paths.extend(
            ["", "/not-for-me", "/not-for-me/undo", "/event.ics", "/file/0", "/answer", "/answer/sending"]
                .map(|at| format!("/l/{l}/item/{item}{at}")),
        );
    }
    let preferences = ["preferences", "preferences/preview", "preferences/undo", "preferences/learning"];
    let others = ["hit", "miss", "privacy"];
    paths.extend(preferences.iter().chain(&others).map(|page| format!("/l/{l}/{page}")));
    paths
}

/// The page without the one script that is ours and lies in a file.
fn without_our_script(body: &str) -> String {
    let Some(from) = body.find(r#"<script src="/assets/prefs-"#) else { return body.to_owned() };
    let end = r#".js" defer></script>"#;
    let to = from + body[from..].find(end).expect("it holds nothing itself") + end.len();
    format!("{}{}", &body[..from], &body[to..])
}

on_both_databases! {
    async fn reading_never_changes_anything(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.dump().await;
        for path in paths() {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
                let answer = pages.ask(method.clone(), &path).await;
                assert!(answer.status != StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}: {}", answer.body);
            }
        }
        assert_eq!(pages.dump().await, before);
    }

    async fn every_page_carries_its_headers(db: Database) {
        let pages = Pages::over(db).await;
        for path in paths() {
            let answer = pages.get(&path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let no_token = ["/link", "/sign-up"].contains(&path.as_str()) || path.starts_with("/me") || ["/desk", "/desk/sign-in"].contains(&path.as_str());
            let referrer = match path.as_str() {
                "/sign-up" => "strict-origin",
                _ if no_token => "same-origin",
                _ => "no-referrer",
            };
            assert_eq!(answer.header("referrer-policy"), referrer, "{path}");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"));
            assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
            assert!(answer.headers.get("set-cookie").is_none(), "{path}");
            if path.starts_with("/u/") || path.starts_with("/l/") {
                assert_eq!(answer.header("cache-control"), "no-store", "{path}");
                assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow", "{path}");
            }
        }
    }

    async fn nothing_that_people_wrote_runs(db: Database) {
        let pages = Pages::over(db).await;
        for path in paths() {
            for answer in [pages.get(&path).await, pages.post(&path, "").await] {
                let body = without_our_script(&answer.body);
                assert!(!body.contains("<script"), "{path}");
                assert!(!answer.body.contains("<i>fylkeskommune"), "{path}");
                assert!(!answer.body.contains(" style="), "{path}: the policy forbids inline styles");
            }
        }
    }

    async fn the_style_sheet_may_be_kept_for_ever(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/privacy").await;
        let from = page.body.find("/assets/treff-").unwrap();
        let path: String = page.body[from..].chars().take_while(|c| *c != '"').collect();
        let answer = pages.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    }

    async fn what_machines_ask_for_at_the_root_is_there(db: Database) {
        let pages = Pages::over(db).await;
        let robots = pages.get("/robots.txt").await;
        assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
        assert!(robots.body.starts_with("User-agent: *\nAllow: /desk/open/\n"), "{}", robots.body);
        let icon = pages.get("/favicon.ico").await;
        assert_eq!((icon.status, icon.header("content-type")), (StatusCode::OK, "image/svg+xml"));
        assert!(icon.body.starts_with("<svg "), "{}", icon.body);
    }

    async fn a_tap_is_recorded_once_and_settles_an_uncertain_letter(db: Database) {
        let pages = Pages::over(db).await;
        let token = letter_token();
        assert!(pages.get(&format!("/l/{token}/hit")).await.body.contains("Ja, det traff"));
        for answer in ["hit", "hit", "miss"] {
            let done = pages.post(&format!("/l/{token}/{answer}"), "").await;
            assert_eq!(done.status, StatusCode::OK);
            assert!(done.body.contains("Takk"));
        }
        assert_eq!(pages.text("SELECT answer FROM tap").await, "miss");
        assert_eq!(pages.text("SELECT state FROM delivery").await, "accepted");
        assert_eq!(LETTER.0, 7);
    }

    async fn a_body_that_is_too_large_is_refused_with_a_page(db: Database) {
        let pages = Pages::over(db).await;
        let large = format!("follow={}", "x".repeat(300 * 1024));
        let answer = pages.post(&format!("/l/{}/preferences", letter_token()), &large).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.body.contains("Det ble for mye på en gang"));
    }

    async fn where_nothing_is_a_link_leads_to_the_open_front_page(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/nowhere", "/o/unknown", "/effects", "/l/x/item/y"] {
            let answer = pages.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.body.contains("<a href=\"/?lang=nb\">Gå til forsiden, som er åpen for alle</a>"), "{path}: {}", answer.body);
        }
        assert_eq!(pages.get("/?lang=nb").await.status, StatusCode::OK);
        assert!(!pages.get(&format!("/l/{}/item/{}", letter_token(), GROUP_ITEM)).await.body.contains("Gå til forsiden"));
    }

    async fn a_form_sent_to_a_path_that_cannot_be_read_finds_no_page(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        let mut lise = seat(&pages, LISE, r#"["people","send"]"#).await;
        let mut answers = Vec::new();
        for path in ["/u/%ff", "/l/%ff/preferences"] {
            answers.push((path, pages.post(path, "").await));
        }
        for path in ["/me/places/abc/left", "/me/feeds/99999999999999999999/off"] {
            answers.push((path, kari.post(path, "").await));
        }
        for path in ["/desk/people/abc/resume", "/desk/mailing/letters/x/settle", "/desk/groups/%ff"] {
            answers.push((path, lise.post(path, "").await));
        }
        for (path, answer) in answers {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
            assert!(answer.body.contains("Siden finnes ikke") && !answer.body.contains("Skjemaet"), "{path}: {}", answer.body);
        }
    }

    async fn errors_speak_the_browsers_language(db: Database) {
        let pages = Pages::over(db).await;
        for (wanted, said) in [("nn-NO,nn;q=0.9", "Sida finst ikkje"), ("en-GB", "There is no such page"), ("fr", "Siden finnes ikke")] {
            let request = axum::http::Request::get("/nowhere").header("accept-language", wanted);
            let answer = pages.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(answer.body.contains(said), "{wanted}");
        }
    }
}

on_both_databases! {
    async fn the_page_on_privacy_names_every_kind_of_data_with_its_days(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE retention SET days = 1000 + LENGTH(kind)").await;
        let kinds = pages.text("SELECT kind FROM retention ORDER BY kind").await;
        for (language, days) in [("nb", "dager"), ("nn", "dagar"), ("en", "days")] {
            let page = pages.get(&format!("/privacy?lang={language}")).await;
            assert!(page.body.contains(&format!("<html lang=\"{language}\">")));
            for kind in kinds.lines() {
                let told = format!("{} {days}", 1000 + kind.len());
                assert!(page.body.contains(&told), "{kind} in {language}: add it to [kept] in statements.{language}.toml");
            }
        }
        pages.run("UPDATE retention SET days = 1").await;
        assert!(pages.get("/privacy?lang=nb").await.body.contains("1 dag."));
    }

    async fn public_pages_speak_the_language_that_is_asked_for_and_carry_it_on(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/", "/public", "/privacy", "/accessibility", "/i/aapen", "/nowhere"] {
            for language in ["nb", "nn", "en"] {
                let page = pages.get(&format!("{path}?lang={language}")).await;
                assert!(page.body.contains(&format!("<html lang=\"{language}\">")), "{path} in {language}");
                assert_eq!(page.header("content-language"), language, "{path}");
                let on = format!("/accessibility?lang={language}");
                assert!(page.body.contains(&on), "{path} in {language} leads to {on}");
            }
        }
        let front = pages.get("/?lang=nn").await.body;
        assert!(front.contains("/i/aapen?lang=nn") && front.contains(r#"<a href="?lang=en" lang="en" hreflang="en">English</a>"#));
        assert!(front.contains(r#"<b lang="nn" aria-current="true">Nynorsk</b>"#));
        let unknown = pages.get("/?lang=xx").await.body;
        assert!(unknown.contains("<html lang=\"nb\">"));
    }

    async fn the_accessibility_statement_names_whom_to_tell_and_who_watches(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/accessibility?lang=nb").await.body;
        assert!(page.contains("Nordfjella &lt;i&gt;fylkeskommune&lt;/i&gt;"), "who answers for it");
        assert!(page.contains("uutilsynet.no") && page.contains("WCAG 2.2"));
        assert!(page.contains("28. november 2026"), "the day, with its year");
    }
}
