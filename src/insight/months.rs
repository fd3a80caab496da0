//! Sums that outlive the answers: months in which letters hit, without persons. A month is summed once, when the first of
//! its answers are about to go.

use chrono::{DateTime, Datelike, Months, NaiveTime, TimeDelta, Utc};

use super::precision::{Split, sum_hits};
use crate::store::{HitMonthRow, HitRow, MailingSumRow};

/// So long before its first answers go a month is summed.
const BEFORE: TimeDelta = TimeDelta::days(2);

/// So long after that it still may be: who started the program later sums what is left of a month no more.
const AT_MOST_AFTER: TimeDelta = TimeDelta::days(7);

/// A month, in UTC: letters go by day, so that no zone moves one into another month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2027-03`.
    pub name: String,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant of the next.
    pub until: DateTime<Utc>,
}

/// The months whose first answers go about `now` if answers are kept so many days, and that are over: of a month that is
/// not over by then, nothing is kept.
pub fn list_due_months(now: DateTime<Utc>, days: i64) -> Vec<Month> {
    let Some(kept_for) = TimeDelta::try_days(days) else { return Vec::new() };
    let is_due = |month: &Month| {
        let going_at = month.from + kept_for;
        month.until <= now && going_at - BEFORE <= now && now <= going_at + AT_MOST_AFTER
    };
    (1..=4).filter_map(|back| month_before(now, back)).filter(is_due).collect()
}

/// The month so many months before that of `now`.
fn month_before(now: DateTime<Utc>, back: u32) -> Option<Month> {
    let first = now.date_naive().with_day(1)?.checked_sub_months(Months::new(back))?;
    let next = first.checked_add_months(Months::new(1))?;
    let [from, until] = [first, next].map(|day| day.and_time(NaiveTime::MIN).and_utc());
    Some(Month { name: first.format("%Y-%m").to_string(), from, until })
}

/// What is kept of a month: none if it had no mailing, and no number that rests on some of its mailings alone. `mailings`
/// and `answers` may hold those of others.
pub fn sum_month(month: &Month, mailings: &[MailingSumRow], answers: &[HitRow]) -> Option<HitMonthRow> {
    let is_in = |row: &&MailingSumRow| month.from <= row.occurs_at && row.occurs_at < month.until;
    let mailings: Vec<MailingSumRow> = mailings.iter().filter(is_in).cloned().collect();
    let is_of = |answer: &&HitRow| mailings.iter().any(|row| row.edition == answer.edition);
    let answers: Vec<HitRow> = answers.iter().filter(is_of).cloned().collect();
    if mailings.is_empty() {
        return None;
    }
    let hits = sum_hits(mailings, &answers);
    let said = hits.whole();
    let (yes, no) = match said {
        Split::Told { yes, no } => (i64::try_from(yes).ok(), i64::try_from(no).ok()),
        _ => (None, None),
    };
    let said = said.word().to_owned();
    Some(HitMonthRow { month: month.name.clone(), letters: hits.letters, said, yes, no })
}

/// What is told of a month that was kept.
pub fn read_month(row: &HitMonthRow) -> Split {
    let number = |kept: Option<i64>| kept.and_then(|number| usize::try_from(number).ok());
    match (number(row.yes), number(row.no)) {
        (Some(yes), Some(no)) => Split::Told { yes, no },
        _ => Split::from_word(&row.said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{EditionId, RecipientId};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn due(now: &str, days: i64) -> Vec<String> {
        list_due_months(at(now), days).into_iter().map(|month| month.name).collect()
    }

    #[test]
    fn a_month_is_due_just_before_its_first_answers_go() {
        // The answers of 1 March go on 30 May.
        assert_eq!(due("2027-05-27T23:00:00Z", 90), [""; 0]);
        assert_eq!(due("2027-05-28T00:00:00Z", 90), ["2027-03"]);
        assert_eq!(due("2027-06-06T00:00:00Z", 90), ["2027-03"]);
        assert_eq!(due("2027-06-06T00:00:01Z", 90), [""; 0], "some of its answers are gone by now");
        assert_eq!(due("2027-04-01T06:00:00Z", 30), ["2027-03"]);
        assert_eq!(due("2027-03-15T06:00:00Z", 14), [""; 0], "it is not over when its answers go");
    }

    #[test]
    fn a_month_keeps_its_own_mailings_alone_and_nothing_that_may_not_be_told() {
        let month = &list_due_months(at("2027-05-28T00:00:00Z"), 90)[0];
        let mailing = |id, occurs_at| MailingSumRow {
            edition: EditionId(id),
            cadence: "weekly".into(),
            occurs_at: at(occurs_at),
            letters: 40,
        };
        let all = [
            mailing(1, "2027-02-28T23:59:59Z"),
            mailing(2, "2027-03-01T00:00:00Z"),
            mailing(3, "2027-03-31T23:59:59Z"),
            mailing(4, "2027-04-01T00:00:00Z"),
        ];
        let say = |edition, people: std::ops::Range<i64>, hit| {
            people.map(move |person| HitRow {
                edition: EditionId(edition),
                recipient: RecipientId(person),
                hit,
            })
        };
        let mut said: Vec<HitRow> =
            [1, 2, 4].into_iter().flat_map(|edition| say(edition, 0..36, true)).collect();
        let kept = sum_month(month, &all, &said).expect("a month with mailings");
        let expected = HitMonthRow {
            month: "2027-03".into(),
            letters: 80,
            said: "nearly_all".into(),
            yes: None,
            no: None,
        };
        assert_eq!((read_month(&kept), kept), (Split::NearlyAll, expected));
        said.extend(say(2, 40..45, false));
        let kept = sum_month(month, &all, &said).expect("a month with mailings");
        assert_eq!(read_month(&kept), Split::Told { yes: 35, no: 5 });
        said.extend(say(3, 0..2, true));
        let kept = sum_month(month, &all, &said).expect("a month with mailings");
        assert_eq!((read_month(&kept), kept.yes), (Split::Few, None), "it would rest on one mailing");
        assert_eq!(sum_month(month, &all[..1], &said), None);
    }
}
