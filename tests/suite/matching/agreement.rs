//! On thousands of random forums, every pair of recipient and item.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use treff::content::{Item, Visibility};
use treff::edition::rank;
use treff::forum::{Facet, Forum, Standing};
use treff::matching::bulk::{Crowd, Grade};
use treff::matching::{Because, Match, Profile, Release, Sight, evaluate, is_entitled};

use super::naive::{Answer, Reading};
use super::sketch::{Sketch, now};
use super::sketches::sketch;

const RELEASES: [(Release, bool); 2] = [(Release::ByTime, false), (Release::ByNumber, true)];

fn word(how: Match) -> &'static str {
    match how {
        Match::Audience => "audience",
        Match::Equal => "equal",
        Match::Under => "under",
        Match::Above => "above",
    }
}

fn items(sketch: &Sketch, forum: &Forum) -> Vec<Item> {
    let named = |(i, piece): (usize, &super::sketch::Piece)| piece.item(format!("sak-{i}"), &forum.terms);
    sketch.pieces.iter().enumerate().map(named).collect()
}

fn standings(sketch: &Sketch, forum: &Forum) -> Vec<Standing> {
    sketch.people.iter().map(|person| person.standing(&forum.terms)).collect()
}

/// The best seven by the evaluator and the ranking, one recipient at a time.
fn list_top_seven(forum: &Forum, items: &[Item], standing: &Standing) -> Vec<String> {
    let profile = Profile::new(forum, standing, now());
    let mut ranked: Vec<(&Item, i64)> = Vec::new();
    for item in items {
        let decision = evaluate(forum, item, &profile, Release::ByTime);
        if decision.because.delivers() {
            ranked.push((item, rank::points(item, &decision.reasons, profile.own_groups(), now(), 0, 0)));
        }
    }
    ranked.sort_by(|a, b| rank::order(*a, *b));
    ranked.iter().take(7).map(|(item, _)| item.slug.clone()).collect()
}

