//! Whether letters can leave: the relay.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Check;
use crate::clock::Clock;
use crate::config::{Config, OAuth2Settings};
use crate::delivery::{Protection, Relay, SmtpRelay, Stage};

const NAME: &str = "relay";
/// A relay that takes longer to let us in is told as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Knocks at each relay, with TLS and log-in as when sending, and goes away again.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let mut checks = check_secrets(config);
    match Relay::open(config, &Clock::system()) {
        Ok(Relay::Maildir(maildir)) => checks.push(check_folder(maildir.folder())),
        Ok(Relay::Smtp(relays)) => {
            for relay in &relays {
                checks.push(check_server(relay).await);
            }
        }
        Err(e) => {
            let remedy = "correct relay_url or [[relay]] in treff.toml, or TREFF_RELAY_URL";
            checks.push(Check::error(NAME, e.to_string(), remedy));
        }
    }
    checks
}

async fn check_server(relay: &SmtpRelay) -> Check {
    let place = relay.name();
    match tokio::time::timeout(PATIENCE, relay.open()).await {
        Ok(Ok(_session)) => {
            let how = match relay.protection {
                Protection::None => "without TLS",
                Protection::StartTls | Protection::Implicit => "with TLS",
            };
            let who = if relay.login.is_some() { ", logged in" } else { "" };
            Check::ok(NAME, format!("{place} answers {how}{who}"))
        }
        Ok(Err(e)) => {
            let remedy = remedy_for(e.stage);
            Check::error(NAME, e.to_string(), remedy)
        }
        Err(_) => Check::error(
            NAME,
            format!("{place} does not let us in within {} s", PATIENCE.as_secs()),
            remedy_for(Stage::Connect),
        ),
    }
}

/// What to do about a relay that stops at this stage.
fn remedy_for(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => {
            "is the relay's url right, and may this machine reach it? a firewall may close the port; ask whoever runs it"
        }
        Stage::Greeting | Stage::Hello | Stage::Letters => {
            "ask whoever runs the relay whether this machine may use it; is the port right (587 for smtp://, 465 for smtps://)?"
        }
        Stage::StartTls => "use smtps:// if the relay speaks TLS from the start (port 465)",
        Stage::Handshake => {
            "is the host the name in the relay's certificate? a certificate of your own authority goes into trust_file"
        }
        Stage::Login => "are user and password (or oauth2) right, and may this user send over this relay?",
    }
}

/// Files of secrets that other users of this machine can read.
fn check_secrets(config: &Config) -> Vec<Check> {
    let files = config.relays.iter().flat_map(|relay| {
        let oauth2 = relay.oauth2.as_ref();
        let of_token = |file: fn(&OAuth2Settings) -> &Option<PathBuf>| oauth2.and_then(|o| file(o).as_ref());
        [relay.password_file.as_ref(), of_token(|o| &o.client_secret_file), of_token(|o| &o.token_file)]
    });
    let paths = files.flatten().map(|file| config.folder.join(file));
    paths
        .filter(|path| is_open_to_others(path))
        .map(|path| {
            Check::warning(
                "secrets",
                format!("{} can be read by every user of this machine", path.display()),
                format!("chmod 600 {}", path.display()),
            )
        })
        .collect()
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
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
