//! Whether returned mail can be read where the configuration says that it comes in.

use super::Check;
use crate::checkup::returned::{PATIENCE, Watched, try_all};
use crate::clock::Clock;
use crate::config::Config;

const NAME: &str = "returned";

/// One check for each place; one that says so if there is none.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let found = try_all(config, &Clock::system(), PATIENCE).await;
    if found.is_empty() {
        return vec![Check::ok(NAME, "no place is watched; treff bounce reads returned mail one by one")];
    }
    found.into_iter().map(tell).collect()
}

fn tell(found: Watched) -> Check {
    let remedy = "correct [returned.imap] in treff.toml, or ask whoever runs the mailbox";
    match found {
        Watched::Folder(Ok(waiting)) => {
            Check::ok(NAME, format!("the folder can be read; {waiting} mails wait"))
        }
        Watched::Folder(Err(e)) => Check::error(
            NAME,
            e.to_string(),
            "name the Maildir that the mail server delivers into, and let the user that runs treff write there",
        ),
        Watched::Unusable(e) => Check::error(NAME, e.to_string(), "correct [returned.imap] in treff.toml"),
        Watched::Mailbox { name, answer: Some(Ok(waiting)) } => {
            Check::ok(NAME, format!("{name} can be read; {waiting} unread mails wait"))
        }
        Watched::Mailbox { answer: Some(Err(e)), .. } => Check::error(NAME, e.to_string(), remedy),
        Watched::Mailbox { name, answer: None } => {
            let told = format!("{name} does not answer within {} s", PATIENCE.as_secs());
            Check::error(NAME, told, remedy)
        }
    }
}
