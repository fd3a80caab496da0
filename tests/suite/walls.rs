//! The walls of the house (DESIGN section 7), held by reading `src/` and `migrations/`.
//!
//! Each failure names the file, the line, the wall, and what to do.

mod migrations;
mod scan;
mod source;
mod undone;

use std::collections::{BTreeMap, BTreeSet};

use source::{File, list_files};

/// Crates that only some rooms may name.
const OWNERS: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("axum", &["web"]),
    ("axum_extra", &["web"]),
    ("tower_http", &["web"]),
    ("tera", &["letter", "web"]),
];

/// Root files that every room may name. They name nothing but each other.
const LEAVES: &[&str] = &["ids", "clock", "token", "config"];

/// Who may name whom, beside the leaves: forum <- content <- matching <- edition and letter <- delivery.
/// `world` makes values of `forum` and `content` from rows; feedback, insight and intake stand beside
/// (a refusal by the relay and a returned mail are judged alike: in `delivery`, which `feedback` asks);
/// pipeline walks down the rooms, checkup looks at what letters pass; app, web and cli stand on top.
const ARROWS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("clock", &[]),
    ("token", &[]),
    ("config", &[]),
    ("store", &[]),
    ("forum", &[]),
    ("content", &["forum"]),
    ("matching", &["forum", "content"]),
    ("world", &["store", "forum", "content"]),
    ("edition", &["forum", "content", "matching"]),
    ("letter", &["forum", "content", "matching"]),
    ("oidc", &[]),
    ("staff", &["store", "forum", "letter"]),
    ("feedback", &["store", "world", "forum", "content", "matching", "letter", "delivery", "staff"]),
    ("insight", &["store", "forum", "content", "matching"]),
    ("intake", &["store", "world", "forum", "content", "matching"]),
    ("delivery", &["store", "forum", "edition", "letter"]),
    ("app", &["store"]),
    (
        "pipeline",
        &[
            "app", "store", "world", "forum", "content", "matching", "edition", "letter", "delivery",
            "feedback", "insight", "intake", "staff",
        ],
    ),
    ("checkup", &["store", "forum", "letter", "delivery", "feedback"]),
    (
        "web",
        &[
            "app", "pipeline", "checkup", "store", "world", "forum", "content", "matching", "edition",
            "letter", "delivery", "feedback", "insight", "intake", "staff", "oidc",
        ],
    ),
    (
        "cli",
        &[
            "app", "pipeline", "checkup", "store", "world", "forum", "content", "matching", "edition",
            "letter", "delivery", "feedback", "insight", "intake", "staff", "oidc", "web",
        ],
    ),
];

/// Reads of time, randomness and environment, and the files that may do them.
const SENSES: &[(&[&str], &[&str], &str)] = &[
    (&["Utc", "now"], &["src/clock.rs"], "take the instant as an argument; it comes from clock::Clock"),
    (&["Local", "now"], &["src/clock.rs"], "take the instant as an argument; it comes from clock::Clock"),
    (
        &["SystemTime", "now"],
        &["src/clock.rs"],
        "take the instant as an argument; it comes from clock::Clock",
    ),
    (&["rand"], &["src/clock.rs"], "take the bytes as an argument; they come from clock::random_bytes"),
    (&["env", "var"], &["src/config/environment.rs"], "let clap (cli/mod.rs) or config read it once"),
    (&["env", "var_os"], &["src/config/environment.rs"], "let clap (cli/mod.rs) or config read it once"),
    (&["env", "vars"], &["src/config/environment.rs"], "let clap (cli/mod.rs) or config read it once"),
];

/// No file is longer.
const MOST_LINES: usize = 400;

fn expect_none(breaches: &BTreeSet<String>) {
    let list: Vec<&str> = breaches.iter().map(String::as_str).collect();
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), list.join("\n"));
}

fn may_name(room: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed)
}

fn find_breaches_of_ownership(file: &File) -> BTreeSet<String> {
    let mut breaches = BTreeSet::new();
    for (name, owners) in OWNERS {
        if file.room().is_some_and(|room| owners.contains(&room)) {
            continue;
        }
        for named in file.named.iter().filter(|n| n.path[0] == *name) {
            breaches.insert(format!(
                "{}:{} names {}: only {} may name {name}; move what needs it there and call it",
                file.path,
                named.line,
                named.written(),
                owners.join(" and ")
            ));
        }
    }
    breaches
}

