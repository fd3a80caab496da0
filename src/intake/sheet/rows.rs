//! A sheet's rows, whatever kind of file they stood in.

use std::collections::BTreeMap;

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
    pub(super) fn put(&mut self, index: usize, text: String, unwritten: Option<Unwritten>) -> usize {
        let grown = (index + 1).saturating_sub(self.cells.len());
        self.cells.resize(self.cells.len() + grown, String::new());
        self.cells[index] = text;
        self.unwritten.extend(unwritten.map(|unwritten| (index, unwritten)));
        grown
    }
}

/// The first row with text is the header; blank rows are left out.
pub(super) fn sheet_of(rows: impl IntoIterator<Item = SheetRow>) -> Option<Sheet> {
    let mut rows = rows.into_iter().skip_while(|row| !row.has_text());
    let header = rows.next()?.cells;
    let rows = rows.filter(|row| row.has_text() || !row.unwritten.is_empty()).collect();
    Some(Sheet { header, rows, ..Sheet::default() })
}
