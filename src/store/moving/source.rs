//! The file that is copied, read as it stands at one instant.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::BoxStream;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::catalogue::{Table, quoted};
use super::field::Held;
use crate::store::error::StoreError;
use crate::store::migrating::RAN;

/// Rows that SQLite's thread reads ahead: files of 20 MB may be among them.
const ROWS_AHEAD: usize = 8;

/// Every table that is not the database's or the driver's own, with its columns.
const COLUMNS: &str = "
    SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> $1";

/// A connection within a transaction that only reads.
pub(super) struct Source {
    connection: SqliteConnection,
}

impl Source {
    /// Another connection to the same file.
    pub(super) async fn open(pool: &SqlitePool) -> Result<Source, StoreError> {
        let options = (*pool.connect_options()).clone().row_buffer_size(ROWS_AHEAD);
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Source { connection })
    }

    /// The names of all columns by their tables'.
    pub(super) async fn list_columns(&mut self) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
        let rows: Vec<(String, String)> =
            sqlx::query_as(COLUMNS).bind(RAN).fetch_all(&mut self.connection).await?;
        let mut tables = BTreeMap::<String, BTreeSet<String>>::new();
        for (table, column) in rows {
            tables.entry(table).or_default().insert(column);
        }
        Ok(tables)
    }

    /// The last number that each table gave whose numbers never come back, be it that the row is gone (migration 29).
    pub(super) async fn list_last_numbers(&mut self) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT name, seq FROM sqlite_sequence").fetch_all(&mut self.connection).await?;
        Ok(rows.into_iter().collect())
    }

    /// How many rows a table has.
    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.quoted());
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await?;
        Ok(count.unsigned_abs())
    }

    /// A table's rows, one after the other, with the columns in the order of `table`.
    pub(super) fn list_rows(&mut self, table: &Table) -> BoxStream<'_, sqlx::Result<SqliteRow>> {
        let sql = format!("SELECT {} FROM {}", table.list_columns(), quoted(&table.name));
        sqlx::query(AssertSqlSafe(sql)).fetch(&mut self.connection)
    }

    /// Ends the transaction; nothing was written in it.
    pub(super) async fn close(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }
}

/// What a field holds; a text that is none is an error, which says so.
pub(super) fn held_in(row: &SqliteRow, index: usize) -> Result<Held<'_>, String> {
    use sqlx::{Row as _, TypeInfo as _, ValueRef as _};
    let unread = |error: sqlx::Error| format!("what cannot be read ({error})");
    let value = row.try_get_raw(index).map_err(unread)?;
    if value.is_null() {
        return Ok(Held::Nothing);
    }
    let held = match value.type_info().name() {
        "INTEGER" => row.try_get_unchecked(index).map(Held::Int).map_err(unread)?,
        "REAL" => row.try_get_unchecked(index).map(Held::Real).map_err(unread)?,
        "TEXT" => {
            let text = row.try_get_unchecked(index).map(Held::Text);
            text.map_err(|_| "a text that is not UTF-8".to_owned())?
        }
        _ => row.try_get_unchecked(index).map(Held::Bytes).map_err(unread)?,
    };
    Ok(held)
}
