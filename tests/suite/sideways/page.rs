//! An organisation's open page tells what is public and concerns it, by the rule, and nothing of who is in it.

use axum::http::StatusCode;

use super::{add_items, seen, town};
use crate::on_both_databases;

on_both_databases! {
    async fn the_page_holds_what_the_rule_would_give_to_somebody_there_the_newest_first(db: Database) {
        let pages = town(db).await;
        add_items(&pages).await;
        let at = async |slug: &str| seen(&pages.get(&format!("/o/{slug}")).await.body);
        // 21 asks for a role that somebody there may have; 23 for the role alone, which is a person's; 24 for a position that
        // nobody of theirs has; 27 is over, and can be read; 29 is for who sits in no group.
        assert_eq!(at("vik").await, [29, 27, 25, 21]);
        assert_eq!(at("nav").await, [29, 27, 25, 22]);
        assert_eq!(at("forbundet").await, [30, 29, 27, 25]);
        let nav = pages.get("/o/nav").await.body;
        assert!(nav.contains("For dere i NAV") && nav.contains("href=\"/i/aapen?lang=nb\""), "what it contributed: {nav}");
        assert!(!pages.get("/o/vik").await.body.contains("/i/samling"), "what is the forum's is not public");
        pages.run("UPDATE item_version SET visibility = 'forum' WHERE item_id = 29").await;
        pages.run("UPDATE item SET withdrawn_at = 5 WHERE id = 27").await;
        pages.run("UPDATE item SET held_at = 5 WHERE id = 25").await;
        assert_eq!(at("vik").await, [21], "asked anew at each look");
    }

    async fn what_its_people_chose_and_how_many_they_are_leaves_no_trace_on_it(db: Database) {
        let pages = town(db).await;
        add_items(&pages).await;
        let before = pages.get("/o/vik").await.body;
        assert!(!before.contains("Tittel 26"), "Siri follows industry, Vik does not");
        for name in ["Siri", "Kari", "Kompetansegruppe"] {
            assert!(!before.contains(name), "{name}");
        }
        pages.run("UPDATE interest SET mark = 'mute', term_id = 101 WHERE recipient_id = 31").await;
        pages.run("DELETE FROM seat_holder WHERE recipient_id = 31").await;
        pages.run("UPDATE recipient SET organisation_id = 31, status = 'suspended'").await;
        assert_eq!(pages.get("/o/vik").await.body, before);
        pages.run("INSERT INTO seat_topic (seat_id, sector_id) VALUES (31, 103)").await;
        assert_eq!(seen(&pages.get("/o/vik").await.body), [29, 27, 26, 25, 21], "a place's own topics are the place's");
    }

    async fn an_organisation_has_a_page_while_it_is_represented_in_a_group(db: Database) {
        let pages = town(db).await;
        let list = pages.get("/o").await.body;
        for (name, slug) in [("Forbundet", "forbundet"), ("NAV", "nav"), ("Vik kommune", "vik")] {
            assert!(list.contains(&format!("<a href=\"/o/{slug}?lang=nb\">{name}</a>")), "{list}");
        }
        assert!(!list.contains("Borte"), "its place is over");
        for path in ["/", "/public"] {
            assert!(pages.get(path).await.body.contains("href=\"/o?lang=nb\""), "{path}");
        }
        for nowhere in ["/o/borte", "/o/nowhere", "/o/Vik", "/o/borte/feed.atom", "/o/vik/news.atom", "/o/vik/feed.rss"] {
            let page = pages.get(nowhere).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{nowhere}");
            assert!(!page.body.contains("Borte"), "{nowhere}");
        }
        pages.run("UPDATE item SET withdrawn_at = 5").await;
        assert!(pages.get("/o/vik").await.body.contains("Ingen åpne saker gjelder Vik kommune ennå."));
        pages.run("UPDATE seat SET ends_at = 1").await;
        assert_eq!(pages.get("/o/vik").await.status, StatusCode::NOT_FOUND);
        assert!(pages.get("/o").await.body.contains("Ingen organisasjon er representert"));
        assert!(!pages.get("/public").await.body.contains("href=\"/o?"), "no way to an empty list");
    }

    async fn its_feeds_hold_the_same(db: Database) {
        let pages = town(db).await;
        add_items(&pages).await;
        let page = pages.get("/o/forbundet").await.body;
        assert!(page.contains("type=\"application/atom+xml\" title=\"For dere i Forbundet\" href=\"/o/forbundet/feed.atom\""), "{page}");
        let feed = pages.get("/o/forbundet/feed.atom").await;
        assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "application/atom+xml; charset=utf-8"));
        assert_eq!(feed.header("last-modified"), "", "it changes with places too");
        let read = feed.body.parse::<atom_syndication::Feed>().expect("an Atom feed");
        let links: Vec<&str> = read.entries.iter().map(|entry| entry.links[0].href.as_str()).collect();
        assert_eq!(links, ["sak-30", "sak-29", "sak-27", "sak-25", "aapen"].map(|slug| format!("https://forum.example/i/{slug}")));
        assert!(read.title.value.ends_with(": For dere i Forbundet"), "{}", read.title.value);
        assert_eq!(read.links[0].href, "https://forum.example/o/forbundet/feed.atom");
        let calendar = pages.get("/o/forbundet/feed.ics").await.body;
        assert!(calendar.contains("Tittel 30") && seen(&calendar).len() == 1, "{calendar}");
        assert!(!pages.get("/o/vik/feed.ics").await.body.contains("Tittel"), "no event concerns it");
        assert!(pages.get("/o/vik/feed.atom?lang=nn").await.body.contains("For dykk i Vik kommune"));
    }

    async fn what_does_not_fit_on_a_page_stands_on_the_next(db: Database) {
        let pages = town(db).await;
        pages.run("INSERT INTO item (id, public_id, slug, version, release_at, number, numbered_at, withdrawn_at, created_at)
             SELECT 100 + a.n * 10 + b.n, '00000000000000000000000000000' || CAST(100 + a.n * 10 + b.n AS TEXT),
                    'sak-' || CAST(100 + a.n * 10 + b.n AS TEXT), 1, 1804100000000000, 100 + a.n * 10 + b.n, 1804100000000000, NULL, 0
             FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) a,
                  (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
                   UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) b").await;
        pages.run("INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane,
                                 language, fields, given, created_at)
             SELECT id, 1, 'tip', 'org:vik or org:nav', '[]', TRUE, 'public', 'normal', 'digest', 'nb', '{}', '{}', 0
             FROM item WHERE id >= 100").await;
        pages.run("UPDATE item_version SET audience = 'org:nav' WHERE item_id >= 100 AND item_id % 3 = 0").await;
        pages.run(r#"INSERT INTO item_text (item_id, version, language, text)
             SELECT id, 1, 'nb', '{"title":"Nummer ' || CAST(id AS TEXT) || '","body":"Tekst.","minutes":{"achieved":null,"how":null,"next":null,"why":null},"place":null}'
             FROM item WHERE id >= 100"#).await;
        let (mut path, mut all) = ("/o/vik".to_owned(), Vec::new());
        for page in 0..3 {
            let answer = pages.get(&path).await.body;
            let numbers = answer.split("Nummer ").skip(1).map(|rest| rest.get(..3).unwrap().parse::<u32>().unwrap());
            all.extend(numbers);
            assert_eq!(answer.contains("href=\"/o/vik?lang=nb\">"), page > 0, "the way back to the first: {answer}");
            match answer.split("class=\"btn ghost\" href=\"").nth(1) {
                Some(next) => path = next.split('"').next().unwrap().replace("&amp;", "&"),
                None => break,
            }
        }
        let expected: Vec<u32> = (100..150).rev().filter(|n| n % 3 != 0).collect();
        assert_eq!(all, expected, "each once, in order");
    }
}
