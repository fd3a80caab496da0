//! Whether the database is there and holds what every command needs.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::check::Check;
use crate::clock::Clock;
use crate::config::Config;
use crate::delivery::list_files_beside;
use crate::forum::House;
use crate::store::{
    DiskFailure, Found, Hindrance, REMEDY_IF_UNRELEASED, Store, StoreError, Wholeness, has_forum,
};
use crate::world;

const NAME: &str = "database";

/// So long at most the file is looked through for damage: a gigabyte takes a few seconds.
const LOOKED_THROUGH_WITHIN: Duration = Duration::from_secs(20);

/// The bits of a file's mode that are of group and others.
const OTHERS: u32 = 0o077;

/// Database, signing keys, forum and lead; what cannot be asked without the one before is left out.
pub(super) async fn check(config: &Config, found: &Result<Found, StoreError>) -> Vec<Check> {
    let store = match found {
        Ok(Found::Current(store)) => store,
        Ok(Found::Older { from, to }) => return vec![tell_older(*from, *to)],
        Err(e) => return vec![Check::error(NAME, e.to_string(), remedy_of(e))],
    };
    vec![
        check_database(config, store).await,
        check_keys(store).await,
        check_forum(config, store).await,
        check_lead(store).await,
        check_pace(store).await,
        check_ahead(store, Clock::system().now()).await,
    ]
}

/// Nothing more is asked of tables that are not those of this program: only another command brings them up to date.
fn tell_older(from: i64, to: i64) -> Check {
    Check::warning(
        NAME,
        format!("its tables are of version {from}; the first other command brings them to {to}"),
        "before you run one, stop Treff and take a backup",
    )
}

/// Whether it is whole and can be written, and what else is to say of its file.
async fn check_database(config: &Config, store: &Store) -> Check {
    let found = match store.check_whole(LOOKED_THROUGH_WITHIN).await {
        Ok(Wholeness::Damaged(what)) => {
            return Check::error(NAME, format!("it is damaged: {what}"), DiskFailure::Damaged.remedy());
        }
        Ok(found) => found,
        Err(e) => return Check::error(NAME, e.to_string(), remedy_of(&e)),
    };
    if let Err(e) = store.try_writing().await {
        return Check::error(NAME, format!("it cannot be written: {e}"), remedy_of(&e));
    }
    let mut check = check_file(config);
    if found == Wholeness::NotLookedThrough {
        check.detail += "; it is too large to be looked through here, PRAGMA quick_check in sqlite3 does it";
    }
    check
}

/// What it is, and whether others than its owner can read the file: it holds the signing keys and everybody's data.
fn check_file(config: &Config) -> Check {
    let Some(path) = config.database_url.strip_prefix("sqlite://") else {
        return Check::ok(NAME, "PostgreSQL, its tables up to date");
    };
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().mode() & OTHERS != 0 => Check::warning(
            NAME,
            format!("SQLite, its tables up to date; others than its owner can read {path} or write it"),
            format!("chmod 600 {path}*, which takes the files beside it along"),
        ),
        Ok(found) => match find_strange_file(path, found.uid()) {
            Some(strange) => Check::warning(
                NAME,
                format!("SQLite, its tables up to date; {strange} belongs to another user than {path}"),
                format!("chown --reference={path} {path}*"),
            ),
            None => Check::ok(NAME, "SQLite, its tables up to date"),
        },
        Err(_) => Check::ok(NAME, "SQLite, its tables up to date"),
    }
}

/// A file beside the database that is not its owner's: a command that another user ran, root perhaps, left it there, and
/// `serve` cannot write it.
fn find_strange_file(database: &str, owner: u32) -> Option<String> {
    let (path, beside) =
        (Path::new(database), ["-wal", "-shm"].map(|end| PathBuf::from(format!("{database}{end}"))));
    let is_strange = |file: &PathBuf| std::fs::metadata(file).is_ok_and(|found| found.uid() != owner);
    let found = beside.into_iter().chain(list_files_beside(path)).find(is_strange)?;
    Some(found.display().to_string())
}

/// What helps against a database that cannot be opened or asked.
fn remedy_of(error: &StoreError) -> &'static str {
    let cause: &(dyn std::error::Error + 'static) = error;
    let mut causes = std::iter::successors(Some(cause), |cause| cause.source());
    match error {
        StoreError::Newer { .. } => "run the treff that made it, or restore a backup from before that",
        StoreError::Unreleased { .. } => REMEDY_IF_UNRELEASED,
        StoreError::Missing(_) | StoreError::Empty(_) => {
            "create it with treff init, or correct database_url in treff.toml or TREFF_DATABASE_URL"
        }
        StoreError::Corrupt { .. } | StoreError::Json(_) => "restore the database from a backup",
        StoreError::Foreign(_) | StoreError::Url(_) => {
            "correct database_url in treff.toml or TREFF_DATABASE_URL"
        }
        _ => causes
            .find_map(|cause| {
                let hindrance = || Hindrance::of(cause).map(Hindrance::remedy);
                DiskFailure::of(cause).map(DiskFailure::remedy).or_else(hindrance)
            })
            .unwrap_or(
                "let its server run and answer, or correct database_url in treff.toml or TREFF_DATABASE_URL",
            ),
    }
}

