//! What the lead reads of letters and decides about them.

use chrono::TimeDelta;
use treff::ids::DeliveryId;
use treff::store::{Arrival, DeliveryState, Outcome, Settled, Store};

use super::rows::{arm_all, noon, number, owed, queue_letters, states};
use crate::treff::Treff;
use crate::{on_both_databases, on_both_engines};

async fn settle_one(store: &Store, id: i64, outcome: Outcome) {
    let mut tx = store.begin().await.unwrap();
    let settled = Settled { id: DeliveryId(id), outcome, reply: String::new() };
    tx.settle_letters(noon(), "one", &[settled]).await.unwrap();
    tx.commit().await.unwrap();
}

on_both_databases! {
    async fn the_ledger_lists_every_letter_or_those_in_a_state(db: Database) {
        queue_letters(&db.store, 3).await;
        arm_all(&db.store, "one").await;
        settle_one(&db.store, 2, Outcome::Accepted).await;
        assert_eq!(db.store.list_deliveries(None).await.unwrap().len(), 3);
        let accepted = db.store.list_deliveries(Some(DeliveryState::Accepted)).await.unwrap();
        assert_eq!(accepted.len(), 1);
        assert_eq!((accepted[0].recipient.as_deref(), accepted[0].cadence.as_str(), accepted[0].occurs_at),
                   (Some("kari2@example.test"), "weekly", noon()));
        let found = db.store.find_delivery_by_message_id("2@forum.example.test").await.unwrap().unwrap();
        assert_eq!(found.id, DeliveryId(2));
    }

    async fn a_deferred_letter_is_due_at_once_when_retried(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        settle_one(&db.store, 1, Outcome::Deferred { next_attempt_at: noon() + TimeDelta::hours(4) }).await;
        assert_eq!(db.store.retry_letter(noon(), "cli", DeliveryId(1)).await.unwrap(), Some(DeliveryState::Deferred));
        let row = db.store.find_delivery(DeliveryId(1)).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.next_attempt_at), ("deferred", noon()));
    }

    async fn an_uncertain_letter_is_queued_again_with_its_message_id(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        settle_one(&db.store, 1, Outcome::Uncertain).await;
        assert_eq!(db.store.retry_letter(noon(), "cli", DeliveryId(1)).await.unwrap(), Some(DeliveryState::Uncertain));
        let row = db.store.find_delivery(DeliveryId(1)).await.unwrap().unwrap();
        assert_eq!((row.state.as_str(), row.message_id.as_str()), ("queued", "1@forum.example.test"));
        assert_eq!(owed(&db.store, 1).await, []);
    }

    async fn a_letter_of_known_fate_is_neither_retried_nor_settled(db: Database) {
        queue_letters(&db.store, 1).await;
        arm_all(&db.store, "one").await;
        settle_one(&db.store, 1, Outcome::Rejected).await;
        let before = number(&db.store, "SELECT COUNT(*) FROM change").await;
        let one = DeliveryId(1);
        assert_eq!(db.store.retry_letter(noon(), "cli", one).await.unwrap(), Some(DeliveryState::Rejected));
        assert_eq!(db.store.settle_uncertain(noon(), "cli", one, Arrival::Arrived).await.unwrap(), Some(DeliveryState::Rejected));
        assert_eq!(states(&db.store).await, [(1, "rejected".to_owned(), 1)]);
        assert_eq!(number(&db.store, "SELECT COUNT(*) FROM change").await, before);
        assert_eq!(db.store.retry_letter(noon(), "cli", DeliveryId(99)).await.unwrap(), None);
        assert_eq!(db.store.settle_uncertain(noon(), "cli", DeliveryId(99), Arrival::Arrived).await.unwrap(), None);
    }

    async fn the_lead_settles_uncertain_letters_either_way(db: Database) {
        queue_letters(&db.store, 2).await;
        arm_all(&db.store, "one").await;
        settle_one(&db.store, 1, Outcome::Uncertain).await;
        settle_one(&db.store, 2, Outcome::Uncertain).await;
        db.store.settle_uncertain(noon(), "cli", DeliveryId(1), Arrival::Arrived).await.unwrap();
        db.store.settle_uncertain(noon(), "cli", DeliveryId(2), Arrival::Lost).await.unwrap();
        assert_eq!(states(&db.store).await, [(1, "accepted".to_owned(), 1), (2, "rejected".to_owned(), 1)]);
        assert_eq!(owed(&db.store, 1).await, []);
        assert_eq!(owed(&db.store, 2).await, [(1, 1), (2, 3)]);
    }
}

on_both_engines! {
    async fn retrying_a_letter_of_which_nothing_may_go_is_refused_with_what_is_left_to_do(engine: Engine) {
        let treff = Treff::with_forum(engine).await;
        let people = treff.write("people.csv", "email\nkari@example.test\n");
        treff.run(&["people", "import", &people]).done();
        treff.write("kurs.md", "+++\nkind = \"tip\"\ntitle = \"Kurs\"\naudience = \"all\"\n+++\nMeld deg.\n");
        treff.run(&["item", "add", "kurs.md"]).done();
        treff.run(&["edition", "run", "weekly"]).done();
        let mut tx = treff.database.store.begin().await.unwrap();
        tx.run("UPDATE delivery SET state = 'uncertain'", Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
        treff.run(&["item", "withdraw", "kurs"]).done();
        let id = treff.run(&["delivery", "list"]).done().json["deliveries"][0]["id"].to_string();
        let refused = treff.run(&["delivery", "retry", &id]);
        assert_eq!((refused.code, &refused.json["retried"]), (1, &serde_json::json!([])));
        let why = format!(
            "nothing of it may go any more: all of it was withdrawn, is over, or is no longer for its recipient; settle it: \
             treff delivery settle {id}; with --as rejected what still holds of it comes in the recipient's next letter"
        );
        assert_eq!((&refused.json["refused"][0]["state"], &refused.json["refused"][0]["error"]), (&"uncertain".into(), &why.into()));
        assert_eq!(treff.run(&["delivery", "list"]).done().json["deliveries"][0]["state"], "uncertain", "nothing was done");
    }
}
