//! A short letter outside the ledger, such as an alert to the lead or a link that was asked for: one attempt.

use std::sync::Arc;

use super::refusal::{Refusal, classify_reply};
use super::relay::Relay;
use super::smtp::{Content, LinkError, NoteEnd, Reply, Session, SmtpRelay, WireError};
use super::worker::SendError;
use crate::ids::RecipientId;
use crate::token::Keys;

/// What tags of test letters' names are of.
const TEST: &str = "test";

/// What became of one attempt. The words never hold an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteFate {
    /// The relay said 250, or it lies in the folder.
    Taken(String),
    /// Surely not taken; it may be tried again.
    Deferred(String),
    /// Refused for good; with it what is to be held against whose address it went to, if the reply speaks of that: the
    /// kind of failure and its enhanced status code.
    Refused(String, Option<(Refusal, String)>),
    /// The connection broke behind its final dot, or nothing that answers it came: nobody knows.
    Uncertain(String),
}

/// What the file of a test letter is called that shows what comes to `recipient`. It goes to somebody else, so nothing but
/// its name tells whose words stand in it; the tag tells it from those of another forum that has used the folder.
pub fn name_test(keys: &Keys, recipient: RecipientId, random: &str) -> String {
    format!("test-{recipient}-{}-{random}", keys.return_tag(TEST, recipient.0))
}

/// Whose coming letter the test of that name shows; none if it is no test of this forum.
pub fn whose_test(keys: &Keys, name: &str) -> Option<RecipientId> {
    let (id, rest) = name.strip_prefix("test-")?.split_once('-')?;
    let (id, tag) = (id.parse().ok()?, rest.split('-').next()?);
    keys.checks_return_tag(TEST, id, tag).then_some(RecipientId(id))
}

impl Relay {
    /// Makes a mailbox folder ready for notes of the forum that `mark` tells from others.
    pub fn prepare_for_notes(&mut self, mark: &str) -> Result<(), SendError> {
        let Relay::Maildir(maildir) = self else { return Ok(()) };
        let path = maildir.folder().to_owned();
        maildir.prepare(mark).map_err(|source| SendError::Maildir { path, source })
    }

    /// Tries one short letter, outside the ledger and its pace. `name` is unlike that of any other note: in a mailbox
    /// folder the file is called so, and one that is there already counts as taken.
    pub async fn send_note(&self, name: &str, from: &str, to: &str, letter: Vec<u8>) -> NoteFate {
        let relays = match self {
            Relay::Smtp(relays) => relays,
            Relay::Maildir(maildir) => return store_note(maildir, name, letter).await,
        };
        let content = match Content::of(letter) {
            Ok(content) => content,
            Err(error) => return NoteFate::Refused(error.to_string(), None),
        };
        let session = match open_first(relays).await {
            Ok(session) => session,
            Err(why) => return NoteFate::Deferred(why),
        };
        match session.send_note(from, to, content).await {
            NoteEnd::Answered(reply) if reply.is_good() => NoteFate::Taken(code_of(&reply)),
            NoteEnd::Answered(reply) if reply.is_final() => {
                let held = classify_reply(&reply.written());
                NoteFate::Refused(code_of(&reply), held.map(|(kind, status)| (kind, status.to_string())))
            }
            NoteEnd::Answered(reply) => NoteFate::Deferred(code_of(&reply)),
            NoteEnd::Broken(_) => NoteFate::Deferred("the connection broke".to_owned()),
            NoteEnd::Unknown(WireError::Garbage) => {
                NoteFate::Uncertain("the final dot was not answered in SMTP".to_owned())
            }
            NoteEnd::Unknown(_) => {
                NoteFate::Uncertain("the connection broke behind the final dot".to_owned())
            }
        }
    }
}

async fn store_note(maildir: &super::Maildir, name: &str, letter: Vec<u8>) -> NoteFate {
    let (maildir, name) = (Arc::new(maildir.clone()), name.to_owned());
    let stored = tokio::task::spawn_blocking(move || maildir.store_note(&name, &letter)).await;
    match stored {
        Ok(Ok(_)) => NoteFate::Taken("250 2.0.0 stored".to_owned()),
        Ok(Err(error)) => NoteFate::Deferred(format!("the mailbox folder: {error}")),
        Err(_) => NoteFate::Deferred("the mailbox folder cannot be written".to_owned()),
    }
}

/// A session over the first relay that lets us in; else why the preferred one did not.
async fn open_first(relays: &[SmtpRelay]) -> Result<Session, String> {
    let mut refused: Option<LinkError> = None;
    for relay in relays {
        match relay.open().await {
            Ok(session) => return Ok(session),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    Err(refused.map_or_else(|| "there is no relay".to_owned(), |why| why.to_string()))
}

/// The codes alone: a reply's words may hold the address.
fn code_of(reply: &Reply) -> String {
    let status = reply.find_status().map(|told| format!(" {}", told.status));
    format!("{}{}", reply.code, status.unwrap_or_default())
}
