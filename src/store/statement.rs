//! Statements, their arguments and their rows: each statement is written once and runs on either database.
//!
//! Instants are `i64` microseconds since 1970 UTC in `BIGINT` columns; lists and maps are JSON in `TEXT`.
//! Where the dialects really differ, a statement is a [`Sql`] of two constants side by side.

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, FromRow, Row, ValueRef};

use super::outbox::DeliveryState;

/// How many rows one statement reads or writes.
pub(super) const BATCH: usize = 5_000;

/// A statement in both dialects; `"...".into()` where they agree.
#[derive(Debug, Clone, Copy)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Sql {
        Sql { sqlite: both, postgres: both }
    }
}

/// One bound value; NULL keeps its type.
#[derive(Debug, Clone)]
pub enum Arg {
    /// BIGINT.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// BLOB or BYTEA.
    Bytes(Option<Vec<u8>>),
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident, $convert:expr;)*) => {$(
        impl From<$from> for Arg {
            fn from(value: $from) -> Arg {
                Arg::$variant(Some(($convert)(value)))
            }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Arg {
                Arg::$variant(value.map($convert))
            }
        }
    )*};
}
arg_from! {
    i64 => Int, |v| v;
    bool => Bool, |v| v;
    String => Text, |v| v;
    &str => Text, |v: &str| v.to_owned();
    &String => Text, |v: &String| v.clone();
    Vec<u8> => Bytes, |v| v;
    DateTime<Utc> => Int, |v: DateTime<Utc>| v.timestamp_micros();
    crate::ids::RecipientId => Int, |v: crate::ids::RecipientId| v.0;
    crate::ids::OrganisationId => Int, |v: crate::ids::OrganisationId| v.0;
    crate::ids::TermId => Int, |v: crate::ids::TermId| v.0;
    crate::ids::SeatId => Int, |v: crate::ids::SeatId| v.0;
    crate::ids::ItemId => Int, |v: crate::ids::ItemId| v.0;
    crate::ids::EditionId => Int, |v: crate::ids::EditionId| v.0;
    crate::ids::DeliveryId => Int, |v: crate::ids::DeliveryId| v.0;
    crate::ids::AccountId => Int, |v: crate::ids::AccountId| v.0;
}

/// `args![a, b]`: the bound values of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::statement::Arg::from($value)),*] };
}
pub(super) use args;

/// A column's type. Refuses NULL where the type is not an `Option` (sqlx's SQLite driver would
/// read it as zero or empty).
pub trait Column: Sized {
    /// Reads column `index` of a SQLite row.
    fn from_sqlite(row: &SqliteRow, index: usize) -> sqlx::Result<Self>;
    /// Reads column `index` of a PostgreSQL row.
    fn from_postgres(row: &PgRow, index: usize) -> sqlx::Result<Self>;
}

fn refuse_null(is_null: bool, index: usize) -> sqlx::Result<()> {
    if is_null {
        return Err(sqlx::Error::ColumnDecode { index: index.to_string(), source: "unexpected NULL".into() });
    }
    Ok(())
}

macro_rules! columns {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn from_sqlite(row: &SqliteRow, index: usize) -> sqlx::Result<Self> {
                refuse_null(row.try_get_raw(index)?.is_null(), index)?;
                row.try_get(index)
            }
            fn from_postgres(row: &PgRow, index: usize) -> sqlx::Result<Self> {
                row.try_get(index)
            }
        }
        impl Column for Option<$type> {
            fn from_sqlite(row: &SqliteRow, index: usize) -> sqlx::Result<Self> {
                row.try_get(index)
            }
            fn from_postgres(row: &PgRow, index: usize) -> sqlx::Result<Self> {
                row.try_get(index)
            }
        }
    )*};
}
columns!(i64, bool, String, Vec<u8>);

macro_rules! converted_columns {
    ($($type:ty, $raw:ty, $convert:expr;)*) => {$(
        impl Column for $type {
            fn from_sqlite(row: &SqliteRow, index: usize) -> sqlx::Result<Self> {
                <$raw>::from_sqlite(row, index).and_then($convert)
            }
            fn from_postgres(row: &PgRow, index: usize) -> sqlx::Result<Self> {
                <$raw>::from_postgres(row, index).and_then($convert)
            }
        }
        impl Column for Option<$type> {
            fn from_sqlite(row: &SqliteRow, index: usize) -> sqlx::Result<Self> {
                Option::<$raw>::from_sqlite(row, index)?.map($convert).transpose()
            }
            fn from_postgres(row: &PgRow, index: usize) -> sqlx::Result<Self> {
                Option::<$raw>::from_postgres(row, index)?.map($convert).transpose()
            }
        }
    )*};
}

