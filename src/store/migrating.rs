//! Bringing a database's tables up to date: the embedded migrations, which of them are missing, and that one program
//! alone runs those. No other statement of the house comes in here.

use std::borrow::Cow;

use rust_embed::RustEmbed;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection as _, PgConnection, SqlSafeStr as _};

use super::db::Db;
use super::error::StoreError;

#[derive(RustEmbed)]
#[folder = "migrations/sqlite"]
struct SqliteMigrations;

#[derive(RustEmbed)]
#[folder = "migrations/postgres"]
struct PostgresMigrations;

/// The driver's table of those that ran.
pub(super) const RAN: &str = "_sqlx_migrations";

/// How a database's tables stand to the migrations that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// None ran.
    Empty,
    /// Some are missing.
    Older {
        /// The last that ran.
        from: i64,
        /// The last that is known.
        to: i64,
    },
    /// All ran.
    Current,
}

/// How the tables stand; they are only looked at.
pub(super) async fn look_at_tables(db: &Db, place: &str) -> Result<Standing, StoreError> {
    let found = match db {
        Db::Sqlite(pools) => {
            judge(&mut *pools.writer.acquire().await?, &migrations::<SqliteMigrations>()).await
        }
        Db::Postgres(pool) => judge(&mut *pool.acquire().await?, &migrations::<PostgresMigrations>()).await,
    };
    found.map_err(|error| match error {
        MigrateError::Execute(error) => StoreError::Database(error),
        error => StoreError::of_migration(place, error),
    })
}

/// Brings the tables up to date. Whoever may only read works with those to which nothing is missing; what fails on the way
/// changes nothing.
pub(super) async fn bring_up_to_date(db: &Db, place: &str) -> Result<(), StoreError> {
    let done = match db {
        Db::Sqlite(pools) => bring_sqlite_up_to_date(&pools.writer, place).await,
        Db::Postgres(pool) => bring_postgres_up_to_date(pool, place).await,
    };
    done.map_err(|error| StoreError::of_migration(place, error))
}

/// The driver locks nothing on SQLite: the file's own lock is taken before it is looked what is missing, and kept until all
/// of it stands.
async fn bring_sqlite_up_to_date(writer: &SqlitePool, place: &str) -> Result<(), MigrateError> {
    let migrator = migrations::<SqliteMigrations>();
    let mut connection = writer.acquire().await?;
    if is_current(&mut *connection, &migrator).await? {
        return Ok(());
    }
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let before = run_missing(&mut *tx, &migrator).await?;
    tx.commit().await?;
    tell(place, before, &migrator);
    Ok(())
}

/// Under the driver's advisory lock, which the session holds until what the transaction did can be seen.
async fn bring_postgres_up_to_date(pool: &PgPool, place: &str) -> Result<(), MigrateError> {
    let migrator = migrations::<PostgresMigrations>();
    let mut connection = pool.acquire().await?;
    if is_current(&mut *connection, &migrator).await? {
        return Ok(());
    }
    connection.lock().await?;
    let ended = run_in_one_transaction(&mut connection, &migrator).await;
    let unlocked = connection.unlock().await;
    tell(place, ended?, &migrator);
    unlocked
}

/// Each migration is a savepoint in it.
async fn run_in_one_transaction(
    connection: &mut PgConnection,
    migrator: &Migrator,
) -> Result<Option<i64>, MigrateError> {
    let mut tx = connection.begin().await?;
    let before = run_missing(&mut *tx, migrator).await?;
    tx.commit().await?;
    Ok(before)
}

/// Keeps every other program from making tables in this database, for as long as the session lasts.
pub(super) async fn lock_tables(session: &mut PgConnection) -> Result<(), MigrateError> {
    session.lock().await
}

/// Makes the tables in an empty database, within the transaction of whoever has [locked](lock_tables) them.
pub(super) async fn make_tables(tx: &mut PgConnection) -> Result<(), MigrateError> {
    run_missing(tx, &migrations::<PostgresMigrations>()).await.map(drop)
}

