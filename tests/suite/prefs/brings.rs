//! What a topic brings is counted from what there was, as far as the person may see it.

use treff::feedback::brought::{HowOften, count_brought};
use treff::forum::{Term, TermIx};
use treff::matching::Profile;
use treff::world;

use crate::histories::town::{Town, at};
use crate::on_both_databases;

const NOW: &str = "2027-03-08T08:00:00Z";

async fn queue_many(town: &Town) {
    let day = |front: &str, day: &str| format!("kind = \"tip\"\nrelease_at = \"{day}T08:00:00Z\"\n{front}");
    for (slug, front, when) in [
        ("en", "about = [\"sector:process\"]", "2027-03-01"),
        ("to", "about = [\"sector:process\", \"sector:industry\"]", "2027-02-01"),
        ("tre", "about = [\"sector:industry\"]\nvisibility = \"public\"", "2027-01-01"),
        ("fire", "about = [\"sector:industry\"]", "2026-12-20"),
        ("fem", "about = [\"sector:industry\"]\nvisibility = \"group:industry\"", "2027-02-02"),
        ("for-lenge-siden", "about = [\"sector:industry\"]", "2026-12-08"),
        ("seinere", "about = [\"sector:industry\"]", "2027-03-09"),
        ("til-noen", "about = [\"sector:industry\"]\naudience = \"all\"\ninterested = false", "2027-02-03"),
        ("trukket", "about = [\"sector:industry\"]", "2027-02-04"),
        ("holdt", "about = [\"sector:industry\"]", "2027-02-05"),
    ] {
        town.queue(slug, &day(front, when)).await;
    }
    town.withdraw("trukket").await;
    assert!(town.store().hold_item(at(NOW), "test", "holdt").await.unwrap());
}

on_both_databases! {
    async fn topics_count_what_is_about_them_or_a_part_of_them(db: Database) {
        let town = Town::build(db, NOW).await;
        town.import("kari@example.test;industry;;;weekly\nola@example.test;;;;weekly").await;
        town.run("UPDATE recipient SET admitted = FALSE").await;
        queue_many(&town).await;
        let forum = town.forum().await;
        let items = world::load_items(town.store(), &forum).await.unwrap();
        let term = |text: &str| -> TermIx { forum.terms.find(&text.parse::<Term>().unwrap()).unwrap() };
        let brought = |who: treff::forum::Recipient| {
            count_brought(&forum, &items, &Profile::new(&forum, &who.standing, at(NOW)))
        };
        let kari = brought(town.find("kari").await);
        assert_eq!(kari.count(term("sector:process")), 2);
        assert_eq!(kari.count(term("sector:industry")), 5, "an item about both counts once");
        assert_eq!(kari.count(term("sector:health")), 0);
        assert_eq!(kari.how_often(term("sector:industry")), HowOften::AMonth(2));
        assert_eq!(kari.how_often(term("sector:process")), HowOften::Seldom(2));
        assert_eq!(kari.how_often(term("sector:health")), HowOften::Nothing);
        let outsider = brought(town.find("ola").await);
        assert_eq!(outsider.count(term("sector:industry")), 1, "the public one");
    }
}
