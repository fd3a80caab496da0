//! Which item is drawn for a sample.

use std::collections::{BTreeMap, HashSet};

use treff::content::{Fields, Item};
use treff::forum::{Kind, KindSet, Language, Standing, Status};
use treff::ids::{DeliveryId, ItemId, RecipientId};
use treff::insight::probe::draw_probe;
use treff::matching::Profile;

use crate::letters::scene::{forum, item, text};

fn tips(count: i64) -> Vec<Item> {
    let tip = |id| Item {
        number: Some(id),
        numbered_at: Some("2027-03-01T08:00:00Z".parse().unwrap()),
        release_at: "2027-03-01T08:00:00Z".parse().unwrap(),
        ..item(id, Kind::Tip, Fields::Plain, &[(Language::Nb, text("Tips", ""))])
    };
    (1..=count).map(tip).collect()
}

fn draw(items: &[Item], known: &HashSet<ItemId>, letter: i64, person: i64) -> Option<i64> {
    let forum = forum();
    let standing = Standing {
        status: Status::Active,
        roles: vec![],
        workplace: vec![],
        seats: vec![],
        admitted: true,
        follows: vec![],
        mutes: vec![],
        muted_kinds: KindSet::default(),
    };
    let profile = Profile::new(&forum, &standing, "2027-03-08T08:00:00Z".parse().unwrap());
    draw_probe(&forum, items, &profile, known, (DeliveryId(letter), RecipientId(person)))
        .map(|item| item.id.0)
}

#[test]
fn every_item_is_drawn_as_often_as_any_other() {
    let items = tips(8);
    let mut drawn: BTreeMap<i64, usize> = BTreeMap::new();
    for letter in 1..=8_000 {
        *drawn.entry(draw(&items, &HashSet::new(), letter, letter % 97).unwrap()).or_default() += 1;
    }
    assert_eq!(drawn.len(), 8);
    assert!(drawn.values().all(|times| (900..1_100).contains(times)), "{drawn:?}");
}

#[test]
fn the_same_letter_draws_the_same_whatever_else_there_is() {
    let items = tips(8);
    let first = draw(&items, &HashSet::new(), 7, 1).unwrap();
    let others: Vec<Item> =
        items.iter().filter(|item| item.id.0 == first || item.id.0 % 2 == 0).cloned().collect();
    assert_eq!(draw(&others, &HashSet::new(), 7, 1), Some(first));
    let known = HashSet::from([ItemId(first)]);
    assert!(draw(&items, &known, 7, 1).is_some_and(|next| next != first));
    assert_eq!(draw(&items, &items.iter().map(|item| item.id).collect(), 7, 1), None);
}
