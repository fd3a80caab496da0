//! Public holidays, for any year.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::forum::Holidays;

/// Days from Easter Sunday: Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension, Whit Sunday
/// and Monday.
const AROUND_EASTER: [i64; 7] = [-3, -2, 0, 1, 39, 49, 50];
/// Month and day: New Year, Labour Day, Constitution Day, Christmas Day, second day of Christmas.
const FIXED: [(u32, u32); 5] = [(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)];

/// Whether `day` is a public holiday (Norway: lov om helligdager og helligdagsfred § 2; 1 and 17 May by the
/// act of 26 April 1947). Ordinary Sundays are none here.
pub fn is_public_holiday(calendar: Holidays, day: NaiveDate) -> bool {
    let Holidays::Norway = calendar;
    FIXED.contains(&(day.month(), day.day()))
        || easter_sunday(day.year()).is_some_and(|easter| AROUND_EASTER.contains(&(day - easter).num_days()))
}

/// `day` itself unless it is a public holiday; then the next day that is neither one nor on a weekend.
pub(super) fn first_working_day(calendar: Holidays, day: NaiveDate) -> NaiveDate {
    if !is_public_holiday(calendar, day) {
        return day;
    }
    let mut later = (1..15).filter_map(|days| day.checked_add_days(Days::new(days)));
    later.find(|day| is_working_day(calendar, *day)).unwrap_or(day)
}

/// The last day before `day` that is neither a public holiday nor on a weekend.
pub(super) fn last_working_day_before(calendar: Holidays, day: NaiveDate) -> Option<NaiveDate> {
    let mut earlier = (1..15).filter_map(|days| day.checked_sub_days(Days::new(days)));
    earlier.find(|day| is_working_day(calendar, *day))
}

fn is_working_day(calendar: Holidays, day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_public_holiday(calendar, day)
}

/// The Gregorian computus (Meeus, Jones, Butcher).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(sum / 31).ok()?, u32::try_from(sum % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_almanac_says() {
        for easter in ["2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"] {
            assert_eq!(easter_sunday(day(easter).year()), Some(day(easter)));
        }
    }

    #[test]
    fn the_twelve_holidays_of_2027_are_known_and_no_other_day() {
        let all: Vec<String> = day("2027-01-01")
            .iter_days()
            .take(365)
            .filter(|d| is_public_holiday(Holidays::Norway, *d))
            .map(|d| d.to_string())
            .collect();
        assert_eq!(
            all,
            [
                "2027-01-01",
                "2027-03-25",
                "2027-03-26",
                "2027-03-28",
                "2027-03-29",
                "2027-05-01",
                "2027-05-06",
                "2027-05-16",
                "2027-05-17",
                "2027-12-25",
                "2027-12-26",
            ]
        );
    }

    #[test]
    fn a_holiday_moves_to_the_next_working_day() {
        let moved = |text| first_working_day(Holidays::Norway, day(text)).to_string();
        assert_eq!(moved("2027-03-29"), "2027-03-30");
        assert_eq!(moved("2027-03-25"), "2027-03-30");
        assert_eq!(moved("2027-05-01"), "2027-05-03");
        assert_eq!(moved("2027-12-25"), "2027-12-27");
        assert_eq!(moved("2027-03-27"), "2027-03-27", "a Saturday between holidays is none");
    }

    #[test]
    fn the_last_working_day_before_easter_is_its_wednesday() {
        let before =
            |text| last_working_day_before(Holidays::Norway, day(text)).map(|before| before.to_string());
        assert_eq!(before("2027-03-25"), Some("2027-03-24".to_owned()));
        assert_eq!(before("2027-03-29"), Some("2027-03-24".to_owned()), "over a weekend between holidays");
    }
}
