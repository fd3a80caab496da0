//! *Del* under an item that is not public leads to a page that says who may have it, whom to ask, and no more.

use axum::http::StatusCode;

use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{FORUM_ITEM, GROUP_ITEM, PUBLIC_ITEM, Pages, letter_token};

fn path(item: &str, rest: &str) -> String {
    format!("/l/{}/item/{item}{rest}", letter_token())
}

on_both_databases! {
    async fn an_item_of_the_forum_is_passed_on_by_word(db: Database) {
        let pages = Pages::over(db).await;
        let item = pages.get(&path(FORUM_ITEM, "")).await.body;
        assert!(item.contains(&format!("href=\"{}\">Del</a>", path(FORUM_ITEM, "/share"))), "{item}");
        let page = pages.get(&path(FORUM_ITEM, "/share")).await;
        assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
        assert!(page.body.contains("Saken er for dem som er med i forumet."));
        assert!(page.body.contains("mailto:nordfjella@forum.example"), "who leads the forum, where nobody else is named");
        assert!(page.body.contains("https://forum.example/sign-up</textarea>"));
        assert!(!page.body.contains("/i/samling"), "there is no open page");
        pages.run(r#"UPDATE item_version SET about = '["role:steward","sector:elderly"]',
            contact = '{"name":"Ola","email":"ola@nav.test","phone":"900 00 000"}' WHERE item_id = 2"#).await;
        let page = pages.get(&path(FORUM_ITEM, "/share")).await.body;
        assert!(page.contains("mailto:ola@nav.test") && page.contains("tel:90000000"));
        assert!(page.contains("https://forum.example/sign-up?topic=sector:elderly</textarea>"));
    }

    async fn a_public_one_has_its_open_page(db: Database) {
        let pages = Pages::over(db).await;
        assert!(pages.get(&path(PUBLIC_ITEM, "")).await.body.contains("href=\"/i/aapen\">Del</a>"));
        let away = pages.get(&path(PUBLIC_ITEM, "/share")).await;
        assert_eq!((away.status, away.header("location")), (StatusCode::SEE_OTHER, "/i/aapen"));
    }

    async fn a_groups_own_item_tells_on_a_device_only_which_group_it_is_for(db: Database) {
        let pages = Pages::over(db).await;
        let shut = pages.get(&path(GROUP_ITEM, "/share")).await;
        assert_eq!(shut.status, StatusCode::FORBIDDEN);
        assert!(!shut.body.contains("Hemmelig"));
        let mut kari = Reader::signed_in(&pages, "kari@nav.test", 1).await;
        assert!(kari.get("/items/hemmelig").await.body.contains("href=\"/items/hemmelig/share\">Del</a>"));
        let page = kari.get("/items/hemmelig/share").await.body;
        assert!(page.contains("for dem som sitter i kompetansegruppe helse eller i en gruppe under den."), "{page}");
        pages.run("UPDATE item_version SET visibility = 'only:health' WHERE item_id = 3").await;
        let page = kari.get("/items/hemmelig/share").await.body;
        assert!(page.contains("bare for dem som sitter i kompetansegruppe helse."), "{page}");
        let mut ola = Reader::signed_in(&pages, "ola@nav.test", 2).await;
        assert_eq!(ola.get("/items/hemmelig/share").await.status, StatusCode::NOT_FOUND);
    }
}
