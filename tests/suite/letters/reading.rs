//! The reading time counts what is read.

use treff::content::Fields;
use treff::forum::{Basis, EmailAddress, Kind, Language};
use treff::letter::{Introduction, Letters};
use treff::matching::Match;

use super::scene::*;

/// The reading time of a letter with so many tips of thirty words, and the words of its text body that are read.
fn told(tips: i64, introduced: bool) -> (String, usize) {
    let (forum, letters) = (forum(), Letters::load(None).unwrap());
    let body = "Dette er fem korte ord. ".repeat(6);
    let tips: Vec<_> = (1..=tips)
        .map(|id| {
            let mut tip =
                item(id, Kind::Tip, Fields::Plain, &[(Language::Nb, text("Et tips til deg", &body))]);
            (tip.source, tip.contact) = (Some(term(&forum, "org:fylket")), kari());
            tip
        })
        .collect();
    let reasons = [reason(&forum, "sector:health", Match::Equal)];
    let email: EmailAddress = "a@example.test".parse().unwrap();
    let mut to = addressee(&email, "A", Language::Nb);
    let source = Some("lista fra kommunen");
    let (basis, recorded_on) = (Basis::PublicTask, day("2027-03-01"));
    to.introduction = introduced.then_some(Introduction { source, is_seated: true, basis, recorded_on });
    let view = view(tips.iter().map(|tip| chosen(tip, &reasons)).collect());
    let (text, _) = bodies(&letter_bytes(&letters, &forum, &to, &view));
    let time = text.split("Lesetid ").nth(1).unwrap().split('.').next().unwrap().to_owned();
    (time, text.split(' ').filter(|word| !word.contains("://")).count())
}

#[test]
fn an_ordinary_letter_takes_one_minute_and_a_long_one_two() {
    let (time, words) = told(3, false);
    assert!((150..=260).contains(&words), "{words}");
    assert_eq!(time, "ett minutt");
    let (time, words) = told(7, false);
    assert!((400..=520).contains(&words), "{words}");
    assert_eq!(time, "to minutter");
}

#[test]
fn what_the_first_letter_tells_besides_takes_time_too() {
    assert_eq!(told(5, false).0, "ett minutt");
    assert_eq!(told(5, true).0, "to minutter");
}
