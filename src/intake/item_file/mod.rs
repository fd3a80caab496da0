//! Item files: Markdown with TOML front matter (DESIGN, section 9), read into what they say.
//!
//! Pure: bytes and the forum in, an [`ItemFile`] or every error with file and line out. Nothing is
//! queued here; that is `item_queue`.

mod attached;
mod contact;
mod error;
mod front_matter;
mod keys;
mod promises;
mod read;
mod split;
mod times;
mod warnings;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::content::{Audience, Contact, Fields, Importance, ItemText, Lane, Visibility};
use crate::forum::{Kind, Language, TermIx};
use crate::store::NewAttachment;

pub use error::FileError;
pub use read::read_item_file;
pub use split::MAX_BYTES;
pub use warnings::list_warnings;

/// Where an item's slug comes from.
#[derive(Debug, Clone, Copy)]
pub enum SlugFrom<'a> {
    /// From `slug`, else from the file's stem: the file is queued.
    Stem(&'a str),
    /// It is this one, whatever the file's stem, and no other in `slug`: the file corrects that item, which is there in these
    /// languages.
    Item(&'a str, &'a [Language]),
}

/// What an item file says: one item in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFile {
    /// As it was named.
    pub file: String,
    /// Which item.
    pub slug: String,
    /// The language of `text`.
    pub language: Language,
    /// What it says in that language.
    pub text: ItemText,
    /// What it says in all languages.
    pub shared: Shared,
    lines: BTreeMap<&'static str, usize>,
    /// The paths in `attachments` with their lines, until they are taken in.
    named_files: Option<Vec<(String, usize)>>,
    /// Whose its promises are, in their order.
    owners: Vec<promises::Owner>,
}

/// What the files of one item in several languages agree on.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// What it is.
    pub kind: Kind,
    /// Who the lead sends it to.
    pub audience: Option<Audience>,
    /// What it is about.
    pub about: Vec<TermIx>,
    /// Whether who follows what it is about gets it too.
    pub interested: bool,
    /// Who may have it.
    pub visibility: Visibility,
    /// How much it matters.
    pub importance: Importance,
    /// When it goes out.
    pub lane: Lane,
    /// From when it may go out; `None`: at once.
    pub release_at: Option<DateTime<Utc>>,
    /// When it closes, if the file says so.
    pub expires_at: Option<DateTime<Utc>>,
    /// The `org:` term of the contributing organisation.
    pub source: Option<TermIx>,
    /// Whom to call.
    pub contact: Option<Contact>,
    /// What only its kind has.
    pub fields: Fields,
    /// Its files; `None`: nothing is said of them, and a stored item keeps what it has.
    pub attachments: Option<Vec<NewAttachment>>,
}

impl ItemFile {
    /// The line on which `key` stands; 1 if it is not in the file.
    pub fn line_of(&self, key: &str) -> usize {
        self.lines.get(key).copied().unwrap_or(1)
    }

    /// Whose its promises are, one for each, as the file names them and on which line.
    pub(super) fn owners(&self) -> &[Option<(String, usize)>] {
        &self.owners
    }

    /// An error at `key`.
    pub fn error_at(&self, key: &str, message: impl fmt::Display) -> FileError {
        FileError::new(&self.file, self.line_of(key), message)
    }
}

/// Languages in a sentence: `nb`, `nb and nn`, `nb, nn and en`.
pub fn list_languages(languages: &[Language]) -> String {
    let tags: Vec<&str> = languages.iter().map(|language| language.tag()).collect();
    match tags.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => tags.concat(),
    }
}
