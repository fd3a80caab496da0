//! A walk over all routes, as the pages themselves list them, by everyone who might come: what a reader may not
//! see is on none of their pages, what they may not do changes nothing, and no page breaks.

mod readers;
mod rows;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use super::inbox::{lay_letter, lay_note};
use super::markup::list_dangers;
use super::world::{Answer, Pages};
use crate::dump::tell_difference;
use crate::on_both_databases;
use readers::{Reader, list_readers};
use table::{Opens, fill, find_opens};

/// The methods that a route answers, as it says itself to one that it does not.
async fn list_methods(pages: &Pages, path: &str) -> BTreeSet<String> {
    let answer = pages.ask(Method::PATCH, path).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "PATCH {path}");
    answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect()
}

async fn ask(pages: &Pages, reader: &Reader, method: Method, path: &str, form: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header("content-type", "application/x-www-form-urlencoded");
    request = request.header("sec-fetch-site", "same-origin");
    if let Some(cookie) = &reader.cookie {
        request = request.header("cookie", cookie);
    }
    pages.send(request.body(Body::from(form.to_owned())).unwrap()).await
}

fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").starts_with("text/html")
}

/// What is wrong with an answer, whoever asked for it.
fn list_faults(route: &str, answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status.is_server_error() {
        faults.push(format!("answers {}", answer.status));
    }
    let policy = answer.header("content-security-policy");
    // The letter in the inbox carries its styles inline, as mail must; it stands alone in a sandbox without scripts.
    let is_letter = policy.contains("sandbox");
    if !policy.starts_with("default-src 'none'") || (policy.contains("unsafe") && !is_letter) {
        faults.push(format!("has the policy \"{policy}\""));
    }
    if answer.header("x-content-type-options") != "nosniff" {
        faults.push("lacks x-content-type-options: nosniff".to_owned());
    }
    // Where no token stands in the address, our own pages may be told where a form stood.
    let quiet = ["no-referrer", "same-origin", "strict-origin"];
    let quiet = if route.contains("{token}") { &quiet[..1] } else { &quiet[..] };
    if !quiet.contains(&answer.header("referrer-policy")) {
        faults.push(format!("has the referrer policy \"{}\"", answer.header("referrer-policy")));
    }
    // A program that reads a feed asks again with its tag; nobody between may keep it.
    let kept_by = if route.starts_with("/f/") { "private" } else { "no-store" };
    let kept = answer.header("cache-control");
    if route.contains("{token}") && !kept.contains(kept_by) && !kept.contains("no-store") {
        faults.push("may be stored, though its address holds a token".to_owned());
    }
    if route.contains("{token}") && !answer.header("x-robots-tag").contains("noindex") {
        faults.push("may be indexed, though its address holds a token".to_owned());
    }
    if is_html(answer) && !is_letter {
        faults.extend(list_dangers(&answer.body));
        if !answer.body.contains("<html lang=\"") || !answer.body.contains("<main id=\"main\"") {
            faults.push("names no language, or has no main part".to_owned());
        }
    }
    faults
}

/// Walks every route as one reader, by GET; what breaks the rules, and how often each route opened.
async fn walk(pages: &Pages, reader: &Reader, opened: &mut BTreeMap<&'static str, usize>) -> Vec<String> {
    let mut breaches = Vec::new();
    for route in treff::web::list_paths() {
        let Ok(opens) = find_opens(route) else { continue };
        for path in fill(route, reader).unwrap_or_default() {
            let answer = ask(pages, reader, Method::GET, &path, "").await;
            let mut say = |what: String| breaches.push(format!("{}, GET {route}: {what}", reader.name));
            list_faults(route, &answer).into_iter().for_each(&mut say);
            if answer.status.is_success() {
                *opened.entry(route).or_default() += 1;
                if !reader.may(opens) {
                    say("opens, though it must not".to_owned());
                }
            }
            if opens != Opens::Demo {
                reader.list_leaks(route, &answer).into_iter().for_each(&mut say);
            }
        }
    }
    breaches
}

/// Sends forms to every route that is not for the reader; those that were taken.
async fn knock(pages: &Pages, reader: &Reader) -> Vec<String> {
    let mut breaches = Vec::new();
    for route in treff::web::list_paths() {
        let Ok(opens) = find_opens(route) else { continue };
        for path in fill(route, reader).unwrap_or_default() {
            if reader.may(opens) || !list_methods(pages, &path).await.contains("POST") {
                continue;
            }
            for form in
                ["", "reason=0&confirm=yes&List-Unsubscribe=One-Click", "mute_kind=article&answer=yes"]
            {
                let answer = ask(pages, reader, Method::POST, &path, form).await;
                if answer.status.is_success() || answer.status.is_server_error() {
                    breaches.push(format!("{}, POST {route}: {}", reader.name, answer.status));
                }
            }
        }
    }
    breaches
}

