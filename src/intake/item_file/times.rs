//! Dates of item files: RFC 3339 texts or TOML dates; what has no offset is local to the forum's zone.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use toml::value::{Datetime, Offset};

use crate::content::{Moment, local_midnight};

/// A date as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// With its offset.
    Instant(DateTime<Utc>),
    /// A time of the forum's zone.
    Local(NaiveDateTime),
    /// A whole day of the forum's zone.
    Day(NaiveDate),
}

/// What a whole day means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WholeDay {
    /// From its first instant.
    FromStart,
    /// Up to its end.
    ToEnd,
}

const REMEDY: &str = "write it as 2027-03-13T08:00:00+01:00 or 2027-03-13";

/// Reads a text such as `2027-03-13T08:00:00+01:00`, `2027-03-13T08:00:00` or `2027-03-13`.
pub(super) fn read_text_as_time(text: &str) -> Result<Given, String> {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(calendar_numbers) {
        let (year, month, day_of_month) = day;
        if NaiveDate::from_ymd_opt(year, month, day_of_month).is_none() {
            return Err(format!("there is no day {}; {REMEDY}", &text[..10]));
        }
    }
    match text.parse::<Datetime>() {
        Ok(datetime) => read_datetime(&datetime, text),
        Err(_) => Err(format!("\"{text}\" is no date; {REMEDY}")),
    }
}

/// Year, month and day, if `text` has the shape of a date.
fn calendar_numbers(text: &str) -> Option<(i32, u32, u32)> {
    let mut parts = text.split('-').map(|part| {
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part).and_then(|p| p.parse::<u32>().ok())
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some((i32::try_from(year).ok()?, month, day))
}

/// Reads a TOML date; `text` is what was written, for errors.
pub(super) fn read_datetime(datetime: &Datetime, text: &str) -> Result<Given, String> {
    let no_date = || format!("\"{text}\" names no day; {REMEDY}");
    let date = datetime.date.ok_or_else(no_date)?;
    let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        .ok_or_else(|| format!("there is no day {text}; {REMEDY}"))?;
    let Some(time) = datetime.time else { return Ok(Given::Day(day)) };
    // Both databases keep whole microseconds.
    let micros = time.nanosecond.unwrap_or(0) / 1000;
    let (hour, minute, second) = (time.hour.into(), time.minute.into(), time.second.unwrap_or(0).into());
    let local = NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
        .map(|time| day.and_time(time))
        .ok_or_else(|| format!("there is no time {text}; {REMEDY}"))?;
    Ok(match datetime.offset {
        None => Given::Local(local),
        Some(Offset::Z) => Given::Instant(local.and_utc()),
        Some(Offset::Custom { minutes }) => {
            Given::Instant((local - TimeDelta::minutes(i64::from(minutes))).and_utc())
        }
    })
}

impl Given {
    /// The moment that is meant in `zone`.
    pub fn moment(self, zone: Tz, whole_day: WholeDay) -> Result<Moment, String> {
        match (self, whole_day) {
            (Given::Instant(at), _) => Ok(Moment::exact(at)),
            (Given::Local(local), _) => local_instant(local, zone).map(Moment::exact),
            (Given::Day(day), WholeDay::FromStart) => Ok(Moment::start_of(day, zone)),
            (Given::Day(day), WholeDay::ToEnd) => Ok(Moment::end_of(day, zone)),
        }
    }

    /// The local day that is meant in `zone`.
    pub fn day(self, zone: Tz) -> NaiveDate {
        match self {
            Given::Instant(at) => at.with_timezone(&zone).date_naive(),
            Given::Local(local) => local.date(),
            Given::Day(day) => day,
        }
    }
}

/// The instant of a local time; of an ambiguous one the first. A time that the clocks skip is an error.
fn local_instant(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, String> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.to_utc()),
        // Midnight itself is where some zones jump; the day still begins.
        LocalResult::None if local.time() == NaiveTime::MIN => Ok(local_midnight(local.date(), zone)),
        LocalResult::None => Err(format!(
            "there is no {} in {zone}: the clocks go forward then; write another time, or one with its offset",
            local.format("%Y-%m-%dT%H:%M:%S")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OSLO: Tz = chrono_tz::Europe::Oslo;

    fn instant(text: &str, whole_day: WholeDay) -> Result<String, String> {
        let moment = read_text_as_time(text)?.moment(OSLO, whole_day)?;
        Ok(moment.at.to_rfc3339())
    }

    #[test]
    fn what_has_no_offset_is_local_and_a_day_begins_or_ends_at_local_midnight() {
        let read = |text| instant(text, WholeDay::FromStart).unwrap();
        assert_eq!(read("2027-03-13T08:00:00+01:00"), "2027-03-13T07:00:00+00:00");
        assert_eq!(read("2027-07-13T08:00:00Z"), "2027-07-13T08:00:00+00:00");
        assert_eq!(read("2027-07-13T08:00:00"), "2027-07-13T06:00:00+00:00");
        assert_eq!(read("2027-07-13 08:00"), "2027-07-13T06:00:00+00:00");
        assert_eq!(read("2027-03-28"), "2027-03-27T23:00:00+00:00");
        assert_eq!(instant("2027-03-28", WholeDay::ToEnd).unwrap(), "2027-03-28T22:00:00+00:00");
    }

    #[test]
    fn a_time_told_twice_by_the_clocks_is_the_first_and_one_skipped_is_refused() {
        assert_eq!(instant("2027-10-31T02:30:00", WholeDay::ToEnd).unwrap(), "2027-10-31T00:30:00+00:00");
        assert_eq!(
            instant("2027-03-28T02:30:00", WholeDay::ToEnd).unwrap_err(),
            "there is no 2027-03-28T02:30:00 in Europe/Oslo: the clocks go forward then; \
             write another time, or one with its offset"
        );
    }

    #[test]
    fn a_day_that_no_calendar_has_is_refused() {
        for text in ["2027-02-31", "2027-02-29", "2027-13-01", "2027-02-31T08:00:00+01:00"] {
            assert_eq!(
                instant(text, WholeDay::ToEnd).unwrap_err(),
                format!("there is no day {}; {REMEDY}", &text[..10])
            );
        }
        for text in ["tomorrow", "", "12:30", "13.03.2027", "2027-03-13T25:00:00", "2027-03-13T08:00:60"] {
            assert!(instant(text, WholeDay::ToEnd).unwrap_err().ends_with(REMEDY), "{text}");
        }
    }
}
