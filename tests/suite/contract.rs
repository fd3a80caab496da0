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
