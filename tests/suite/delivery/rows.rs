//! Rows that these stories start from, written straight into the tables.

use chrono::{DateTime, TimeDelta, Utc};
use treff::ids::{DeliveryId, EditionId};
use treff::store::{Arg, ClaimScope, Claimed, One, Store};

use crate::harness::{Database, Engine};

/// A real instant that the stories call now.
pub fn noon() -> DateTime<Utc> {
    "2027-03-08T12:00:00Z".parse().expect("an instant")
}

/// A forum in SQLite with so many of [`queue_letters`].
pub async fn letters(count: i64) -> Database {
    let db = Database::create(Engine::Sqlite).await;
    queue_letters(&db.store, count).await;
    db
}

/// Queued letters 1 to `letters` of one edition to as many recipients, each with items 1 and 2.
pub async fn queue_letters(store: &Store, letters: i64) {
    let mut tx = store.begin().await.unwrap();
    let now = noon().timestamp_micros();
    let statements: [(&'static str, Vec<Arg>); 2] = [
        (
            "INSERT INTO edition (id, cadence, occurs_at, now_at, last_number, cap, inputs, opened_at)
             VALUES (1, 'weekly', $1, $1, 2, 7, '{}', $1)",
            vec![Arg::from(now)],
        ),
        (
            "INSERT INTO item (id, public_id, slug, version, release_at, created_at)
             VALUES (1, 'a', 'first', 1, $1, $1), (2, 'b', 'second', 1, $1, $1)",
            vec![Arg::from(now)],
        ),
    ];
    for (sql, args) in statements {
        tx.run(sql, args).await.unwrap();
    }
    for n in 1..=letters {
        tx.run(
            "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported, chosen,
                                    token_version, revision, watermark, created_at)
             VALUES ($1, $2, $3, 'Kari Nes', 'nb', 'weekly', 'active', TRUE, TRUE, '[]', 0, 0, 0, $4)",
            vec![n.into(), format!("p{n}").into(), format!("kari{n}@example.test").into(), now.into()],
        )
        .await
        .unwrap();
        tx.run(
            "INSERT INTO delivery (id, edition_id, recipient_id, state, attempts, planned_at, next_attempt_at, revision,
                                   message_id, dated_at)
             VALUES ($1, 1, $1, 'queued', 0, $2, $2, 0, $3, $2)",
            vec![n.into(), now.into(), format!("{n}@forum.example.test").into()],
        )
        .await
        .unwrap();
        tx.run(
            "INSERT INTO delivery_item (delivery_id, recipient_id, item_id, version, position, because, reasons, points,
                                        carried, correction, returned)
             VALUES ($1, $1, 1, 1, 0, 'audience', '[]', 40, 0, FALSE, FALSE),
                    ($1, $1, 2, 1, 1, 'interest', '[]', 30, 2, FALSE, FALSE)",
            vec![n.into()],
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Everything due at noon, claimed for ten minutes.
pub fn at_noon() -> ClaimScope {
    ClaimScope {
        edition: None,
        due_by: noon(),
        now: noon(),
        until: noon() + TimeDelta::minutes(10),
        only_urgent: false,
    }
}

/// Claims and arms everything due for `who`.
pub async fn arm_all(store: &Store, who: &str) -> Vec<DeliveryId> {
    let claimed = store.claim_due(who, at_noon(), 200).await.unwrap();
    arm(store, who, &claimed).await
}

/// Arms what was claimed.
pub async fn arm(store: &Store, who: &str, claimed: &[Claimed]) -> Vec<DeliveryId> {
    let letters: Vec<_> = claimed.iter().map(|c| (c.id, c.revision)).collect();
    let mut tx = store.begin().await.unwrap();
    let until = noon() + TimeDelta::minutes(20);
    let armed = tx.arm_letters(noon(), until, who, "boot-1", &letters).await.unwrap();
    tx.commit().await.unwrap();
    armed
}

/// `(id, state, attempts)` of every letter, by id.
pub async fn states(store: &Store) -> Vec<(i64, String, i64)> {
    let mut rows = store.list_deliveries(None).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| (row.id.0, row.state, row.attempts)).collect()
}

/// `(item, times)` of what a recipient is owed, by item.
pub async fn owed(store: &Store, recipient: i64) -> Vec<(i64, i64)> {
    let mut tx = store.begin().await.unwrap();
    let items: Vec<One<i64>> = tx
        .all(
            "SELECT item_id FROM carry WHERE recipient_id = $1 AND ended_at IS NULL ORDER BY item_id",
            vec![recipient.into()],
        )
        .await
        .unwrap();
    let times: Vec<One<i64>> = tx
        .all(
            "SELECT times FROM carry WHERE recipient_id = $1 AND ended_at IS NULL ORDER BY item_id",
            vec![recipient.into()],
        )
        .await
        .unwrap();
    items.into_iter().zip(times).map(|(One(item), One(times))| (item, times)).collect()
}

/// A single number.
pub async fn number(store: &Store, sql: &'static str) -> i64 {
    let mut tx = store.begin().await.unwrap();
    let One(n) = tx.get(sql, vec![]).await.unwrap();
    n
}

/// The edition that [`queue_letters`] makes.
pub const EDITION: EditionId = EditionId(1);
