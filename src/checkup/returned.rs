//! Whether returned mail can be read where the configuration says that it comes in.

use std::time::Duration;

use crate::clock::Clock;
use crate::config::{Config, MailPlace, WatchedPlace};
use crate::feedback::returned::{FolderError, ImapMailbox, MailboxError, WatchedFolder};

/// A server that takes longer to let us in is told as one that does not answer.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// A place where mail comes in, tried out.
#[derive(Debug)]
pub struct TriedPlace {
    /// The section of the configuration that describes it.
    pub section: &'static str,
    /// What became of it.
    pub watched: Watched,
}

/// What one place that is watched answered.
#[derive(Debug)]
pub enum Watched {
    /// A folder; how many mails wait in it.
    Folder(Result<usize, FolderError>),
    /// A mailbox that the settings describe wrongly.
    Unusable(MailboxError),
    /// A mailbox; how many unread mails wait in it.
    Mailbox {
        /// As `treff doctor` names it.
        name: String,
        /// What it answered; none: nothing within the patience.
        answer: Option<Result<usize, MailboxError>>,
    },
}

/// Whether returned mail is watched for in any place. Goes nowhere.
pub fn is_watched(config: &Config) -> bool {
    config.file.returned.is_any()
}

/// Looks into each place that is watched, for returned mail or for what people write, with so much patience for a
/// mailbox's server; changes nothing.
pub async fn try_all(config: &Config, clock: &Clock, patience: Duration) -> Vec<TriedPlace> {
    let mut found = Vec::new();
    for WatchedPlace { place, section, .. } in config.watched_places() {
        let watched = match place {
            MailPlace::Maildir(folder) => {
                Watched::Folder(WatchedFolder::at(config.folder.join(folder)).try_out().await)
            }
            MailPlace::Imap(imap) => match ImapMailbox::open(imap, section, config, clock) {
                Ok(mailbox) => Watched::Mailbox {
                    name: mailbox.name(),
                    answer: tokio::time::timeout(patience, mailbox.try_out()).await.ok(),
                },
                Err(error) => Watched::Unusable(error),
            },
        };
        found.push(TriedPlace { section, watched });
    }
    found
}
