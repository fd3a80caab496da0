//! Excel workbooks. Cells are read one by one into sparse rows: a sheet may claim a billion empty ones.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};

use super::bounds::MOST_COLUMNS;
use super::error::SheetError;
use super::merged::{Merged, fill_merged};
use super::room::Room;
use super::rows::{Sheet, SheetRow, Unwritten, sheet_of};
use super::text::tidy;
use super::unpacked::refuse_bomb;

/// Every worksheet that has text.
pub(super) fn read_workbook(bytes: &[u8]) -> Result<Vec<Sheet>, SheetError> {
    let unreadable = |e: XlsxError| SheetError::Workbook(e.to_string());
    refuse_bomb(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let worksheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    let (mut sheets, mut room) = (Vec::new(), Room::default());
    for (name, is_hidden) in worksheets {
        room.enter(&name)?;
        let Some(mut sheet) = sheet_of(read_worksheet(&mut workbook, &name, &mut room)?) else { continue };
        let widest = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        sheet.header.resize(widest.max(sheet.header.len()), String::new());
        sheets.push(Sheet { name, is_hidden, ..sheet });
    }
    Ok(sheets)
}

fn read_worksheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    room: &mut Room,
) -> Result<Vec<SheetRow>, SheetError> {
    let unreadable = |e: XlsxError| SheetError::Workbook(format!("sheet \"{name}\": {e}"));
    let merges = workbook.merge_cells_by_sheet_name(name).map_err(unreadable)?;
    let mut cells = workbook.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: Vec<SheetRow> = Vec::new();
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(unreadable)? {
        let (line, column) = (cell.pos.0 as usize + 1, cell.pos.1 as usize);
        let (text, unwritten) = (text_of(&cell.value), unwritten_of(&cell.value, cell.formula.is_some()));
        if (text.is_empty() && unwritten.is_none()) || column >= MOST_COLUMNS {
            continue;
        }
        room.take_text(line, &text)?;
        if rows.last().is_none_or(|last| last.line != line) {
            room.take_row(line)?;
            rows.push(SheetRow { line, cells: Vec::new(), unwritten: BTreeMap::new() });
        }
        if let Some(last) = rows.last_mut() {
            room.take_cells(line, last.put(column, text, unwritten))?;
        }
    }
    // Cells out of order are legal in no version of the format, but cost nothing to put right.
    rows.sort_by_key(|row| row.line);
    let merges: Vec<Merged> = merges.iter().map(merged).collect();
    fill_merged(&mut rows, &merges, room)?;
    Ok(rows)
}

fn merged(covered: &Dimensions) -> Merged {
    let (start, end) = (covered.start, covered.end);
    Merged { lines: start.0 as usize + 1..=end.0 as usize + 1, columns: start.1 as usize..=end.1 as usize }
}

/// Numbers and truth values as text; 900 and not 900.0.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => tidy(text),
        DataRef::SharedString(text) => tidy(text),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::DateTime(moment) => day_of(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A formula that came to nothing has stored an empty text; one never worked out has stored none.
fn unwritten_of(value: &DataRef<'_>, is_formula: bool) -> Option<Unwritten> {
    match value {
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => Some(Unwritten::Date),
        DataRef::Empty if is_formula => Some(Unwritten::Formula),
        _ => None,
    }
}

/// The day, the time of day where there is one; the time alone where there is no day.
fn day_of(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    if moment.as_f64() < 1.0 {
        return format!("{hour:02}:{minute:02}");
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute) == (0, 0) { day } else { format!("{day} {hour:02}:{minute:02}") }
}
