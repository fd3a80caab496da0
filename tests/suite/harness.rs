//! What every test starts from: a database of its own, on either engine. Its tables are made once and then copied:
//! all migrations for each of some thousand tests would be a third of their time.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use treff::store::{One, Store};

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
            Engine::Sqlite => {
                let (path, template) = (folder.path().join("treff.db"), sqlite_template().await);
                // As the program makes it: for its owner's eyes.
                let mut file = std::fs::OpenOptions::new();
                let file = file.write(true).create_new(true).mode(0o600).open(&path);
                file.and_then(|mut file| file.write_all(template)).expect("the tables can be written");
                (sqlite_url(&path), None)
            }
            Engine::Postgres => {
                let (server, template) = (postgres_server(), postgres_template().await);
                let name = random_name();
                psql(&server, &format!("CREATE DATABASE {name} TEMPLATE {template} {}", copying(&server)));
                (format!("{server}/{name}"), Some(name))
            }
        };
        let store = Store::open(&url, false).await.expect("the database opens");
        Database { store, url, folder, dropped_by }
    }

    /// Returns once so many transactions of this database wait for another's lock. On SQLite they wait to begin, and nobody
    /// sees them: at once.
    pub async fn until_waiting(&self, transactions: i64) {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity
                       WHERE datname = CURRENT_DATABASE() AND wait_event_type = 'Lock'";
        let mut seen = if self.url.starts_with("postgres") { 0 } else { transactions };
        // Each look in a transaction of its own: what one sees of the others stands still within it.
        while seen < transactions {
            let mut tx = self.store.begin().await.expect("a transaction begins");
            One(seen) = tx.get(waiting, vec![]).await.expect("they can be counted");
            tx.undo().await.expect("it is undone");
        }
    }

    /// A copy of a closed SQLite database.
    pub async fn copy_of(other: &Database) -> Database {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("treff.db");
        std::fs::copy(other.path("treff.db"), &path).expect("the database can be copied");
        let url = sqlite_url(&path);
        let store = Store::open(&url, false).await.expect("the copy opens");
        Database { store, url, folder, dropped_by: None }
    }

    /// The path of a file of this test's.
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

/// A database on the server in which there is nothing at all. It goes away with the value.
pub struct EmptyDatabase {
    pub url: String,
    name: String,
}

impl EmptyDatabase {
    pub fn create() -> EmptyDatabase {
        EmptyDatabase::create_as("")
    }

    /// With something said of how it is made, such as its encoding.
    pub fn create_as(how: &str) -> EmptyDatabase {
        let (server, name) = (postgres_server(), random_name());
        psql(&server, &format!("CREATE DATABASE {name} {how}"));
        EmptyDatabase { url: format!("{server}/{name}"), name }
    }
}

impl Drop for EmptyDatabase {
    fn drop(&mut self) {
        psql(&postgres_server(), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// A SQLite database with its tables and nothing else, as a file.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join("treff.db");
            let store = Store::open(&sqlite_url(&path), true).await.expect("the database opens");
            store.close().await;
            std::fs::read(&path).expect("the database can be read")
        })
        .await
}

/// The name of a PostgreSQL database with its tables and nothing else. It stays on the server, for other runs of the same
/// migrations.
async fn postgres_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let server = postgres_server();
            let name = format!("treff_tables_{}", hash_of_migrations());
            let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
            if psql(&server, &exists).is_empty() {
                let draft = random_name();
                psql(&server, &format!("CREATE DATABASE {draft}"));
                let store =
                    Store::open(&format!("{server}/{draft}"), true).await.expect("the database opens");
                store.close().await;
                // Another run may have been first.
                if !try_psql(&server, &format!("ALTER DATABASE {draft} RENAME TO {name}")).status.success() {
                    psql(&server, &format!("DROP DATABASE {draft} WITH (FORCE)"));
                    assert!(!psql(&server, &exists).is_empty(), "the tables could not be given their name");
                }
            }
            name
        })
        .await
}

/// Copying files takes half as long as writing every page to the log; servers before 15 know no other way.
fn copying(server: &str) -> &'static str {
    static COPYING: std::sync::OnceLock<&str> = std::sync::OnceLock::new();
    COPYING.get_or_init(|| {
        let version: u32 = psql(server, "SHOW server_version_num").trim().parse().expect("a number");
        if version >= 150_000 { "STRATEGY FILE_COPY" } else { "" }
    })
}

fn hash_of_migrations() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the migrations")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.file_name().expect("a name").as_encoded_bytes());
        hash.update(std::fs::read(&file).expect("a migration"));
    }
    hex::encode(&hash.finalize()[..8])
}

fn random_name() -> String {
    format!("treff_{}", hex::encode(treff::clock::random_bytes::<8>()))
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
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

/// What the statement printed.
fn psql(server: &str, statement: &str) -> String {
    let done = try_psql(server, statement);
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn try_psql(server: &str, statement: &str) -> std::process::Output {
    std::process::Command::new("psql")
        .args([
            "-q",
            "-X",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &format!("{server}/postgres"),
            "-c",
            statement,
        ])
        .output()
        .expect("psql is installed")
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
