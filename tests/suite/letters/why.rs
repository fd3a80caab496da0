//! The *why* line in plain Norwegian and English, and what it never tells.

use mail_parser::MessageParser;
use treff::content::Fields;
use treff::forum::{EmailAddress, Forum, Kind, Language, Position};
use treff::letter::Letters;
use treff::matching::{Because, Match, Reason, ReasonTerm};

use super::scene::*;

/// The why line of one tip in the text body, on one line.
fn why(forum: &Forum, reasons: &[Reason], because: Because, language: Language, discreet: bool) -> String {
    let letters = Letters::load(None).unwrap();
    let texts = Language::ALL.map(|l| (l, text("Tips", "Kort.")));
    let tip = item(1, Kind::Tip, Fields::Plain, &texts);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut to = addressee(&email, "A", language);
    to.discreet = discreet;
    let mut one = chosen(&tip, reasons);
    one.because = because;
    let bytes = letter_bytes(&letters, forum, &to, &view(vec![one]));
    let text = MessageParser::default().parse(&bytes).unwrap().body_text(0).unwrap().replace("\r\n", "\n");
    let paragraph = text.split("\n\n").find(|p| p.contains("/not-for-me")).unwrap().to_owned();
    let line: Vec<_> = paragraph.lines().take_while(|line| !line.ends_with(':')).map(str::trim).collect();
    line.join(" ")
}

#[test]
fn topics_and_groups_are_named() {
    let forum = forum();
    let health = reason(&forum, "sector:health", Match::Equal);
    let ict = reason(&forum, "sector:ict", Match::Equal);
    let group = reason(&forum, "group:health", Match::Audience);
    let why = |reasons: &[Reason], language| why(&forum, reasons, Because::Audience, language, false);
    assert_eq!(why(&[health], Language::Nb), "Du får denne fordi du følger helse.");
    assert_eq!(why(&[health, ict], Language::Nn), "Du får denne fordi du følgjer helse og IKT.");
    assert_eq!(why(&[group], Language::Nb), "Du får denne fordi du sitter i kompetansegruppe helse.");
    assert_eq!(
        why(&[group, health], Language::Nn),
        "Du får denne fordi du sit i kompetansegruppe helse og følgjer helse."
    );
    assert_eq!(
        why(&[group, health], Language::En),
        "You get this because you have a place in the health competence group and follow health."
    );
    let night = reason(&forum, "group:night", Match::Audience);
    assert_eq!(why(&[night], Language::Nb), "Du får denne fordi du sitter i Nattvaktprosjektet.");
    let leader = Reason {
        term: ReasonTerm::Seat(term(&forum, "group:health"), Position::Leader),
        how: Match::Audience,
    };
    assert_eq!(why(&[leader], Language::Nb), "Du får denne fordi du er leder i kompetansegruppe helse.");
    let followed = reason(&forum, "group:health", Match::Equal);
    for sits in [group, leader] {
        let once = why(&[sits], Language::Nb);
        assert_eq!(why(&[sits, followed], Language::Nb), once, "who sits in a group follows it");
    }
    let near = reason(&forum, "sector:industry", Match::Above);
    assert_eq!(why(&[near], Language::Nb), "Du får denne fordi den handler om industri.");
}

#[test]
fn a_choice_of_the_forum_is_told_as_somebodys_choice() {
    let forum = forum();
    let all = reason(&forum, "all", Match::Audience);
    let why = |language| why(&forum, &[all], Because::Audience, language, false);
    assert_eq!(why(Language::Nb), "Kari Nes i forumet har valgt denne til deg.");
    assert_eq!(why(Language::Nn), "Kari Nes i forumet har valt denne til deg.");
    assert_eq!(why(Language::En), "Kari Nes at the forum chose this for you.");
}

#[test]
fn what_is_required_says_so() {
    let forum = forum();
    let group = reason(&forum, "group:steering", Match::Audience);
    let why = |language| why(&forum, &[group], Because::Required, language, false);
    assert_eq!(
        why(Language::Nb),
        "Du får denne fordi du sitter i styringsgruppa. Denne sendes uansett tema."
    );
    assert_eq!(
        why(Language::Nn),
        "Du får denne fordi du sit i styringsgruppa. Denne blir send uansett tema."
    );
}

#[test]
fn roles_organisations_and_whom_one_represents_are_never_named() {
    let forum = forum();
    for written in ["role:shop-steward", "represents:forbundet", "kind-of-org:union", "org:nav"] {
        let sent = reason(&forum, written, Match::Audience);
        assert_eq!(
            why(&forum, &[sent], Because::Audience, Language::Nb, false),
            "Kari Nes i forumet har valgt denne til deg.",
            "{written}"
        );
        for how in [Match::Equal, Match::Under, Match::Above] {
            let followed = reason(&forum, written, how);
            assert_eq!(
                why(&forum, &[followed], Because::Interest, Language::Nb, false),
                "Du får denne fordi den passer med temaene dine.",
                "{written}"
            );
        }
    }
}

#[test]
fn whose_seat_is_for_a_union_is_not_told_the_group_either() {
    let forum = forum();
    let leader = Reason {
        term: ReasonTerm::Seat(term(&forum, "group:health"), Position::Leader),
        how: Match::Audience,
    };
    for sent in [reason(&forum, "group:health", Match::Audience), leader] {
        assert_eq!(
            why(&forum, &[sent], Because::Audience, Language::Nb, true),
            "Kari Nes i forumet har valgt denne til deg."
        );
    }
}