fn instant(micros: i64) -> sqlx::Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| sqlx::Error::Decode(format!("{micros} µs is no instant").into()))
}

fn delivery_state(word: String) -> sqlx::Result<DeliveryState> {
    DeliveryState::from_word(&word)
        .ok_or_else(|| sqlx::Error::Decode(format!("{word} is no state of a letter").into()))
}

converted_columns! {
    DateTime<Utc>, i64, instant;
    DeliveryState, String, delivery_state;
    crate::ids::RecipientId, i64, |v| Ok(crate::ids::RecipientId(v));
    crate::ids::OrganisationId, i64, |v| Ok(crate::ids::OrganisationId(v));
    crate::ids::TermId, i64, |v| Ok(crate::ids::TermId(v));
    crate::ids::SeatId, i64, |v| Ok(crate::ids::SeatId(v));
    crate::ids::ItemId, i64, |v| Ok(crate::ids::ItemId(v));
    crate::ids::EditionId, i64, |v| Ok(crate::ids::EditionId(v));
    crate::ids::DeliveryId, i64, |v| Ok(crate::ids::DeliveryId(v));
    crate::ids::AccountId, i64, |v| Ok(crate::ids::AccountId(v));
}

/// A result row that both databases can fill; made by `record!`.
pub trait Record:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// Declares a row struct whose fields are the selected columns in order.
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type,)* }

        impl $crate::store::statement::Record for $name {}
        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
                let mut columns = 0usize..;
                Ok($name { $($field: <$type as $crate::store::statement::Column>::from_sqlite(row, columns.next().unwrap_or_default())?,)* })
            }
        }
        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> sqlx::Result<Self> {
                let mut columns = 0usize..;
                Ok($name { $($field: <$type as $crate::store::statement::Column>::from_postgres(row, columns.next().unwrap_or_default())?,)* })
            }
        }
    };
}
pub(super) use record;

/// A row of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct One<T>(pub T);

impl<T: Column + Send + Unpin + 'static> Record for One<T> {}
impl<'r, T: Column> FromRow<'r, SqliteRow> for One<T> {
    fn from_row(row: &'r SqliteRow) -> sqlx::Result<Self> {
        T::from_sqlite(row, 0).map(One)
    }
}
impl<'r, T: Column> FromRow<'r, PgRow> for One<T> {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        T::from_postgres(row, 0).map(One)
    }
}

/// PostgreSQL takes no NUL in a text, whoever typed it into an address or a form; so neither database gets one.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Binds the values in order. The two drivers' arguments share no trait by which one function could do it: hence a macro.
macro_rules! bind {
    ($args:ident into $arguments:ty) => {{
        let mut bound = <$arguments>::default();
        for arg in $args {
            match arg {
                Arg::Int(v) => bound.add(v),
                Arg::Text(v) => bound.add(v.map(without_nul)),
                Arg::Bool(v) => bound.add(v),
                Arg::Bytes(v) => bound.add(v),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(bound)
    }};
}

pub(super) fn sqlite_args(args: Vec<Arg>) -> sqlx::Result<SqliteArguments> {
    bind!(args into SqliteArguments)
}

pub(super) fn postgres_args(args: Vec<Arg>) -> sqlx::Result<PgArguments> {
    bind!(args into PgArguments)
}

/// A statement over the entries of the JSON list in `$1`, which both dialects call `e.value`:
/// `e.value ->> 0` is the first field of an entry that is a list, as text; cast it to what it is.
macro_rules! from_json {
    ($head:expr, $tail:expr) => {
        $crate::store::statement::Sql {
            sqlite: concat!($head, " FROM json_each($1) AS e ", $tail),
            postgres: concat!($head, " FROM json_array_elements($1::json) AS e ", $tail),
        }
    };
}
pub(super) use from_json;

/// A statement whose condition ends in being one of the keys in the JSON list `$1`.
macro_rules! in_json_keys {
    ($head:literal, $tail:literal) => {
        $crate::store::statement::Sql {
            sqlite: concat!($head, " IN (SELECT value FROM json_each($1))", $tail),
            postgres: concat!(
                $head,
                " IN (SELECT value::bigint FROM json_array_elements_text($1::json))",
                $tail
            ),
        }
    };
}
pub(super) use in_json_keys;
