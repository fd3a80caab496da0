//! A conversation with a mailbox: the handful of commands that reading needs (RFC 9051, RFC 6851).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::MailboxError;
use super::access::{Access, Credentials};
use super::wire::{Wire, quote};
use crate::config::{ImapTls, Secret};
use crate::delivery::{explain_challenge, initial_response};

/// Logged in.
pub(super) struct Session {
    wire: Wire,
    capabilities: Vec<String>,
}

/// A mail as fetched.
pub(super) struct Fetched {
    /// At most as many bytes as were asked for.
    pub raw: Vec<u8>,
    /// Whether there is more of it.
    pub is_cut: bool,
}

impl Session {
    /// Connects, protects the connection and logs in.
    pub async fn open(access: &Access) -> Result<Session, MailboxError> {
        let socket = TcpStream::connect((access.host.as_str(), access.port)).await?;
        let _ = socket.set_nodelay(true);
        let wire = match access.protection {
            ImapTls::Implicit => greeted(protect(access, Box::new(socket)).await?).await?,
            ImapTls::None => greeted(Wire::over(Box::new(socket))).await?,
            ImapTls::StartTls => {
                let mut wire = greeted(Wire::over(Box::new(socket))).await?;
                wire.command("STARTTLS", &[]).await.map_err(|e| match e {
                    MailboxError::Refused { .. } => MailboxError::NoTls,
                    other => other,
                })?;
                protect(access, wire.into_stream()?).await?
            }
        };
        let mut session = Session { wire, capabilities: Vec::new() };
        session.ask_capabilities().await?;
        session.log_in(access).await?;
        session.ask_capabilities().await?;
        Ok(session)
    }

    async fn ask_capabilities(&mut self) -> Result<(), MailboxError> {
        let responses = self.wire.command("CAPABILITY", &[]).await?;
        let words = responses.iter().filter_map(|r| r.line.strip_prefix("* CAPABILITY "));
        self.capabilities = words.flat_map(|w| w.split(' ')).map(str::to_ascii_uppercase).collect();
        Ok(())
    }

    fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|word| word == capability)
    }

    async fn log_in(&mut self, access: &Access) -> Result<(), MailboxError> {
        match &access.credentials {
            Credentials::Password(place) => {
                let password = place.read(&access.environment)?;
                let done = self.log_in_with_password(&access.user, &password).await;
                done.map_err(|e| conceal(e, &access.user, &password))
            }
            Credentials::Tokens(source) => {
                let token = source.find_token().await?;
                match self.log_in_with_token(&access.user, &token).await {
                    Err(MailboxError::Login(why)) => {
                        // It may have expired early: once more with another, if there is one.
                        let other = source.renew_token(&token).await?;
                        if other == token {
                            return Err(conceal(MailboxError::Login(why), &access.user, &token));
                        }
                        let done = self.log_in_with_token(&access.user, &other).await;
                        done.map_err(|e| conceal(e, &access.user, &other))
                    }
                    done => done.map_err(|e| conceal(e, &access.user, &token)),
                }
            }
        }
    }

    async fn log_in_with_password(&mut self, user: &str, password: &Secret) -> Result<(), MailboxError> {
        let password = password.expose();
        let done = if self.can("AUTH=PLAIN") {
            let response = STANDARD.encode(format!("\0{user}\0{password}"));
            self.wire.command("AUTHENTICATE PLAIN", &[&response]).await
        } else if self.can("LOGINDISABLED") {
            return Err(MailboxError::Login("the server takes no password".to_owned()));
        } else {
            let (Some(user), Some(password)) = (quote(user), quote(password)) else {
                let why = "the server takes user and password in ASCII only";
                return Err(MailboxError::Login(why.to_owned()));
            };
            self.wire.command(&format!("LOGIN {user} {password}"), &[]).await
        };
        done.map(drop).map_err(|e| match e {
            MailboxError::Refused { told, .. } => MailboxError::Login(told),
            other => other,
        })
    }

    async fn log_in_with_token(&mut self, user: &str, token: &Secret) -> Result<(), MailboxError> {
        let response = initial_response(user, token);
        let done = self.wire.command("AUTHENTICATE XOAUTH2", &[response.expose()]).await;
        done.map(drop).map_err(|e| match e {
            MailboxError::Refused { told, challenge } => {
                let more = explain_challenge(&challenge, token).map(|why| format!(" ({why})"));
                MailboxError::Login(told + &more.unwrap_or_default())
            }
            other => other,
        })
    }

    /// Opens a folder; answers its UIDVALIDITY.
    pub async fn select(&mut self, folder: &str, only_look: bool) -> Result<i64, MailboxError> {
        let verb = if only_look { "EXAMINE" } else { "SELECT" };
        let responses = self.wire.command(&format!("{verb} {}", quoted(folder)?), &[]).await?;
        let validity = responses.iter().find_map(|r| {
            let rest = r.line.split_once("[UIDVALIDITY ")?.1;
            rest.split(']').next()?.parse().ok()
        });
        validity.ok_or(MailboxError::Garbage)
    }

    /// The numbers of unread mails above `last`, in order.
    pub async fn find_unread(&mut self, last: i64) -> Result<Vec<i64>, MailboxError> {
        let command = format!("UID SEARCH UID {}:* UNSEEN UNDELETED", last + 1);
        let responses = self.wire.command(&command, &[]).await?;
        let lists = responses.iter().filter_map(|r| r.line.strip_prefix("* SEARCH"));
        let mut numbers: Vec<i64> =
            lists.flat_map(str::split_ascii_whitespace).filter_map(|n| n.parse().ok()).collect();
        // `5:*` names the last mail even if its number is 3.
        numbers.retain(|uid| *uid > last);
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// A mail, left unread; none if it is gone.
    pub async fn fetch(&mut self, uid: i64, at_most: usize) -> Result<Option<Fetched>, MailboxError> {
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<0.{at_most}>)");
        let responses = self.wire.command(&command, &[]).await?;
        // Only this mail was asked for; what else a server tells of mails has no literal.
        let found = responses.into_iter().find(|r| r.line.contains(" FETCH (") && !r.literals.is_empty());
        let Some(found) = found else { return Ok(None) };
        let size = found
            .line
            .split_once("RFC822.SIZE ")
            .and_then(|(_, rest)| rest.split([' ', ')']).next()?.parse::<u64>().ok());
        let raw = found.literals.into_iter().next().unwrap_or_default();
        let is_cut = raw.len() >= at_most && size.is_none_or(|size| size > raw.len() as u64);
        Ok(Some(Fetched { raw, is_cut }))
    }

    /// Marks a mail as read, and moves it if a folder is named (copies it where the server cannot move).
    pub async fn put_aside(&mut self, uid: i64, folder: Option<&str>) -> Result<(), MailboxError> {
        self.wire.command(&format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)"), &[]).await?;
        let Some(folder) = folder else { return Ok(()) };
        let verb = if self.can("MOVE") { "MOVE" } else { "COPY" };
        let command = format!("UID {verb} {uid} {}", quoted(folder)?);
        match self.wire.command(&command, &[]).await {
            Err(MailboxError::Refused { told, .. }) if told.contains("[TRYCREATE]") => {
                self.wire.command(&format!("CREATE {}", quoted(folder)?), &[]).await?;
                self.wire.command(&command, &[]).await.map(drop)
            }
            done => done.map(drop),
        }
    }

    /// Says good-bye; whether it is heard matters to nobody.
    pub async fn log_out(mut self) {
        let _ = self.wire.command("LOGOUT", &[]).await;
    }
}

fn quoted(folder: &str) -> Result<String, MailboxError> {
    quote(folder).ok_or(MailboxError::Garbage)
}

async fn greeted(mut wire: Wire) -> Result<Wire, MailboxError> {
    let greeting = wire.read().await?;
    match greeting.line.strip_prefix("* OK") {
        Some(_) => Ok(wire),
        None => Err(MailboxError::Closed(greeting.line)),
    }
}

async fn protect(access: &Access, stream: Box<dyn super::wire::Stream>) -> Result<Wire, MailboxError> {
    let name = ServerName::try_from(access.host.clone()).map_err(|_| MailboxError::Garbage)?;
    let protected = TlsConnector::from(access.tls.clone()).connect(name, stream).await;
    Ok(Wire::over(Box::new(protected.map_err(MailboxError::Tls)?)))
}

/// What a server tells without the secret and without the user, who may be a person.
fn conceal(error: MailboxError, user: &str, secret: &Secret) -> MailboxError {
    match error {
        MailboxError::Login(why) => {
            let why = why.replace(secret.expose(), "(secret)").replace(user, "(user)");
            MailboxError::Login(why.chars().filter(|c| !c.is_control()).take(300).collect())
        }
        other => other,
    }
}
