//! How a session gets in: where the server is, and who logs in with what.

use std::sync::Arc;

use crate::config::{Environment, ImapTls, SecretPlace};
use crate::delivery::TokenSource;

/// With what to log in.
pub(super) enum Credentials {
    Password(SecretPlace),
    Tokens(TokenSource),
}

/// Where the server is, and who logs in.
pub(super) struct Access {
    pub host: String,
    pub port: u16,
    pub protection: ImapTls,
    pub tls: Arc<rustls::ClientConfig>,
    pub user: String,
    pub credentials: Credentials,
    /// Where variables are found that hold a secret.
    pub environment: Environment,
}
