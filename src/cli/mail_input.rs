//! A mail that a command reads: from a file, or as a mail server pipes it.

use std::io::Read as _;
use std::path::Path;

use super::BadInput;
use crate::feedback::returned::READ_OF_PEOPLE;

/// The mail, or its beginning.
pub(super) fn read_raw_mail(file: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    let at_most = READ_OF_PEOPLE as u64;
    let mut raw = Vec::new();
    match file {
        Some(path) => {
            let failed =
                |e: std::io::Error| BadInput::one(format!("{}: cannot be read: {e}", path.display()));
            let file = std::fs::File::open(path).map_err(failed)?;
            file.take(at_most).read_to_end(&mut raw).map_err(failed)?;
        }
        None => {
            std::io::stdin().lock().take(at_most).read_to_end(&mut raw)?;
        }
    }
    Ok(raw)
}
