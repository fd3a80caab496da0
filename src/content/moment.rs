//! Instants of which only the day may be known.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// An instant that may have been given as a whole day of the forum's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// The instant that counts.
    pub at: DateTime<Utc>,
    /// The day, if no time was given.
    pub day: Option<NaiveDate>,
}

impl Moment {
    /// An exact instant.
    pub fn exact(at: DateTime<Utc>) -> Moment {
        Moment { at, day: None }
    }

    /// A whole day that counts from its first instant (a start).
    pub fn start_of(day: NaiveDate, zone: Tz) -> Moment {
        Moment { at: local_midnight(day, zone), day: Some(day) }
    }

    /// A whole day that counts up to its end (a deadline).
    pub fn end_of(day: NaiveDate, zone: Tz) -> Moment {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        Moment { at: local_midnight(next, zone), day: Some(day) }
    }

    /// The local day on which it falls; for an end of day, that day.
    pub fn local_day(&self, zone: Tz) -> NaiveDate {
        self.day.unwrap_or_else(|| self.at.with_timezone(&zone).date_naive())
    }
}

/// The first instant of a local day; where a clock change skips midnight, the first instant after the gap.
pub fn local_midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=4)
        .find_map(|half_hours| {
            (midnight + TimeDelta::minutes(30 * half_hours)).and_local_timezone(zone).earliest()
        })
        .map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}