fn find_breaches_of_arrows(file: &File) -> BTreeSet<String> {
    let Some(room) = file.room() else { return BTreeSet::new() };
    let Some(allowed) = may_name(room) else {
        return BTreeSet::from([format!(
            "{}: the room {room} is not in the table of arrows; put it there (tests/suite/walls.rs) or in a room",
            file.path
        )]);
    };
    let mut breaches = BTreeSet::new();
    for named in file.named.iter().filter(|n| n.path[0] == "crate" && n.path.len() > 1) {
        let other = named.path[1].as_str();
        // What is no room (a macro, a type re-exported at the root) is no arrow.
        if other == room || LEAVES.contains(&other) || may_name(other).is_none() || allowed.contains(&other) {
            continue;
        }
        let remedy = match other {
            "store" => "let pipeline, world or the caller read the rows and hand the values in",
            _ => "move the code to a room above both, or take the value as an argument",
        };
        breaches.insert(format!(
            "{}:{} names {}: {room} may name only [{}] and the leaves; {remedy}",
            file.path,
            named.line,
            named.written(),
            allowed.join(", ")
        ));
    }
    breaches
}

fn find_senses(file: &File) -> BTreeSet<String> {
    let mut breaches = BTreeSet::new();
    for (path, places, remedy) in SENSES {
        if places.contains(&file.path.as_str()) {
            continue;
        }
        for named in &file.named {
            let hit = named.path.windows(path.len()).any(|part| part.iter().eq(path.iter()));
            if hit && named.path[0] != "crate" {
                breaches.insert(format!(
                    "{}:{} reads {}: deciding is pure; {remedy}",
                    file.path,
                    named.line,
                    named.written()
                ));
            }
        }
    }
    breaches
}

/// The arrows between the folders that lie side by side, each with one place that draws it.
/// A folder is its path under `src/`, such as `web/lead`.
fn list_arrows_between_folders(files: &[File]) -> BTreeMap<(String, String), String> {
    let folders: BTreeSet<Vec<String>> = files
        .iter()
        .flat_map(|f| {
            let parts = f.folders();
            (1..=parts.len()).map(move |n| parts[..n].to_vec())
        })
        .collect();
    let mut arrows = BTreeMap::new();
    for file in files {
        let from = file.folders();
        for named in file.named.iter().filter(|n| n.path[0] == "crate") {
            let to = &named.path[1..];
            let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            let (Some(from), Some(to)) = (from.get(..=shared), to.get(..=shared)) else { continue };
            if folders.contains(to) {
                let place = format!("{}:{} names {}", file.path, named.line, named.written());
                arrows.entry((from.join("/"), to.join("/"))).or_insert(place);
            }
        }
    }
    arrows
}

/// A way from `at` back to `goal` along `arrows`.
fn find_way_back<'a>(
    arrows: &'a BTreeMap<(String, String), String>,
    at: &str,
    goal: &str,
    seen: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    for ((from, to), place) in arrows {
        if from != at || !seen.insert(to) {
            continue;
        }
        if to == goal {
            return Some(vec![place]);
        }
        if let Some(rest) = find_way_back(arrows, to, goal, seen) {
            return Some([vec![place.as_str()], rest].concat());
        }
    }
    None
}

fn find_circles(files: &[File]) -> BTreeSet<String> {
    let arrows = list_arrows_between_folders(files);
    let mut breaches = BTreeSet::new();
    for from in arrows.keys().map(|(from, _)| from).collect::<BTreeSet<_>>() {
        if let Some(places) = find_way_back(&arrows, from, from, &mut BTreeSet::new()) {
            breaches.insert(format!(
                "src/{from} is on a circle; break one of these arrows:\n    {}",
                places.join("\n    ")
            ));
        }
    }
    breaches
}

#[test]
fn only_its_owners_name_a_crate() {
    expect_none(&list_files().iter().flat_map(find_breaches_of_ownership).collect());
}

