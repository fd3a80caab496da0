//! Where and why a connection could not be opened, as far as it can be told apart.

use std::io;

use rustls::CertificateError;

use super::wire::WireError;

/// Where a connection can fail before any letter is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the variants are the stages' names; whether the lint looks here depends on what is exported"
)]
pub enum Stage {
    Connect,
    Greeting,
    Hello,
    StartTls,
    Handshake,
    Login,
    /// Asked only when a relay is tried out: whether it takes letters from the sender's address.
    Sender,
    /// Behind the log-in: nothing got done on the last connections.
    Letters,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Stage::Connect => "connecting",
            Stage::Greeting => "its greeting",
            Stage::Hello => "EHLO",
            Stage::StartTls => "STARTTLS",
            Stage::Handshake => "the TLS handshake",
            Stage::Login => "logging in",
            Stage::Sender => "the sender's address",
            Stage::Letters => "carrying letters",
        })
    }
}

/// Why there is no connection that letters could go over.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the relay {relay} cannot be used: {stage} failed: {why}")]
pub struct LinkError {
    /// `host:port`.
    pub relay: String,
    /// Where it failed.
    pub stage: Stage,
    /// The reply, or what went wrong, with the remedy if there is one.
    pub why: String,
    /// The reply's code, if the relay said no.
    pub code: Option<u16>,
    /// What lies behind it.
    pub cause: Cause,
}

/// What lies behind a failed stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The host's name leads to no address.
    NameNotFound,
    /// Nothing listens at that port.
    Refused,
    /// No way leads there.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// It closed the connection.
    Closed,
    /// What came is neither SMTP nor TLS.
    OtherProtocol,
    /// The certificate is out of its time.
    CertificateExpired,
    /// The certificate is another name's.
    CertificateOfOther,
    /// The certificate is by nobody whom we trust.
    CertificateUnknown,
    /// It does not offer what we need.
    NotOffered,
    /// No access token could be had.
    NoToken,
    /// The relay said no: its code tells.
    SaidNo,
    /// Something else.
    Other,
}

impl Cause {
    /// Of an error of the system.
    pub(super) fn of_io(error: &io::Error) -> Cause {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Cause::Refused,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Cause::Unreachable,
            io::ErrorKind::TimedOut => Cause::TimedOut,
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Cause::Closed,
            _ => Cause::Other,
        }
    }

    /// Of a reply that did not come.
    pub(super) fn of_wire(error: &WireError) -> Cause {
        match error {
            WireError::Closed => Cause::Closed,
            WireError::TimedOut(_) => Cause::TimedOut,
            WireError::Garbage => Cause::OtherProtocol,
            WireError::Unasked(_) => Cause::Other,
            WireError::Io(error) => Cause::of_io(error),
        }
    }

    /// Of a handshake.
    pub(super) fn of_handshake(error: &io::Error) -> Cause {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            None => Cause::of_io(error),
            Some(rustls::Error::InvalidCertificate(why)) => Cause::of_certificate(why),
            Some(rustls::Error::InvalidMessage(_)) => Cause::OtherProtocol,
            Some(_) => Cause::Other,
        }
    }

    fn of_certificate(why: &CertificateError) -> Cause {
        match why {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Cause::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Cause::CertificateOfOther
            }
            _ => Cause::CertificateUnknown,
        }
    }
}
