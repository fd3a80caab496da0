//! The preview of one person's letter is the plan's, and trying promises what saving keeps.

use treff::feedback::tried::try_changes;
use treff::forum::{Cadence, Recipient};
use treff::pipeline::{Coming, look_back_mark, preview_edition, preview_letter};
use treff::store::PreferenceChanges;
use treff::world;

use crate::harness::Database;
use crate::histories::town::{Town, at, term_name};
use crate::on_both_databases;

const MONDAY: &str = "2027-03-08T06:30:00Z";

/// A town after one Monday, with items carried, corrected, new and still to come.
async fn town(db: Database) -> Town {
    let town = Town::build(db, "2027-03-01T08:00:00Z").await;
    town.import(
        "kari@example.test;health;;decision-maker;weekly\nola@example.test;;industry;;weekly\n\
         per@example.test;industry;;;daily\nanne@example.test;night;process;;weekly",
    )
    .await;
    for (slug, front) in [
        ("en", "kind = \"tip\"\naudience = \"all\""),
        ("to", "kind = \"article\"\nabout = [\"sector:health\"]"),
        ("tre", "kind = \"tip\"\nabout = [\"sector:industry\"]"),
        ("fire", "kind = \"research\"\nabout = [\"sector:process\"]"),
        ("fem", "kind = \"tip\"\naudience = \"group:health\"\nvisibility = \"group:health\""),
    ] {
        town.queue(slug, front).await;
    }
    town.set_cap("kari", 2).await;
    town.publish(Cadence::Weekly, MONDAY).await;
    town.correct("en", "kind = \"tip\"\naudience = \"all\"", "Rettet").await;
    town.queue("seks", "kind = \"article\"\nabout = [\"sector:health\", \"sector:process\"]").await;
    town.queue("sju", "kind = \"tip\"\naudience = \"all\"\nrelease_at = \"2027-03-12T08:00:00+01:00\"").await;
    town.queue("aatte", "kind = \"tip\"\naudience = \"all\"\nrelease_at = \"2027-03-30T08:00:00+01:00\"")
        .await;
    town
}

/// Slugs of the coming letter, and how many wait.
async fn coming(town: &Town, recipient: &Recipient) -> (Vec<String>, usize) {
    let forum = town.forum().await;
    let items = world::load_items(town.store(), &forum).await.unwrap();
    match preview_letter(town.store(), &forum, &items, recipient, town.clock.now()).await.unwrap() {
        Coming::Letter(letter) => {
            (letter.items.iter().map(|coming| coming.item.slug.clone()).collect(), letter.carried_over)
        }
        other => panic!("{other:?}"),
    }
}

/// The same as `edition plan` says it.
async fn planned(town: &Town, recipient: &Recipient) -> (Vec<String>, usize) {
    let now = town.clock.now();
    let view = preview_edition(town.store(), recipient.cadence, None, now).await.unwrap();
    let digest = view.digests.iter().find(|digest| digest.recipient == recipient.email.as_str());
    digest.map_or((vec![], 0), |d| (d.items.iter().map(|i| i.item.clone()).collect(), d.carried_over.len()))
}