/// Pages of the desk that an address alone does not open: they want a state in the query, a mailing under way, a look
/// into a person's letter that was written down just before, or a picture that was chosen. `tests/suite/mailing`,
/// `tests/suite/desk/inbox.rs`, `tests/suite/desk/house.rs` and `tests/suite/places` open them; what is there once effects
/// are published, `tests/suite/effects`. And one that only a browser opens that comes back from another house
/// (`tests/suite/sign_in`).
const OPEN_BY_MORE: [&str; 10] = [
    "/effects",
    "/effects.txt",
    "/desk/settings/look/logo",
    "/desk/sign-in/from/{house}",
    "/desk/mailing/sent/{id}/letters",
    "/desk/mailing/sent/{id}/cancel",
    "/desk/mailing/letter/{id}",
    "/desk/mailing/letter/{id}/frame",
    "/desk/inbox/{what}/{id}/frame",
    "/desk/places/{id}/welcome/{letter}",
];

#[test]
fn every_route_says_who_may_open_it() {
    let routes = treff::web::list_paths();
    let reader = Reader::stranger();
    let silent = routes.iter().filter_map(|route| find_opens(route).and_then(|_| fill(route, &reader)).err());
    let silent: Vec<String> = silent.collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    let gone: Vec<_> = table::ROUTES.iter().filter(|(route, _)| !routes.contains(route)).collect();
    assert!(gone.is_empty(), "these stand in the table and nowhere else: {gone:?}");
}

on_both_databases! {
    async fn nobody_sees_what_is_not_for_them(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        rows::write(&pages).await;
        lay_letter(&pages);
        lay_note(&pages);
        let before = pages.dump().await;
        let mut opened = BTreeMap::new();
        let mut breaches = Vec::new();
        for reader in list_readers() {
            breaches.extend(walk(&pages, &reader, &mut opened).await);
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
        let after = pages.dump().await;
        assert!(after == before, "reading changed something:\n{}", tell_difference(&before, &after));
        let mut unproved = Vec::new();
        for route in treff::web::list_paths() {
            let path = fill(route, &list_readers()[0]).unwrap().remove(0);
            let shows = list_methods(&pages, &path).await.contains("GET");
            if shows && !opened.contains_key(route) && !OPEN_BY_MORE.contains(&route) {
                unproved.push(route);
            }
        }
        assert!(unproved.is_empty(), "opened for nobody, so that the walk proves nothing of them: {unproved:?}");
    }

    async fn who_left_the_forum_sees_what_everyone_sees(db: Database) {
        let pages = Pages::over(db).await;
        rows::write(&pages).await;
        pages.run("UPDATE seat_holder SET ends_at = 1").await;
        pages.run("UPDATE recipient SET admitted = FALSE").await;
        let mut breaches = Vec::new();
        for reader in list_readers() {
            if reader.name == "the lead at the desk" {
                continue;
            }
            let reader = Reader { titles: &[1], bodies: &[1], ..reader };
            breaches.extend(walk(&pages, &reader, &mut BTreeMap::new()).await);
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }

    async fn nobody_changes_what_is_not_theirs(db: Database) {
        let pages = Pages::over(db).await;
        rows::write(&pages).await;
        let before = pages.dump().await;
        let mut breaches = Vec::new();
        for reader in list_readers() {
            breaches.extend(knock(&pages, &reader).await);
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
        let after = pages.dump().await;
        assert!(after == before, "a form of a stranger was taken:\n{}", tell_difference(&before, &after));
    }

    async fn a_form_from_another_site_changes_nothing_anywhere(db: Database) {
        let pages = Pages::over(db).await;
        rows::write(&pages).await;
        let before = pages.dump().await;
        for reader in list_readers() {
            for route in treff::web::list_paths() {
                let Some(path) = fill(route, &reader).ok().and_then(|paths| paths.into_iter().next()) else { continue };
                let mut request = Request::post(&path)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("sec-fetch-site", "cross-site")
                    .header("origin", "https://evil.example");
                if let Some(cookie) = &reader.cookie {
                    request = request.header("cookie", cookie);
                }
                let answer = pages.send(request.body(Body::from("reason=0")).unwrap()).await;
                assert!(!answer.status.is_success(), "{}, {route}", reader.name);
            }
        }
        let after = pages.dump().await;
        assert!(after == before, "{}", tell_difference(&before, &after));
    }

    async fn no_address_that_anyone_can_type_breaks_a_page(db: Database) {
        let pages = Pages::of_a_demo(db).await;
        let mut breaches = Vec::new();
        for route in treff::web::list_paths() {
            for path in table::fill_hostile(route) {
                let answer = pages.get(&path).await;
                breaches.extend(list_faults(route, &answer).into_iter().map(|fault| format!("{path}: {fault}")));
            }
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }
}
