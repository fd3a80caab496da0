//! Feeds of what everyone may read, as readers and calendars fetch them.

use std::sync::Arc;

use atom_syndication::{Entry, Feed};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::DateTime;
use treff::ids::OrganisationId;
use treff::store::{NewAttachment, Shifted};

use super::world::{Answer, Pages};
use crate::on_both_databases;

const HIDDEN: [&str; 5] = ["Samling for forumet", "Hemmelig", "Trukket tittel", "Neste tittel", "Andres"];

/// Answers as lists and paragraphs.
const MINUTES: &str = r#"UPDATE item_text SET text = '{"title":"Møtet i mars","body":"Hele referatet.","minutes":{"achieved":"Åtte har tatt fagbrev.\n\nTo til er meldt opp","how":"Rolige vakter","next":"- Jane spør NAV\n- Bjørn skriver et utkast\n","why":"Natt er der vi mangler flest."},"place":null}' WHERE item_id = 1"#;

const PUBLIC_EVENT: &str = r#"UPDATE item_version SET visibility = 'public',
     contact = '{"name":"Ola Nes","email":"ola&x@nav.test","phone":"900 00 000"}',
     fields = '{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null},"ends_at":{"at":"2027-04-08T13:00:00Z","day":null},"registration_url":"https://nav.example/paa?x=1&lt;=2"}'
     WHERE item_id = 2"#;

const SECOND_VERSION: [&str; 3] = [
    "INSERT INTO item_version (item_id, version, kind, audience, about, interested, visibility, importance, lane, language, fields, given, created_at)
     SELECT item_id, 2, kind, audience, about, interested, visibility, importance, lane, language,
            '{\"starts_at\":{\"at\":\"2027-04-08T08:00:00Z\",\"day\":null}}', given, 1804300000000000
     FROM item_version WHERE item_id = 2",
    "INSERT INTO item_text (item_id, version, language, text)
     SELECT item_id, 2, language, REPLACE(text, 'Fylkeshuset', 'Biblioteket') FROM item_text WHERE item_id = 2",
    "UPDATE item SET version = 2 WHERE id = 2",
];

/// Asks again, by the date of an answer alone.
async fn ask_since(pages: &Pages, path: &str, had: &Answer) -> Answer {
    let asked = Request::get(path).header("if-modified-since", had.header("last-modified"));
    pages.send(asked.body(Body::empty()).unwrap()).await
}

/// The entry of that item.
async fn entry(pages: &Pages, path: &str, slug: &str) -> Entry {
    let feed = pages.get(path).await.body.parse::<Feed>().expect("an Atom feed");
    let of_item = |entry: &Entry| entry.links[0].href.ends_with(&format!("/{slug}"));
    feed.entries.into_iter().find(of_item).expect("an entry of the item")
}

