//! How much of what was sent was right, as readers say it. Pure sums of rows that name people by key; what is told names
//! nobody, and never fewer than five of those who answered one way: neither as a number nor as what is left of another.

use std::collections::{BTreeMap, HashSet};

use crate::content::LEAST_SUM;
use crate::ids::{EditionId, ItemId, RecipientId};
use crate::store::{HitRow, MailingSumRow, NotForMeRow, SentSumRow};

/// Whether so many people may be told as a number.
pub fn is_telling(people: usize) -> bool {
    i64::try_from(people).is_ok_and(|people| people >= LEAST_SUM)
}

/// A number of answers as it is told: to the nearest five, and never less. Of exact ones the difference from one day to
/// the next would tell what one person said.
pub fn to_fives(answers: usize) -> usize {
    ((answers + 2) / 5 * 5).max(5)
}

/// Fewer than may be told: at most so many.
pub(super) fn most_untold() -> usize {
    usize::try_from(LEAST_SUM - 1).unwrap_or_default()
}

/// What may be told of answers that are yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Too few answered, or too few each way.
    Few,
    /// So many said yes and so many no, each of them five or more, to the nearest five.
    Told {
        /// That it hit.
        yes: usize,
        /// That it missed.
        no: usize,
    },
    /// Nine of ten or more said yes, and fewer than five no.
    NearlyAll,
    /// Nine of ten or more said no, and fewer than five yes.
    HardlyAny,
}

impl Split {
    /// All that hold no number.
    const WITHOUT_NUMBERS: [Split; 3] = [Split::Few, Split::NearlyAll, Split::HardlyAny];

    /// The word that rows use.
    pub fn word(self) -> &'static str {
        match self {
            Split::Few => "few",
            Split::Told { .. } => "told",
            Split::NearlyAll => "nearly_all",
            Split::HardlyAny => "hardly_any",
        }
    }

    /// The reverse of [`Split::word`]; numbers stand beside it.
    pub fn from_word(word: &str) -> Split {
        Self::WITHOUT_NUMBERS.into_iter().find(|split| split.word() == word).unwrap_or(Split::Few)
    }
}

/// Answers with who gave them.
#[derive(Debug, Clone, Default)]
pub(super) struct Ballot {
    /// Answers that are yes.
    pub(super) yes: usize,
    /// Answers that are no.
    pub(super) no: usize,
    sayers: HashSet<RecipientId>,
    deniers: HashSet<RecipientId>,
}

impl Ballot {
    pub(super) fn add(&mut self, person: RecipientId, yes: bool) {
        if yes {
            self.yes += 1;
            self.sayers.insert(person);
        } else {
            self.no += 1;
            self.deniers.insert(person);
        }
    }

    fn absorb(&mut self, other: &Ballot) {
        self.yes += other.yes;
        self.no += other.no;
        self.sayers.extend(&other.sayers);
        self.deniers.extend(&other.deniers);
    }

    /// What may be told, in exact numbers: people count, not their answers, for one may have answered many letters.
    pub(super) fn tell(&self) -> Split {
        match (is_telling(self.sayers.len()), is_telling(self.deniers.len())) {
            (true, true) => Split::Told { yes: self.yes, no: self.no },
            (true, false) => Split::NearlyAll,
            (false, true) => Split::HardlyAny,
            (false, false) => Split::Few,
        }
    }

    /// The same as it is told, of answers to so many letters. That nearly all say one thing stands where it holds however
    /// few say the other, and where five letters or more were not answered so: else it would tell of everyone.
    fn tell_of(&self, letters: i64) -> Split {
        let letters = usize::try_from(letters).unwrap_or_default();
        let is_nearly_all = |many: usize, few: usize| {
            let is_most = few <= most_untold() && many >= 9 * most_untold();
            is_most && is_telling(letters.saturating_sub(many))
        };
        match self.tell() {
            Split::Told { yes, no } => Split::Told { yes: to_fives(yes), no: to_fives(no) },
            Split::NearlyAll if is_nearly_all(self.yes, self.no) => Split::NearlyAll,
            Split::HardlyAny if is_nearly_all(self.no, self.yes) => Split::HardlyAny,
            _ => Split::Few,
        }
    }
}

/// A mailing, and whether its letters hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailingHits {
    /// The mailing.
    pub mailing: MailingSumRow,
    /// What its readers say.
    pub said: Split,
}

/// Whether letters hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// So many letters were got, as far as anybody knows.
    pub letters: i64,
    /// What their readers say, all mailings together.
    pub said: Split,
    /// There are answers to other mailings, and they may not be told: `said` rests on those that tell numbers themselves.
    pub partial: bool,
    /// Each mailing, the latest first.
    pub mailings: Vec<MailingHits>,
}

impl Hits {
    /// What is told of all mailings together; of some of them alone nothing is.
    pub fn whole(&self) -> Split {
        if self.partial { Split::Few } else { self.said }
    }
}

