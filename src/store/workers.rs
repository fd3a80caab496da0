//! Who is sending, and what a sender that died has left behind.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::db::{Db, record};
use super::open::{Store, StoreError};
use crate::ids::DeliveryId;

record! {
    /// A letter that was armed and not settled.
    pub struct Orphan {
        /// Which.
        pub id: DeliveryId,
        /// The worker that armed it.
        pub worker: String,
        /// The boot on which it was armed.
        pub boot: String,
        /// Until when its worker counts as busy with it (real time).
        pub claimed_until: DateTime<Utc>,
        /// How often it was tried, this attempt included.
        pub attempts: i64,
    }
}

/// A worker's name, held through a session advisory lock of PostgreSQL: gone with the connection.
#[derive(Debug)]
pub struct WorkerLock(PgConnection);

impl WorkerLock {
    /// Whether the session that holds the lock still answers.
    pub async fn is_held(&mut self) -> bool {
        matches!(tokio::time::timeout(Duration::from_secs(10), self.0.ping()).await, Ok(Ok(())))
    }
}

impl Store {
    /// Takes the advisory lock of the worker `name` in a session of its own: none if another process
    /// has it. Only on PostgreSQL; on SQLite the sending lock is a lock of the operating system.
    pub async fn try_lock_worker(&self, name: &str) -> Result<Option<WorkerLock>, StoreError> {
        let Db::Postgres(pool) = &self.db else { return Ok(None) };
        let mut session = pool.acquire().await?.detach();
        let taken: bool =
            sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended('treff worker ' || $1, 0))")
                .bind(name)
                .fetch_one(&mut session)
                .await?;
        if taken {
            return Ok(Some(WorkerLock(session)));
        }
        session.close().await?;
        Ok(None)
    }

    /// Whether this database is PostgreSQL, where several workers may send.
    pub fn has_many_workers(&self) -> bool {
        self.db.is_postgres()
    }

    /// Every letter that is armed and not settled, by worker and key.
    pub async fn list_orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT id, COALESCE(claimed_by, ''), COALESCE(boot, ''), COALESCE(claimed_until, 0), attempts
                 FROM delivery WHERE state = 'attempting' ORDER BY claimed_by, id",
                vec![],
            )
            .await?)
    }

    /// The names under which letters are claimed and unsent.
    pub async fn list_claimants(&self) -> Result<Vec<String>, StoreError> {
        let names: Vec<super::db::One<String>> = self
            .db
            .all(
                "SELECT DISTINCT claimed_by FROM delivery
                 WHERE claimed_by IS NOT NULL AND state IN ('queued', 'deferred') ORDER BY claimed_by",
                vec![],
            )
            .await?;
        Ok(names.into_iter().map(|super::db::One(name)| name).collect())
    }
}
