//! Configuration: `treff.toml`, beaten by the environment. Read once, by the composition root.

mod dkim;
mod environment;
mod name_server;
mod oauth2;
mod pace;
mod relay;
mod returned;
mod secret_place;
mod sender;
mod sign_in;
mod worker;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use dkim::DkimKey;
pub use environment::Environment;
pub use name_server::NameServer;
pub use oauth2::OAuth2Settings;
pub use pace::{AtLeastOne, DomainKey, DomainPace, PaceSettings, Window};
pub use relay::RelaySettings;
pub use returned::{ImapSettings, ImapTls, MailPlace, MailPlaces, WatchedPlace};
pub use secret_place::{SecretError, SecretPlace};
pub use sender::Sender;
pub use sign_in::{OidcSettings, SignIn, may_be_asked};
pub use worker::WorkerSettings;

/// Everything that the operator settles. Relative paths start at the configuration's folder.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder that relative paths start at.
    pub folder: PathBuf,
    /// `sqlite://PATH` (absolute by now) or `postgres://...`.
    pub database_url: String,
    /// Where the pages are reached from outside; no slash at the end.
    pub base_url: String,
    /// The preferred relay: `smtps://user@host`, `smtp://host:port?tls=none`, `maildir:FOLDER` (absolute by now).
    pub relay_url: String,
    /// All relays in order of preference, at least one.
    pub relays: Vec<RelaySettings>,
    /// The relay's password, from the environment; else [`DeliverySettings::password_file`] holds it.
    pub relay_password: Option<Secret>,
    /// Where the variables are found that the file names.
    pub environment: Environment,
    /// What the file says besides.
    pub file: ConfigFile,
}

/// `treff.toml` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// See [`Config::database_url`].
    pub database_url: Option<String>,
    /// See [`Config::base_url`].
    pub base_url: Option<String>,
    /// See [`Config::relay_url`].
    pub relay_url: Option<String>,
    /// Address and port that `serve` listens on.
    pub listen: Option<String>,
    /// Whom to ask what DNS says of the sender's domain; by default the machine's own.
    pub name_server: Option<NameServer>,
    /// A folder of templates that replace the built-in ones.
    pub templates: Option<PathBuf>,
    /// Who sends.
    pub sender: Sender,
    /// Who answers for personal data.
    pub privacy: Privacy,
    /// Whom to tell of what keeps people out.
    pub accessibility: Accessibility,
    /// How letters leave.
    pub delivery: DeliverySettings,
    /// Several processes that send.
    pub worker: WorkerSettings,
    /// Who signs letters, if anyone.
    pub dkim: Vec<DkimKey>,
    /// How fast letters go, and in which hours.
    pub pace: PaceSettings,
    /// Relays in order of preference, instead of [`Config::relay_url`].
    pub relay: Vec<RelaySettings>,
    /// Where returned mail comes in by itself.
    pub returned: MailPlaces,
    /// Where what people write to the forum comes in, and becomes a draft.
    pub drafts: MailPlaces,
    /// Whether a second person approves what is sent.
    pub approval: Approval,
    /// Places in groups.
    pub places: Places,
    /// How staff come in besides a link by mail and a password.
    pub sign_in: SignIn,
}

/// Places in groups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Places {
    /// In these months (1 to 12) holders are asked whether they still have their places; none: never.
    pub ask_months: Vec<u32>,
}

impl Default for Places {
    fn default() -> Places {
        Places { ask_months: vec![2, 9] }
    }
}

/// A second person before a mailing goes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Approval {
    /// An edition waits until somebody approved its plan at the desk.
    pub required: bool,
}

/// Who answers for personal data (GDPR art. 13 and 14).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// The controller's name.
    pub controller: Option<String>,
    /// Where to turn.
    pub contact: Option<String>,
    /// The data protection officer, if the controller has one.
    pub officer: Option<String>,
    /// Who handles the data on the controller's behalf (GDPR art. 28), such as who runs the server and the mail relay.
    pub processors: Vec<String>,
    /// Where to complain; the page names the Norwegian authority if nobody is set.
    pub authority: Option<String>,
}

/// What the accessibility statement says of the operator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accessibility {
    /// Whom to tell of a hindrance; else the contact for privacy.
    pub contact: Option<String>,
    /// Who watches over accessibility; the page names the Norwegian authority if nobody is set.
    pub authority: Option<String>,
}

/// How letters leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySettings {
    /// Kept SMTP connections; at most one uncertain letter each after a crash.
    pub connections: usize,
    /// The user for PLAIN or LOGIN, if the URL names none.
    pub user: Option<String>,
    /// A file whose first line is the relay's password.
    pub password_file: Option<PathBuf>,
    /// A file with one more trusted root certificate in PEM.
    pub trust_file: Option<PathBuf>,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        DeliverySettings { connections: 10, user: None, password_file: None, trust_file: None }
    }
}

/// A text that is never shown: not in logs, not in `{:?}`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself: only for where it must go.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Secret {
        Secret(text)
    }
}

/// What beats the file.
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

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither file nor environment.
    #[error(
        "there is no configuration at {0}; create one with treff init, or name another with --config FILE"
    )]
    Missing(PathBuf),
    /// The file could not be read.
    #[error("{path}: cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no valid configuration.
    #[error("{path}: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column, and what is wrong.
        message: String,
    },
    /// A value cannot be used.
    #[error("{what} is \"{value}\": {remedy}")]
    Value {
        /// Which setting.
        what: &'static str,
        /// What it says.
        value: String,
        /// What to write instead.
        remedy: &'static str,
    },
}

impl ConfigError {
    /// What to do about it, whoever keeps the configuration at `path`.
    pub fn remedy(&self, path: &Path) -> String {
        match self {
            ConfigError::Missing(_) => "create one with treff init".to_owned(),
            ConfigError::Value { what, .. } if what.starts_with(VARIABLE) => {
                format!("correct {what} in the environment")
            }
            _ => format!("correct {}", path.display()),
        }
    }

    /// The same with the place of what stands in a file.
    fn in_file(self, path: &Path) -> ConfigError {
        match &self {
            ConfigError::Value { what, .. } if !what.starts_with(VARIABLE) => {
                ConfigError::Parse { path: path.to_owned(), message: self.to_string() }
            }
            _ => self,
        }
    }
}

/// How our variables of the environment begin.
const VARIABLE: &str = "TREFF_";

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
    /// The variable's value if it is not empty, else the file's, else the usual one; the error names where it stands.
    fn pick(&self, variable: Option<String>, file: &Option<String>) -> Result<String, ConfigError> {
        let variable = variable.filter(|value| !value.is_empty()).map(|value| (self.variable, value));
        let file = file.clone().map(|value| (self.key, value));
        let (what, value) = variable.or(file).unwrap_or_else(|| (self.key, self.default.to_owned()));
        if self.schemes.iter().any(|scheme| value.starts_with(scheme)) {
            return Ok(value);
        }
        // A database's address may hold its password.
        let shown = value.rsplit('@').next().unwrap_or_default();
        let value = if shown.len() < value.len() { format!("...@{shown}") } else { value };
        Err(ConfigError::Value { what, value, remedy: self.remedy })
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
        let mut relays = relay::list_relays(overrides.relay_url, &file)?;
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
            relay_url: relays[0].url.clone(),
            relays,
            relay_password: overrides.relay_password,
            environment: overrides.environment,
            folder,
            file,
        })
    }
}
