//! The rows of items, on both databases.

use treff::ids::ItemId;
use treff::store::{NewItem, NewVersion, NextVersion, Store, Tx};

use super::{at, insert_forum_row};
use crate::on_both_databases;

/// A version of an item without dates of its own, in bokmål.
pub fn version(title: &str) -> NewVersion {
    NewVersion {
        kind: "tip".into(),
        audience: Some("all".into()),
        about: "[\"sector:health\"]".into(),
        interested: true,
        visibility: "forum".into(),
        importance: "normal".into(),
        lane: "digest".into(),
        release_at: at("2027-03-01T07:00:00.123456Z"),
        expires_at: None,
        closes_at: None,
        source: None,
        contact: Some("{\"name\":\"Kari \\\"Nes\\\"\"}".into()),
        language: "nb".into(),
        fields: "{}".into(),
        given: "{}".into(),
        texts: vec![("nb".into(), title.into())],
        attachments: None,
        stems: Vec::new(),
        analysis: 0,
    }
}

fn new_item(slug: &str) -> NewItem {
    NewItem { public_id: format!("id of {slug}"), slug: slug.into(), first: version("Første") }
}

async fn insert(store: &Store, items: &[NewItem]) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_items(at("2027-02-01T00:00:00Z"), "test", items).await.unwrap();
    tx.commit().await.unwrap();
}

async fn id_of(store: &Store, slug: &str) -> ItemId {
    store.find_item(slug).await.unwrap()[0].id
}

async fn number_of(tx: &mut Tx, id: ItemId, now: &str) -> i64 {
    tx.renumber_item(id, at(now)).await.unwrap()
}

