//! Why returned mail cannot be looked for or read.

use std::path::PathBuf;

use crate::config::SecretError;
use crate::delivery::TokenError;
use crate::store::StoreError;

/// Why no returned mail can be looked for.
#[derive(Debug, thiserror::Error)]
#[error("a mailbox under [returned] or [drafts] in treff.toml cannot be used: {0}")]
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
    "the folder {path} that mail comes into cannot be used: {source}; correct maildir in its section of treff.toml, or let treff in"
)]
pub struct FolderError {
    pub(super) path: PathBuf,
    pub(super) source: std::io::Error,
}

/// Why a mailbox cannot be read. Never holds a secret, nor whose mailbox it is.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// A setting cannot be used.
    #[error("{section}: {told}")]
    Settings {
        /// The section of treff.toml.
        section: &'static str,
        /// What is wrong, and what to write.
        told: &'static str,
    },
    /// There is no trust to be had.
    #[error("{section}: {told}")]
    Trust {
        /// The section of treff.toml.
        section: &'static str,
        /// Why there is none.
        told: String,
    },
    /// There is no password.
    #[error("the mailbox's password: {0}")]
    Password(#[from] SecretError),
    /// There is no access token.
    #[error("the mailbox: {0}")]
    Token(#[from] TokenError),
    /// The connection failed.
    #[error("the mailbox's server cannot be reached: {0}; is host right in its section of treff.toml?")]
    Io(#[from] std::io::Error),
    /// TLS failed.
    #[error(
        "the mailbox's server cannot be trusted: {0}; if its authority is not a public one, set trust_file"
    )]
    Tls(std::io::Error),
    /// STARTTLS is required and not there.
    #[error("the mailbox's server offers no STARTTLS; try tls = \"implicit\" in its section of treff.toml")]
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
