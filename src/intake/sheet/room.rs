//! How much a file may hold. A small archive unpacks to much, and one long text may stand in many cells: what is kept is
//! counted, not what was sent.

use std::fmt;

use super::error::SheetError;

/// More rows than a people file of a whole country's forums has.
const MOST_ROWS: usize = 250_000;
/// More cells than that many people fill.
const MOST_CELLS: usize = 5_000_000;
/// The widest sheet read; what lies further right has no heading of ours.
pub(super) const MOST_COLUMNS: usize = 1_000;
/// Of all cells together, in MiB.
const MOST_TEXT: usize = 64;
/// More sheets than a workbook that people keep has.
const MOST_SHEETS: usize = 100;

/// What a file holds too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// Rows that say something.
    Rows,
    /// Cells of one row.
    Columns,
    /// Cells of all rows, and those that merges cover.
    Cells,
    /// What stands in them.
    Text,
    /// Sheets of a workbook.
    Sheets,
}

impl fmt::Display for Most {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Most::Rows => write!(f, "{MOST_ROWS} rows"),
            Most::Columns => write!(f, "{MOST_COLUMNS} columns"),
            Most::Cells => write!(f, "{MOST_CELLS} cells"),
            Most::Text => write!(f, "{MOST_TEXT} MiB of text"),
            Most::Sheets => write!(f, "{MOST_SHEETS} sheets"),
        }
    }
}

/// Where in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// What its workbook calls the sheet; empty in a CSV file.
    pub sheet: String,
    /// The line of a CSV file, or the row of a sheet; from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sheet.as_str() {
            "" => write!(f, "line {}", self.line),
            sheet => write!(f, "sheet \"{sheet}\", row {}", self.line),
        }
    }
}

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
