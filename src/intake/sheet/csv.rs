//! Comma-, semicolon- or tab-separated rows (RFC 4180, read leniently), with their physical lines.
//!
//! Own code, because the line on which a row starts must be right after empty lines and quoted line
//! breaks: row errors are useless without it.

use std::collections::BTreeMap;

use super::bounds::{MOST_COLUMNS, Most};
use super::error::SheetError;
use super::room::Room;
use super::rows::SheetRow;
use super::text::{tidy, trim};

/// In the order in which a tie between them is settled.
const SEPARATORS: [char; 3] = [';', '\t', ','];

/// All rows that have text.
pub(super) fn read_rows(text: &str, room: &mut Room) -> Result<Vec<SheetRow>, SheetError> {
    let (text, separator, first_line) = match named_separator(text) {
        Some((separator, rest)) => (rest, separator, 2),
        None => (text, guess_separator(text), 1),
    };
    let mut reader = Reader { chars: text.chars().peekable(), line: first_line, separator, width: 0 };
    let mut rows = Vec::new();
    while let Some(mut row) = reader.next_row(room)? {
        if row.has_text() {
            if reader.width == 0 {
                reader.read_header(&mut row, room)?;
            }
            room.take_row(row.line)?;
            room.take_cells(row.line, row.cells.len())?;
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Excel's own first line `sep=;`.
fn named_separator(text: &str) -> Option<(char, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let mut named = first.trim_end().strip_prefix("sep=")?.chars();
    let separator = named.next().or(first.contains('\t').then_some('\t'))?;
    (named.next().is_none() && SEPARATORS.contains(&separator)).then_some((separator, rest))
}

/// The separator that parts the header into most cells.
fn guess_separator(text: &str) -> char {
    let header = text.split(['\n', '\r']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: char| {
        let mut quoted = false;
        header
            .chars()
            .filter(|&c| {
                quoted ^= c == '"';
                c == separator && !quoted
            })
            .count()
    };
    let most = SEPARATORS.map(count).into_iter().max().unwrap_or_default();
    SEPARATORS.into_iter().find(|&s| count(s) == most && most > 0).unwrap_or(',')
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    separator: char,
    /// How many cells the header has; none until it is read.
    width: usize,
}

/// Puts a cell at the end of a row; beyond the widest row nothing may stand.
fn keep(row: &mut SheetRow, cell: &str, room: &mut Room) -> Result<(), SheetError> {
    let cell = tidy(cell);
    room.take_text(row.line, &cell)?;
    if row.cells.len() < MOST_COLUMNS {
        row.cells.push(cell);
    } else if !cell.is_empty() {
        return Err(room.refuse(row.line, Most::Columns));
    }
    Ok(())
}

/// What stands in one cell, parted into at most so many; none if a quotation mark in it is never closed, or if more stands
/// behind them.
fn part(cell: &str, line: usize, separator: char, most: usize) -> Option<Vec<String>> {
    let mut within = Reader { chars: cell.chars().peekable(), line, separator, width: 0 };
    let mut cells = vec![within.read_cell().ok()?];
    while cells.len() < most && within.chars.next_if_eq(&separator).is_some() {
        cells.push(within.read_cell().ok()?);
    }
    within.chars.peek().is_none().then_some(cells)
}

impl Reader<'_> {
    /// Learns from the header how many cells a row has. One that was itself kept in one cell (as [`Reader::unfold`] has it of
    /// other rows) is read as it was, and tells the separator of the rest.
    fn read_header(&mut self, row: &mut SheetRow, room: &mut Room) -> Result<(), SheetError> {
        if let [kept] = row.cells.as_slice() {
            let separator = guess_separator(kept);
            let cells = part(kept, row.line, separator, MOST_COLUMNS).unwrap_or_default();
            if cells.len() > 1 {
                row.cells.clear();
                cells.iter().try_for_each(|cell| keep(row, cell, room))?;
                self.separator = separator;
            }
        }
        self.width = row.cells.len();
        Ok(())
    }

    fn next_row(&mut self, room: &mut Room) -> Result<Option<SheetRow>, SheetError> {
        if self.chars.peek().is_none() {
            return Ok(None);
        }
        let mut row = SheetRow { line: self.line, cells: Vec::new(), unwritten: BTreeMap::new() };
        loop {
            let cell = self.read_cell()?;
            match self.unfold(&row, &cell) {
                Some(cells) => cells.iter().try_for_each(|cell| keep(&mut row, cell, room))?,
                None => keep(&mut row, &cell, room)?,
            }
            match self.chars.next() {
                Some(c) if c == self.separator => {}
                Some('\r') => {
                    self.chars.next_if_eq(&'\n');
                    self.line += 1;
                    return Ok(Some(row));
                }
                Some(_) => {
                    self.line += 1;
                    return Ok(Some(row));
                }
                None => return Ok(Some(row)),
            }
        }
    }

    /// The cells of a row that stands in one: a spreadsheet that goes by another separator keeps a row so, and saves it with
    /// quotation marks around it once more if it has any within. It holds as many as the header has, else it is one cell.
    fn unfold(&mut self, row: &SheetRow, cell: &str) -> Option<Vec<String>> {
        let is_whole_row =
            row.cells.is_empty() && self.chars.peek().is_none_or(|next| matches!(next, '\r' | '\n'));
        if self.width < 2 || !is_whole_row || !cell.contains(self.separator) {
            return None;
        }
        part(cell, self.line, self.separator, self.width).filter(|cells| cells.len() == self.width)
    }

    /// One cell, up to but without the separator or line end behind it.
    fn read_cell(&mut self) -> Result<String, SheetError> {
        let mut cell = String::new();
        while let Some(&c) = self.chars.peek() {
            if c == self.separator || c == '\n' || c == '\r' {
                break;
            }
            self.chars.next();
            // A quotation mark inside an unquoted cell is text.
            if c == '"' && trim(&cell).is_empty() {
                cell.clear();
                self.read_quoted(&mut cell)?;
            } else {
                cell.push(c);
            }
        }
        Ok(cell)
    }

    /// What stands between quotation marks; a doubled one is one.
    fn read_quoted(&mut self, cell: &mut String) -> Result<(), SheetError> {
        let opened = self.line;
        while let Some(c) = self.chars.next() {
            match c {
                '"' if self.chars.next_if_eq(&'"').is_none() => return Ok(()),
                '\r' => {
                    self.chars.next_if_eq(&'\n');
                    self.line += 1;
                    cell.push('\n');
                }
                '\n' => {
                    self.line += 1;
                    cell.push('\n');
                }
                c => cell.push(c),
            }
        }
        Err(SheetError::OpenQuote { line: opened })
    }
}
