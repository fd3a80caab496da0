//! Queueing, changing, correcting and withdrawing items, on both databases.

use chrono::{DateTime, Utc};
use treff::content::Item;
use treff::forum::Language;
use treff::intake::item_file::ItemFile;
use treff::intake::item_queue::{
    Corrected, QueueError, Queued, Tells, correct_item, queue_items, withdraw_item,
};
use treff::store::Store;
use treff::world;

use super::{at, insert_forum_row, read, sample_forum};
use crate::on_both_databases;

const BEFORE: &str = "2027-02-01T00:00:00Z";
const AFTER: &str = "2027-04-01T00:00:00Z";

/// A tip released on 1 March 2027.
fn tip(name: &str, title: &str, more: &str) -> ItemFile {
    let front = format!(
        "kind = \"tip\"\ntitle = \"{title}\"\naudience = \"all\"\nrelease_at = 2027-03-01T08:00:00+01:00\n{more}"
    );
    read(name, &front, "Tekst.").unwrap()
}

/// The same item in English.
fn tip_in_english(title: &str, more: &str) -> ItemFile {
    tip("a-en", title, &format!("slug = \"a\"\nlanguage = \"en\"\n{more}"))
}

fn slugs(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.slug.as_str()).collect()
}

async fn add(store: &Store, files: &[ItemFile], now: &str) -> Result<Queued, QueueError> {
    let id = || treff::clock::random_hex::<16>();
    queue_items(store, &sample_forum(), files, at(now), id, false).await
}

async fn correct(store: &Store, slug: &str, file: &ItemFile, now: &str) -> Result<Corrected, QueueError> {
    correct_item(store, &sample_forum(), slug, file, at(now), false).await
}

async fn get(store: &Store, slug: &str) -> Item {
    world::find_item(store, &sample_forum(), slug).await.unwrap().unwrap()
}

