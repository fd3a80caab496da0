//! What a successor is told at the head of their letter.

use mail_parser::MessageParser;
use treff::forum::{EmailAddress, Language};
use treff::letter::{Addressee, Handover, Letters};
use treff::matching::Match;

use super::scene::*;

/// Subject and text of a letter that hands over one item with each of `groups`, beside one that anybody gets.
fn letter(groups: &[&str], discreet: bool) -> (String, String) {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let to = Addressee { discreet, ..addressee(&email, "A", Language::Nb) };
    let mut view = view(vec![chosen(&items[6], &reasons)]);
    for (group, item) in groups.iter().zip([&items[1], &items[2]]) {
        let group = term(&forum, group);
        view.handovers.push(Handover { group, promised: None });
        let mut handed_over = chosen(item, &reasons);
        handed_over.handover = Some(group);
        view.items.insert(0, handed_over);
    }
    let bytes = letter_bytes(&letters, &forum, &to, &view);
    let subject = MessageParser::default().parse(&bytes).unwrap().subject().unwrap().to_owned();
    (subject, bodies(&bytes).0)
}

#[test]
fn each_place_taken_over_stands_with_its_own_items() {
    let (subject, text) = letter(&["group:health", "group:night"], false);
    assert_eq!(subject, "Velkomstbrev: dette overtar du (+ 3 saker)");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}"));
    let told = [
        "Du har fått plass i kompetansegruppe helse. Disse sakene",
        "items%3Fgroup%3Dhealth",
        "* Nattvaktprosjektet: åtte har tatt fagbrev",
        "Du har fått plass i Nattvaktprosjektet. Disse sakene",
        "items%3Fgroup%3Dnight",
        "* Sju av ti bedrifter mangler elektrofolk",
        "* Erfaringer fra Dalen",
    ];
    assert!(told.map(at).is_sorted(), "{text}");
}

#[test]
fn the_subject_names_the_group_where_there_is_one() {
    let (subject, text) = letter(&["group:health"], false);
    assert_eq!(subject, "Velkomstbrev: dette overtar du i kompetansegruppe helse (+ 2 saker)");
    assert_eq!(text.matches("VELKOMSTBREV: DETTE OVERTAR DU").count(), 1, "{text}");
}

#[test]
fn a_union_s_successor_is_told_of_no_group() {
    let (subject, text) = letter(&["group:night"], true);
    assert_eq!(subject, "Velkomstbrev: dette overtar du (+ 2 saker)");
    assert!(text.contains(
        "Du har fått en plass i forumet. Hvilken gruppe den er i, står på sidene dine. Disse sakene"
    ));
    assert!(text.contains("link?next=/me/items ") && !text.contains("night"), "{text}");
    assert!(!text.contains("plass i Nattvaktprosjektet"), "{text}");
}
