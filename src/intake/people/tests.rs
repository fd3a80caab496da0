//! Rows that do not contradict each other mean the same in any order, and however cells are spread over them.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::prelude::*;

use super::cells::{Vocabulary, cadence_of};
use super::headings::Headings;
use super::merge::Merge;
use super::organisations::Catalogue;
use super::rows::read_rows;
use crate::forum::{Cadence, CronTimes, Facet, Forum, ForumSettings, Names, Term, Terms};
use crate::intake::sheet::{Sheet, SheetRow};

const HEADER: [&str; 8] =
    ["email", "name", "organisation", "role", "groups", "represents", "sectors", "cadence"];

fn forum() -> Forum {
    let mut terms = Terms::default();
    for (facet, slugs) in [
        (Facet::Role, ["specialist", "politician"]),
        (Facet::Group, ["health", "steering"]),
        (Facet::Sector, ["health", "industry"]),
    ] {
        for slug in slugs {
            terms.add(Term::new(facet, slug), Names::default());
        }
    }
    let cadences = BTreeMap::from([(Cadence::Weekly, CronTimes("0 30 7 * * Mon".into()))]);
    let settings = ForumSettings { cadences, ..ForumSettings::sample() };
    Forum { settings, terms, group_sectors: HashMap::new() }
}

#[test]
fn a_cadence_is_known_by_what_pages_call_it() {
    for text in ["Hver uke", "kvar veke", "Every week", "ukentlig", "weekly"] {
        assert_eq!(cadence_of(&forum(), text), Ok(Cadence::Weekly), "{text}");
    }
    let daily = cadence_of(&forum(), "Hver dag når det er noe nytt").unwrap_err();
    assert!(
        daily.starts_with("the forum sends nothing daily"),
        "it is known, and the forum has no times for it: {daily}"
    );
}

/// Everyone a file makes, in sorted words.
fn people(rows: &[Vec<String>]) -> Vec<String> {
    let forum = forum();
    let header: Vec<String> = HEADER.map(String::from).to_vec();
    let headings = Headings::read(&header).unwrap();
    let rows = rows.iter().enumerate().map(|(at, cells)| SheetRow {
        line: at + 2,
        cells: cells.clone(),
        unwritten: BTreeMap::new(),
    });
    let sheet = Sheet { header, rows: rows.collect(), ..Sheet::default() };
    let (rows, errors) = read_rows(&sheet, &headings, &Vocabulary::of(&forum));
    let mut merge =
        Merge { headings: &headings, catalogue: Catalogue::default(), errors, shared: Vec::new() };
    let rows = merge.refuse_erased(rows, &HashSet::new());
    let persons = merge.merge(rows, &HashMap::new());
    assert_eq!(merge.errors, []);
    let mut lines: Vec<String> = persons
        .into_iter()
        .map(|mut person| {
            person.roles.sort();
            person.sectors.sort();
            let slug = |ix| merge.catalogue.get(ix).slug.clone();
            let mut seats: Vec<_> =
                person.seats.iter().map(|s| (s.group, slug(s.represents), s.position)).collect();
            seats.sort();
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {seats:?} {}",
                person.email,
                person.name,
                person.organisation.map(slug),
                person.cadence,
                person.roles,
                person.sectors,
                person.admitted
            )
        })
        .collect();
    lines.sort();
    lines
}

/// A person as one row: every column but the address may be empty.
fn row() -> impl Strategy<Value = Vec<String>> {
    let one_of = |words: &'static [&'static str]| prop::sample::select(words).prop_map(String::from);
    (
        one_of(&["NAV", "Vik kommune"]),
        one_of(&["", "specialist", "politician|specialist"]),
        one_of(&["", "health", "health/leader,steering", "steering/deputy|health"]),
        one_of(&["", "nav", "Vik kommune|lo"]),
        one_of(&["", "health", "industry|health"]),
        one_of(&["", "weekly"]),
    )
        .prop_map(|(organisation, role, groups, represents, sectors, cadence)| {
            vec![String::new(), String::new(), organisation, role, groups, represents, sectors, cadence]
        })
}

proptest! {
    #[test]
    fn rows_mean_the_same_in_any_order_and_however_cells_are_spread(
        (whole, spread) in prop::collection::vec((row(), prop::collection::vec(0..2usize, 8)), 1..6)
            .prop_flat_map(|people| {
                let mut whole = Vec::new();
                let mut spread = Vec::new();
                for (n, (mut row, halves)) in people.into_iter().enumerate() {
                    row[0] = format!("p{n}@x.test");
                    row[1] = format!("Person {n}");
                    // Groups and whom they represent stay together: represents holds for the groups of its row.
                    let half_of = |column: usize| halves[if column == 5 { 4 } else { column }];
                    let half = |wanted: usize| -> Vec<String> {
                        let kept = |at: usize| at == 0 || half_of(at) == wanted;
                        row.iter().enumerate().map(|(at, c)| if kept(at) { c.clone() } else { String::new() }).collect()
                    };
                    // A row without groups admits, so the whole says that too.
                    whole.push(row.clone());
                    whole.push(vec![row[0].clone()]);
                    spread.extend([half(0), half(1), vec![row[0].clone()]]);
                }
                (Just(whole), Just(spread).prop_shuffle())
            })
    ) {
        prop_assert_eq!(people(&whole), people(&spread));
    }
}
