//! Points and order of a digest's items.

use std::collections::BTreeMap;

use super::*;
use crate::content::{Fields, Lane, Moment, Visibility};
use crate::forum::{Kind, Language};
use crate::ids::ItemId;
use crate::matching::ReasonTerm;

fn now() -> DateTime<Utc> {
    "2027-03-15T06:30:00Z".parse().unwrap()
}

fn item(slug: &str, fields: Fields) -> Item {
    Item {
        id: ItemId(1),
        slug: slug.to_owned(),
        public_id: String::new(),
        version: 1,
        kind: Kind::Article,
        audience: None,
        about: Vec::new(),
        interested: true,
        visibility: Visibility::Public,
        importance: Importance::Normal,
        lane: Lane::Digest,
        release_at: now(),
        expires_at: None,
        number: None,
        numbered_at: None,
        written_at: now(),
        changed_at: now(),
        held: false,
        withdrawn: false,
        fields,
        source: None,
        contact: None,
        texts: BTreeMap::new(),
        language: Language::Nb,
        files: 0,
    }
}

fn call_due_in(until: TimeDelta) -> Item {
    item("call", Fields::Call { deadline: Some(Moment::exact(now() + until)) })
}

fn reasons(hows: &[Match]) -> Vec<Reason> {
    let reason = |(i, how): (usize, &Match)| Reason { term: ReasonTerm::Term(TermIx(i as u32)), how: *how };
    hows.iter().enumerate().map(reason).collect()
}

fn points_for(item: &Item, hows: &[Match]) -> i64 {
    points(item, &reasons(hows), &[], now(), 0, 0)
}

#[test]
fn the_best_reason_counts_whole_and_at_most_two_further_ones_five_each() {
    let plain = item("plain", Fields::Plain);
    for (hows, expected) in [
        (vec![Match::Audience], 40),
        (vec![Match::Equal], 30),
        (vec![Match::Under], 25),
        (vec![Match::Above], 10),
        (vec![Match::Above, Match::Equal], 35),
        (vec![Match::Audience, Match::Above, Match::Above], 50),
        (vec![Match::Under; 6], 35),
    ] {
        assert_eq!(points_for(&plain, &hows), expected, "{hows:?}");
    }
}

#[test]
fn what_is_due_within_14_days_gets_20_and_within_30_days_10() {
    for (until, expected) in [
        (TimeDelta::microseconds(-1), 30),
        (TimeDelta::zero(), 50),
        (TimeDelta::days(14), 50),
        (TimeDelta::days(14) + TimeDelta::microseconds(1), 40),
        (TimeDelta::days(30), 40),
        (TimeDelta::days(30) + TimeDelta::microseconds(1), 30),
    ] {
        assert_eq!(points_for(&call_due_in(until), &[Match::Equal]), expected, "{until}");
    }
}

fn event(starts_at: Moment, ends_at: Option<Moment>) -> Item {
    let changed = crate::content::EventChange::default();
    item(
        "event",
        Fields::Event {
            starts_at: Some(starts_at),
            ends_at,
            registration_url: None,
            gathering: false,
            changed,
        },
    )
}

#[test]
fn what_goes_on_today_is_as_near_as_can_be_and_what_is_over_is_not() {
    let hours = |hours| Moment::exact(now() + TimeDelta::hours(hours));
    let today = Moment::start_of("2027-03-15".parse().unwrap(), chrono_tz::Europe::Oslo);
    assert_eq!(points_for(&event(today, None), &[Match::Equal]), 50, "a whole day goes on until its end");
    assert_eq!(points_for(&event(hours(-24), Some(hours(24))), &[Match::Equal]), 50);
    assert_eq!(points_for(&event(hours(-24), Some(hours(-1))), &[Match::Equal]), 30);
    assert_eq!(points_for(&event(hours(-1), None), &[Match::Equal]), 30);
}

#[test]
fn a_day_is_equally_near_as_a_deadline_and_as_a_date() {
    let zone = chrono_tz::Europe::Oslo;
    for (day, expected) in
        [("2027-03-15", 50), ("2027-03-29", 50), ("2027-03-30", 40), ("2027-04-14", 40), ("2027-04-15", 30)]
    {
        let day = day.parse().unwrap();
        let call = item("call", Fields::Call { deadline: Some(Moment::end_of(day, zone)) });
        let request = item("request", Fields::Request { wanted_by: Some(Moment::end_of(day, zone)) });
        for item in [call, request, event(Moment::start_of(day, zone), None)] {
            assert_eq!(points_for(&item, &[Match::Equal]), expected, "{} on {day}", item.slug);
        }
    }
}

#[test]
fn an_expiry_is_no_deadline() {
    let mut article = item("article", Fields::Plain);
    article.expires_at = Some(now() + TimeDelta::days(1));
    assert_eq!(points_for(&article, &[Match::Equal]), 30);
}

#[test]
fn only_own_groups_minutes_get_ten() {
    let minutes =
        item("minutes", Fields::Minutes { group: Some(TermIx(7)), met_on: None, promises: Vec::new() });
    let with = |own: &[TermIx]| points(&minutes, &reasons(&[Match::Audience]), own, now(), 0, 0);
    assert_eq!([with(&[TermIx(7)]), with(&[TermIx(8)]), with(&[])], [50, 40, 40]);
}

#[test]
fn background_learning_and_carrying_move_the_points() {
    let mut article = item("article", Fields::Plain);
    let with = |article: &Item, learned, carried| {
        points(article, &reasons(&[Match::Equal]), &[], now(), learned, carried)
    };
    assert_eq!(with(&article, 7, 2), 43);
    assert_eq!(with(&article, 90, 0), 45);
    assert_eq!(with(&article, -90, 0), 15);
    article.importance = Importance::Background;
    assert_eq!(with(&article, 0, 0), 10);
}

#[test]
fn equal_points_go_by_later_release_and_then_by_slug() {
    let mut older = item("a", Fields::Plain);
    older.release_at = now() - TimeDelta::days(1);
    let (b, c) = (item("b", Fields::Plain), item("c", Fields::Plain));
    let mut ranked = [(&older, 30), (&c, 30), (&b, 30), (&older, 31)];
    ranked.sort_by(|x, y| order(*x, *y));
    let slugs = ranked.map(|(item, points)| (item.slug.as_str(), points));
    assert_eq!(slugs, [("a", 31), ("b", 30), ("c", 30), ("a", 30)]);
}
