//! What a public archive is given, at the desk.

use std::io::{Cursor, Read as _};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt as _;
use treff::store::DepositFilter;
use treff::web::{Press, pack_deposit};
use treff::world::load_forum;
use zip::ZipArchive;

use super::seat::{LISE, seat};
use crate::on_both_databases;
use crate::pages::world::{Pages, now};
use crate::queue::desk::{LEAD, pages_of, place};
use crate::queue::promised::minutes;

/// The bytes of what is downloaded by who has that cookie.
async fn download(pages: &Pages, cookie: &str) -> Vec<u8> {
    let request = Request::post("/desk/archive")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let response = pages.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/zip");
    assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"archive.zip\"");
    to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec()
}

/// What lies in a ZIP.
fn list_names(bytes: &[u8]) -> Vec<String> {
    let zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    names
}

on_both_databases! {
    async fn who_sends_takes_items_along_for_the_archive_and_the_log_says_so(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET importance = 'required' WHERE item_id IN (1, 4)").await;
        let mut lise = seat(&pages, LISE, r#"["write","send"]"#).await;
        let list = lise.get("/desk/items").await.body;
        assert!(list.contains("action=\"/desk/archive\"") && list.contains("Last ned til arkivering"), "{list}");
        let bytes = download(&pages, &lise.cookie).await;
        assert_eq!(bytes, download(&pages, &lise.cookie).await, "the same makes the same");
        assert_eq!(list_names(&bytes), [
            "0001-aapen/v1-nb.html", "0001-aapen/v1-nb.md", "0004-trukket/v1-nb.html", "0004-trukket/v1-nb.md",
            "index.csv", "index.json",
        ]);
        let (mut zip, mut page) = (ZipArchive::new(Cursor::new(bytes)).unwrap(), String::new());
        zip.by_name("0001-aapen/v1-nb.html").unwrap().read_to_string(&mut page).unwrap();
        assert!(page.contains("<h1>Åpen sak &lt;script&gt;") && !page.contains("<script"), "{page}");
        let log = "SELECT actor || ' ' || COALESCE(after, '') FROM change WHERE action = 'archive.exported' ORDER BY id";
        assert_eq!(pages.text(log).await, "account:1 {\"items\":2}\naccount:1 {\"items\":2}");
        let mut admin = seat(&pages, "admin@forum.example", r#"["administer"]"#).await;
        assert!(admin.get("/desk/log").await.body.contains("<b>Saker lastet ned til arkivering</b>"));
        assert!(admin.get("/desk/settings/retention").await.body.contains("kan når som helst lastes ned til arkivering"));
    }

    async fn what_was_undone_is_not_taken_along_and_what_was_withdrawn_is(db: Database) {
        let pages = pages_of(db).await;
        let mut lead = seat(&pages, LISE, LEAD).await;
        for (title, away) in [("Sykt referat", "undo"), ("Trukket referat", "withdraw")] {
            let queued = place(&lead.post("/desk/items/new", &minutes(title, "2027-03-01", &[("next", "Møtes."), ("do", "queue")])).await);
            place(&lead.post(&format!("{queued}/{away}"), "").await);
        }
        let names = list_names(&download(&pages, &lead.cookie).await).join(" ");
        assert!(!names.contains("sykt-referat"), "{names}");
        assert!(names.contains("trukket-referat/v1-nb.md"), "{names}");
    }

    async fn more_than_there_is_room_for_makes_no_zip(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        let (forum, press) = (load_forum(store).await.unwrap(), Press::load().unwrap());
        let from = (store, &forum, &press);
        let filter = DepositFilter { now: now(), ..DepositFilter::default() };
        assert!(pack_deposit(from, &filter, 10).await.unwrap().is_none());
        assert!(pack_deposit(from, &filter, 1 << 20).await.unwrap().is_some());
    }

    async fn who_only_writes_is_offered_no_archive(db: Database) {
        let pages = Pages::over(db).await;
        let mut writer = seat(&pages, LISE, r#"["write"]"#).await;
        assert!(!writer.get("/desk/items").await.body.contains("/desk/archive"));
        assert_eq!(writer.post("/desk/archive", "").await.status, StatusCode::FORBIDDEN);
    }
}
