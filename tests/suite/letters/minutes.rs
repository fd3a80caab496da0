//! What minutes and promises say is told whole, or leaves a mark where it is cut; where the rest is found.

use treff::content::{Fields, Item, Minutes};
use treff::forum::{EmailAddress, Kind, Language};
use treff::letter::{Handover, Letters};
use treff::matching::Match;

use super::scene::*;

const PROMISED: &str = "- Jane spør NAV innen 1. april\n- Bjørn skriver et utkast innen 10. april\n- Uni tar kontakt innen 20. april\n";

/// Minutes with a list, paragraphs and numbered points.
fn minutes(next: &str) -> Item {
    let mut said = text("Møtet i mars", "Hele referatet.");
    said.minutes = Minutes {
        achieved: Some("Åtte har tatt fagbrev.\n\nTo til er meldt opp\n\nVikarene er på plass.\n".into()),
        how: Some("1. Teorien ble lagt til rolige vakter\n2. Én kollega fulgte opp\n".into()),
        next: Some(next.into()),
        why: None,
    };
    item(
        1,
        Kind::Minutes,
        Fields::Minutes { group: None, met_on: None, promises: Vec::new() },
        &[(Language::Nb, said)],
    )
}

/// Both bodies of a letter that holds minutes, and a hand-over of what they promised.
fn letter(next: &str) -> (String, String) {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (minutes, reasons) = (minutes(next), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut view = view(vec![chosen(&minutes, &reasons)]);
    view.handovers = vec![Handover { group: term(&forum, "group:health"), promised: Some(next) }];
    bodies(&letter_bytes(&letters, &forum, &addressee(&email, "A", Language::Nb), &view))
}

#[test]
fn of_lists_and_paragraphs_every_line_is_told() {
    let (text, html) = letter(PROMISED);
    let three = "Jane spør NAV innen 1. april. Bjørn skriver et utkast innen 10. april. Uni tar kontakt innen 20. april.";
    for body in [text, html] {
        for told in [
            "Åtte har tatt fagbrev. To til er meldt opp. Vikarene er på plass.".to_owned(),
            format!("Slik: Teorien ble lagt til rolige vakter. Én kollega fulgte opp. Neste steg: {three}"),
            format!("Gruppa har lovet til neste møte: {three}"),
        ] {
            assert!(body.contains(&told), "{told}\n{body}");
        }
    }
}

#[test]
fn a_hand_over_leads_to_the_archive_of_the_group() {
    let (text, html) = letter(PROMISED);
    let link =
        format!("https://forum.example/l/{}/link?next=/me/items%3Fgroup%3Dhealth", TOKENS.letter_token);
    assert!(
        text.contains(&format!("Eldre saker fra gruppa ligger i arkivet. Åpne arkivet: {link}")),
        "{text}"
    );
    assert!(html.contains("Eldre saker fra gruppa ligger i arkivet."), "{html}");
    assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
}

#[test]
fn the_foot_of_a_letter_leads_to_ones_own_pages() {
    let (text, html) = letter(PROMISED);
    let link = format!("https://forum.example/l/{}/link", TOKENS.letter_token);
    assert!(text.contains(&format!("Dine sider: {link} ")), "{text}");
    assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
}

#[test]
fn what_does_not_fit_is_told_to_be_more_and_a_hand_over_has_the_larger_room() {
    let seven: String =
        (1..=7).map(|n| format!("- Løfte nummer {n} er at vi snakker med alle som bor der\n")).collect();
    let (text, _) = letter(&seven);
    let sentence = |n| format!("Løfte nummer {n} er at vi snakker med alle som bor der.");
    assert!(
        text.contains(&format!("Neste steg: {} {} {} … Les", sentence(1), sentence(2), sentence(3))),
        "{text}"
    );
    let all: Vec<_> = (1..=7).map(sentence).collect();
    assert!(text.contains(&format!("til neste møte: {}", all.join(" "))), "{text}");
}
