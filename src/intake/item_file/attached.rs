//! The files that an item file names: `attachments = ["program.pdf"]`, by their places beside it.

use super::{FileError, ItemFile};
use crate::intake::attachment::{MAX_FILES, read_attachment};

impl ItemFile {
    /// Takes in the files that it names; `read` gives the bytes of a path relative to the item file.
    ///
    /// # Errors
    /// Each file that cannot be read or attached, at its line.
    pub fn take_attachments(
        &mut self,
        read: impl Fn(&str) -> std::io::Result<Vec<u8>>,
    ) -> Result<(), Vec<FileError>> {
        let Some(named) = self.named_files.take() else { return Ok(()) };
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        if named.len() > MAX_FILES {
            errors.push(self.error_at("attachments", format!("an item carries at most {MAX_FILES} files")));
        }
        for (path, line) in &named {
            let file = match read(path) {
                Ok(bytes) => read_attachment(path, bytes),
                Err(error) => Err(format!("cannot be read: {error}")),
            };
            match file {
                Ok(file) => files.push(file),
                Err(why) => {
                    errors.push(FileError::new(&self.file, *line, format!("attachment {path}: {why}")));
                }
            }
        }
        self.shared.attachments = Some(files);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}
