//! The *why* line in plain Norwegian and English, and what it never tells.

use mail_parser::MessageParser;
use treff::content::Fields;
use treff::forum::{EmailAddress, Forum, Kind, Language, Position, Seat};
use treff::letter::{Letters, Press};
use treff::matching::{Because, Match, Reason, ReasonTerm};

use super::scene::*;

/// The why line of one tip for who sits where the reasons say.
fn why(forum: &Forum, reasons: &[Reason], because: Because, language: Language, discreet: bool) -> String {
    let places = reasons.iter().filter_map(|reason| match reason.term {
        ReasonTerm::All => None,
        ReasonTerm::Term(group) => Some((group, Position::Member)),
        ReasonTerm::Seat(group, position) => Some((group, position)),
    });
    let seats: Vec<Seat> =
        places.map(|(group, position)| Seat { group, ..seat(forum, "group:health", position) }).collect();
    why_for(forum, &seats, reasons, because, language, discreet)
}

/// The why line of one tip in the text body, on one line.
fn why_for(
    forum: &Forum,
    seats: &[Seat],
    reasons: &[Reason],
    because: Because,
    language: Language,
    discreet: bool,
) -> String {
    let letters = Letters::load(None).unwrap();
    let texts = Language::ALL.map(|l| (l, text("Tips", "Kort.")));
    let tip = item(1, Kind::Tip, Fields::Plain, &texts);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut to = addressee(&email, "A", language);
    to.discreet = discreet;
    to.seats = seats;
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

#[test]
fn who_sits_in_a_group_below_is_not_said_to_sit_or_lead_in_the_one_above() {
    let forum = forum();
    let leads_night = [seat(&forum, "group:night", Position::Leader)];
    let why = |reason: Reason, language| {
        why_for(&forum, &leads_night, &[reason], Because::Audience, language, false)
    };
    let group = reason(&forum, "group:health", Match::Audience);
    assert_eq!(
        Language::ALL.map(|language| why(group, language)),
        [
            "Du får denne fordi den er for kompetansegruppe helse og gruppene under.",
            "Du får denne fordi ho er for kompetansegruppe helse og gruppene under.",
            "You get this because it is for the health competence group and the groups under it.",
        ]
    );
    let asked = |position| Reason {
        term: ReasonTerm::Seat(term(&forum, "group:health"), position),
        how: Match::Audience,
    };
    assert_eq!(
        Language::ALL.map(|language| why(asked(Position::Leader), language)),
        [
            "Du får denne fordi den er for ledere i kompetansegruppe helse og gruppene under.",
            "Du får denne fordi ho er for leiarar i kompetansegruppe helse og gruppene under.",
            "You get this because it is for leaders in the health competence group and the groups under it.",
        ]
    );
    for position in Position::ALL {
        let line = why(asked(position), Language::Nb);
        assert!(line.starts_with("Du får denne fordi den er for "), "{line}");
    }
    let night = reason(&forum, "group:night", Match::Audience);
    assert_eq!(why(night, Language::Nb), "Du får denne fordi du sitter i Nattvaktprosjektet.");
}

#[test]
fn only_a_running_place_with_the_very_position_is_claimed() {
    let forum = forum();
    let leader = Reason {
        term: ReasonTerm::Seat(term(&forum, "group:health"), Position::Leader),
        how: Match::Audience,
    };
    let member = seat(&forum, "group:health", Position::Member);
    let ended = Seat {
        ends_at: Some("2027-03-01T00:00:00Z".parse().unwrap()),
        ..seat(&forum, "group:health", Position::Leader)
    };
    let night = seat(&forum, "group:night", Position::Leader);
    let why = |reason| {
        let seats = [member.clone(), ended.clone(), night.clone()];
        why_for(&forum, &seats, &[reason], Because::Audience, Language::Nb, false)
    };
    assert_eq!(
        why(leader),
        "Du får denne fordi den er for ledere i kompetansegruppe helse og gruppene under."
    );
    let group = reason(&forum, "group:health", Match::Audience);
    assert_eq!(why(group), "Du får denne fordi du sitter i kompetansegruppe helse.");
}

#[test]
fn letters_of_one_edition_to_both_share_no_card() {
    let (forum, letters, masthead) = (forum(), Letters::load(None).unwrap(), masthead());
    let tip = item(1, Kind::Tip, Fields::Plain, &[(Language::Nb, text("Tips", "Kort."))]);
    let reasons = [reason(&forum, "group:health", Match::Audience)];
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut press = Press::new(&letters, &forum, &masthead, edition());
    let view = view(vec![chosen(&tip, &reasons)]);
    let mut card_for = |group| {
        let seats = [seat(&forum, group, Position::Member)];
        let mut to = addressee(&email, "A", Language::Nb);
        to.seats = &seats;
        press.write(&to, &view).unwrap().pieces[1].clone()
    };
    let (above, below) = (card_for("group:health"), card_for("group:night"));
    assert_ne!(above, below);
    assert_eq!(card_for("group:health"), above);
}
