//! Where letters go: one relay or several in order of preference, or a mailbox folder.
//!
//! [`url`] reads a relay's URL; [`health`] says, without a clock of its own, which relay may be used now and over how
//! many connections. What a relay answers about a letter is never a reason to ask another one.

pub(crate) mod health;
mod url;

use std::path::PathBuf;

use self::url::take_apart;
use super::maildir::Maildir;
use super::smtp::{Deadlines, Login, Proof, SmtpRelay};
use super::tls::trusting;
use super::token_source::{TokenError, TokenSource};
use crate::clock::Clock;
use crate::config::{Config, RelaySettings, Secret, SecretError, SecretPlace, is_loopback};

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Relay {
    /// Servers that speak SMTP, in order of preference: at least one.
    Smtp(Vec<SmtpRelay>),
    /// A folder: the embedded default.
    Maildir(Maildir),
}

/// Why a relay cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The URL is not one that we know. It may hold a password, so only its remedy is told.
    #[error("relay_url cannot be used: {0}")]
    Url(&'static str),
    /// The password is missing.
    #[error(
        "relay_url names the user {0}, but there is no password; set TREFF_RELAY_PASSWORD, or password_file under [delivery]"
    )]
    Password(String),
    /// The URL of one of several relays is not one that we know.
    #[error("the url of [[relay]] number {number} cannot be used: {remedy}")]
    UrlOf {
        /// From 1.
        number: usize,
        /// What to write.
        remedy: &'static str,
    },
    /// One of several relays lacks its password, or has more than one way to log in.
    #[error("[[relay]] number {number} logs in as {user}: {remedy}")]
    LoginOf {
        /// From 1.
        number: usize,
        /// Who.
        user: String,
        /// What to write.
        remedy: &'static str,
    },
    /// The password cannot be read.
    #[error("the relay's password: {0}")]
    Secret(#[from] SecretError),
    /// There is no way to an access token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// TLS cannot be set up.
    #[error("{0}")]
    Tls(String),
}

impl RelayError {
    /// Whether what the operator wrote is wrong, and not what it names.
    pub fn is_bad_setting(&self) -> bool {
        use RelayError::{LoginOf, Token, Url, UrlOf};
        matches!(self, Url(_) | UrlOf { .. } | LoginOf { .. } | Token(TokenError::Settings { .. }))
    }
}

impl Relay {
    /// The relays that the configuration names; the clock tells how old access tokens are.
    pub fn open(config: &Config, clock: &Clock) -> Result<Relay, RelayError> {
        if let [RelaySettings { url, .. }] = config.relays.as_slice()
            && let Some(folder) = url.strip_prefix("maildir:")
        {
            if folder.is_empty() {
                return Err(RelayError::Url("write maildir:FOLDER"));
            }
            return Ok(Relay::Maildir(Maildir::at(config.folder.join(folder))));
        }
        let open_one = |(at, settings)| Opening { config, clock, settings, number: at + 1 }.open();
        Ok(Relay::Smtp(config.relays.iter().enumerate().map(open_one).collect::<Result<_, _>>()?))
    }

    /// Whether the configuration names a relay on another machine, read from the URLs alone: nothing is opened. What cannot
    /// be read is none; opening it says why.
    pub fn is_elsewhere(config: &Config) -> bool {
        let names_another = |url: &str| take_apart(url).is_ok_and(|parts| !is_loopback(&parts.host));
        config.relays.iter().any(|relay| names_another(&relay.url))
    }

    /// Whether letters stay on this machine: a folder or loopback addresses. Only there may a future
    /// `--at` send.
    pub fn is_local(&self) -> bool {
        match self {
            Relay::Maildir(_) => true,
            Relay::Smtp(relays) => relays.iter().all(|relay| is_loopback(&relay.host)),
        }
    }

    /// The most connections that any of the relays may have; `usual` for a folder.
    pub fn most_connections(&self, usual: usize) -> usize {
        match self {
            Relay::Maildir(_) => usual,
            Relay::Smtp(relays) => relays.iter().map(|relay| relay.connections).max().unwrap_or(usual),
        }
    }
}

/// One relay about to be opened.
struct Opening<'a> {
    config: &'a Config,
    clock: &'a Clock,
    settings: &'a RelaySettings,
    number: usize,
}

impl Opening<'_> {
    fn open(&self) -> Result<SmtpRelay, RelayError> {
        let parts = take_apart(&self.settings.url).map_err(|remedy| match self.is_table() {
            true => RelayError::UrlOf { number: self.number, remedy },
            false => RelayError::Url(remedy),
        })?;
        let trust_file = self.settings.trust_file.as_ref().map(|file| self.config.folder.join(file));
        let user = parts.user.or_else(|| self.settings.user.clone());
        Ok(SmtpRelay {
            host: parts.host,
            port: parts.port,
            protection: parts.protection,
            login: self.find_login(user)?,
            connections: self.settings.connections.unwrap_or(self.config.file.delivery.connections),
            tls: trusting(trust_file.as_deref()).map_err(RelayError::Tls)?,
            deadlines: Deadlines::default(),
        })
    }

    fn is_table(&self) -> bool {
        self.config.relays == self.config.file.relay
    }

    fn find_login(&self, user: Option<String>) -> Result<Option<Login>, RelayError> {
        let wrong = |user: String, remedy| RelayError::LoginOf { number: self.number, user, remedy };
        let Some(user) = user else {
            return match &self.settings.oauth2 {
                Some(_) => {
                    Err(wrong("nobody".into(), "oauth2 needs a user, such as smtp://user@relay.example"))
                }
                None => Ok(None),
            };
        };
        let proof = match &self.settings.oauth2 {
            Some(_) if self.settings.password_file.is_some() || self.settings.password_env.is_some() => {
                return Err(wrong(user, "set oauth2 or a password, not both"));
            }
            Some(oauth2) => {
                let place = format!("[relay.oauth2] of [[relay]] number {}", self.number);
                Proof::Token(TokenSource::open(oauth2, &place, self.config, self.clock)?)
            }
            None => Proof::Password(match self.find_password()? {
                Some(password) => password,
                None if self.is_table() => {
                    return Err(wrong(
                        user,
                        "there is no password; set password_file, password_env or oauth2",
                    ));
                }
                None => return Err(RelayError::Password(user)),
            }),
        };
        Ok(Some(Login { user, proof }))
    }

    /// `TREFF_RELAY_PASSWORD` for the first relay, else what its table names.
    fn find_password(&self) -> Result<Option<Secret>, RelayError> {
        if let Some(over) = self.config.relay_password.clone().filter(|_| self.number == 1) {
            return Ok(Some(over));
        }
        match self.password_place() {
            Some(place) => Ok(Some(place.read(&self.config.environment)?)),
            None => Ok(None),
        }
    }

    fn password_place(&self) -> Option<SecretPlace> {
        let file: Option<PathBuf> =
            self.settings.password_file.as_ref().map(|file| self.config.folder.join(file));
        SecretPlace::find(file, self.settings.password_env.clone())
    }
}
