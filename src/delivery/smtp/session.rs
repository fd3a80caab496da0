//! Opening a connection: greeting, EHLO, STARTTLS, AUTH.

use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::cause::{Cause, LinkError, Stage};
use super::login::Credential;
use super::offers::Offers;
use super::reply::Reply;
use super::wire::{Wire, WireError};
use super::{Login, Proof, Protection, SmtpRelay};
use crate::config::Secret;
use crate::delivery::host::host_name;

/// An open connection, logged in, ready for MAIL.
#[derive(Debug)]
pub struct Session {
    pub(super) wire: Wire,
    pub(super) offers: Offers,
    pub(super) deadlines: super::Deadlines,
    /// The last transaction may still be open on the relay's side: RSET goes first.
    pub(super) needs_reset: bool,
    /// Letters that got a reply of their own over this connection.
    pub(super) answered: u64,
    /// The relay's `host:port`.
    pub(super) relay: String,
}

impl SmtpRelay {
    /// `host:port`, as logs and errors name it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(in crate::delivery) fn failed(&self, stage: Stage, why: impl ToString) -> LinkError {
        self.failed_by(stage, Cause::Other, why)
    }

    pub(super) fn failed_by(&self, stage: Stage, cause: Cause, why: impl ToString) -> LinkError {
        LinkError { relay: self.name(), stage, why: why.to_string(), code: None, cause }
    }

    pub(super) fn said_no(&self, stage: Stage, reply: &Reply) -> LinkError {
        LinkError { code: Some(reply.code), ..self.failed_by(stage, Cause::SaidNo, reply.written()) }
    }

    /// Opens a connection and goes through all stages up to MAIL. A token that is refused as expired
    /// (535) is fetched anew once.
    pub async fn open(&self) -> Result<Session, LinkError> {
        let Some(Login { user, proof }) = &self.login else { return self.open_as(None).await };
        let source = match proof {
            Proof::Token(source) => source,
            Proof::Password(password) => {
                return self.open_as(Some(Credential::password(user, password))).await;
            }
        };
        let no_token = |e| self.failed_by(Stage::Login, Cause::NoToken, e);
        let token: Secret = source.find_token().await.map_err(no_token)?;
        match self.open_as(Some(Credential::token(user, &token))).await {
            Err(refused) if refused.stage == Stage::Login && refused.code == Some(535) => {
                let newer = source.renew_token(&token).await.map_err(no_token)?;
                if newer == token {
                    return Err(refused);
                }
                self.open_as(Some(Credential::token(user, &newer))).await
            }
            answer => answer,
        }
    }

    async fn open_as(&self, credential: Option<Credential<'_>>) -> Result<Session, LinkError> {
        let socket = match timeout(self.deadlines.connect, self.connect()).await {
            Ok(connected) => connected?,
            Err(_) => return Err(self.timed_out(Stage::Connect, self.deadlines.connect)),
        };
        let me = hello_name(&socket);
        let mut wire = if self.protection == Protection::Implicit {
            self.protect(socket).await?
        } else {
            Wire::plain(socket).map_err(|e| self.failed(Stage::Connect, e))?
        };
        let greeting = wire.read_reply(self.deadlines.greeting).await;
        self.expect_good(Stage::Greeting, greeting)?;
        let mut offers = self.greet(&mut wire, &me).await?;
        if self.protection == Protection::StartTls {
            wire = self.start_tls(wire, &offers).await?;
            // RFC 3207, 4.2: what was learnt before TLS is forgotten.
            offers = self.greet(&mut wire, &me).await?;
        }
        if let Some(credential) = credential {
            self.log_in(&mut wire, &offers, credential).await?;
        }
        Ok(Session {
            wire,
            offers,
            deadlines: self.deadlines,
            needs_reset: false,
            answered: 0,
            relay: self.name(),
        })
    }

    async fn connect(&self) -> Result<TcpStream, LinkError> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let found = found.map_err(|e| self.failed_by(Stage::Connect, Cause::NameNotFound, e))?;
        let addresses: Vec<_> = found.collect();
        let socket = TcpStream::connect(&addresses[..]).await;
        socket.map_err(|e| self.failed_by(Stage::Connect, Cause::of_io(&e), e))
    }

    fn timed_out(&self, stage: Stage, after: std::time::Duration) -> LinkError {
        self.failed_by(stage, Cause::TimedOut, WireError::TimedOut(after))
    }

    fn expect_good(&self, stage: Stage, reply: Result<Reply, WireError>) -> Result<Reply, LinkError> {
        match reply {
            Ok(reply) if reply.is_good() => Ok(reply),
            Ok(reply) => Err(self.said_no(stage, &reply)),
            Err(e) => Err(self.failed_by(stage, Cause::of_wire(&e), e)),
        }
    }

    pub(super) async fn ask(&self, wire: &mut Wire, stage: Stage, line: &str) -> Result<Reply, LinkError> {
        let deadline = if stage == Stage::Login { self.deadlines.login } else { self.deadlines.hello };
        wire.ask(line, deadline).await.map_err(|e| self.failed_by(stage, Cause::of_wire(&e), e))
    }

    async fn greet(&self, wire: &mut Wire, me: &str) -> Result<Offers, LinkError> {
        let reply = self.ask(wire, Stage::Hello, &format!("EHLO {me}\r\n")).await?;
        if reply.is_good() {
            let offers = Offers::read(&reply);
            wire.has_statuses = offers.statuses;
            return Ok(offers);
        }
        if reply.is_farewell() {
            return Err(self.said_no(Stage::Hello, &reply));
        }
        let reply = self.ask(wire, Stage::Hello, &format!("HELO {me}\r\n")).await;
        self.expect_good(Stage::Hello, Ok(reply?)).map(|_| Offers::default())
    }

    async fn start_tls(&self, mut wire: Wire, offers: &Offers) -> Result<Wire, LinkError> {
        if !offers.start_tls {
            return Err(self.failed_by(
                Stage::StartTls,
                Cause::NotOffered,
                "the relay does not offer it; use smtps://, or ?tls=none if it is on this machine",
            ));
        }
        let reply = self.ask(&mut wire, Stage::StartTls, "STARTTLS\r\n").await?;
        self.expect_good(Stage::StartTls, Ok(reply))?;
        let socket = wire.into_socket().map_err(|e| self.failed(Stage::StartTls, e))?;
        self.protect(socket).await
    }

    async fn protect(&self, socket: TcpStream) -> Result<Wire, LinkError> {
        socket.set_nodelay(true).map_err(|e| self.failed(Stage::Connect, e))?;
        let name = ServerName::try_from(self.host.clone()).map_err(|e| self.failed(Stage::Handshake, e))?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, socket);
        match timeout(self.deadlines.handshake, handshake).await {
            Ok(Ok(stream)) => Ok(Wire::tls(stream)),
            Ok(Err(e)) => Err(self.failed_by(Stage::Handshake, Cause::of_handshake(&e), e)),
            Err(_) => Err(self.timed_out(Stage::Handshake, self.deadlines.handshake)),
        }
    }
}

/// What EHLO says: this machine's full name, else the connection's own address as a literal (RFC 5321, 4.1.3).
fn hello_name(socket: &TcpStream) -> String {
    let is_full = |name: &String| {
        name.contains('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
    };
    if let Some(name) = host_name().filter(is_full) {
        return name;
    }
    match socket.local_addr().map(|a| a.ip()) {
        Ok(std::net::IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        Ok(ip) => format!("[{ip}]"),
        Err(_) => "[127.0.0.1]".to_owned(),
    }
}
