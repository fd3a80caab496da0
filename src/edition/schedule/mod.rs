//! When editions occur. Pure: an instant in, an instant out.
//!
//! A cron expression is run on wall-clock time as if it were UTC and only then mapped to an instant
//! of the forum's zone: where a clock change skips the time, with the offset before the jump; where it
//! doubles it, the first. A time on a public holiday moves to the next working day, if the forum says
//! so; a time in the forum's pause does not occur. What an occurrence is called by is the instant after
//! moving, so that two which fall together are one.

mod holidays;

use chrono::{
    DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

pub use holidays::is_public_holiday;

use crate::forum::{Cadence, ForumSettings, PauseDays};

/// A missed occurrence still runs within this many hours.
pub const GRACE_HOURS: i64 = 24;
/// The gathering cadence fires this many days before an event begins.
pub const DAYS_BEFORE_GATHERING: u64 = 7;
/// And this many after it ends.
pub const DAYS_AFTER_GATHERING: u64 = 2;
/// The time of day of the gathering cadence in a forum without a weekly one.
const DEFAULT_TIME: NaiveTime = NaiveTime::from_hms_opt(7, 30, 0).expect("a time of day");
/// How far a run of holidays can move a time (Easter, Christmas), generously.
const MOVED_AT_MOST: TimeDelta = TimeDelta::days(15);
/// How far a clock change can move a time, generously.
const SHIFTED_AT_MOST: TimeDelta = TimeDelta::hours(4);
/// How many days are looked through, one after the other, until there is an occurrence: the last is
/// longer than from one 29 February to the next, 1900 and its like included.
const LOOK_THROUGH_DAYS: [i64; 4] = [1, 40, 400, 3_000];

/// The start and end of an event that the gathering cadence is bound to.
pub type Gathering = (DateTime<Utc>, DateTime<Utc>);

/// The latest occurrence at or before `at`; `None` if there is none.
pub fn latest_at_or_before(
    settings: &ForumSettings,
    cadence: Cadence,
    gatherings: &[Gathering],
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match cadence {
        Cadence::Urgent => at.with_second(0)?.with_nanosecond(0),
        Cadence::Gathering => {
            around_gatherings(settings, gatherings).filter(|occurs_at| *occurs_at <= at).max()
        }
        Cadence::Daily | Cadence::Weekly | Cadence::Monthly => LOOK_THROUGH_DAYS
            .iter()
            .find_map(|days| fired(settings, cadence, at - TimeDelta::days(*days), at).max()),
    }
}

/// The first occurrence after `at`; `None` if there is none.
pub fn next_after(
    settings: &ForumSettings,
    cadence: Cadence,
    gatherings: &[Gathering],
    at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    match cadence {
        Cadence::Urgent => Some(at.with_second(0)?.with_nanosecond(0)? + TimeDelta::minutes(1)),
        Cadence::Gathering => {
            around_gatherings(settings, gatherings).filter(|occurs_at| *occurs_at > at).min()
        }
        Cadence::Daily | Cadence::Weekly | Cadence::Monthly => LOOK_THROUGH_DAYS
            .iter()
            .find_map(|days| fired(settings, cadence, at, at + TimeDelta::days(*days)).min()),
    }
}

/// The first occurrence after `now` that goes to somebody who pauses until the day `paused_until` (they get
/// letters on that day again).
pub fn next_for(
    settings: &ForumSettings,
    cadence: Cadence,
    gatherings: &[Gathering],
    paused_until: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let back = paused_until.map(|day| instant_of(settings.zone, day.and_time(NaiveTime::MIN)));
    let after = back.map_or(now, |back| now.max(back - TimeDelta::microseconds(1)));
    next_after(settings, cadence, gatherings, after)
}

/// Settings, and since when they decide the times.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    /// What decides.
    pub settings: ForumSettings,
    /// Nothing occurs by them before then: of a new forum when it began, else when others were changed into these.
    pub since: DateTime<Utc>,
}

/// The occurrence that a scheduler should open at `now`, if any: the latest one, if it was missed by no more
/// than the grace. Of several missed ones one edition covers all. Nothing at or before `opened` (the
/// latest occurrence by `now` that is opened already: one still to come stands in no way). Nothing on a day of
/// the forum's pause either.
///
/// `in_force` are all settings that held within the grace, those of now first. What an instant is, is asked of those that held at it:
/// a new time of day makes no time missed that passed before it was settled, and what the old one had missed still goes.
pub fn overdue(
    in_force: &[InForce],
    cadence: Cadence,
    gatherings: &[Gathering],
    opened: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if in_force.first().is_none_or(|held| running_pause(&held.settings, now).is_some()) {
        return None;
    }
    latest_by(in_force, cadence, gatherings, now).filter(|occurs_at| {
        now - *occurs_at <= TimeDelta::hours(GRACE_HOURS) && opened.is_none_or(|opened| opened < *occurs_at)
    })
}

/// The latest occurrence at or before `at` by the settings that held at it.
fn latest_by(
    in_force: &[InForce],
    cadence: Cadence,
    gatherings: &[Gathering],
    mut at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    for InForce { settings, since } in in_force {
        let latest = latest_at_or_before(settings, cadence, gatherings, at);
        if let Some(latest) = latest.filter(|latest| since <= latest) {
            return Some(latest);
        }
        at = at.min(*since - TimeDelta::microseconds(1));
    }
    None
}

