//! An item's page: its files, its languages, its neighbours.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use treff::store::NewAttachment;

use super::world::{FORUM_ITEM, GROUP_ITEM, PUBLIC_ITEM, Pages, letter_token, now};
use crate::on_both_databases;

/// A file for every item, the same bytes under a hostile name.
async fn add_files(pages: &Pages) {
    let mut tx = pages.db.store.begin().await.unwrap();
    for slug in ["aapen", "samling", "hemmelig", "trukket", "neste", "andres"] {
        let file = NewAttachment {
            hash: "0123456789abcdef".repeat(4),
            name: "Årsplan \"><script>.pdf".into(),
            media_type: "application/octet-stream".into(),
            bytes: Arc::from(b"<svg/onload=alert(1)>".as_slice()),
        };
        tx.attach_files(now(), "test", slug, &[file]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both_databases! {
    async fn a_file_is_saved_never_run_and_not_sent_twice(db: Database) {
        let pages = Pages::over(db).await;
        add_files(&pages).await;
        let page = pages.get("/i/aapen").await;
        assert!(page.body.contains("href=\"/i/aapen/file/0\""));
        assert!(page.body.contains("Årsplan &quot;&gt;&lt;script&gt;.pdf") && page.body.contains("1 kB"));
        let file = pages.get("/i/aapen/file/0").await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.body, "<svg/onload=alert(1)>");
        assert_eq!(file.header("content-type"), "application/octet-stream");
        assert_eq!(
            file.header("content-disposition"),
            "attachment; filename=\"Arsplan _><script>.pdf\"; filename*=UTF-8''%C3%85rsplan%20%22%3E%3Cscript%3E.pdf"
        );
        assert!(file.header("content-security-policy").contains("sandbox"));
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        let again = Request::get("/i/aapen/file/0").header("if-none-match", file.header("etag"));
        let again = pages.send(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        for path in ["/i/aapen/file/1", "/i/aapen/file/-1", "/i/finnes-ikke/file/0"] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn a_file_is_read_by_who_may_read_its_item(db: Database) {
        let pages = Pages::over(db).await;
        add_files(&pages).await;
        for slug in ["samling", "hemmelig", "trukket", "neste"] {
            assert_eq!(pages.get(&format!("/i/{slug}/file/0")).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
        let of_letter = |item: &str| format!("/l/{}/item/{item}/file/0", letter_token());
        assert_eq!(pages.get(&of_letter(PUBLIC_ITEM)).await.status, StatusCode::OK);
        let forum = pages.get(&of_letter(FORUM_ITEM)).await;
        assert_eq!((forum.status, forum.header("cache-control")), (StatusCode::OK, "no-store"));
        assert_eq!(pages.get(&of_letter(GROUP_ITEM)).await.status, StatusCode::FORBIDDEN);
        let page = pages.get(&format!("/l/{}/item/{FORUM_ITEM}", letter_token())).await.body;
        assert!(page.contains(&format!("item/{FORUM_ITEM}/file/0")));
        pages.run("UPDATE item SET withdrawn_at = 1").await;
        assert_eq!(pages.get("/i/aapen/file/0").await.status, StatusCode::NOT_FOUND);
        assert_eq!(pages.get(&of_letter(PUBLIC_ITEM)).await.status, StatusCode::GONE);
    }

    async fn an_item_knows_how_many_files_it_carries(db: Database) {
        let pages = Pages::over(db).await;
        add_files(&pages).await;
        add_files(&pages).await;
        pages.run("DELETE FROM item_attachment WHERE item_id IN (5, 6)").await;
        let forum = treff::world::load_forum(&pages.db.store).await.unwrap();
        let items = treff::world::load_items(&pages.db.store, &forum).await.unwrap();
        let files: Vec<_> = items.iter().map(|item| (item.slug.as_str(), item.files)).collect();
        assert_eq!(files, [("aapen", 2), ("andres", 0), ("hemmelig", 2), ("neste", 0), ("samling", 2), ("trukket", 2)]);
    }

    async fn an_item_in_two_languages_is_read_in_either(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO item_text (item_id, version, language, text)
            VALUES (1, 1, 'en', '{"title":"An open item","body":"First.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}')"#).await;
        let own = pages.get("/i/aapen").await.body;
        assert!(own.contains("<a href=\"/i/aapen?lang=en\" hreflang=\"en\">") && !own.contains("An open item"));
        let english = pages.get("/i/aapen?lang=en").await.body;
        assert!(english.contains("An open item") && english.contains("<html lang=\"en\">"));
        let nynorsk = pages.get("/i/aapen?lang=nn").await.body;
        assert!(nynorsk.contains("På bokmål") && nynorsk.contains("<article lang=\"nb\">"));
    }

    async fn a_correction_is_told_and_a_change_before_the_release_is_not(db: Database) {
        let pages = Pages::over(db).await;
        assert!(!pages.get("/i/aapen").await.body.contains("Rettet"));
        for sql in [
            "INSERT INTO item_version (item_id, version, kind, about, interested, visibility, importance, lane, language, fields, given, created_at)
             SELECT item_id, 2, kind, about, interested, visibility, importance, lane, language, fields, given, 1804000000000001
             FROM item_version WHERE item_id = 1",
            "INSERT INTO item_text (item_id, version, language, text) SELECT item_id, 2, language, text FROM item_text WHERE item_id = 1",
            "UPDATE item SET version = 2 WHERE id = 1",
        ] {
            pages.run(sql).await;
        }
        assert!(pages.get("/i/aapen").await.body.contains("Rettet 2. mars."));
        pages.run("UPDATE item_version SET created_at = 1803999999999999 WHERE version = 2").await;
        assert!(!pages.get("/i/aapen").await.body.contains("Rettet"));
    }

    async fn neighbours_are_named_only_if_they_may_be_read(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET about = '[\"sector:health\"]'").await;
        let alone = pages.get("/i/aapen").await.body;
        assert!(!alone.contains("Se også"));
        pages.run("UPDATE item_version SET visibility = 'public' WHERE item_id = 6").await;
        let page = pages.get("/i/aapen").await.body;
        assert!(page.contains("Se også") && page.contains("/i/andres"));
        for hidden in ["Samling for forumet", "Hemmelig", "Trukket", "Neste"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
    }

    async fn minutes_lead_back_to_the_minutes_before_them(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET kind = 'minutes', fields = '{\"group\":\"health\"}', visibility = 'public'").await;
        pages.run("UPDATE item_version SET visibility = 'group:health' WHERE item_id = 3").await;
        pages.run("UPDATE item SET release_at = release_at - id * 1000000").await;
        let page = pages.get("/i/samling").await.body;
        let before = page.split("Tidligere referater").nth(1).unwrap().split("Se også").next().unwrap();
        assert!(before.contains("/i/neste") && before.contains("/i/andres"));
        assert!(!before.contains("/i/aapen") && !page.contains("Hemmelig") && !page.contains("Trukket"));
    }

    async fn minutes_of_groups_below_hide_none_of_the_group_s_own_minutes(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) SELECT 190, 'group', 'health-night', id, '{"nb":"Natt"}', 'competence' FROM term WHERE facet = 'group' AND slug = 'health'"#).await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        pages.run("UPDATE item_version SET kind = 'minutes', fields = '{\"group\":\"health-night\"}', visibility = 'public'").await;
        pages.run("UPDATE item_version SET fields = '{\"group\":\"health\"}', about = '[\"group:health\"]' WHERE item_id IN (1, 6)").await;
        pages.run("UPDATE item SET release_at = release_at - id * 1000000").await;
        let page = pages.get("/i/aapen").await.body;
        let before = page.split("Tidligere referater").nth(1).unwrap().split("Se også").next().unwrap();
        assert!(before.contains("/i/andres") && !before.contains("/i/samling"), "{before}");
    }

    async fn a_share_page_offers_its_topics_and_two_texts_to_pass_on(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/i/aapen").await.body;
        assert!(page.contains("href=\"/sign-up?topic=sector:health&amp;lang=nb\""));
        assert!(page.contains("<meta property=\"og:locale\" content=\"nb_NO\">"));
        let short = page.split("id=\"copy-short\"").nth(1).unwrap();
        let short = &short[short.find('>').unwrap() + 1..short.find("</textarea>").unwrap()];
        assert_eq!(short, "Åpen sak &lt;script&gt;alert(1)&lt;/script&gt;\nhttps://forum.example/i/aapen");
    }
}
