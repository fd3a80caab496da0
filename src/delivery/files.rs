//! Where the lock and the journal of a sender lie: beside a SQLite database, or in a folder that the workers on this machine
//! share.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::journal;
use crate::config::Config;

/// The SQLite database's file, beside which lock and journal lie; on PostgreSQL the folder `journal` beside the configuration.
pub fn sending_place(config: &Config) -> PathBuf {
    match config.database_url.strip_prefix("sqlite://") {
        Some(file) => PathBuf::from(file),
        None => config.folder.join("journal"),
    }
}

/// The journals of all senders of a configuration that ran on this machine, whether they are there or not.
pub fn list_journals(config: &Config) -> Vec<PathBuf> {
    let place = sending_place(config);
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

/// What whoever sends from a SQLite database writes beside its file, whether it is there or not: the lock first.
pub fn list_files_beside(database: &Path) -> Vec<PathBuf> {
    let lock = beside_database(database);
    let journals = journal::paths(&lock);
    std::iter::once(lock).chain(journals).collect()
}

/// Whether a file of whoever sends can be written. One that is not there is made when it is needed.
pub fn try_to_write(path: &Path) -> Result<(), Error> {
    match OpenOptions::new().write(true).open(path) {
        Err(why) if why.kind() != ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

/// What to do about a lock or a journal that cannot be used; of a journal `path` is how its files' names begin.
pub fn remedy_for_file(path: &Path, why: &Error) -> String {
    if why.kind() != ErrorKind::PermissionDenied {
        return "make room, or give it back its folder".to_owned();
    }
    let files = std::iter::once(path.to_owned()).chain(journal::paths(path));
    match files.filter(|file| try_to_write(file).is_err()).find_map(|file| Some((owner_of(&file)?, file))) {
        Some((owner, file)) => {
            format!("{} belongs to {owner}: give it to the user that runs treff (chown)", file.display())
        }
        None => "let the user that runs treff write into its folder".to_owned(),
    }
}

/// Whose a file is, for people.
fn owner_of(path: &Path) -> Option<String> {
    match std::fs::metadata(path).ok()?.uid() {
        0 => Some("root".to_owned()),
        number => Some(format!("the user {number}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_is_not_there_counts_as_one_that_can_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let [lock, one, two]: [PathBuf; 3] =
            list_files_beside(&folder.path().join("treff.db")).try_into().unwrap();
        assert!(lock.ends_with("treff.db.sending") && two.ends_with("treff.db.sending-2"));
        std::fs::write(&lock, "process 7 on nes").unwrap();
        std::fs::create_dir(&one).unwrap();
        assert!(try_to_write(&lock).is_ok());
        assert_eq!(std::fs::read(&lock).unwrap(), b"process 7 on nes", "looking changes nothing");
        assert!(try_to_write(&one).is_err(), "as a folder it cannot be written");
        assert!(try_to_write(&two).is_ok() && !two.exists());
    }

    #[test]
    fn the_remedy_for_a_file_that_may_not_be_written_names_it_and_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("treff.db.sending");
        let denied = Error::from(ErrorKind::PermissionDenied);
        assert_eq!(remedy_for_file(&base, &denied), "let the user that runs treff write into its folder");
        // A folder in its place: whoever runs the tests cannot write it, be it root.
        let [one, _] = journal::paths(&base);
        std::fs::create_dir(&one).unwrap();
        let told = remedy_for_file(&base, &denied);
        assert!(told.starts_with(&format!("{} belongs to ", one.display())), "{told}");
        assert!(remedy_for_file(&base, &Error::from(ErrorKind::StorageFull)).contains("make room"));
    }
}
