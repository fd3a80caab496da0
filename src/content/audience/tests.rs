//! The audience language: parsing, printing, and errors that name the column.

use super::{Audience, AudienceError, AudienceProblem, MAX_DEPTH};
use crate::forum::{Facet, Names, Position, Term, TermIx, Terms};

use proptest::prelude::*;

const SLUGS: [(Facet, &str); 7] = [
    (Facet::Group, "health"),
    (Facet::Role, "decision-maker"),
    (Facet::KindOfOrg, "municipality"),
    (Facet::Org, "nav"),
    (Facet::Sector, "health"),
    (Facet::Sector, "process"),
    (Facet::Represents, "lo_vest"),
];

fn terms() -> Terms {
    let mut terms = Terms::default();
    for (facet, slug) in SLUGS {
        terms.add(Term::new(facet, slug), Names::default());
    }
    terms
}

fn parse(text: &str) -> Result<Audience, AudienceError> {
    Audience::parse(text, &terms())
}

/// How `text` prints back.
fn printed(text: &str) -> String {
    parse(text).unwrap().written(&terms())
}

fn fails(text: &str) -> (usize, AudienceProblem) {
    let error = parse(text).unwrap_err();
    (error.column, error.problem)
}

fn term(facet: Facet, slug: &str) -> Term {
    Term::new(facet, slug)
}

#[test]
fn and_binds_before_or_and_not_before_both() {
    let parsed =
        parse("group:health/leader or (role:decision-maker and kind-of-org:municipality) and not org:nav");
    let expected = Audience::Or(vec![
        Audience::Seat(TermIx(0), Position::Leader),
        Audience::And(vec![
            Audience::Term(TermIx(1)),
            Audience::Term(TermIx(2)),
            Audience::none_of(Audience::Term(TermIx(3))),
        ]),
    ]);
    assert_eq!(parsed, Ok(expected));
}

#[test]
fn printing_leaves_only_the_brackets_that_matter() {
    for (text, expected) in [
        ("all", "all"),
        ("((all))", "all"),
        ("(org:nav and role:decision-maker) or all", "org:nav and role:decision-maker or all"),
        ("org:nav and (role:decision-maker or all)", "org:nav and (role:decision-maker or all)"),
        ("org:nav or (role:decision-maker or all)", "org:nav or role:decision-maker or all"),
        ("not (org:nav and all)", "not (org:nav and all)"),
        ("not(not org:nav)and(all)", "not not org:nav and all"),
        ("\n org:nav\tor\r\n  represents:lo_vest ", "org:nav or represents:lo_vest"),
    ] {
        assert_eq!(printed(text), expected, "{text}");
    }
}

#[test]
fn an_unknown_term_is_told_with_its_column_and_the_nearest_one() {
    let unknown = |column, text: &str, facet, slug| {
        (column, AudienceProblem::UnknownTerm { text: text.into(), nearest: Some(term(facet, slug)) })
    };
    assert_eq!(fails("sector:helth"), unknown(1, "sector:helth", Facet::Sector, "health"));
    assert_eq!(fails("all and group:healt"), unknown(9, "group:healt", Facet::Group, "health"));
    assert_eq!(fails("all or sector:nav"), unknown(8, "sector:nav", Facet::Org, "nav"));
    assert_eq!(fails("sektor:process"), unknown(1, "sektor:process", Facet::Sector, "process"));
    assert_eq!(fails("(nav"), unknown(2, "nav", Facet::Org, "nav"));
    assert_eq!(fails("Group:health"), unknown(1, "Group:health", Facet::Group, "health"));
    assert_eq!(fails("group:helth/leader"), unknown(1, "group:helth", Facet::Group, "health"));
}

#[test]
fn the_column_counts_characters_not_bytes() {
    assert_eq!(fails("all and æøå or all").0, 9);
    assert_eq!(fails("all\u{a0}and\nall x").0, 13);
}

#[test]
fn positions_stand_only_after_groups_and_are_five() {
    assert_eq!(
        parse("sector:health/leader").unwrap_err().to_string(),
        "column 15: \"sector:health/leader\" has a position; positions stand only after group:, as in group:health/leader"
    );
    assert_eq!(
        parse("group:health/boss").unwrap_err().to_string(),
        "column 14: unknown position \"boss\"; the positions are leader, member, deputy, secretary, observer"
    );
    assert_eq!(fails("group:health/").0, 14);
}

