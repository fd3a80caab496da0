//! `[worker]`: several processes that send from one database (PostgreSQL).

use serde::Deserialize;

use super::ConfigError;

/// How those who send together know of each other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSettings {
    /// So long without a sign of life, and a worker counts as gone: others take its letters over. It
    /// itself stops sending when two thirds of it have passed without the database taking its sign.
    pub lease_seconds: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        WorkerSettings { lease_seconds: 30 }
    }
}

impl WorkerSettings {
    /// Refuses a lease that no worker can keep, or that nobody would wait for.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if (1..=3600).contains(&self.lease_seconds) {
            return Ok(());
        }
        Err(ConfigError::Value {
            what: "lease_seconds under [worker]",
            value: self.lease_seconds.to_string(),
            remedy: "write seconds from 1 to 3600; 30 suits most",
        })
    }
}
