//! The database that a forum moves to. One session holds the lock of whoever makes tables from the first look at it on, so that
//! nobody makes any meanwhile; one transaction makes all of it, so that it is there whole or not at all.

use std::collections::BTreeMap;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::catalogue::{Catalogue, Reference, Table, quoted};
use super::error::{CopyError, tell};
use super::filling::{Filled, fill_table};
use super::source::Source;
use super::{Copied, CopiedTable, CopyOrder, ReplacedNul};
use crate::store::bounded::bounded;
use crate::store::migrating::{lock_tables, make_tables};
use crate::store::open::{place_of, with_bounds};

/// How many of the tables that stand in the way are named.
const NAMED_AT_MOST: i64 = 3;

/// Neither a large table nor what is read between two of them takes too long, whatever the server usually allows; but whoever
/// else makes tables there is not waited for.
const PATIENCE: [&str; 3] =
    ["SET idle_in_transaction_session_timeout = 0", "SET statement_timeout = 0", "SET lock_timeout = '10s'"];

/// Tables and views of anybody, but for those that an extension brought along.
const IN_THE_WAY: &str = "
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT $1";

/// An empty database that a forum can move to.
pub struct Target {
    connection: PgConnection,
    place: String,
}

impl Target {
    /// Looks whether the database at `url` (`postgres://...`) is there, empty, and can hold every letter.
    pub async fn reach(url: &str) -> Result<Target, CopyError> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(CopyError::Url);
        }
        let options = with_bounds(PgConnectOptions::from_str(url).map_err(|_| CopyError::Url)?);
        let place = place_of(url);
        let opened = bounded(PgConnection::connect_with(&options)).await;
        let connection =
            opened.map_err(|error| CopyError::Unreachable { place: place.clone(), why: tell(&error) })?;
        let mut target = Target { connection, place };
        target.look().await?;
        Ok(target)
    }

    /// Its name, host and port, for people.
    pub fn place(&self) -> &str {
        &self.place
    }

    fn failed(&self, doing: &str) -> impl FnOnce(sqlx::Error) -> CopyError {
        CopyError::failed(&self.place, doing)
    }

    async fn look(&mut self) -> Result<(), CopyError> {
        for sql in PATIENCE {
            let set = bounded(sqlx::query(sql).execute(&mut self.connection)).await;
            set.map_err(self.failed("being prepared"))?;
        }
        let locked = lock_tables(&mut self.connection).await;
        locked.map_err(|error| CopyError::failed_tables(&self.place, error))?;
        let encoding = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut self.connection);
        let encoding: String = bounded(encoding).await.map_err(self.failed("being looked at"))?;
        if encoding != "UTF8" {
            return Err(CopyError::Encoding { place: self.place.clone(), encoding });
        }
        let holds = sqlx::query_scalar(IN_THE_WAY).bind(NAMED_AT_MOST).fetch_all(&mut self.connection);
        let holds: Vec<String> = bounded(holds).await.map_err(self.failed("being looked at"))?;
        if holds.is_empty() {
            return Ok(());
        }
        Err(CopyError::NotEmpty { place: self.place.clone(), holds })
    }

    /// Makes its tables and fills them from `source`; a dry run takes all of it back.
    pub(super) async fn fill(
        mut self,
        source: &mut Source,
        order: &CopyOrder<'_>,
    ) -> Result<Copied, CopyError> {
        let place = self.place.clone();
        let begun = bounded(self.connection.begin()).await;
        let mut tx = begun.map_err(CopyError::failed(&place, "beginning"))?;
        let copied = fill_all(&place, &mut tx, source, order).await;
        let ended = match &copied {
            Ok(_) if !order.dry_run => bounded(tx.commit()).await,
            _ => bounded(tx.rollback()).await,
        };
        // The first failure is the one to tell: after it, taking back may fail as well.
        let copied = copied?;
        ended.map_err(CopyError::failed(&place, "keeping what was copied"))?;
        // What it answers to a farewell changes nothing any more.
        let _ = self.connection.close().await;
        Ok(copied)
    }
}

/// The tables as they are made and filled.
struct Making<'a> {
    place: &'a str,
    tx: &'a mut PgConnection,
    catalogue: Catalogue,
}

async fn fill_all(
    place: &str,
    tx: &mut PgConnection,
    source: &mut Source,
    order: &CopyOrder<'_>,
) -> Result<Copied, CopyError> {
    make_tables(tx).await.map_err(|error| CopyError::failed_tables(place, error))?;
    let catalogue = Catalogue::read(tx).await;
    let catalogue = catalogue.map_err(CopyError::failed(place, "telling which tables it has"))?;
    let left = catalogue.compare(&source.list_columns().await?).map_err(CopyError::Unlike)?;
    let mut making = Making { place, tx, catalogue };
    making.empty().await?;
    making.ask_late(true).await?;
    let copied = making.fill_tables(source, order.progress).await?;
    making.ask_late(false).await?;
    making.continue_numbers(&source.list_last_numbers().await?).await?;
    making.analyse().await?;
    Ok(Copied { left, ..copied })
}

