//! Whether letters can leave: the relays, or the folder that stands for one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{Config, OAuth2Settings};
use crate::delivery::{LinkError, Protection, Relay, RelayError, SmtpRelay};

/// A relay that takes longer to let us in is told as one that does not answer.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Where letters go, as the settings say. Goes nowhere.
#[derive(Debug)]
pub enum Opened {
    /// Into a folder.
    Folder(PathBuf),
    /// Over these, in order of preference: at least one.
    Servers(Vec<SmtpRelay>),
    /// Nowhere: the settings cannot be used.
    Unusable(RelayError),
}

/// Reads the settings and the secrets that they name.
pub fn open(config: &Config, clock: &Clock) -> Opened {
    match Relay::open(config, clock) {
        Ok(Relay::Maildir(maildir)) => Opened::Folder(maildir.folder().to_owned()),
        Ok(Relay::Smtp(relays)) => Opened::Servers(relays),
        Err(error) => Opened::Unusable(error),
    }
}

/// How a relay took us.
#[derive(Debug, Clone)]
pub enum Knock {
    /// It lets us in, ready for a letter.
    LetIn,
    /// It does not; at this stage, for this cause.
    Stopped(LinkError),
    /// It did neither within [`PATIENCE`].
    Silent,
}

/// Knocks at a relay, with TLS and log-in as when sending, and goes away again. With a sender's address, asks also whether
/// letters may come from it. Never longer than [`PATIENCE`].
pub async fn knock(relay: &SmtpRelay, sender: Option<&str>) -> Knock {
    let conversation = async {
        let session = relay.open().await?;
        match sender {
            Some(sender) => session.ask_sender(sender).await,
            None => Ok(()),
        }
    };
    match tokio::time::timeout(PATIENCE, conversation).await {
        Ok(Ok(())) => Knock::LetIn,
        Ok(Err(stopped)) => Knock::Stopped(stopped),
        Err(_) => Knock::Silent,
    }
}

/// Whether a relay is spoken to under TLS.
pub fn is_protected(relay: &SmtpRelay) -> bool {
    match relay.protection {
        Protection::None => false,
        Protection::StartTls | Protection::Implicit => true,
    }
}

/// Files of the relays' secrets that every user of this machine can read.
pub fn list_open_secrets(config: &Config) -> Vec<PathBuf> {
    let files = config.relays.iter().flat_map(|relay| {
        let oauth2 = relay.oauth2.as_ref();
        let of_token = |file: fn(&OAuth2Settings) -> &Option<PathBuf>| oauth2.and_then(|o| file(o).as_ref());
        [relay.password_file.as_ref(), of_token(|o| &o.client_secret_file), of_token(|o| &o.token_file)]
    });
    let paths = files.flatten().map(|file| config.folder.join(file));
    paths.filter(|path| is_open_to_others(path)).collect()
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

/// Whether letters can be laid into a folder.
#[derive(Debug)]
pub enum Folder {
    /// They can.
    Takes,
    /// It is not there yet; the first letter makes it.
    WillBeMade,
    /// `at`, the nearest folder that is there, takes no file.
    Shut {
        /// Which.
        at: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
}

/// Tries whether a file can be written there, and takes it away again.
pub fn try_folder(folder: &Path) -> Folder {
    let nearest = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    match try_to_write(nearest) {
        Ok(()) if nearest == folder => Folder::Takes,
        Ok(()) => Folder::WillBeMade,
        Err(why) => Folder::Shut { at: nearest.to_owned(), why },
    }
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".treff-doctor-{}", std::process::id()));
    File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}