on_both_databases! {
    async fn an_inserted_item_is_read_as_it_was_written(db: Database) {
        insert_forum_row(&db.store).await;
        let mut item = new_item("en-sak");
        item.first.texts.push(("en".into(), "\"First\" æøå\n\\".into()));
        item.first.interested = false;
        item.first.expires_at = Some(at("2027-04-01T00:00:00Z"));
        item.first.source = Some("nav".into());
        insert(&db.store, std::slice::from_ref(&item)).await;
        let rows = db.store.find_item("en-sak").await.unwrap();
        let texts: Vec<_> = rows.iter().map(|r| (r.language.as_str(), r.text.as_str())).collect();
        assert_eq!(texts, [("en", "\"First\" æøå\n\\"), ("nb", "Første")]);
        let row = &rows[0];
        assert_eq!((row.slug.as_str(), row.public_id.as_str(), row.version), ("en-sak", "id of en-sak", 1));
        assert_eq!((row.number, row.numbered_at, row.withdrawn_at), (None, None, None));
        assert_eq!((row.release_at, row.expires_at), (item.first.release_at, item.first.expires_at));
        assert_eq!((row.kind.as_str(), row.audience.as_deref(), row.interested), ("tip", Some("all"), false));
        assert_eq!((&row.about, &row.visibility, &row.lane), (&item.first.about, &"forum".into(), &"digest".into()));
        assert_eq!((&row.source, &row.contact), (&item.first.source, &item.first.contact));
        assert_eq!((row.first_language.as_str(), row.given.as_str()), ("nb", "{}"));
        assert!(db.store.find_item("ukjent").await.unwrap().is_empty());
    }

    async fn many_items_go_in_at_once_and_are_found_by_slug_and_key(db: Database) {
        insert_forum_row(&db.store).await;
        let items: Vec<_> = (0..2500).map(|i| new_item(&format!("sak-{i}"))).collect();
        insert(&db.store, &items).await;
        assert_eq!(db.store.list_items().await.unwrap().len(), 2500);
        let mut tx = db.store.begin().await.unwrap();
        let found = tx.list_items_by_slugs(&["sak-7", "ukjent", "sak-2499"]).await.unwrap();
        let slugs: Vec<_> = found.iter().map(|row| row.slug.as_str()).collect();
        assert_eq!(slugs, ["sak-7", "sak-2499"]);
        drop(tx);
        let by_key = db.store.list_items_by_ids(&[found[1].id]).await.unwrap();
        assert_eq!(by_key[0].slug, "sak-2499");
    }

    async fn the_next_version_replaces_the_one_before(db: Database) {
        insert_forum_row(&db.store).await;
        insert(&db.store, &[new_item("en-sak"), new_item("en-annen")]).await;
        let id = id_of(&db.store, "en-sak").await;
        let mut next = version("Andre");
        next.release_at = at("2027-05-01T00:00:00Z");
        next.closes_at = Some(at("2027-06-01T00:00:00Z"));
        let next = NextVersion { id, slug: "en-sak".into(), version: 2, next };
        let mut tx = db.store.begin().await.unwrap();
        tx.insert_next_versions(at("2027-02-02T00:00:00Z"), "test", "item.changed", &[next]).await.unwrap();
        tx.commit().await.unwrap();
        let rows = db.store.find_item("en-sak").await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].version, rows[0].text.as_str()), (2, "Andre"));
        assert_eq!(rows[0].release_at, at("2027-05-01T00:00:00Z"));
        assert_eq!(db.store.find_item("en-annen").await.unwrap()[0].version, 1);
        let open = |when| db.store.list_open_items(at(when), chrono::TimeDelta::days(60));
        assert_eq!(open("2027-05-31T23:59:59Z").await.unwrap().len(), 2);
        assert_eq!(open("2027-06-01T00:00:00Z").await.unwrap().len(), 1);
    }

    async fn numbers_and_their_instants_ascend_together(db: Database) {
        insert_forum_row(&db.store).await;
        insert(&db.store, &[new_item("a"), new_item("b")]).await;
        let (a, b) = (id_of(&db.store, "a").await, id_of(&db.store, "b").await);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(number_of(&mut tx, a, "2027-03-02T00:00:00Z").await, 1);
        assert_eq!(number_of(&mut tx, b, "2027-03-01T00:00:00Z").await, 2);
        assert_eq!(number_of(&mut tx, a, "2027-03-03T00:00:00Z").await, 3);
        tx.commit().await.unwrap();
        let (row_a, row_b) =
            (db.store.find_item("a").await.unwrap().remove(0), db.store.find_item("b").await.unwrap().remove(0));
        assert_eq!((row_a.number, row_a.numbered_at), (Some(3), Some(at("2027-03-03T00:00:00Z"))));
        assert_eq!((row_b.number, row_b.numbered_at), (Some(2), Some(at("2027-03-02T00:00:00Z"))));
        let mut tx = db.store.begin().await.unwrap();
        tx.unrelease_item(a).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(db.store.find_item("a").await.unwrap()[0].number, None);
    }

    async fn an_item_without_a_date_of_its_own_closes_sixty_days_after_its_number(db: Database) {
        insert_forum_row(&db.store).await;
        insert(&db.store, &[new_item("a")]).await;
        let id = id_of(&db.store, "a").await;
        let open = |when| db.store.list_open_items(at(when), chrono::TimeDelta::days(60));
        assert_eq!(open("2099-01-01T00:00:00Z").await.unwrap().len(), 1);
        let mut tx = db.store.begin().await.unwrap();
        number_of(&mut tx, id, "2027-03-02T00:00:00Z").await;
        tx.commit().await.unwrap();
        assert_eq!(open("2027-04-30T23:59:59Z").await.unwrap().len(), 1);
        assert_eq!(open("2027-05-01T00:00:00Z").await.unwrap().len(), 0);
    }

    async fn an_item_is_withdrawn_once(db: Database) {
        insert_forum_row(&db.store).await;
        insert(&db.store, &[new_item("a")]).await;
        let withdraw = async |slug, when| {
            let mut tx = db.store.begin().await.unwrap();
            let done = tx.withdraw_item(at(when), "test", slug).await.unwrap();
            tx.commit().await.unwrap();
            done
        };
        assert!(withdraw("a", "2027-03-02T00:00:00Z").await);
        assert!(!withdraw("a", "2027-03-03T00:00:00Z").await);
        assert!(!withdraw("ukjent", "2027-03-03T00:00:00Z").await);
        let row = db.store.find_item("a").await.unwrap().remove(0);
        assert_eq!(row.withdrawn_at, Some(at("2027-03-02T00:00:00Z")));
        let open = db.store.list_open_items(at("2027-03-02T00:00:00Z"), chrono::TimeDelta::days(60)).await;
        assert!(open.unwrap().is_empty());
    }
}
