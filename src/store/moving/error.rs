//! Why a forum could not be copied. What the target's driver said stands in these as text: whoever looks through the causes of
//! an error for what is wrong with the forum's own database must not come upon another's.

use sqlx::migrate::MigrateError;

use crate::store::error::{DiskFailure, Hindrance, StoreError};

/// Why a forum could not be copied. The target is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Nothing is copied from PostgreSQL.
    #[error("the forum is on PostgreSQL already; a copy of it is pg_dump's to make")]
    OnPostgres,
    /// The target's address is none. It is not told again, for it may hold a password.
    #[error("--to is no address of a PostgreSQL database; write postgres://USER@HOST/NAME")]
    Url,
    /// The target does not answer, or lets nobody in.
    #[error(
        "the PostgreSQL database {place} cannot be opened: {why}; start the server, create the database \
         (createdb --owner USER NAME), or correct --to"
    )]
    Unreachable {
        /// Its name, host and port.
        place: String,
        /// What the driver said.
        why: String,
    },
    /// The target cannot hold every letter.
    #[error(
        "the database {place} is encoded in {encoding}, which has not every letter; create another with \
         createdb --encoding UTF8 --template template0, and name that"
    )]
    Encoding {
        /// Its name, host and port.
        place: String,
        /// As PostgreSQL calls it.
        encoding: String,
    },
    /// Something is in the target already: an earlier copy, another forum, another program's tables.
    #[error(
        "the database {place} is not empty, it has {}; nothing was copied. Name an empty one, such as createdb makes, \
         or drop this one first if nobody needs it", .holds.join(", ")
    )]
    NotEmpty {
        /// Its name, host and port.
        place: String,
        /// Some of its tables and views, with their schema.
        holds: Vec<String>,
    },
    /// The two dialects' tables are not alike.
    #[error("{0}; nothing was copied. Restore the database from a backup, or report this")]
    Unlike(String),
    /// A value has no place in its column there.
    #[error(
        "{column} in the table {table} holds {what} where {key}; nothing was copied. Mend that row with sqlite3, \
         after a backup, and try again"
    )]
    Misfit {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row: its key.
        key: String,
        /// What stands there, and what should.
        what: String,
    },
    /// The target refused something on the way.
    #[error("the database {place} failed while {doing}: {why}; nothing was copied")]
    Failed {
        /// Its name, host and port.
        place: String,
        /// What was attempted.
        doing: String,
        /// What the server or the driver said, with the remedy where one is known.
        why: String,
    },
    /// Rows are missing there, or too many.
    #[error("the table {table} has {read} rows here and {found} there; nothing was copied, try again")]
    Counted {
        /// Which.
        table: String,
        /// In the source.
        read: u64,
        /// In the target.
        found: u64,
    },
    /// The forum's own database failed.
    #[error(transparent)]
    Source(#[from] StoreError),
}

impl CopyError {
    /// Whether it lies in what was asked for, not in what happened on the way.
    pub fn is_bad_input(&self) -> bool {
        matches!(
            self,
            CopyError::OnPostgres | CopyError::Url | CopyError::Encoding { .. } | CopyError::NotEmpty { .. }
        )
    }

    /// What the target said, and what to do about it.
    pub(super) fn failed(place: &str, doing: impl Into<String>) -> impl FnOnce(sqlx::Error) -> CopyError {
        let (place, doing) = (place.to_owned(), doing.into());
        move |error| CopyError::Failed { place, doing, why: tell(&error) }
    }

    /// The same of what makes tables.
    pub(super) fn failed_tables(place: &str, error: MigrateError) -> CopyError {
        let why = match &error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => tell(error),
            error => error.to_string(),
        };
        CopyError::Failed { place: place.to_owned(), doing: "making its tables".to_owned(), why }
    }
}

/// The server's words without the driver's own, its detail (the key that is missing or there twice), and the remedy.
pub(super) fn tell(error: &sqlx::Error) -> String {
    let mut told = match error {
        sqlx::Error::Database(said) => said.message().to_owned(),
        error => error.to_string(),
    };
    if let sqlx::Error::Database(said) = error
        && let Some(detail) =
            said.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|said| said.detail())
    {
        told = format!("{told} ({})", detail.trim_end_matches('.'));
    }
    let remedy = Hindrance::of(error).map(Hindrance::remedy);
    match DiskFailure::of(error).map(DiskFailure::remedy).or(remedy) {
        Some(remedy) => format!("{told}; {remedy}"),
        None => told,
    }
}