impl Making<'_> {
    async fn run(&mut self, sql: String, doing: &str) -> Result<(), CopyError> {
        let asked = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        bounded(asked.execute(&mut *self.tx)).await.map_err(CopyError::failed(self.place, doing))?;
        Ok(())
    }

    fn list_tables(&self) -> String {
        self.catalogue.tables.iter().map(Table::quoted).collect::<Vec<_>>().join(", ")
    }

    /// Takes out what the migrations put in: the source has it too, perhaps changed since.
    async fn empty(&mut self) -> Result<(), CopyError> {
        self.run(format!("TRUNCATE {}", self.list_tables()), "emptying its tables").await
    }

    /// The first edition there is not planned by guesses about what the tables hold.
    async fn analyse(&mut self) -> Result<(), CopyError> {
        self.run(format!("ANALYZE {}", self.list_tables()), "looking at what it holds").await
    }

    /// Whether references for which there is no order are asked about only once all rows are there. Afterwards they are as the
    /// migrations made them.
    async fn ask_late(&mut self, is_late: bool) -> Result<(), CopyError> {
        const DOING: &str = "asking whether all rows are there that others name";
        if !is_late {
            self.run("SET CONSTRAINTS ALL IMMEDIATE".to_owned(), DOING).await?;
        }
        let when = if is_late { "DEFERRABLE INITIALLY DEFERRED" } else { "NOT DEFERRABLE" };
        for Reference { name, from, .. } in self.catalogue.late.clone() {
            let (table, name) = (quoted(&from), quoted(&name));
            self.run(format!("ALTER TABLE {table} ALTER CONSTRAINT {name} {when}"), DOING).await?;
        }
        Ok(())
    }

    async fn fill_tables(
        &mut self,
        source: &mut Source,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Copied, CopyError> {
        let tables = self.catalogue.tables.clone();
        let mut counts = Vec::new();
        for table in &tables {
            counts.push(source.count(table).await?);
        }
        let (mut done, all) = (0, counts.iter().sum());
        let mut copied = Copied::default();
        for (table, count) in tables.iter().zip(counts) {
            let told = |rows| progress(done + rows, all);
            let filled = fill_table((self.place, &mut *self.tx), source, table, told).await?;
            self.check_count(table, [count, filled.rows]).await?;
            done += filled.rows;
            note(&mut copied, table, filled);
        }
        Ok(copied)
    }

    /// As many rows as there were, and as were read.
    async fn check_count(&mut self, table: &Table, expected: [u64; 2]) -> Result<(), CopyError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.quoted());
        let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).persistent(false);
        let count = bounded(count.fetch_one(&mut *self.tx)).await;
        let found = count.map_err(CopyError::failed(self.place, "counting rows"))?.unsigned_abs();
        if expected == [found; 2] {
            return Ok(());
        }
        Err(CopyError::Counted { table: table.name.clone(), read: expected[0], found })
    }

    /// Numbers go on after the greatest there is, and after the last that was `given` where that never comes back.
    async fn continue_numbers(&mut self, given: &BTreeMap<String, i64>) -> Result<(), CopyError> {
        for table in self.catalogue.tables.clone() {
            let last = given.get(&table.name).copied().unwrap_or(0);
            for column in &table.columns {
                let Some(sequence) = &column.sequence else { continue };
                // Until a number was given, a sequence stands before its first.
                let sql = format!(
                    "SELECT setval($1::text::regclass, GREATEST(last, 1), last > 0)
                     FROM (SELECT GREATEST($2::bigint, COALESCE(MAX({}), 0)) AS last FROM {}) AS given",
                    quoted(&column.name),
                    table.quoted()
                );
                let asked = sqlx::query(AssertSqlSafe(sql)).persistent(false).bind(sequence).bind(last);
                let set = bounded(asked.execute(&mut *self.tx)).await;
                set.map_err(CopyError::failed(self.place, "continuing its numbers"))?;
            }
        }
        Ok(())
    }
}

fn note(copied: &mut Copied, table: &Table, filled: Filled) {
    let table = table.name.clone();
    let replaced = filled.replaced.into_iter();
    copied.replaced.extend(replaced.map(|(column, rows)| ReplacedNul { table: table.clone(), column, rows }));
    copied.tables.push(CopiedTable { table, rows: filled.rows });
}
