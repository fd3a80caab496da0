//! All that a database holds, as one text. The tables come from the database's own catalogue, so that a table
//! that was added yesterday is watched without being named anywhere.

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
