//! What people choose and say, as rows: taken back exactly, learned from, and gone in time.

mod learning;
mod retention;
mod said;
mod undoing;
mod upgrading;

use treff::ids::{DeliveryId, ItemId, RecipientId};
use treff::store::{LetterRow, One};

use crate::harness::Database;
use crate::histories::town::Town;
use treff::forum::Cadence;

/// The Monday on which everybody's letters go.
pub const MONDAY: &str = "2027-03-08T06:30:00Z";

/// Kari follows health and got one letter with the tip `en`.
pub async fn town_with_letter(db: Database) -> Town {
    let town = Town::build(db, "2027-03-01T08:00:00Z").await;
    town.import("kari@example.test;;health;;weekly\nola@example.test;;industry;;weekly").await;
    town.queue("en", "kind = \"tip\"\nabout = [\"sector:health\"]\nvisibility = \"public\"").await;
    town.publish(Cadence::Weekly, MONDAY).await;
    town
}

/// Kari, her letter, and the item in it.
pub async fn kari_of(town: &Town) -> (RecipientId, LetterRow, ItemId) {
    let kari = town.id("kari").await;
    let rows = town.store().list_deliveries(None).await.unwrap();
    let id: DeliveryId = rows.iter().find(|row| row.recipient_id == kari).expect("a letter").id;
    (kari, town.store().find_letter(id).await.unwrap().unwrap(), town.item_id("en").await)
}

/// The first column of a query, a line per row.
pub async fn text(town: &Town, sql: &'static str) -> String {
    let mut tx = town.store().begin().await.unwrap();
    let rows: Vec<One<String>> = tx.all(sql, vec![]).await.unwrap();
    rows.into_iter().map(|One(text)| text).collect::<Vec<_>>().join("\n")
}
