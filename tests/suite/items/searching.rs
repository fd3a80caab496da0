//! Finding items by their words: the rows, on both databases.

use treff::content::search::{ANALYSIS, Compound, Family, Query, QueryWord};
use treff::ids::ItemId;
use treff::store::{ItemStems, NewItem, NewStem, NextVersion, ShelfFilter, ShelfPlace, Store};
use treff::world::KeptIndex;

use super::contract::version;
use super::{at, insert_forum_row};
use crate::on_both_databases;

/// An item of that visibility, released on a day of March, whose title holds `words` (stems already).
fn item(slug: &str, day: u32, visibility: &str, words: &[(&str, i64)]) -> NewItem {
    let mut first = version(slug);
    first.release_at = at(&format!("2027-03-{day:02}T07:00:00Z"));
    first.visibility = visibility.into();
    first.analysis = ANALYSIS;
    let stem =
        |(stem, weight): &(&str, i64)| NewStem { family: "no".into(), stem: (*stem).into(), weight: *weight };
    first.stems = words.iter().map(stem).collect();
    NewItem { public_id: format!("{day:032}"), slug: slug.into(), first }
}

async fn insert(store: &Store, items: &[NewItem]) {
    insert_forum_row(store).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_items(at("2027-02-01T00:00:00Z"), "test", items).await.unwrap();
    tx.commit().await.unwrap();
}

fn filter(visibilities: &[&str]) -> ShelfFilter {
    ShelfFilter {
        now: at("2027-03-20T00:00:00Z"),
        visibilities: visibilities.iter().map(|v| (*v).to_owned()).collect(),
        kinds: Vec::new(),
        about: Vec::new(),
        met: None,
        groups: Vec::new(),
        from: None,
        until: None,
        after: None,
        at_most: 10,
    }
}

async fn slugs(store: &Store, ids: &[ItemId]) -> Vec<String> {
    let mut rows = store.list_items_by_ids(ids).await.unwrap();
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    rows.into_iter().map(|row| row.slug).collect()
}

async fn newest(store: &Store, filter: &ShelfFilter) -> Vec<String> {
    let rows = store.list_newest_items(filter).await.unwrap();
    slugs(store, &rows.iter().map(|row| row.item).collect::<Vec<_>>()).await
}

/// Each word as itself, as a beginning and as an end.
fn query(words: &[&str]) -> Query {
    let word = |word: &&str| QueryWord {
        stems: vec![(Family::Norwegian, (*word).to_owned())],
        compounds: vec![Compound::Beginning((*word).to_owned()), Compound::End((*word).to_owned())],
    };
    Query(words.iter().map(word).collect())
}

async fn best(store: &Store, filter: &ShelfFilter, words: &[&str]) -> Vec<(String, i64)> {
    best_by(&KeptIndex::default(), store, filter, words).await
}

async fn best_by(
    index: &KeptIndex,
    store: &Store,
    filter: &ShelfFilter,
    words: &[&str],
) -> Vec<(String, i64)> {
    let rows = index.list_best(store, &query(words), filter).await.unwrap();
    let slugs = slugs(store, &rows.iter().map(|row| row.item).collect::<Vec<_>>()).await;
    slugs.into_iter().zip(rows.into_iter().map(|row| row.score)).collect()
}

