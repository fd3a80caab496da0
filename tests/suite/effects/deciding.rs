//! Which gains are offered, where groups' work touches, and which sums are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use treff::content::{Fields, Item, Minutes, Visibility};
use treff::forum::{Forum, Kind, Language, TermIx};
use treff::insight::effects::{
    Counted, Days, Figures, GoalsCount, Line, LineKind, Openness, are_answers_kept, count_figures,
    list_connections, list_gatherings,
};
use treff::intake::effects::{Draft, GainDraft};
use treff::pipeline::{MOST_GAINS, Offer, Sources, list_lines, offer_effects};
use treff::store::{GoalRow, GroupRow};

use crate::letters::scene::{at, day, forum, item, term, text};

fn now() -> DateTime<Utc> {
    "2027-03-08T08:00:00Z".parse().unwrap()
}

fn this_year() -> Days {
    Days { first: day("2027-01-01"), last: day("2027-03-08") }
}

/// Minutes of a group that say what was gained.
fn minutes(id: i64, group: &str, met_on: &str, visibility: Visibility) -> Item {
    let fields = Fields::Minutes {
        group: Some(term(&forum(), group)),
        met_on: Some(day(met_on)),
        promises: Vec::new(),
    };
    let mut said = text("Referat", "");
    said.minutes = Minutes {
        achieved: Some(format!("**Gevinst** {id}")),
        how: Some("Vi ringte.".to_owned()),
        ..Minutes::default()
    };
    let item = item(id, Kind::Minutes, fields, &[(Language::Nb, said)]);
    Item { visibility, release_at: format!("{met_on}T18:00:00Z").parse().unwrap(), ..item }
}

fn article(id: i64, about: &[TermIx], visibility: Visibility) -> Item {
    let item = item(id, Kind::Article, Fields::Plain, &[(Language::Nb, text("Artikkel", ""))]);
    let release_at = format!("2027-02-{id:02}T08:00:00Z").parse().unwrap();
    Item { about: about.to_vec(), visibility, release_at, ..item }
}

fn goal(id: i64, group: &str, reached_on: Option<&str>) -> GoalRow {
    GoalRow {
        id,
        group: group.to_owned(),
        goal: format!("Mål {id}"),
        sign: None,
        reached_on: reached_on.map(str::to_owned),
        written_by: "command".to_owned(),
        written_at: DateTime::UNIX_EPOCH,
    }
}

fn offer(forum: &Forum, items: &[Item], goals: &[GoalRow], draft: &Draft) -> Offer {
    let kind =
        |slug: &str, kind: &str| GroupRow { slug: slug.into(), kind: Some(kind.into()), is_over: false };
    let groups = [kind("steering", "steering"), kind("health", "competence"), kind("night", "adhoc")];
    offer_effects(Sources { forum, items, groups: &groups, goals, now: now() }, draft)
}

/// The gains that are offered, by their items' keys; those that are chosen without a sign.
fn gains(offer: &Offer) -> Vec<String> {
    let all = offer.groups.iter().flat_map(|of| &of.gains);
    all.map(|gain| format!("{}{}", gain.item, if gain.chosen { "" } else { "-" })).collect()
}

#[test]
fn gains_of_these_days_are_offered_and_none_is_chosen_before_somebody_did_but_what_everybody_reads() {
    let forum = forum();
    let health = term(&forum, "group:health");
    let silent = Item {
        texts: [(Language::Nb, text("Referat", ""))].into(),
        ..minutes(7, "group:health", "2027-02-02", Visibility::Public)
    };
    let items = [
        minutes(1, "group:steering", "2027-02-20", Visibility::Public),
        minutes(2, "group:health", "2027-02-01", Visibility::Public),
        minutes(3, "group:health", "2027-02-10", Visibility::Forum),
        minutes(4, "group:health", "2027-02-11", Visibility::Only(health)),
        minutes(5, "group:health", "2026-12-31", Visibility::Public),
        Item { withdrawn: true, ..minutes(6, "group:health", "2027-02-12", Visibility::Public) },
        silent,
    ];
    let offered = offer(&forum, &items, &[], &Draft::default());
    assert_eq!(gains(&offered), ["4-", "3-", "2", "1"], "groups that do the work first, the newest first");
    let open: Vec<Openness> = offered.groups[0].gains.iter().map(|gain| gain.openness).collect();
    assert_eq!(open, [Openness::Group, Openness::Forum, Openness::Public]);
    let last_year = Draft { span: "last_year".to_owned(), ..Draft::default() };
    assert_eq!(gains(&offer(&forum, &items, &[], &last_year)), ["5"]);
}

