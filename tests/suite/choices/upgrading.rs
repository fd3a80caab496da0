//! What a database of an earlier version held is all there after the upgrade.

use treff::store::Store;

use super::{text, town_with_letter};
use crate::on_both_databases;

/// Makes the database what migration 35 left.
const BACK: [&str; 5] = [
    "ALTER TABLE delivery ADD COLUMN letter TEXT NOT NULL DEFAULT '{}'",
    "UPDATE delivery SET letter = (SELECT content FROM letter WHERE delivery_id = delivery.id)",
    "DROP TABLE letter",
    "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                           message_id, dated_at, letter)
     SELECT 900, 1, id, 'accepted', 1, 0, 0, 0, 'kept.long@forum.example', 0, '{}'
     FROM recipient WHERE email = 'ola@example.test'",
    "DELETE FROM _sqlx_migrations WHERE version = 36",
];

on_both_databases! {
    async fn letters_keep_their_words(db: Database) {
        let town = town_with_letter(db).await;
        let contents = "SELECT content FROM letter ORDER BY delivery_id";
        let before = text(&town, contents).await;
        assert!(before.contains("kari@example.test"), "{before}");
        for sql in BACK {
            town.run(sql).await;
        }
        Store::open(&town.db.url, false).await.unwrap().close().await;
        assert_eq!(text(&town, contents).await, before, "and what had been emptied has no words");
        assert_eq!(text(&town, "SELECT CAST(COUNT(*) AS TEXT) FROM delivery").await, "2");
    }
}
