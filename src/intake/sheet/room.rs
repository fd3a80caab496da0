//! How much a file may hold. A small archive unpacks to much, and one long text may stand in many cells: what is kept is
//! counted, not what was sent.

use super::bounds::{MOST_CELLS, MOST_ROWS, MOST_SHEETS, MOST_TEXT, Most, Place};
use super::error::SheetError;

/// What is kept of a file so far, of all its sheets together.
#[derive(Debug, Default)]
pub(super) struct Room {
    sheet: String,
    sheets: usize,
    rows: usize,
    cells: usize,
    bytes: usize,
}

impl Room {
    /// A sheet of a workbook is read from here on.
    pub(super) fn enter(&mut self, sheet: &str) -> Result<(), SheetError> {
        sheet.clone_into(&mut self.sheet);
        self.sheets += 1;
        self.hold(self.sheets <= MOST_SHEETS, 1, Most::Sheets)
    }

    /// One more row is kept.
    pub(super) fn take_row(&mut self, line: usize) -> Result<(), SheetError> {
        self.rows += 1;
        self.hold(self.rows <= MOST_ROWS, line, Most::Rows)
    }

    /// A row has grown by so many cells.
    pub(super) fn take_cells(&mut self, line: usize, count: usize) -> Result<(), SheetError> {
        self.cells += count;
        self.hold(self.cells <= MOST_CELLS, line, Most::Cells)
    }

    /// A cell keeps this text.
    pub(super) fn take_text(&mut self, line: usize, text: &str) -> Result<(), SheetError> {
        self.bytes += text.len();
        self.hold(self.bytes <= MOST_TEXT << 20, line, Most::Text)
    }

    /// What there is to say of more than there may be.
    pub(super) fn refuse(&self, line: usize, most: Most) -> SheetError {
        SheetError::TooLarge { place: Place { sheet: self.sheet.clone(), line }, most }
    }

    fn hold(&self, fits: bool, line: usize, most: Most) -> Result<(), SheetError> {
        if fits { Ok(()) } else { Err(self.refuse(line, most)) }
    }
}