on_both_databases! {
    async fn the_preview_of_one_is_the_plan_of_all(db: Database) {
        let town = town(db).await;
        let mut letters = 0;
        for who in ["kari", "ola", "per", "anne"] {
            let recipient = town.find(who).await;
            let expected = planned(&town, &recipient).await;
            assert_eq!(coming(&town, &recipient).await, expected, "{who}");
            letters += expected.0.len();
        }
        assert!(letters >= 8, "there was something to compare: {letters}");
    }

    async fn trying_promises_what_saving_keeps(db: Database) {
        let town = town(db).await;
        let (forum, now) = (town.forum().await, town.clock.now());
        let items = world::load_items(town.store(), &forum).await.unwrap();
        let mark = look_back_mark(&items, now);
        let changes = [
            PreferenceChanges { follow: vec![term_name("sector:health")], ..PreferenceChanges::default() },
            PreferenceChanges { mute: vec![term_name("sector:industry")], ..PreferenceChanges::default() },
            PreferenceChanges { unmute: vec![term_name("sector:industry")], cap: Some(Some(3)), ..PreferenceChanges::default() },
            PreferenceChanges { mute_kinds: vec!["tip".to_owned()], ..PreferenceChanges::default() },
            PreferenceChanges {
                unfollow: vec![term_name("sector:health"), term_name("sector:industry")],
                unmute_kinds: vec!["tip".to_owned()],
                cadence: Some("daily".to_owned()),
                language: Some("en".to_owned()),
                cap: Some(None),
                ..PreferenceChanges::default()
            },
        ];
        for change in changes {
            let tried = try_changes(&forum, &town.find("ola").await, &change, mark);
            let promised = coming(&town, &tried).await;
            town.prefer("ola", change.clone()).await;
            let saved = town.find("ola").await;
            assert_eq!(Recipient { revision: saved.revision, ..tried }, saved, "{change:?}");
            assert_eq!(planned(&town, &saved).await, promised, "{change:?}");
        }
    }

    async fn who_pauses_or_has_left_sees_when_or_that_nothing_comes(db: Database) {
        let town = town(db).await;
        town.pause_until("ola", "2027-03-16").await;
        let (forum, now) = (town.forum().await, town.clock.now());
        let items = world::load_items(town.store(), &forum).await.unwrap();
        let coming = preview_letter(town.store(), &forum, &items, &town.find("ola").await, now).await.unwrap();
        let Coming::Letter(letter) = coming else { panic!("{coming:?}") };
        assert_eq!(letter.occurs_at, at("2027-03-22T06:30:00Z"));
        town.run("UPDATE recipient SET status = 'unsubscribed'").await;
        let none = preview_letter(town.store(), &forum, &items, &town.find("ola").await, now).await.unwrap();
        assert_eq!(none, Coming::NoLetters);
        let mut kari = town.find("kari").await;
        kari.cadence = Cadence::Gathering;
        assert_eq!(preview_letter(town.store(), &forum, &items, &kari, now).await.unwrap(), Coming::NotSettled);
    }

    async fn what_may_be_closed_before_the_letter_after_is_counted_apart(db: Database) {
        let town = Town::build(db, "2027-02-27T12:00:00Z").await;
        town.import("kari@example.test;;;;weekly").await;
        town.set_cap("kari", 1).await;
        let tip = "kind = \"tip\"\naudience = \"all\"";
        for (slug, more) in [("a", ""), ("b", "\nexpires_at = \"2027-03-05T00:00:00+01:00\""), ("c", "")] {
            town.queue(slug, &format!("{tip}{more}")).await;
        }
        let (forum, now) = (town.forum().await, town.clock.now());
        let items = world::load_items(town.store(), &forum).await.unwrap();
        let told = async |who: &Recipient| {
            match preview_letter(town.store(), &forum, &items, who, now).await.unwrap() {
                Coming::Letter(letter) => (letter.carried_over, letter.closing),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(told(&town.find("kari").await).await, (2, 1));
        town.set_cap("kari", 2).await;
        assert_eq!(told(&town.find("kari").await).await, (1, 0), "that it comes the week after is promised of the other");
    }

    async fn a_letter_on_its_way_is_waited_for(db: Database) {
        let town = town(db).await;
        town.clock.set(at("2027-03-15T06:30:00Z"));
        town.plan(Cadence::Weekly).await;
        town.arm().await;
        let (forum, now) = (town.forum().await, town.clock.now());
        let items = world::load_items(town.store(), &forum).await.unwrap();
        let coming = preview_letter(town.store(), &forum, &items, &town.find("kari").await, now).await.unwrap();
        assert_eq!(coming, Coming::OnItsWay);
    }
}
