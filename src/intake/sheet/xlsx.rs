//! Excel workbooks. Cells are read one by one into sparse rows: a sheet may claim a billion empty ones.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::text::tidy;
use super::{Sheet, SheetError, SheetRow, sheet_of};

/// More cells than any people file has; a small archive can unpack to far more.
const MOST_CELLS: usize = 10_000_000;

/// The widest sheet read; what lies further right has no heading of ours.
const MOST_COLUMNS: usize = 1_000;

/// Every worksheet that has text.
pub(super) fn read_workbook(bytes: &[u8]) -> Result<Vec<Sheet>, SheetError> {
    let unreadable = |e: XlsxError| SheetError::Workbook(e.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let worksheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    let mut sheets = Vec::new();
    for (name, is_hidden) in worksheets {
        let Some(mut sheet) = sheet_of(read_worksheet(&mut workbook, &name)?) else { continue };
        let widest = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        sheet.header.resize(widest.max(sheet.header.len()), String::new());
        sheets.push(Sheet { name, is_hidden, ..sheet });
    }
    Ok(sheets)
}

fn read_worksheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<SheetRow>, SheetError> {
    let unreadable = |e: XlsxError| SheetError::Workbook(format!("sheet \"{name}\": {e}"));
    let mut cells = workbook.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: Vec<SheetRow> = Vec::new();
    let mut held = 0;
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        let text = text_of(cell.get_value());
        if text.is_empty() || column >= MOST_COLUMNS {
            continue;
        }
        if rows.last().is_none_or(|last| last.line != line) {
            rows.push(SheetRow { line, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            if last.cells.len() <= column {
                held += column + 1 - last.cells.len();
                last.cells.resize(column + 1, String::new());
            }
            last.cells[column] = text;
        }
        if held > MOST_CELLS {
            return Err(SheetError::TooLarge(MOST_CELLS));
        }
    }
    // Cells out of order are legal in no version of the format, but cost nothing to put right.
    rows.sort_by_key(|row| row.line);
    Ok(rows)
}

/// Numbers and truth values as text; 900 and not 900.0.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => tidy(text),
        DataRef::SharedString(text) => tidy(text),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}
