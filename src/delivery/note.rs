//! A short letter outside the ledger, such as an alert to the lead: it is tried once.

use super::relay::Relay;
use super::smtp::{Content, LinkError, Reply, Session, SmtpRelay};

/// Why a note did not go.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// The relay cannot be reached.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The connection broke, or the relay refused it.
    #[error("the relay did not take the note: {0}")]
    Refused(String),
    /// A mailbox folder holds letters of the ledger only.
    #[error("the relay is a mailbox folder, which takes no notes")]
    Folder,
}

impl Relay {
    /// Sends one short letter, outside the ledger and its pace. Not tried again.
    pub async fn send_note(&self, from: &str, to: &str, letter: Vec<u8>) -> Result<(), NoteError> {
        let Relay::Smtp(relays) = self else { return Err(NoteError::Folder) };
        let content = Content::of(letter).map_err(|e| NoteError::Refused(e.to_string()))?;
        let session = open_first(relays).await?;
        match session.send_note(from, to, content).await {
            Ok(reply) if reply.is_good() => Ok(()),
            Ok(reply) => Err(NoteError::Refused(code_of(&reply))),
            Err(e) => Err(NoteError::Refused(e.to_string())),
        }
    }
}

/// A session over the first relay that lets us in; else why the preferred one did not.
async fn open_first(relays: &[SmtpRelay]) -> Result<Session, NoteError> {
    let mut refused = None;
    for relay in relays {
        match relay.open().await {
            Ok(session) => return Ok(session),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    Err(refused.map_or(NoteError::Folder, NoteError::Link))
}

/// The codes alone: a reply's words may hold the address.
fn code_of(reply: &Reply) -> String {
    let status = reply.find_status().map(|told| format!(" {}", told.status));
    format!("{}{}", reply.code, status.unwrap_or_default())
}
