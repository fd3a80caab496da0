//! The points of the rule that are easily got wrong, one by one.

use treff::content::Importance;
use treff::forum::{Kind, Position, Status};
use treff::matching::{Profile, Release, evaluate};

use super::sketch::{Expression, Person, Piece, Place, Sketch, Wall, now};

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

/// Health with its night-shift project; industry with process; decision-makers with mayors.
fn sketch() -> Sketch {
    Sketch {
        terms: strings(&[
            "group:health",
            "group:health-night",
            "sector:industry",
            "sector:process",
            "sector:health",
            "role:decision-maker",
            "role:mayor",
            "org:nav",
            "represents:nav",
        ]),
        parents: [
            ("group:health-night", "group:health"),
            ("sector:process", "sector:industry"),
            ("role:mayor", "role:decision-maker"),
        ]
        .map(|(child, parent)| (child.to_owned(), parent.to_owned()))
        .into(),
        group_sectors: [("group:health".to_owned(), strings(&["sector:health"]))].into(),
        people: Vec::new(),
        pieces: Vec::new(),
    }
}

fn nobody_in_particular() -> Person {
    Person {
        status: Status::Active,
        roles: Vec::new(),
        workplace: Vec::new(),
        places: Vec::new(),
        admitted: true,
        follows: Vec::new(),
        mutes: Vec::new(),
        muted_kinds: Vec::new(),
    }
}

fn place(group: &str, position: Position) -> Place {
    let group = group.to_owned();
    Place {
        group,
        position,
        represents: "represents:nav".to_owned(),
        starts: None,
        ends: None,
        topics: Vec::new(),
    }
}

fn night_leader() -> Person {
    Person { places: vec![place("group:health-night", Position::Leader)], ..nobody_in_particular() }
}

fn article() -> Piece {
    Piece {
        kind: Kind::Article,
        audience: None,
        about: Vec::new(),
        interested: true,
        visibility: Wall::Public,
        importance: Importance::Normal,
        release: 0,
        expires: None,
        date: None,
        end: None,
        group: None,
        numbered: None,
        withdrawn: false,
    }
}

fn to(audience: Expression) -> Piece {
    Piece { audience: Some(audience), ..article() }
}

fn about(terms: &[&str]) -> Piece {
    Piece { about: strings(terms), ..article() }
}

fn term(text: &str) -> Expression {
    Expression::Term(text.to_owned())
}

/// The decision in a line: `audience: group:health audience`.
fn decide(person: &Person, piece: &Piece) -> String {
    let forum = sketch().forum();
    let profile = Profile::new(&forum, &person.standing(&forum.terms), now());
    let item = piece.item("sak".to_owned(), &forum.terms);
    let decision = evaluate(&forum, &item, &profile, Release::ByTime);
    let reason = |r: &treff::matching::Reason| format!(" {} {:?}", r.term.written(&forum.terms), r.how);
    let reasons: Vec<_> = decision.reasons.iter().map(reason).collect();
    format!("{}:{}", decision.because.word(), reasons.join(",")).to_lowercase()
}

#[test]
fn who_sits_in_a_nested_group_is_within_the_groups_above() {
    let leader = Expression::Seat("group:health".to_owned(), Position::Leader);
    assert_eq!(decide(&night_leader(), &to(leader)), "audience: group:health/leader audience");
    let inside = Piece { visibility: Wall::Group("group:health".to_owned()), ..to(Expression::All) };
    assert_eq!(decide(&night_leader(), &inside), "audience: all audience");
    let only = Piece { visibility: Wall::Only("group:health".to_owned()), ..to(Expression::All) };
    assert_eq!(decide(&night_leader(), &only), "not_entitled:");
}

#[test]
fn sectors_of_the_groups_above_an_own_group_are_neither_held_nor_followed() {
    assert_eq!(decide(&night_leader(), &about(&["sector:health"])), "no_match:");
    assert_eq!(decide(&night_leader(), &to(term("sector:health"))), "no_match:");
    let member = Person { places: vec![place("group:health", Position::Member)], ..nobody_in_particular() };
    assert_eq!(decide(&member, &about(&["sector:health"])), "interest: sector:health equal");
}

