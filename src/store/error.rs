//! What a store function can fail with, and what is to blame under the database.

use sqlx::migrate::MigrateError;

/// What a store function can fail with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// PostgreSQL did not answer, or has no such database.
    #[error(
        "the PostgreSQL database {place} cannot be opened: {source}; \
         start the server, create the database, or mend database_url"
    )]
    Unreachable {
        /// Host, port and name.
        place: String,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("the tables of {place} could not be brought up to date: {source}")]
    Migration {
        /// Which database.
        place: String,
        /// What the driver said.
        source: MigrateError,
    },
    /// A later version of the program made the tables.
    #[error(
        "a newer treff made the database {place} (its tables are of version {version}, which is unknown here); run that \
         one, or restore a backup from before it"
    )]
    Newer {
        /// Which database.
        place: String,
        /// The number of the migration that is unknown.
        version: i64,
    },
    /// Between two releases a migration was another than it came to be.
    #[error(
        "the database {place} was made by a program that was never released (its tables of version {version} are \
         others than here); {remedy}",
        remedy = REMEDY_IF_UNRELEASED
    )]
    Unreleased {
        /// Which database.
        place: String,
        /// The number of the migration that differs.
        version: i64,
    },
    /// The server holds the database, and no tables in it.
    #[error("the database {0} has no tables yet; make them with treff init")]
    Empty(String),
    /// The file holds another program's tables.
    #[error("{0} is another program's database; correct database_url")]
    Foreign(String),
    /// The URL names no known database.
    #[error("\"{0}\" is no database URL; write sqlite://PATH or postgres://USER@HOST/NAME")]
    Url(String),
    /// The database is not there.
    #[error("there is no database at {0}; create it with treff init")]
    Missing(String),
    /// A stored value is not what its column promises.
    #[error("a stored {what} cannot be read: {value}")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// What stood there.
        value: String,
    },
    /// A stored JSON value could not be written or read.
    #[error("a stored list cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// What to do where tables cannot be brought up to date, and neither the disk nor a missing right is to blame.
pub const REMEDY_FOR_TABLES: &str =
    "run the treff that made them, or restore the backup from before this version";

/// What to do where a program that was never released made the tables: each of its backups holds the same.
pub const REMEDY_IF_UNRELEASED: &str = "no backup of it helps: with the program that made it write down what is needed \
     (treff forum show, treff people list, treff seat list, treff item list, treff item export), move it aside and begin anew \
     with treff init";

impl StoreError {
    /// What the driver said of the tables of the database at `place`.
    pub(super) fn of_migration(place: &str, error: MigrateError) -> StoreError {
        let place = place.to_owned();
        match error {
            MigrateError::VersionMissing(version) => StoreError::Newer { place, version },
            MigrateError::VersionMismatch(version) => StoreError::Unreleased { place, version },
            // The way to the database is to blame, not its tables.
            MigrateError::Execute(source) if source.as_database_error().is_none() => {
                StoreError::Database(source)
            }
            source => StoreError::Migration { place, source },
        }
    }

    /// Whether the same transaction may succeed if it is tried again: it met another one
    /// (PostgreSQL: deadlock or serialisation; SQLite: busy).
    pub fn is_collision(&self) -> bool {
        let StoreError::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("40P01" | "40001" | "5" | "517"))
    }
}

/// What is wrong with the file or the disk under the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskFailure {
    /// It may not be written or opened.
    NoRight,
    /// The disk is full, or fails.
    Disk,
    /// It is no database, or not a whole one.
    Damaged,
}

impl DiskFailure {
    /// Whether an error says that the disk under the database is to blame. SQLite tells PERM, READONLY, IOERR, CORRUPT,
    /// FULL, CANTOPEN and NOTADB in the lowest byte of its code; PostgreSQL disk_full and io_error.
    pub fn of(cause: &(dyn std::error::Error + 'static)) -> Option<DiskFailure> {
        let Some(sqlx::Error::Database(error)) = cause.downcast_ref() else { return None };
        match error.code().as_deref() {
            Some("53100" | "58030") => Some(DiskFailure::Disk),
            Some(code) => match code.parse::<u32>().ok()? & 0xff {
                3 | 8 | 14 => Some(DiskFailure::NoRight),
                10 | 13 => Some(DiskFailure::Disk),
                11 | 26 => Some(DiskFailure::Damaged),
                _ => None,
            },
            None => None,
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            DiskFailure::NoRight => {
                "let the user that runs treff write it and its folder, on a disk that is not read-only and has room"
            }
            DiskFailure::Disk => "make room on its disk or mend it",
            DiskFailure::Damaged => {
                "mend its disk if that fails, restore it from a backup, or correct database_url if it is another file"
            }
        }
    }
}

/// Why a database that is whole does not take what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// Something else is writing.
    Busy,
    /// The server is read-only, or the user has no right.
    NotAllowed,
}

impl Hindrance {
    /// Whether an error says so. SQLite tells BUSY and LOCKED in the lowest byte of its code; PostgreSQL
    /// serialization_failure, deadlock_detected, lock_not_available, read_only_sql_transaction and insufficient_privilege.
    pub fn of(cause: &(dyn std::error::Error + 'static)) -> Option<Hindrance> {
        let Some(sqlx::Error::Database(error)) = cause.downcast_ref() else { return None };
        match error.code().as_deref()? {
            "40001" | "40P01" | "55P03" => Some(Hindrance::Busy),
            "25006" | "42501" => Some(Hindrance::NotAllowed),
            // PostgreSQL's have five characters, SQLite's fewer.
            code if code.len() < 5 => {
                matches!(code.parse::<u32>().ok()? & 0xff, 5 | 6).then_some(Hindrance::Busy)
            }
            _ => None,
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Hindrance::Busy => {
                "something else is writing to it: try again, and find out what it is if that lasts"
            }
            Hindrance::NotAllowed => {
                "name a server that can be written, not a read-only copy, and a user to whom the tables belong and who \
                 may make more of them (the database's owner, or GRANT CREATE ON SCHEMA public)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::*;

    #[tokio::test]
    async fn a_database_that_something_else_writes_is_neither_broken_nor_without_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("treff.db").display());
        let mut one = SqliteConnection::connect(&url).await.unwrap();
        let mut two = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query("PRAGMA busy_timeout = 0").execute(&mut two).await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut one).await.unwrap();
        let busy = sqlx::query("BEGIN IMMEDIATE").execute(&mut two).await.unwrap_err();
        assert_eq!((Hindrance::of(&busy), DiskFailure::of(&busy)), (Some(Hindrance::Busy), None));
    }
}
