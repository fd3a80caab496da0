//! What the mailing desk reads and writes, row by row.

use treff::ids::{DeliveryId, EditionId, RecipientId};
use treff::store::Arg;

use crate::on_both_databases;
use crate::pages::world::{KARI, Pages, now};

on_both_databases! {
    async fn whatever_is_written_moves_the_last_change(db: Database) {
        let pages = Pages::over(db).await;
        let before = pages.db.store.find_last_change().await.unwrap();
        pages.db.store.unsubscribe_recipient(KARI, "page", now()).await.unwrap();
        assert!(pages.db.store.find_last_change().await.unwrap() > before);
    }
}

on_both_databases! {
    async fn what_became_of_letters_is_counted_by_state(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        pages.run("INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at) VALUES (2, 'daily', 1804487400000001, 0, 9, 7, '{}', 0)").await;
        pages.run("INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, claimed_by, revision, message_id, dated_at)
                   VALUES (20, 2, 1, 'attempting', 0, 0, 0, 'w', 0, 'a', 0), (21, 2, 2, 'queued', 0, 0, 0, NULL, 0, 'b', 0), (22, 1, 2, 'accepted', 0, 0, 0, NULL, 0, 'c', 0)").await;
        let told = async |edition: i64| {
            let counts = store.count_unaccepted(EditionId(edition)).await.unwrap();
            counts.into_iter().map(|row| format!("{} {}", row.state, row.count)).collect::<Vec<_>>()
        };
        assert_eq!(told(1).await, ["uncertain 1"]);
        assert_eq!(told(2).await, ["queued 1", "attempting 1"]);
        assert_eq!(store.count_letters(EditionId(1)).await.unwrap(), 2);
        for state in ["deferred", "rejected", "cancelled", "superseded"] {
            let mut tx = store.begin().await.unwrap();
            tx.run("UPDATE delivery SET state = $1 WHERE id = 21", vec![Arg::from(state)]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(told(2).await, [format!("{state} 1"), "attempting 1".to_owned()]);
            let listed = store.list_mailed(EditionId(2), state, DeliveryId(0), 5).await.unwrap();
            assert_eq!(listed.iter().map(|row| row.email.as_deref()).collect::<Vec<_>>(), [Some("ola@nav.test")]);
        }
        assert_eq!(store.list_mailed_to(EditionId(1)).await.unwrap(), [RecipientId(1), RecipientId(2)]);
        let got = store.count_got_items(EditionId(1)).await.unwrap();
        assert_eq!(got.iter().map(|row| (row.item.0, row.letters)).collect::<Vec<_>>(), [(1, 1), (2, 1), (3, 1), (4, 1)]);
    }

    async fn editions_are_listed_in_pages_the_latest_first(db: Database) {
        let pages = Pages::over(db).await;
        let store = &pages.db.store;
        pages.run("INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
                   VALUES (2, 'daily', 1804487400000000, 0, 9, 7, '{}', 0), (3, 'daily', 1804487400000002, 0, 9, 7, '{}', 0)").await;
        let mut behind = None;
        let mut seen = Vec::new();
        while let Some(row) = store.list_latest_editions(behind, 1).await.unwrap().into_iter().next() {
            behind = Some((row.occurs_at, row.id));
            seen.push(row.id.0);
        }
        assert_eq!(seen, [3, 2, 1]);
        pages.run("UPDATE edition SET planned_at = 0 WHERE id IN (1, 2)").await;
        let listed = store.list_latest_editions(None, 5).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3, 1], "the second had nothing for anybody");
        pages.run("UPDATE edition SET planned_at = NULL WHERE id = 1").await;
        pages.run("UPDATE edition SET paused_at = 0, paused_because = 'hand' WHERE id = 1").await;
        let unsettled = store.list_unsettled_editions(5).await.unwrap();
        assert_eq!(unsettled.iter().map(|row| row.id.0).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(store.find_edition_by_id(EditionId(2)).await.unwrap().map(|row| row.cadence), Some("daily".to_owned()));
        assert_eq!(store.find_edition_by_id(EditionId(9)).await.unwrap(), None);
    }
}