#[test]
fn what_is_missing_or_too_much_is_told_with_its_column() {
    use AudienceProblem as P;
    assert!(matches!(fails(" \n "), (1, P::Empty { .. })));
    assert_eq!(fails("all and (org:nav"), (9, P::NeverClosed));
    assert_eq!(fails("all)"), (4, P::NeverOpened));
    assert_eq!(fails("all and"), (8, P::EndsEarly { after: "and".into() }));
    assert_eq!(fails("all and ()"), (10, P::NoOperand { found: ")".into() }));
    assert_eq!(fails("or all"), (1, P::NoOperand { found: "or".into() }));
    assert_eq!(fails("all org:nav"), (5, P::NoOperator { found: "org:nav".into() }));
    assert_eq!(fails("(all not all)"), (6, P::NoOperator { found: "not".into() }));
    assert_eq!(fails("all AND org:nav"), (5, P::Capitals { text: "AND".into(), word: "and" }));
    assert_eq!(fails("Not all"), (1, P::Capitals { text: "Not".into(), word: "not" }));
}

#[test]
fn nesting_has_a_bottom_and_length_has_none() {
    let nested = |n: usize| format!("{}all{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(parse(&nested(MAX_DEPTH)), Ok(Audience::All));
    assert_eq!(fails(&nested(MAX_DEPTH + 1)), (MAX_DEPTH + 1, AudienceProblem::TooDeep));
    assert_eq!(fails(&nested(1_000_000)).1, AudienceProblem::TooDeep);
    assert_eq!(fails(&"not ".repeat(1_000_000)).1, AudienceProblem::TooDeep);
    let long = format!("all{}", " or org:nav".repeat(20_000));
    assert_eq!(printed(&long), long);
}

#[test]
fn terms_under_a_not_give_no_reasons_and_others_come_once_in_order() {
    let audience =
        parse("org:nav and not not role:decision-maker or group:health/leader and (group:health or org:nav)")
            .unwrap();
    let seat = Audience::Seat(TermIx(0), Position::Leader);
    assert_eq!(
        audience.terms_under_no_not(),
        [&Audience::Term(TermIx(3)), &seat, &Audience::Term(TermIx(0))]
    );
    assert_eq!(audience.named_terms(), [TermIx(3), TermIx(1), TermIx(0)]);
    assert_eq!(audience.terms_under_a_not(), [TermIx(1)]);
}

#[test]
fn a_term_is_read_as_held_by_all_or_by_nobody() {
    let audience = parse("org:nav and not group:health/leader").unwrap();
    let nobody = Audience::none_of(Audience::All);
    let nav = |reading: &Audience| audience.with_terms_as(reading, &|ix| ix == TermIx(3));
    let left = Audience::none_of(Audience::Seat(TermIx(0), Position::Leader));
    assert_eq!(nav(&Audience::All), Audience::all_of(vec![Audience::All, left.clone()]));
    assert_eq!(nav(&nobody), Audience::all_of(vec![nobody.clone(), left]));
    let health = audience.with_terms_as(&Audience::All, &|ix| ix == TermIx(0));
    assert_eq!(health, Audience::all_of(vec![Audience::Term(TermIx(3)), Audience::none_of(Audience::All)]));
}

fn any_audience() -> impl Strategy<Value = Audience> {
    let leaf = prop_oneof![
        1 => Just(Audience::All),
        4 => (0..SLUGS.len() as u32).prop_map(|i| Audience::Term(TermIx(i))),
        2 => (0..5usize).prop_map(|p| Audience::Seat(TermIx(0), Position::ALL[p])),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Audience::none_of),
            prop::collection::vec(inner.clone(), 2..5).prop_map(Audience::all_of),
            prop::collection::vec(inner, 2..5).prop_map(Audience::any_of),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(audience in any_audience()) {
        let text = audience.written(&terms());
        let again = parse(&text).unwrap();
        prop_assert_eq!(&again, &audience);
        prop_assert_eq!(again.written(&terms()), text);
    }

    #[test]
    fn no_text_whatever_breaks_the_parser(text in "([()/: \n]|and|or|not|all|group:health|org:nav|\\PC){0,30}") {
        match parse(&text) {
            Ok(audience) => prop_assert_eq!(parse(&audience.written(&terms())), Ok(audience)),
            Err(error) => prop_assert!(error.column >= 1 && error.column <= text.chars().count() + 1),
        }
    }
}
