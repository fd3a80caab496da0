//! All of it as one ZIP, held in memory: so it is bounded, and whole before anybody gets a byte of it.

use std::io::{self, Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// A ZIP in the making.
pub(super) struct Zipped {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    room: usize,
}

impl Zipped {
    /// One that takes so many bytes, before they are packed.
    pub(super) fn with_room(room: usize) -> Zipped {
        Zipped { zip: ZipWriter::new(Cursor::default()), room }
    }

    /// Takes a file in; without a time of its own, so that the same files make the same bytes.
    ///
    /// # Errors
    /// [`io::ErrorKind::FileTooLarge`] if there is no room for it.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.room = self.room.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
        // What was attached is packed in itself as a rule.
        let is_text = !path.contains("/files/");
        let method = if is_text { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options =
            SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        self.zip.start_file(path, options)?;
        self.zip.write_all(bytes)
    }

    /// The whole of it.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        Ok(self.zip.finish()?.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn what_goes_in_comes_out_and_the_same_makes_the_same_bytes() {
        let pack = || {
            let mut zip = Zipped::with_room(100);
            zip.put("0001-referat/v1-nb.md", "Blåbær".as_bytes()).unwrap();
            zip.put("0001-referat/files/1-ærlig.pdf", b"%PDF-1.7").unwrap();
            zip.finish().unwrap()
        };
        assert_eq!(pack(), pack());
        let mut zip = ZipArchive::new(Cursor::new(pack())).unwrap();
        let mut text = String::new();
        zip.by_name("0001-referat/v1-nb.md").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "Blåbær");
        assert!(zip.by_name("0001-referat/files/1-ærlig.pdf").is_ok());
    }

    #[test]
    fn no_more_goes_in_than_there_is_room_for() {
        let mut zip = Zipped::with_room(5);
        zip.put("a", b"abc").unwrap();
        assert_eq!(zip.put("b", b"abc").unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }
}
