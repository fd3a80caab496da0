//! Why rows make no values.

use crate::store::StoreError;

/// What building values from rows can fail with.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Nothing was applied yet.
    #[error("there is no forum yet; run treff forum apply FILE")]
    NoForum,
    /// The rows could not be read at all.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row names a term that came after the forum was read. Read the forum again.
    #[error("the forum changed while it was read; run the command again")]
    StaleForum,
    /// A row names a term that the forum no longer has.
    #[error("{place} names {term}, which the forum no longer has; put it back with treff forum apply")]
    UnknownTerm {
        /// Which row: `item referat-helse`.
        place: String,
        /// As it is stored.
        term: String,
    },
    /// A stored value is not what its column promises.
    #[error("{place}: the stored {what} cannot be read: {value}")]
    Unreadable {
        /// Which row: `item referat-helse`.
        place: String,
        /// Which column.
        what: &'static str,
        /// What stands there, or why it cannot be read.
        value: String,
    },
}

impl WorldError {
    /// Whether the forum may have changed between two of its tables: then it is read anew.
    pub fn is_stale(&self) -> bool {
        matches!(self, WorldError::StaleForum | WorldError::UnknownTerm { .. })
    }
}
