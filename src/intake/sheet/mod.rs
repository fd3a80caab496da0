//! Reads a spreadsheet's rows out of bytes: CSV in the encodings that Excel writes, or XLSX. And writes CSV that is read
//! back as it was.
//!
//! Knows nothing of what the columns mean. Never panics, whatever the bytes are, and never holds more than a bounded
//! multiple of what a large list of people takes.

mod bounds;
mod csv;
mod error;
mod merged;
mod room;
mod rows;
mod text;
mod unpacked;
mod written;
mod xlsx;

pub use bounds::{Most, Place};
pub use error::SheetError;
use room::Room;
use rows::sheet_of;
pub use rows::{Sheet, SheetRow, Unwritten};
pub use text::decode_text;
pub use written::{CsvError, Separator, write_csv};

/// Every sheet of the file that has text, in the file's order; at least one. CSV is one sheet.
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, SheetError> {
    let sheets = if bytes.starts_with(b"PK\x03\x04") {
        xlsx::read_workbook(bytes)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(SheetError::OldExcel);
    } else {
        sheet_of(csv::read_rows(&decode_text(bytes)?, &mut Room::default())?).into_iter().collect()
    };
    if sheets.is_empty() { Err(SheetError::Empty) } else { Ok(sheets) }
}

/// What spreadsheets call a column, counted from 0: A to Z, AA and so on.
pub fn letters_of(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    let before = (column / 26).checked_sub(1).map(letters_of);
    before.unwrap_or_default() + &last.to_string()
}

#[cfg(test)]
mod tests;
