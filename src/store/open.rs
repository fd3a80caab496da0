//! Opening a database.

use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use super::claims::Claims;
use super::db::{Db, SqlitePools, Tx};
use super::error::{Hindrance, StoreError};
use super::migrating::{Standing, bring_up_to_date, look_at_tables};

/// One forum's database.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) db: Db,
}

/// What [`Store::look`] finds.
#[derive(Debug)]
pub enum Found {
    /// A database whose tables are those of this program.
    Current(Store),
    /// One whose tables an older program made: the last migration that ran, and the last that is known here.
    Older {
        /// The version that they have.
        from: i64,
        /// The version to which [`Store::open`] brings them.
        to: i64,
    },
}

/// What of the driver's events is worth telling: not every statement that takes its time.
pub const LOG_FILTER: &str = "sqlx::query=error";

/// Of SQLite's writing connection, filled as used; negative counts KiB. What sending touches of a large edition
/// stays in it.
const WRITER_CACHE: &str = "-16384";

/// Rows that SQLite's thread reads ahead of who takes them, as many as a claim of letters has: fewer hops between threads.
const ROWS_AHEAD: usize = 200;

/// How many connections each process holds at most.
const CONNECTIONS: u32 = 8;

/// So long a connection to a SQLite file waits for what another holds.
const WAITS_AT_MOST: Duration = Duration::from_secs(60);

/// Where SQLite does not wait by itself, it is tried again after this.
const TRIES_AGAIN_AFTER: Duration = Duration::from_millis(20);

impl Store {
    /// Opens the database at `url` (`sqlite://PATH` or `postgres://...`) and brings its tables up
    /// to date, which is told if an older program made them. A SQLite file that is not there is an error unless `create`.
    pub async fn open(url: &str, create: bool) -> Result<Store, StoreError> {
        let store = Box::pin(Store::connect(url, create)).await?;
        Box::pin(bring_up_to_date(&store.db, &place_of(url))).await?;
        Ok(store)
    }

    /// Looks at the database at `url` and leaves its tables as they are: one whose tables are older is told, not opened.
    pub async fn look(url: &str) -> Result<Found, StoreError> {
        let (store, place) = (Box::pin(Store::connect(url, false)).await?, place_of(url));
        match look_at_tables(&store.db, &place).await? {
            Standing::Current => Ok(Found::Current(store)),
            Standing::Older { from, to } => {
                store.close().await;
                Ok(Found::Older { from, to })
            }
            Standing::Empty => Err(StoreError::Empty(place)),
        }
    }

    async fn connect(url: &str, create: bool) -> Result<Store, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Store::connect_sqlite(path, create).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = with_bounds(PgConnectOptions::from_str(url)?);
            // Once by itself: a pool would try again for as long as it may and then tell no cause.
            try_postgres(&options).await?;
            let pool = PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(Duration::from_secs(30))
                .connect_with(options)
                .await?;
            Ok(Store { db: Db::Postgres(pool) })
        } else {
            Err(StoreError::Url(url.to_owned()))
        }
    }

    async fn connect_sqlite(path: &str, create: bool) -> Result<Store, StoreError> {
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
            .busy_timeout(WAITS_AT_MOST)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY");
        let writer = connect_writer(&options.clone().pragma("cache_size", WRITER_CACHE)).await?;
        let readers = sqlite_pool(CONNECTIONS).connect_lazy_with(options);
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

/// Nobody is at the other end of a SQLite connection who could have hung up: a ping would only cost two hops between threads.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(90))
        .test_before_acquire(false)
}

/// The one connection that writes. While one program sets the journal's mode of a new file, SQLite refuses another that
/// would set it too, without waiting: that one tries again, and finds it set.
async fn connect_writer(options: &SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    let began = Instant::now();
    loop {
        // A full or failing disk makes SQLite end a transaction by itself. The driver goes on counting it, and no other
        // could begin on that connection: it is closed, and a new one opened.
        let connected = sqlite_pool(1)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await;
        match connected {
            Err(error)
                if Hindrance::of(&error) == Some(Hindrance::Busy) && began.elapsed() < WAITS_AT_MOST =>
            {
                tokio::time::sleep(TRIES_AGAIN_AFTER).await;
            }
            connected => return connected,
        }
    }
}

/// What a database is called where people read it: the path of its file, or its name, host and port; never a password.
pub fn place_of(url: &str) -> String {
    match url.strip_prefix("sqlite://") {
        Some(path) => path.to_owned(),
        None => PgConnectOptions::from_str(url)
            .map_or_else(|_| "on PostgreSQL".to_owned(), |options| place_on_server(&options)),
    }
}

fn place_on_server(options: &PgConnectOptions) -> String {
    let name = options.get_database().unwrap_or("(no name)");
    format!("{name} on {}:{}", options.get_host(), options.get_port())
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

pub(super) fn with_bounds(options: PgConnectOptions) -> PgConnectOptions {
    let said = options.get_options().unwrap_or_default().to_owned();
    options.options(BOUNDS.into_iter().filter(|(name, _)| !said.contains(name)))
}

/// Opens one connection and closes it.
async fn try_postgres(options: &PgConnectOptions) -> Result<(), StoreError> {
    let unreachable = |source| StoreError::Unreachable { place: place_on_server(options), source };
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
    async fn what_is_refused_is_undone_and_told_and_what_is_done_stays() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("treff.db").display());
        let store = Store::open(&url, true).await.unwrap();
        for (hash, done) in [("refused", Err(StoreError::Empty("it".to_owned()))), ("done", Ok(7))] {
            let mut tx = store.begin().await.unwrap();
            tx.run(KEEP_WORDING, args![hash, "text"]).await.unwrap();
            match tx.close(done).await {
                Ok(answer) => assert_eq!((hash, answer), ("done", 7)),
                Err(refusal) => assert!(matches!(refusal, StoreError::Empty(_)), "{refusal}"),
            }
        }
        let kept = "SELECT hash FROM wording WHERE hash IN ('refused', 'done')";
        let kept: Vec<One<String>> = store.db.all(kept, args![]).await.unwrap();
        assert_eq!(kept.into_iter().map(|One(hash)| hash).collect::<Vec<_>>(), ["done"]);
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
