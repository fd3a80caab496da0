//! Item files from the disk.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::cli::BadInput;
use crate::forum::Forum;
use crate::intake::attachment::MAX_BYTES;
use crate::intake::item_file::{FileError, ItemFile, SlugFrom, read_item_file};

/// Reads the files, a folder standing for its `.md` files in the order of their names.
///
/// # Errors
/// [`BadInput`] with everything that is wrong with any of them.
pub(super) fn read_files(paths: &[PathBuf], forum: &Forum) -> Result<Vec<ItemFile>, BadInput> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in list_files(paths, &mut errors) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match read_file(&path, SlugFrom::Stem(&stem), forum) {
            Ok(file) => files.push(file),
            Err(BadInput(of_file)) => errors.extend(of_file),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(BadInput(errors)) }
}

/// Reads one file.
pub(super) fn read_file(path: &Path, slug: SlugFrom<'_>, forum: &Forum) -> Result<ItemFile, BadInput> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|error| BadInput::one(format!("{name}: cannot be read: {error}")))?;
    let told = |errors: Vec<FileError>| BadInput(errors.iter().map(ToString::to_string).collect());
    let mut file = read_item_file(&name, slug, &bytes, forum).map_err(told)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    file.take_attachments(|attached| read_bounded(&folder.join(attached))).map_err(told)?;
    Ok(file)
}

/// The bytes of a file to attach, not many more than may be.
pub(super) fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files to read, each once.
fn list_files(paths: &[PathBuf], errors: &mut Vec<String>) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let mut files = Vec::new();
    for path in paths {
        let found = if path.is_dir() { list_folder(path) } else { Ok(vec![path.clone()]) };
        match found {
            Ok(found) if found.is_empty() => {
                errors.push(format!("{}: the folder holds no .md file", path.display()));
            }
            Ok(found) => files.extend(found),
            Err(error) => errors.push(format!("{}: cannot be read: {error}", path.display())),
        }
    }
    files.retain(|path| seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    files
}

fn list_folder(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    // By stem, so that samling.md stands before samling-en.md and its language is the item's own.
    files.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    Ok(files)
}
