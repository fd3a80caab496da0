//! Every store function, on both databases. One file per family of rows.

use crate::on_both_databases;

on_both_databases! {
    async fn a_fresh_database_has_its_tables(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        tx.raise_change_number().await.unwrap();
        assert_eq!(tx.watermark_30_days_before(chrono::DateTime::UNIX_EPOCH).await.unwrap(), 0);
        tx.commit().await.unwrap();
    }
}

on_both_databases! {
    async fn signing_keys_are_kept_oldest_first(db: Database) {
        let now = chrono::DateTime::UNIX_EPOCH;
        assert_eq!(db.store.list_keys().await.unwrap(), vec![]);
        assert_eq!(db.store.add_key([7; 32], now).await.unwrap(), 1);
        assert_eq!(db.store.add_key([9; 32], now).await.unwrap(), 2);
        assert_eq!(db.store.list_keys().await.unwrap(), vec![(1, [7; 32]), (2, [9; 32])]);
    }
}

on_both_databases! {
    async fn a_text_with_nul_is_kept_as_one_that_shows_where_it_was(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        let said = vec![treff::store::Arg::from("a\0b")];
        let treff::store::One(kept): treff::store::One<String> = tx.get("SELECT CAST($1 AS TEXT)", said).await.unwrap();
        assert_eq!(kept, "a\u{fffd}b");
    }
}

on_both_databases! {
    async fn whether_it_can_be_written_is_tried_without_a_trace(db: Database) {
        db.store.try_writing().await.unwrap();
        let mut tx = db.store.begin().await.unwrap();
        let treff::store::One(kept): treff::store::One<i64> = tx.get("SELECT COUNT(*) FROM wording", vec![]).await.unwrap();
        assert_eq!(kept, 0);
        tx.commit().await.unwrap();
        let found = db.store.check_whole(std::time::Duration::from_secs(60)).await.unwrap();
        assert_eq!(found, treff::store::Wholeness::Whole);
    }
}
