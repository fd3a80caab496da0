//! On thousands of random forums, every pair of recipient and item.

use proptest::prelude::*;
use treff::matching::{Match, Profile, Release, evaluate};

use super::naive::{Answer, Reading};
use super::sketch::now;
use super::sketches::sketch;

fn word(how: Match) -> &'static str {
    match how {
        Match::Audience => "audience",
        Match::Equal => "equal",
        Match::Under => "under",
        Match::Above => "above",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_evaluator_agrees_with_a_naive_reading_of_the_rule(sketch in sketch()) {
        let forum = sketch.forum();
        for person in &sketch.people {
            let profile = Profile::new(&forum, &person.standing(&forum.terms), now());
            for piece in &sketch.pieces {
                let item = piece.item("sak".to_owned(), &forum.terms);
                for (release, by_number) in [(Release::ByTime, false), (Release::ByNumber, true)] {
                    let decision = evaluate(&forum, &item, &profile, release);
                    let reasons = decision.reasons.iter().map(|r| (r.term.written(&forum.terms), word(r.how)));
                    let answer: Answer = (decision.because.word(), reasons.collect());
                    let expected = Reading { sketch: &sketch, person }.decide(piece, by_number);
                    prop_assert_eq!(answer, expected, "{:?}\n{:?}", person, piece);
                }
            }
        }
    }
}
