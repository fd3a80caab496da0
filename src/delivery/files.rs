//! Where the lock and the journal of a sender lie: beside a SQLite database, or in a folder that the workers on this machine
//! share.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::journal;
use super::worker::SenderSetup;
use crate::config::Config;

/// The journals of all senders of a configuration that ran on this machine, whether they are there or not.
pub fn list_journals(config: &Config) -> Vec<PathBuf> {
    let place = SenderSetup::place_of(config);
    if config.database_url.starts_with("sqlite://") {
        return journal::paths(&beside_database(&place)).into();
    }
    journals_in(&place).iter().flat_map(|name| journal::paths(&place.join(name))).collect()
}

/// Where lock and journal lie beside a SQLite database: `treff.db` makes `treff.db.sending`.
pub(crate) fn beside_database(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sending");
    PathBuf::from(name)
}

/// The lock's file of the worker `name`.
pub(crate) fn lock_path(place: &Path, name: &str) -> PathBuf {
    place.join(format!("{name}.lock"))
}

/// The workers whose journals lie in `folder`.
pub(crate) fn journals_in(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeSet::new() };
    entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix("-1").or_else(|| name.strip_suffix("-2")).map(str::to_owned)
        })
        .collect()
}

/// Removes a worker's journal and lock, once it has nothing left to say.
pub(crate) fn remove_files(place: &Path, name: &str) {
    for path in journal::paths(&place.join(name)) {
        let _ = std::fs::remove_file(path);
    }
    let _ = std::fs::remove_file(lock_path(place, name));
}
