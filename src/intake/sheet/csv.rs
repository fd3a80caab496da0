//! Comma-, semicolon- or tab-separated rows (RFC 4180, read leniently), with their physical lines.
//!
//! Own code, because the line on which a row starts must be right after empty lines and quoted line
//! breaks: row errors are useless without it.

use std::collections::BTreeMap;

use super::error::SheetError;
use super::room::{MOST_COLUMNS, Most, Room};
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
    let mut reader = Reader { chars: text.chars().peekable(), line: first_line, separator };
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row(room)? {
        if row.has_text() {
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
}

impl Reader<'_> {
    fn next_row(&mut self, room: &mut Room) -> Result<Option<SheetRow>, SheetError> {
        if self.chars.peek().is_none() {
            return Ok(None);
        }
        let mut row = SheetRow { line: self.line, cells: Vec::new(), unwritten: BTreeMap::new() };
        loop {
            let cell = tidy(&self.read_cell()?);
            room.take_text(row.line, &cell)?;
            if row.cells.len() < MOST_COLUMNS {
                row.cells.push(cell);
            } else if !cell.is_empty() {
                return Err(room.refuse(row.line, Most::Columns));
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
