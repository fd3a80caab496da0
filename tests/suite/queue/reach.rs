//! Whom an item reaches, held against the rule asked one person at a time.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use treff::content::{Item, Visibility};
use treff::forum::{Facet, Forum, Standing, TermIx};
use treff::insight::reach::{Everyone, Reached, Share};
use treff::matching::{Because, Match, Profile, ReasonTerm, Release, evaluate};

use crate::matching::sketch::{Sketch, now};
use crate::matching::sketches::sketch;

/// The same answer, asked of the evaluator for one person after the other.
fn ask_one_by_one(forum: &Forum, item: &Item, people: &[Standing]) -> Reached {
    let item = Item { release_at: item.release_at.min(now()), ..item.clone() };
    let (mut reached, mut shares) = (Reached::default(), BTreeMap::<TermIx, (usize, usize)>::new());
    for (index, standing) in people.iter().enumerate() {
        let profile = Profile::new(forum, standing, now());
        let decision = evaluate(forum, &item, &profile, Release::ByTime);
        match decision.because {
            Because::Required | Because::Audience => reached.chosen.push(index),
            Because::Interest => reached.interested.push(index),
            _ => {}
        }
        let is_broad = |how: Match, term: ReasonTerm| how == Match::Above || term == ReasonTerm::All;
        if decision.because.delivers() && decision.reasons.iter().all(|r| is_broad(r.how, r.term)) {
            reached.broad.push(index);
        }
        if !profile.is_active() {
            continue;
        }
        reached.active += 1;
        let work = standing.workplace.iter().copied().find(|ix| forum.terms.term(*ix).facet == Facet::Org);
        for place in profile.own_groups().iter().copied().chain(work) {
            let (got, of) = shares.entry(place).or_default();
            (*got, *of) = (*got + usize::from(decision.because.delivers()), *of + 1);
        }
    }
    let of_facet = |facet: Facet| {
        let is_of = |(ix, _): &(&TermIx, &(usize, usize))| forum.terms.term(**ix).facet == facet;
        let share = |(term, (reached, of)): (&TermIx, &(usize, usize))| Share {
            term: *term,
            reached: *reached,
            of: *of,
        };
        shares.iter().filter(is_of).map(share).collect()
    };
    Reached { groups: of_facet(Facet::Group), organisations: of_facet(Facet::Org), ..reached }
}

fn check(sketch: &Sketch) -> Result<(), TestCaseError> {
    let forum = sketch.forum();
    let people: Vec<Standing> = sketch.people.iter().map(|person| person.standing(&forum.terms)).collect();
    let everyone = Everyone::gather(&forum, people.clone(), now());
    for (i, piece) in sketch.pieces.iter().enumerate() {
        let item = piece.item(format!("sak-{i}"), &forum.terms);
        let expected = ask_one_by_one(&forum, &item, &people);
        let got = everyone.look(&forum, &item);
        prop_assert_eq!(&got, &expected, "{:?}", piece);
        let open = Item { visibility: Visibility::Public, ..item.clone() };
        let walled = (0..people.len()).filter(|index| {
            let because =
                |item: &Item| everyone.explain(&forum, item, *index).expect("they are there").because;
            matches!(because(&open), Because::Required | Because::Audience)
                && because(&item) == Because::NotEntitled
        });
        prop_assert_eq!(everyone.count_walled(&forum, &item, &got), walled.count(), "{:?}", piece);
        let counts = everyone.count_reach(&forum, &item);
        prop_assert_eq!(counts.recipients(), expected.recipients());
        prop_assert_eq!(counts.by_choice, expected.chosen.len());
        for index in 0..people.len() {
            let delivers = everyone.explain(&forum, &item, index).is_some_and(|d| d.because.delivers());
            let is_reached = expected.chosen.contains(&index) || expected.interested.contains(&index);
            prop_assert_eq!(delivers, is_reached);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whom_an_item_reaches_is_whom_the_rule_gives_it_to(sketch in sketch(1..20, 1..10)) {
        check(&sketch)?;
    }
}

#[test]
fn many_people_are_counted_as_few_are() {
    let mut runner = TestRunner::deterministic();
    let sketch = sketch(3000..3001, 4..5).new_tree(&mut runner).unwrap().current();
    check(&sketch).unwrap();
}

#[test]
fn an_answer_holds_until_a_place_begins_or_ends() {
    let mut runner = TestRunner::deterministic();
    let sketch = sketch(30..31, 1..2).new_tree(&mut runner).unwrap().current();
    let forum = sketch.forum();
    let people: Vec<Standing> = sketch.people.iter().map(|person| person.standing(&forum.terms)).collect();
    let edges = people.iter().flat_map(|p| &p.seats).flat_map(|seat| [seat.starts_at, seat.ends_at]);
    let first = edges.flatten().filter(|at| *at > now()).min();
    assert!(first.is_some());
    assert_eq!(Everyone::gather(&forum, people, now()).holds_until(), first);
}
