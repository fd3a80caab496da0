//! What an import would do or did, and what is wrong with a file, in the words of the page.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::told::Teller;
use crate::content::nearest_word;
use crate::forum::{Cadence, Facet, LONGEST_NAME, Language, Term, UnionGround};
use crate::intake::people::{
    CellError, Groundless, HeadingError, ImportReport, ImportedPerson, Moved, Remark, Shared, Slip,
};
use crate::intake::sheet::SheetError;
use crate::web::calling::call;
use crate::web::site::{People, Reading};
use crate::web::staff::Staff;
use crate::web::words::{PeopleImport, fill};

/// Rows of each list.
const SHOWN: usize = 100;
/// So many known words are named where none is like the one that was written.
const KNOWN: usize = 8;
/// So many lines of a file are named in a sentence.
const LINES_NAMED: usize = 10;

#[derive(Serialize)]
struct Fault {
    place: String,
    what: String,
}

#[derive(Serialize)]
struct Line {
    name: String,
    email: String,
    is_new: bool,
    what: Vec<String>,
}

#[derive(Serialize)]
struct Absent {
    id: i64,
    name: String,
}

/// What an import would do, or did.
#[derive(Serialize)]
pub(super) struct Told {
    created: usize,
    changed: usize,
    unchanged: usize,
    faults: Vec<Fault>,
    faults_more: usize,
    people: Vec<Line>,
    people_more: usize,
    absent: Vec<Absent>,
    absent_more: usize,
    resting: usize,
    groundless: Vec<String>,
    moved: Vec<String>,
    moved_more: usize,
    shared: Vec<String>,
    shared_more: usize,
}

/// Why a file gives no rows.
pub(super) fn tell_sheet(words: &PeopleImport, error: &SheetError) -> String {
    match error {
        SheetError::Empty => words.file_empty.clone(),
        SheetError::OldExcel => words.file_old.clone(),
        SheetError::NotText => words.file_unknown.clone(),
        SheetError::OpenQuote { line } => fill(&words.file_quote, &[("line", &line.to_string())]),
        SheetError::Astray { line } => fill(&words.file_astray, &[("line", &line.to_string())]),
        SheetError::Workbook(_) => words.file_broken.clone(),
        SheetError::Unpacked { .. } => words.file_unpacked.clone(),
        SheetError::TooLarge { place, .. } => fill(&words.file_large, &[("line", &place.line.to_string())]),
    }
}

/// Why a header cannot be used yet.
pub(super) fn tell_heading(reading: &Reading, staff: &Staff, error: &HeadingError) -> String {
    let words = &reading.0.words(staff.language).people.import;
    match error {
        HeadingError::NoEmail(_) => words.head_no_email.clone(),
        HeadingError::Folded(header) => fill(&words.head_folded, &[("header", header)]),
        HeadingError::Twice { first, second } => {
            fill(&words.head_twice, &[("first", first), ("second", second)])
        }
        HeadingError::Misspelt { heading, nearest } => {
            fill(&words.head_misspelt, &[("heading", heading), ("nearest", nearest)])
        }
    }
}

/// What there is to say of how a file was read. A column without a heading stands among the columns.
pub(super) fn tell_remark(words: &PeopleImport, remark: &Remark) -> Option<String> {
    match remark {
        Remark::Further { name, rows } => {
            Some(fill(&words.further, &[("name", name), ("count", &rows.to_string())]))
        }
        Remark::Hidden { name } => Some(fill(&words.hidden, &[("name", name)])),
        Remark::Unheaded { .. } => None,
    }
}

/// All of it.
pub(super) fn tell_report(reading: &Reading, staff: &Staff, people: &People, report: &ImportReport) -> Told {
    let teller = Teller { reading, staff };
    let named: HashSet<&str> = report.named.iter().map(String::as_str).collect();
    let order = people.by_name().iter().map(|index| &people.named[*index]);
    let absent: Vec<_> = order.filter(|person| !named.contains(person.email.as_str())).collect();
    let line = |person: &ImportedPerson| Line {
        name: call(&person.name, &person.email).to_owned(),
        email: person.email.clone(),
        is_new: person.is_new,
        what: tell_changes(&teller, report, person),
    };
    let fault = |error: &CellError| Fault {
        place: fill(
            &reading.0.words(staff.language).people.import.place,
            &[("line", &error.line.to_string()), ("column", &error.column)],
        ),
        what: tell_slip(&teller, error),
    };
    Told {
        created: report.created,
        changed: report.changed,
        unchanged: report.unchanged,
        faults: report.rejected.iter().take(SHOWN).map(fault).collect(),
        faults_more: report.rejected.len().saturating_sub(SHOWN),
        people: report.people.iter().take(SHOWN).map(line).collect(),
        people_more: report.people.len().saturating_sub(SHOWN),
        absent_more: absent.len().saturating_sub(SHOWN),
        absent: absent
            .into_iter()
            .take(SHOWN)
            .map(|person| Absent { id: person.id.0, name: call(&person.name, &person.email).to_owned() })
            .collect(),
        resting: report.resting,
        groundless: tell_groundless(&reading.0.words(staff.language).people.import, &report.groundless),
        moved: report.moved.iter().take(SHOWN).map(|moved| tell_moved(&teller, moved)).collect(),
        moved_more: report.moved.len().saturating_sub(SHOWN),
        shared: report.shared.iter().take(SHOWN).map(|shared| tell_shared(&teller, shared)).collect(),
        shared_more: report.shared.len().saturating_sub(SHOWN),
    }
}

