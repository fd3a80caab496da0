//! The items of who is signed in, and their own feeds.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use treff::ids::RecipientId;
use treff::token::{device_secret, hash_of_secret};

use super::sight::{Places, add_items, expected, look};
use super::world::{Answer, KARI, Pages, now};
use crate::access::reader::filled;
use crate::on_both_databases;

const OLA: RecipientId = RecipientId(2);
const IN_NIGHT: RecipientId = RecipientId(3);
const IN_OTHER: RecipientId = RecipientId(4);
const ADMITTED: RecipientId = RecipientId(5);
const UNSUBSCRIBED: RecipientId = RecipientId(6);
const LEFT: RecipientId = RecipientId(7);

const HERE: [&str; 4] = ["public", "forum", "group:health", "only:health"];

async fn add_people(pages: &Pages) {
    for sql in [
        "INSERT INTO recipient (id, public_id, email, name, organisation_id, language, cadence, status, admitted,
                                imported, chosen, token_version, revision, watermark, created_at)
         SELECT 3 + n, 'p' || CAST(n AS TEXT), 'p' || CAST(n AS TEXT) || '@example.test', 'P', 1, 'nb', 'weekly',
                CASE WHEN n = 3 THEN 'unsubscribed' ELSE 'active' END, n = 2, TRUE, '[]', 0, 1, 9, 0
         FROM (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS numbers",
        "INSERT INTO seat (id, group_id, organisation_id, position, created_at)
         VALUES (2, 120, 1, 'member', 0), (3, 121, 1, 'leader', 0), (4, 104, 1, 'member', 0), (5, 104, 1, 'member', 0)",
        "INSERT INTO seat_holder (seat_id, recipient_id, ends_at, source)
         VALUES (2, 3, NULL, 'import'), (3, 4, NULL, 'import'), (4, 6, NULL, 'import'), (5, 7, 1, 'import')",
    ] {
        pages.run(sql).await;
    }
}

/// The cookie of a device of that person.
async fn sign_in(pages: &Pages, who: RecipientId) -> String {
    let secret = device_secret([u8::try_from(who.0).unwrap(); 32]);
    let mut tx = pages.db.store.begin().await.unwrap();
    let until = now() + chrono::TimeDelta::days(1);
    tx.open_device(now(), who, &hash_of_secret(&secret), "Firefox", until).await.unwrap();
    tx.commit().await.unwrap();
    format!("__Host-treff-nordfjella={secret}")
}

