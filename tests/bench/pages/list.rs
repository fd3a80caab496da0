//! What is asked for: every kind of page that a reader, a recipient and the lead open.

use treff::token::{Claim, Keys, Purpose};

use super::town::OPENED;

/// Words that readers look for: rare and common, one and several.
const QUESTIONS: [&str; 8] = [
    "helse",
    "l%C3%A6replass",
    "kommune+arbeid",
    "kompetanse",
    "fagarbeider+natt",
    "plan",
    "finnesikke",
    "sektor+17",
];

/// Pages of the desk that have one address.
const DESK: [&str; 35] = [
    "",
    "/account",
    "/accounts",
    "/log",
    "/items",
    "/items/new",
    "/mailing",
    "/mailing/next/weekly",
    "/mailing/next/weekly/people",
    "/mailing/sent",
    "/mailing/sent/1",
    "/mailing/sent/10",
    "/mailing/sent/10/letters?state=uncertain",
    "/mailing/letter/1",
    "/people",
    "/people?state=gets",
    "/people/import",
    "/people/duplicates",
    "/people/duplicates/1/2",
    "/groups",
    "/progress",
    "/hits",
    "/effects",
    "/effects/preview",
    "/organisations",
    "/places",
    "/topics",
    "/settings",
    "/settings/sender",
    "/settings/look",
    "/settings/mail",
    "/settings/retention",
    "/settings/bases",
    "/settings/texts",
    "/settings/record",
];

/// A kind of page and the paths that are asked for in turn.
pub(super) type Page = (String, Vec<String>);

/// Each kind of page. Links are signed with `key`; the lead's draft is `draft`.
pub(super) fn list_pages(key: &[u8; 32], draft: &str) -> Vec<Page> {
    let mut pages = list_open_pages();
    pages.extend(list_pages_of_a_letter(key));
    pages.extend(list_pages_of_a_device());
    pages.extend(DESK.map(|path| (format!("desk{path}"), vec![format!("/desk{path}")])));
    pages.extend(list_varied_pages_of_the_desk(draft));
    pages
}

fn page(name: &str, count: usize, path: impl Fn(usize) -> String) -> Page {
    (name.to_owned(), (0..count).map(path).collect())
}

fn list_open_pages() -> Vec<Page> {
    vec![
        page("front page", 1, |_| "/".to_owned()),
        page("list, first page", 1, |_| "/public".to_owned()),
        page("list of a sector", 60, |i| format!("/public?sector=s{i}&kind=article")),
        page("search", QUESTIONS.len(), |i| format!("/public?q={}", QUESTIONS[i])),
        page("search in a sector", 60, |i| format!("/public?q=kommune&sector=s{i}")),
        page("item page, to share", 200, |i| format!("/i/sak-{}", i * 50)),
        page("feed of everything", 1, |_| "/feeds/all.atom".to_owned()),
        page("feed of a sector", 60, |i| format!("/feeds/sector/s{i}.atom")),
        page("calendar", 1, |_| "/feeds/all.ics".to_owned()),
        page("organisations with a page", 1, |_| "/o".to_owned()),
        page("organisation's page", 100, |i| format!("/o/o{}", i * 20)),
        page("organisation's feed", 100, |i| format!("/o/o{}/feed.atom", i * 20)),
        page("sign-up", 1, |_| "/sign-up".to_owned()),
        page("privacy", 1, |_| "/privacy".to_owned()),
    ]
}

fn list_pages_of_a_letter(key: &[u8; 32]) -> Vec<Page> {
    let keys = Keys::new(vec![(1, *key)]);
    let sign = |purpose, subject: usize| {
        keys.sign(1, Claim { purpose, version: 0, subject: subject as i64 + 1 }).expect("a token")
    };
    vec![
        page("preferences, from a letter", OPENED, |i| {
            format!("/l/{}/preferences", sign(Purpose::Letter, i))
        }),
        page("item of a letter", OPENED, |i| format!("/l/{}/item/{:032x}", sign(Purpose::Letter, i), 0)),
        page("unsubscribe, asked", OPENED, |i| format!("/u/{}", sign(Purpose::Unsubscribe, i))),
    ]
}

fn list_pages_of_a_device() -> Vec<Page> {
    let own = |path: &'static str| page(&format!("me{path}"), 1, move |_| format!("/me{path}"));
    let mut pages: Vec<Page> = [
        "",
        "/preferences",
        "/items",
        "/places",
        "/address",
        "/data",
        "/data/export.json",
        "/feeds",
        "/send-in",
        "/for-colleagues",
    ]
    .map(own)
    .into();
    pages.push(page("me/items searched", QUESTIONS.len(), |i| format!("/me/items?q={}", QUESTIONS[i])));
    pages
}

fn list_varied_pages_of_the_desk(draft: &str) -> Vec<Page> {
    vec![
        page("desk/items, searched", QUESTIONS.len(), |i| format!("/desk/items?q={}", QUESTIONS[i])),
        page("desk/items/ITEM", 200, |i| format!("/desk/items/sak-{}", i * 50)),
        page("desk/mailing, by name", 8, |i| format!("/desk/mailing/next/weekly/people?q=p{i}")),
        page("desk/mailing/letter, by name", 8, |i| format!("/desk/mailing/letter?q=p{i}")),
        page("desk/drafts, who gets it", 1, |_| format!("/desk/drafts/{draft}")),
        page("desk/drafts, names", 8, |i| format!("/desk/drafts/{draft}/who?q=p{i}")),
        page("desk/people, searched", 8, |i| format!("/desk/people?q=person+{i}")),
        page("desk/people/PERSON", 200, |i| format!("/desk/people/{}", i * 500 + 1)),
        page("desk/groups/GROUP", 100, |i| format!("/desk/groups/g{}", i * 3)),
        page("desk/groups/GROUP/goals", 100, |i| format!("/desk/groups/g{}/goals", i * 3)),
        page("desk/organisations/ONE", 100, |i| format!("/desk/organisations/o{}", i * 20)),
        page("desk/places/PLACE", 100, |i| format!("/desk/places/{}", i * 400 + 1)),
        page("desk/topics/TOPIC", 60, |i| format!("/desk/topics/sector/s{i}")),
    ]
}
