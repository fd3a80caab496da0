//! All that a database holds, as one text. The tables come from the database's own catalogue, so that a table
//! that was added yesterday is watched without being named anywhere.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

const SQLITE_TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
                             ORDER BY name";
const POSTGRES_TABLES: &str = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

/// Every row of every table of the database at `url`, in an order of their own.
pub async fn dump_database(url: &str) -> String {
    let tables = if url.starts_with("sqlite:") { dump_sqlite(url).await } else { dump_postgres(url).await };
    assert!(tables.len() > 20, "the catalogue names the tables: {tables:?}");
    tables.into_iter().map(|(name, rows)| told(&name, rows)).collect()
}

/// The tables in which two dumps differ, with the rows that only one of them holds.
pub fn tell_difference(before: &str, after: &str) -> String {
    let lines = |dump: &str| dump.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (before, after) = (lines(before), lines(after));
    let gone = before.difference(&after).map(|row| format!("- {row}\n"));
    gone.chain(after.difference(&before).map(|row| format!("+ {row}\n"))).collect()
}

fn told(table: &str, mut rows: Vec<String>) -> String {
    rows.sort();
    rows.iter().map(|row| format!("{table}: {}\n", row.replace('\n', "\\n"))).collect()
}

/// Every row of every table but the driver's, written alike on both engines: of each value its text or its bytes in hexadecimal.
pub async fn list_values(url: &str) -> BTreeMap<String, Vec<String>> {
    let mut tables = if url.starts_with("sqlite:") {
        let mut db = SqliteConnection::connect(url).await.expect("the database opens");
        let sql = "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.name";
        let columns = sqlx::query_as(sql).fetch_all(&mut db).await.expect("columns");
        let mut tables = BTreeMap::new();
        for (table, sql) in select_values(columns, &|name, _| {
            format!(
                "CASE typeof({name}) WHEN 'null' THEN '-' WHEN 'blob' THEN 'b' || lower(hex({name}))
                                     ELSE lower(hex(CAST({name} AS TEXT))) END"
            )
        }) {
            let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut db).await.expect("rows");
            tables.insert(table, rows);
        }
        db.close().await.expect("the connection closes");
        tables
    } else {
        let mut db = PgConnection::connect(url).await.expect("the database opens");
        let sql = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                   WHERE table_schema = 'public' ORDER BY table_name::text COLLATE \"C\", column_name::text COLLATE \"C\"";
        let columns = sqlx::query_as(sql).fetch_all(&mut db).await.expect("columns");
        let mut tables = BTreeMap::new();
        for (table, sql) in select_values(columns, &|name, kind| match kind {
            "bytea" => format!("COALESCE('b' || encode({name}, 'hex'), '-')"),
            "boolean" => format!("COALESCE(encode(convert_to({name}::int::text, 'UTF8'), 'hex'), '-')"),
            _ => format!("COALESCE(encode(convert_to({name}::text, 'UTF8'), 'hex'), '-')"),
        }) {
            let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut db).await.expect("rows");
            tables.insert(table, rows);
        }
        db.close().await.expect("the connection closes");
        tables
    };
    tables.remove("_sqlx_migrations").expect("migrations ran");
    tables.values_mut().for_each(|rows: &mut Vec<String>| rows.sort());
    tables
}

/// A statement for each table; `write` makes text of a column of some type.
fn select_values(
    columns: Vec<(String, String, String)>,
    write: &dyn Fn(&str, &str) -> String,
) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::<String, Vec<String>>::new();
    for (table, name, kind) in columns {
        tables
            .entry(table)
            .or_default()
            .push(format!("'{name}=' || {}", write(&format!("\"{name}\""), &kind)));
    }
    let select = |(table, columns): (String, Vec<String>)| {
        let sql = format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || "));
        (table, sql)
    };
    tables.into_iter().map(select).collect()
}

async fn dump_sqlite(url: &str) -> Vec<(String, Vec<String>)> {
    let mut db = SqliteConnection::connect(url).await.expect("the database opens");
    let names: Vec<String> = sqlx::query_scalar(SQLITE_TABLES).fetch_all(&mut db).await.expect("tables");
    let mut tables = Vec::new();
    for name in names {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
            .bind(&name)
            .fetch_all(&mut db)
            .await
            .expect("columns");
        let row = columns.iter().map(|c| format!("quote(\"{c}\")")).collect::<Vec<_>>().join(" || '|' || ");
        let sql = format!("SELECT {row} FROM \"{name}\"");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut db).await.expect("rows");
        tables.push((name, rows));
    }
    db.close().await.expect("the connection closes");
    tables
}

async fn dump_postgres(url: &str) -> Vec<(String, Vec<String>)> {
    let mut db = PgConnection::connect(url).await.expect("the database opens");
    let names: Vec<String> = sqlx::query_scalar(POSTGRES_TABLES).fetch_all(&mut db).await.expect("tables");
    let mut tables = Vec::new();
    for name in names {
        let sql = format!("SELECT CAST(t AS TEXT) FROM \"{name}\" AS t");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut db).await.expect("rows");
        tables.push((name, rows));
    }
    db.close().await.expect("the connection closes");
    tables
}
