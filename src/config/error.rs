//! Why there is no configuration.

use std::path::{Path, PathBuf};

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
    pub(super) fn in_file(self, path: &Path) -> ConfigError {
        match &self {
            ConfigError::Value { what, .. } if !what.starts_with(VARIABLE) => {
                ConfigError::Parse { path: path.to_owned(), message: self.to_string() }
            }
            _ => self,
        }
    }
}

/// An address as it may be shown: without user and password.
pub(super) fn without_user(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, host)) => format!("...@{host}"),
        None => address.to_owned(),
    }
}

/// How our variables of the environment begin.
const VARIABLE: &str = "TREFF_";
