//! Random forums: small, so that terms meet often; with every shape that the rule speaks of.

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use treff::content::Importance;
use treff::forum::{Kind, Position, Status};

use super::sketch::{Expression, Person, Piece, Place, Sketch, Wall};

/// Facets that form trees, with the number of terms in each.
const TREES: [(&str, usize); 3] = [("role", 4), ("group", 6), ("sector", 6)];
const FLAT: [&str; 9] = [
    "org:vik",
    "org:nav",
    "org:lo",
    "kind-of-org:municipality",
    "kind-of-org:union",
    "kind-of-org:other",
    "represents:vik",
    "represents:nav",
    "represents:lo",
];

fn named(facet: &str) -> Vec<String> {
    let trees = TREES.iter().flat_map(|(f, n)| (0..*n).map(move |i| format!("{f}:t{i}")));
    trees.chain(FLAT.map(str::to_owned)).filter(|t| t.starts_with(&format!("{facet}:"))).collect()
}

fn every_term() -> Vec<String> {
    ["role", "group", "sector", "org", "kind-of-org", "represents"].iter().flat_map(|f| named(f)).collect()
}

fn one(facet: &'static str) -> impl Strategy<Value = String> {
    select(named(facet))
}

fn any_term() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => one("sector"), 2 => one("group"), 2 => one("role"), 1 => select(every_term())
    ]
}

pub fn sketch(people: Range<usize>, pieces: Range<usize>) -> impl Strategy<Value = Sketch> {
    (parents(), group_sectors(), vec(person(), people), vec(piece(), pieces)).prop_map(
        |(parents, group_sectors, people, pieces)| Sketch {
            terms: every_term(),
            parents,
            group_sectors,
            people,
            pieces,
        },
    )
}

/// Each term of a tree hangs under an earlier one or under none.
fn parents() -> impl Strategy<Value = BTreeMap<String, String>> {
    let children: Vec<(&str, usize)> =
        TREES.iter().flat_map(|(facet, n)| (1..*n).map(move |i| (*facet, i))).collect();
    let choices: Vec<_> = children.iter().map(|(_, i)| option::weighted(0.7, 0..*i)).collect();
    choices.prop_map(move |chosen| {
        let pair = |((facet, i), parent): (&(&str, usize), Option<usize>)| {
            Some((format!("{facet}:t{i}"), format!("{facet}:t{}", parent?)))
        };
        children.iter().zip(chosen).filter_map(pair).collect()
    })
}

fn group_sectors() -> impl Strategy<Value = BTreeMap<String, Vec<String>>> {
    prop::collection::btree_map(one("group"), vec(one("sector"), 0..3), 0..4)
}

fn person() -> impl Strategy<Value = Person> {
    let status = prop_oneof![8 => Just(Status::Active), 1 => select(Status::ALL.to_vec())];
    let workplace = (one("org"), one("kind-of-org")).prop_map(|(org, kind)| vec![org, kind]);
    let marks = (vec(any_term(), 0..3), vec(any_term(), 0..3), vec(kind(), 0..2));
    (status, vec(one("role"), 0..3), option::of(workplace), vec(place(), 0..4), any::<bool>(), marks)
        .prop_map(|(status, roles, workplace, places, admitted, (follows, mutes, muted_kinds))| Person {
            status,
            roles,
            workplace: workplace.unwrap_or_default(),
            places,
            admitted,
            follows,
            mutes,
            muted_kinds,
        })
}

/// Often at the very edge of now.
fn hour() -> impl Strategy<Value = i64> {
    prop_oneof![3 => -2..=2i64, 1 => Just(24 * -60), 2 => -2000..2000i64]
}

fn place() -> impl Strategy<Value = Place> {
    let span = (option::weighted(0.3, hour()), option::weighted(0.3, hour()));
    (one("group"), position(), one("represents"), span, vec(one("sector"), 0..2)).prop_map(
        |(group, position, represents, (starts, ends), topics)| Place {
            group,
            position,
            represents,
            starts,
            ends,
            topics,
        },
    )
}

fn position() -> impl Strategy<Value = Position> {
    select(Position::ALL.to_vec())
}

fn kind() -> impl Strategy<Value = Kind> {
    select(Kind::ALL.to_vec())
}

fn piece() -> impl Strategy<Value = Piece> {
    let wall = prop_oneof![
        4 => Just(Wall::Public),
        3 => Just(Wall::Forum),
        2 => one("group").prop_map(Wall::Group),
        2 => one("group").prop_map(Wall::Only),
    ];
    let importance = prop_oneof![3 => Just(Importance::Normal), 2 => Just(Importance::Required), 1 => Just(Importance::Background)];
    let release = prop_oneof![4 => -900..=0i64, 1 => hour()];
    let times =
        (release, option::weighted(0.2, hour()), option::weighted(0.6, 1..900i64), option::of(hour()));
    let numbered = option::weighted(0.6, prop_oneof![3 => -900..=0i64, 1 => hour()]);
    let what =
        (kind(), option::weighted(0.7, expression()), vec(any_term(), 0..4), prop::bool::weighted(0.8));
    (what, wall, importance, times, numbered, prop::bool::weighted(0.1), option::of(one("group"))).prop_map(
        |(what, visibility, importance, times, numbered, withdrawn, group)| {
            let (kind, audience, about, interested) = what;
            let (release, expires, date, end) = times;
            Piece {
                kind,
                audience,
                about,
                interested,
                visibility,
                importance,
                release,
                expires,
                date,
                end,
                group,
                numbered,
                withdrawn,
            }
        },
    )
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        1 => Just(Expression::All),
        6 => any_term().prop_map(Expression::Term),
        2 => (one("group"), position()).prop_map(|(group, position)| Expression::Seat(group, position)),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| Expression::Not(Box::new(e))),
            vec(inner.clone(), 1..4).prop_map(Expression::And),
            vec(inner, 1..4).prop_map(Expression::Or),
        ]
    })
}
