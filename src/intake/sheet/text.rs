//! From bytes to text: a byte order mark decides, else the NULs of UTF-16, else valid UTF-8, else Windows-1252. And what a
//! cell says.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization as _;

use super::error::SheetError;
use super::written::untame;

/// The text of a file, without its byte order mark.
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| {
        let narrow = if is_meant_as_utf8(bytes) { UTF_8 } else { WINDOWS_1252 };
        (find_utf16(bytes).unwrap_or(narrow), 0)
    });
    let bytes = &bytes[mark..];
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        if encoding == UTF_8 { SheetError::Astray { line: line_astray(bytes) } } else { SheetError::NotText }
    })?;
    // No text has NUL; pictures and archives do.
    if text.contains('\0') { Err(SheetError::NotText) } else { Ok(text) }
}

/// UTF-16 without a mark: every second byte of the first line is NUL, since headings are in western letters, and which one
/// tells the order.
fn find_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let (units, _) = bytes.as_chunks::<2>();
    let end = units.iter().position(|unit| unit.contains(&b'\n') || unit.contains(&b'\r'));
    let header = &units[..end.unwrap_or(units.len())];
    let is_all = |is_so: fn(&[u8; 2]) -> bool| !header.is_empty() && header.iter().all(is_so);
    if is_all(|[low, high]| *low != 0 && *high == 0) {
        Some(UTF_16LE)
    } else if is_all(|[high, low]| *high == 0 && *low != 0) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether whoever wrote the bytes wrote UTF-8, be it that some went astray.
///
/// In Windows-1252 the letters of [`WESTERN`] would read `Ã¥`, `Â«` or `â€“`, which nobody writes; one of them tells. Other
/// characters may be there by chance, such as a capital and the quotation mark behind it (`BLÅ”`); they tell if they
/// outnumber what cannot be UTF-8.
fn is_meant_as_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut astray) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        let beyond_ascii = chunk.valid().chars().filter(|c| !c.is_ascii());
        for c in beyond_ascii {
            if WESTERN.iter().any(|range| range.contains(&c)) {
                return true;
            }
            whole += 1;
        }
        astray += usize::from(!chunk.invalid().is_empty());
    }
    whole > astray || astray == 0
}

/// Letters and marks of western languages beyond ASCII.
const WESTERN: [std::ops::RangeInclusive<char>; 2] = ['\u{a0}'..='\u{ff}', '\u{2010}'..='\u{20ac}'];

/// The line of the first byte that is not UTF-8.
fn line_astray(bytes: &[u8]) -> usize {
    let before = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    1 + before.replace("\r\n", "\n").matches(['\n', '\r']).count()
}

/// A cell without blanks and unseen marks around it, in normalisation form C: `Åse` typed with three characters or with
/// four is one name. An apostrophe that kept it from being a formula is none of it.
pub(super) fn tidy(cell: &str) -> String {
    let said = untame(trim(cell));
    let text = trim(&said);
    // ASCII is in that form.
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// Without blanks, and without what nobody sees at an edge: zero-width spaces and joiners, marks of direction, a byte order
/// mark. Within a word the joiners of some scripts have a meaning.
pub(super) fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}
