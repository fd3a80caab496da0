//! Sums that need nobody's name: people are rounded, and few are not told at all.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Days, Line, LineKind};
use crate::content::{Fields, Item, LEAST_SUM};
use crate::forum::{Forum, Kind};
use crate::insight::progress::gather_meetings;

/// What the database counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Organisations that have a place in a group, by the slug of their kind.
    pub organisations: Vec<(String, i64)>,
    /// People who get letters.
    pub readers: i64,
    /// Mailings.
    pub mailings: i64,
    /// Letters that were accepted.
    pub letters: i64,
    /// People who said that they come to a gathering; none if that is not known any more of all of them.
    pub came: Option<i64>,
}

/// How many of the goals that are shown were reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalsCount {
    /// In these days.
    pub reached: usize,
    /// Of so many.
    pub all: usize,
}

/// The sums of a page, as they were when it was published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Organisations that have a place in a group, by the slug of their kind; those that are most first.
    pub organisations: Vec<(String, i64)>,
    /// People who get letters, to the nearest ten; none of fewer than [`LEAST_SUM`].
    pub readers: Option<i64>,
    /// Mailings in these days.
    pub mailings: i64,
    /// Letters that were accepted; none of fewer than [`LEAST_SUM`].
    pub letters: Option<i64>,
    /// Items that came out in these days, by kind.
    pub items: Vec<(Kind, usize)>,
    /// Meetings with minutes in these days, by the slug of the group.
    pub meetings: BTreeMap<String, usize>,
    /// Goals.
    pub goals: GoalsCount,
    /// Gatherings in these days that are over.
    pub gatherings: usize,
    /// People who said that they come to them; none of fewer than [`LEAST_SUM`], or if nobody knows.
    pub came: Option<i64>,
}

/// A sum of people that may be told as it is.
pub fn tell_sum(people: i64) -> Option<i64> {
    (people >= LEAST_SUM).then_some(people)
}

/// A sum of people to the nearest ten, so that one who comes or goes does not show; none of fewer than [`LEAST_SUM`].
pub fn round_people(people: i64) -> Option<i64> {
    tell_sum(people).map(|people| (people + 5) / 10 * 10)
}

/// The gatherings of these days that are over at `now`.
pub fn list_gatherings(items: &[Item], days: Days, zone: Tz, now: DateTime<Utc>) -> Vec<&Item> {
    let is_over = |item: &Item| item.own_close().is_some_and(|end| end.at <= now);
    let is_within = |item: &Item| match item.fields {
        Fields::Event { starts_at: Some(start), gathering: true, .. } => days.include(start.local_day(zone)),
        _ => false,
    };
    items.iter().filter(|item| item.is_readable(now) && is_over(item) && is_within(item)).collect()
}

/// The sums of a page with these lines.
pub fn count_figures(
    forum: &Forum,
    (items, lines): (&[Item], &[Line]),
    counted: Counted,
    days: Days,
    now: DateTime<Utc>,
) -> Figures {
    let zone = forum.settings.zone;
    let mut organisations = counted.organisations;
    organisations.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let gatherings = list_gatherings(items, days, zone, now).len();
    Figures {
        organisations,
        readers: round_people(counted.readers),
        mailings: counted.mailings,
        letters: tell_sum(counted.letters),
        items: count_kinds(items, days, zone, now),
        meetings: count_meetings(forum, items, days, now),
        goals: count_goals(lines, days),
        gatherings,
        came: counted.came.filter(|_| gatherings > 0).and_then(round_people),
    }
}

fn count_kinds(items: &[Item], days: Days, zone: Tz, now: DateTime<Utc>) -> Vec<(Kind, usize)> {
    let came_on = |item: &Item| item.release_at.with_timezone(&zone).date_naive();
    let count = |kind: Kind| {
        items
            .iter()
            .filter(|item| item.kind == kind && item.is_readable(now) && days.include(came_on(item)))
            .count()
    };
    let all = Kind::ALL.map(|kind| (kind, count(kind)));
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn count_meetings(forum: &Forum, items: &[Item], days: Days, now: DateTime<Utc>) -> BTreeMap<String, usize> {
    let meetings = gather_meetings(items, forum.settings.zone, now);
    let of_group = meetings.into_iter().map(|(group, meetings)| {
        let count = meetings.iter().filter(|meeting| days.include(meeting.met_on)).count();
        (forum.terms.term(group).slug.clone(), count)
    });
    of_group.filter(|(_, count)| *count > 0).collect()
}

fn count_goals(lines: &[Line], days: Days) -> GoalsCount {
    let goals = || lines.iter().filter(|line| line.kind == LineKind::Goal);
    let reached = goals().filter(|line| line.happened_on.is_some_and(|day| days.include(day))).count();
    GoalsCount { reached, all: goals().count() }
}

/// Whether the answers to all these gatherings are still there at `now`, where answers are kept for so many days.
pub fn are_answers_kept(gatherings: &[&Item], kept_days: i64, now: DateTime<Utc>) -> bool {
    let since = now - TimeDelta::days(kept_days);
    gatherings.iter().all(|item| item.date_of_close().is_some_and(|close| close >= since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_are_not_told_and_many_are_rounded() {
        assert_eq!([4, 5, 14, 15, 63].map(round_people), [None, Some(10), Some(10), Some(20), Some(60)]);
        assert_eq!([0, 4, 5, 63].map(tell_sum), [None, None, Some(5), Some(63)]);
    }
}
