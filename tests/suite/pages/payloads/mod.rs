//! What people and attackers write runs nowhere: hundreds of texts through every field that a person can fill, into
//! every page and letter, read by a parser of HTML and shown by a real browser without the pages' policy.

mod list;

use std::collections::BTreeSet;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use mail_parser::MessageParser;
use tower::ServiceExt as _;
use treff::app::App;
use treff::config::Overrides;

use super::markup::{list_dangers, list_elements};
use super::world::{PUBLIC_ITEM, Pages, letter_token, percent_encode};
use crate::browser::driver::{Browser, Screen};
use crate::harness::Engine;
use crate::on_both_databases;
use crate::treff::{FORUM, Treff};
use list::{TEMPLATES, list_payloads};

/// How many payloads one item carries in its body; its other fields carry one each.
const IN_ONE_BODY: usize = 40;

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// One line, without what no such field takes.
fn line(payload: &str) -> String {
    payload.chars().filter(|c| !c.is_control()).collect()
}

/// Items whose every field tries to run something.
fn write_items(treff: &Treff) -> Vec<String> {
    let payloads = list_payloads();
    let one = |n: usize| line(&payloads[n % payloads.len()]);
    let kinds = [
        ("article", ""),
        ("event", "starts_at = \"2027-04-08T09:00:00+02:00\"\ngathering = true\n"),
        ("minutes", ""),
        ("request", "wanted_by = \"2027-04-01\"\n"),
        ("call", "deadline = \"2027-04-01\"\n"),
    ];
    let chunks = payloads.chunks(IN_ONE_BODY).enumerate();
    chunks
        .map(|(n, chunk)| {
            let (kind, more) = kinds[n % kinds.len()];
            let own = match kind {
                "event" => format!(
                    "place = {}\nregistration_url = {}\n",
                    quoted(&one(n * 7)),
                    quoted("https://a.example/?'onfocus='window.__hit=1")
                ),
                "minutes" => ["achieved", "how", "next", "why"]
                    .map(|field| format!("{field} = {}\n", quoted(&chunk.join("\n\n"))))
                    .concat(),
                _ => String::new(),
            };
            let head = format!(
                "+++\nkind = \"{kind}\"\ntitle = {}\naudience = \"all\"\nvisibility = \"public\"\n\
                 release_at = \"2027-03-01T08:00:00+01:00\"\ncontact = {}\n{more}{own}+++\n",
                quoted(&one(n * 11 + 3)),
                quoted(&format!(
                    "{} <kari@example.test>, 900 00 000",
                    one(n * 13 + 5).replace(['<', '>', ','], " ")
                ))
            );
            let body = if kind == "minutes" { "Se svarene.".to_owned() } else { chunk.join("\n\n") };
            // A file with other control characters is refused by line, before anything is stored.
            let body: String = body.chars().filter(|c| !c.is_control() || *c == '\n').collect();
            treff.write(&format!("sak-{n}.md"), head + &body)
        })
        .collect()
}

/// People and organisations whose names try to run something.
fn write_people(treff: &Treff) -> String {
    let payloads = list_payloads();
    let cell = |text: &str| format!("\"{}\"", line(text).replace('"', "\"\""));
    let mut file = "epost;navn;organisasjon\n".to_owned();
    for n in 0..24 {
        let (name, organisation) =
            (&payloads[(n * 17) % payloads.len()], &payloads[(n * 29 + 1) % payloads.len()]);
        file.push_str(&format!("p{n}@example.test;{};{}\n", cell(name), cell(organisation)));
    }
    treff.write("people.csv", file)
}

/// A forum that was filled by an attacker, with its letters in the mailbox.
async fn fill_forum() -> (Treff, Vec<String>) {
    let treff = Treff::new(Engine::Sqlite).await;
    treff.run(&["init", "--no-input"]).done();
    let named = FORUM.replace("\"Helse\"", &quoted(&line("<img src=x onerror=window.__hit=1>Helse")));
    let forum = treff.write("forum.toml", named);
    treff.run(&["forum", "apply", &forum]).done();
    let people = write_people(&treff);
    treff.run(&["people", "import", &people]);
    let items = write_items(&treff);
    let mut add = vec!["item", "add"];
    add.extend(items.iter().map(String::as_str));
    treff.run(&add).done();
    for at in ["2027-03-08T07:30:00+01:00", "2027-03-15T07:30:00+01:00"] {
        treff.run(&["edition", "run", "weekly", "--at", at]).done();
    }
    let new = treff.path("outbox/new");
    let letters = std::fs::read_dir(new).expect("letters").map(|entry| {
        let bytes = std::fs::read(entry.expect("a letter").path()).expect("a letter can be read");
        MessageParser::default().parse(&bytes).expect("a mail").body_html(0).expect("HTML").into_owned()
    });
    let letters: Vec<String> = letters.collect();
    assert!(letters.len() >= 20, "{} letters", letters.len());
    (treff, letters)
}