/// Whether letters hit. What the mailings that tell nothing say together is in the sum only if it may be told itself: else
/// it would be the difference between the sum and the others.
pub fn sum_hits(mailings: Vec<MailingSumRow>, answers: &[HitRow]) -> Hits {
    let mut ballots: BTreeMap<EditionId, Ballot> = BTreeMap::new();
    for answer in answers {
        ballots.entry(answer.edition).or_default().add(answer.recipient, answer.hit);
    }
    let (mut told, mut rest) = (Ballot::default(), Ballot::default());
    for ballot in ballots.values() {
        let into = if matches!(ballot.tell(), Split::Told { .. }) { &mut told } else { &mut rest };
        into.absorb(ballot);
    }
    let letters: i64 = mailings.iter().map(|mailing| mailing.letters).sum();
    let (said, partial) = match (told.tell(), rest.tell()) {
        (_, Split::Told { .. }) => {
            told.absorb(&rest);
            (told.tell_of(letters), false)
        }
        // No mailing tells numbers: the rest is all there is.
        (Split::Few, _) => (rest.tell_of(letters), false),
        _ => (told.tell_of(letters), rest.yes + rest.no > 0),
    };
    let hits = |mailing: MailingSumRow| MailingHits {
        said: ballots.get(&mailing.edition).map_or(Split::Few, |ballot| ballot.tell_of(mailing.letters)),
        mailing,
    };
    Hits { letters, said, partial, mailings: mailings.into_iter().map(hits).collect() }
}

/// A share as so many of a hundred, from one number to another: exact shares of small numbers would tell the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Band {
    /// At least so many of a hundred.
    pub from: u8,
    /// And at most so many.
    pub to: u8,
}

/// Where one band ends and the next begins.
const EDGES: [u8; 8] = [0, 1, 2, 5, 10, 20, 50, 100];

impl Band {
    /// The band in which `part` of `whole` lies.
    fn of(part: usize, whole: usize) -> Band {
        let is_within = |edges: &&[u8]| part * 100 < usize::from(edges[1]) * whole;
        let edges = EDGES.windows(2).find(is_within).unwrap_or(&EDGES[6..]);
        Band { from: edges[0], to: edges[1] }
    }
}

/// What came, and how much of it was not for those who got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim<K> {
    /// What was sent: a kind, a topic, a door.
    pub what: K,
    /// In so many letters, once for each item.
    pub sent: usize,
    /// Of so many of them it was said that they were not for who got them.
    pub missed: Band,
}

/// What was sent, the worst first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aims<K> {
    /// What may be told.
    pub told: Vec<Aim<K>>,
    /// Of so many others fewer than five people said that something was not for them.
    pub untold: usize,
}

