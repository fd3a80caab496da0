//! Personal feeds in the rows: made, listed, switched off, told in the export, gone with the person.

use treff::ids::RecipientId;
use treff::store::{ErasureOrder, One, Store};

use crate::on_both_databases;

const KARI: RecipientId = RecipientId(1);
const OLA: RecipientId = RecipientId(2);

fn at(seconds: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap()
}

async fn add_people(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for sql in [
        "INSERT INTO forum (id, slug, name, time_zone, language, pause, cadences, cap, change_number, last_number, created_at, applied_at)
         VALUES (1, 'nordfjella', 'Nordfjella', 'Europe/Oslo', 'nb', '[]', '{}', 7, 0, 0, 0, 0)",
        "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen, token_version, revision, watermark, created_at)
         VALUES (1, 'aa', 'kari@example.test', 'Kari', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0),
                (2, 'bb', 'ola@example.test', 'Ola', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, 0)",
    ] {
        tx.run(sql, vec![]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both_databases! {
    async fn a_feed_is_its_owners_until_it_is_switched_off(db: Database) {
        add_people(&db.store).await;
        assert!(db.store.make_feed(at(5), KARI, "news", "hash of kari", 2).await.unwrap());
        assert!(db.store.make_feed(at(6), OLA, "calendar", "hash of ola", 2).await.unwrap());
        let reader = db.store.find_feed_reader("hash of kari").await.unwrap().unwrap();
        assert_eq!((reader.recipient, reader.kind.as_str(), reader.revoked_at), (KARI, "news", None));
        assert_eq!(db.store.find_feed_reader("hash of nobody").await.unwrap(), None);
        let own = db.store.list_open_feeds(KARI).await.unwrap();
        assert_eq!(own.len(), 1);
        assert!(!db.store.revoke_feed(at(7), OLA, own[0].id).await.unwrap(), "it is not Ola's");
        assert!(db.store.revoke_feed(at(7), KARI, own[0].id).await.unwrap());
        assert!(!db.store.revoke_feed(at(8), KARI, own[0].id).await.unwrap());
        assert_eq!(db.store.find_feed_reader("hash of kari").await.unwrap().unwrap().revoked_at, Some(at(7)));
        assert!(db.store.list_open_feeds(KARI).await.unwrap().is_empty());
    }

    async fn a_person_has_only_so_many_feeds_open(db: Database) {
        add_people(&db.store).await;
        assert!(db.store.make_feed(at(1), KARI, "news", "1", 2).await.unwrap());
        assert!(db.store.make_feed(at(2), KARI, "news", "2", 2).await.unwrap());
        assert!(!db.store.make_feed(at(3), KARI, "news", "3", 2).await.unwrap());
        let first = db.store.list_open_feeds(KARI).await.unwrap()[0].id;
        assert!(db.store.revoke_feed(at(4), KARI, first).await.unwrap());
        assert!(db.store.make_feed(at(5), KARI, "news", "3", 2).await.unwrap());
    }

    async fn feeds_are_exported_and_vanish_with_the_person(db: Database) {
        add_people(&db.store).await;
        db.store.make_feed(at(5), KARI, "news", "1", 9).await.unwrap();
        db.store.make_feed(at(6), OLA, "news", "2", 9).await.unwrap();
        let dossier = db.store.export_recipient(KARI, "test", at(7)).await.unwrap();
        assert_eq!(dossier.feeds.len(), 1);
        assert_eq!((dossier.feeds[0].kind.as_str(), dossier.feeds[0].created_at), ("news", at(5)));
        let order = ErasureOrder {
            id: KARI,
            email: "kari@example.test",
            hash_of: &|_| "h".to_owned(),
            public_id: "cc",
            empty_letter: &|letter| letter.to_owned(),
            naming: treff::store::Naming {
                names_them: &|_, _| false,
                without_them: &treff::forum::without_mentions,
            },
            now: at(8),
        };
        db.store.erase_recipient(&order).await.unwrap();
        assert_eq!(db.store.find_feed_reader("1").await.unwrap(), None);
        let mut tx = db.store.begin().await.unwrap();
        let rows: Vec<One<i64>> = tx.all("SELECT recipient_id FROM feed_token", vec![]).await.unwrap();
        assert_eq!(rows, [One(2)]);
    }
}
