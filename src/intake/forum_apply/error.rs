//! Why a forum was not changed.

use super::uses::InUse;
use crate::intake::forum_file::EditFault;
use crate::store::StoreError;
use crate::world::WorldError;

/// Why a forum file was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// What would go is in use; each line says what, by whom, and the remedy.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    InUse(Vec<InUse>),
    /// Names that come or change are too long; each line says which.
    #[error("{}", .0.join("\n"))]
    TooLong(Vec<String>),
    /// The edit does not fit the forum.
    #[error("the forum cannot be changed so: {0}")]
    Edit(#[from] EditFault),
    /// It would do something else than was shown.
    #[error("the forum or its people changed since this was shown; look again")]
    Changed,
    /// What it does could not be counted to its end.
    #[error("counting who gets what broke off; try again")]
    BrokenOff(#[from] tokio::task::JoinError),
    /// The rows could not be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The rows could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}
