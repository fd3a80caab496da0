//! Why returned mail cannot be looked for or read.

use std::path::PathBuf;

use crate::config::SecretError;
use crate::delivery::TokenError;
use crate::store::StoreError;

/// Why no returned mail can be looked for.
#[derive(Debug, thiserror::Error)]
#[error("[returned] in treff.toml cannot be used: {0}")]
pub struct ReturnedError(#[from] MailboxError);

/// Why one visit failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum VisitError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a folder cannot be looked into.
#[derive(Debug, thiserror::Error)]
#[error(
    "the folder {path} of returned mail cannot be used: {source}; correct maildir under [returned], or let treff in"
)]
pub struct FolderError {
    pub(super) path: PathBuf,
    pub(super) source: std::io::Error,
}

/// Why a mailbox cannot be read. Never holds a secret, nor whose mailbox it is.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// A setting cannot be used.
    #[error("[returned.imap]: {0}")]
    Settings(&'static str),
    /// There is no trust to be had.
    #[error("[returned.imap]: {0}")]
    Trust(String),
    /// There is no password.
    #[error("the mailbox's password: {0}")]
    Password(#[from] SecretError),
    /// There is no access token.
    #[error("the mailbox: {0}")]
    Token(#[from] TokenError),
    /// The connection failed.
    #[error("the mailbox's server cannot be reached: {0}; is host right under [returned.imap]?")]
    Io(#[from] std::io::Error),
    /// TLS failed.
    #[error(
        "the mailbox's server cannot be trusted: {0}; if its authority is not a public one, set trust_file"
    )]
    Tls(std::io::Error),
    /// STARTTLS is required and not there.
    #[error("the mailbox's server offers no STARTTLS; try tls = \"implicit\" under [returned.imap]")]
    NoTls,
    /// Nothing came for too long.
    #[error("the mailbox's server does not answer")]
    Silent,
    /// The server hung up.
    #[error("the mailbox's server closed the connection {0}")]
    Closed(String),
    /// What came is no IMAP, or more than was asked for.
    #[error("the mailbox's server sent what is no answer")]
    Garbage,
    /// Log-in was refused.
    #[error("the mailbox's server lets nobody in with these credentials: {0}")]
    Login(String),
    /// A command was refused.
    #[error("the mailbox's server refused: {told}")]
    Refused {
        /// In its words.
        told: String,
        /// Its last challenge.
        challenge: String,
    },
}
