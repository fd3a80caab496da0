//! When an event is, as a calendar file says it.

use chrono::{DateTime, Days, Utc};
use icalendar::Property;

use crate::content::Moment;

/// An instant in UTC (RFC 5545, 3.3.5, form 2): no zone has to be told.
pub(super) fn written_instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// DTSTART or DTEND.
pub(super) enum Time {
    /// A whole day.
    Day(chrono::NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl Time {
    /// As the property `key`.
    pub(super) fn property(&self, key: &str) -> Property {
        match self {
            Time::Day(day) => {
                Property::new(key, day.format("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
            }
            Time::Instant(at) => Property::new(key, written_instant(*at)),
        }
    }
}

/// Start and end, both days or both instants (RFC 5545, 3.8.2.2); the end, if any, after the start.
pub(super) fn list_times(start: Moment, end: Option<Moment>) -> Vec<(&'static str, Time)> {
    let mut times = Vec::new();
    match (start.day, end.map(|end| (end, end.day))) {
        (Some(first), Some((_, Some(last)))) => {
            times.push(("DTSTART", Time::Day(first)));
            // The end of a day is told as the day after it.
            times.extend(last.checked_add_days(Days::new(1)).map(|after| ("DTEND", Time::Day(after))));
        }
        (Some(first), None) => times.push(("DTSTART", Time::Day(first))),
        (_, end) => {
            times.push(("DTSTART", Time::Instant(start.at)));
            let end = end.map(|(end, _)| end.at).filter(|end| *end > start.at);
            times.extend(end.map(|end| ("DTEND", Time::Instant(end))));
        }
    }
    times
}
