//! Configuration: `treff.toml`, beaten by the environment. Read once, by the composition root.

mod dkim;
mod environment;
mod error;
mod file;
mod host;
mod listen;
mod name_server;
mod oauth2;
mod pace;
mod relay;
mod returned;
mod secret;
mod secret_place;
mod sender;
mod sign_in;
mod worker;

use std::path::{Path, PathBuf};

pub use dkim::DkimKey;
pub use environment::Environment;
pub use error::ConfigError;
pub use file::{Accessibility, Approval, ConfigFile, DeliverySettings, Places, Privacy};
pub use host::is_loopback;
pub use listen::ListenAddress;
pub use name_server::NameServer;
pub use oauth2::OAuth2Settings;
pub use pace::{AtLeastOne, DomainKey, DomainPace, PaceSettings, Window};
pub use relay::RelaySettings;
pub use returned::{ImapSettings, ImapTls, MailPlace, MailPlaces, WatchedPlace};
pub use secret::Secret;
pub use secret_place::{SecretError, SecretPlace};
pub use sender::Sender;
pub use sign_in::{OidcSettings, SignIn, may_be_asked};
pub use worker::WorkerSettings;

use error::without_user;

/// Everything that the operator settles. Relative paths start at the configuration's folder.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that relative paths start at.
    pub folder: PathBuf,
    /// `sqlite://PATH` (absolute by now) or `postgres://...`.
    pub database_url: String,
    /// Where the pages are reached from outside; no slash at the end.
    pub base_url: String,
    /// All relays in order of preference, at least one; a `maildir:FOLDER` is absolute by now.
    pub relays: Vec<RelaySettings>,
    /// The relay's password, from the environment; else [`DeliverySettings::password_file`] holds it.
    pub relay_password: Option<Secret>,
    /// Where the variables are found that the file names.
    pub environment: Environment,
    /// What the file says besides.
    pub file: ConfigFile,
}

/// What beats the file. None of it is an empty text.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `TREFF_DATABASE_URL`.
    pub database_url: Option<String>,
    /// `TREFF_BASE_URL`.
    pub base_url: Option<String>,
    /// `TREFF_RELAY_URL`.
    pub relay_url: Option<String>,
    /// `TREFF_RELAY_PASSWORD`.
    pub relay_password: Option<Secret>,
    /// The variables that the file may name.
    pub environment: Environment,
}

/// An address that stands in the environment or in the file.
struct Address {
    variable: &'static str,
    key: &'static str,
    default: &'static str,
    schemes: &'static [&'static str],
    remedy: &'static str,
}

const DATABASE_URL: Address = Address {
    variable: "TREFF_DATABASE_URL",
    key: "database_url",
    default: "sqlite://treff.db",
    schemes: &["sqlite://", "postgres://", "postgresql://"],
    remedy: "write sqlite://PATH or postgres://USER@HOST/NAME",
};

const BASE_URL: Address = Address {
    variable: "TREFF_BASE_URL",
    key: "base_url",
    default: "http://127.0.0.1:8080",
    schemes: &["http://", "https://"],
    remedy: "write where the pages are reached, such as https://forum.example",
};

impl Address {
    /// The variable's value, else the file's, else the usual one; the error names where it stands.
    fn pick(&self, variable: Option<String>, file: &Option<String>) -> Result<String, ConfigError> {
        let variable = variable.map(|value| (self.variable, value));
        let file = file.clone().map(|value| (self.key, value));
        let (what, value) = variable.or(file).unwrap_or_else(|| (self.key, self.default.to_owned()));
        if self.schemes.iter().any(|scheme| value.starts_with(scheme)) {
            return Ok(value);
        }
        // A database's address may hold its password.
        Err(ConfigError::Value { what, value: without_user(&value), remedy: self.remedy })
    }
}

impl Config {
    /// Reads `path` and lays `overrides` over it. A file that is not there is an error unless the
    /// overrides name a database.
    pub fn load(path: &Path, overrides: Overrides) -> Result<Config, ConfigError> {
        let file = match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|e| ConfigError::Parse { path: path.to_owned(), message: e.to_string() })?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                if overrides.database_url.is_none() {
                    return Err(ConfigError::Missing(path.to_owned()));
                }
                ConfigFile::default()
            }
            Err(source) => return Err(ConfigError::Read { path: path.to_owned(), source }),
        };
        let folder = std::path::absolute(path)
            .ok()
            .and_then(|p| p.parent().map(Path::to_owned))
            .unwrap_or_else(|| PathBuf::from("/"));
        Config::resolve(folder, file, overrides).map_err(|error| error.in_file(path))
    }

    /// Lays `overrides` over `file` and makes paths absolute from `folder`.
    pub fn resolve(folder: PathBuf, file: ConfigFile, overrides: Overrides) -> Result<Config, ConfigError> {
        let database_url = DATABASE_URL.pick(overrides.database_url, &file.database_url)?;
        let base_url = BASE_URL.pick(overrides.base_url, &file.base_url)?;
        let mut relays = file.list_relays(overrides.relay_url)?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        file.worker.check()?;
        file.sender.check()?;
        file.sign_in.check()?;
        let anchored = |url: String, scheme: &str| match url.strip_prefix(scheme) {
            Some(path) => format!("{scheme}{}", folder.join(path).display()),
            None => url,
        };
        for relay in &mut relays {
            relay.url = anchored(std::mem::take(&mut relay.url), "maildir:");
        }
        Ok(Config {
            database_url: anchored(database_url, "sqlite://"),
            base_url,
            relays,
            relay_password: overrides.relay_password,
            environment: overrides.environment,
            folder,
            file,
        })
    }

    /// The mailbox folder that letters go into, if they do not leave this machine.
    pub fn mailbox_folder(&self) -> Option<&Path> {
        self.relays.first()?.url.strip_prefix("maildir:").map(Path::new)
    }

    /// All places where mail comes in, each once: one that both sections name is watched for both.
    pub fn watched_places(&self) -> Vec<WatchedPlace<'_>> {
        returned::list_watched(&self.file.returned, &self.file.drafts, &self.folder)
    }
}
