//! Files that commands make.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// The mode of a folder that holds secrets or people: for its owner's eyes only.
pub(super) const OWN: u32 = 0o700;
/// The mode of any other folder, of which the umask takes its part.
pub(super) const SHARED: u32 = 0o777;

/// Writes a file that was not there into a folder that is, durably and for its owner's eyes only. One that is there stays as
/// it is: then, and only then, the error is `AlreadyExists`.
pub(super) fn write_new_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // A part of it would stand in the way of the next try.
        let _ = std::fs::remove_file(path);
    }
    written
}

/// Makes the folder of a file, with those above it, if it is missing. One that is there keeps its mode.
pub(super) fn make_folder_of(path: &Path, mode: u32) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let made = DirBuilder::new().recursive(true).mode(mode).create(folder);
    made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            io::Error::new(ErrorKind::NotADirectory, format!("{} is no folder", folder.display()))
        }
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_one_in_a_folder_s_place_is_told_as_that() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/one.pem");
        assert_eq!(write_new_file(&path, b"one").unwrap_err().kind(), ErrorKind::NotFound);
        make_folder_of(&path, OWN).unwrap();
        write_new_file(&path, b"one").unwrap();
        assert_eq!(write_new_file(&path, b"two").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        let within = path.join("two.pem");
        for error in [make_folder_of(&within, OWN), write_new_file(&within, b"two")] {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::NotADirectory);
        }
    }
}
