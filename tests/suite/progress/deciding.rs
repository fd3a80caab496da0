//! Which minutes are a group's last, what it had promised before them, and when it is silent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use treff::content::{Audience, Fields, Item, Visibility};
use treff::forum::{Kind, Language};
use treff::ids::ItemId;
use treff::insight::progress::{
    Meeting, Silence, find_meeting_before, find_silence, gather_meetings, list_progress,
};

use crate::letters::scene::{OSLO, at, day, forum, item, term, text};

fn now() -> DateTime<Utc> {
    "2027-03-08T08:00:00Z".parse().unwrap()
}

/// Minutes of a group, out since the evening of the meeting; without a day since the first of January.
fn minutes(id: i64, group: &str, met_on: Option<&str>) -> Item {
    let fields =
        Fields::Minutes { group: Some(term(&forum(), group)), met_on: met_on.map(day), promises: Vec::new() };
    let item = item(id, Kind::Minutes, fields, &[(Language::Nb, text("Referat", ""))]);
    let released_on = met_on.unwrap_or("2027-01-01");
    Item { release_at: format!("{released_on}T18:00:00Z").parse().unwrap(), ..item }
}

fn gathering(id: i64, starts_at: &str, ends_at: Option<&str>) -> Item {
    let fields = Fields::Event {
        starts_at: Some(at(starts_at)),
        ends_at: ends_at.map(at),
        registration_url: None,
        gathering: true,
        changed: Default::default(),
    };
    let item = item(id, Kind::Event, fields, &[(Language::Nb, text("Samling", ""))]);
    Item { release_at: "2027-01-01T08:00:00Z".parse().unwrap(), ..item }
}