#[test]
fn arrows_between_rooms_point_one_way() {
    expect_none(&list_files().iter().flat_map(find_breaches_of_arrows).collect());
}

#[test]
fn the_table_of_arrows_has_no_circle() {
    let arrows = ARROWS
        .iter()
        .flat_map(|(from, allowed)| {
            allowed.iter().map(move |to| (((*from).to_owned(), (*to).to_owned()), format!("{from} -> {to}")))
        })
        .collect();
    for (room, _) in ARROWS {
        assert_eq!(find_way_back(&arrows, room, room, &mut BTreeSet::new()), None);
    }
}

#[test]
fn every_arrow_that_is_allowed_is_drawn() {
    let files = list_files();
    let list_drawn = |file: &File| -> Vec<(String, String)> {
        let named = file.named.iter().filter(|n| n.path[0] == "crate" && n.path.len() > 1);
        named.filter_map(|n| Some((file.room()?.to_owned(), n.path[1].clone()))).collect()
    };
    let drawn: BTreeSet<(String, String)> = files.iter().flat_map(list_drawn).collect();
    let allowed = ARROWS.iter().flat_map(|(room, others)| others.iter().map(move |other| (*room, *other)));
    let idle = allowed.filter(|(room, other)| !drawn.contains(&((*room).to_owned(), (*other).to_owned())));
    let told =
        idle.map(|(room, other)| format!("{room} names {other} nowhere: take it out of the table of arrows"));
    expect_none(&told.collect());
}

#[test]
fn no_folders_stand_in_a_circle() {
    expect_none(&find_circles(&list_files()));
}

#[test]
fn time_randomness_and_environment_are_read_in_one_place() {
    expect_none(&list_files().iter().flat_map(find_senses).collect());
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long = list_files().into_iter().filter_map(|file| {
        let lines = file.text.lines().count();
        (lines > MOST_LINES).then(|| {
            format!(
                "{} has {lines} lines: which second thing does it do? Move that to a file of its own",
                file.path
            )
        })
    });
    expect_none(&long.collect());
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = list_files().into_iter().filter(|f| !f.text.starts_with("//! ")).map(|file| {
        format!(
            "{}:1 begins without //!: say in a sentence what it is for and what must never come in",
            file.path
        )
    });
    expect_none(&silent.collect());
}

/// The walls would hold nothing if they saw nothing: each sees a breach made for it.
mod a_breach_is_seen {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let module: Vec<String> = inner.split('/').map(str::to_owned).collect();
        let named = scan::list_paths(text, &module);
        File { path: path.to_owned(), module, text: text.to_owned(), named }
    }

    #[test]
    fn of_ownership() {
        let file = file("src/web/lead.rs", "//! x\nuse axum::Router;\nfn f(p: &sqlx::PgPool) {}");
        let expected = "src/web/lead.rs:3 names sqlx::PgPool: only store may name sqlx; \
                        move what needs it there and call it";
        assert_eq!(find_breaches_of_ownership(&file), BTreeSet::from([expected.to_owned()]));
    }

    #[test]
    fn of_arrows() {
        let file = file(
            "src/matching/rule.rs",
            "use crate::{ids::ItemId, forum::Forum};\nuse super::super::store::Store;",
        );
        let expected = "src/matching/rule.rs:2 names crate::store::Store: matching may name only [forum, content] and \
                        the leaves; let pipeline, world or the caller read the rows and hand the values in";
        assert_eq!(find_breaches_of_arrows(&file), BTreeSet::from([expected.to_owned()]));
    }

    #[test]
    fn of_circles() {
        let files = [
            file("src/web/lead/mod.rs", "use crate::web::recipient::Page;"),
            file("src/web/recipient/mod.rs", "use crate::web::lead::Desk;"),
            file("src/web/mod.rs", "use self::lead::Desk;"),
        ];
        let found = find_circles(&files);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn of_senses() {
        let file = file(
            "src/edition/open.rs",
            "fn f() { chrono::Utc::now(); std::env::var(\"X\"); rand::random() }",
        );
        assert_eq!(find_senses(&file).len(), 3);
    }
}
