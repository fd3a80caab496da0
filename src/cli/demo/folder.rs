//! The demo's folder: what tells it from a real forum's, and when it was begun.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::content::{list_names, write_files};

/// What a demo writes besides its content and its mark.
const MADE: [&str; 3] = ["treff.toml", "treff.db", "outbox"];

/// A demo's folder.
pub(super) struct Folder {
    path: PathBuf,
    mark: Mark,
}

/// Kept in `.treff-demo`.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    /// The days in the demo's files are counted from here.
    started_at: DateTime<Utc>,
    /// Whether the forum was set up and its first letters are out.
    ready: bool,
}

impl Folder {
    /// Opens the demo in `path`, or begins one at `now`. Refuses a folder that holds a forum that is no demo.
    pub(super) fn open(path: &Path, now: DateTime<Utc>) -> anyhow::Result<Folder> {
        let place = path.join(".treff-demo");
        if let Ok(text) = std::fs::read_to_string(&place) {
            let mark =
                toml::from_str(&text).with_context(|| format!("{} cannot be read", place.display()))?;
            return Ok(Folder { path: path.to_owned(), mark });
        }
        let mut own = MADE.map(str::to_owned).into_iter().chain(list_names()).map(|name| path.join(name));
        if let Some(taken) = own.find(|own| own.symlink_metadata().is_ok()) {
            anyhow::bail!("{} is there and is no demo's; choose another folder with --dir", taken.display());
        }
        std::fs::create_dir_all(path).with_context(|| format!("{} cannot be made", path.display()))?;
        let folder = Folder { path: path.to_owned(), mark: Mark { started_at: now, ready: false } };
        folder.write_mark()?;
        Ok(folder)
    }

    /// When the demo was begun.
    pub(super) fn started_at(&self) -> DateTime<Utc> {
        self.mark.started_at
    }

    /// Whether the forum was set up and its first letters are out.
    pub(super) fn is_ready(&self) -> bool {
        self.mark.ready
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes the configuration and the forum's files. Again writes the same.
    pub(super) fn write_files(&self, base_url: &str, listen: &str) -> anyhow::Result<()> {
        write_files(&self.path, self.mark.started_at)?;
        let config = include_str!("treff.toml").replace("{base_url}", base_url).replace("{listen}", listen);
        let path = self.file("treff.toml");
        std::fs::write(&path, config).with_context(|| format!("{} cannot be written", path.display()))
    }

    /// From now on a start goes on where the last one was.
    pub(super) fn make_ready(&mut self) -> anyhow::Result<()> {
        self.mark.ready = true;
        self.write_mark()
    }

    fn write_mark(&self) -> anyhow::Result<()> {
        let place = self.file(".treff-demo");
        std::fs::write(&place, toml::to_string(&self.mark)?)
            .with_context(|| format!("{} cannot be written", place.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_of_a_stranger_is_written_over() {
        let names: Vec<String> = MADE.map(str::to_owned).into_iter().chain(list_names()).collect();
        assert!(names.iter().any(|name| name == "promises.toml"), "{names:?}");
        for name in names {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(&name), "mine").unwrap();
            let refused = Folder::open(folder.path(), DateTime::UNIX_EPOCH).err().map(|e| e.to_string());
            assert!(refused.is_some_and(|told| told.contains(&name)), "{name}");
            assert!(!folder.path().join(".treff-demo").exists(), "{name}");
        }
    }
}
