//! Whether letters can leave: the relay, and who is sending.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::Check;
use crate::config::Config;

pub(super) async fn check(config: &Config) -> Check {
    match config.relay_url.strip_prefix("maildir:") {
        Some(folder) => check_folder(&config.folder.join(folder)),
        None => Check::warning("relay", "not tried", "send a letter to yourself"),
    }
}

/// A folder that is there must take a file; one that is not is made by the first letter.
fn check_folder(folder: &Path) -> Check {
    const NAME: &str = "relay";
    let nearest = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    match try_to_write(nearest) {
        Ok(()) if nearest == folder => {
            Check::ok(NAME, format!("letters go into the folder {}", folder.display()))
        }
        Ok(()) => Check::ok(NAME, format!("letters will go into the folder {}", folder.display())),
        Err(e) => Check::error(
            NAME,
            format!("no file can be written into {}: {e}", nearest.display()),
            "let the user that runs treff write there, or change relay_url in treff.toml",
        ),
    }
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".treff-doctor-{}", std::process::id()));
    File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

/// Who is sending: on SQLite one process at most, told by the lock of the operating system.
pub(super) fn check_lock(config: &Config) -> Check {
    const NAME: &str = "sending";
    let Some(database) = config.database_url.strip_prefix("sqlite://") else {
        return Check::ok(NAME, "PostgreSQL: any number of workers may send");
    };
    let path = PathBuf::from(format!("{database}.sending"));
    let Ok(file) = File::open(&path) else { return Check::ok(NAME, "nobody is sending now") };
    match file.try_lock_shared() {
        Ok(()) => Check::ok(NAME, "nobody is sending now"),
        Err(TryLockError::WouldBlock) => Check::ok(NAME, "a process is sending now (treff serve)"),
        Err(TryLockError::Error(e)) => Check::error(
            NAME,
            format!("{} cannot be locked: {e}", path.display()),
            "keep the database on a local disk, not on a network share",
        ),
    }
}
