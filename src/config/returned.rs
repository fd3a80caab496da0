//! `[returned]`: where returned mail comes in by itself.

use std::path::PathBuf;

use serde::Deserialize;

use super::OAuth2Settings;

/// Where `serve` and `worker` look for returned mail; nowhere by default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReturnedSettings {
    /// A Maildir that a mail server on this machine delivers into.
    pub maildir: Option<PathBuf>,
    /// A mailbox on another server.
    pub imap: Option<ImapSettings>,
}

/// A mailbox that is read over IMAP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    /// The server's name or address.
    pub host: String,
    /// Its port; by default 993, or 143 without TLS from the start.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: ImapTls,
    /// Who logs in.
    pub user: String,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// A variable of the environment that holds the password.
    pub password_env: Option<String>,
    /// Where access tokens come from, instead of a password (XOAUTH2).
    pub oauth2: Option<OAuth2Settings>,
    /// The folder that returned mail arrives in.
    #[serde(default = "inbox")]
    pub folder: String,
    /// A folder that mail goes to once it was taken in; without one it stays, marked as read.
    pub move_to: Option<String>,
    /// A file with one more trusted root certificate, in PEM.
    pub trust_file: Option<PathBuf>,
    /// How often the mailbox is looked into.
    #[serde(default = "every_minute")]
    pub every_seconds: u64,
}

/// How a connection to a mailbox is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapTls {
    /// TLS from the first byte (RFC 8314).
    #[default]
    Implicit,
    /// STARTTLS, required.
    StartTls,
    /// Nothing: on this machine only.
    None,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn every_minute() -> u64 {
    60
}
