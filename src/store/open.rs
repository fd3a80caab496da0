//! Opening a database and bringing its tables up to date.

use std::borrow::Cow;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use rust_embed::RustEmbed;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, SqlSafeStr as _, SqliteConnection};

use super::claims::Claims;
use super::db::{Db, SqlitePools, Tx};
use super::error::StoreError;

/// One forum's database.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) db: Db,
}

#[derive(RustEmbed)]
#[folder = "migrations/sqlite"]
struct SqliteMigrations;

#[derive(RustEmbed)]
#[folder = "migrations/postgres"]
struct PostgresMigrations;

/// What of the driver's events is worth telling: not every statement that takes its time.
pub const LOG_FILTER: &str = "sqlx::query=error";

/// Of SQLite's writing connection, filled as used; negative counts KiB. What sending touches of a large edition
/// stays in it.
const WRITER_CACHE: &str = "-16384";

/// Rows that SQLite's thread reads ahead of who takes them, as many as a claim of letters has: fewer hops between threads.
const ROWS_AHEAD: usize = 200;

/// How many connections each process holds at most.
const CONNECTIONS: u32 = 8;

impl Store {
    /// Opens the database at `url` (`sqlite://PATH` or `postgres://...`) and brings its tables up
    /// to date. A SQLite file that is not there is an error unless `create`.
    pub async fn open(url: &str, create: bool) -> Result<Store, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Store::open_sqlite(path, create).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = with_bounds(PgConnectOptions::from_str(url)?);
            // Once by itself: a pool would try again for as long as it may and then tell no cause.
            try_postgres(&options).await?;
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(Duration::from_secs(30))
                .connect_with(options)
                .await?;
            migrations::<PostgresMigrations>().run(&pool).await?;
            Ok(Store { db: Db::Postgres(pool) })
        } else {
            Err(StoreError::Url(url.to_owned()))
        }
    }

    async fn open_sqlite(path: &str, create: bool) -> Result<Store, StoreError> {
        if !create && !Path::new(path).exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        check_owner(path, create).await?;
        if create {
            make_private(path);
        }
        let options = SqliteConnectOptions::from_str("sqlite://")?
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(60))
            .row_buffer_size(ROWS_AHEAD)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY");
        // Nobody is at the other end who could have hung up: a ping would only cost two hops between threads.
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(90))
                .test_before_acquire(false)
        };
        // A full or failing disk makes SQLite end a transaction by itself. The driver goes on counting it, and no other
        // could begin on that connection: it is closed, and a new one opened.
        let writer = pool(1)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone().pragma("cache_size", WRITER_CACHE))
            .await?;
        migrations::<SqliteMigrations>().run(&writer).await?;
        let readers = pool(CONNECTIONS).connect_with(options).await?;
        Ok(Store { db: Db::Sqlite(SqlitePools { readers, writer, claims: Claims::default() }) })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.db.begin().await?)
    }

    /// Closes every connection; SQLite folds its WAL into the file.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// What the server itself ends: a transaction whose process hangs, so that it keeps no lock from others, and
/// the session of a machine that is gone. And it compiles no statement: ours are short, and compiling one takes longer
/// than it does. What the URL says of these settings stands.
const BOUNDS: [(&str, &str); 5] = [
    ("jit", "off"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

fn with_bounds(options: PgConnectOptions) -> PgConnectOptions {
    let said = options.get_options().unwrap_or_default().to_owned();
    options.options(BOUNDS.into_iter().filter(|(name, _)| !said.contains(name)))
}

/// Opens one connection and closes it.
async fn try_postgres(options: &PgConnectOptions) -> Result<(), StoreError> {
    let unreachable = |source| StoreError::Unreachable {
        place: format!(
            "{} on {}:{}",
            options.get_database().unwrap_or("(no name)"),
            options.get_host(),
            options.get_port()
        ),
        source,
    };
    let connection = PgConnection::connect_with(options).await.map_err(unreachable)?;
    Ok(connection.close().await?)
}

/// Makes an empty file for its owner's eyes only, for it holds the signing keys and everybody's data; SQLite's files beside
/// it take its mode. One that is there stays as it is. What keeps it from being made, opening it tells.
fn make_private(path: &str) {
    let _ = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path);
}

/// Whether a SQLite file is ours before it is touched: a file without tables is no database yet. What cannot be looked at
/// is opened, which says why it cannot be.
async fn check_owner(path: &str, create: bool) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return Ok(()) };
    let tables = sqlx::query_scalar::<_, String>("SELECT name FROM sqlite_master WHERE type = 'table'");
    let tables = tables.fetch_all(&mut connection).await;
    connection.close().await?;
    match tables {
        Ok(tables) if tables.is_empty() && !create => Err(StoreError::Missing(path.to_owned())),
        Ok(tables) if !(tables.is_empty() || tables.iter().any(|name| name == "_sqlx_migrations")) => {
            Err(StoreError::Foreign(path.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The embedded migrations, `NNNN_name.sql`, in the order of their numbers.
fn migrations<Files: RustEmbed>() -> Migrator {
    let mut list: Vec<Migration> = Files::iter()
        .filter_map(|name| {
            let (version, description) = name.strip_suffix(".sql")?.split_once('_')?;
            let sql = String::from_utf8(Files::get(&name)?.data.into_owned()).ok()?;
            Some(Migration::new(
                version.parse().ok()?,
                Cow::Owned(description.replace('_', " ")),
                MigrationType::Simple,
                sqlx::AssertSqlSafe(sql).into_sql_str(),
                false,
            ))
        })
        .collect();
    list.sort_by_key(|m| m.version);
    Migrator { migrations: Cow::Owned(list), ..Migrator::DEFAULT }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DeliveryId;
    use crate::store::DiskFailure;
    use crate::store::db::{One, args};

    const KEEP_WORDING: &str = "INSERT INTO wording (hash, text, first_given_at) VALUES ($1, $2, 0)";

    #[tokio::test]
    async fn a_full_disk_fails_one_transaction_and_none_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        let store = Store::open(&url, true).await.unwrap();
        let claims = store.db.claims().unwrap();
        claims.take("sender", chrono::DateTime::UNIX_EPOCH, [DeliveryId(1)].into_iter());
        let mut tx = store.begin().await.unwrap();
        // Not one page more, on this connection alone.
        tx.run("PRAGMA max_page_count = 1", args![]).await.unwrap();
        let full = tx.run(KEEP_WORDING, args!["a", "x".repeat(1 << 20)]).await.unwrap_err();
        assert_eq!(DiskFailure::of(&full), Some(DiskFailure::Disk));
        drop(tx);
        let mut next = store.begin().await.expect("another transaction begins");
        next.run(KEEP_WORDING, args!["b", "x".repeat(1 << 20)]).await.unwrap();
        next.commit().await.unwrap();
        assert_eq!(claims.list_claimants(), ["sender"], "what is set aside is no connection's");
        store.close().await;
    }

    #[tokio::test]
    async fn a_transaction_that_is_merely_dropped_keeps_its_connection() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        let store = Store::open(&url, true).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.run("PRAGMA cache_size = 4321", args![]).await.unwrap();
        drop(tx);
        let mut next = store.begin().await.unwrap();
        let One(pages): One<i64> = next.get("PRAGMA cache_size", args![]).await.unwrap();
        assert_eq!(pages, 4321, "a warm cache is not thrown away");
    }
}
