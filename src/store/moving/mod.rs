//! A forum moves from SQLite to PostgreSQL: every row of every table as it stands, into a database that was empty.
//!
//! The target's own catalogue says which tables and columns there are and of which types, so that a table that comes with a
//! later migration is copied without being named here. No row is judged by what it means, and nothing is written to the source.
//!
//! | file | is |
//! |---|---|
//! | `target` | the database that it moves to: empty before, and whole or empty after |
//! | `catalogue` | its tables in the order in which they can be filled |
//! | `source` | the file, as it stands at one instant |
//! | `filling` | one table's rows on their way |
//! | `field` | one value, as COPY reads it |

mod catalogue;
mod error;
mod field;
mod filling;
mod source;
mod target;

pub use error::CopyError;
pub use target::Target;

use self::source::Source;
use super::db::Db;
use super::open::Store;

/// How to copy.
pub struct CopyOrder<'a> {
    /// Do all of it and take it back in the end.
    pub dry_run: bool,
    /// Told how many rows are copied, and of how many.
    pub progress: &'a dyn Fn(u64, u64),
}

/// What was copied, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Every table of the target, in the order in which they were filled.
    pub tables: Vec<CopiedTable>,
    /// Columns in which a NUL became U+FFFD: PostgreSQL takes none in a text.
    pub replaced: Vec<ReplacedNul>,
    /// Tables of the source that are not Treff's, and stay there.
    pub left: Vec<String>,
}

/// A table whose rows were counted on both sides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CopiedTable {
    /// Its name.
    pub table: String,
    /// How many rows it has, here as there.
    pub rows: u64,
}

/// A column of which some texts held a NUL.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReplacedNul {
    /// Whose column.
    pub table: String,
    /// Its name.
    pub column: String,
    /// In how many rows.
    pub rows: u64,
}

impl Store {
    /// Copies all that this SQLite database holds into `target`, in one transaction there: whatever fails leaves that as empty as
    /// it was.
    ///
    /// Meanwhile nothing else can write here, for it would be missing there; but for a dry run, which keeps nobody waiting.
    /// That nothing is sent is the caller's to see to.
    pub async fn copy_to(&self, target: Target, order: &CopyOrder<'_>) -> Result<Copied, CopyError> {
        let Db::Sqlite(pools) = &self.db else { return Err(CopyError::OnPostgres) };
        let held = if order.dry_run { None } else { Some(self.begin().await?) };
        let mut source = Source::open(&pools.readers).await?;
        let copied = target.fill(&mut source, order).await;
        source.close().await?;
        if let Some(held) = held {
            held.undo().await?;
        }
        copied
    }
}
