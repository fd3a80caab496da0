//! Reads a spreadsheet's rows out of bytes: CSV in the encodings that Excel writes, or XLSX. And writes CSV that is read
//! back as it was.
//!
//! Knows nothing of what the columns mean. Never panics, whatever the bytes are.

mod csv;
mod merged;
mod text;
mod written;
mod xlsx;

use std::collections::BTreeMap;

pub use text::decode_text;
pub use written::{CsvError, write_csv};

/// A header and the rows under it; blank rows are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What its workbook calls it; empty in a CSV file.
    pub name: String,
    /// Whether its workbook hides it.
    pub is_hidden: bool,
    /// The first row that has text, cells trimmed. In a workbook, where no slip of the pen makes a cell, it is as wide as
    /// the widest row: what has no heading is an empty one.
    pub header: Vec<String>,
    /// The rows under it, in the file's order.
    pub rows: Vec<SheetRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Where it starts: the physical line of a CSV file, or the row number of a sheet; from 1.
    pub line: usize,
    /// Its cells, trimmed; possibly fewer or more than the header has.
    pub cells: Vec<String>,
    /// Those of its cells, by their place, whose text nobody wrote; only a workbook has any.
    pub unwritten: BTreeMap<usize, Unwritten>,
}

/// What a workbook's cell holds in place of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritten {
    /// A date or a time, be it that a spreadsheet made one of a text such as `3-4`; the cell's text says which.
    Date,
    /// A formula whose value was not stored, as programs other than spreadsheets write them; the cell's text is empty.
    Formula,
}

impl SheetRow {
    /// The text of cell `index`; empty if the row is shorter.
    pub fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", String::as_str)
    }

    /// Whether cell `index` holds nothing at all.
    pub fn is_blank(&self, index: usize) -> bool {
        self.cell(index).is_empty() && !self.unwritten.contains_key(&index)
    }

    /// Whether any of its cells holds text.
    pub fn has_text(&self) -> bool {
        self.cells.iter().any(|cell| !cell.is_empty())
    }

    /// Puts a value into cell `index`; answers by how many cells the row has grown.
    fn put(&mut self, index: usize, text: String, unwritten: Option<Unwritten>) -> usize {
        let grown = (index + 1).saturating_sub(self.cells.len());
        self.cells.resize(self.cells.len() + grown, String::new());
        self.cells[index] = text;
        self.unwritten.extend(unwritten.map(|unwritten| (index, unwritten)));
        grown
    }
}

/// Why a file gives no rows at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Nothing but blanks.
    #[error("the file is empty; its first row must name the columns")]
    Empty,
    /// The old binary Excel format, or another that we do not read.
    #[error("this is an old Excel file (.xls); save it as .xlsx or as CSV and import that")]
    OldExcel,
    /// Neither text nor XLSX.
    #[error("the file is neither text nor XLSX; save it as .xlsx or as CSV and import that")]
    NotText,
    /// UTF-8 with bytes that are none.
    #[error(
        "line {line} holds a letter that is not UTF-8, as the rest of the file is: it may have broken off, or be put \
         together of two; fetch it again, or save it anew as .xlsx or as CSV in UTF-8"
    )]
    Astray {
        /// Where the first of them stands.
        line: usize,
    },
    /// A quote that swallows the rest of the file.
    #[error("line {line}: a quotation mark is opened here and never closed; close it or double it")]
    OpenQuote {
        /// Where it is opened.
        line: usize,
    },
    /// A workbook that cannot be read.
    #[error("the workbook cannot be read: {0}; open it, save it again as .xlsx, and import that")]
    Workbook(String),
    /// A workbook that unpacks to more than we are willing to hold.
    #[error("the workbook has more than {0} cells; split it")]
    TooLarge(usize),
}

/// Every sheet of the file that has text, in the file's order; at least one. CSV is one sheet.
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, SheetError> {
    let sheets = if bytes.starts_with(b"PK\x03\x04") {
        xlsx::read_workbook(bytes)?
    } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(SheetError::OldExcel);
    } else {
        sheet_of(csv::read_rows(&decode_text(bytes)?)?).into_iter().collect()
    };
    if sheets.is_empty() { Err(SheetError::Empty) } else { Ok(sheets) }
}

/// The first row with text is the header; blank rows are left out.
fn sheet_of(rows: impl IntoIterator<Item = SheetRow>) -> Option<Sheet> {
    let mut rows = rows.into_iter().skip_while(|row| !row.has_text());
    let header = rows.next()?.cells;
    let rows = rows.filter(|row| row.has_text() || !row.unwritten.is_empty()).collect();
    Some(Sheet { header, rows, ..Sheet::default() })
}

/// What spreadsheets call a column, counted from 0: A to Z, AA and so on.
pub fn letters_of(column: usize) -> String {
    let last = char::from(b'A' + u8::try_from(column % 26).unwrap_or_default());
    let before = (column / 26).checked_sub(1).map(letters_of);
    before.unwrap_or_default() + &last.to_string()
}

#[cfg(test)]
mod tests;
