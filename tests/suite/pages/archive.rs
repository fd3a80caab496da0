//! Lists of items, and finding in them.

use axum::http::StatusCode;

use super::world::Pages;
use crate::on_both_databases;

/// Thirty public articles, each released a second after the one before, named in words.
async fn add_articles(pages: &Pages) {
    for sql in ARTICLES {
        pages.run(sql).await;
    }
    pages.reopen().await;
}

const ARTICLES: [&str; 3] = [
    "INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, created_at)
     SELECT 100 + n, CAST(100000 + n AS TEXT), 'artikkel-' || CAST(n AS TEXT), 1, 1804000000000000 + n * 1000000, 100 + n,
            1804000000000000, 0
     FROM (SELECT 10 * a.d + b.d AS n FROM (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2) a,
           (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6
            UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b) numbers",
    "INSERT INTO item_version (item_id, version, kind, about, interested, visibility, importance, lane, language, fields, given, created_at)
     SELECT id, 1, 'article', '[\"sector:elderly\"]', TRUE, 'public', 'normal', 'digest', 'nb', '{}', '{}', 0
     FROM item WHERE id >= 100",
    "INSERT INTO item_text (item_id, version, language, text)
     SELECT id, 1, 'nb', '{\"title\":\"Artikkel nummer ' || slug || '\",\"body\":\"Om lærlingene i kommunen.\",\"minutes\":{\"achieved\":null,\"how\":null,\"next\":null,\"why\":null},\"place\":null}'
     FROM item WHERE id >= 100",
];

const HIDDEN: [&str; 5] = ["Samling for forumet", "Hemmelig", "Trukket tittel", "Neste tittel", "Andres"];

/// How often `text` stands in `page`.
fn count(page: &str, text: &str) -> usize {
    page.matches(text).count()
}

/// The address behind `label`.
fn link_to<'p>(page: &'p str, label: &str) -> Option<&'p str> {
    let before = &page[..page.find(label)?];
    let from = before.rfind("href=\"")? + 6;
    Some(&before[from..from + before[from..].find('"')?])
}

on_both_databases! {
    async fn the_public_list_holds_public_items_alone(db: Database) {
        let pages = Pages::over(db).await;
        for query in ["", "?q=tittel", "?q=hemmelig", "?q=forumet", "?q=gruppa", "?group=health", "?kind=tip", "?kind=event"] {
            let page = pages.get(&format!("/public{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            for hidden in HIDDEN {
                assert!(!page.body.contains(hidden), "{hidden} at {query}");
            }
        }
        let page = pages.get("/public").await;
        assert!(page.body.contains("href=\"/i/aapen?lang=nb\""));
        assert!(!page.body.contains("Kompetansegruppe"), "the groups of the forum are not named to everyone");
    }

    async fn what_is_found_is_what_the_words_and_filters_say(db: Database) {
        let pages = Pages::over(db).await;
        add_articles(&pages).await;
        let found = async |query: &str| {
            let page = pages.get(&format!("/public?{query}")).await;
            (count(&page.body, "class=\"entry\""), page.body)
        };
        assert_eq!(found("q=l%C3%A6rlinger").await.0, 25, "a page of them");
        assert_eq!(found("q=%C3%A5pen+saken").await.0, 1, "another form of a word");
        assert_eq!(found("q=l%C3%A6rling+sak").await.0, 0, "each word must be found");
        assert_eq!(found("q=artikkel-17").await.0, 1);
        assert_eq!(found("kind=tip").await.0, 0);
        assert_eq!(found("sector=elderly").await.0, 25);
        assert_eq!(found("q=avsnitt&sector=health").await.0, 1);
        assert_eq!(found("q=avsnitt&sector=elderly").await.0, 0, "what is about health is not about the elderly alone");
        assert_eq!(found("q=avsnitt&year=2027").await.0, 1);
        assert_eq!(found("q=avsnitt&year=2027&month=4").await.0, 0);
        assert_eq!(found("q=avsnitt&year=2026").await.0, 0);
        let (none, common) = found("q=og+i").await;
        assert_eq!(none, 0);
        assert!(common.contains("Skriv minst ett ord"));
    }

    async fn the_next_page_goes_on_where_this_one_ends(db: Database) {
        let pages = Pages::over(db).await;
        add_articles(&pages).await;
        for query in ["", "?q=l%C3%A6rling"] {
            let first = pages.get(&format!("/public{query}")).await.body;
            let next = link_to(&first, "Flere saker").expect("there is more").replace("&amp;", "&");
            let second = pages.get(&next).await.body;
            let all = 30 + usize::from(query.is_empty());
            assert_eq!(count(&first, "class=\"entry\"") + count(&second, "class=\"entry\""), all);
            for number in 0..30 {
                let href = format!("href=\"/i/artikkel-{number}?lang=nb\"");
                assert_eq!(count(&first, &href) + count(&second, &href), 1, "{href}");
            }
            assert_eq!(link_to(&second, "Flere saker"), None);
            assert!(link_to(&second, "Til de første").is_some());
        }
    }

    async fn the_list_speaks_the_language_that_is_asked_for(db: Database) {
        let pages = Pages::over(db).await;
        let english = pages.get("/public?lang=en").await.body;
        assert!(english.contains("<html lang=\"en\">") && english.contains("Items open to everyone"));
        assert!(english.contains("In bokmål") && english.contains("lang=\"nb\""));
        assert!(pages.get("/public?lang=nn").await.body.contains("opne for alle"));
    }

    async fn what_was_stored_before_the_index_is_found_once_the_pages_have_started(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("DELETE FROM item_word").await;
        pages.run("DELETE FROM item_indexed").await;
        pages.run("UPDATE forum SET change_number = change_number + 1").await;
        assert_eq!(count(&pages.get("/public?q=avsnitt").await.body, "class=\"entry\""), 0);
        pages.reopen().await;
        assert_eq!(count(&pages.get("/public?q=avsnitt").await.body, "class=\"entry\""), 1);
    }
}
