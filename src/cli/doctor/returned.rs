//! Whether returned mail can be read where the configuration says that it comes in.

use std::time::Duration;

use super::Check;
use crate::clock::Clock;
use crate::config::Config;
use crate::feedback::returned::{ImapMailbox, WatchedFolder};

const NAME: &str = "returned";
/// A server that takes longer to let us in is told as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// One check for each place; one that says so if there is none.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let settings = &config.file.returned;
    let mut checks = Vec::new();
    if let Some(folder) = &settings.maildir {
        checks.push(check_folder(WatchedFolder::at(config.folder.join(folder))).await);
    }
    if let Some(imap) = &settings.imap {
        let remedy = "correct [returned.imap] in treff.toml";
        checks.push(match ImapMailbox::open(imap, config, &Clock::system()) {
            Ok(mailbox) => check_mailbox(&mailbox).await,
            Err(e) => Check::error(NAME, e.to_string(), remedy),
        });
    }
    if checks.is_empty() {
        checks.push(Check::ok(NAME, "no place is watched; treff bounce reads returned mail one by one"));
    }
    checks
}

async fn check_folder(folder: WatchedFolder) -> Check {
    match folder.try_out().await {
        Ok(waiting) => Check::ok(NAME, format!("the folder can be read; {waiting} mails wait")),
        Err(e) => Check::error(
            NAME,
            e.to_string(),
            "name the Maildir that the mail server delivers into, and let the user that runs treff write there",
        ),
    }
}

async fn check_mailbox(mailbox: &ImapMailbox) -> Check {
    let remedy = "correct [returned.imap] in treff.toml, or ask whoever runs the mailbox";
    match tokio::time::timeout(PATIENCE, mailbox.try_out()).await {
        Ok(Ok(waiting)) => Check::ok(NAME, format!("{mailbox:?} can be read; {waiting} unread mails wait")),
        Ok(Err(e)) => Check::error(NAME, e.to_string(), remedy),
        Err(_) => {
            let told = format!("{mailbox:?} does not answer within {} s", PATIENCE.as_secs());
            Check::error(NAME, told, remedy)
        }
    }
}