on_both_databases! {
    async fn a_correction_before_the_first_edition_is_news_to_feeds_and_calendars(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET number = NULL, numbered_at = NULL WHERE id = 2").await;
        pages.run(PUBLIC_EVENT).await;
        let (calendar, feed) = (pages.get("/feeds/all.ics").await, pages.get("/feeds/all.atom").await);
        assert!(!feed.body.contains("Rettet"), "{}", feed.body);
        for sql in SECOND_VERSION {
            pages.run(sql).await;
        }
        let later = ask_since(&pages, "/feeds/all.ics", &calendar).await;
        assert_eq!(later.status, StatusCode::OK);
        for line in ["DTSTAMP:20270306T022640Z", "LAST-MODIFIED:20270306T022640Z", "SEQUENCE:1", "LOCATION:Biblioteket"] {
            assert!(later.body.split("\r\n").any(|l| l == line), "{line} in {}", later.body);
        }
        assert_eq!(later.header("last-modified"), "Sat, 06 Mar 2027 02:26:40 GMT");
        assert_eq!(ask_since(&pages, "/feeds/all.ics", &later).await.status, StatusCode::NOT_MODIFIED);
        assert_eq!(ask_since(&pages, "/feeds/all.atom", &feed).await.status, StatusCode::OK);
        let entry = entry(&pages, "/feeds/all.atom", "samling").await;
        assert_eq!(entry.updated.timestamp(), 1_804_300_000);
        assert_eq!(entry.summary.unwrap().value, "Når: torsdag 8. april kl. 10. Hvor: Biblioteket. Alle møtes.");
        let html = entry.content.unwrap().value.unwrap();
        assert!(html.starts_with("<p>Rettet 6. mars.</p>"), "a correction is told from something new: {html}");
        assert!(pages.get("/i/samling").await.body.contains("<span>Rettet 6. mars.</span>"), "as on its page");
    }

    async fn what_comes_late_with_an_early_release_is_news_and_a_first_number_is_none(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.get("/feeds/all.atom").await;
        pages.run("UPDATE item SET number = 50, numbered_at = 1804400000000000 WHERE id = 1").await;
        assert_eq!(pages.get("/feeds/all.atom").await.body, before.body);
        assert_eq!(ask_since(&pages, "/feeds/all.atom", &before).await.status, StatusCode::NOT_MODIFIED);
        pages.run("UPDATE item_version SET created_at = 1804300000000000 WHERE item_id = 1").await;
        assert_eq!(ask_since(&pages, "/feeds/all.atom", &before).await.status, StatusCode::OK);
        let entry = entry(&pages, "/feeds/all.atom", "aapen").await;
        assert_eq!(entry.updated.timestamp(), 1_804_300_000);
        assert_eq!(entry.published.unwrap().timestamp(), 1_804_000_000);
    }

    async fn whatever_else_changes_a_feed_is_news_to_who_asks_since_when(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item SET number = NULL, numbered_at = NULL WHERE id = 1").await;
        let at = |seconds: i64| DateTime::from_timestamp(1_804_300_000 + seconds, 0).unwrap();
        let store = &pages.db.store;
        let mut had = pages.get("/feeds/all.atom").await;
        for step in 0..5 {
            match step {
                0 => assert!(store.hold_item(at(0), "test", "aapen").await.unwrap()),
                1 => assert!(store.let_item_go(at(10), "test", "aapen").await.unwrap()),
                2 => {
                    let times = (Some(at(-300_000)), at(-10));
                    assert_eq!(store.move_item(at(20), "test", "aapen", times).await.unwrap(), Shifted::Done);
                }
                3 => {
                    let file = NewAttachment {
                        hash: "0123456789abcdef".repeat(4),
                        name: "plan.pdf".into(),
                        media_type: "application/pdf".into(),
                        bytes: Arc::from(b"%PDF".as_slice()),
                    };
                    let mut tx = store.begin().await.unwrap();
                    tx.attach_files(at(30), "test", "aapen", &[file]).await.unwrap();
                    tx.commit().await.unwrap();
                }
                _ => {
                    let mut tx = store.begin().await.unwrap();
                    let names = r#"{"nb":"NAV Nordfjella"}"#;
                    tx.change_organisation(OrganisationId(1), "NAV Nordfjella", "state", names, at(40)).await.unwrap();
                    tx.raise_change_number().await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
            let now = ask_since(&pages, "/feeds/all.atom", &had).await;
            assert_eq!(now.status, StatusCode::OK, "step {step}");
            assert_ne!(now.body, had.body, "step {step}");
            had = now;
        }
        assert_eq!(ask_since(&pages, "/feeds/all.atom", &had).await.status, StatusCode::NOT_MODIFIED);
        pages.run("UPDATE item SET changed_at = 1804400000000000 WHERE id = 3").await;
        assert_eq!(pages.get("/feeds/all.atom").await.header("last-modified"), had.header("last-modified"), "a group's own");
    }

    async fn an_entry_says_when_and_where_whom_to_ask_and_where_to_register(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(PUBLIC_EVENT).await;
        let file = NewAttachment {
            hash: "0123456789abcdef".repeat(4),
            name: "Program [1].pdf".into(),
            media_type: "application/pdf".into(),
            bytes: Arc::from(b"%PDF".as_slice()),
        };
        let mut tx = pages.db.store.begin().await.unwrap();
        tx.attach_files(DateTime::from_timestamp(1_804_000_000, 0).unwrap(), "test", "samling", &[file]).await.unwrap();
        tx.commit().await.unwrap();
        let told = entry(&pages, "/feeds/all.atom", "samling").await;
        let summary = "Når: torsdag 8. april kl. 9–15. Hvor: Fylkeshuset. Alle møtes.";
        assert_eq!(told.summary.unwrap().value, summary);
        let html = told.content.unwrap().value.unwrap();
        let parts = [
            "<p><strong>Når:</strong> torsdag 8. april kl. 9–15</p>",
            "<p><strong>Hvor:</strong> Fylkeshuset</p>",
            "Alle møtes.",
            "<a href=\"https://nav.example/paa?x=1&amp;lt;=2\" rel=\"noopener noreferrer\">Meld deg på</a>",
            "<strong>Kontakt:</strong> Ola Nes, 900 00 000, <a href=\"mailto:ola%26x@nav.test\"",
            "<h2>Vedlegg</h2>",
            "<a href=\"https://forum.example/i/samling/file/0\" rel=\"noopener noreferrer\">Program [1].pdf</a> (PDF, 1 kB)",
        ];
        let places: Vec<_> = parts.iter().map(|part| html.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {html}");
        let list = pages.get("/public").await.body;
        assert!(list.contains("<p class=\"kicker due\">Når: torsdag 8. april kl. 9–15</p>"), "{list}");
        let page = pages.get("/i/samling").await.body;
        assert!(page.contains(&format!("<meta property=\"og:description\" content=\"{summary}\">")), "{page}");
        assert!(page.contains("href=\"mailto:ola%26x@nav.test\">ola&amp;x@nav.test</a>"), "{page}");
        pages.run("UPDATE item_version SET language = 'en' WHERE item_id = 2").await;
        pages.run("UPDATE item_text SET language = 'en' WHERE item_id = 2").await;
        let in_english = entry(&pages, "/feeds/all.atom", "samling").await;
        assert!(in_english.summary.unwrap().value.starts_with("When: Thursday 8 April"), "a weekday keeps its capital there");
        let in_english = in_english.content.unwrap().value.unwrap();
        assert!(in_english.contains("<strong>When:</strong> Thursday 8 April"), "{in_english}");
    }

    async fn an_entry_names_the_files_of_its_own_item_and_of_no_other(db: Database) {
        let pages = Pages::over(db).await;
        pages.run(PUBLIC_EVENT).await;
        let files = [("aapen", "Plan.pdf"), ("samling", "Kart.pdf"), ("aapen", "Budsjett.pdf")];
        let mut tx = pages.db.store.begin().await.unwrap();
        for (slug, name) in files {
            let file = NewAttachment {
                hash: "0123456789abcdef".repeat(4),
                name: name.into(),
                media_type: "application/pdf".into(),
                bytes: Arc::from(b"%PDF".as_slice()),
            };
            tx.attach_files(DateTime::from_timestamp(1_804_000_000, 0).unwrap(), "test", slug, &[file]).await.unwrap();
        }
        tx.commit().await.unwrap();
        for slug in ["aapen", "samling"] {
            let html = entry(&pages, "/feeds/all.atom", slug).await.content.unwrap().value.unwrap();
            for (of, name) in files {
                assert_eq!(html.contains(&format!(">{name}</a> (PDF, 1 kB)")), of == slug, "{name}: {html}");
            }
        }
    }

    async fn an_entry_of_minutes_says_what_is_promised_and_by_when_and_a_call_until_when(db: Database) {
        let pages = Pages::over(db).await;
        pages.run("UPDATE item_version SET kind = 'minutes', fields = '{\"promises\":[{\"what\":\"Gruppa ringer NAV\",\"seat\":1,\"by\":\"2027-04-01\"}]}' WHERE item_id = 1").await;
        let html = entry(&pages, "/feeds/all.atom", "aapen").await.content.unwrap().value.unwrap();
        assert!(html.contains("<h2>Dette lover gruppa</h2>") && html.contains("<li>Gruppa ringer NAV (innen 1. april)</li>"), "{html}");
        assert!(!html.contains("Kari"), "by whom, nobody is told: {html}");
        pages.run("UPDATE item_version SET kind = 'call', fields = '{\"deadline\":{\"at\":\"2027-03-12T11:00:00Z\",\"day\":null}}' WHERE item_id = 1").await;
        let call = entry(&pages, "/feeds/all.atom", "aapen").await;
        assert!(call.summary.unwrap().value.starts_with("Søknadsfrist: fredag 12. mars kl. 12. Første avsnitt."));
    }

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
        pages.run("UPDATE forum SET applied_at = 1800000000000000").await;
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
