//! Where secrets are kept: in a file or in the environment, never in `treff.toml` itself.

use std::path::PathBuf;

use super::{Environment, Secret};

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretPlace {
    /// The first line of a file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

/// Why a secret cannot be had. Never holds it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("the file {path} cannot be read: {source}; let the user that runs treff read it")]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds nothing.
    #[error("the file {0} is empty; its first line must hold the secret")]
    Empty(PathBuf),
    /// The variable is not set.
    #[error("the environment has no {0}; set it where treff is started")]
    Unset(String),
}

impl SecretPlace {
    /// The place that one of two settings names; the file if both do.
    pub fn find(file: Option<PathBuf>, variable: Option<String>) -> Option<SecretPlace> {
        file.map(SecretPlace::File).or(variable.map(SecretPlace::Variable))
    }

    /// Reads the secret, anew each time: it may have been changed.
    pub fn read(&self, environment: &Environment) -> Result<Secret, SecretError> {
        match self {
            SecretPlace::Variable(name) => {
                environment.find(name).ok_or_else(|| SecretError::Unset(name.clone()))
            }
            SecretPlace::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| SecretError::Read { path: path.clone(), source })?;
                let line = text.strip_prefix('\u{feff}').unwrap_or(&text).lines().next().unwrap_or_default();
                match line {
                    "" => Err(SecretError::Empty(path.clone())),
                    line => Ok(Secret::new(line)),
                }
            }
        }
    }
}