/// For whom the rows of a former address count.
fn tell_moved(teller: &Teller<'_>, moved: &Moved) -> String {
    let words = &teller.reading.0.words(teller.staff.language).people.import;
    fill(&words.moved, &[("address", moved.address.as_str()), ("present", moved.present.as_str())])
}

/// For whom a row counts that names somebody else at an address.
fn tell_shared(teller: &Teller<'_>, shared: &Shared) -> String {
    let words = &teller.reading.0.words(teller.staff.language).people.import;
    let (line, address) = (shared.line.to_string(), shared.address.as_str());
    let (kept, other) = (shared.kept.as_str(), shared.other.as_str());
    fill(&words.shared, &[("line", &line), ("address", address), ("kept", kept), ("other", other)])
}

/// What is wrong with a cell, and the remedy.
fn tell_slip(teller: &Teller<'_>, error: &CellError) -> String {
    let words = &teller.reading.0.words(teller.staff.language).people.import;
    match &error.slip {
        Slip::NoAddress => words.slip_no_address.clone(),
        Slip::Address(text) => fill(&words.slip_address, &[("text", text)]),
        Slip::Unknown(facet, text, None) => {
            let known = list_known(teller, *facet);
            let pattern = if known.is_empty() { &words.slip_none } else { &words.slip_known };
            end_once(fill(pattern, &[("text", text), ("known", &known)]))
        }
        Slip::Unknown(facet, text, Some(nearest)) => {
            let pattern = match facet {
                Facet::Group => &words.slip_group,
                Facet::Role => &words.slip_role,
                _ => &words.slip_sector,
            };
            fill(pattern, &[("text", text), ("nearest", &as_they_write(teller, *facet, nearest, text))])
        }
        Slip::Several(text, slugs) => {
            fill(&words.slip_several, &[("text", text), ("slugs", &slugs.join(", "))])
        }
        Slip::Position(text) => fill(&words.slip_position, &[("text", text)]),
        Slip::Kind(text) => fill(&words.slip_kind, &[("text", text)]),
        Slip::Language(text) => fill(&words.slip_language, &[("text", text)]),
        Slip::UnionGround(text) => fill(&words.slip_union_ground, &[("text", text)]),
        Slip::YesNo(text) => fill(&words.slip_yes_no, &[("text", text)]),
        Slip::Cadence(text) => fill(&words.slip_cadence, &[("text", text)]),
        Slip::Contradiction(this, that) => fill(&words.slip_contradiction, &[("this", this), ("that", that)]),
        Slip::Erased => words.slip_erased.clone(),
        Slip::Formula(text) => fill(&words.slip_formula, &[("text", text)]),
        Slip::Date(text) => fill(&words.slip_date, &[("text", text)]),
        Slip::Unvalued => words.slip_unvalued.clone(),
        Slip::Surplus(text) => fill(&words.slip_surplus, &[("text", text)]),
        Slip::TooLong => fill(&words.slip_too_long, &[("most", &LONGEST_NAME.to_string())]),
        Slip::Other => fill(&words.slip_other, &[("sentence", &error.error)]),
    }
}

/// What the forum has of a facet, by name; of many some.
fn list_known(teller: &Teller<'_>, facet: Facet) -> String {
    let (forum, language) = (&teller.staff.forum, teller.staff.language);
    let tree = forum.list_tree(facet, language);
    let names: Vec<&str> = tree.iter().take(KNOWN).map(|(ix, _)| forum.name_of(*ix, language)).collect();
    names.join(", ") + if tree.len() > KNOWN { " …" } else { "" }
}

/// The sentence without its full stop after a list that is cut: the three dots end it.
fn end_once(mut told: String) -> String {
    if told.ends_with("….") {
        told.pop();
    }
    told
}