/// Compares those that ran with those that are known, with no right but to read. One that is unknown is an error, and one
/// that was another.
async fn judge<C: Migrate>(connection: &mut C, migrator: &Migrator) -> Result<Standing, MigrateError> {
    let ran = match connection.list_applied_migrations(RAN).await {
        Err(MigrateError::Execute(error)) if is_no_such_table(&error) => return Ok(Standing::Empty),
        listed => listed?,
    };
    let find = |ran: &AppliedMigration| migrator.iter().find(|known| known.version == ran.version);
    if let Some(newer) = ran.iter().find(|ran| find(ran).is_none()) {
        return Err(MigrateError::VersionMissing(newer.version));
    }
    if let Some(other) = ran.iter().find(|ran| find(ran).is_some_and(|known| known.checksum != ran.checksum))
    {
        return Err(MigrateError::VersionMismatch(other.version));
    }
    Ok(match (ran.last(), migrator.iter().last()) {
        (Some(from), Some(to)) if ran.len() < migrator.iter().len() => {
            Standing::Older { from: from.version, to: to.version }
        }
        (Some(_), _) => Standing::Current,
        (None, _) => Standing::Empty,
    })
}

/// PostgreSQL's undefined_table. SQLite has no code for it: its file was looked at before ([`Store`](super::Store)).
fn is_no_such_table(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().as_deref() == Some("42P01"))
}

/// Whether nothing is missing. Where the list of those that ran cannot be read, running them says why it cannot.
async fn is_current<C: Migrate>(connection: &mut C, migrator: &Migrator) -> Result<bool, MigrateError> {
    match judge(connection, migrator).await {
        Err(MigrateError::Execute(_)) => Ok(false),
        judged => Ok(judged? == Standing::Current),
    }
}

/// Runs those that are missing; the version that the tables had before. None if there were no tables, or if another program
/// was first. Whoever calls it holds the lock.
async fn run_missing<C: Migrate>(
    connection: &mut C,
    migrator: &Migrator,
) -> Result<Option<i64>, MigrateError> {
    connection.ensure_migrations_table(RAN).await?;
    let ran = connection.list_applied_migrations(RAN).await?;
    migrator.run_direct(None, connection, false).await?;
    Ok(ran.last().map(|last| last.version).filter(|_| ran.len() < migrator.iter().len()))
}

