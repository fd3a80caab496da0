//! The link by mail, the device that it opens, and what neither tells.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chrono::TimeDelta;
use treff::feedback::knocks::answer_knocks;
use treff::feedback::links;
use treff::token::Keys;

use super::reader::{Reader, filled, link_path};
use crate::on_both_databases;
use crate::pages::world::{GROUP_ITEM, KEY, LETTER, Pages, letter_token, now, unsubscribe_token};

const KARI: &str = "kari@nav.test";
const NOTICES: &str = "SELECT kind || ' ' || COALESCE(address, '-') FROM notice ORDER BY id";

on_both_databases! {
    async fn everybody_is_told_how_many_links_go_to_an_address_whether_one_goes_or_not(db: Database) {
        let pages = Pages::over(db).await;
        let mut told = std::collections::BTreeSet::new();
        for address in ["kari@nav.test", "nobody@nav.test"] {
            for _ in 0..4 {
                told.insert(pages.post("/link", &format!("email={address}")).await.body);
            }
        }
        let told: Vec<String> = told.into_iter().collect();
        assert_eq!(told.len(), 1, "the same words to all: {told:?}");
        assert!(told[0].contains("Det går høyst 3 lenker til samme adresse på 15 minutter."), "{}", told[0]);
        let of_letter = pages.post(&format!("/l/{}/link", letter_token()), "").await.body;
        assert!(of_letter.contains("Bruk den siste du fikk"), "{of_letter}");
    }

    async fn known_or_not_the_page_says_the_same_and_only_the_known_get_a_mail(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 2").await;
        let mut said = Vec::new();
        for address in [KARI, "nobody@nav.test", "ola@nav.test", "KARI@NAV.TEST"] {
            let answer = pages.post("/link", &format!("email={address}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            said.push(answer.body);
        }
        assert!(said.iter().all(|body| *body == said[0]));
        assert!(said[0].contains("Se i innboksen din") && !said[0].contains("nav.test"));
        assert_eq!(pages.text(NOTICES).await, "", "nobody is looked up while the page is written");
        assert_eq!(answer_knocks(&pages.db.store, now()).await.unwrap(), 4);
        assert_eq!(pages.text(NOTICES).await, "sign_in kari@nav.test\nsign_in ola@nav.test\nsign_in kari@nav.test");
        assert_eq!(pages.text("SELECT address FROM knock").await, "");
    }

    async fn an_old_link_never_becomes_somebody_elses(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", &format!("email={KARI}")).await;
        answer_knocks(&pages.db.store, now() - TimeDelta::hours(1)).await.unwrap();
        pages.db.store.retire_doors(now()).await.unwrap();
        assert_eq!(pages.text("SELECT details FROM mail_link").await, "", "nothing is left of Kari's link");
        pages.run("DELETE FROM notice").await;
        pages.post("/link", "email=ola@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let kari = pages.post(&link_path(1), "").await;
        assert_eq!(kari.status, StatusCode::GONE, "{}", kari.body);
        assert!(!kari.headers.contains_key("set-cookie"));
        assert_eq!(pages.post(&link_path(2), "").await.status, StatusCode::SEE_OTHER, "Ola's own opens");
        assert_eq!(pages.text("SELECT CAST(id AS TEXT) FROM notice").await, "2", "nor does a short mail's number come back");
    }

    async fn what_is_no_address_is_told_at_its_field(db: Database) {
        let pages = Pages::over(db).await;
        let answer = pages.post("/link", "email=kari&next=/me/items").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(r#"value="kari""#) && answer.body.contains(r#"aria-describedby="email-error""#));
        assert!(answer.body.contains(r#"name="next" value="/me/items""#));
        assert_eq!(pages.text("SELECT address FROM knock").await, "");
    }

    async fn looking_at_the_link_two_hundred_times_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let before = pages.dump().await;
        for _ in 0..100 {
            for method in [Method::GET, Method::HEAD] {
                let answer = pages.ask(method, &link_path(1)).await;
                assert_eq!(answer.status, StatusCode::OK);
                assert!(answer.headers.get("set-cookie").is_none());
                assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
            }
        }
        assert_eq!(pages.dump().await, before);
        let page = pages.get(&link_path(1)).await.body;
        assert!(page.contains("<strong>k***@nav.test</strong>") && !page.contains(KARI), "{page}");
    }

    async fn the_button_opens_a_device_once(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test&next=/me/preferences").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let mut reader = Reader::new(&pages);
        let opened = reader.post(&link_path(1), "").await;
        assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/me/preferences"));
        let cookie = opened.header("set-cookie");
        assert!(cookie.starts_with("__Host-treff-nordfjella="), "{cookie}");
        assert!(cookie.ends_with("; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        let secret = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(secret.len(), 43);
        assert!(!pages.text("SELECT secret_hash FROM device").await.contains(secret));
        assert!(reader.get("/me/preferences").await.body.contains("Innlogget som k***@nav.test"));
        let again = Reader::new(&pages).post(&link_path(1), "").await;
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.body.contains("Lenken virker ikke lenger") && again.headers.get("set-cookie").is_none());
        assert_eq!(pages.text("SELECT name FROM device").await, "Firefox, Android");
    }

    async fn the_button_pressed_twice_opens_one_device_in_the_browser_that_pressed(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test&next=/me/preferences").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let link = link_path(1);
        let (page, other) = (pages.get(&link).await, pages.get(&link).await);
        let sent = filled(&page, &link, "");
        let (first, second) = tokio::join!(pages.post(&link, &sent), pages.post(&link, &sent));
        let mut reader = Reader::new(&pages);
        let third = reader.post(&link, &sent).await;
        for opened in [&first, &second, &third] {
            assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/me/preferences"), "{}", opened.body);
            assert_eq!(opened.header("set-cookie"), first.header("set-cookie"));
        }
        assert_eq!(pages.text("SELECT CAST(COUNT(*) AS TEXT) FROM device").await, "1");
        assert!(reader.get("/me/preferences").await.body.contains("Innlogget som k***@nav.test"));
        let elsewhere = pages.post(&link, &filled(&other, &link, "")).await;
        assert_eq!(elsewhere.status, StatusCode::GONE, "once it was used the link is nobody else's: {}", elsewhere.body);
        reader.post("/me/sign-out", "device=here").await;
        assert_eq!(pages.post(&link, &sent).await.status, StatusCode::GONE, "who signed out stays out");
    }

    async fn the_second_press_is_no_good_longer_than_the_link_was(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        let link = link_path(1);
        let sent = filled(&pages.get(&link).await, &link, "");
        assert_eq!(pages.post(&link, &sent).await.status, StatusCode::SEE_OTHER);
        assert_eq!(pages.post(&link, &sent).await.status, StatusCode::SEE_OTHER);
        pages.run("UPDATE mail_link SET expires_at = asked_at").await;
        assert_eq!(pages.post(&link, &sent).await.status, StatusCode::GONE);
    }

    async fn a_link_is_too_old_after_ten_minutes(db: Database) {
        let pages = Pages::over(db).await;
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now() - TimeDelta::minutes(10)).await.unwrap();
        for answer in [pages.get(&link_path(1)).await, pages.post(&link_path(1), "").await] {
            assert_eq!(answer.status, StatusCode::GONE);
            assert!(answer.body.contains("Send meg en ny lenke"));
        }
        assert_eq!(pages.text("SELECT name FROM device").await, "");
        assert_eq!(pages.get(&link_path(9)).await.status, StatusCode::GONE);
        assert_eq!(pages.get(&format!("/d/{}", letter_token())).await.status, StatusCode::NOT_FOUND);
    }

    async fn who_is_not_signed_in_is_asked_and_comes_back(db: Database) {
        let pages = Pages::over(db).await;
        let away = pages.get("/me/preferences?a=b").await;
        assert_eq!((away.status, away.header("location")), (StatusCode::SEE_OTHER, "/link?next=/me/preferences%3Fa%3Db"));
        assert!(pages.get(away.header("location")).await.body.contains(r#"name="next" value="/me/preferences?a=b""#));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example"] {
            pages.post("/link", &format!("email=ola@nav.test&next={foreign}")).await;
        }
        answer_knocks(&pages.db.store, now()).await.unwrap();
        for link in 1..=3 {
            assert_eq!(Reader::new(&pages).post(&link_path(link), "").await.header("location"), "/me");
        }
    }

    async fn devices_are_listed_and_closed_here_there_and_everywhere(db: Database) {
        let pages = Pages::over(db).await;
        let mut phone = Reader::signed_in(&pages, KARI, 1).await;
        let mut desk = Reader::signed_in(&pages, KARI, 2).await;
        let mut ola = Reader::signed_in(&pages, "ola@nav.test", 3).await;
        assert_eq!(phone.get("/me").await.body.matches("Firefox, Android</span>").count(), 2);
        assert_eq!(phone.post("/me/sign-out", "device=3").await.status, StatusCode::OK);
        assert_eq!(ola.get("/me").await.status, StatusCode::OK, "nobody closes another's device");
        phone.post("/me/sign-out", "device=2").await;
        assert_eq!(desk.get("/me").await.status, StatusCode::SEE_OTHER);
        assert!(phone.post("/me/sign-out", "device=here").await.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(phone.get("/me").await.status, StatusCode::SEE_OTHER);
        pages.run("UPDATE recipient SET status = 'unsubscribed' WHERE id = 2").await;
        assert_eq!(ola.get("/me").await.status, StatusCode::OK, "unsubscribing ends sending, not reading");
        ola.post("/me/sign-out", "device=all").await;
        assert_eq!(pages.text("SELECT name FROM device").await, "");
    }

    async fn signing_out_everywhere_closes_the_letters_too_and_says_so_before(db: Database) {
        let pages = Pages::over(db).await;
        let mut kari = Reader::signed_in(&pages, KARI, 1).await;
        let letter = format!("/l/{}", letter_token());
        assert_eq!(pages.get(&letter).await.status, StatusCode::OK);
        let asked = kari.get("/me").await.body;
        assert!(asked.contains("Lenkene i brev du allerede har fått, virker ikke lenger, bare avmelding.") && asked.contains("value=\"all\""), "{asked}");
        let out = kari.post("/me/sign-out", "device=all").await.body;
        assert!(out.contains("lenkene i brev du allerede har fått, virker ikke, bare avmelding"), "{out}");
        assert_eq!(pages.get(&letter).await.status, StatusCode::GONE);
        assert_eq!(pages.get(&format!("/u/{}", unsubscribe_token())).await.status, StatusCode::OK, "leaving always works");
        let next = links::letter_token(&Keys::new(vec![(1, KEY)]), LETTER, 4).unwrap();
        assert_eq!(pages.get(&format!("/l/{next}")).await.status, StatusCode::OK, "as the next letter's link is signed");
    }

    async fn a_form_that_does_not_say_where_it_stood_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        let reader = Reader::signed_in(&pages, KARI, 1).await;
        for (name, value) in [("x-nothing", "x"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("origin", "null")] {
            let request = Request::post("/me/sign-out")
                .header("host", "forum.example")
                .header("cookie", &reader.cookie)
                .header(name, value)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from("device=all"));
            assert_eq!(pages.send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(pages.text("SELECT name FROM device").await, "Firefox, Android");
    }

    async fn a_letter_sends_its_link_to_whom_it_went(db: Database) {
        let pages = Pages::over(db).await;
        let path = format!("/l/{}/link", letter_token());
        let shut = pages.get(&format!("/l/{}/item/{GROUP_ITEM}", letter_token())).await;
        assert!(shut.body.contains(&format!("{path}?next=/l/")), "{}", shut.body);
        let page = pages.get(&path).await;
        assert!(page.body.contains("<strong>k***@nav.test</strong>") && !page.body.contains(KARI));
        pages.post(&path, "next=/me/items&email=ola@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        assert_eq!(pages.text(NOTICES).await, "sign_in kari@nav.test");
        let opened = Reader::new(&pages).post(&link_path(1), "").await;
        assert_eq!(opened.header("location"), "/me/items");
    }

    async fn a_mailbox_is_not_flooded_and_the_page_does_not_tell(db: Database) {
        let pages = Pages::over(db).await;
        let mut said = Vec::new();
        for _ in 0..6 {
            said.push(pages.post("/link", "email=kari@nav.test").await.body);
        }
        assert!(said.iter().all(|body| *body == said[0]));
        assert_eq!(answer_knocks(&pages.db.store, now()).await.unwrap(), 3);
        for n in 0..30 {
            pages.post("/link", &format!("email=p{n}@nav.test")).await;
        }
        assert_eq!(pages.post("/link", "email=last@nav.test").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    async fn preferences_are_the_same_page_behind_both_doors(db: Database) {
        let pages = Pages::over(db).await;
        let mut reader = Reader::signed_in(&pages, KARI, 1).await;
        let page = reader.get("/me/preferences").await;
        assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
        assert!(page.body.contains(r#"action="/me/preferences""#));
        let saved = reader.post("/me/preferences", "cadence=daily&language=nn").await;
        assert_eq!(saved.status, StatusCode::OK);
        assert!(saved.body.contains("Mine opplysningar"), "{}", saved.body);
        assert_eq!(pages.text("SELECT cadence || ' ' || language FROM recipient WHERE id = 1").await, "daily nn");
    }
}