/// Sums what was sent and what was not for its readers by what `keys` says an item is, by the line of the rule that brought it.
pub fn sum_aims<K: Copy + Ord, Keys: IntoIterator<Item = K>>(
    sent: &[SentSumRow],
    refused: &[NotForMeRow],
    keys: impl Fn(ItemId, &str) -> Keys,
) -> Aims<K> {
    #[derive(Default)]
    struct Sum {
        sent: usize,
        refused: usize,
        people: HashSet<RecipientId>,
    }
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for row in sent {
        for key in keys(row.item, &row.because) {
            sums.entry(key).or_default().sent += usize::try_from(row.letters).unwrap_or_default();
        }
    }
    for row in refused {
        for key in keys(row.item, &row.because) {
            let sum = sums.entry(key).or_default();
            sum.refused += 1;
            sum.people.insert(row.recipient);
        }
    }
    let may_be_told =
        |sum: &Sum| is_telling(sum.people.len()) && is_telling(sum.sent.saturating_sub(sum.refused));
    let all = sums.len();
    let mut told: Vec<(K, Sum)> = sums.into_iter().filter(|(_, sum)| may_be_told(sum)).collect();
    let share = |sum: &Sum| (sum.refused as f64) / (sum.sent as f64);
    told.sort_by(|(_, a), (_, b)| share(b).total_cmp(&share(a)));
    let untold = all - told.len();
    let aim = |(what, sum): (K, Sum)| Aim { what, sent: sum.sent, missed: Band::of(sum.refused, sum.sent) };
    Aims { told: told.into_iter().map(aim).collect(), untold }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn mailing(id: i64, letters: i64) -> MailingSumRow {
        let occurs_at = DateTime::UNIX_EPOCH;
        MailingSumRow { edition: EditionId(id), cadence: "weekly".into(), occurs_at, letters }
    }

    /// So many people, from `first` on, said that a mailing's letter hit or missed.
    fn say(edition: i64, first: i64, (yes, no): (i64, i64)) -> impl Iterator<Item = HitRow> {
        let row = move |at: i64| HitRow {
            edition: EditionId(edition),
            recipient: RecipientId(first + at),
            hit: at < yes,
        };
        (0..yes + no).map(row)
    }

    fn said(hits: &Hits) -> Vec<Split> {
        hits.mailings.iter().map(|row| row.said).collect()
    }

    #[test]
    fn no_number_under_five_is_told_and_none_is_left_of_another() {
        let letters = [40, 50, 50, 40, 40];
        let mailings: Vec<MailingSumRow> = (1..).zip(letters).map(|(id, all)| mailing(id, all)).collect();
        let answers: Vec<HitRow> = say(1, 0, (9, 5))
            .chain(say(2, 0, (36, 1)))
            .chain(say(3, 0, (1, 36)))
            .chain(say(4, 0, (4, 4)))
            .collect();
        let hits = sum_hits(mailings, &answers);
        let expected =
            [Split::Told { yes: 10, no: 5 }, Split::NearlyAll, Split::HardlyAny, Split::Few, Split::Few];
        assert_eq!(said(&hits), expected);
        assert_eq!(hits.letters, 220);
        // 41 yes and 41 no are left over, by many people: they may be told, and so may the sum of 50 and 46.
        assert_eq!((hits.said, hits.partial), (Split::Told { yes: 50, no: 45 }, false));
        let few: Vec<HitRow> = say(1, 0, (9, 5)).chain(say(2, 0, (36, 1))).collect();
        let hits = sum_hits(vec![mailing(1, 40), mailing(2, 50)], &few);
        assert_eq!(hits.said, Split::Told { yes: 10, no: 5 }, "the sum of both would tell the one");
        assert_eq!((hits.partial, hits.whole()), (true, Split::Few));
        let alone = sum_hits(vec![mailing(1, 40), mailing(2, 50)], &few[..14]);
        assert_eq!((alone.partial, alone.whole()), (false, alone.said), "nobody answered the other");
    }

    #[test]
    fn nearly_all_is_said_of_many_and_never_of_everyone() {
        for (yes, no, letters, expected) in [
            (5, 4, 40, Split::Few),
            (0, 5, 5, Split::Few),
            (35, 0, 60, Split::Few),
            (36, 0, 60, Split::NearlyAll),
            (36, 4, 41, Split::NearlyAll),
            (36, 4, 40, Split::Few),
            (4, 36, 41, Split::HardlyAny),
            (0, 36, 40, Split::Few),
            (5, 5, 10, Split::Told { yes: 5, no: 5 }),
            (7, 8, 40, Split::Told { yes: 5, no: 10 }),
        ] {
            let answers: Vec<HitRow> = say(1, 0, (yes, no)).collect();
            let hits = sum_hits(vec![mailing(1, letters)], &answers);
            assert_eq!((said(&hits), hits.said), (vec![expected], expected), "{yes} and {no} of {letters}");
        }
    }

    #[test]
    fn a_person_who_answers_often_is_still_one() {
        let mailings: Vec<MailingSumRow> = (1..=12).map(|id| mailing(id, 40)).collect();
        let answers: Vec<HitRow> =
            (1..=12).flat_map(|id| say(id, 0, (2, 0)).chain(say(id, 10, (0, 2)))).collect();
        assert_eq!(sum_hits(mailings.clone(), &answers).said, Split::Few);
        let yes = || (1..=12).flat_map(|id| say(id, 10 * id, (3, 0)));
        let one_says_no = |times: i64| (1..=times).flat_map(|id| say(id, 500, (0, 1)));
        let answers: Vec<HitRow> = yes().chain(one_says_no(4)).collect();
        assert_eq!(sum_hits(mailings.clone(), &answers).said, Split::NearlyAll);
        let answers: Vec<HitRow> = yes().chain(one_says_no(12)).collect();
        assert_eq!(sum_hits(mailings, &answers).said, Split::Few, "a quarter says no, all one person");
    }

    #[test]
    fn a_share_stands_in_a_band_that_holds_it() {
        for (part, whole, from, to) in [
            (5, 1000, 0, 1),
            (10, 1000, 1, 2),
            (5, 99, 5, 10),
            (5, 100, 5, 10),
            (9, 20, 20, 50),
            (10, 10, 50, 100),
        ] {
            assert_eq!(Band::of(part, whole), Band { from, to }, "{part} of {whole}");
        }
    }

    #[test]
    fn what_misses_most_comes_first_and_few_are_not_told() {
        let sent = |item, letters| SentSumRow { item: ItemId(item), because: "audience".into(), letters };
        let refused = |item, people: std::ops::Range<i64>| {
            let row = move |person| NotForMeRow {
                item: ItemId(item),
                because: "audience".into(),
                recipient: RecipientId(person),
            };
            people.map(row)
        };
        let letters = [sent(1, 100), sent(2, 50), sent(3, 40), sent(4, 9)];
        let said: Vec<NotForMeRow> = refused(1, 0..5)
            .chain(refused(2, 0..9))
            .chain(refused(3, 0..4))
            .chain(refused(4, 0..8))
            .collect();
        let aims = sum_aims(&letters, &said, |item, _| Some(item));
        let told: Vec<(i64, usize, u8)> =
            aims.told.iter().map(|aim| (aim.what.0, aim.sent, aim.missed.from)).collect();
        assert_eq!(
            (told, aims.untold),
            (vec![(2, 50, 10), (1, 100, 5)], 2),
            "of nine letters one is left: that tells"
        );
        let one: Vec<NotForMeRow> = (1..=3).flat_map(|item| refused(item, 0..2)).collect();
        let together = sum_aims(&letters, &one, |_, _| Some(()));
        assert!(together.told.is_empty(), "six times, but by two people");
    }
}
