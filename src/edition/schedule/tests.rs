//! Facts about when editions occur.

use std::collections::BTreeMap;

use super::*;
use crate::forum::{Holidays, Language, PauseDays};

fn forum(weekly: &str, daily: &str) -> ForumSettings {
    ForumSettings {
        name: "Kompetanseforum Nordfjella".to_owned(),
        slug: "nordfjella".to_owned(),
        zone: chrono_tz::Europe::Oslo,
        language: Language::Nb,
        holidays: Some(Holidays::Norway),
        pause: Vec::new(),
        cadences: BTreeMap::from([
            (Cadence::Weekly, weekly.parse().unwrap()),
            (Cadence::Daily, daily.parse().unwrap()),
        ]),
        cap: 7,
    }
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
    let due = |opened: Option<&str>, now: &str| {
        overdue(&usual(), Cadence::Weekly, &[], opened.map(at), begun, at(now)).map(|o| o.to_rfc3339())
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
    assert_eq!(overdue(&usual(), Cadence::Weekly, &[], None, now - TimeDelta::hours(1), now), None);
}
