//! An `oauth2` table: where the access token of a log-in with XOAUTH2 comes from.

use std::path::PathBuf;

use serde::Deserialize;

/// An `oauth2` table, of a relay or of a mailbox. It holds one of three: client credentials (RFC 6749,
/// 4.4; `client_id` and what goes with it), `token_file`, or `token_command`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OAuth2Settings {
    /// The directory's id or domain at Microsoft 365, from which `token_url` follows.
    pub tenant: Option<String>,
    /// Where tokens are asked for; https, unless it is on this machine.
    pub token_url: Option<String>,
    /// The application's id.
    pub client_id: Option<String>,
    /// A file whose first line is the application's secret.
    pub client_secret_file: Option<PathBuf>,
    /// A variable of the environment that holds the application's secret.
    pub client_secret_env: Option<String>,
    /// What the token is for; by default Microsoft 365's mail.
    pub scope: Option<String>,
    /// A file with one more root certificate, in PEM, that `token_url` may be trusted by.
    pub trust_file: Option<PathBuf>,
    /// A file whose first line another program keeps a fresh token in; read anew at each log-in.
    pub token_file: Option<PathBuf>,
    /// A program with its arguments, run without a shell in the configuration's folder; the first line
    /// that it prints is the token.
    pub token_command: Option<Vec<String>>,
}
