//! The forum file's roles, groups and sectors, and the trees they form.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::file::FileTerm;
use super::table::{Problems, Table, Text, unknown, wrong};
use crate::forum::{Facet, GroupKind, Language, Names, Term, is_slug, slug_of};

const ROLE_KEYS: [&str; 3] = ["slug", "name", "parent"];
const GROUP_KEYS: [&str; 5] = ["slug", "name", "parent", "kind", "sectors"];

/// A term as read, with the places of what can be wrong only in view of the others.
struct Placed {
    term: FileTerm,
    at: Range<usize>,
    parent_at: Range<usize>,
    sectors: Vec<Text>,
}

/// The sentence about a text that is no slug.
fn no_slug(text: &str) -> String {
    let fit = slug_of(text);
    let example = if is_slug(&fit) { fit } else { "health".to_owned() };
    format!("\"{text}\" is no slug: write lower-case letters a to z, digits, - and _, such as \"{example}\"")
}

/// Every term of the file; what is wrong with them goes to `problems`.
pub(super) fn read(root: &Table<'_>, problems: &mut Problems<'_>) -> Vec<FileTerm> {
    let mut all = Vec::new();
    for (key, what, facet, keys) in [
        ("role", "[[role]]", Facet::Role, &ROLE_KEYS[..]),
        ("group", "[[group]]", Facet::Group, &GROUP_KEYS[..]),
        ("sector", "[[sector]]", Facet::Sector, &ROLE_KEYS[..]),
    ] {
        let mut placed = Vec::new();
        for table in root.tables(key, what, problems) {
            table.refuse_unknown_keys(keys, problems);
            placed.extend(read_term(&table, facet, problems));
        }
        refuse_twins(&placed, what, problems);
        check_parents(&placed, key, problems);
        all.push(placed);
    }
    let sectors: Vec<String> = all[2].iter().map(|placed| placed.term.term.slug.clone()).collect();
    for group in &mut all[1] {
        group.term.sectors = known_sectors(&group.sectors, &sectors, problems);
    }
    all.into_iter().flatten().map(|placed| placed.term).collect()
}

fn read_term(table: &Table<'_>, facet: Facet, problems: &mut Problems<'_>) -> Option<Placed> {
    let slug = table.needed_text("slug", "\"health\"", problems);
    let slug = slug.and_then(|text| checked_slug(text, problems));
    let parent = table.text("parent", problems).and_then(|text| checked_slug(text, problems));
    let names = read_names(table, problems);
    let kind = match facet {
        Facet::Group => read_kind(table, problems),
        _ => None,
    };
    let sectors = match facet {
        Facet::Group => table.texts("sectors", "[\"health\"]", problems),
        _ => Vec::new(),
    };
    let slug = slug?;
    let parent_at = parent.as_ref().map_or(slug.at.clone(), |p| p.at.clone());
    let term = FileTerm {
        term: Term::new(facet, slug.value),
        names,
        parent: parent.map(|p| p.value),
        kind,
        sectors: Vec::new(),
    };
    Some(Placed { term, at: slug.at, parent_at, sectors })
}

/// The text, if it is a slug.
pub(super) fn checked_slug(text: Text, problems: &mut Problems<'_>) -> Option<Text> {
    if is_slug(&text.value) {
        return Some(text);
    }
    problems.add(&text.at, no_slug(&text.value));
    None
}

fn read_kind(table: &Table<'_>, problems: &mut Problems<'_>) -> Option<GroupKind> {
    let text = table.needed_text("kind", "\"competence\"", problems)?;
    text.value.parse::<GroupKind>().ok().or_else(|| {
        let words = GroupKind::ALL.map(GroupKind::word);
        problems.add(&text.at, unknown("kind of group", &text.value, "kinds", &words));
        None
    })
}

fn read_names(table: &Table<'_>, problems: &mut Problems<'_>) -> Names {
    if table.value("name").is_none() {
        problems.add(&table.at, format!("{} needs name, such as name = {{ nb = \"Helse\" }}", table.what));
        return Names::default();
    }
    read_words(table, "name", "{ nb = \"Helse\" }", problems)
}

/// The texts of `key` in one or more languages; none if it does not stand there.
pub(super) fn read_words(
    table: &Table<'_>,
    key: &'static str,
    example: &str,
    problems: &mut Problems<'_>,
) -> Names {
    let mut names = Names::default();
    let Some(value) = table.value(key) else { return names };
    if value.get_ref().as_table().is_none() {
        problems.add(&value.span(), wrong(key, &format!("a table such as {example}"), value));
        return names;
    }
    let Some(given) = table.table(key, key, problems) else { return names };
    if given.iter().next().is_none() {
        problems.add(&given.at, format!("{key} needs at least one language, such as {example}"));
    }
    for (key, at, _) in given.iter() {
        let tags: Vec<&str> = Language::ALL.iter().map(|l| l.tag()).collect();
        match Language::ALL.iter().find(|l| l.tag() == key) {
            None => problems.add(&at, unknown("language", key, "languages", &tags)),
            Some(language) => {
                if let Some(text) = given.text(key, problems) {
                    names.0.insert(*language, text.value);
                }
            }
        }
    }
    names
}

fn refuse_twins(placed: &[Placed], what: &str, problems: &mut Problems<'_>) {
    let mut first: HashMap<&str, usize> = HashMap::new();
    for one in placed {
        let (slug, line) = (one.term.term.slug.as_str(), problems.line(&one.at));
        if let Some(earlier) = first.get(slug) {
            problems
                .add(&one.at, format!("a {what} with the slug \"{slug}\" stands on line {earlier} already"));
        } else {
            first.insert(slug, line);
        }
    }
}

fn check_parents(placed: &[Placed], kind: &str, problems: &mut Problems<'_>) {
    let slugs: Vec<&str> = placed.iter().map(|p| p.term.term.slug.as_str()).collect();
    let above: HashMap<&str, &str> =
        placed.iter().filter_map(|p| Some((p.term.term.slug.as_str(), p.term.parent.as_deref()?))).collect();
    for one in placed {
        let Some(parent) = one.term.parent.as_deref() else { continue };
        let slug = one.term.term.slug.as_str();
        if !slugs.contains(&parent) {
            let others: Vec<&str> = slugs.iter().copied().filter(|other| *other != slug).collect();
            let message = unknown(&format!("parent {kind}"), parent, &format!("other {kind}s"), &others);
            problems.add(&one.parent_at, message);
        } else if is_in_circle(slug, &above) {
            problems.add(
                &one.parent_at,
                format!("\"{slug}\" lies under itself: follow its parents and you are back"),
            );
        }
    }
}

/// Whether whoever climbs from `slug` comes back to it.
fn is_in_circle(slug: &str, above: &HashMap<&str, &str>) -> bool {
    let mut here = slug;
    for _ in 0..above.len() {
        match above.get(here) {
            Some(&parent) if parent == slug => return true,
            Some(&parent) => here = parent,
            None => return false,
        }
    }
    false
}

fn known_sectors(given: &[Text], known: &[String], problems: &mut Problems<'_>) -> Vec<String> {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut slugs = BTreeSet::new();
    for sector in given {
        if known.contains(&sector.value.as_str()) {
            slugs.insert(sector.value.clone());
        } else {
            problems.add(&sector.at, unknown("sector", &sector.value, "sectors", &known));
        }
    }
    slugs.into_iter().collect()
}
