//! Who sends: the workers that live, the beat by which others know it, and what one that is gone left armed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use super::change::Change;
use super::db::{Db, One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{DeliveryId, EditionId};

record! {
    /// A letter that was armed and not settled.
    pub struct Orphan {
        /// Which.
        pub id: DeliveryId,
        /// The worker that armed it.
        pub worker: String,
        /// The boot on which it was armed.
        pub boot: String,
        /// How often it was tried, this attempt included.
        pub attempts: i64,
        /// Without angle brackets.
        pub message_id: String,
    }
}

record! {
    /// A worker that has not said farewell.
    pub struct WorkerRow {
        /// Random; its claims and armed letters carry it.
        pub name: String,
        /// Machine and process, for people.
        pub place: String,
        /// Raised while it lives.
        pub beat: i64,
        /// So long without a beat, and it counts as gone.
        pub lease_seconds: i64,
        /// Whether a session of the database holds its name.
        pub is_held: bool,
    }
}

/// A worker that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorker {
    /// Random; its claims and armed letters will carry it.
    pub name: String,
    /// Machine and process, for people.
    pub place: String,
    /// So long without a beat, and it counts as gone.
    pub lease_seconds: i64,
}

/// A session of PostgreSQL in which a worker beats; it holds the worker's name as a session advisory
/// lock, which is gone with the connection.
#[derive(Debug)]
pub struct WorkerSession {
    session: PgConnection,
    holds_name: bool,
}

/// How long a session is asked whether it still answers.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

impl WorkerSession {
    /// Whether this session holds the name and still answers.
    pub async fn is_held(&mut self) -> bool {
        let answer = tokio::time::timeout(ANSWERS_WITHIN, self.session.ping()).await;
        self.holds_name && matches!(answer, Ok(Ok(())))
    }

    /// Beats once at `now` (real time, for people: others watch the counter), and takes the name if another session had it. False if there is no such worker any
    /// more: others took it for gone. No audit row: this is said every few seconds.
    pub async fn beat(&mut self, name: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        if !self.holds_name {
            self.holds_name = take_name(&mut self.session, name).await?;
        }
        let done = sqlx::query("UPDATE worker SET beat = beat + 1, beaten_at = $2 WHERE name = $1")
            .bind(name)
            .bind(now.timestamp_micros())
            .execute(&mut self.session)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

async fn take_name(session: &mut PgConnection, name: &str) -> Result<bool, StoreError> {
    let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended('treff worker ' || $1, 0))")
        .bind(name)
        .fetch_one(session)
        .await?;
    Ok(taken)
}

record! {
    /// A worker as `treff doctor` tells of it.
    pub struct WorkerAtWork {
        /// Random.
        pub name: String,
        /// Machine and process.
        pub place: String,
        /// Its last beat, by its own clock.
        pub beaten_at: DateTime<Utc>,
        /// So long without a beat, and it counts as gone.
        pub lease_seconds: i64,
        /// Letters that it has set aside to send; on SQLite only it knows that.
        pub claimed: i64,
        /// Letters that it is handing to the relay.
        pub armed: i64,
    }
}

/// Advisory locks of 64 bits stand in two halves (PostgreSQL's documentation, 53.13, `pg_locks`).
const WORKERS: Sql = Sql {
    sqlite: "SELECT name, place, beat, lease_seconds, TRUE FROM worker ORDER BY name",
    postgres: "SELECT w.name, w.place, w.beat, w.lease_seconds,
                      EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                              WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
                                AND d.datname = current_database()
                                AND ((l.classid::bigint << 32) | l.objid::bigint)
                                    = hashtextextended('treff worker ' || w.name, 0))
               FROM worker w ORDER BY w.name",
};

/// Keeps others from burying the worker before this transaction ends; its own beats go on. SQLite's one
/// writer needs no such lock, and its worker no row: it is not asked.
const STAND: Sql = Sql {
    sqlite: "SELECT name FROM worker WHERE name = $1",
    postgres: "SELECT name FROM worker WHERE name = $1 FOR KEY SHARE",
};

impl Store {
    /// Opens the session of the worker `name` and takes its name there: none if another session has it.
    /// Only on PostgreSQL; on SQLite the sending lock is a lock of the operating system.
    pub async fn try_lock_worker(&self, name: &str) -> Result<Option<WorkerSession>, StoreError> {
        let Some(opened) = self.open_worker_session(name).await? else { return Ok(None) };
        if opened.holds_name {
            return Ok(Some(opened));
        }
        opened.session.close().await?;
        Ok(None)
    }

    /// The same, whoever has the name: it is taken at a later beat. None on SQLite.
    pub async fn open_worker_session(&self, name: &str) -> Result<Option<WorkerSession>, StoreError> {
        let Db::Postgres(pool) = &self.db else { return Ok(None) };
        // Beside the pool: a beat waits for nobody's statement.
        let mut session = PgConnection::connect_with(&pool.connect_options()).await?;
        let holds_name = take_name(&mut session, name).await?;
        Ok(Some(WorkerSession { session, holds_name }))
    }