on_both_databases! {
    async fn a_list_holds_what_is_visible_released_and_not_withdrawn_newest_first(db: Database) {
        insert(&db.store, &[
            item("eldst", 1, "public", &[]), item("for-gruppa", 2, "group:health", &[]), item("nyest", 9, "public", &[]),
            item("forum", 3, "forum", &[]), item("trukket", 4, "public", &[]), item("kommer", 21, "public", &[]),
        ]).await;
        let mut tx = db.store.begin().await.unwrap();
        tx.withdraw_item(at("2027-03-05T00:00:00Z"), "test", "trukket").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(newest(&db.store, &filter(&["public"])).await, ["nyest", "eldst"]);
        assert_eq!(newest(&db.store, &filter(&["public", "forum"])).await, ["nyest", "forum", "eldst"]);
        assert_eq!(newest(&db.store, &filter(&["group:health"])).await, ["for-gruppa"]);
        assert_eq!(newest(&db.store, &filter(&["only:health"])).await, Vec::<String>::new());
        assert_eq!(newest(&db.store, &filter(&[])).await, Vec::<String>::new());
    }

    async fn a_list_is_filtered_by_kind_topic_group_and_time(db: Database) {
        let mut minutes = item("referat", 5, "forum", &[]);
        minutes.first.kind = "minutes".into();
        minutes.first.about = "[]".into();
        minutes.first.fields = "{\"group\":\"health\"}".into();
        let mut night = item("natt", 6, "only:health_night", &[]);
        night.first.about = "[\"sector:process\"]".into();
        insert(&db.store, &[item("tips", 1, "public", &[]), minutes, night]).await;
        let all = filter(&["public", "forum", "only:health_night"]);
        let of = |change: &dyn Fn(&mut ShelfFilter)| {
            let mut filter = all.clone();
            change(&mut filter);
            filter
        };
        let list = async |filter: ShelfFilter| newest(&db.store, &filter).await;
        assert_eq!(list(of(&|f| f.kinds = vec!["minutes".into()])).await, ["referat"]);
        assert_eq!(list(of(&|f| f.about = vec!["sector:health".into()])).await, ["tips"]);
        assert_eq!(list(of(&|f| f.about = vec!["sector:healthx".into(), "sector:process".into()])).await, ["natt"]);
        assert_eq!(list(of(&|f| f.groups = vec!["health".into()])).await, ["referat"]);
        assert_eq!(list(of(&|f| f.groups = vec!["health_night".into()])).await, ["natt"]);
        assert_eq!(list(of(&|f| f.groups = vec!["healthxnight".into()])).await, Vec::<String>::new());
        assert_eq!(list(of(&|f| f.from = Some(at("2027-03-05T07:00:00Z")))).await, ["natt", "referat"]);
        assert_eq!(list(of(&|f| f.until = Some(at("2027-03-05T07:00:00Z")))).await, ["tips"]);
    }

    async fn pages_follow_each_other_without_gap_or_repetition(db: Database) {
        let items: Vec<_> = (0..23).map(|i| {
            let mut item = item(&format!("sak-{i:02}"), 1 + i % 5, "public", &[("helse", 1 + i64::from(i % 3))]);
            item.public_id = format!("{i:032x}");
            item
        }).collect();
        insert(&db.store, &items).await;
        for asks in [false, true] {
            let (mut filter, mut seen, mut places) = (filter(&["public"]), Vec::new(), Vec::new());
            filter.at_most = 7;
            let index = KeptIndex::default();
            loop {
                let rows = if asks {
                    index.list_best(&db.store, &query(&["helse"]), &filter).await.unwrap()
                } else {
                    db.store.list_newest_items(&filter).await.unwrap()
                };
                let Some(last) = rows.last() else { break };
                filter.after = Some(ShelfPlace { score: last.score, release_at: last.release_at, public_id: last.public_id.clone() });
                seen.extend(rows.iter().map(|row| row.item));
                places.extend(rows.iter().map(|row| (row.score, row.release_at, row.public_id.clone())));
            }
            assert_eq!(seen.len(), 23);
            let mut sorted = places.clone();
            sorted.sort_by(|a, b| b.cmp(a));
            assert_eq!(places, sorted);
        }
    }

    async fn every_word_must_be_found_and_the_title_outweighs_the_rest(db: Database) {
        insert(&db.store, &[
            item("i-teksten", 9, "public", &[("læreplass", 1), ("hels", 1)]),
            item("i-tittelen", 1, "public", &[("læreplass", 100), ("hels", 1)]),
            item("i-ingressen", 2, "public", &[("læreplass", 10), ("hels", 1)]),
            item("annet", 3, "public", &[("læreplass", 100)]),
            item("hemmelig", 4, "group:health", &[("læreplass", 100), ("hels", 100)]),
        ]).await;
        let public = filter(&["public"]);
        assert_eq!(best(&db.store, &public, &["læreplass", "hels"]).await, [
            ("i-tittelen".into(), 404), ("i-ingressen".into(), 44), ("i-teksten".into(), 8)
        ]);
        assert_eq!(best(&db.store, &public, &["læreplass", "finnesikke"]).await, []);
    }

    async fn parts_of_compounds_are_found_and_count_less(db: Database) {
        insert(&db.store, &[
            item("ende", 1, "public", &[("læreplass", 100)]),
            item("start", 2, "public", &[("plassgaranti", 100)]),
            item("selv", 3, "public", &[("plass", 100)]),
            item("midt", 4, "public", &[("læreplasskurs", 100)]),
            item("ånd", 5, "public", &[("åndsverk", 1)]),
        ]).await;
        let public = filter(&["public"]);
        assert_eq!(best(&db.store, &public, &["plass"]).await, [
            ("selv".into(), 400), ("start".into(), 200), ("ende".into(), 100)
        ]);
        assert_eq!(best(&db.store, &public, &["ånds"]).await, [("ånd".into(), 2)]);
        assert_eq!(best(&db.store, &public, &["verk"]).await, [("ånd".into(), 1)]);
    }

    async fn a_new_version_is_found_by_its_own_words_alone(db: Database) {
        insert(&db.store, &[item("sak", 1, "public", &[("gammel", 100), ("felles", 1)])]).await;
        let row = db.store.find_item("sak").await.unwrap().remove(0);
        let mut tx = db.store.begin().await.unwrap();
        let stem = |stem: &str| NewStem { family: "no".into(), stem: stem.into(), weight: 10 };
        let stems = vec![stem("ny"), stem("felles")];
        tx.replace_stems(ANALYSIS, &[ItemStems { item: row.id, version: 1, stems }]).await.unwrap();
        tx.commit().await.unwrap();
        let public = filter(&["public"]);
        assert_eq!(best(&db.store, &public, &["gammel"]).await, []);
        assert_eq!(best(&db.store, &public, &["ny"]).await, [("sak".into(), 40)]);
        assert_eq!(best(&db.store, &public, &["felles"]).await, [("sak".into(), 40)]);
    }

    async fn the_kept_index_follows_what_is_written_corrected_and_moved(db: Database) {
        let index = KeptIndex::default();
        insert(&db.store, &[item("eldst", 1, "public", &[("hels", 1)]), item("nest", 2, "public", &[("hels", 1)])]).await;
        let public = filter(&["public"]);
        let list = async || {
            let found = best_by(&index, &db.store, &public, &["hels"]).await;
            found.into_iter().map(|(slug, _)| slug).collect::<Vec<_>>()
        };
        assert_eq!(list().await, ["nest", "eldst"]);
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_items(at("2027-02-02T00:00:00Z"), "test", &[item("ny", 9, "public", &[("hels", 1)])]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list().await, ["ny", "nest", "eldst"]);
        let row = db.store.find_item("eldst").await.unwrap().remove(0);
        let mut tx = db.store.begin().await.unwrap();
        let mut next = item("eldst", 10, "public", &[("annet", 1)]).first;
        next.analysis = ANALYSIS;
        let next = NextVersion { id: row.id, slug: row.slug, version: 2, next };
        tx.insert_next_versions(at("2027-02-03T00:00:00Z"), "test", "item.corrected", &[next]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list().await, ["ny", "nest"]);
        assert_eq!(best_by(&index, &db.store, &public, &["annet"]).await, [("eldst".into(), 4)]);
        let mut tx = db.store.begin().await.unwrap();
        tx.withdraw_item(at("2027-03-05T00:00:00Z"), "test", "nest").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list().await, ["ny"]);
    }

    async fn the_few_that_a_filter_lets_through_are_found_behind_many_better_ones(db: Database) {
        let mut items: Vec<_> = (0..400).map(|i| {
            let mut item = item(&format!("annen-{i}"), 2, "group:health", &[("hels", 100)]);
            item.public_id = format!("a{i:031x}");
            item
        }).collect();
        items.push(item("min", 1, "public", &[("hels", 1)]));
        insert(&db.store, &items).await;
        assert_eq!(best(&db.store, &filter(&["public"]), &["hels"]).await, [("min".into(), 4)]);
        assert_eq!(best(&db.store, &filter(&["group:health"]), &["hels"]).await.len(), 10);
    }

    async fn what_is_not_indexed_or_by_an_older_analysis_is_told(db: Database) {
        let mut old = item("gammel", 1, "public", &[]);
        old.first.analysis = ANALYSIS - 1;
        insert(&db.store, &[old, item("ny", 2, "public", &[])]).await;
        let mut tx = db.store.begin().await.unwrap();
        let old = db.store.find_item("gammel").await.unwrap()[0].id;
        assert_eq!(tx.list_unindexed(ANALYSIS, 10).await.unwrap(), [old]);
        tx.replace_stems(ANALYSIS, &[ItemStems { item: old, version: 1, stems: Vec::new() }]).await.unwrap();
        tx.record_indexing(at("2027-03-01T00:00:00Z"), 1).await.unwrap();
        assert_eq!(tx.list_unindexed(ANALYSIS, 10).await.unwrap(), []);
    }
}
