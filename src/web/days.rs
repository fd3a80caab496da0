//! Days as forms give them, as instants where the forum is.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::staff::Staff;
use crate::edition::schedule::instant_of;
use crate::store::Span;

/// When a day begins.
pub(super) fn begin_of_day(staff: &Staff, day: NaiveDate) -> DateTime<Utc> {
    instant_of(staff.forum.settings.zone, day.and_time(NaiveTime::MIN))
}

/// When the day of a field begins; none for an empty field, an error for what is no day.
pub(super) fn begin_of(staff: &Staff, field: &str) -> Result<Option<DateTime<Utc>>, ()> {
    Ok(day_of(field)?.map(|day| begin_of_day(staff, day)))
}

/// The span from the beginning of one day to the end of another; an error if a day is none, or it ends before it begins.
pub(super) fn span_of(staff: &Staff, from: &str, until: &str) -> Result<Span, ()> {
    let from = begin_of(staff, from)?;
    let behind = day_of(until)?.map(|last| last.succ_opt().ok_or(())).transpose()?;
    match (from, behind.map(|day| begin_of_day(staff, day))) {
        (Some(from), Some(until)) if until <= from => Err(()),
        span => Ok(span),
    }
}

fn day_of(field: &str) -> Result<Option<NaiveDate>, ()> {
    match field.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| ()),
    }
}