#[test]
fn a_followed_sector_is_held_but_a_followed_role_or_group_is_not() {
    let follower = Person {
        follows: strings(&["sector:process", "role:mayor", "group:health"]),
        ..nobody_in_particular()
    };
    assert_eq!(decide(&follower, &to(term("sector:industry"))), "audience: sector:industry audience");
    assert_eq!(decide(&follower, &to(term("role:mayor"))), "no_match:");
    assert_eq!(decide(&follower, &to(term("group:health"))), "no_match:");
    assert_eq!(decide(&follower, &about(&["group:health-night"])), "interest: group:health-night under");
}

#[test]
fn own_roles_are_followed_and_the_strongest_match_of_a_term_counts() {
    let mayor = Person {
        roles: strings(&["role:mayor"]),
        follows: strings(&["sector:industry", "sector:process"]),
        ..nobody_in_particular()
    };
    let piece = about(&["role:decision-maker", "sector:process", "role:mayor", "sector:industry"]);
    assert_eq!(
        decide(&mayor, &piece),
        "interest: role:decision-maker above, sector:process equal, role:mayor equal, sector:industry equal"
    );
}

#[test]
fn a_term_under_a_double_not_selects_but_gives_no_reason() {
    let not = |e| Expression::Not(Box::new(e));
    let mayor = Person { roles: strings(&["role:mayor"]), ..nobody_in_particular() };
    assert_eq!(decide(&mayor, &to(not(not(term("role:mayor"))))), "audience: all audience");
    let with_all = Expression::Or(vec![Expression::All, term("role:decision-maker")]);
    assert_eq!(decide(&mayor, &to(with_all)), "audience: role:decision-maker audience");
}

#[test]
fn a_required_item_goes_past_every_mute_with_its_audience_reasons_alone() {
    let person = Person {
        mutes: strings(&["group:health", "sector:industry"]),
        follows: strings(&["sector:industry"]),
        muted_kinds: vec![Kind::Article],
        ..night_leader()
    };
    let required = Piece {
        importance: Importance::Required,
        about: strings(&["sector:process"]),
        ..to(term("group:health"))
    };
    assert_eq!(decide(&person, &required), "required: group:health audience");
    let unchosen = Piece { audience: Some(term("org:nav")), ..required.clone() };
    assert_eq!(decide(&person, &unchosen), "muted:");
    let gone = Person { status: Status::Unsubscribed, ..person };
    assert_eq!(decide(&gone, &required), "status:");
}

#[test]
fn a_mute_strikes_the_reasons_at_and_under_it_and_never_all() {
    let muting = Person { mutes: strings(&["group:health"]), ..night_leader() };
    let leader = Expression::Seat("group:health-night".to_owned(), Position::Leader);
    assert_eq!(decide(&muting, &to(leader)), "muted:");
    assert_eq!(decide(&muting, &to(Expression::All)), "audience: all audience");
    let mixed = Expression::Or(vec![term("group:health"), term("represents:nav")]);
    assert_eq!(decide(&muting, &to(mixed)), "audience: represents:nav audience");
}

#[test]
fn everything_it_is_about_must_be_muted_to_withhold_a_chosen_item() {
    let muting = Person { mutes: strings(&["sector:industry"]), ..nobody_in_particular() };
    let half = Piece { about: strings(&["sector:process", "sector:health"]), ..to(Expression::All) };
    assert_eq!(decide(&muting, &half), "audience: all audience");
    let whole = Piece { about: strings(&["sector:process", "sector:industry"]), ..to(Expression::All) };
    assert_eq!(decide(&muting, &whole), "muted:");
}

#[test]
fn a_seat_counts_from_its_start_until_just_before_its_end() {
    let seated = |starts, ends| {
        let place = Place { starts, ends, ..place("group:health", Position::Member) };
        let person = Person { places: vec![place], admitted: false, ..nobody_in_particular() };
        decide(&person, &Piece { visibility: Wall::Forum, ..to(Expression::All) })
    };
    assert_eq!(seated(Some(0), Some(1)), "audience: all audience");
    assert_eq!(seated(Some(1), None), "not_entitled:");
    assert_eq!(seated(None, Some(0)), "not_entitled:");
}

#[test]
fn an_item_is_open_from_its_release_until_just_before_it_closes() {
    let open = |release, expires| {
        decide(&nobody_in_particular(), &Piece { release, expires, ..to(Expression::All) })
    };
    assert_eq!(open(0, Some(1)), "audience: all audience");
    assert_eq!(open(1, None), "not_open:");
    assert_eq!(open(-1, Some(0)), "not_open:");
}