fn ids(meetings: &[Meeting<'_>]) -> Vec<i64> {
    meetings.iter().map(|meeting| meeting.item.id.0).collect()
}

#[test]
fn the_newest_meeting_comes_first_whatever_was_handed_in_last() {
    let health = "group:health";
    let items = [
        minutes(1, health, Some("2027-02-01")),
        minutes(2, health, Some("2027-03-01")),
        // Without a day it stands on that of its release.
        minutes(3, health, None),
        Item { withdrawn: true, ..minutes(4, health, Some("2027-03-02")) },
        Item { held: true, ..minutes(5, health, Some("2027-03-03")) },
        Item {
            release_at: "2027-03-09T08:00:00Z".parse().unwrap(),
            ..minutes(6, health, Some("2027-03-04"))
        },
        minutes(7, "group:steering", Some("2027-03-05")),
    ];
    let meetings = gather_meetings(&items, OSLO, now());
    let of = |group: &str| ids(&meetings[&term(&forum(), group)]);
    assert_eq!((of(health), of("group:steering")), (vec![2, 1, 3], vec![7]));
    let of_health = &meetings[&term(&forum(), health)];
    let before = |on: Option<&str>, but: Option<i64>| {
        find_meeting_before(of_health, on.map(day), but.map(ItemId)).map(|meeting| meeting.item.id.0)
    };
    assert_eq!(before(None, None), Some(2));
    assert_eq!(before(Some("2027-02-28"), None), Some(1), "what comes after a meeting is no promise to it");
    assert_eq!(before(Some("2027-03-01"), Some(2)), Some(1), "minutes do not answer themselves");
    assert_eq!(before(Some("2026-12-31"), None), None);
}

#[test]
fn minutes_are_of_no_later_day_than_that_on_which_they_came() {
    let health = "group:health";
    let mistyped = Item {
        release_at: "2027-01-05T08:00:00Z".parse().unwrap(),
        ..minutes(1, health, Some("2028-01-05"))
    };
    let forum = forum();
    let group = term(&forum, health);
    assert_eq!(mistyped.meeting(OSLO), Some((group, day("2027-01-05"))));
    let alone = list_progress(&forum, &[group], &[&mistyped], now());
    assert_eq!(alone[0].silence, Some(Silence::Long), "it is no meeting of the year to come");
    let next = minutes(2, health, Some("2027-02-01"));
    let meetings = gather_meetings([&mistyped, &next], OSLO, now());
    assert_eq!(ids(&meetings[&group]), [2, 1]);
}

#[test]
fn a_group_is_silent_without_minutes_since_its_last_gathering_or_for_long() {
    let silence = |last: Option<&str>, gathering: Option<&str>| {
        find_silence(last.map(day), gathering.map(day), day("2027-03-08"))
    };
    assert_eq!(silence(None, Some("2027-03-01")), Some(Silence::Never));
    assert_eq!(
        silence(Some("2027-02-28"), Some("2027-03-01")),
        Some(Silence::SinceGathering(day("2027-03-01")))
    );
    assert_eq!(silence(Some("2027-03-01"), Some("2027-03-01")), None, "they met there");
    assert_eq!(silence(Some("2027-01-07"), None), None, "sixty days");
    assert_eq!(silence(Some("2027-01-06"), None), Some(Silence::Long));
}

#[test]
fn a_gathering_is_everybodys_or_that_of_a_group_and_over_on_the_next_day() {
    let forum = forum();
    let (health, steering) = (term(&forum, "group:health"), term(&forum, "group:steering"));
    let met =
        [minutes(1, "group:health", Some("2027-02-01")), minutes(2, "group:steering", Some("2027-02-01"))];
    let silences = |more: Item| -> BTreeMap<i64, Option<Silence>> {
        let items: Vec<&Item> = met.iter().chain([&more]).collect();
        let progress = list_progress(&forum, &[health, steering], &items, now());
        progress.iter().map(|own| (own.last.unwrap().item.id.0, own.silence)).collect()
    };
    let missed = Some(Silence::SinceGathering(day("2027-03-07")));
    let over = || gathering(9, "2027-03-07T09:00:00+01:00", None);
    assert_eq!(silences(over()), BTreeMap::from([(1, missed), (2, missed)]));
    assert_eq!(
        silences(gathering(9, "2027-03-08T09:00:00+01:00", None)),
        BTreeMap::from([(1, None), (2, None)])
    );
    assert_eq!(silences(Item { withdrawn: true, ..over() }), BTreeMap::from([(1, None), (2, None)]));
    let alone = BTreeMap::from([(1, missed), (2, None)]);
    assert_eq!(silences(Item { visibility: Visibility::Group(health), ..over() }), alone);
    assert_eq!(silences(Item { visibility: Visibility::Only(health), ..over() }), alone);
    assert_eq!(silences(Item { audience: Some(Audience::Term(health)), ..over() }), alone);
    let by_role = Audience::Term(term(&forum, "role:shop-steward"));
    assert_eq!(
        silences(Item { audience: Some(by_role), ..over() }),
        BTreeMap::from([(1, missed), (2, missed)])
    );
}

#[test]
fn a_gathering_of_several_days_is_over_after_the_last_and_who_met_while_it_was_on_met_at_it() {
    let forum = forum();
    let health = term(&forum, "group:health");
    let silence = |met_on: &str, ends_at: &str| {
        let met = minutes(1, "group:health", Some(met_on));
        let gathering = gathering(9, "2027-03-06T09:00:00+01:00", Some(ends_at));
        list_progress(&forum, &[health], &[&met, &gathering], now())[0].silence
    };
    let missed = Some(Silence::SinceGathering(day("2027-03-06")));
    assert_eq!(silence("2027-02-01", "2027-03-07T15:00:00+01:00"), missed);
    assert_eq!(silence("2027-02-01", "2027-03-08T15:00:00+01:00"), None, "it is not over");
    assert_eq!(silence("2027-03-06", "2027-03-07T15:00:00+01:00"), None, "they met on its first day");
}

#[test]
fn a_gathering_for_some_groups_blames_no_other() {
    let forum = forum();
    let groups = ["group:health", "group:night", "group:steering"];
    let met: Vec<Item> =
        (1..).zip(groups).map(|(id, group)| minutes(id, group, Some("2027-02-01"))).collect();
    let missed = |audience: &str| {
        let audience = Some(Audience::parse(audience, &forum.terms).unwrap());
        let gathering = Item { audience, ..gathering(9, "2027-03-07T09:00:00+01:00", None) };
        let items: Vec<&Item> = met.iter().chain([&gathering]).collect();
        let progress = list_progress(&forum, &groups.map(|group| term(&forum, group)), &items, now());
        let blamed = groups.into_iter().zip(progress).filter(|(_, own)| own.silence.is_some());
        blamed.map(|(group, _)| group.trim_start_matches("group:")).collect::<Vec<_>>().join(" ")
    };
    for (audience, blamed) in [
        ("all", "health night steering"),
        ("group:health or group:steering", "health steering"),
        ("group:night or group:steering", "night steering"),
        ("group:night/leader or group:steering/leader", "night steering"),
        ("group:steering and role:shop-steward", "steering"),
        ("group:steering or role:shop-steward", "health night steering"),
        ("not group:health", "night steering"),
        ("not (group:steering or group:night)", "health"),
        ("not group:steering/leader", "health night steering"),
        ("all and not role:shop-steward", "health night steering"),
    ] {
        assert_eq!(missed(audience), blamed, "{audience}");
    }
}

#[test]
fn what_was_promised_stands_in_the_minutes_before_the_last() {
    let forum = forum();
    let (health, night) = (term(&forum, "group:health"), term(&forum, "group:night"));
    let items =
        [minutes(1, "group:health", Some("2027-02-01")), minutes(2, "group:health", Some("2027-03-01"))];
    let seen: Vec<&Item> = items.iter().collect();
    let progress = list_progress(&forum, &[night, health], &seen, now());
    let told: Vec<_> = progress
        .iter()
        .map(|own| (own.group, own.last.map(|m| m.item.id.0), own.before.map(|m| m.item.id.0), own.silence))
        .collect();
    assert_eq!(told, [(night, None, None, Some(Silence::Never)), (health, Some(2), Some(1), None)]);
}
