//! Merged cells: what a person sees there is one value for all of them, while the file holds it in the first only.

use std::ops::RangeInclusive;

use super::error::SheetError;
use super::room::Room;
use super::rows::SheetRow;

/// One merge: rows as the sheet numbers them, and columns from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub lines: RangeInclusive<usize>,
    pub columns: RangeInclusive<usize>,
}

/// Gives the value of each merge to its other cells, where they stand under a heading and in a row that says something of
/// its own; `rows` are in order. Titles and headings, merged to look well, stay as they are.
///
/// # Errors
/// There is no room for the cells that the merges cover, or for what stands there then.
pub(super) fn fill_merged(
    rows: &mut [SheetRow],
    merges: &[Merged],
    room: &mut Room,
) -> Result<(), SheetError> {
    let Some(first) = rows.iter().position(SheetRow::has_text) else { return Ok(()) };
    let (above, data) = rows.split_at_mut(first + 1);
    let headings: Vec<usize> =
        (0..above[first].cells.len()).filter(|at| !above[first].is_blank(*at)).collect();
    for merge in merges {
        let (line, column) = (*merge.lines.start(), *merge.columns.start());
        let Ok(start) = data.binary_search_by_key(&line, |row| row.line) else { continue };
        if data[start].is_blank(column) {
            continue;
        }
        let (text, unwritten) =
            (data[start].cell(column).to_owned(), data[start].unwritten.get(&column).copied());
        let columns: Vec<usize> =
            headings.iter().copied().filter(|heading| merge.columns.contains(heading)).collect();
        if columns.is_empty() {
            continue;
        }
        for row in data[start..].iter_mut().take_while(|row| row.line <= *merge.lines.end()) {
            room.take_cells(row.line, columns.len())?;
            for &at in &columns {
                if row.is_blank(at) {
                    room.take_text(row.line, &text)?;
                    row.put(at, text.clone(), unwritten);
                }
            }
        }
    }
    Ok(())
}
