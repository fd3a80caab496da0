//! Feeds of what everyone may read, as readers and calendars fetch them.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::world::Pages;
use crate::on_both_databases;

const HIDDEN: [&str; 5] = ["Samling for forumet", "Hemmelig", "Trukket tittel", "Neste tittel", "Andres"];

/// Answers as lists and paragraphs.
const MINUTES: &str = r#"UPDATE item_text SET text = '{"title":"Møtet i mars","body":"Hele referatet.","minutes":{"achieved":"Åtte har tatt fagbrev.\n\nTo til er meldt opp","how":"Rolige vakter","next":"- Jane spør NAV\n- Bjørn skriver et utkast\n","why":"Natt er der vi mangler flest."},"place":null}' WHERE item_id = 1"#;

on_both_databases! {
    async fn a_feed_holds_public_items_with_stable_ids(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/feeds/all.atom", "/feeds/sector/health.atom"] {
            let feed = pages.get(path).await;
            assert_eq!(feed.status, StatusCode::OK, "{path}");
            assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
            let read = feed.body.parse::<atom_syndication::Feed>().expect("an Atom feed");
            assert_eq!(read.entries.len(), 1);
            let entry = &read.entries[0];
            assert_eq!(entry.id, "urn:uuid:11111111-1111-1111-1111-111111111111");
            assert_eq!(entry.links[0].href, "https://forum.example/i/aapen");
            assert_eq!(entry.title.value, "Åpen sak <script>alert(1)</script>");
            assert_eq!(entry.updated.timestamp(), 1_804_000_000);
            let html = entry.content.as_ref().unwrap().value.as_ref().unwrap();
            assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && !html.contains("=\"javascript:"));
            assert_eq!(read.links[0].href, format!("https://forum.example{path}"));
            assert_eq!(read.links[0].rel, "self");
            for hidden in HIDDEN {
                assert!(!feed.body.contains(hidden), "{hidden} in {path}");
            }
        }
        let under = pages.get("/feeds/sector/elderly.atom").await.body;
        assert!(!under.contains("<entry>"), "what is about health is not about the elderly alone");
    }

    async fn minutes_are_told_whole_in_feeds_lists_previews_and_what_one_passes_on(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET kind = 'minutes' WHERE item_id = 1").await;
        pages.run(MINUTES).await;
        let feed = pages.get("/feeds/all.atom").await.body.parse::<atom_syndication::Feed>().expect("an Atom feed");
        let achieved = "Åtte har tatt fagbrev. To til er meldt opp.";
        assert_eq!(feed.entries[0].summary.as_ref().unwrap().value, achieved);
        let html = feed.entries[0].content.as_ref().unwrap().value.as_ref().unwrap();
        let parts = ["<h2>Hva har vi oppnådd?</h2>", "To til er meldt opp", "<h2>Hvordan fikk vi det til?</h2>", "Rolige vakter",
                     "<h2>Hva gjør vi før neste møte?</h2>", "Bjørn skriver", "<h2>Hvorfor er det viktig?</h2>", "Natt er", "Hele"];
        let places: Vec<_> = parts.iter().map(|part| html.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{html}");
        for path in ["/public", "/"] {
            assert!(pages.get(path).await.body.contains(achieved), "{path}");
        }
        let page = pages.get("/i/aapen").await.body;
        assert!(page.contains(&format!("<meta name=\"description\" content=\"{achieved}\">")), "{page}");
        for told in [
            "Hva har vi oppnådd? Åtte har tatt fagbrev. To til er meldt opp.\n",
            "Hvordan fikk vi det til? Rolige vakter.\n",
            "Hva gjør vi før neste møte? Jane spør NAV. Bjørn skriver et utkast.\n",
            "Hvorfor er det viktig? Natt er der vi mangler flest.\n",
        ] {
            assert!(page.contains(told), "{told} in {page}");
        }
    }

    async fn an_empty_feed_is_as_old_as_the_forum(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE forum SET created_at = 1800000000000000").await;
        let feed = pages.get("/feeds/sector/elderly.atom").await;
        let read = feed.body.parse::<atom_syndication::Feed>().expect("an Atom feed");
        assert_eq!((read.entries.len(), read.updated.timestamp()), (0, 1_800_000_000));
        assert_eq!(pages.get("/feeds/sector/elderly.atom").await.body, feed.body, "it says so every time");
        assert_eq!(pages.get("/feeds/all.ics").await.header("last-modified"), feed.header("last-modified"));
    }

    async fn a_calendar_holds_the_public_events(db: Database) {
        let pages = Pages::over(db).await;
        assert!(!pages.get("/feeds/all.ics").await.body.contains("BEGIN:VEVENT"));
        pages.run("UPDATE item_version SET visibility = 'public' WHERE item_id = 2").await;
        let calendar = pages.get("/feeds/all.ics").await;
        assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
        let unfolded = calendar.body.replace("\r\n ", "");
        for line in ["BEGIN:VCALENDAR", "SUMMARY:Samling for forumet", "UID:22222222222222222222222222222222@nordfjella",
                     "URL:https://forum.example/i/samling", "X-WR-CALNAME:Forum <script>alert(1)</script>", "END:VCALENDAR"] {
            assert!(unfolded.split("\r\n").any(|l| l == line), "{line}\n{unfolded}");
        }
        assert!(calendar.body.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(calendar.body.matches("BEGIN:VEVENT\r\n").count(), 1);
    }

    async fn who_has_the_feed_is_told_only_that(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/feeds/all.atom", "/feeds/all.ics"] {
            let first = pages.get(path).await;
            let ask = async |name: &str, value: &str| {
                pages.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
            };
            let etag = first.header("etag").to_owned();
            assert_eq!(ask("if-none-match", &etag).await.status, StatusCode::NOT_MODIFIED, "{path}");
            assert_eq!(ask("if-none-match", "\"other\"").await.status, StatusCode::OK);
            let modified = first.header("last-modified").to_owned();
            assert_eq!(ask("if-modified-since", &modified).await.status, StatusCode::NOT_MODIFIED, "{modified}");
            assert_eq!(ask("if-modified-since", "Mon, 01 Jan 2001 00:00:00 GMT").await.status, StatusCode::OK);
            pages.run("UPDATE item SET withdrawn_at = NULL WHERE id = 4").await;
            pages.run("UPDATE item_version SET kind = 'event', fields = '{\"starts_at\":{\"at\":\"2027-04-08T07:00:00Z\",\"day\":null}}' WHERE item_id = 4").await;
            assert_eq!(ask("if-none-match", &etag).await.status, StatusCode::OK, "{path}: it changed");
            pages.run("UPDATE item SET withdrawn_at = 1 WHERE id = 4").await;
        }
    }

    async fn what_was_taken_back_is_news_to_who_asks_since_when(db: Database) {
        let pages = Pages::over(db).await;
        let modified = pages.get("/feeds/all.atom").await.header("last-modified").to_owned();
        pages.run("UPDATE item SET withdrawn_at = 4000000000000000 WHERE id = 1").await;
        let asked = Request::get("/feeds/all.atom").header("if-modified-since", &modified).body(Body::empty());
        let told = pages.send(asked.unwrap()).await;
        assert_eq!(told.status, StatusCode::OK);
        assert!(!told.body.contains("/i/aapen"), "{}", told.body);
    }

    async fn a_group_of_which_nothing_is_public_is_not_told_of(db: Database) {
        let pages = Pages::over(db).await;
        for path in ["/feeds/group/health.atom", "/feeds/group/health.ics", "/feeds/group/finnes-ikke.atom",
                     "/feeds/sector/finnes-ikke.atom", "/feeds/role/steward.atom", "/feeds/all.rss", "/feeds/some.atom"] {
            assert_eq!(pages.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        pages.run("UPDATE item_version SET about = '[\"group:health\"]' WHERE item_id = 1").await;
        let feed = pages.get("/feeds/group/health.atom").await;
        assert!(feed.body.contains("Kompetansegruppe helse") && feed.body.contains("/i/aapen"));
    }

    async fn the_page_of_feeds_names_every_sector_and_programs_find_them(db: Database) {
        let pages = Pages::over(db).await;
        let page = pages.get("/feeds").await.body;
        for href in ["/feeds/all.atom", "/feeds/sector/health.atom", "/feeds/sector/elderly.ics"] {
            assert!(page.contains(&format!("href=\"{href}\"")), "{href}");
        }
        assert!(!page.contains("Kompetansegruppe"));
        let list = pages.get("/public?sector=health").await.body;
        assert!(list.contains("<link rel=\"alternate\" type=\"application/atom+xml\""));
        assert!(list.contains("href=\"/feeds/sector/health.atom\""));
    }
}
