//! The button of a request or a call says what it wants, and a contact's link leads to the contact.

use treff::content::{Contact, Fields, Importance, Moment};
use treff::forum::{EmailAddress, Kind, Language};
use treff::letter::Letters;
use treff::matching::Match;

use super::scene::*;

#[test]
fn nobody_is_required_to_help_so_a_required_request_asks_for_an_answer() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let reasons = [reason(&forum, "all", Match::Audience)];
    let wanted_by = Some(Moment::end_of(day("2027-03-12"), OSLO));
    let texts = [(Language::Nb, text("Hvor mange plasser trenger dere?", "Tre tall er nok."))];
    let mut request = item(1, Kind::Request, Fields::Request { wanted_by }, &texts);
    for (language, answer, help) in [
        (Language::Nb, "Svar", "Jeg kan hjelpe"),
        (Language::Nn, "Svar", "Eg kan hjelpe"),
        (Language::En, "Reply", "I can help"),
    ] {
        for (importance, said, other) in
            [(Importance::Required, answer, help), (Importance::Normal, help, answer)]
        {
            request.importance = importance;
            let view = view(vec![chosen(&request, &reasons)]);
            let letter = letter_bytes(&letters, &forum, &addressee(&email, "A", language), &view);
            let (plain, html) = bodies(&letter);
            assert!(
                plain.contains(&format!(" {said}: https://")) && html.contains(&format!(">{said}</a>")),
                "{plain}"
            );
            assert!(
                !plain.contains(&format!(" {other}: https://")) && !html.contains(&format!(">{other}</a>")),
                "{plain}"
            );
        }
    }
}

#[test]
fn the_text_of_a_call_says_what_its_button_says() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let reasons = [reason(&forum, "all", Match::Audience)];
    let call = items(&forum).into_iter().find(|item| item.kind == Kind::Call).unwrap();
    for (language, said, other) in [
        (Language::Nb, "Se hva som kreves", "Les mer"),
        (Language::Nn, "Sjå kva som krevst", "Les meir"),
        (Language::En, "See what is asked for", "Read more"),
    ] {
        let view = view(vec![chosen(&call, &reasons)]);
        let letter = letter_bytes(&letters, &forum, &addressee(&email, "A", language), &view);
        let (plain, html) = bodies(&letter);
        assert!(plain.contains(&format!(" {said}: https://")), "{plain}");
        assert!(html.contains(&format!(">{said}</a>")) && !plain.contains(other), "{plain}");
    }
}

#[test]
fn the_link_of_a_contact_says_nothing_but_their_address() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let reasons = [reason(&forum, "all", Match::Audience)];
    let mut tip = item(1, Kind::Tip, Fields::Plain, &[(Language::Nb, text("Tips", "Kort."))]);
    let address = "salg%25?subject=x#y&z@example.test";
    tip.contact = Some(Contact { name: "Ola".into(), email: Some(address.into()), phone: None });
    let view = view(vec![chosen(&tip, &reasons)]);
    let letter = letter_bytes(&letters, &forum, &addressee(&email, "A", Language::Nb), &view);
    let (plain, html) = bodies(&letter);
    assert!(html.contains("href=\"mailto:salg%2525%3Fsubject%3Dx%23y%26z@example.test\""), "{html}");
    assert!(plain.contains(&format!("Kontakt: Ola, {address}")), "{plain}");
}
