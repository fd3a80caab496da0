//! Days and times that a text names: `12. mars`, `12.03.2027`, `12 March 2027`, `kl. 9–15`.

use chrono::{Datelike as _, NaiveDate, NaiveTime};

/// A day that the text names, with its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The day.
    pub day: NaiveDate,
    /// When it begins, if a time stands near.
    pub from: Option<NaiveTime>,
    /// When it ends.
    pub until: Option<NaiveTime>,
    /// The word `frist` or `innen` stands before it: it is a deadline.
    pub is_deadline: bool,
}

/// Beginnings of months in the three languages; `mars` and `march`, `mai` and `may` are the same.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar"],
    &["apr"],
    &["mai", "may"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["okt", "oct"],
    &["nov"],
    &["des", "dec"],
];

/// Words before a deadline.
const DEADLINES: [&str; 8] =
    ["frist", "innen", "innan", "søknadsfrist", "svarfrist", "senest", "seinast", "deadline"];

/// How many words behind a day a time may stand.
const TIME_WITHIN: usize = 4;
/// How many words before a day tell that it is a deadline.
const TOLD_WITHIN: usize = 4;

/// The days that the text names from `today` on, in the order of the text. A day without a year is the next of its kind.
pub fn list_dates(text: &str, today: NaiveDate) -> Vec<Sighting> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found: Vec<Sighting> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((day, taken)) = read_day(&words[at..], today) else {
            at += 1;
            continue;
        };
        let before = &words[at.saturating_sub(TOLD_WITHIN)..at];
        let behind = &words[at + taken..words.len().min(at + taken + TIME_WITHIN)];
        let (from, until) = find_times(behind);
        if day >= today && !found.iter().any(|one| one.day == day) {
            found.push(Sighting {
                day,
                from,
                until,
                is_deadline: before.iter().any(|word| is_deadline(word)),
            });
        }
        at += taken;
    }
    found
}

fn is_deadline(word: &str) -> bool {
    DEADLINES.contains(&word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase().as_str())
}

/// A day at the beginning of the words, and how many words it takes.
fn read_day(words: &[&str], today: NaiveDate) -> Option<(NaiveDate, usize)> {
    let first = words[0].trim_matches(|c: char| !c.is_ascii_digit());
    if let Some(day) = read_numbers(first, today) {
        return Some((day, 1));
    }
    let day: u32 = first.parse().ok().filter(|_| first.len() <= 2)?;
    let named = words.get(1)?.to_lowercase();
    let letters: String = named.chars().take_while(|c| c.is_alphabetic()).collect();
    let month = month_of(&letters)?;
    let year = words.get(2).and_then(|word| word.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok());
    let year: Option<i32> = year.filter(|year| (2000..2100).contains(year));
    Some((settle(year, month, day, today)?, if year.is_some() { 3 } else { 2 }))
}

/// `12.03.2027`, `12.3.`, `2027-03-12`.
fn read_numbers(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day);
    }
    let parts: Vec<u32> =
        text.split('.').filter(|p| !p.is_empty()).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [day, month, year] if *year >= 2000 => settle(i32::try_from(*year).ok(), *month, *day, today),
        [day, month, year] if *year < 100 => settle(i32::try_from(2000 + year).ok(), *month, *day, today),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<u32> {
    let is_month = |begins: &[&str]| begins.iter().any(|begin| word.starts_with(begin));
    let at = MONTHS.iter().position(|begins| is_month(begins))?;
    // `mange`, `desse`, `august`: a month has at most nine letters and none of these endings.
    const NO_MONTHS: [&str; 12] = [
        "mange",
        "man",
        "mark",
        "marked",
        "desse",
        "dessverre",
        "design",
        "novelle",
        "julebord",
        "septer",
        "mann",
        "maria",
    ];
    (word.len() <= 9 && !NO_MONTHS.contains(&word)).then(|| u32::try_from(at + 1).unwrap_or(1))
}

/// The day of that year, else the next one that is not past.
fn settle(year: Option<i32>, month: u32, day: u32, today: NaiveDate) -> Option<NaiveDate> {
    match year {
        Some(year) => NaiveDate::from_ymd_opt(year, month, day),
        None => (0..=4)
            .filter_map(|more| NaiveDate::from_ymd_opt(today.year() + more, month, day))
            .find(|d| *d >= today),
    }
}

/// `kl. 9–15`, `kl 09.00 til 15.30`, `9:00`.
fn find_times(words: &[&str]) -> (Option<NaiveTime>, Option<NaiveTime>) {
    let is_clock = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        matches!(word.as_str(), "kl" | "klokka" | "klokken" | "at")
    };
    let after_clock = words.iter().position(|word| is_clock(word)).map(|at| &words[at + 1..]);
    let (words, told) = match after_clock {
        Some(rest) => (rest, true),
        None => (words, false),
    };
    let Some(first) = words.first() else { return (None, None) };
    let parts: Vec<&str> = first.split(['–', '-', '—']).collect();
    let Some(from) = read_time(parts[0], told) else { return (None, None) };
    let behind =
        words.get(1).filter(|word| matches!(**word, "til" | "to" | "–" | "-")).and_then(|_| words.get(2));
    let until = parts.get(1).or(behind).and_then(|word| read_time(word, true));
    (Some(from), until.filter(|until| *until > from))
}

/// `9`, `09.00`, `9:30`; a bare number only where `kl.` tells that it is a time.
fn read_time(text: &str, told: bool) -> Option<NaiveTime> {
    let text = text.trim_matches(|c: char| !c.is_ascii_digit());
    let (hour, minute) = match text.split_once(['.', ':']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        None if told => (text, "0"),
        _ => return None,
    };
    NaiveTime::from_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn list(text: &str) -> Vec<String> {
        let told = |s: &Sighting| {
            let time = |t: Option<NaiveTime>| t.map_or(String::new(), |t| t.format(" %H:%M").to_string());
            format!("{}{}{}{}", s.day, time(s.from), time(s.until), if s.is_deadline { " frist" } else { "" })
        };
        list_dates(text, day("2026-11-28")).iter().map(told).collect()
    }

    #[test]
    fn days_are_found_as_people_write_them() {
        for (text, found) in [
            ("Samling onsdag 9. desember kl. 9–15 i Steinvik", "2026-12-09 09:00 15:00"),
            ("Møtet er 12.03.2027 kl 09.00 til 11.30.", "2027-03-12 09:00 11:30"),
            ("Svarfrist 1. mars.", "2027-03-01 frist"),
            ("Svar innen fredag 4. desember", "2026-12-04 frist"),
            ("We meet on 3 May 2027 at 10:15.", "2027-05-03 10:15"),
            ("2027-02-01", "2027-02-01"),
            ("Det var 12. mars 2026, og 30 mange kom. 9 desse.", ""),
            ("31. februar", ""),
            ("versjon 1.2.3 og 10 000 kroner", ""),
        ] {
            assert_eq!(list(text).join(", "), found, "{text}");
        }
    }

    #[test]
    fn a_day_is_named_once_and_in_the_order_of_the_text() {
        assert_eq!(list("5. januar, 9. desember og 5. januar"), ["2027-01-05", "2026-12-09"]);
    }
}
