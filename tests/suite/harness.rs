//! What every test starts from: a database of its own, on either engine.

use std::path::PathBuf;

use treff::store::Store;

/// The two engines that every store function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty forum database that goes away with the value.
pub struct Database {
    pub store: Store,
    pub url: String,
    pub folder: tempfile::TempDir,
    dropped_by: Option<String>,
}

impl Database {
    /// A fresh database with its tables.
    pub async fn create(engine: Engine) -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (url, dropped_by) = match engine {
            Engine::Sqlite => (format!("sqlite://{}", folder.path().join("treff.db").display()), None),
            Engine::Postgres => {
                let server = postgres_server();
                let name = format!("treff_{}", hex(&treff::clock::random_bytes::<8>()));
                psql(&server, &format!("CREATE DATABASE {name}"));
                (format!("{server}/{name}"), Some(name))
            }
        };
        let store = Store::open(&url, true).await.expect("the database opens");
        Database { store, url, folder, dropped_by }
    }

    /// A copy of a closed SQLite database.
    pub async fn copy_of(other: &Database) -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("treff.db");
        std::fs::copy(other.path("treff.db"), &path).expect("the database can be copied");
        let url = format!("sqlite://{}", path.display());
        let store = Store::open(&url, false).await.expect("the copy opens");
        Database { store, url, folder, dropped_by: None }
    }

    /// The folder of this test's files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.dropped_by {
            psql(&postgres_server(), &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

/// The server that `tests/run` starts, such as `postgres://treff@127.0.0.1:5433`.
fn postgres_server() -> String {
    let server = option_env_at_run("TREFF_TEST_POSTGRES");
    server.expect("TREFF_TEST_POSTGRES names a PostgreSQL server; tests/run starts one and sets it")
}

#[expect(clippy::disallowed_methods, reason = "tests are told by tests/run where its servers are")]
pub fn option_env_at_run(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// How much of something a run plays, from the environment variable `name`.
pub fn number_from_environment(name: &str, usual: u64) -> u64 {
    option_env_at_run(name).map_or(usual, |text| text.parse().expect("a number"))
}

fn psql(server: &str, statement: &str) {
    let done = std::process::Command::new("psql")
        .args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", &format!("{server}/postgres"), "-c", statement])
        .output()
        .expect("psql is installed");
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Makes two tests of one story: the same body on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($(async fn $name:ident($db:ident: Database) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a story may need nothing of its file")]
            use super::*;

            async fn story($db: $crate::harness::Database) $body

            #[tokio::test]
            async fn sqlite() {
                let db = $crate::harness::Database::create($crate::harness::Engine::Sqlite).await;
                // On the heap: a long story does not fit the stack of a test's thread.
                Box::pin(story(db)).await;
            }

            #[tokio::test]
            async fn postgres() {
                let db = $crate::harness::Database::create($crate::harness::Engine::Postgres).await;
                Box::pin(story(db)).await;
            }
        }
    )*};
}
