//! `[[relay]]`: several relays, in order of preference.

use std::path::PathBuf;

use serde::Deserialize;

use super::OAuth2Settings;

/// A `[[relay]]` table. The first relay is preferred; the next one is for when it cannot be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySettings {
    /// `smtps://user@host`, `smtp://host:port`; as the only one also `maildir:FOLDER`.
    pub url: String,
    /// Who logs in, if the URL names nobody.
    pub user: Option<String>,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// A variable of the environment that holds the password.
    pub password_env: Option<String>,
    /// A file with one more trusted root certificate in PEM.
    pub trust_file: Option<PathBuf>,
    /// Kept connections; by default as `[delivery]` says.
    pub connections: Option<usize>,
    /// Logs in with XOAUTH2 instead of a password.
    pub oauth2: Option<OAuth2Settings>,
}
