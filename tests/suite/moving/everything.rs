//! Every table of the schema comes along, whatever a later migration adds: the tables, their columns and which rows name
//! which come from the catalogue, and each table gets a row with what is hardest to bring over.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::Move;
use crate::dump::list_values;
use crate::harness::{Database, Engine};

/// Numbers beyond 32 bits, and beyond what is there.
const FAR: i64 = 5_000_000_000;

/// A column, and the table and column that it names, if it names any.
struct Column {
    name: String,
    kind: String,
    named: Option<(String, String)>,
}

/// Its table, its name and type, and what it names.
type ColumnRow = (String, String, String, Option<String>, Option<String>);

async fn list_tables(db: &mut SqliteConnection) -> BTreeMap<String, Vec<Column>> {
    let sql = "SELECT m.name, c.name, c.type, f.\"table\", f.\"to\" FROM sqlite_master m
               JOIN pragma_table_info(m.name) c LEFT JOIN pragma_foreign_key_list(m.name) f ON f.\"from\" = c.name
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'
               GROUP BY m.name, c.name ORDER BY m.name, c.cid";
    let rows: Vec<ColumnRow> = sqlx::query_as(sql).fetch_all(db).await.unwrap();
    let mut tables = BTreeMap::<String, Vec<Column>>::new();
    for (table, name, kind, other, to) in rows {
        tables.entry(table).or_default().push(Column { name, kind, named: other.zip(to) });
    }
    tables
}

/// A row for a table; what it names is the last there is.
fn insert(table: &str, columns: &[Column]) -> String {
    let value = |(index, column): (usize, &Column)| match (&column.named, column.kind.as_str()) {
        (Some((other, to)), _) => format!("(SELECT MAX(\"{to}\") FROM \"{other}\")"),
        (None, "BIGINT" | "INTEGER") => (FAR + i64::try_from(index).unwrap()).to_string(),
        (None, "BOOLEAN") => "1".to_owned(),
        (None, "BLOB") => "x'00ff5c0a0d092e'".to_owned(),
        (None, "TEXT") => {
            format!("'Ærlig\t\\talt \\N «{}»\r\n\\.\n\u{1f600} d''accord' || char(8, 11, 127)", column.name)
        }
        (None, kind) => panic!("no value is known here of the type {kind}"),
    };
    let names = columns.iter().map(|c| format!("\"{}\"", c.name)).collect::<Vec<_>>().join(", ");
    let values = columns.iter().enumerate().map(value).collect::<Vec<_>>().join(", ");
    // Tables of one row alone have it.
    format!("INSERT OR IGNORE INTO \"{table}\" ({names}) VALUES ({values})")
}

/// Puts a row into every table, after those that it names.
async fn fill_every_table(url: &str) -> BTreeSet<String> {
    let mut db = SqliteConnection::connect(url).await.unwrap();
    let tables = list_tables(&mut db).await;
    let mut filled = BTreeSet::new();
    while filled.len() < tables.len() {
        let is_ready = |(name, columns): &(&String, &Vec<Column>)| {
            let mut named = columns.iter().filter_map(|column| column.named.as_ref());
            !filled.contains(*name) && named.all(|(other, _)| other == *name || filled.contains(other))
        };
        let (name, columns) = tables.iter().find(is_ready).expect("no circle");
        sqlx::query(AssertSqlSafe(insert(name, columns))).execute(&mut db).await.expect(name);
        let count = format!("SELECT COUNT(*) FROM \"{name}\"");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut db).await.unwrap();
        assert!(count > 0, "{name} has no row");
        filled.insert(name.clone());
    }
    db.close().await.unwrap();
    filled
}

#[tokio::test]
async fn every_table_is_copied_row_by_row() {
    let moving = Move::begin().await;
    let tables = fill_every_table(&moving.treff.database.url).await;
    let before = list_values(&moving.treff.database.url).await;
    let copied = moving.copy_rows().await.unwrap();
    assert_eq!((&copied.replaced[..], &copied.left[..]), (&[][..], &[][..]));
    let there = list_values(&moving.target.url).await;
    assert_eq!(there.keys().collect::<Vec<_>>(), tables.iter().collect::<Vec<_>>());
    assert_eq!(there, before);
    assert_eq!(list_values(&moving.treff.database.url).await, before, "the source stays as it was");
    let told: BTreeMap<&str, u64> = copied.tables.iter().map(|own| (own.table.as_str(), own.rows)).collect();
    let counted = before.iter().map(|(name, rows)| (name.as_str(), u64::try_from(rows.len()).unwrap()));
    assert_eq!(told, counted.collect());
}

#[tokio::test]
async fn numbers_go_on_after_the_last_and_a_link_s_never_come_back() {
    let moving = Move::begin().await;
    fill_every_table(&moving.treff.database.url).await;
    moving.write(&["UPDATE sqlite_sequence SET seq = 7000000000 WHERE name = 'mail_link'"]).await;
    moving.write(&["DELETE FROM alert"]).await;
    moving.copy_rows().await.unwrap();
    let mut db = moving.connect_there().await;
    let sequences: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, pg_get_serial_sequence(table_name, column_name)
         FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES' ORDER BY 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert!(sequences.len() > 30, "{sequences:?}");
    for (table, column, sequence) in sequences {
        let next =
            format!("SELECT nextval('{sequence}'), (SELECT COALESCE(MAX({column}), 0) FROM \"{table}\")");
        let (next, last): (i64, i64) = sqlx::query_as(AssertSqlSafe(next)).fetch_one(&mut db).await.unwrap();
        let expected = if table == "mail_link" { 7_000_000_001 } else { last + 1 };
        assert_eq!(next, expected, "{table}");
    }
}

/// What the catalogue tells of tables, constraints and indexes.
async fn list_schema(url: &str) -> Vec<String> {
    let mut db = sqlx::PgConnection::connect(url).await.unwrap();
    let sql = "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || condeferrable || condeferred
               FROM pg_constraint WHERE connamespace = 'public'::regnamespace
               UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
               UNION ALL SELECT table_name || ' ' || column_name || ' ' || data_type || is_nullable || is_identity
               FROM information_schema.columns WHERE table_schema = 'public'
               UNION ALL SELECT tgrelid::regclass || ' ' || tgdeferrable || tginitdeferred FROM pg_trigger
               UNION ALL SELECT version || ' ' || encode(checksum, 'hex') FROM _sqlx_migrations ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(&mut db).await.unwrap()
}

#[tokio::test]
async fn the_tables_are_those_that_init_makes() {
    let (moving, made) = (Move::begin().await, Database::create(Engine::Postgres).await);
    moving.copy().done();
    assert_eq!(list_schema(&moving.target.url).await, list_schema(&made.url).await);
}

#[tokio::test]
async fn a_topic_may_lie_under_one_that_comes_thousands_of_rows_later() {
    let moving = Move::begin().await;
    moving
        .write(&[
            "INSERT INTO term (id, facet, slug, names)
             WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 46000)
             SELECT i, 'sector', 's' || i, '{}' FROM n",
            "UPDATE term SET parent_id = 46000 WHERE id BETWEEN 1000 AND 1010",
        ])
        .await;
    moving.treff.database.store.close().await;
    moving.copy().done();
    let url = &moving.treff.database.url;
    assert_eq!(list_values(&moving.target.url).await["term"], list_values(url).await["term"]);
}
