//! The title of a page says what its heading says (WCAG 2.4.2), also where one address shows several pages.

use std::collections::BTreeSet;
use std::path::Path;

use treff::feedback::knocks::answer_knocks;

use super::reader::{Reader, link_path};
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

/// The page to leave by asks whether somebody will have no more letters from the forum, whose name stands in every title.
const TITLED_SHORTER: [&str; 1] = ["{{ words.unsubscribe.ask | fill(forum=forum) }}"];

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    text.split_once(begin)?.1.split_once(end).map(|(within, _)| within)
}

/// The headings of a template that says more than one thing.
fn list_headings(template: &str) -> BTreeSet<&str> {
    let headings = template.split("<h1>").skip(1).filter_map(|rest| rest.split_once("</h1>"));
    let headings: BTreeSet<&str> = headings.map(|(heading, _)| heading).collect();
    let is_staged = headings.len() > 1 || headings.iter().any(|heading| heading.contains("{%"));
    if is_staged { headings } else { BTreeSet::new() }
}

#[test]
fn a_page_of_several_stages_is_titled_as_each_of_them_is_headed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/page");
    let mut untold = Vec::new();
    for file in std::fs::read_dir(folder).expect("templates") {
        let path = file.expect("a template").path();
        let template = std::fs::read_to_string(&path).expect("a text");
        let Some(title) = between(&template, "{% block title %}", "{% endblock title %}") else { continue };
        let others = list_headings(&template).into_iter().filter(|heading| !title.contains(heading));
        let others = others.filter(|heading| !TITLED_SHORTER.contains(heading));
        untold.extend(others.map(|heading| format!("{}: {heading}", path.display())));
    }
    assert!(untold.is_empty(), "no title says this:\n{}", untold.join("\n"));
}

on_both_databases! {
    async fn each_page_behind_a_mailed_link_is_titled_as_it_is_headed(db: Database) {
        let pages = Pages::over(db).await;
        let mut told: Vec<Answer> = Vec::new();
        let mut reader = Reader::new(&pages);
        pages.post("/link", "email=kari@nav.test").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        told.push(pages.get(&link_path(1)).await);
        reader.post(&link_path(1), "").await;
        told.push(pages.get(&link_path(1)).await);
        reader.post("/me/address", "email=kari@vik.example").await;
        pages.post("/sign-up", "email=nils@example.test&name=Nils&organisation=&language=nb&consent=yes").await;
        answer_knocks(&pages.db.store, now()).await.unwrap();
        for link in [2, 3] {
            told.push(pages.get(&link_path(link)).await);
            told.push(pages.post(&link_path(link), "").await);
        }
        let mut headings = BTreeSet::new();
        for page in &told {
            let heading = between(&page.body, "<h1>", "</h1>").expect("a heading");
            let title = between(&page.body, "<title>", "</title>").expect("a title");
            assert!(title.starts_with(&format!("{heading} · ")), "{title} above {heading}");
            headings.insert(heading);
        }
        assert_eq!(headings.len(), told.len(), "six pages that say six things: {headings:?}");
    }
}
