//! What a file may hold at most, and where it holds more.

use std::fmt;

/// More rows than a people file of a whole country's forums has.
pub(super) const MOST_ROWS: usize = 250_000;
/// More cells than that many people fill.
pub(super) const MOST_CELLS: usize = 5_000_000;
/// The widest sheet read; what lies further right has no heading of ours.
pub(super) const MOST_COLUMNS: usize = 1_000;
/// Of all cells together, in MiB.
pub(super) const MOST_TEXT: usize = 64;
/// More sheets than a workbook that people keep has.
pub(super) const MOST_SHEETS: usize = 100;

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