#[test]
fn goals_are_chosen_that_are_not_reached_yet_or_were_in_these_days() {
    let forum = forum();
    let goals = [
        goal(1, "health", None),
        goal(2, "health", Some("2027-02-01")),
        goal(3, "health", Some("2026-02-01")),
    ];
    let chosen = |draft: &Draft| {
        let offered = offer(&forum, &[], &goals, draft);
        offered.groups[0].goals.iter().map(|own| own.chosen).collect::<Vec<_>>()
    };
    assert_eq!(chosen(&Draft::default()), [true, true, false]);
    let said = Draft { goals: BTreeMap::from([(1, false), (3, true)]), ..Draft::default() };
    assert_eq!(chosen(&said), [false, true, true]);
}

#[test]
fn a_gain_stands_in_its_own_words_or_in_others_and_says_when_its_minutes_were_corrected_since() {
    let forum = forum();
    let items = [Item { version: 2, ..minutes(1, "group:health", "2027-02-01", Visibility::Forum) }];
    let with = |words: Option<&str>, version: i64| {
        let words = words.map(str::to_owned);
        let gain = GainDraft { shown: true, words, how: Some(String::new()), version };
        let draft = Draft { gains: BTreeMap::from([(1, gain)]), ..Draft::default() };
        offer(&forum, &items, &[], &draft)
    };
    let (own, other) = (with(None, 2), with(Some("Kortere."), 1));
    assert_eq!(own.groups[0].gains[0].words, "Gevinst 1.");
    assert!(!own.groups[0].gains[0].outdated && other.groups[0].gains[0].outdated);
    let line = &list_lines(&forum, &other)[0];
    assert_eq!(
        (line.words.as_str(), line.beside.as_str()),
        ("Kortere.", ""),
        "an empty field leaves out how"
    );
    assert_eq!(line.minutes.map(|(item, version)| (item.0, version)), Some((1, 2)));
}

#[test]
fn of_very_many_gains_the_newest_are_offered() {
    let forum = forum();
    let more = i64::try_from(MOST_GAINS).unwrap() + 5;
    let on = |id: i64| (day("2026-06-01") + chrono::Days::new(id.unsigned_abs())).to_string();
    let items: Vec<Item> =
        (1..=more).map(|id| minutes(id, "group:health", &on(id), Visibility::Public)).collect();
    let twelve = Draft { span: "twelve_months".to_owned(), ..Draft::default() };
    let offered = offer(&forum, &items, &[], &twelve);
    let gains = gains(&offered);
    assert_eq!((gains.len(), offered.is_cut), (MOST_GAINS, true));
    assert_eq!((gains[0].as_str(), gains[MOST_GAINS - 1].as_str()), ("105", "6"));
}