fn check_bulk(forum: &Forum, items: &mut [Item], people: &[&Standing]) -> Result<(), TestCaseError> {
    let crowd = Crowd::gather(forum, people.iter().copied(), now());
    for item in items.iter() {
        for (release, _) in RELEASES {
            let verdicts = crowd.decide(forum, item, release);
            let mut counts = BTreeMap::new();
            for (index, standing) in people.iter().enumerate() {
                let profile = Profile::new(forum, standing, now());
                let because = evaluate(forum, item, &profile, release).because;
                prop_assert_eq!(verdicts.because(index), because, "{:?}\n{:?}", standing, item);
                *counts.entry(because.word()).or_insert(0) += 1;
            }
            for because in Because::ALL {
                prop_assert_eq!(verdicts.count(because), counts.get(because.word()).copied().unwrap_or(0));
            }
        }
    }
    items.sort_by(rank::order_of_equals);
    let points = |item: usize, grade: Grade| {
        rank::reason_points(Some(grade.best), grade.reasons)
            + rank::item_points(&items[item], now())
            + rank::minutes_points(grade.own_minutes)
    };
    let tops = crowd.list_tops(forum, items, 7, Release::ByTime, points);
    for (index, standing) in people.iter().enumerate() {
        let got: Vec<_> = tops.of(index).iter().map(|i| items[*i as usize].slug.clone()).collect();
        prop_assert_eq!(got, list_top_seven(forum, items, standing), "{:?}", standing);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_evaluator_agrees_with_a_naive_reading_of_the_rule(sketch in sketch(1..7, 1..7)) {
        let forum = sketch.forum();
        let items = items(&sketch, &forum);
        for person in &sketch.people {
            let profile = Profile::new(&forum, &person.standing(&forum.terms), now());
            for (piece, item) in sketch.pieces.iter().zip(&items) {
                for (release, by_number) in RELEASES {
                    let decision = evaluate(&forum, item, &profile, release);
                    let reasons = decision.reasons.iter().map(|r| (r.term.written(&forum.terms), word(r.how)));
                    let answer: Answer = (decision.because.word(), reasons.collect());
                    let expected = Reading { sketch: &sketch, person }.decide(piece, by_number);
                    prop_assert_eq!(answer, expected, "{:?}\n{:?}", person, piece);
                }
            }
        }
    }

    #[test]
    fn what_may_be_read_is_what_the_rule_entitles_to(sketch in sketch(1..7, 1..7)) {
        let forum = sketch.forum();
        let groups: Vec<_> = forum.terms.iter().filter(|(_, t)| t.facet == Facet::Group).map(|(ix, _)| ix).collect();
        for person in &sketch.people {
            let profile = Profile::new(&forum, &person.standing(&forum.terms), now());
            let (sight, feeds) = (Sight::of(&forum, &profile), Sight::of(&forum, &profile).without_groups());
            let everyone = Sight::of_everyone(now());
            let walls = groups.iter().flat_map(|g| [Visibility::Group(*g), Visibility::Only(*g)]);
            let mut item = items(&sketch, &forum).remove(0);
            (item.release_at, item.withdrawn) = (now(), false);
            for wall in walls.chain([Visibility::Public, Visibility::Forum]) {
                item.visibility = wall;
                let entitled = is_entitled(&forum, wall, &profile);
                let of_a_group = matches!(wall, Visibility::Group(_) | Visibility::Only(_));
                prop_assert_eq!(sight.includes(&item), entitled, "{:?} {:?}", person, wall);
                prop_assert_eq!(sight.written(&forum.terms).contains(&wall.written(&forum.terms)), entitled);
                prop_assert_eq!(feeds.includes(&item), entitled && !of_a_group);
                prop_assert_eq!(everyone.includes(&item), wall == Visibility::Public);
                let early = Item { release_at: now() + chrono::TimeDelta::microseconds(1), ..item.clone() };
                prop_assert!(!sight.includes(&early));
                let withdrawn = Item { withdrawn: true, ..item.clone() };
                prop_assert!(!sight.includes(&withdrawn));
            }
        }
    }

    #[test]
    fn the_bulk_form_agrees_with_the_evaluator(sketch in sketch(1..20, 1..12)) {
        let forum = sketch.forum();
        let standings = standings(&sketch, &forum);
        check_bulk(&forum, &mut items(&sketch, &forum), &standings.iter().collect::<Vec<_>>())?;
    }
}

#[test]
fn the_bulk_form_agrees_with_the_evaluator_across_its_blocks_and_chunks() {
    let mut runner = TestRunner::deterministic();
    for recipients in [0, 63, 64, 1024, 1025, 2049, 66_000] {
        let sketch = sketch(60..61, 30..31).new_tree(&mut runner).unwrap().current();
        let forum = sketch.forum();
        let standings = standings(&sketch, &forum);
        let everyone: Vec<_> = (0..recipients).map(|i| &standings[(i * i / 7) % 60]).collect();
        let mut items = items(&sketch, &forum);
        items.truncate(if recipients > 2000 { 3 } else { 30 });
        check_bulk(&forum, &mut items, &everyone).unwrap();
    }
}

#[test]
fn more_items_than_a_square_is_wide_are_ranked_right() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..3 {
        let sketch = sketch(100..101, 300..301).new_tree(&mut runner).unwrap().current();
        let forum = sketch.forum();
        let standings = standings(&sketch, &forum);
        check_bulk(&forum, &mut items(&sketch, &forum), &standings.iter().collect::<Vec<_>>()).unwrap();
    }
}

#[test]
fn the_random_forums_reach_every_answer_and_every_match() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..300 {
        let sketch = sketch(1..7, 1..7).new_tree(&mut runner).unwrap().current();
        for (person, piece) in sketch.people.iter().flat_map(|p| sketch.pieces.iter().map(move |q| (p, q))) {
            let (because, reasons) = Reading { sketch: &sketch, person }.decide(piece, false);
            *seen.entry(because).or_default() += 1;
            reasons.iter().for_each(|(_, how)| *seen.entry(how).or_default() += 1);
        }
    }
    let words = Because::ALL.map(Because::word);
    for expected in words.into_iter().chain(["equal", "under", "above"]) {
        assert!(seen.get(expected).is_some_and(|n| *n >= 20), "{expected}: {seen:?}");
    }
}
