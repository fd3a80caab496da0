//! Times in words: what people choose instead of a cron expression.

use chrono::{NaiveTime, Timelike as _, Weekday};

use super::cron_times::CronTimes;

/// The days of a week in their order, as expressions call them.
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Mon"),
    (Weekday::Tue, "Tue"),
    (Weekday::Wed, "Wed"),
    (Weekday::Thu, "Thu"),
    (Weekday::Fri, "Fri"),
    (Weekday::Sat, "Sat"),
    (Weekday::Sun, "Sun"),
];

/// Times that are told in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainTimes {
    /// On these days of every week, in their order, at least one.
    Weekdays(Vec<Weekday>, NaiveTime),
    /// On the first (1) to fourth (4) of such a day in the month.
    OfMonth(u32, Weekday, NaiveTime),
}

impl PlainTimes {
    /// What an expression says, if it can be said so.
    pub fn of(times: &CronTimes) -> Option<PlainTimes> {
        let fields: Vec<_> = times.0.split_whitespace().collect();
        let ["0", minute, hour, days, "*", weekdays] = fields[..] else { return None };
        let at = NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)?;
        let weekdays = read_weekdays(weekdays)?;
        match (days, weekdays[..].first()) {
            ("*", _) => Some(PlainTimes::Weekdays(weekdays, at)),
            (days, Some(day)) if weekdays.len() == 1 => {
                (1..=4).find(|nth| days == days_of(*nth)).map(|nth| PlainTimes::OfMonth(nth, *day, at))
            }
            _ => None,
        }
    }

    /// The expression; none if there is no such time (no day, a fifth of a month).
    pub fn to_cron(&self) -> Option<CronTimes> {
        let text = match self {
            PlainTimes::Weekdays(days, at) => {
                format!("0 {} {} * * {}", at.minute(), at.hour(), write_weekdays(days))
            }
            PlainTimes::OfMonth(nth, _, _) if !(1..=4).contains(nth) => return None,
            PlainTimes::OfMonth(nth, day, at) => {
                format!("0 {} {} {} * {}", at.minute(), at.hour(), days_of(*nth), write_weekdays(&[*day]))
            }
        };
        text.parse().ok()
    }
}

/// The days of the month on which the first, second ... of a weekday falls.
fn days_of(nth: u32) -> String {
    format!("{}-{}", 7 * nth - 6, 7 * nth)
}

fn read_weekdays(text: &str) -> Option<Vec<Weekday>> {
    let place = |name: &str| DAYS.iter().position(|(_, known)| known.eq_ignore_ascii_case(name));
    let mut named = [text == "*"; 7];
    for part in text.split(',').filter(|_| text != "*") {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        named.get_mut(place(first)?..=place(last)?)?.fill(true);
    }
    Some(DAYS.iter().zip(named).filter(|(_, named)| *named).map(|((day, _), _)| *day).collect())
}

/// `Mon-Fri` for three or more in a row from first to last, else one by one.
fn write_weekdays(days: &[Weekday]) -> String {
    let places: Vec<_> = (0..DAYS.len()).filter(|place| days.contains(&DAYS[*place].0)).collect();
    let name = |place: &usize| DAYS[*place].1;
    match places[..] {
        [first, .., last] if places.len() > 2 && last - first + 1 == places.len() => {
            format!("{}-{}", name(&first), name(&last))
        }
        _ => places.iter().map(name).collect::<Vec<_>>().join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Option<PlainTimes> {
        PlainTimes::of(&text.parse().expect("an expression"))
    }

    #[test]
    fn what_the_desk_offers_reads_back_as_itself() {
        for text in [
            "0 30 7 * * Mon-Fri",
            "0 0 16 * * Mon",
            "0 5 9 * * Tue,Thu",
            "0 30 7 1-7 * Mon",
            "0 30 7 22-28 * Fri",
        ] {
            let read = plain(text).expect(text);
            assert_eq!(read.to_cron().expect("an expression").0, text);
        }
    }

    #[test]
    fn days_are_read_however_they_are_written() {
        let at = NaiveTime::from_hms_opt(7, 30, 0).expect("a time");
        let every = DAYS.map(|(day, _)| day).to_vec();
        assert_eq!(plain("0 30 7 * * *"), Some(PlainTimes::Weekdays(every, at)));
        let three = vec![Weekday::Mon, Weekday::Tue, Weekday::Sat];
        assert_eq!(plain("0 30 7 * * sat,MON-tue"), Some(PlainTimes::Weekdays(three, at)));
    }

    #[test]
    fn what_no_sentence_of_ours_says_stays_an_expression() {
        for text in [
            "0 30 7 15 * *",
            "0 */5 7 * * Mon",
            "0 30 7,16 * * Mon",
            "30 30 7 * * Mon",
            "0 30 7 1-7 * Mon,Tue",
            "0 30 7 1-8 * Mon",
            "0 30 7 * Jan Mon",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn no_day_and_a_fifth_are_no_time() {
        let at = NaiveTime::MIN;
        assert_eq!(PlainTimes::Weekdays(Vec::new(), at).to_cron(), None);
        assert_eq!(PlainTimes::OfMonth(5, Weekday::Mon, at).to_cron(), None);
    }
}
