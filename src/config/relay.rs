//! `[[relay]]`: several relays, in order of preference.

use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, ConfigFile, OAuth2Settings};

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

/// The relays that hold, at least one. The environment's URL beats the file and is then the only one.
pub(super) fn list_relays(
    from_environment: Option<String>,
    file: &ConfigFile,
) -> Result<Vec<RelaySettings>, ConfigError> {
    let fail = |what, value: &str, remedy| Err(ConfigError::Value { what, value: value.to_owned(), remedy });
    let single = |url: String| {
        let delivery = &file.delivery;
        vec![RelaySettings {
            url,
            user: delivery.user.clone(),
            password_file: delivery.password_file.clone(),
            trust_file: delivery.trust_file.clone(),
            ..RelaySettings::default()
        }]
    };
    if let Some(url) = from_environment.filter(|url| !url.is_empty()) {
        return Ok(single(url));
    }
    if file.relay.is_empty() {
        return Ok(single(file.relay_url.clone().unwrap_or_else(|| "maildir:outbox".to_owned())));
    }
    if let Some(url) = &file.relay_url {
        return fail("relay_url", url, "take it out, or move it into the first [[relay]] as url");
    }
    let delivery = &file.delivery;
    if delivery.user.is_some() || delivery.password_file.is_some() || delivery.trust_file.is_some() {
        let remedy = "user, password_file and trust_file belong into the [[relay]] that they are for";
        return fail("[delivery]", "not empty", remedy);
    }
    if file.relay.len() > 1
        && let Some(folder) = file.relay.iter().find(|relay| relay.url.starts_with("maildir:"))
    {
        return fail("a [[relay]]'s url", &folder.url, "a mailbox folder stands alone: letters end there");
    }
    Ok(file.relay.clone())
}
