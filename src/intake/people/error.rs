//! Why an import failed.

use crate::store::StoreError;

/// Why an import failed; nothing of it stands.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored organisation is not what its columns promise.
    #[error("the organisation {slug} has an unknown kind; {error}")]
    Kind {
        /// Which.
        slug: String,
        /// What is wrong with it.
        error: String,
    },
    /// The forum changed between being read and being written.
    #[error("the forum changed while the file was read; run the import again")]
    Lost,
}
