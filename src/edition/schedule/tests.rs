//! Facts about when editions occur.

use std::collections::BTreeMap;

use super::*;
use crate::forum::{Holidays, PauseDays};

fn forum(weekly: &str, daily: &str) -> ForumSettings {
    let cadences = BTreeMap::from([
        (Cadence::Weekly, weekly.parse().unwrap()),
        (Cadence::Daily, daily.parse().unwrap()),
    ]);
    ForumSettings { holidays: Some(Holidays::Norway), cadences, ..ForumSettings::sample() }
}

fn usual() -> ForumSettings {
    forum("0 30 7 * * Mon", "0 30 7 * * Mon-Fri")
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn latest(settings: &ForumSettings, cadence: Cadence, text: &str) -> String {
    let found = latest_at_or_before(settings, cadence, &[], at(text)).unwrap();
    found.with_timezone(&settings.zone).to_rfc3339()
}

fn next(settings: &ForumSettings, cadence: Cadence, text: &str) -> String {
    let found = next_after(settings, cadence, &[], at(text)).unwrap();
    found.with_timezone(&settings.zone).to_rfc3339()
}

#[test]
fn an_occurrence_is_its_own_latest_and_not_its_own_next() {
    let monday = "2027-03-08T07:30:00+01:00";
    assert_eq!(latest(&usual(), Cadence::Weekly, monday), monday);
    assert_eq!(latest(&usual(), Cadence::Weekly, "2027-03-08T07:29:59+01:00"), "2027-03-01T07:30:00+01:00");
    assert_eq!(next(&usual(), Cadence::Weekly, monday), "2027-03-15T07:30:00+01:00");
    assert_eq!(next(&usual(), Cadence::Weekly, "2027-03-08T07:29:59+01:00"), monday);
}

#[test]
fn a_pause_ends_on_its_first_day_with_letters() {
    let after = |until: &str, now: &str| {
        next_for(&usual(), Cadence::Weekly, &[], Some(until.parse().unwrap()), at(now)).unwrap()
    };
    let now = "2027-03-08T09:00:00+01:00";
    assert_eq!(after("2027-03-15", now), at("2027-03-15T07:30:00+01:00"), "on the very day");
    assert_eq!(after("2027-03-16", now), at("2027-03-22T07:30:00+01:00"));
    assert_eq!(
        after("2027-03-01", now),
        at("2027-03-15T07:30:00+01:00"),
        "a pause that is over counts for nothing"
    );
    assert_eq!(
        next_for(&usual(), Cadence::Weekly, &[], None, at(now)),
        Some(at("2027-03-15T07:30:00+01:00"))
    );
}

#[test]
fn easter_monday_moves_to_tuesday_and_meets_tuesdays_own() {
    assert_eq!(next(&usual(), Cadence::Weekly, "2027-03-22T08:00:00+01:00"), "2027-03-30T07:30:00+02:00");
    assert_eq!(latest(&usual(), Cadence::Weekly, "2027-03-29T12:00:00+02:00"), "2027-03-22T07:30:00+01:00");
    assert_eq!(next(&usual(), Cadence::Daily, "2027-03-24T08:00:00+01:00"), "2027-03-30T07:30:00+02:00");
    assert_eq!(next(&usual(), Cadence::Daily, "2027-03-30T07:30:00+02:00"), "2027-03-31T07:30:00+02:00");
}

#[test]
fn nothing_occurs_in_a_pause() {
    let days =
        |first: &str, last: &str| PauseDays { first: first.parse().unwrap(), last: last.parse().unwrap() };
    let mut settings = usual();
    settings.pause = vec![days("2027-07-05", "2027-08-06")];
    assert_eq!(next(&settings, Cadence::Weekly, "2027-06-28T08:00:00+02:00"), "2027-08-09T07:30:00+02:00");
    assert_eq!(latest(&settings, Cadence::Weekly, "2027-08-08T08:00:00+02:00"), "2027-06-28T07:30:00+02:00");
    assert_eq!(latest(&settings, Cadence::Urgent, "2027-07-10T08:01:30+02:00"), "2027-07-10T08:01:00+02:00");
}

#[test]
fn the_night_of_each_clock_change_has_one_occurrence() {
    let settings = forum("0 30 2 * * Sun", "0 30 2 * * *");
    for (eve, expected) in [
        ("2027-03-28T00:00:00+01:00", "2027-03-28T03:30:00+02:00"),
        ("2027-10-31T00:00:00+02:00", "2027-10-31T02:30:00+02:00"),
    ] {
        let mut settings = settings.clone();
        settings.holidays = None;
        for cadence in [Cadence::Weekly, Cadence::Daily] {
            assert_eq!(next(&settings, cadence, eve), expected);
            let after = next_after(&settings, cadence, &[], at(expected)).unwrap();
            assert!(after - at(expected) > TimeDelta::hours(20), "{cadence} occurs twice in that night");
        }
    }
}

#[test]
fn latest_and_next_agree_at_every_minute_around_both_clock_changes() {
    let mut settings = forum("0 30 2 * * Sun", "0 15,45 1,2,3 * * *");
    settings.holidays = None;
    for start in ["2027-03-27T12:00:00Z", "2027-10-30T12:00:00Z"] {
        for minute in 0..36 * 60 {
            let now = at(start) + TimeDelta::minutes(minute);
            for cadence in [Cadence::Weekly, Cadence::Daily] {
                let latest = latest_at_or_before(&settings, cadence, &[], now).unwrap();
                let next = next_after(&settings, cadence, &[], now).unwrap();
                assert!(latest <= now && now < next);
                assert_eq!(next_after(&settings, cadence, &[], latest), Some(next), "{cadence} at {now}");
                assert_eq!(latest_at_or_before(&settings, cadence, &[], next), Some(next));
            }
        }
    }
}

#[test]
fn a_gathering_is_framed_by_its_two_editions() {
    let event = [(at("2027-04-08T09:00:00+02:00"), at("2027-04-08T15:00:00+02:00"))];
    let next = |text| next_after(&usual(), Cadence::Gathering, &event, at(text)).map(|o| o.to_rfc3339());
    assert_eq!(next("2027-03-01T00:00:00Z"), Some("2027-04-01T05:30:00+00:00".to_owned()));
    assert_eq!(next("2027-04-01T05:30:00Z"), Some("2027-04-10T05:30:00+00:00".to_owned()));
    assert_eq!(next("2027-04-10T05:30:00Z"), None);
}

#[test]
fn of_missed_occurrences_only_the_latest_runs_and_only_within_its_grace() {
    let begun = at("2027-01-01T00:00:00Z");
    let in_force = [InForce { settings: usual(), since: begun }];
    let due = |opened: Option<&str>, now: &str| {
        overdue(&in_force, Cadence::Weekly, &[], opened.map(at), at(now)).map(|o| o.to_rfc3339())
    };
    let monday = Some("2027-03-08T06:30:00+00:00".to_owned());
    assert_eq!(due(None, "2027-03-08T06:30:00Z"), monday);
    assert_eq!(due(Some("2027-02-15T06:30:00Z"), "2027-03-09T06:30:00Z"), monday, "two were missed");
    assert_eq!(due(Some("2027-02-15T06:30:00Z"), "2027-03-09T06:30:01Z"), None, "the grace is over");
    assert_eq!(due(Some("2027-03-08T06:30:00Z"), "2027-03-08T06:30:00Z"), None, "the clock was set back");
}

#[test]
fn a_new_forum_owes_no_past() {
    let now = at("2027-03-08T09:00:00Z");
    let in_force = [InForce { settings: usual(), since: now - TimeDelta::hours(1) }];
    assert_eq!(overdue(&in_force, Cadence::Weekly, &[], None, now), None);
}

/// Monday 07:30 until 16:00 that day, then Monday at `weekly` o'clock; what is due at `now`.
fn due_after_the_change(weekly: &str, opened: Option<&str>, now: &str) -> Option<String> {
    let in_force = [
        InForce { settings: forum(weekly, "0 30 7 * * Mon-Fri"), since: at("2027-03-08T16:00:00+01:00") },
        InForce { settings: usual(), since: at("2027-01-01T00:00:00Z") },
    ];
    let due = overdue(&in_force, Cadence::Weekly, &[], opened.map(at), at(now));
    due.map(|at| at.with_timezone(&chrono_tz::Europe::Oslo).to_rfc3339())
}

#[test]
fn a_time_that_passed_before_it_was_settled_is_not_missed() {
    let sent = Some("2027-03-08T07:30:00+01:00");
    let due = |weekly, now| due_after_the_change(weekly, sent, now);
    assert_eq!(due("0 0 15 * * Mon", "2027-03-08T16:00:00+01:00"), None, "it did not exist at three");
    assert_eq!(due("0 0 15 * * Mon", "2027-03-09T07:00:00+01:00"), None);
    let (from_now, later) = ("2027-03-08T16:00:00+01:00", "2027-03-08T17:00:00+01:00");
    assert_eq!(due("0 0 16 * * Mon", from_now), Some(from_now.to_owned()), "one at the very instant does");
    assert_eq!(due("0 0 17 * * Mon", later), Some(later.to_owned()), "the new time counts from then on");
    let next = "2027-03-15T15:00:00+01:00";
    assert_eq!(due("0 0 15 * * Mon", next), Some(next.to_owned()));
}

#[test]
fn what_the_old_times_had_missed_goes_within_its_grace_after_they_were_changed() {
    let missed = Some("2027-03-08T07:30:00+01:00".to_owned());
    let due = |weekly, now| due_after_the_change(weekly, Some("2027-03-01T07:30:00+01:00"), now);
    assert_eq!(due("0 0 15 * * Mon", "2027-03-08T16:05:00+01:00"), missed);
    assert_eq!(due("0 0 15 * * Mon", "2027-03-09T07:30:00+01:00"), missed);
    assert_eq!(due("0 0 15 * * Mon", "2027-03-09T07:30:01+01:00"), None, "the grace is over");
    let later = "2027-03-08T17:00:00+01:00";
    assert_eq!(due("0 0 17 * * Mon", later), Some(later.to_owned()), "one edition covers both");
}

#[test]
fn a_clock_set_back_asks_the_times_that_held_then() {
    let (monday, opened) = ("2027-03-01T07:30:00+01:00", Some("2027-02-22T07:30:00+01:00"));
    assert_eq!(due_after_the_change("0 0 15 * * Mon", opened, monday), Some(monday.to_owned()));
    assert_eq!(due_after_the_change("0 0 15 * * Mon", Some(monday), "2027-03-01T15:00:00+01:00"), None);
}

#[test]
fn what_a_holiday_moves_may_come_after_what_fires_later() {
    let every_day = forum("0 30 7 * * Mon", "0 30 7 * * *");
    // Good Friday moves to Tuesday 30 March; the Saturday between is an ordinary one.
    let saturday = "2027-03-27T07:30:00+01:00";
    assert_eq!(next(&every_day, Cadence::Daily, "2027-03-25T12:00:00+01:00"), saturday);
    assert_eq!(next(&every_day, Cadence::Daily, saturday), "2027-03-30T07:30:00+02:00");
    let friday_and_saturday = forum("0 30 7 * * Mon", "0 30 7 * * Fri,Sat");
    let tuesday = "2027-03-30T07:30:00+02:00";
    assert_eq!(latest(&friday_and_saturday, Cadence::Daily, "2027-03-31T12:00:00+02:00"), tuesday);
    assert_eq!(latest(&friday_and_saturday, Cadence::Daily, "2027-03-30T07:29:00+02:00"), saturday);
}

#[test]
fn seventeenth_of_may_moves_to_the_eighteenth() {
    // Whit Monday is 17 May in 2027.
    assert_eq!(next(&usual(), Cadence::Weekly, "2027-05-11T00:00:00+02:00"), "2027-05-18T07:30:00+02:00");
}

#[test]
fn a_time_that_is_moved_into_a_pause_does_not_occur() {
    let day = |text: &str| text.parse().unwrap();
    let mut settings = usual();
    settings.pause = vec![PauseDays { first: day("2027-03-30"), last: day("2027-03-30") }];
    assert_eq!(next(&settings, Cadence::Weekly, "2027-03-23T00:00:00+01:00"), "2027-04-05T07:30:00+02:00");
    settings.pause = vec![PauseDays { first: day("2027-03-29"), last: day("2027-03-29") }];
    assert_eq!(next(&settings, Cadence::Weekly, "2027-03-23T00:00:00+01:00"), "2027-03-30T07:30:00+02:00");
}

#[test]
fn a_cadence_of_every_minute_occurs_every_minute() {
    let settings = forum("0 30 7 * * Mon", "0 * * * * *");
    assert_eq!(latest(&settings, Cadence::Daily, "2027-03-10T12:00:30+01:00"), "2027-03-10T12:00:00+01:00");
    assert_eq!(next(&settings, Cadence::Daily, "2027-03-10T12:00:00+01:00"), "2027-03-10T12:01:00+01:00");
}

#[test]
fn a_leap_day_is_found_years_away() {
    let mut settings = forum("0 30 7 * * Mon", "0 0 7 29 Feb *");
    settings.holidays = None;
    assert_eq!(next(&settings, Cadence::Daily, "2027-03-10T12:00:00+01:00"), "2028-02-29T07:00:00+01:00");
    assert_eq!(latest(&settings, Cadence::Daily, "2027-03-10T12:00:00+01:00"), "2024-02-29T07:00:00+01:00");
}

#[test]
fn a_cadence_without_times_never_occurs() {
    let now = at("2027-03-10T12:00:00Z");
    assert_eq!(next_after(&usual(), Cadence::Monthly, &[], now), None);
    assert_eq!(latest_at_or_before(&usual(), Cadence::Monthly, &[], now), None);
}

/// Every occurrence of two years, by trying every day and time of day of an expression of days and times.
fn list_naively(
    settings: &ForumSettings,
    days: &[chrono::Weekday],
    times: &[(u32, u32)],
) -> Vec<DateTime<Utc>> {
    use chrono::Datelike;
    let first: NaiveDate = "2026-06-01".parse().unwrap();
    let mut all: Vec<_> = first
        .iter_days()
        .take(800)
        .filter(|day| days.contains(&day.weekday()))
        .map(|mut day| {
            let was_holiday = settings.holidays.is_some_and(|c| is_public_holiday(c, day));
            while settings.holidays.is_some_and(|c| {
                is_public_holiday(c, day) || (was_holiday && day.weekday().number_from_monday() > 5)
            }) {
                day = day.succ_opt().unwrap();
            }
            day
        })
        .filter(|day| !settings.pause.iter().any(|p| p.first <= *day && *day <= p.last))
        .flat_map(|day| times.iter().map(move |(h, m)| day.and_hms_opt(*h, *m, 0).unwrap()))
        .map(|wall| instant_of(settings.zone, wall))
        .collect();
    all.sort();
    all.dedup();
    all
}

proptest::proptest! {
    #[test]
    fn latest_and_next_are_what_a_list_of_all_says(
        day_set in 1u8..128,
        hours in proptest::collection::btree_set(0u32..24, 1..4),
        minute in 0u32..60,
        holidays: bool,
        pause in proptest::option::of((0u64..300, 0u64..40)),
        minutes_on in proptest::collection::vec(0i64..500 * 24 * 60, 8),
    ) {
        use chrono::Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let days: Vec<_> = [Mon, Tue, Wed, Thu, Fri, Sat, Sun]
            .into_iter()
            .enumerate()
            .filter(|(i, _)| day_set & (1 << i) != 0)
            .map(|(_, day)| day)
            .collect();
        let names: Vec<String> = days.iter().map(|d| d.to_string()).collect();
        let hours_text: Vec<String> = hours.iter().map(u32::to_string).collect();
        let cron = format!("0 {minute} {} * * {}", hours_text.join(","), names.join(","));
        let mut settings = forum("0 30 7 * * Mon", &cron);
        settings.holidays = holidays.then_some(Holidays::Norway);
        let start: NaiveDate = "2026-11-01".parse().unwrap();
        settings.pause = pause
            .map(|(from, length)| PauseDays { first: start + Days::new(from), last: start + Days::new(from + length) })
            .into_iter()
            .collect();
        let times: Vec<_> = hours.iter().map(|hour| (*hour, minute)).collect();
        let all = list_naively(&settings, &days, &times);
        for minutes in minutes_on {
            let now = at("2026-11-01T00:00:00Z") + TimeDelta::minutes(minutes);
            let coming = all.partition_point(|o| *o <= now);
            let (latest, next) = (all[..coming].last().copied(), all.get(coming).copied());
            proptest::prop_assert_eq!(latest_at_or_before(&settings, Cadence::Daily, &[], now), latest);
            proptest::prop_assert_eq!(next_after(&settings, Cadence::Daily, &[], now), next);
        }
    }
}

#[test]
fn every_minute_of_both_weeks_of_a_clock_change_has_its_coming_occurrence() {
    let mut settings = forum("0 30 7 * * Mon", "0 0,30 2,3 * * *");
    settings.holidays = None;
    let days: Vec<_> =
        std::iter::successors(Some(chrono::Weekday::Mon), |day| Some(day.succ())).take(7).collect();
    let all_times: Vec<_> = [2, 3].iter().flat_map(|h| [0, 30].map(|m| (*h, m))).collect();
    let all = list_naively(&settings, &days, &all_times);
    for start in ["2027-03-22T00:00:00+01:00", "2027-10-25T00:00:00+02:00"] {
        for minute in 0..8 * 24 * 60 {
            let now = at(start) + TimeDelta::minutes(minute);
            let coming = all.partition_point(|o| *o <= now);
            let (latest, next) = (all.get(coming - 1), all.get(coming));
            assert_eq!(latest_at_or_before(&settings, Cadence::Daily, &[], now).as_ref(), latest, "{now}");
            assert_eq!(next_after(&settings, Cadence::Daily, &[], now).as_ref(), next, "{now}");
        }
    }
}
