//! One table's rows on their way, in batches: neither side ever holds all of a table.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::PgConnection;
use sqlx::postgres::PgCopyIn;
use sqlx::sqlite::SqliteRow;

use super::catalogue::{Column, Table};
use super::error::CopyError;
use super::field::{Held, write_field};
use super::source::{Source, held_in};
use crate::store::bounded::bounded;
use crate::store::error::StoreError;

/// Rows of one COPY: the server keeps a note of each until its end, to ask what it names.
const ROWS_AT_ONCE: u64 = 20_000;

/// Bytes that are gathered before they are sent.
const BYTES_AT_ONCE: usize = 1 << 18;

/// What became of a table's rows.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// How many there are.
    pub rows: u64,
    /// Columns in which a NUL became U+FFFD, with the number of rows.
    pub replaced: BTreeMap<String, u64>,
}

/// A table on its way.
struct Filling<'a> {
    place: &'a str,
    table: &'a Table,
    buffer: Vec<u8>,
    filled: Filled,
}

/// Copies a table's rows into an empty one; `progress` is told their number after each batch.
pub(super) async fn fill_table(
    (place, target): (&str, &mut PgConnection),
    source: &mut Source,
    table: &Table,
    progress: impl Fn(u64),
) -> Result<Filled, CopyError> {
    let mut rows = source.list_rows(table);
    let statement = format!("COPY {} ({}) FROM STDIN", table.quoted(), table.list_columns());
    let mut filling = Filling { place, table, buffer: Vec::new(), filled: Filled::default() };
    let mut is_more = true;
    while is_more {
        let begun = bounded(target.copy_in_raw(&statement)).await;
        let mut copy = begun.map_err(filling.failed())?;
        match filling.send_batch(&mut copy, &mut rows).await {
            Ok(more) => is_more = more,
            Err(error) => {
                // What comes after it says more than how this ended.
                let _ = bounded(copy.abort("a row cannot be copied")).await;
                return Err(error);
            }
        }
        bounded(copy.finish()).await.map_err(filling.failed())?;
        progress(filling.filled.rows);
    }
    Ok(filling.filled)
}

impl Filling<'_> {
    fn failed(&self) -> impl FnOnce(sqlx::Error) -> CopyError {
        CopyError::failed(self.place, format!("filling the table {}", self.table.name))
    }

    /// Sends rows until a batch is full; false once there are no more.
    async fn send_batch(
        &mut self,
        copy: &mut PgCopyIn<&mut PgConnection>,
        rows: &mut BoxStream<'_, sqlx::Result<SqliteRow>>,
    ) -> Result<bool, CopyError> {
        for _ in 0..ROWS_AT_ONCE {
            let Some(row) = rows.try_next().await.map_err(StoreError::from)? else {
                self.send(copy).await?;
                return Ok(false);
            };
            self.write_row(&row)?;
            if self.buffer.len() >= BYTES_AT_ONCE {
                self.send(copy).await?;
            }
        }
        self.send(copy).await?;
        Ok(true)
    }

    async fn send(&mut self, copy: &mut PgCopyIn<&mut PgConnection>) -> Result<(), CopyError> {
        bounded(copy.send(self.buffer.as_slice())).await.map_err(self.failed())?;
        self.buffer.clear();
        Ok(())
    }

    /// A line of COPY's text format.
    fn write_row(&mut self, row: &SqliteRow) -> Result<(), CopyError> {
        for (index, column) in self.table.columns.iter().enumerate() {
            if index > 0 {
                self.buffer.push(b'\t');
            }
            let written =
                held_in(row, index).and_then(|held| write_field(&mut self.buffer, column.kind, held));
            let is_replaced = written.map_err(|what| self.misfit(row, column, what))?;
            if is_replaced {
                *self.filled.replaced.entry(column.name.clone()).or_default() += 1;
            }
        }
        self.buffer.push(b'\n');
        self.filled.rows += 1;
        Ok(())
    }

    fn misfit(&self, row: &SqliteRow, column: &Column, what: String) -> CopyError {
        let keys = self.table.columns.iter().enumerate().filter(|(_, column)| column.is_key);
        let key: Vec<String> = keys
            .map(|(index, key)| match held_in(row, index) {
                Ok(Held::Int(number)) => format!("{} = {number}", key.name),
                Ok(Held::Text(text)) => format!("{} = '{}'", key.name, text.replace('\'', "''")),
                _ => format!("{} is no key", key.name),
            })
            .collect();
        let (table, column, key) = (self.table.name.clone(), column.name.clone(), key.join(" AND "));
        CopyError::Misfit { table, column, key, what }
    }
}
