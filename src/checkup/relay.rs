//! Whether letters can leave: the relays, or the folder that stands for one.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::PermissionsExt as _;
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

/// Files of secrets that every user of this machine can read: of relays, of mailboxes, of houses that staff sign in by.
pub fn list_open_secrets(config: &Config) -> Vec<PathBuf> {
    let relays = config.relays.iter().flat_map(|relay| list_secrets(&relay.password_file, &relay.oauth2));
    let places =
        [&config.file.returned, &config.file.drafts].into_iter().filter_map(|place| place.imap.as_ref());
    let mailboxes = places.flat_map(|imap| list_secrets(&imap.password_file, &imap.oauth2));
    let houses = config.file.sign_in.oidc.iter().filter_map(|house| house.client_secret_file.as_ref());
    let files: BTreeSet<PathBuf> =
        relays.chain(mailboxes).chain(houses).map(|file| config.folder.join(file)).collect();
    files.into_iter().filter(|path| is_open_to_others(path)).collect()
}

fn list_secrets<'a>(
    password_file: &'a Option<PathBuf>,
    oauth2: &'a Option<OAuth2Settings>,
) -> impl Iterator<Item = &'a PathBuf> {
    let of_tokens = oauth2.iter().flat_map(|oauth2| [&oauth2.client_secret_file, &oauth2.token_file]);
    of_tokens.chain([password_file]).flatten()
}

fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0)
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
