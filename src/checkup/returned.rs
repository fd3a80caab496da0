//! Whether returned mail can be read where the configuration says that it comes in.

use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::feedback::returned::{FolderError, ImapMailbox, MailboxError, WatchedFolder};

/// A server that takes longer to let us in is told as one that does not answer.
pub const PATIENCE: Duration = Duration::from_secs(15);

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

/// Whether any place is watched. Goes nowhere.
pub fn is_watched(config: &Config) -> bool {
    config.file.returned.maildir.is_some() || config.file.returned.imap.is_some()
}

/// Looks into each place that is watched, with so much patience for a mailbox's server; changes nothing.
pub async fn try_all(config: &Config, clock: &Clock, patience: Duration) -> Vec<Watched> {
    let settings = &config.file.returned;
    let mut found = Vec::new();
    if let Some(folder) = &settings.maildir {
        let folder = WatchedFolder::at(config.folder.join(folder));
        found.push(Watched::Folder(folder.try_out().await));
    }
    if let Some(imap) = &settings.imap {
        found.push(match ImapMailbox::open(imap, config, clock) {
            Ok(mailbox) => Watched::Mailbox {
                name: format!("{mailbox:?}"),
                answer: tokio::time::timeout(patience, mailbox.try_out()).await.ok(),
            },
            Err(error) => Watched::Unusable(error),
        });
    }
    found
}
