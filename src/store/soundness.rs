//! Whether the database can be written, whether its file is whole, and whether another file holds a forum: what `doctor`
//! asks.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use super::db::{Db, Tx, args};
use super::error::StoreError;
use super::open::Store;

/// What is written to see whether it can be: more than what a few commits take.
const TRIED_BYTES: usize = 1 << 20;

/// Pages that the database holds in memory meanwhile: what is over goes to the disk before any commit.
const SMALL_CACHE: &str = "PRAGMA cache_size = 8";

/// Steps of the database between two looks at the time.
const STEPS: i32 = 10_000;

/// What a look through the whole file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wholeness {
    /// Nothing is wrong, or a server looks after that.
    Whole,
    /// It is too large for the time that was given.
    NotLookedThrough,
    /// What is wrong first.
    Damaged(String),
}

impl Store {
    /// Writes something on the disk under the database and takes it back.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        let tried = self.begin().await?.try_writing().await;
        if let (Ok(()), Db::Sqlite(pools)) = (&tried, &self.db) {
            // The next transaction gets a connection with the usual room in memory.
            pools.writer.acquire().await?.close().await?;
        }
        tried
    }

    /// Looks for damage in a SQLite file, for as long as `at_most`: it reads all of it.
    pub async fn check_whole(&self, at_most: Duration) -> Result<Wholeness, StoreError> {
        let Db::Sqlite(pools) = &self.db else { return Ok(Wholeness::Whole) };
        let mut connection = pools.readers.acquire().await?;
        let began = Instant::now();
        connection.lock_handle().await?.set_progress_handler(STEPS, move || began.elapsed() < at_most);
        let found =
            sqlx::query_scalar::<_, String>("PRAGMA quick_check(1)").fetch_all(&mut *connection).await;
        connection.close().await?;
        match found {
            Ok(lines) if lines.iter().all(|line| line == "ok") => Ok(Wholeness::Whole),
            Ok(lines) => Ok(Wholeness::Damaged(lines.join(" "))),
            Err(_) if began.elapsed() >= at_most => Ok(Wholeness::NotLookedThrough),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether a SQLite file that is not in use here holds a forum. Its tables stay as they are, and unless its last program
/// left a log beside it, nothing comes to lie there.
pub async fn has_forum(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let options =
        SqliteConnectOptions::new().filename(path).read_only(true).immutable(!Path::new(&log).exists());
    let Ok(mut connection) = SqliteConnection::connect_with(&options).await else { return false };
    let forums = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM forum").fetch_one(&mut connection).await;
    let closed = connection.close().await;
    closed.is_ok() && forums.is_ok_and(|number| number > 0)
}

impl Tx {
    async fn try_writing(mut self) -> Result<(), StoreError> {
        if matches!(self, Tx::Sqlite(..)) {
            self.run(SMALL_CACHE, args![]).await?;
        }
        self.run(
            "INSERT INTO wording (hash, text, first_given_at) VALUES ('tried', $1, 0)",
            args!["x".repeat(TRIED_BYTES)],
        )
        .await?;
        self.undo().await
    }
}
