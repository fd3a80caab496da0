//! Whether mail can be read where the configuration says that it comes in.

use super::check::Check;
use crate::checkup::returned::{PATIENCE, TriedPlace, Watched, is_watched, try_all};
use crate::clock::Clock;
use crate::config::Config;

const NAME: &str = "returned";

/// One check for each place; one that says so if returned mail has none.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let none = "no place is watched; treff bounce reads returned mail one by one";
    let mut checks = Vec::new();
    checks.extend((!is_watched(config)).then(|| Check::ok(NAME, none)));
    checks.extend(try_all(config, &Clock::system(), PATIENCE).await.into_iter().map(tell));
    checks
}

fn tell(TriedPlace { section, watched }: TriedPlace) -> Check {
    let name = if section.starts_with("[drafts") { "drafts" } else { NAME };
    let correct = format!("correct {section} in treff.toml");
    let remedy = format!("{correct}, or ask whoever runs the mailbox");
    match watched {
        Watched::Folder(Ok(waiting)) => {
            Check::ok(name, format!("the folder can be read; {waiting} mails wait"))
        }
        Watched::Folder(Err(e)) => Check::error(
            name,
            e.to_string(),
            "name the Maildir that the mail server delivers into, and let the user that runs treff write there",
        ),
        Watched::Unusable(e) => Check::error(name, e.to_string(), correct),
        Watched::Mailbox { name: mailbox, answer: Some(Ok(waiting)) } => {
            Check::ok(name, format!("{mailbox} can be read; {waiting} unread mails wait"))
        }
        Watched::Mailbox { answer: Some(Err(e)), .. } => Check::error(name, e.to_string(), remedy),
        Watched::Mailbox { name: mailbox, answer: None } => {
            let told = format!("{mailbox} does not answer within {} s", PATIENCE.as_secs());
            Check::error(name, told, remedy)
        }
    }
}
