//! A conversation with a mailbox: the handful of commands that reading needs (RFC 9051, RFC 6851).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::MailboxError;
use super::access::{Access, Credentials};
use super::wire::{Response, Wire, quote};
use crate::config::{ImapTls, Secret};
use crate::delivery::{explain_challenge, initial_response};

/// Logged in.
pub(super) struct Session {
    wire: Wire,
    capabilities: Vec<String>,
    /// May be a person, and is left out of what a server tells.
    user: String,
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
        let user = access.user.clone();
        let wire = connect(access).await.map_err(|e| conceal(e, &user, None))?;
        let mut session = Session { wire, capabilities: Vec::new(), user };
        session.ask_capabilities().await?;
        session.log_in(access).await?;
        session.ask_capabilities().await?;
        Ok(session)
    }

    async fn command(&mut self, text: &str) -> Result<Vec<Response>, MailboxError> {
        self.wire.command(text, &[]).await.map_err(|e| conceal(e, &self.user, None))
    }

    async fn ask_capabilities(&mut self) -> Result<(), MailboxError> {
        let responses = self.command("CAPABILITY").await?;
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
                done.map_err(|e| conceal(e, &access.user, Some(&password)))
            }
            Credentials::Tokens(source) => {
                let token = source.find_token().await?;
                match self.log_in_with_token(&access.user, &token).await {
                    Err(MailboxError::Login(why)) => {
                        // It may have expired early: once more with another, if there is one.
                        let other = source.renew_token(&token).await?;
                        if other == token {
                            return Err(conceal(MailboxError::Login(why), &access.user, Some(&token)));
                        }
                        let done = self.log_in_with_token(&access.user, &other).await;
                        done.map_err(|e| conceal(e, &access.user, Some(&other)))
                    }
                    done => done.map_err(|e| conceal(e, &access.user, Some(&token))),
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

    /// Opens a folder to be looked at, not changed.
    pub async fn examine(&mut self, folder: &str) -> Result<(), MailboxError> {
        self.open_folder("EXAMINE", folder).await.map(drop)
    }

    /// Opens a folder; answers its UIDVALIDITY.
    pub async fn select(&mut self, folder: &str) -> Result<i64, MailboxError> {
        self.open_folder("SELECT", folder).await
    }

    async fn open_folder(&mut self, verb: &str, folder: &str) -> Result<i64, MailboxError> {
        let responses = self.command(&format!("{verb} {}", quoted(folder)?)).await?;
        let validity = responses.iter().find_map(|r| {
            let rest = r.line.split_once("[UIDVALIDITY ")?.1;
            rest.split(']').next()?.parse().ok()
        });
        validity.ok_or(MailboxError::Garbage)
    }

    /// The numbers of unread mails above `last`, in order.
    pub async fn find_unread(&mut self, last: i64) -> Result<Vec<i64>, MailboxError> {
        let command = format!("UID SEARCH UID {}:* UNSEEN UNDELETED", last + 1);
        let responses = self.command(&command).await?;
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
        let responses = self.command(&command).await?;
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
        self.command(&format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)")).await?;
        let Some(folder) = folder else { return Ok(()) };
        let verb = if self.can("MOVE") { "MOVE" } else { "COPY" };
        let command = format!("UID {verb} {uid} {}", quoted(folder)?);
        match self.command(&command).await {
            Err(MailboxError::Refused { told, .. }) if told.contains("[TRYCREATE]") => {
                self.command(&format!("CREATE {}", quoted(folder)?)).await?;
                self.command(&command).await.map(drop)
            }
            done => done.map(drop),
        }
    }

    /// Says good-bye; whether it is heard matters to nobody.
    pub async fn log_out(mut self) {
        let _ = self.command("LOGOUT").await;
    }
}

fn quoted(folder: &str) -> Result<String, MailboxError> {
    quote(folder).ok_or(MailboxError::Garbage)
}

/// A connection with its protection, greeted.
async fn connect(access: &Access) -> Result<Wire, MailboxError> {
    let socket = TcpStream::connect((access.host.as_str(), access.port)).await?;
    let _ = socket.set_nodelay(true);
    match access.protection {
        ImapTls::Implicit => greeted(protect(access, Box::new(socket)).await?).await,
        ImapTls::None => greeted(Wire::over(Box::new(socket))).await,
        ImapTls::StartTls => {
            let mut wire = greeted(Wire::over(Box::new(socket))).await?;
            wire.command("STARTTLS", &[]).await.map_err(|e| match e {
                MailboxError::Refused { .. } => MailboxError::NoTls,
                other => other,
            })?;
            protect(access, wire.into_stream()?).await
        }
    }
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

/// What a server tells in a few words, without the secret and without the user, who may be a person. They are left out before
/// the words are cut: half a secret is one too.
fn conceal(error: MailboxError, user: &str, secret: Option<&Secret>) -> MailboxError {
    let few = |told: String| -> String {
        let told = match secret {
            Some(secret) => told.replace(secret.expose(), "(secret)"),
            None => told,
        };
        told.replace(user, "(user)").chars().filter(|c| !c.is_control()).take(300).collect()
    };
    match error {
        MailboxError::Login(why) => MailboxError::Login(few(why)),
        MailboxError::Closed(why) => MailboxError::Closed(few(why)),
        // Whoever reads a challenge, logging in, did so before.
        MailboxError::Refused { told, challenge } => {
            MailboxError::Refused { told: few(told), challenge: few(challenge) }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    const MAILBOX: &str = "kari@example.test";

    #[tokio::test]
    async fn whatever_a_server_says_is_told_in_a_few_words_and_without_whose_mailbox_it_is() {
        let more = "x".repeat(1000);
        let challenged: String = format!("whose is (user)?{more}").chars().take(300).collect();
        for (said, told) in [
            ("* BYE too many log-ins for kari@example.test", "too many log-ins for (user)"),
            ("T1 NO kari@example.test may not", "NO (user) may not"),
        ] {
            let (ours, mut server) = tokio::io::duplex(4096);
            server.write_all(format!("+ whose is {MAILBOX}?{more}\r\n").as_bytes()).await.unwrap();
            server.write_all(format!("{said}\u{7}\u{1b}[2J{more}\r\n").as_bytes()).await.unwrap();
            let (wire, user) = (Wire::over(Box::new(ours)), MAILBOX.to_owned());
            let mut session = Session { wire, capabilities: Vec::new(), user };
            let told: String = format!("{told}[2J{more}").chars().take(300).collect();
            match session.select("INBOX").await {
                Err(MailboxError::Closed(words)) => assert_eq!(words, told),
                Err(MailboxError::Refused { told: words, challenge }) => {
                    assert_eq!((words, challenge), (told, challenged.clone()));
                }
                other => panic!("{said}: {other:?}"),
            }
        }
    }
}
