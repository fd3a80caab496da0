//! SMTP (RFC 5321) over our own nodelay sockets, with PIPELINING (RFC 2920), SIZE (RFC 1870),
//! 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), ENHANCEDSTATUSCODES (RFC 2034), STARTTLS (RFC 3207) and
//! AUTH (RFC 4954).
//!
//! The protocol is our own code and not lettre's, because delivery must know on which side of the
//! final dot a connection broke: see `docs/decisions/2026-11-23-own-smtp-client.md`.
//!
//! [`session`] opens a connection; [`conversation`] carries letters over it, one after the other;
//! [`wire`] reads and writes with deadlines; [`content`] and [`reply`] are the two shapes of bytes.

mod cause;
mod content;
mod conversation;
mod login;
mod note;
mod offers;
mod reply;
mod sender;
mod session;
mod wire;

use std::time::Duration;

pub use cause::{Cause, LinkError, Stage};
pub use content::Content;
pub(crate) use conversation::Broken;
pub use note::NoteEnd;
pub use reply::{Enhanced, Reply, Told};
pub use session::Session;
pub(crate) use wire::WireError;

use super::token_source::TokenSource;
use crate::config::Secret;

/// How long each stage may take.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are the stages' names")]
pub struct Deadlines {
    pub connect: Duration,
    pub greeting: Duration,
    pub hello: Duration,
    pub handshake: Duration,
    pub login: Duration,
    pub mail: Duration,
    pub rcpt: Duration,
    pub data: Duration,
    /// For each block of the letter.
    pub block: Duration,
    pub dot: Duration,
    pub quit: Duration,
}

impl Default for Deadlines {
    /// RFC 5321, 4.5.3.2; what it does not name is as patient.
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Deadlines {
            connect: minutes(1),
            greeting: minutes(5),
            hello: minutes(5),
            handshake: minutes(2),
            login: minutes(5),
            mail: minutes(5),
            rcpt: minutes(5),
            data: minutes(2),
            block: minutes(3),
            dot: minutes(10),
            quit: Duration::from_secs(2),
        }
    }
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// `smtps://`: TLS from the first byte (RFC 8314).
    Implicit,
    /// `smtp://`: STARTTLS, required.
    StartTls,
    /// `?tls=none`: nothing; loopback only.
    None,
}

/// Who logs in, and with what.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// What shows that it is them.
    pub proof: Proof,
}

/// What a user shows.
#[derive(Debug, Clone)]
pub enum Proof {
    /// For PLAIN or LOGIN.
    Password(Secret),
    /// For XOAUTH2.
    Token(TokenSource),
}

/// A relay that speaks SMTP.
#[derive(Clone)]
pub struct SmtpRelay {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Who logs in, if anyone.
    pub login: Option<Login>,
    /// Connections that it may have at once.
    pub connections: usize,
    /// Whom TLS trusts.
    pub tls: std::sync::Arc<rustls::ClientConfig>,
    /// How long each stage may take.
    pub deadlines: Deadlines,
}

impl std::fmt::Debug for SmtpRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpRelay({}:{}, {:?})", self.host, self.port, self.protection)
    }
}
