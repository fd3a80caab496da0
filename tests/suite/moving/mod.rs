//! A forum moves from SQLite to PostgreSQL: all of it, or nothing.

mod everything;
mod refused;
mod story;

use treff::store::{Copied, CopyError, CopyOrder, Target};

use crate::harness::{EmptyDatabase, Engine};
use crate::treff::{Output, Treff};

/// A forum on SQLite, and an empty database for it to move to.
struct Move {
    treff: Treff,
    target: EmptyDatabase,
}

impl Move {
    async fn begin() -> Move {
        Move { treff: Treff::with_forum(Engine::Sqlite).await, target: EmptyDatabase::create() }
    }

    /// `treff database copy` to the target.
    fn copy(&self) -> Output {
        self.copy_with(&[])
    }

    fn copy_with(&self, more: &[&str]) -> Output {
        self.treff.run(&[&["database", "copy", "--to", &self.target.url], more].concat())
    }

    /// The rows alone, whatever a sender would make of them.
    async fn copy_rows(&self) -> Result<Copied, CopyError> {
        let target = Target::reach(&self.target.url).await?;
        self.treff.database.store.copy_to(target, &CopyOrder { dry_run: false, progress: &|_, _| {} }).await
    }

    /// A command of the same installation, once the target is its database.
    fn run_there(&self, args: &[&str]) -> Output {
        let mut command = self.treff.command();
        let command = command.env("TREFF_DATABASE_URL", &self.target.url).arg("--json").args(args);
        crate::treff::read(command.output().expect("treff can be started"))
    }

    /// Runs statements on the forum's file, without asking whether the rows are there that others name.
    async fn write(&self, statements: &[&str]) {
        use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
        let mut db = SqliteConnection::connect(&self.treff.database.url).await.unwrap();
        for sql in [&["PRAGMA foreign_keys = OFF"], statements].concat() {
            sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.expect(sql);
        }
        db.close().await.unwrap();
    }

    /// How many tables the target has, whosever.
    async fn count_tables_there(&self) -> i64 {
        let mut db = self.connect_there().await;
        let count = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
        sqlx::query_scalar(count).fetch_one(&mut db).await.unwrap()
    }

    async fn connect_there(&self) -> sqlx::PgConnection {
        <sqlx::PgConnection as sqlx::Connection>::connect(&self.target.url).await.unwrap()
    }
}