#[test]
fn groups_touch_where_both_have_a_topic_or_public_items_concern_both() {
    let mut forum = forum();
    let [health, industry, ict] =
        ["sector:health", "sector:industry", "sector:ict"].map(|sector| term(&forum, sector));
    let [steering, of_health, night] =
        ["group:steering", "group:health", "group:night"].map(|group| term(&forum, group));
    forum.group_sectors =
        [(of_health, vec![health, ict]), (night, vec![ict]), (steering, vec![industry])].into();
    let public = Visibility::Public;
    let items = [
        article(1, &[health, industry], public),
        article(2, &[health, industry], public),
        article(3, &[of_health, industry], public),
        article(4, &[health, steering], public),
        article(5, &[health, industry], Visibility::Forum),
        Item { withdrawn: true, ..article(6, &[health, industry], public) },
        article(7, &[ict], public),
    ];
    let all = [of_health, night, steering];
    let told = |groups: &[TermIx], forum: &Forum| -> Vec<String> {
        let found = list_connections(forum, groups, &items, this_year(), now());
        let ids =
            |ids: &[treff::ids::ItemId]| ids.iter().map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        let tell = |own: &treff::insight::effects::Connection| {
            format!("{}+{} {} {}", own.one, own.other, own.topics.join(","), ids(&own.items))
        };
        found.iter().map(tell).collect()
    };
    assert_eq!(
        told(&all, &forum),
        ["health+steering  4,3,2", "health+night ict 7"],
        "three items, the newest first"
    );
    assert_eq!(told(&[night, steering], &forum), Vec::<String>::new());
    assert!(forum.terms.set_parent(night, of_health));
    assert_eq!(told(&[of_health, night], &forum), Vec::<String>::new(), "one is part of the other");
}

#[test]
fn of_two_topics_above_each_other_the_narrower_is_common() {
    let mut forum = forum();
    let (health, ict) = (term(&forum, "sector:health"), term(&forum, "sector:ict"));
    let (of_health, night) = (term(&forum, "group:health"), term(&forum, "group:night"));
    assert!(forum.terms.set_parent(ict, health));
    forum.group_sectors = [(of_health, vec![health]), (night, vec![ict])].into();
    let found = list_connections(&forum, &[of_health, night], &[], this_year(), now());
    assert_eq!(found[0].topics, ["ict"]);
}

#[test]
fn sums_are_of_these_days_and_few_people_are_not_told() {
    let forum = forum();
    let event = |id: i64, starts_at: &str, gathering: bool| {
        let fields = Fields::Event {
            starts_at: Some(at(starts_at)),
            ends_at: None,
            registration_url: None,
            gathering,
            changed: Default::default(),
        };
        let item = item(id, Kind::Event, fields, &[(Language::Nb, text("Samling", ""))]);
        Item { release_at: "2027-01-02T08:00:00Z".parse().unwrap(), ..item }
    };
    let items = [
        minutes(1, "group:health", "2027-02-01", Visibility::Forum),
        minutes(2, "group:health", "2026-02-01", Visibility::Forum),
        event(3, "2027-02-02T08:00:00Z", true),
        event(4, "2027-02-02T08:00:00Z", false),
        event(5, "2027-03-09T08:00:00Z", true),
    ];
    let line = |reached: Option<&str>| Line {
        group: "health".to_owned(),
        kind: LineKind::Goal,
        words: "Mål".to_owned(),
        beside: String::new(),
        happened_on: reached.map(day),
        language: Language::Nb,
        minutes: None,
    };
    let lines = [line(Some("2027-02-01")), line(Some("2026-02-01")), line(None)];
    let counted = Counted {
        organisations: vec![("company".to_owned(), 2), ("union".to_owned(), 3), ("county".to_owned(), 2)],
        readers: 58,
        mailings: 9,
        letters: 4,
        came: Some(4),
    };
    let figures = count_figures(&forum, (&items, &lines), counted.clone(), this_year(), now());
    let expected = Figures {
        organisations: vec![("union".to_owned(), 3), ("company".to_owned(), 2), ("county".to_owned(), 2)],
        readers: Some(60),
        mailings: 9,
        letters: None,
        items: vec![(Kind::Minutes, 1), (Kind::Event, 3)],
        meetings: BTreeMap::from([("health".to_owned(), 1)]),
        goals: GoalsCount { reached: 1, all: 3 },
        gatherings: 1,
        came: None,
    };
    assert_eq!(figures, expected);
    let five = Counted { came: Some(5), ..counted };
    assert_eq!(count_figures(&forum, (&items, &lines), five, this_year(), now()).came, Some(10));
    let gatherings = list_gatherings(&items, this_year(), forum.settings.zone, now());
    assert!(
        are_answers_kept(&gatherings, 40, now()) && !are_answers_kept(&gatherings, 30, now()),
        "what was forgotten is not told as few"
    );
}