/// The occurrences after `after` and at or before `until`, in the order in which the expression fires: what
/// fires first may be moved behind what fires later.
fn fired(
    settings: &ForumSettings,
    cadence: Cadence,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
) -> impl Iterator<Item = DateTime<Utc>> {
    let moved = if settings.holidays.is_some() { MOVED_AT_MOST } else { TimeDelta::zero() };
    let wall = |at: DateTime<Utc>| at.with_timezone(&settings.zone).naive_local().and_utc();
    let (first, last) = (wall(after) - moved - SHIFTED_AT_MOST, wall(until) + SHIFTED_AT_MOST);
    let schedule = settings.cadences.get(&cadence).map(|times| times.schedule());
    schedule
        .into_iter()
        .flat_map(move |schedule| schedule.after_owned(first))
        .take_while(move |fires| *fires <= last)
        .filter_map(|fires| occurrence(settings, fires.naive_utc()))
        .filter(move |occurs_at| after < *occurs_at && *occurs_at <= until)
}

/// What a wall-clock firing becomes: moved off holidays, dropped in a pause, mapped to an instant.
fn occurrence(settings: &ForumSettings, fires: NaiveDateTime) -> Option<DateTime<Utc>> {
    instant_on(settings, moved_off_holidays(settings, fires.date()), fires.time())
}

/// The same of what is worth nothing after the day `last`: where the next working day is later than that, it moves to the
/// last one before.
pub(in crate::edition) fn occurrence_by(
    settings: &ForumSettings,
    fires: NaiveDateTime,
    last: NaiveDate,
) -> Option<DateTime<Utc>> {
    let mut day = moved_off_holidays(settings, fires.date());
    if last < day {
        let before =
            settings.holidays.and_then(|calendar| holidays::last_working_day_before(calendar, fires.date()));
        day = before.unwrap_or(fires.date());
    }
    instant_on(settings, day, fires.time())
}

fn moved_off_holidays(settings: &ForumSettings, day: NaiveDate) -> NaiveDate {
    settings.holidays.map_or(day, |calendar| holidays::first_working_day(calendar, day))
}

/// A time on a day that is settled; none in a pause.
fn instant_on(settings: &ForumSettings, day: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
    pause_on(settings, day).is_none().then(|| instant_of(settings.zone, day.and_time(time)))
}

/// The forum's pause in which `at` lies: nothing but urgent goes out by itself then.
pub fn running_pause(settings: &ForumSettings, at: DateTime<Utc>) -> Option<PauseDays> {
    pause_on(settings, at.with_timezone(&settings.zone).date_naive())
}

fn pause_on(settings: &ForumSettings, day: NaiveDate) -> Option<PauseDays> {
    settings.pause.iter().find(|pause| pause.first <= day && day <= pause.last).copied()
}

/// The instant of a wall-clock time: where a clock change skips it, with the offset before the jump; where it
/// doubles it, the first.
pub fn instant_of(zone: Tz, wall: NaiveDateTime) -> DateTime<Utc> {
    zone.from_local_datetime(&wall).earliest().map_or_else(
        || {
            // In a gap: the offset that held before it.
            let before = zone.from_local_datetime(&(wall - TimeDelta::hours(4))).earliest();
            let offset = before.map_or(0, |at| at.offset().fix().local_minus_utc());
            (wall - TimeDelta::seconds(i64::from(offset))).and_utc()
        },
        |at| at.to_utc(),
    )
}

fn around_gatherings<'g>(
    settings: &'g ForumSettings,
    gatherings: &'g [Gathering],
) -> impl Iterator<Item = DateTime<Utc>> + 'g {
    let time = weekly_time(settings);
    let local_day = |at: DateTime<Utc>| at.with_timezone(&settings.zone).date_naive();
    gatherings
        .iter()
        .flat_map(move |(start, end)| {
            let before = local_day(*start).checked_sub_days(Days::new(DAYS_BEFORE_GATHERING));
            let after = last_day(local_day(*end), local_day(*start), *end, settings.zone)
                .checked_add_days(Days::new(DAYS_AFTER_GATHERING));
            [before, after]
        })
        .flatten()
        .filter_map(move |day: NaiveDate| occurrence(settings, day.and_time(time)))
}

/// The last day of an event: one that ends on the stroke of midnight ended the day before.
fn last_day(end_day: NaiveDate, start_day: NaiveDate, end: DateTime<Utc>, zone: Tz) -> NaiveDate {
    let at_midnight = end.with_timezone(&zone).time() == NaiveTime::MIN;
    if at_midnight && start_day < end_day { end_day.pred_opt().unwrap_or(end_day) } else { end_day }
}

/// The weekly cadence's time of day.
pub(in crate::edition) fn weekly_time(settings: &ForumSettings) -> NaiveTime {
    settings
        .cadences
        .get(&Cadence::Weekly)
        .and_then(|cron| cron.schedule().after(&DateTime::UNIX_EPOCH).next())
        .map_or(DEFAULT_TIME, |fires| fires.time())
}

#[cfg(test)]
mod tests;