async fn ask(pages: &Pages, cookie: &str, method: Method, path: &str, form: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    pages.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn get(pages: &Pages, cookie: &str, path: &str) -> Answer {
    ask(pages, cookie, Method::GET, path, "").await
}

/// The address that a page shows once.
fn made_address(answer: &Answer) -> String {
    let from =
        answer.body.find("https://forum.example/f/").expect("an address") + "https://forum.example".len();
    answer.body[from..from + answer.body[from..].find('<').unwrap()].to_owned()
}

on_both_databases! {
    async fn each_reader_sees_what_the_rule_lets_them_see_and_nothing_else_anywhere(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        add_people(&pages).await;
        for (who, visibilities) in [
            (KARI, HERE.to_vec()),
            (OLA, vec!["public"]),
            (IN_NIGHT, vec!["public", "forum", "group:health", "group:night", "only:night"]),
            (IN_OTHER, vec!["public", "forum", "group:other"]),
            (ADMITTED, vec!["public", "forum"]),
            (UNSUBSCRIBED, HERE.to_vec()),
            (LEFT, vec!["public"]),
        ] {
            let cookie = sign_in(&pages, who).await;
            let mut ask = async |path: String| get(&pages, &cookie, &path).await;
            let (listed, opened) = look(&mut ask, &Places::of_a_person()).await;
            assert_eq!(opened, expected(&visibilities), "{who} opens");
            assert_eq!(listed, expected(&visibilities), "{who} finds");
        }
    }

    async fn who_is_not_signed_in_is_asked_to_whatever_the_item_is(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        for path in ["/me/items", "/me/feeds", "/items/sak-merke22", "/items/finnes-ikke", "/items/sak-merke22/file/0"] {
            let answer = pages.get(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/link?next="), "{path}");
            assert_eq!(answer.body, "", "{path}");
        }
    }

    async fn a_lost_seat_and_an_erasure_shut_the_pages_at_once(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        let cookie = sign_in(&pages, KARI).await;
        assert_eq!(get(&pages, &cookie, "/items/sak-merke23").await.status, StatusCode::OK);
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        assert_eq!(get(&pages, &cookie, "/items/sak-merke23").await.status, StatusCode::NOT_FOUND);
        assert!(!get(&pages, &cookie, "/me/items").await.body.contains("merke23"));
        pages.run("UPDATE recipient SET email = NULL, status = 'erased' WHERE id = 1").await;
        assert_eq!(get(&pages, &cookie, "/me/items").await.status, StatusCode::SEE_OTHER);
    }

    async fn a_feed_of_ones_own_holds_the_forums_items_and_never_a_groups(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        let cookie = sign_in(&pages, KARI).await;
        let news = made_address(&ask(&pages, &cookie, Method::POST, "/me/feeds", "kind=news").await);
        let calendar = made_address(&ask(&pages, &cookie, Method::POST, "/me/feeds", "kind=calendar").await);
        assert!(news.ends_with("/news.atom") && calendar.ends_with("/calendar.ics"));
        for path in [&news, &calendar] {
            let feed = pages.get(path).await;
            assert_eq!((feed.status, feed.header("cache-control")), (StatusCode::OK, "no-store"), "{path}");
            assert!(feed.body.contains("merke20") && feed.body.contains("merke21"));
            for hidden in ["merke22", "merke23", "merke24", "merke27", "merke28", "Hemmelig"] {
                assert!(!feed.body.contains(hidden), "{hidden} in {path}");
            }
        }
        assert!(!get(&pages, &cookie, "/me/feeds").await.body.contains("/f/"), "an address is shown once");
        let inside = pages.get(&news).await;
        assert_eq!(inside.header("last-modified"), "", "it changes with its reader too");
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        pages.run("UPDATE recipient SET admitted = FALSE").await;
        let since = Request::get(&news).header("if-modified-since", "Mon, 08 Mar 2027 07:59:00 GMT").body(Body::empty());
        let outside = pages.send(since.unwrap()).await.body;
        assert!(outside.contains("merke20") && !outside.contains("merke21"), "the forum's items are for insiders");
    }

    async fn a_feed_is_switched_off_by_its_owner_alone(db: Database) {
        let pages = Pages::over(db).await;
        let (kari, ola) = (sign_in(&pages, KARI).await, sign_in(&pages, OLA).await);
        let news = made_address(&ask(&pages, &kari, Method::POST, "/me/feeds", "kind=news").await);
        assert!(get(&pages, &kari, "/me/feeds").await.body.contains("k***@nav.test"));
        assert_eq!(ask(&pages, &ola, Method::POST, "/me/feeds/1/off", "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.get(&news).await.status, StatusCode::OK);
        assert_eq!(ask(&pages, &kari, Method::POST, "/me/feeds/1/off", "").await.status, StatusCode::OK);
        assert_eq!(pages.get(&news).await.status, StatusCode::GONE);
        assert_eq!(pages.get(&news.replace("news.atom", "calendar.ics")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.get("/f/x/news.atom").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ask(&pages, &kari, Method::POST, "/me/feeds", "kind=x").await.status, StatusCode::BAD_REQUEST);
        for _ in 0..10 {
            ask(&pages, &kari, Method::POST, "/me/feeds", "kind=news").await;
        }
        assert!(ask(&pages, &kari, Method::POST, "/me/feeds", "kind=news").await.body.contains("så mange adresser"));
    }

    async fn a_feed_made_or_switched_off_by_two_presses_is_one(db: Database) {
        let pages = Pages::over(db).await;
        let kari = sign_in(&pages, KARI).await;
        let page = get(&pages, &kari, "/me/feeds").await;
        let sent = filled(&page, "/me/feeds", "kind=news");
        let press = || ask(&pages, &kari, Method::POST, "/me/feeds", &sent);
        let (one, two) = tokio::join!(press(), press());
        let made = made_address(&one);
        assert_eq!((made_address(&two), made_address(&press().await)), (made.clone(), made.clone()));
        assert_eq!(pages.text("SELECT kind FROM feed_token").await, "news");
        let other = made_address(&ask(&pages, &kari, Method::POST, "/me/feeds", &sent.replace("news", "calendar")).await);
        assert!(other.ends_with("/calendar.ics"), "{other}");
        let anew = filled(&get(&pages, &kari, "/me/feeds").await, "/me/feeds", "kind=news");
        assert_ne!(made_address(&ask(&pages, &kari, Method::POST, "/me/feeds", &anew).await), made);
        for _ in 0..2 {
            let off = ask(&pages, &kari, Method::POST, "/me/feeds/1/off", "").await;
            assert_eq!(off.status, StatusCode::OK, "{}", off.body);
        }
    }

    async fn reading_ones_own_pages_changes_nothing(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        let cookie = sign_in(&pages, KARI).await;
        let news = made_address(&ask(&pages, &cookie, Method::POST, "/me/feeds", "kind=news").await);
        let rows = "SELECT CAST(id AS TEXT) || hash || CAST(COALESCE(revoked_at, 0) AS TEXT) FROM feed_token";
        let before = pages.dump().await + &pages.text(rows).await;
        for _ in 0..10 {
            for path in ["/me/items", "/me/items?q=felles", "/me/feeds", "/me/feeds/1/off", "/items/sak-merke22", &news,
                         "/items/sak-merke22/file/0", "/items/sak-merke22/event.ics"] {
                for method in [Method::GET, Method::HEAD] {
                    let answer = ask(&pages, &cookie, method, path, "").await;
                    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
                }
            }
        }
        assert_eq!(pages.dump().await + &pages.text(rows).await, before);
    }
}
