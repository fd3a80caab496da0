//! From bytes to text: a byte order mark decides, else valid UTF-8, else Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::SheetError;

/// The text of a file, without its byte order mark.
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| {
        let encoding = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
        (encoding, 0)
    });
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(&bytes[mark..])
        .ok_or(SheetError::NotText)?;
    // No text has NUL; UTF-16 without a mark, pictures and archives do.
    if text.contains('\0') { Err(SheetError::NotText) } else { Ok(text) }
}