async fn get(router: &Router, path: &str) -> String {
    let request = Request::get(path).header("accept-language", "nb").body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let bytes = to_bytes(response.into_body(), 1 << 23).await.expect("a body");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pages that letters and pages lead to, by address.
async fn collect_pages(router: &Router, letters: &[String]) -> Vec<(String, String)> {
    let base = "http://127.0.0.1:8080";
    let ways = |html: &str| -> Vec<String> {
        let own = |e: &super::markup::Element| {
            let way = e.attribute("href").or(e.attribute("src"))?;
            let way = way.strip_prefix(base).unwrap_or(way);
            (way.starts_with('/') && !way.starts_with("//"))
                .then(|| way.split('#').next().unwrap_or(way).to_owned())
        };
        list_elements(html).iter().filter_map(own).collect()
    };
    let mut waiting: Vec<String> = ["/", "/public", "/inbox", "/inbox/who"].map(str::to_owned).to_vec();
    letters.iter().take(3).for_each(|letter| waiting.extend(ways(letter)));
    let (mut seen, mut pages) = (BTreeSet::new(), Vec::new());
    while let Some(path) = waiting.pop() {
        if path.starts_with("/assets/")
            || path.ends_with(".ics")
            || seen.len() > 400
            || !seen.insert(path.clone())
        {
            continue;
        }
        let html = get(router, &path).await;
        waiting.extend(ways(&html));
        pages.push((path, html));
    }
    pages
}

/// What a letter holds that could run; its styles are its own.
fn list_dangers_of_a_letter(html: &str) -> Vec<String> {
    list_dangers(html).into_iter().filter(|danger| !danger.contains(" has style=")).collect()
}

#[tokio::test]
async fn what_people_write_runs_in_no_page_and_no_letter() {
    let (treff, letters) = fill_forum().await;
    let mut breaches: Vec<String> = letters.iter().flat_map(|html| list_dangers_of_a_letter(html)).collect();
    let settings = Overrides { database_url: Some(treff.database.url.clone()), ..Overrides::default() };
    let app = App::open(&treff.path("treff.toml"), settings).await.unwrap();
    let router = treff::web::demo_routes(&app).await.unwrap();
    let pages = collect_pages(&router, &letters).await;
    assert!(pages.len() > 60, "{} pages", pages.len());
    for (path, html) in pages.iter().filter(|(path, _)| !path.ends_with("/frame")) {
        breaches.extend(list_dangers(html).into_iter().map(|danger| format!("{path}: {danger}")));
    }
    // The links of an Atom feed (RFC 4287, 4.2.7) are not those of HTML: nothing is loaded by them.
    breaches.retain(|breach| !breach.contains(".atom: <link> loads href=\"http://127.0.0.1:"));
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    let all: String = pages.iter().map(|(_, html)| html.as_str()).collect();
    for text in TEMPLATES {
        let shown = html_escape(text);
        assert!(all.contains(text) || all.contains(&shown), "{text} is shown as it was written");
    }
    look_at(&pages, &letters).await;
}

fn html_escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Opens pages and letters in a browser that no policy restrains.
async fn look_at(pages: &[(String, String)], letters: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let browser = Browser::open(Screen::Desk).await;
    let pages = pages.iter().map(|(_, html)| html).chain(letters.iter().take(6));
    for (n, html) in pages.enumerate() {
        let file = folder.path().join(format!("{n}.html"));
        std::fs::write(&file, html).unwrap();
        browser.client.goto(&format!("file://{}", file.display())).await.unwrap();
        let touch = "for (const e of document.querySelectorAll('body *'))
                         for (const type of ['mouseover', 'focus', 'error', 'load', 'toggle'])
                             e.dispatchEvent(new Event(type, { bubbles: true }));
                     return window.__hit === undefined";
        assert_eq!(browser.ask(touch).await, true, "something ran in:\n{html}");
    }
    let proof = "data:text/html,<p onmouseover=window.__hit=1>x";
    browser.client.goto(proof).await.unwrap();
    let ran = "document.querySelector('p').dispatchEvent(new Event('mouseover')); return window.__hit";
    assert_eq!(browser.ask(ran).await, 1, "what runs is noticed");
}

on_both_databases! {
    async fn what_an_address_or_a_form_says_runs_nowhere(db: Database) {
        let pages = Pages::over(db).await;
        let token = letter_token();
        let forms = [format!("/l/{token}/preferences"), format!("/l/{token}/item/{}/not-for-me", PUBLIC_ITEM)];
        let mut breaches = Vec::new();
        let public = ["/", "/public", "/privacy", "/accessibility"];
        for (n, payload) in list_payloads().iter().enumerate() {
            let written = percent_encode(payload);
            let query = format!("q={written}&lang={written}&topic={written}&kind={written}&{written}");
            let mut answers = vec![
                pages.get(&format!("{}?{query}", public[n % public.len()])).await,
                pages.get(&format!("/{written}?{query}")).await,
                pages.get(&format!("/i/{written}")).await,
            ];
            let field = format!("follow={written}&pause_until={written}&cadence={written}&reason={written}&who={written}&note={written}");
            answers.push(pages.post(&forms[n % forms.len()], &field).await);
            for answer in answers {
                if answer.status.is_server_error() {
                    breaches.push(format!("{payload}: {}", answer.status));
                }
                breaches.extend(list_dangers(&answer.body).into_iter().map(|danger| format!("{payload}: {danger}")));
            }
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }
}
