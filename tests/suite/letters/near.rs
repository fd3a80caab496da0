//! What is near says when it is, wherever the letter names it.

use mail_parser::MessageParser;
use treff::forum::{EmailAddress, Language};
use treff::letter::Letters;
use treff::matching::Match;

use super::scene::*;

#[test]
fn what_comes_next_time_is_named_with_its_deadline_or_date() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut view = view(vec![chosen(&items[2], &reasons)]);
    view.carried_over = vec![&items[0], &items[3], &items[4], &items[5]];
    let bytes = letter_bytes(&letters, &forum, &addressee(&email, "A", Language::Nb), &view);
    let (text, html) = bodies(&bytes);
    for (title, when) in [
        ("Hvor mange læreplasser i helse trenger kommunen i 2028?", "Svar innen fredag 12. mars."),
        ("Samling for hele forumet", "Torsdag 8. april kl. 9–15, Fylkeshuset."),
        ("Søk om å få ein forskar i bedrifta", "Frist: torsdag 15. april kl. 12."),
    ] {
        assert!(text.contains(&format!("- {title} {when} https://")), "{text}");
        let behind = html.split(title).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(behind.contains(&format!("<strong>{when}</strong>")), "{behind}");
        assert!(!behind.contains("lang="), "the date is in the language of the letter: {behind}");
    }
    assert!(html.contains("<p lang=\"nn\""), "{html}");
    assert!(text.contains("- Tilskudd til kompetansepiloter https://"), "{text}");
}

#[test]
fn a_corrections_subject_keeps_its_deadline_or_date() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let subject = |at: usize, language| {
        let mut corrected = chosen(&items[at], &reasons);
        corrected.correction = true;
        let to = addressee(&email, "A", language);
        let bytes = letter_bytes(&letters, &forum, &to, &view(vec![corrected]));
        MessageParser::default().parse(&bytes).unwrap().subject().unwrap().to_owned()
    };
    let title = "Hvor mange læreplasser i helse trenger kommunen i 2028?";
    assert_eq!(
        Language::ALL.map(|language| subject(0, language)),
        [
            format!("Rettelse: Frist fredag: {title}"),
            format!("Retting: Frist fredag: {title}"),
            format!("Correction: Due Friday: {title}"),
        ]
    );
    assert_eq!(subject(3, Language::Nb), "Rettelse: 8. april: Samling for hele forumet");
    assert_eq!(subject(5, Language::Nb), "Rettelse: Tilskudd til kompetansepiloter");
}
