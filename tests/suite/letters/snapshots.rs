//! Three letters, whole, as a mail program would show them.

use mail_parser::MessageParser;
use treff::forum::Basis;
use treff::forum::{EmailAddress, Language, Position};
use treff::letter::{Handover, Introduction, Letters};
use treff::matching::Match;

use super::scene::*;

/// The headers as sent, and both bodies decoded.
fn shown(bytes: &[u8]) -> String {
    let message = MessageParser::default().parse(bytes).unwrap();
    let head = std::str::from_utf8(bytes).unwrap().split("\r\n\r\n").next().unwrap().replace("\r\n", "\n");
    let text = message.body_text(0).unwrap();
    let html = message.body_html(0).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a person asks to look at the letters")]
    if let Ok(folder) = std::env::var("TREFF_SHOW_LETTERS") {
        let name = message.to().and_then(|to| to.first()).and_then(|a| a.address()).unwrap().to_owned();
        std::fs::write(format!("{folder}/{name}.html"), html.as_bytes()).unwrap();
        std::fs::write(format!("{folder}/{name}.txt"), text.as_bytes()).unwrap();
        std::fs::write(format!("{folder}/{name}.eml"), bytes).unwrap();
    }
    format!(
        "{}\n\n{head}\n\n=== text\n{}\n=== html\n{}",
        message.subject().unwrap(),
        text.replace('\r', ""),
        html.replace('\r', "")
    )
}

/// In bokmål, four items, some carried over.
pub fn letter_to_a_director() -> Vec<u8> {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let items = items(&forum);
    let steering = [reason(&forum, "group:steering", Match::Audience)];
    let health = [reason(&forum, "sector:health", Match::Equal)];
    let industry = [reason(&forum, "sector:industry", Match::Equal)];
    let all = [reason(&forum, "all", Match::Audience)];
    let email: EmailAddress = "direktor@kommunen.example".parse().unwrap();
    let mut view = view(vec![
        chosen(&items[0], &steering),
        chosen(&items[1], &health),
        chosen(&items[2], &industry),
        chosen(&items[3], &all),
    ]);
    view.carried_over = vec![&items[5], &items[6]];
    let mut to = addressee(&email, "Åse Ødegård", Language::Nb);
    let seats = [seat(&forum, "group:steering", Position::Member)];
    to.seats = &seats;
    letter_bytes(&letters, &forum, &to, &view)
}

#[test]
fn a_director_gets_what_needs_an_answer_first() {
    insta::assert_snapshot!("letter_nb", shown(&letter_to_a_director()));
}

/// In nynorsk, a first letter with a hand-over.
pub fn letter_to_a_successor() -> Vec<u8> {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let items = items(&forum);
    let group =
        [reason(&forum, "group:health", Match::Audience), reason(&forum, "sector:health", Match::Equal)];
    let union = [reason(&forum, "kind-of-org:union", Match::Audience)];
    let email: EmailAddress = "ny@kommunen.example".parse().unwrap();
    let mut to = addressee(&email, "Tor Vik", Language::Nn);
    let seats = [seat(&forum, "group:health", Position::Member)];
    to.seats = &seats;
    to.introduction = Some(Introduction {
        source: Some("kommunen, som har meldt deg inn"),
        is_seated: true,
        basis: Basis::PublicTask,
        recorded_on: day("2027-03-01"),
    });
    let mut handed_over = chosen(&items[1], &group);
    handed_over.handover = Some(term(&forum, "group:health"));
    let mut view = view(vec![handed_over, chosen(&items[4], &union), chosen(&items[2], &union)]);
    view.handovers = vec![Handover {
        group: term(&forum, "group:health"),
        promised: Some("En avtale med to kommuner til, innen sommeren."),
    }];
    view.carried_over = vec![&items[5]];
    letter_bytes(&letters, &forum, &to, &view)
}

#[test]
fn a_successor_in_nynorsk_is_told_what_they_take_over_and_why_they_get_it() {
    insta::assert_snapshot!("letter_nn", shown(&letter_to_a_successor()));
}

/// In English, without a name.
pub fn letter_to_an_english_reader() -> Vec<u8> {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let items = items(&forum);
    let industry = [reason(&forum, "sector:industry", Match::Under)];
    let all = [reason(&forum, "all", Match::Audience)];
    let email: EmailAddress = "reader@company.example".parse().unwrap();
    let mut corrected = chosen(&items[2], &industry);
    corrected.correction = true;
    let mut required = chosen(&items[1], &all);
    required.because = treff::matching::Because::Required;
    let view = view(vec![required, corrected, chosen(&items[3], &all)]);
    letter_bytes(&letters, &forum, &addressee(&email, "", Language::En), &view)
}

#[test]
fn an_english_reader_gets_english_words_and_is_told_what_is_in_norwegian() {
    insta::assert_snapshot!("letter_en", shown(&letter_to_an_english_reader()));
}
