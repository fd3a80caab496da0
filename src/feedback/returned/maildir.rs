//! A Maildir that a mail server delivers into: `new` is read, understood mail goes to `cur` as read, all else
//! unread into the folder `.unknown` beside it (Maildir++), where a person's mail program shows it.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::AsyncReadExt as _;

use super::error::{FolderError, VisitError};
use super::{Intake, Taken, Visit};
use crate::store::StoreError;

/// So many mails are read at once before the rest is looked for again.
const MAILS_AT_ONCE: usize = 1000;
const UNKNOWN: &str = ".unknown";

/// The folder.
#[derive(Debug)]
pub struct WatchedFolder {
    folder: PathBuf,
    /// Mails that could not be read or moved, each told once.
    failed: HashSet<String>,
}

impl WatchedFolder {
    /// At `folder`, which the mail server makes.
    pub fn at(folder: impl Into<PathBuf>) -> WatchedFolder {
        WatchedFolder { folder: folder.into(), failed: HashSet::new() }
    }

    /// Whether it is there, and mail can be taken out of it; answers how many wait.
    pub async fn try_out(&self) -> Result<usize, FolderError> {
        let names = self.list_new().await.map_err(|e| self.error("new", e))?;
        let probe = self.folder.join("cur").join(format!(".treff-{}", std::process::id()));
        fs::File::create_new(&probe).await.map_err(|e| self.error("cur", e))?;
        fs::remove_file(&probe).await.map_err(|e| self.error("cur", e))?;
        Ok(names.len())
    }

    /// Takes in what lies in `new`.
    pub(super) async fn visit(&mut self, intake: &Intake) -> Result<Visit, VisitError> {
        let mut visit = Visit::default();
        let mut names = self.list_new().await.map_err(|e| self.error("new", e))?;
        self.failed.retain(|name| names.contains(name));
        names.truncate(MAILS_AT_ONCE + self.failed.len());
        for name in names {
            match self.take(&name, intake).await {
                Ok(None) => {}
                Ok(Some(taken)) => {
                    visit.count(taken);
                    self.failed.remove(&name);
                }
                Err(Failed::Store(e)) => return Err(e.into()),
                Err(Failed::File(e)) => {
                    visit.failed += 1;
                    if self.failed.insert(name.clone()) {
                        let path = self.folder.join("new").join(&name);
                        tracing::warn!(mail.file = %path.display(), error = %e, "a returned mail stays where it is");
                    }
                }
            }
        }
        Ok(visit)
    }

    /// The names in `new`, oldest first as mail servers count.
    async fn list_new(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = fs::read_dir(self.folder.join("new")).await?;
        while let Some(entry) = entries.next_entry().await? {
            if let Ok(name) = entry.file_name().into_string()
                && !name.starts_with('.')
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Nothing if another process was quicker.
    async fn take(&self, name: &str, intake: &Intake) -> Result<Option<Taken>, Failed> {
        let path = self.folder.join("new").join(name);
        let raw = match read_beginning(&path, intake.read_at_most()).await {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let taken = intake.take(&raw).await.map_err(Failed::Store)?;
        let moved = match taken {
            Taken::Understood => {
                let bare = name.split_once(":2,").map_or(name, |(bare, _)| bare);
                fs::rename(&path, self.folder.join("cur").join(format!("{bare}:2,S"))).await
            }
            Taken::Unknown => self.put_aside(&path, name).await,
        };
        match moved {
            Err(e) if e.kind() == io::ErrorKind::NotFound && !path.exists() => Ok(None),
            other => Ok(other.map(|()| Some(taken))?),
        }
    }

    async fn put_aside(&self, path: &Path, name: &str) -> io::Result<()> {
        for part in ["tmp", "new", "cur"] {
            let folder = self.folder.join(UNKNOWN).join(part);
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
        }
        fs::rename(path, self.folder.join(UNKNOWN).join("new").join(name)).await
    }

    fn error(&self, part: &str, source: io::Error) -> FolderError {
        FolderError { path: self.folder.join(part), source }
    }
}

enum Failed {
    Store(StoreError),
    File(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::File(error)
    }
}

async fn read_beginning(path: &Path, at_most: usize) -> io::Result<Vec<u8>> {
    let metadata = fs::symlink_metadata(path).await?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    if metadata.len() > at_most as u64 {
        tracing::warn!(mail.file = %path.display(), mail.bytes = metadata.len(), at_most, "only its beginning is read");
    }
    let mut raw = Vec::new();
    fs::File::open(path).await?.take(at_most as u64).read_to_end(&mut raw).await?;
    Ok(raw)
}
