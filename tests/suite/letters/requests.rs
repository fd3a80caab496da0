//! The button of a request says what it wants.

use treff::content::{Fields, Importance, Moment};
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