/// Says that an older program is shut out from now on.
fn tell(place: &str, before: Option<i64>, migrator: &Migrator) {
    if let (Some(from), Some(to)) = (before, migrator.iter().last().map(|last| last.version)) {
        tracing::warn!(
            "the tables of {place} were brought from {from} to {to}: an older treff no longer opens them"
        );
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
    Migrator { migrations: Cow::Owned(list), locking: false, ..Migrator::DEFAULT }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Barrier;

    use sqlx::SqliteConnection;
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};

    use super::*;
    use crate::store::Store;

    /// What a program knew that had only the first migrations.
    fn first_migrations(number: usize) -> Migrator {
        let list = migrations::<SqliteMigrations>().iter().take(number).cloned().collect();
        Migrator { migrations: Cow::Owned(list), ..Migrator::DEFAULT }
    }

    /// Makes a file as a program left it that had only the first migrations.
    async fn make_old(path: &Path, number: usize) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        run_missing(&mut connection, &first_migrations(number)).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Opens it in so many threads at the same moment.
    fn open_at_once(url: &str, programs: usize) -> Vec<Result<(), StoreError>> {
        let begin = Barrier::new(programs);
        let open = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            begin.wait();
            runtime.block_on(async {
                let store = Store::open(url, false).await?;
                store.close().await;
                Ok::<_, StoreError>(())
            })
        };
        std::thread::scope(|scope| {
            let opening: Vec<_> = (0..programs).map(|_| scope.spawn(open)).collect();
            opening.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[tokio::test]
    async fn programs_that_open_an_old_database_at_once_bring_it_up_to_date_once() {
        let folder = tempfile::tempdir().unwrap();
        let known = migrations::<SqliteMigrations>();
        for older_by in 1..=4 {
            let path = folder.path().join(format!("{older_by}.db"));
            make_old(&path, known.iter().len() - older_by).await;
            for opened in open_at_once(&format!("sqlite://{}", path.display()), 8) {
                opened.unwrap();
            }
            let options = SqliteConnectOptions::new().filename(&path);
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            assert!(is_current(&mut connection, &known).await.unwrap());
            connection.close().await.unwrap();
        }
    }

    #[tokio::test]
    async fn only_who_brings_older_tables_up_to_date_learns_what_they_were() {
        let (known, older) = (migrations::<SqliteMigrations>(), first_migrations(3));
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        assert!(!is_current(&mut connection, &known).await.unwrap(), "there are no tables");
        assert_eq!(run_missing(&mut connection, &older).await.unwrap(), None, "there was nothing older");
        assert!(is_current(&mut connection, &older).await.unwrap());
        assert!(!is_current(&mut connection, &known).await.unwrap());
        assert_eq!(run_missing(&mut connection, &known).await.unwrap(), Some(3));
        assert_eq!(run_missing(&mut connection, &known).await.unwrap(), None, "another was first");
    }

    #[tokio::test]
    async fn what_fails_on_the_way_leaves_the_tables_to_the_program_that_made_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("treff.db");
        let older = first_migrations(3);
        make_old(&path, 3).await;
        let options = SqliteConnectOptions::new().filename(&path);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        // In the way of a migration after the fourth.
        sqlx::query("CREATE TABLE former_times (a)").execute(&mut connection).await.unwrap();
        let url = format!("sqlite://{}", path.display());
        let failed = Store::open(&url, false).await.unwrap_err();
        assert!(
            matches!(&failed, StoreError::Migration { place, .. } if Path::new(place) == path),
            "{failed}"
        );
        assert!(is_current(&mut connection, &older).await.unwrap());
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn what_was_held_let_go_moved_or_given_a_file_before_is_known_from_the_log() {
        let known = migrations::<SqliteMigrations>();
        let before = known.iter().filter(|migration| migration.version < 52).count();
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        run_missing(&mut connection, &first_migrations(before)).await.unwrap();
        let items = "INSERT INTO item (id, public_id, slug, version, release_at, created_at)
             VALUES (1, 'a', 'sluppet', 1, 0, 0), (2, 'b', 'flyttet', 1, 0, 0), (3, 'c', 'vedlagt', 1, 0, 0), (4, 'd', 'uendret', 1, 0, 0)";
        let log = "INSERT INTO change (changed_at, actor, action, subject)
             VALUES (20, 'x', 'item.let_go', 'item:sluppet'), (10, 'x', 'item.held', 'item:sluppet'),
                    (90, 'x', 'item.withdrawn', 'item:sluppet'), (30, 'x', 'item.moved', 'item:flyttet'),
                    (40, 'x', 'item.attached', 'item:vedlagt'), (95, 'x', 'item.added', 'item:uendret'),
                    (99, 'x', 'item.held', 'item:borte')";
        for rows in [items, log] {
            sqlx::query(rows).execute(&mut connection).await.unwrap();
        }
        run_missing(&mut connection, &known).await.unwrap();
        let filled: Vec<(String, Option<i64>)> =
            sqlx::query_as("SELECT slug, changed_at FROM item ORDER BY id")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let expected =
            [("sluppet", Some(20)), ("flyttet", Some(30)), ("vedlagt", Some(40)), ("uendret", None)];
        assert_eq!(filled, expected.map(|(slug, at)| (slug.to_owned(), at)));
    }
}