/// A known word in the manner of the cell: by its name, or by its short name where that is what they write.
fn as_they_write(teller: &Teller<'_>, facet: Facet, slug: &str, text: &str) -> String {
    let name = name_of(teller, &format!("{}:{slug}", facet.word()));
    nearest_word(text, [name.to_lowercase().as_str(), slug])
        .filter(|nearest| *nearest == slug)
        .map_or(name, str::to_owned)
}

/// What becomes different of somebody, a line each.
fn tell_changes(teller: &Teller<'_>, report: &ImportReport, person: &ImportedPerson) -> Vec<String> {
    let words = &teller.reading.0.words(teller.staff.language).people.import;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    for (field, pattern) in [
        ("name", &words.change_name),
        ("organisation", &words.change_organisation),
        ("language", &words.change_language),
        ("cadence", &words.change_cadence),
    ] {
        let Some(after) = person.after.get(field).filter(|value| !value.is_null()) else { continue };
        let brought = report.brought.get(&text(after)).filter(|_| field == "organisation");
        let after = brought.cloned().unwrap_or_else(|| tell_value(teller, field, &text(after)));
        lines.push(fill(pattern, &[("value", &after)]));
    }
    if !person.is_new && person.after.get("admitted") == Some(&Value::Bool(true)) {
        lines.push(words.change_admitted.clone());
    }
    let list = |field: &str| person.after.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    for seat in list("seats") {
        let of = |key: &str| seat.get(key).and_then(Value::as_str).unwrap_or_default();
        let place = format!("{}, {}", teller.position(of("position")), teller.group(of("group")));
        lines.push(fill(&words.change_place, &[("value", &place)]));
    }
    for (union, ground) in &person.grounds {
        let brought = report.brought.get(union).cloned();
        let union = brought.unwrap_or_else(|| name_of(teller, &format!("represents:{union}")));
        lines.push(fill(tell_ground(words, *ground), &[("union", &union)]));
    }
    for (field, pattern) in [("roles", &words.change_role), ("follows", &words.change_follow)] {
        let names: Vec<String> = list(field).iter().map(|term| name_of(teller, &text(term))).collect();
        if !names.is_empty() {
            lines.push(fill(pattern, &[("value", &names.join(", "))]));
        }
    }
    lines
}

/// Why it may be stored that somebody sits for a union.
fn tell_ground(words: &PeopleImport, ground: UnionGround) -> &str {
    match ground {
        UnionGround::Consent => &words.change_ground_consent,
        UnionGround::Published => &words.change_ground_published,
    }
}

/// The rows for unions that record no ground, and what is to be done.
fn tell_groundless(words: &PeopleImport, groundless: &Groundless) -> Vec<String> {
    let kinds = [
        (&groundless.unsaid, &words.ground_unsaid),
        (&groundless.withdrawn, &words.ground_withdrawn),
        (&groundless.idle, &words.ground_idle),
    ];
    let some = kinds.into_iter().filter(|(lines, _)| !lines.is_empty());
    some.map(|(lines, pattern)| fill(pattern, &[("lines", &name_lines(lines))])).collect()
}

/// "2, 5, 9", "2, 3, 4, 5, 6 … (42)".
fn name_lines(lines: &[usize]) -> String {
    let named: Vec<String> = lines.iter().take(LINES_NAMED).map(usize::to_string).collect();
    match lines.len() > LINES_NAMED {
        true => format!("{} … ({})", named.join(", "), lines.len()),
        false => named.join(", "),
    }
}

fn tell_value(teller: &Teller<'_>, field: &str, value: &str) -> String {
    let words = teller.reading.0.words(teller.staff.language);
    let told = match field {
        "organisation" => Some(name_of(teller, &format!("org:{value}"))),
        "language" => {
            value.parse::<Language>().ok().and_then(|language| words.language.get(&language).cloned())
        }
        "cadence" => value.parse::<Cadence>().ok().and_then(|cadence| words.cadence.get(&cadence).cloned()),
        _ => None,
    };
    told.unwrap_or_else(|| value.to_owned())
}

/// What a term is called; of one that comes with the file, its slug.
fn name_of(teller: &Teller<'_>, written: &str) -> String {
    let forum = &teller.staff.forum;
    let found = written.parse::<Term>().ok().and_then(|term| forum.terms.find(&term));
    let slug = || written.split_once(':').map_or(written, |(_, slug)| slug).to_owned();
    found.map_or_else(slug, |ix| forum.name_of(ix, teller.staff.language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::end_once;

    #[test]
    fn a_list_that_is_cut_ends_in_three_dots_and_a_whole_one_in_a_full_stop() {
        assert_eq!(
            end_once("Skriv en som finnes: Leder, Politiker ….".to_owned()),
            "Skriv en som finnes: Leder, Politiker …"
        );
        assert_eq!(end_once("Skriv en som finnes: Leder.".to_owned()), "Skriv en som finnes: Leder.");
    }
}
