//! The link by mail, the session that it opens, and what neither tells.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chrono::TimeDelta;
use treff::feedback::knocks::answer_knocks;
use treff::store::AccountChanged;

use super::seat::{LISE, add_account, come_in_and_prove, desk_link, seat_account};
use crate::access::reader::{Reader, filled, link_path};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};

const ALL: &str = r#"["write","approve","send","people","administer"]"#;
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '-') FROM notice ORDER BY id";

on_both_databases! {
    async fn an_address_with_an_account_gets_a_link_and_the_page_says_the_same_to_all(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        let mut said = Vec::new();
        for address in [LISE, "nobody@forum.example", "kari@nav.test", "LISE@forum.example", LISE, LISE, LISE] {
            let answer = pages.post("/desk/sign-in", &format!("email={address}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            said.push(answer.body);
        }
        assert!(said.iter().all(|body| *body == said[0]));
        assert!(said[0].contains("Se i innboksen din") && !said[0].contains("forum.example"));
        assert_eq!(pages.text(NOTICES).await, "", "nobody is looked up while the page is written");
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let told = pages.text(NOTICES).await;
        assert_eq!(told, ["desk lise@forum.example"; 3].join("\n"), "who is asked for often gets three mails");
    }

    async fn the_button_signs_in_once_and_looking_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        pages.post("/desk/sign-in", &format!("email={LISE}&next=/desk/account")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let before = pages.dump().await;
        for method in [Method::GET, Method::HEAD] {
            let page = pages.ask(method, &desk_link(1)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("no-referrer", "no-store"));
        }
        let page = pages.get(&desk_link(1)).await.body;
        assert!(page.contains("<strong>l***@forum.example</strong>") && !page.contains(LISE));
        assert_eq!(pages.dump().await, before);
        assert_eq!(pages.post(&link_path(1), "").await.status, StatusCode::NOT_FOUND, "it opens no recipient's pages");
        let mut reader = Reader::new(&pages);
        let opened = reader.post(&desk_link(1), "").await;
        assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/desk/account"));
        let cookie = opened.header("set-cookie");
        assert!(cookie.starts_with("__Host-treff-desk-nordfjella="), "{cookie}");
        assert!(cookie.ends_with("; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let secret = cookie.split(['=', ';']).nth(1).unwrap();
        assert!(!pages.dump().await.contains(secret), "the database has the hash alone");
        pages.run("UPDATE staff_session SET proved_at = 1").await;
        assert!(reader.get("/desk/account").await.body.contains(LISE));
        for answer in [pages.post(&desk_link(1), "").await, pages.get(&desk_link(1)).await] {
            assert_eq!(answer.status, StatusCode::GONE);
            assert!(answer.body.contains("Send meg en ny lenke"));
        }
    }

    async fn the_button_pressed_twice_opens_one_session_in_the_browser_that_pressed(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        pages.post("/desk/sign-in", &format!("email={LISE}&next=/desk/account")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let link = desk_link(1);
        let (page, other) = (pages.get(&link).await, pages.get(&link).await);
        let sent = filled(&page, &link, "");
        let (first, second) = tokio::join!(pages.post(&link, &sent), pages.post(&link, &sent));
        let mut reader = Reader::new(&pages);
        let third = reader.post(&link, &sent).await;
        for opened in [&first, &second, &third] {
            assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/desk/account"), "{}", opened.body);
            assert_eq!(opened.header("set-cookie"), first.header("set-cookie"));
        }
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM staff_session").await, "1");
        pages.run("UPDATE staff_session SET proved_at = 1").await;
        assert!(reader.get("/desk/account").await.body.contains(LISE));
        let elsewhere = pages.post(&link, &filled(&other, &link, "")).await;
        assert_eq!(elsewhere.status, StatusCode::GONE, "once it was used the link is nobody else's: {}", elsewhere.body);
        reader.post("/desk/account/sign-out", "session=here").await;
        assert_eq!(pages.post(&link, &sent).await.status, StatusCode::GONE, "who signed out stays out");
    }

    async fn a_link_is_too_old_after_ten_minutes_and_a_recipients_link_is_none(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        pages.post("/desk/sign-in", &format!("email={LISE}")).await;
        answer_knocks(&pages.db.store, now() - TimeDelta::minutes(10)).await.unwrap();
        assert_eq!(pages.post(&desk_link(1), "").await.status, StatusCode::GONE);
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.post(&desk_link(2), "").await.status, StatusCode::NOT_FOUND);
        let mut device = Reader::new(&pages);
        device.post(&link_path(2), "").await;
        assert_eq!(device.get("/desk").await.status, StatusCode::SEE_OTHER, "a recipient's device is no session");
        assert_eq!(pages.text("SELECT name FROM staff_session").await, "");
    }

    async fn who_is_not_signed_in_is_asked_and_comes_back(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        let away = pages.get("/desk/account?a=b").await;
        assert_eq!(
            (away.status, away.header("location")),
            (StatusCode::SEE_OTHER, "/desk/sign-in?next=/desk/account%3Fa%3Db")
        );
        assert!(pages.get(away.header("location")).await.body.contains(r#"name="next" value="/desk/account?a=b""#));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example"] {
            pages.post("/desk/sign-in", &format!("email={LISE}&next={foreign}")).await;
        }
        answer_knocks(&pages.db.store, now()).await.unwrap();
        for link in 1..=3 {
            assert_eq!(Reader::new(&pages).post(&desk_link(link), "").await.header("location"), "/desk");
        }
    }

    async fn sessions_are_listed_and_closed_here_there_and_everywhere(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, ALL, &[]).await;
        let per = add_account(&pages, "per@forum.example", ALL, &[]).await;
        let mut phone = come_in_and_prove(&pages, 1).await;
        let mut desk = seat_account(&pages, lise, "desk", now()).await;
        let mut other = seat_account(&pages, per, "other", now()).await;
        let page = phone.get("/desk/account").await.body;
        assert!(page.contains("Firefox, Android <small") && page.contains("Edge, Windows<br>"), "{page}");
        phone.post("/desk/account/sign-out", "session=3").await;
        assert_eq!(other.get("/desk").await.status, StatusCode::OK, "nobody closes another's session");
        assert_eq!(phone.post("/desk/account/sign-out", "session=2").await.status, StatusCode::OK);
        assert_eq!(desk.get("/desk").await.status, StatusCode::SEE_OTHER);
        assert!(phone.post("/desk/account/sign-out", "session=here").await.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(phone.get("/desk").await.status, StatusCode::SEE_OTHER);
        other.post("/desk/account/sign-out", "session=all").await;
        assert_eq!(pages.text("SELECT name FROM staff_session").await, "");
    }

    async fn a_session_ends_when_it_lies_idle_and_lives_on_when_it_is_used(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, ALL, &[]).await;
        let mut idle = seat_account(&pages, lise, "idle", now() - TimeDelta::days(14)).await;
        let mut used = seat_account(&pages, lise, "used", now() - TimeDelta::days(13)).await;
        let mut old = seat_account(&pages, lise, "old", now() - TimeDelta::days(13)).await;
        pages.run("UPDATE staff_session SET opened_at = opened_at - 6652800000000 WHERE id = 3").await;
        assert_eq!(idle.get("/desk").await.status, StatusCode::SEE_OTHER);
        for reader in [&mut used, &mut old] {
            assert_eq!(reader.post("/desk/account/language", "language=nn").await.status, StatusCode::SEE_OTHER);
        }
        let days = "SELECT CAST((expires_at - used_at) / 86400000000 AS TEXT) FROM staff_session WHERE id > 1 ORDER BY id";
        assert_eq!(pages.text(days).await, "14\n0", "ninety days after its opening it ends in any case");
        let once = "SELECT COUNT(*) || '' FROM change WHERE action = 'session.used'";
        used.post("/desk/account/language", "language=nb").await;
        assert_eq!(pages.text(once).await, "2", "that it is used is not written down at each click");
    }

    async fn a_form_that_does_not_say_where_it_stood_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, ALL, &[]).await;
        let reader = seat_account(&pages, lise, "x", now()).await;
        for (name, value) in [("x-nothing", "x"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let request = Request::post("/desk/account/sign-out")
                .header("host", "forum.example")
                .header("cookie", &reader.cookie)
                .header(name, value)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from("session=all"));
            assert_eq!(pages.send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(pages.text("SELECT name FROM staff_session").await, "Edge, Windows");
    }

    async fn an_account_that_ended_is_out_at_once_and_its_address_is_gone(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, ALL, &["health".to_owned()]).await;
        let mut reader = come_in_and_prove(&pages, 1).await;
        assert_eq!(reader.get("/desk").await.status, StatusCode::OK);
        pages.run("DELETE FROM notice").await;
        add_account(&pages, "per@forum.example", ALL, &[]).await;
        let ended = pages.db.store.end_account(lise, "command", now()).await.unwrap();
        assert_eq!(ended, AccountChanged::Done);
        assert_eq!(reader.get("/desk").await.status, StatusCode::SEE_OTHER);
        assert!(!pages.dump().await.contains(LISE));
        pages.post("/desk/sign-in", &format!("email={LISE}")).await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.text(NOTICES).await, "");
    }

    async fn the_desk_speaks_as_one_chose_else_as_the_browser_prefers(db: Database) {
        let pages = Pages::over(db).await;
        let lise = add_account(&pages, LISE, ALL, &[]).await;
        let mut reader = seat_account(&pages, lise, "x", now()).await;
        let said = |wanted: &str| {
            let request = Request::get("/desk").header("cookie", "__Host-treff-desk-nordfjella=x");
            request.header("accept-language", wanted.to_owned()).body(Body::empty()).unwrap()
        };
        assert!(pages.send(said("en-GB")).await.body.contains("<h1>Today</h1>"));
        assert!(pages.send(said("fr")).await.body.contains("<html lang=\"nb\">"));
        let chosen = reader.post("/desk/account/language", "language=nn&next=/desk").await;
        assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/desk"));
        assert!(pages.send(said("en-GB")).await.body.contains("<html lang=\"nn\">"));
        reader.post("/desk/account/language", "language=").await;
        assert!(pages.send(said("en-GB")).await.body.contains("<h1>Today</h1>"));
        assert_eq!(reader.post("/desk/account/language", "language=xx").await.status, StatusCode::BAD_REQUEST);
    }

    async fn a_demo_signs_in_as_its_lead_and_nothing_else_does(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        assert_eq!(pages.post("/desk/demo", "").await.status, StatusCode::NOT_FOUND, "nobody works there");
        add_account(&pages, LISE, ALL, &[]).await;
        assert!(pages.get("/").await.body.contains(r#"action="/desk/demo""#));
        let mut reader = Reader::new(&pages);
        assert_eq!(reader.post("/desk/demo", "").await.header("location"), "/desk");
        assert!(reader.get("/desk").await.body.contains("Lise Lund"));
    }

    async fn outside_a_demo_there_is_no_such_button(db: Database) {
        let pages = Pages::over(db).await;
        add_account(&pages, LISE, ALL, &[]).await;
        assert_eq!(pages.post("/desk/demo", "").await.status, StatusCode::NOT_FOUND);
    }
}
