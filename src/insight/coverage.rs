//! How much that was right was missed, as samples say it: of items that did not match, how many would have been for those
//! who did not get them. A sample is small, so a share is told as an interval, and early on not at all.

use std::collections::BTreeMap;

use super::precision::{Ballot, Split, most_untold, to_fives};
use crate::ids::ItemId;
use crate::store::ProbedRow;

/// With fewer answers nothing is told.
pub const LEAST_ANSWERS: usize = 30;

/// The quantile of the normal distribution for 95 %.
const Z: f64 = 1.959_964;

/// How many of a hundred would have been for somebody, as far as a sample tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// It is too early to tell.
    TooEarly,
    /// Fewer than five people said yes: at most so many of a hundred.
    AtMost(u8),
    /// Between so many and so many of a hundred.
    Between(u8, u8),
    /// Fewer than five people said no: at least so many of a hundred.
    AtLeast(u8),
}

/// What samples tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage<K> {
    /// At least so many answered yes or no, in tens; none if that is too few to be told.
    pub answers: Option<usize>,
    /// Of so many of a hundred.
    pub missed: Missed,
    /// The same of each topic of which enough answered, the worst first.
    pub topics: Vec<(K, Missed)>,
}

/// What samples tell, in all and by what `topics` says an item is about.
pub fn sum_samples<K: Copy + Ord, Topics: IntoIterator<Item = K>>(
    probed: &[ProbedRow],
    topics: impl Fn(ItemId) -> Topics,
) -> Coverage<K> {
    let (mut all, mut by_topic) = (Ballot::default(), BTreeMap::<K, Ballot>::new());
    for row in probed {
        all.add(row.recipient, row.yes);
        for topic in topics(row.item) {
            by_topic.entry(topic).or_default().add(row.recipient, row.yes);
        }
    }
    let missed = judge(&all);
    let told = |(topic, ballot): (K, Ballot)| (topic, judge(&ballot));
    let mut topics: Vec<(K, Missed)> =
        by_topic.into_iter().map(told).filter(|(_, missed)| *missed != Missed::TooEarly).collect();
    topics.sort_by_key(|(topic, missed)| (std::cmp::Reverse(*missed), *topic));
    let answers = all.yes + all.no;
    Coverage { answers: (answers >= LEAST_ANSWERS).then_some(down_to_tens(answers)), missed, topics }
}

/// So many answers as they are told.
fn down_to_tens(answers: usize) -> usize {
    answers / 10 * 10
}

/// What may be told of answers, by rounded numbers: an interval of exact ones would tell the next answer. Where too few
/// people said one thing, its number is taken for four, whatever it is: an interval of the true number would tell it.
fn judge(ballot: &Ballot) -> Missed {
    let all = ballot.yes + ballot.no;
    if all < LEAST_ANSWERS {
        return Missed::TooEarly;
    }
    let (few, whole) = (most_untold(), down_to_tens(all));
    match ballot.tell() {
        Split::Told { yes, no } => {
            let (yes, no) = (to_fives(yes), to_fives(no));
            let (from, to) = interval_of(yes, yes + no);
            Missed::Between(from, to)
        }
        Split::HardlyAny if ballot.yes <= few => Missed::AtMost(interval_of(few, whole).1),
        Split::NearlyAll if ballot.no <= few => Missed::AtLeast(interval_of(whole - few, whole).0),
        // Many answers of few people are no sample.
        _ => Missed::TooEarly,
    }
}

/// Wilson's score interval for `part` of `whole` at 95 % (E. B. Wilson, "Probable inference, the law of succession, and
/// statistical inference", 1927), of a hundred, rounded outwards. `whole` is not 0.
pub fn interval_of(part: usize, whole: usize) -> (u8, u8) {
    let (n, share) = (whole as f64, part as f64 / whole as f64);
    let spread = Z * Z / n;
    let middle = (share + spread / 2.0) / (1.0 + spread);
    let half = Z / (1.0 + spread) * (share * (1.0 - share) / n + spread / (4.0 * n)).sqrt();
    let percent = |bound: f64| (bound * 100.0).clamp(0.0, 100.0);
    // In 0 to 100 by now.
    (percent(middle - half).floor() as u8, percent(middle + half).ceil() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RecipientId;

    fn say(item: i64, (yes, no): (i64, i64)) -> impl Iterator<Item = ProbedRow> {
        (0..yes + no).map(move |at| ProbedRow {
            item: ItemId(item),
            recipient: RecipientId(at),
            yes: at < yes,
        })
    }

    #[test]
    fn the_interval_is_the_one_of_the_books() {
        // Newcombe (1998), table I: 81/263 and 15/148; 0/20 and 1/29 at the edge.
        for (part, whole, expected) in
            [(81, 263, (25, 37)), (15, 148, (6, 17)), (0, 20, (0, 17)), (1, 29, (0, 18)), (20, 20, (83, 100))]
        {
            assert_eq!(interval_of(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn fewer_than_thirty_answers_tell_nothing() {
        let rows: Vec<ProbedRow> = say(1, (9, 20)).collect();
        let coverage = sum_samples(&rows, |_| Some(1));
        assert_eq!(coverage, Coverage { answers: None, missed: Missed::TooEarly, topics: vec![] });
    }

    #[test]
    fn few_who_say_one_thing_are_not_told_by_the_interval_either() {
        let judge = |yes, no| {
            let rows: Vec<ProbedRow> = say(1, (yes, no)).collect();
            sum_samples(&rows, |_| Some(1)).missed
        };
        assert_eq!(judge(0, 40), judge(4, 36));
        assert_eq!(judge(4, 36), Missed::AtMost(24));
        assert_eq!(judge(40, 0), Missed::AtLeast(76));
        assert_eq!(judge(5, 35), Missed::Between(5, 27));
    }

    #[test]
    fn one_answer_more_does_not_move_what_is_told() {
        let judge = |yes, no| {
            let rows: Vec<ProbedRow> = say(1, (yes, no)).collect();
            let coverage = sum_samples(&rows, |_| None::<i64>);
            (coverage.answers, coverage.missed)
        };
        assert_eq!(judge(6, 37), judge(5, 36));
        assert_eq!(judge(6, 37), (Some(40), Missed::Between(5, 27)));
        assert_eq!(judge(24, 15).1, Missed::Between(interval_of(25, 40).0, interval_of(25, 40).1));
        assert_eq!(judge(2, 47), judge(0, 40));
    }

    #[test]
    fn many_answers_of_few_people_are_no_sample() {
        let rows: Vec<ProbedRow> = (1..=20).flat_map(|item| say(item, (1, 1))).collect();
        assert_eq!(sum_samples(&rows, |_| None::<i64>).missed, Missed::TooEarly);
        let rows: Vec<ProbedRow> = (1..=6).flat_map(|item| say(item, (2, 8))).collect();
        assert_eq!(
            sum_samples(&rows, |_| None::<i64>).missed,
            Missed::TooEarly,
            "twelve times yes, by two people"
        );
    }

    #[test]
    fn topics_stand_apart_the_worst_first() {
        let rows: Vec<ProbedRow> = say(1, (5, 35)).chain(say(2, (20, 20))).chain(say(3, (9, 9))).collect();
        let coverage = sum_samples(&rows, |item| Some(item.0));
        let topics: Vec<i64> = coverage.topics.iter().map(|(topic, _)| *topic).collect();
        assert_eq!((coverage.answers, topics), (Some(90), vec![2, 1]));
    }
}
