//! The last question before a letter goes.

use std::future::Future;

use crate::store::Claimed;

/// Whatever kept the question from being answered.
pub type GateError = Box<dyn std::error::Error + Send + Sync>;

/// Asks lines 0 to 2 of the rule again for what letters hold, just before they are armed.
pub trait Gate: Sync {
    /// Gives back the letters that may go as they are. What it does not give back it has cancelled or
    /// revised in the store, or leaves for another time; a revised one is read again and goes in
    /// its new revision.
    fn check(&self, claimed: Vec<Claimed>) -> impl Future<Output = Result<Vec<Claimed>, GateError>> + Send;
}

/// Lets every letter go: for tests and measurements.
#[derive(Debug, Clone, Copy)]
pub struct OpenGate;

impl Gate for OpenGate {
    async fn check(&self, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, GateError> {
        Ok(claimed)
    }
}
