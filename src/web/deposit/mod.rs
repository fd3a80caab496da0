//! What a public archive is given, in files that last without this program: of each item every version that went out, as
//! Markdown that `treff item add` reads again and as a page that needs nothing beside it; its files; and an index of all.
//!
//! It says what stands on the item's page, never to whom it went. The same items make the same bytes.

mod entry;
mod names;
mod page;
mod past;
mod writer;
mod zipped;

use std::io;

use sha2::{Digest as _, Sha256};

pub use entry::Index;
use entry::{Written, write_sheet};
pub use page::Press;
use past::Past;
use writer::Writer;
use zipped::Zipped;

use crate::forum::Forum;
use crate::store::{DepositFilter, Store, StoreError};
use crate::world::WorldError;

/// So many bytes go into one ZIP at the desk, before they are packed; what is more is for `treff item export`.
pub(super) const MOST_BYTES: usize = 128 << 20;

/// Takes a file: its place, parts parted by `/`, and its bytes.
pub type Put<'a> = dyn FnMut(&str, &[u8]) -> io::Result<()> + Send + 'a;

/// Is told how many items are done, of how many.
pub type Progress<'a> = dyn Fn(usize, usize) + Send + Sync + 'a;

/// Why it was not written.
#[derive(Debug, thiserror::Error)]
pub enum DepositError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored item cannot be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A page or the index cannot be made: ours to mend.
    #[error("{what} cannot be made: {why}")]
    Made {
        /// Which.
        what: &'static str,
        /// What went wrong.
        why: String,
    },
    /// A file was not taken.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// Its place.
        path: String,
        /// What the disk said.
        source: io::Error,
    },
}

impl DepositError {
    fn made(what: &'static str, why: &dyn std::error::Error) -> DepositError {
        DepositError::Made { what, why: why.to_string() }
    }
}

/// Hands every file of the items that the filter lets through to `put`, the index last: `index.csv`, a row for each file, and
/// `index.json`.
///
/// # Errors
/// At the first file that is not taken, or item that cannot be read; then nothing is whole.
pub async fn write_deposit(
    (store, forum, press): (&Store, &Forum, &Press),
    filter: &DepositFilter,
    put: &mut Put<'_>,
    progress: &Progress<'_>,
) -> Result<Index, DepositError> {
    let pasts = Past::of_items(store.list_item_log().await?);
    let writer = Writer { store, forum, press, pasts };
    let mut index = Index { forum: forum.settings.name.clone(), items: Vec::new() };
    let rows = store.list_deposited(filter).await?;
    for (done, row) in rows.iter().enumerate() {
        progress(done, rows.len());
        index.items.extend(writer.write_item(row, filter, put).await?);
    }
    let made = |error: &dyn std::error::Error| DepositError::made("the index", error);
    let sheet = write_sheet(&serde_json::to_value(&index).map_err(|error| made(&error))?);
    let sheet = sheet.map_err(|error| made(&error))?;
    let json = serde_json::to_string_pretty(&index).map_err(|error| made(&error))?;
    put_file(put, "index.csv", sheet.as_bytes())?;
    put_file(put, "index.json", format!("{json}\n").as_bytes())?;
    Ok(index)
}

/// The same as one ZIP; none if it takes more than `room` bytes, before they are packed.
///
/// # Errors
/// If an item cannot be read.
pub async fn pack_deposit(
    from: (&Store, &Forum, &Press),
    filter: &DepositFilter,
    room: usize,
) -> Result<Option<(Index, Vec<u8>)>, DepositError> {
    let mut zip = Zipped::with_room(room);
    let mut put = |path: &str, bytes: &[u8]| zip.put(path, bytes);
    let index = match write_deposit(from, filter, &mut put, &|_, _| {}).await {
        Err(DepositError::Write { source, .. }) if source.kind() == io::ErrorKind::FileTooLarge => {
            return Ok(None);
        }
        written => written?,
    };
    let bytes = zip.finish().map_err(|error| DepositError::made("the ZIP", &error))?;
    Ok(Some((index, bytes)))
}

/// Hands on one file of a version: its place, what it is, and what its bytes are known by.
fn write(
    put: &mut Put<'_>,
    file: String,
    (title, language, media_type): (&str, Option<&'static str>, &str),
    bytes: &[u8],
) -> Result<Written, DepositError> {
    put_file(put, &file, bytes)?;
    let (title, media_type) = (title.to_owned(), media_type.to_owned());
    let sha256 = hex::encode(Sha256::digest(bytes));
    Ok(Written { file, title, language, media_type, bytes: bytes.len(), sha256 })
}

fn put_file(put: &mut Put<'_>, path: &str, bytes: &[u8]) -> Result<(), DepositError> {
    put(path, bytes).map_err(|source| DepositError::Write { path: path.to_owned(), source })
}