/// Gives an item its first number, as opening an edition does.
async fn release(store: &Store, slug: &str, now: DateTime<Utc>) {
    let mut tx = store.begin().await.unwrap();
    tx.renumber_item(get(store, slug).await.id, now).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_databases! {
    async fn a_file_is_queued_once_and_comes_again_unchanged(db: Database) {
        insert_forum_row(&db.store).await;
        let files = [tip("b", "B", ""), tip("a", "A", "about = [\"sector:health\"]\nvisibility = \"group:health\"")];
        let first = add(&db.store, &files, BEFORE).await.unwrap();
        assert_eq!((slugs(&first.added), first.unchanged.len()), (vec!["b", "a"], 0));
        let again = add(&db.store, &files, AFTER).await.unwrap();
        assert_eq!(again.unchanged, ["b", "a"]);
        assert_eq!((again.added.len(), again.changed.len()), (0, 0));
        let items = world::load_items(&db.store, &sample_forum()).await.unwrap();
        assert_eq!(slugs(&items), ["a", "b"]);
        assert_eq!(items[0].version, 1);
        assert_eq!(items[0].public_id.len(), 32);
        let mut as_queued = first.added[1].clone();
        as_queued.id = items[0].id;
        assert_eq!(items[0], as_queued);
    }

    async fn every_kind_is_read_back_as_it_was_queued(db: Database) {
        insert_forum_row(&db.store).await;
        let files = [
            read("minutes", "kind = \"minutes\"\ntitle = \"T\"\naudience = \"group:health/leader and not org:nav\"\n\
                 group = \"health\"\nmet_on = 2027-03-12\nachieved = \"A\"\nwhy = \"W\"\nsource = \"nav\"\n\
                 contact = \"Kari Nes <kari@example.test>, 900 00 000\"\nimportance = \"required\"", "").unwrap(),
            read("event", "kind = \"event\"\ntitle = \"T\"\naudience = \"all\"\nstarts_at = 2027-05-03\nplace = \"P\"\n\
                 ends_at = 2027-05-04T12:00:00Z\nregistration_url = \"https://forum.example\"\ngathering = true", "x").unwrap(),
            read("request", "kind = \"request\"\ntitle = \"T\"\naudience = \"all\"\nwanted_by = 2027-05-03\n\
                 lane = \"urgent\"\ninterested = false\nvisibility = \"only:steering\"", "").unwrap(),
            read("call", "kind = \"call\"\ntitle = \"T\"\naudience = \"all\"\ndeadline = \"2027-05-03T12:00:00Z\"\n\
                 visibility = \"public\"\nexpires_at = 2027-05-01", "").unwrap(),
        ];
        let queued = add(&db.store, &files, BEFORE).await.unwrap();
        for item in queued.added {
            let stored = get(&db.store, &item.slug).await;
            assert_eq!(Item { id: stored.id, ..item }, stored);
        }
    }

    async fn a_changed_file_makes_a_new_version_before_release_and_is_refused_after_it(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", "")], BEFORE).await.unwrap();
        let changed = add(&db.store, &[tip("a", "Bedre", "")], BEFORE).await.unwrap();
        assert_eq!(slugs(&changed.changed), ["a"]);
        let item = get(&db.store, "a").await;
        assert_eq!((item.version, item.texts[&Language::Nb].title.as_str()), (2, "Bedre"));
        let refused = add(&db.store, &[tip("a", "Enda bedre", ""), tip("b", "B", "")], AFTER).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a.md:1: item a is released already; correct it with treff item correct a a.md"
        );
        assert!(world::find_item(&db.store, &sample_forum(), "b").await.unwrap().is_none());
        release(&db.store, "a", at(BEFORE)).await;
        let numbered = add(&db.store, &[tip("a", "Enda bedre", "")], BEFORE).await;
        assert!(matches!(numbered, Err(QueueError::Files(_))));
    }

    async fn an_absent_release_is_now_and_equal_to_an_absent_one(db: Database) {
        insert_forum_row(&db.store).await;
        let file = |title: &str| {
            read("a", &format!("kind = \"tip\"\ntitle = \"{title}\"\naudience = \"all\""), "").unwrap()
        };
        add(&db.store, &[file("A")], BEFORE).await.unwrap();
        assert_eq!(get(&db.store, "a").await.release_at, at(BEFORE));
        assert_eq!(add(&db.store, &[file("A")], AFTER).await.unwrap().unchanged, ["a"]);
        assert!(add(&db.store, &[file("B")], AFTER).await.is_err());
    }

    async fn files_of_one_slug_in_several_languages_are_one_item(db: Database) {
        insert_forum_row(&db.store).await;
        let queued = add(&db.store, &[tip_in_english("A in English", ""), tip("a", "A", "")], BEFORE).await.unwrap();
        assert_eq!(slugs(&queued.added), ["a"]);
        let item = get(&db.store, "a").await;
        assert_eq!((item.language, item.version), (Language::En, 1));
        assert_eq!(item.texts.keys().copied().collect::<Vec<_>>(), [Language::Nb, Language::En]);
        let moved = |file: ItemFile| {
            let mut file = file;
            file.shared.release_at = Some(at("2027-03-02T07:00:00Z"));
            file
        };
        let both = [moved(tip("a", "A", "")), moved(tip_in_english("A in English", ""))];
        assert_eq!(slugs(&add(&db.store, &both, BEFORE).await.unwrap().changed), ["a"]);
        assert_eq!(get(&db.store, "a").await.release_at, at("2027-03-02T07:00:00Z"));
    }

    async fn another_language_is_added_before_release_if_all_else_is_equal(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", "")], BEFORE).await.unwrap();
        let differs = add(&db.store, &[tip_in_english("E", "visibility = \"public\"")], BEFORE).await.unwrap_err();
        assert_eq!(
            differs.to_string(),
            "a-en.md:8: visibility is not the same as in what is queued already: in all its languages item a has \
             the same fields; only title, text, place and the four answers of minutes differ"
        );
        assert_eq!(slugs(&add(&db.store, &[tip_in_english("E", "")], BEFORE).await.unwrap().changed), ["a"]);
        let item = get(&db.store, "a").await;
        assert_eq!((item.version, item.language, item.texts.len()), (2, Language::Nb, 2));
        assert_eq!(add(&db.store, &[tip_in_english("E", ""), tip("a", "A", "")], AFTER).await.unwrap().unchanged, ["a"]);
        add(&db.store, &[tip("b", "B", "")], BEFORE).await.unwrap();
        let late = tip("b-en", "B", "slug = \"b\"\nlanguage = \"en\"");
        assert_eq!(
            add(&db.store, &[late], AFTER).await.unwrap_err().to_string(),
            "b-en.md:6: item b is released already; correct it with treff item correct b b-en.md"
        );
    }

    async fn two_files_of_one_call_that_disagree_are_refused(db: Database) {
        insert_forum_row(&db.store).await;
        let files = [tip("a", "A", ""), tip_in_english("E", "lane = \"urgent\""), tip("b", "En til", "slug = \"a\"")];
        let error = add(&db.store, &files, BEFORE).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "b.md:1: item a is given in nb by a.md already; give this file another slug or language\n\
             a-en.md:8: lane is not the same as in a.md: in all its languages item a has the same fields; \
             only title, text, place and the four answers of minutes differ"
        );
        assert!(world::load_items(&db.store, &sample_forum()).await.unwrap().is_empty());
    }

    async fn a_dry_run_writes_nothing(db: Database) {
        insert_forum_row(&db.store).await;
        let queued =
            queue_items(&db.store, &sample_forum(), &[tip("a", "A", "")], at(BEFORE), String::new, true).await;
        assert_eq!(slugs(&queued.unwrap().added), ["a"]);
        assert!(world::load_items(&db.store, &sample_forum()).await.unwrap().is_empty());
    }

    async fn a_correction_keeps_other_languages_and_takes_a_new_number(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", ""), tip_in_english("E", ""), tip("b", "B", "")], BEFORE).await.unwrap();
        release(&db.store, "a", at("2027-03-08T06:30:00Z")).await;
        release(&db.store, "b", at("2027-03-08T06:30:00Z")).await;
        let file = read("whatever", "kind = \"tip\"\ntitle = \"Rettet\"\naudience = \"group:health\"", "Tekst.").unwrap();
        assert!(matches!(correct(&db.store, "a", &file, AFTER).await.unwrap(), Corrected::Changed(..)));
        let item = get(&db.store, "a").await;
        assert_eq!((item.version, item.number, item.numbered_at), (2, Some(3), Some(at(AFTER))));
        assert_eq!(item.release_at, at("2027-03-01T07:00:00Z"));
        let titles: Vec<_> = item.texts.values().map(|text| text.title.as_str()).collect();
        assert_eq!(titles, ["Rettet", "E"]);
        assert!(matches!(correct(&db.store, "a", &file, AFTER).await.unwrap(), Corrected::Unchanged(_)));
        assert_eq!(get(&db.store, "a").await.number, Some(3));
    }

    async fn a_correction_before_the_first_number_takes_none(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", "")], BEFORE).await.unwrap();
        correct(&db.store, "a", &tip("a", "Rettet", ""), AFTER).await.unwrap();
        let item = get(&db.store, "a").await;
        assert_eq!((item.version, item.number), (2, None));
    }

    async fn a_correction_to_be_released_later_waits_for_it(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", "")], BEFORE).await.unwrap();
        release(&db.store, "a", at("2027-03-08T06:30:00Z")).await;
        let mut file = tip("a", "Rettet", "");
        file.shared.release_at = Some(at("2027-05-01T00:00:00Z"));
        correct(&db.store, "a", &file, AFTER).await.unwrap();
        let item = get(&db.store, "a").await;
        assert_eq!((item.version, item.number, item.release_at), (2, None, at("2027-05-01T00:00:00Z")));
    }

    async fn what_cannot_be_corrected_is_told(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("referat", "A", "")], BEFORE).await.unwrap();
        let event = read("referat", "kind = \"event\"\ntitle = \"A\"\naudience = \"all\"", "").unwrap();
        assert_eq!(
            correct(&db.store, "referat", &event, AFTER).await.unwrap_err().to_string(),
            "referat.md:2: item referat is of kind tip, and a correction cannot make it event; withdraw it and queue another"
        );
        let unknown = correct(&db.store, "refrat", &tip("referat", "A", ""), AFTER).await.unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "there is no item \"refrat\"; the nearest is referat; treff item list names them all"
        );
        assert!(withdraw_item(&db.store, "referat", Tells::Nobody, at(AFTER)).await.unwrap());
        assert!(!withdraw_item(&db.store, "referat", Tells::Nobody, at(AFTER)).await.unwrap());
        assert!(matches!(withdraw_item(&db.store, "x", Tells::Nobody, at(AFTER)).await, Err(QueueError::NoItem { .. })));
        assert_eq!(
            correct(&db.store, "referat", &tip("referat", "B", ""), AFTER).await.unwrap_err().to_string(),
            "referat.md:1: item referat is withdrawn and cannot be corrected"
        );
        assert_eq!(
            add(&db.store, &[tip("referat", "B", "")], BEFORE).await.unwrap_err().to_string(),
            "referat.md:1: item referat is withdrawn; queue this under another slug"
        );
        let again = add(&db.store, &[tip("referat", "A", "")], BEFORE).await.unwrap();
        assert_eq!((again.unchanged, again.warnings), (
            vec!["referat".to_owned()],
            vec!["referat.md: item referat is withdrawn".to_owned()]
        ));
    }

    async fn an_item_that_closes_before_it_goes_out_is_warned_of(db: Database) {
        insert_forum_row(&db.store).await;
        let front = "kind = \"call\"\ntitle = \"T\"\naudience = \"all\"\ndeadline = 2027-01-15";
        let queued = add(&db.store, &[read("a", front, "").unwrap()], BEFORE).await.unwrap();
        assert_eq!(
            queued.warnings,
            ["item a is closed already (at 2027-01-15T23:00:00+00:00): nobody will get it"]
        );
    }

    async fn minutes_of_a_meeting_that_is_still_to_come_where_the_forum_is_are_warned_of(db: Database) {
        insert_forum_row(&db.store).await;
        let answers = "achieved = \"A\"\nhow = \"H\"\nnext = \"N\"\nwhy = \"W\"";
        let minutes = |name: &str, day: u32| {
            let front = format!("kind = \"minutes\"\ntitle = \"T\"\naudience = \"all\"\nmet_on = 2027-02-0{day}\n{answers}");
            read(name, &front, "").unwrap()
        };
        // It is the second already in Oslo.
        let queued = add(&db.store, &[minutes("a", 2), minutes("b", 3)], "2027-02-01T23:30:00Z").await.unwrap();
        assert_eq!(
            queued.warnings,
            ["item b has minutes of a meeting that is still to come (met_on 2027-02-03); check met_on"]
        );
    }

    async fn a_term_that_is_gone_is_named_and_nothing_falls_over(db: Database) {
        insert_forum_row(&db.store).await;
        add(&db.store, &[tip("a", "A", "about = [\"sector:process\"]")], BEFORE).await.unwrap();
        let mut smaller = sample_forum();
        smaller.terms = treff::forum::Terms::default();
        let error = world::load_items(&db.store, &smaller).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "item a names sector:process, which the forum no longer has; put it back with treff forum apply"
        );
    }
}