    /// Whether this database is PostgreSQL, where several workers may send.
    pub fn has_many_workers(&self) -> bool {
        self.db.is_postgres()
    }

    /// Enters a worker among those that live, at its first beat. One that is there already stays as it is.
    pub async fn register_worker(&self, now: DateTime<Utc>, worker: &NewWorker) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let done = tx
            .run(
                "INSERT INTO worker (name, place, started_at, beat, lease_seconds) VALUES ($1, $2, $3, 0, $4)
                 ON CONFLICT (name) DO NOTHING",
                args![&worker.name, &worker.place, now, worker.lease_seconds],
            )
            .await?;
        if done > 0 {
            tx.record_worker(now, "worker.registered", &worker.name).await?;
        }
        tx.commit().await
    }

    /// Every worker that has not said farewell and that none has buried, by name.
    pub async fn list_workers(&self) -> Result<Vec<WorkerRow>, StoreError> {
        Ok(self.db.all(WORKERS, vec![]).await?)
    }

    /// Every worker that has not said farewell, with what it holds, by name.
    pub async fn list_workers_at_work(&self) -> Result<Vec<WorkerAtWork>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT w.name, w.place, COALESCE(w.beaten_at, w.started_at), w.lease_seconds,
                        (SELECT COUNT(*) FROM delivery d
                         WHERE d.claimed_by = w.name AND d.state IN ('queued', 'deferred')),
                        (SELECT COUNT(*) FROM delivery d WHERE d.claimed_by = w.name AND d.state = 'attempting')
                 FROM worker w ORDER BY w.name",
                vec![],
            )
            .await?)
    }

    /// How many workers send from this database, this one included: at least one. One that is gone is
    /// counted until its lease is over.
    pub async fn count_living_workers(&self) -> Result<u64, StoreError> {
        let One(count): One<i64> = self.db.get("SELECT COUNT(*) FROM worker", vec![]).await?;
        Ok(u64::try_from(count).unwrap_or(1).max(1))
    }

    /// Every letter that is armed and not settled, by worker and key.
    pub async fn list_orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        Ok(self
            .db
            .all(
                "SELECT id, COALESCE(claimed_by, ''), COALESCE(boot, ''), attempts, message_id
                 FROM delivery WHERE state = 'attempting' ORDER BY claimed_by, id",
                vec![],
            )
            .await?)
    }

    /// The workers other than `who` that hold letters which are due in an edition, or any armed letter. On SQLite, where one
    /// process sends, what it has only claimed is nobody else's business and is not told.
    pub async fn list_holders(
        &self,
        who: &str,
        edition: EditionId,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let names: Vec<One<String>> = self
            .db
            .all(
                "SELECT claimed_by FROM delivery WHERE claimed_by <> $1 AND state = 'attempting'
                 UNION SELECT claimed_by FROM delivery
                 WHERE claimed_by <> $1 AND edition_id = $2 AND state IN ('queued', 'deferred')
                   AND next_attempt_at <= $3
                 ORDER BY claimed_by",
                args![who, edition, now],
            )
            .await?;
        Ok(names.into_iter().map(|One(name)| name).collect())
    }

    /// The names under which letters are claimed and unsent; on SQLite those of letters on their way are among them.
    pub async fn list_claimants(&self) -> Result<Vec<String>, StoreError> {
        if let Some(claims) = self.db.claims() {
            return Ok(claims.list_claimants());
        }
        let names: Vec<One<String>> = self
            .db
            .all(
                "SELECT DISTINCT claimed_by FROM delivery
                 WHERE claimed_by IS NOT NULL AND state IN ('queued', 'deferred') ORDER BY claimed_by",
                vec![],
            )
            .await?;
        Ok(names.into_iter().map(|One(name)| name).collect())
    }
}

impl Tx {
    /// Whether the worker stands among those that live; if so, none can bury it before this
    /// transaction ends. Always so on SQLite.
    pub async fn stands(&mut self, name: &str) -> Result<bool, StoreError> {
        if matches!(self, Tx::Sqlite(..)) {
            return Ok(true);
        }
        let found: Option<One<String>> = self.find(STAND, args![name]).await?;
        Ok(found.is_some())
    }

    /// Takes a worker out of those that live, if its beat is still the one that was seen (or whatever
    /// it is, with none given): it arms nothing any more, and what it was just arming is armed by now.
    pub async fn bury_worker(
        &mut self,
        now: DateTime<Utc>,
        name: &str,
        seen_beat: Option<i64>,
    ) -> Result<bool, StoreError> {
        let done = self
            .run("DELETE FROM worker WHERE name = $1 AND beat = COALESCE($2, beat)", args![name, seen_beat])
            .await?;
        if done > 0 {
            self.record_worker(now, "worker.removed", name).await?;
        }
        Ok(done > 0)
    }

    async fn record_worker(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        name: &str,
    ) -> Result<(), StoreError> {
        let change =
            Change { actor: "worker", action, subject: format!("worker:{name}"), ..Change::default() };
        self.record_change(now, change).await
    }
}
