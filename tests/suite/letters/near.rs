//! What is near says when it is, wherever the letter names it.

use mail_parser::MessageParser;
use treff::forum::{EmailAddress, Language};
use treff::letter::{Letters, Press};
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
fn what_closes_before_the_next_letter_stands_apart_with_the_day_until_which_it_is_open() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let mut dated = items[5].clone();
    dated.expires_at = Some("2027-03-20T00:00:00+01:00".parse().unwrap());
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut view = view(vec![chosen(&items[2], &reasons)]);
    view.closing = vec![&items[4], &dated];
    view.carried_over = vec![&items[3]];
    for (language, closing, until, comes) in [
        (
            Language::Nb,
            "KAN BLI UAKTUELT FØR NESTE BREV Du kan lese dem nå.",
            "Aktuell til fredag 19.",
            "Kommer i",
        ),
        (
            Language::Nn,
            "KAN BLI UAKTUELT FØR NESTE BREV Du kan lese dei no.",
            "Aktuell til fredag 19.",
            "Kjem i",
        ),
        (
            Language::En,
            "MAY CLOSE BEFORE YOUR NEXT LETTER You can read them",
            "Current until Friday",
            "Comes",
        ),
    ] {
        let (text, html) = bodies(&letter_bytes(&letters, &forum, &addressee(&email, "A", language), &view));
        let apart = text.split(closing).nth(1).unwrap_or_else(|| panic!("{closing} in {text}"));
        let (apart, coming) = apart.split_once(&comes.to_uppercase()).unwrap();
        assert!(apart.contains(&format!("- Tilskudd til kompetansepiloter {until}")), "{apart}");
        assert!(apart.contains("- Søk om å få ein forskar i bedrifta"), "{apart}");
        assert!(coming.contains("- Samling for hele forumet") && !coming.contains(until), "{coming}");
        assert!(html.find(until) < html.find(comes) && html.matches(until).count() == 1, "{html}");
    }
}

#[test]
fn what_is_closed_before_its_own_day_tells_the_day_on_which_it_closes_first() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let closing = |expires_at: &str| {
        let mut event = items[3].clone();
        event.expires_at = Some(expires_at.parse().unwrap());
        let mut view = view(vec![chosen(&items[2], &reasons)]);
        view.closing = vec![&event];
        bodies(&letter_bytes(&letters, &forum, &addressee(&email, "A", Language::Nb), &view)).0
    };
    let day = "Torsdag 8. april kl. 9–15, Fylkeshuset. https://";
    let early = closing("2027-03-20T00:00:00+01:00");
    assert!(
        early.contains(&format!("Samling for hele forumet Aktuell til fredag 19. mars. {day}")),
        "{early}"
    );
    let late = closing("2027-04-20T00:00:00+02:00");
    assert!(
        late.contains(&format!("Samling for hele forumet {day}")),
        "the event itself is over first: {late}"
    );
}

#[test]
fn the_same_title_may_close_before_one_reader_s_next_letter_and_come_in_another_s() {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let (items, reasons) = (items(&forum), [reason(&forum, "all", Match::Audience)]);
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let to = addressee(&email, "A", Language::Nb);
    let (sender, mut closes, mut comes) =
        (masthead(), view(vec![chosen(&items[2], &reasons)]), view(vec![chosen(&items[2], &reasons)]));
    closes.closing = vec![&items[5]];
    comes.carried_over = vec![&items[5]];
    let mut press = Press::new(&letters, &forum, &sender, edition());
    let (first, second) = (press.write(&to, &closes).unwrap(), press.write(&to, &comes).unwrap());
    let pieces = parse_pieces(&mut press);
    let (first, second) = (bodies(&assemble(&first, &pieces)).0, bodies(&assemble(&second, &pieces)).0);
    let until = "Aktuell til fredag 7. mai.";
    assert!(first.contains(until) && !first.contains("KOMMER I NESTE"), "60 days after its number: {first}");
    assert!(second.contains("KOMMER I NESTE BREV") && !second.contains("Aktuell til"), "{second}");
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
