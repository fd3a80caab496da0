//! Every page and every letter of a demo, in each language: what axe-core and the Nu HTML checker find is nothing,
//! and every page fits 320 CSS pixels (which is 1280 at 400 %).
//!
//! The pages are collected as a person would meet them: from the links of their letters, from the front page, by
//! sending every form with nothing and with something in it, and from the mail that those forms bring. A route that
//! nobody reached fails the walk, so that a new page is looked at without being named here.

pub mod axe;
pub mod checker;
pub mod collect;
mod forms;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::browser::demo::Demo;
use crate::browser::driver::{Browser, Screen};
use crate::harness::option_env_at_run;
use collect::{Collection, Page, is_desk, is_inbox};

/// Where npm put axe-core and the checker.
pub fn find_node_modules() -> PathBuf {
    let folder = option_env_at_run("TREFF_TEST_WEB");
    PathBuf::from(
        folder.expect(
            "TREFF_TEST_WEB names the node_modules of tests/web; tests/run installs them and sets it",
        ),
    )
}

/// Routes that show no page of HTML to a reader of mail: files, and what machines ask.
const NO_PAGES: &[&str] = &[
    "/assets/{name}",
    "/healthz",
    "/robots.txt",
    "/favicon.ico",
    "/i/{slug}/event.ics",
    "/i/{slug}/file/{position}",
    "/l/{token}/item/{id}/file/{position}",
    "/effects.txt",
    "/feeds/{file}",
    "/f/{token}/{file}",
    "/items/{slug}/event.ics",
    "/items/{slug}/file/{position}",
    "/me/feeds/{id}/off",
    "/feeds/{facet}/{file}",
    "/o/{slug}/{file}",
    "/l/{token}/item/{id}/event.ics",
    "/me/data/export.json",
    // Answers to a POST only, which lead on to a page.
    "/u/{token}/undo",
    "/me/sign-out",
    // The page of /me/places, to who sits for a union.
    "/me/union-ground",
    // Who answered a sample by the letter is not asked again on their own pages; the pages are the same.
    "/me/sample",
    "/me/sample/follow",
    // Whether there is a topic to follow depends on the item that is drawn; `tests/suite/prefs/sampling.rs` opens it.
    "/l/{token}/sample/follow",
];

/// The routes that show HTML and that nobody reached.
fn list_unseen(seen: &BTreeSet<String>) -> Vec<&'static str> {
    let pages =
        treff::web::list_paths().into_iter().filter(|route| !NO_PAGES.contains(route) && !is_desk(route));
    pages.filter(|route| !seen.contains(*route)).collect()
}

/// Four of the letters: the longest, the shortest, and two between.
fn pick_letters(pages: &[Page]) -> Vec<&Page> {
    let mut letters: Vec<&Page> = pages.iter().filter(|page| page.is_letter).collect();
    letters.sort_by_key(|letter| letter.html.len());
    let last = letters.len() - 1;
    let places: BTreeSet<usize> = [0, last / 3, last * 2 / 3, last].into();
    places.into_iter().map(|n| letters[n]).collect()
}

/// Writes a page so that a browser can open it without the server's policy, but with its style sheet.
fn write_page(folder: &Path, demo: &Demo, page: &Page) -> PathBuf {
    let file = folder.join(format!("{}.html", page.name));
    let html = page.html.replace("=\"/assets/", &format!("=\"{}", demo.address("/assets/")));
    std::fs::write(&file, html).expect("the page can be written");
    file
}

/// What was not reached, or answered in another language.
fn list_gaps(pages: &[Page], language: &str) -> Vec<String> {
    let speaks = |page: &&Page| page.html.contains(&format!("<html lang=\"{language}\""));
    let others = pages.iter().filter(|page| !speaks(page) && !is_inbox(&page.route));
    let mut gaps: Vec<String> = others.map(|page| format!("{} is not in {language}", page.name)).collect();
    let seen = pages.iter().map(|page| page.route.clone()).collect();
    let unseen = list_unseen(&seen).into_iter().filter(|route| language == "nb" || !is_inbox(route));
    gaps.extend(unseen.map(|route| format!("{route}: nobody reached it from a letter or the front page")));
    gaps
}

async fn audit_everything(language: &str) {
    let node_modules = find_node_modules();
    let mut demo = Demo::start();
    demo.wait_for("forty letters", 20, |demo| demo.count_letters() >= 40);
    let collection = Collection::gather(&demo, language).await;
    let gaps = list_gaps(&collection.pages, language);
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut breaches = checker::check(&node_modules, &folder.path().join("checked"), &collection.pages);
    let browser = Browser::open(Screen::Desk).await;
    let axe = std::fs::read_to_string(node_modules.join("axe-core/axe.min.js")).expect("axe-core");
    let shown = collection.pages.iter().filter(|page| !page.is_letter).chain(pick_letters(&collection.pages));
    for page in shown {
        let file = write_page(folder.path(), &demo, page);
        breaches.extend(axe::audit(&browser, &axe, (&file, &page.name), language).await);
    }
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

#[tokio::test]
async fn bokmaal_is_accessible_and_valid() {
    audit_everything("nb").await;
}

#[tokio::test]
async fn nynorsk_is_accessible_and_valid() {
    audit_everything("nn").await;
}

#[tokio::test]
async fn english_is_accessible_and_valid() {
    audit_everything("en").await;
}

#[tokio::test]
async fn a_page_with_faults_is_found_out() {
    let node_modules = find_node_modules();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let html = "<!doctype html><html><head><title>x</title><meta name=viewport content='width=device-width'></head><body><main><h1>x</h1><img src=x>\
                <p style='color:#aaa;background:#fff;width:700px'>pale</p></main></body></html>";
    let page = Page { name: "faulty".into(), route: "/".into(), html: html.into(), is_letter: false };
    let told =
        checker::check(&node_modules, &folder.path().join("checked"), std::slice::from_ref(&page)).join("\n");
    assert!(told.contains("faulty") && told.contains("alt"), "{told}");
    let file = folder.path().join("faulty.html");
    std::fs::write(&file, html).unwrap();
    let browser = Browser::open(Screen::Desk).await;
    let axe = std::fs::read_to_string(node_modules.join("axe-core/axe.min.js")).expect("axe-core");
    let found = axe::audit(&browser, &axe, (&file, "faulty"), "nb").await.join("\n");
    for rule in ["html-has-lang", "image-alt", "color-contrast", "wider than 320"] {
        assert!(found.contains(rule), "{rule} in:\n{found}");
    }
}
