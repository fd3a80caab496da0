//! Whether letters can leave: the relay, and who is sending.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Check;
use crate::config::Config;
use crate::delivery::{Protection, Relay, SmtpRelay};

const NAME: &str = "relay";
/// A relay that takes longer to let us in is told as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Knocks at the relay, with TLS and log-in as when sending, and goes away again.
pub(super) async fn check(config: &Config) -> Check {
    match Relay::open(config) {
        Ok(Relay::Maildir(maildir)) => check_folder(maildir.folder()),
        Ok(Relay::Smtp(relay)) => check_server(&relay).await,
        Err(e) => Check::error(NAME, e.to_string(), "correct relay_url in treff.toml or TREFF_RELAY_URL"),
    }
}

async fn check_server(relay: &SmtpRelay) -> Check {
    let place = format!("{}:{}", relay.host, relay.port);
    let remedy = "is relay_url right, and may this machine reach it? ask whoever runs the relay";
    match tokio::time::timeout(PATIENCE, relay.open()).await {
        Ok(Ok(_session)) => {
            let how = match relay.protection {
                Protection::None => "without TLS",
                Protection::StartTls | Protection::Implicit => "with TLS",
            };
            let who = if relay.login.is_some() { ", logged in" } else { "" };
            Check::ok(NAME, format!("{place} answers {how}{who}"))
        }
        Ok(Err(e)) => Check::error(NAME, e.to_string(), remedy),
        Err(_) => {
            Check::error(NAME, format!("{place} does not answer within {} s", PATIENCE.as_secs()), remedy)
        }
    }
}

/// A folder that is there must take a file; one that is not is made by the first letter.
fn check_folder(folder: &Path) -> Check {
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
