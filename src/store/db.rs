//! The connections: a statement runs on whichever database this is, by itself or in a transaction. It hands on
//! what a [statement](super::statement) is made of, so that one `use` serves whoever asks the database.

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite, Transaction};

use super::bounded::bounded;
use super::claims::Claims;
use super::error::StoreError;
pub(super) use super::statement::{Arg, BATCH, One, Record, Sql, args, from_json, in_json_keys, record};
use super::statement::{postgres_args, sqlite_args};
use crate::ids::DeliveryId;

/// SQLite's connections. Each has a cache of pages that another's commit empties, so all writing goes over one,
/// whose cache stays warm; transactions also queue for it instead of polling for the file's lock.
#[derive(Debug, Clone)]
pub struct SqlitePools {
    /// For single queries.
    pub readers: SqlitePool,
    /// One connection: transactions and single writes.
    pub writer: SqlitePool,
    /// Which letters the one sender has set aside.
    pub claims: Claims,
}

/// The pools of either database.
#[derive(Debug, Clone)]
pub enum Db {
    /// The embedded default.
    Sqlite(SqlitePools),
    /// For several machines.
    Postgres(PgPool),
}

/// A transaction on either. Rolled back when dropped without [`Tx::commit`].
pub enum Tx {
    /// Begun IMMEDIATE: it holds the one writer's lock from the start. One that only reads holds nobody.
    Sqlite(Transaction<'static, Sqlite>, Claims),
    /// READ COMMITTED; one that only reads sees one instant.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// All rows of a query.
    pub async fn all<T: Record>(&self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<Vec<T>> {
        let sql = sql.into();
        match self {
            Db::Sqlite(pools) => {
                sqlx::query_as_with(sql.sqlite, sqlite_args(args)?).fetch_all(&pools.readers).await
            }
            Db::Postgres(pool) => {
                bounded(sqlx::query_as_with(sql.postgres, postgres_args(args)?).fetch_all(pool)).await
            }
        }
    }

    /// The first row of a query, if there is one.
    pub async fn find<T: Record>(&self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<Option<T>> {
        let sql = sql.into();
        match self {
            Db::Sqlite(pools) => {
                sqlx::query_as_with(sql.sqlite, sqlite_args(args)?).fetch_optional(&pools.readers).await
            }
            Db::Postgres(pool) => {
                bounded(sqlx::query_as_with(sql.postgres, postgres_args(args)?).fetch_optional(pool)).await
            }
        }
    }

    /// The first row of a query that must have one.
    pub async fn get<T: Record>(&self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<T> {
        self.find(sql, args).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Runs a statement; how many rows it changed.
    pub async fn run(&self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<u64> {
        let sql = sql.into();
        match self {
            Db::Sqlite(pools) => sqlx::query_with(sql.sqlite, sqlite_args(args)?)
                .execute(&pools.writer)
                .await
                .map(|done| done.rows_affected()),
            Db::Postgres(pool) => {
                let done = bounded(sqlx::query_with(sql.postgres, postgres_args(args)?).execute(pool)).await;
                done.map(|done| done.rows_affected())
            }
        }
    }

    /// Begins a transaction; on SQLite it takes the one writer's lock at once. What the driver does for that, connecting
    /// among it, takes sixty kilobytes: on the heap, for it would lie within everything that begins one.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite(pools) => {
                let tx = Box::pin(pools.writer.begin_with("BEGIN IMMEDIATE")).await?;
                Ok(Tx::Sqlite(tx, pools.claims.clone()))
            }
            Db::Postgres(pool) => bounded(Box::pin(pool.begin())).await.map(Tx::Postgres),
        }
    }

    /// Begins a transaction that only reads, and sees everything as it stood at one instant. Nobody waits for it, and it waits
    /// for nobody who writes.
    pub async fn begin_reading(&self) -> sqlx::Result<Tx> {
        match self {
            Db::Sqlite(pools) => {
                let tx = Box::pin(pools.readers.begin()).await?;
                Ok(Tx::Sqlite(tx, pools.claims.clone()))
            }
            Db::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                bounded(Box::pin(pool.begin_with(begin))).await.map(Tx::Postgres)
            }
        }
    }

    /// Whether it is PostgreSQL: for what is no statement (locks, checkpoints).
    pub fn is_postgres(&self) -> bool {
        matches!(self, Db::Postgres(_))
    }

    /// The claims, where rows do not tell them.
    pub fn claims(&self) -> Option<&Claims> {
        match self {
            Db::Sqlite(pools) => Some(&pools.claims),
            Db::Postgres(_) => None,
        }
    }
}

impl Tx {
    /// All rows of a query.
    pub async fn all<T: Record>(&mut self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<Vec<T>> {
        let sql = sql.into();
        match self {
            Tx::Sqlite(tx, _) => {
                sqlx::query_as_with(sql.sqlite, sqlite_args(args)?).fetch_all(&mut **tx).await
            }
            Tx::Postgres(tx) => {
                bounded(sqlx::query_as_with(sql.postgres, postgres_args(args)?).fetch_all(&mut **tx)).await
            }
        }
    }

    /// The first row of a query, if there is one.
    pub async fn find<T: Record>(&mut self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<Option<T>> {
        let sql = sql.into();
        match self {
            Tx::Sqlite(tx, _) => {
                sqlx::query_as_with(sql.sqlite, sqlite_args(args)?).fetch_optional(&mut **tx).await
            }
            Tx::Postgres(tx) => {
                bounded(sqlx::query_as_with(sql.postgres, postgres_args(args)?).fetch_optional(&mut **tx))
                    .await
            }
        }
    }

    /// The first row of a query that must have one.
    pub async fn get<T: Record>(&mut self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<T> {
        self.find(sql, args).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Runs a statement; how many rows it changed.
    pub async fn run(&mut self, sql: impl Into<Sql>, args: Vec<Arg>) -> sqlx::Result<u64> {
        let sql = sql.into();
        match self {
            Tx::Sqlite(tx, _) => sqlx::query_with(sql.sqlite, sqlite_args(args)?)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Tx::Postgres(tx) => {
                let query = sqlx::query_with(sql.postgres, postgres_args(args)?);
                bounded(query.execute(&mut **tx)).await.map(|done| done.rows_affected())
            }
        }
    }

    /// The claims, where rows do not tell them.
    pub fn claims(&self) -> Option<&Claims> {
        match self {
            Tx::Sqlite(_, claims) => Some(claims),
            Tx::Postgres(_) => None,
        }
    }

    /// Letters that are settled or put off are nobody's any more.
    pub(super) fn end_claims(&self, letters: impl Iterator<Item = DeliveryId>) {
        if let Some(claims) = self.claims() {
            claims.end(letters);
        }
    }

    /// Undoes all of it before anything else happens; when merely dropped, a task of the driver's does it a moment later.
    pub async fn undo(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx, _) => tx.rollback().await?,
            Tx::Postgres(tx) => bounded(tx.rollback()).await?,
        }
        Ok(())
    }

    /// Makes all of it durable, or undoes it at once if it was refused: nobody waits for what changed nothing. Why it was
    /// refused is told, whether undoing works or not.
    pub async fn close<T, E: From<StoreError>>(self, done: Result<T, E>) -> Result<T, E> {
        match done {
            Ok(done) => {
                self.commit().await?;
                Ok(done)
            }
            Err(refused) => {
                let _ = self.undo().await;
                Err(refused)
            }
        }
    }

    /// Makes all of it durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx, _) => tx.commit().await?,
            Tx::Postgres(tx) => bounded(tx.commit()).await?,
        }
        Ok(())
    }
}
