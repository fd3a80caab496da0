//! Why nothing was queued, corrected or taken back.

use crate::content::nearest_word;
use crate::intake::item_file::FileError;
use crate::store::{Store, StoreError};
use crate::world::WorldError;

/// Why nothing was queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The files cannot be queued; every reason with its file and line.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Files(Vec<FileError>),
    /// There is no such item.
    #[error("there is no item \"{slug}\"{}; treff item list names them all",
        .nearest.as_ref().map_or(String::new(), |slug| format!("; the nearest is {slug}")))]
    NoItem {
        /// What was asked for.
        slug: String,
        /// The known slug most like it.
        nearest: Option<String>,
    },
    /// A file cannot be attached.
    #[error("{0}")]
    Attachment(String),
    /// The item has another version than the files were made from.
    #[error("somebody changed the item since it was opened, nothing was done; look at it again")]
    Overtaken,
    /// A term that the forum had when the files were read is gone.
    #[error("the forum changed while the files were read, nothing was done; run the command again")]
    ForumChanged,
    /// What is stored cannot be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The error for a slug that no item has.
pub(super) async fn no_item(store: &Store, slug: &str) -> Result<QueueError, StoreError> {
    let slugs: Vec<String> = store.list_item_slugs().await?.into_iter().map(|row| row.slug).collect();
    let nearest = nearest_word(slug, slugs.iter().map(String::as_str)).map(str::to_owned);
    Ok(QueueError::NoItem { slug: slug.to_owned(), nearest })
}