/// What the forum itself settles of who sends; nothing where that cannot be read, which [`check`] tells.
pub(super) async fn find_house(store: Option<&Store>) -> House {
    let Some(store) = store else { return House::default() };
    world::load_forum(store).await.map(|forum| forum.settings.house).unwrap_or_default()
}

async fn check_keys(store: &Store) -> Check {
    const NAME: &str = "keys";
    match store.list_keys().await {
        Ok(keys) if keys.is_empty() => {
            Check::error(NAME, "no key to sign links with", "make one with treff init --no-input")
        }
        Ok(keys) => Check::ok(NAME, format!("{} to sign links with", keys.len())),
        Err(e) => Check::error(NAME, e.to_string(), remedy_of(&e)),
    }
}

async fn check_forum(config: &Config, store: &Store) -> Check {
    const NAME: &str = "forum";
    match world::load_forum(store).await {
        Ok(forum) => Check::ok(NAME, forum.settings.name),
        Err(world::WorldError::NoForum) => match find_forum_in_file(config).await {
            Some(path) => Check::error(
                NAME,
                format!("there is none yet; {} holds one", path.display()),
                "go on with that one (database_url = \"sqlite://treff.db\") and copy it into an empty database, which this \
                 is not: treff database copy; or begin anew here: treff forum apply forum.toml",
            ),
            None => {
                Check::error(NAME, "there is none yet", "describe it in a file: treff forum apply forum.toml")
            }
        },
        Err(world::WorldError::Store(e)) => Check::error(NAME, e.to_string(), remedy_of(&e)),
        Err(e) => {
            Check::error(NAME, e.to_string(), "apply the forum file again: treff forum apply forum.toml")
        }
    }
}

/// The file beside the configuration that holds a forum, where PostgreSQL is asked instead.
async fn find_forum_in_file(config: &Config) -> Option<PathBuf> {
    let path = config.folder.join("treff.db");
    (!config.database_url.starts_with("sqlite://") && has_forum(&path).await).then_some(path)
}

async fn check_lead(store: &Store) -> Check {
    const NAME: &str = "lead";
    match store.count_accounts().await {
        Ok(0) => {
            Check::warning(NAME, "nobody has an account", "run treff init at a terminal, without --no-input")
        }
        Ok(1) => Check::ok(NAME, "1 account"),
        Ok(number) => Check::ok(NAME, format!("{number} accounts")),
        Err(e) => Check::error(NAME, e.to_string(), remedy_of(&e)),
    }
}

/// Editions that are paused and alerts that are open.
async fn check_pace(store: &Store) -> Check {
    const NAME: &str = "pace";
    let found = async {
        let alerts: Vec<String> =
            store.list_open_alerts().await?.into_iter().map(|alert| alert.text).collect();
        let editions = store.list_editions().await?;
        Ok::<_, crate::store::StoreError>((alerts, editions.iter().filter(|e| e.paused_at.is_some()).count()))
    };
    match found.await {
        Ok((alerts, 0)) if alerts.is_empty() => Check::ok(NAME, "no edition is paused"),
        Ok((alerts, paused)) => Check::warning(
            NAME,
            if alerts.is_empty() {
                format!("paused by hand: {paused} of the editions")
            } else {
                alerts.join(" ")
            },
            "see treff edition list; let one go on with treff edition resume CADENCE --at T",
        ),
        Err(e) => Check::error(NAME, e.to_string(), remedy_of(&e)),
    }
}

/// Editions of instants that are still to come: opened with `--at`, or by a clock that was wrong.
async fn check_ahead(store: &Store, now: DateTime<Utc>) -> Check {
    const NAME: &str = "editions";
    match store.list_editions().await {
        Ok(editions) => {
            let ahead: Vec<String> = editions
                .iter()
                .filter(|edition| now < edition.occurs_at)
                .map(|e| format!("{} {}", e.cadence, e.occurs_at.to_rfc3339_opts(SecondsFormat::Secs, true)))
                .collect();
            if ahead.is_empty() {
                return Check::ok(NAME, "none is ahead of the clock");
            }
            Check::warning(
                NAME,
                format!("opened ahead of the clock: {}", ahead.join(", ")),
                "is this machine's clock right? an edition that was run with --at in the future is not opened again when its \
                 time comes: what is queued later goes with the one after it",
            )
        }
        Err(e) => Check::error(NAME, e.to_string(), remedy_of(&e)),
    }
}
