//! What planning and sending can fail with.

use crate::store::StoreError;
use crate::world::WorldError;

/// Why an edition could not be opened, planned, shown or sent.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The ledger said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored rows make no values.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A stored word is not one of ours, or what is stored does not make a mail.
    #[error("what is stored cannot be read: {0}")]
    Stored(String),
    /// The settings name no sender that could be used.
    #[error(transparent)]
    Masthead(#[from] crate::letter::MastheadError),
    /// A template took a wrong turn.
    #[error(transparent)]
    Template(#[from] crate::letter::TemplateError),
    /// Letters cannot leave.
    #[error(transparent)]
    Sending(#[from] crate::delivery::SendError),
    /// The relay cannot be used.
    #[error(transparent)]
    Relay(#[from] crate::delivery::RelayError),
    /// Letters cannot be signed as the configuration asks.
    #[error(transparent)]
    Dkim(#[from] crate::delivery::DkimError),
    /// A future `--at` with a relay that leads out of this machine.
    #[error(
        "--at {0} lies in the future, and the relay leads out of this machine; \
         set relay_url to maildir:FOLDER or a loopback address to try it"
    )]
    EarlySending(chrono::DateTime<chrono::Utc>),
    /// The configuration asks for a second person's approval, and nobody approved what would be sent.
    #[error(
        "the {cadence} edition of {occurs_at} is not approved as it stands; whoever may approve does so at the desk, \
         under \"Next mailing\""
    )]
    NotApproved {
        /// Whose occurrence.
        cadence: crate::forum::Cadence,
        /// Which.
        occurs_at: chrono::DateTime<chrono::Utc>,
    },
    /// A stored list cannot be read.
    #[error("a stored list cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}
