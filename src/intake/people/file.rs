//! The table of people in a file: which sheet it is, what its columns say, and what of the file is not read.

use std::fmt;

use super::headings::{Chosen, HeadingError, Headings, has_email};
use crate::intake::sheet::{Sheet, SheetError, letters_of, read_sheets};

/// The table of people in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleFile {
    pub(super) sheet: Sheet,
    pub(super) headings: Headings,
    /// What whoever hands it in should know of how it was read.
    pub remarks: Vec<Remark>,
}

/// Why a file is no people file: nothing of it is imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeopleFileError {
    /// It gives no rows.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// Its header cannot be used.
    #[error(transparent)]
    Heading(#[from] HeadingError),
}

/// What of a file was not read, or was read though nobody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A further visible sheet with addresses.
    Further {
        /// What the workbook calls it.
        name: String,
        /// How many it has under its header.
        rows: usize,
    },
    /// The table stands in a sheet that the workbook hides.
    Hidden {
        /// What the workbook calls it.
        name: String,
    },
    /// Text under no heading.
    Unheaded {
        /// The column, from 0.
        column: usize,
        /// Where it begins.
        line: usize,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::Further { name, rows } => write!(
                f,
                "the sheet \"{name}\" has addresses too (rows: {rows}), and was passed over; save it as a file of \
                 its own and import that"
            ),
            Remark::Hidden { name } => write!(
                f,
                "the sheet \"{name}\" is hidden, and was read since no visible one has a column of addresses"
            ),
            Remark::Unheaded { column, line } => write!(
                f,
                "column {} has no heading, and what stands in it from line {line} on was passed over; give it one \
                 if it says something",
                letters_of(*column)
            ),
        }
    }
}

/// Finds the table in a file's bytes: the first visible sheet with a column of addresses.
pub fn read_people_file(bytes: &[u8]) -> Result<PeopleFile, PeopleFileError> {
    let (sheet, remarks) = find_table(bytes)?;
    Ok(PeopleFile::of(sheet, remarks, &Chosen::new())?)
}

/// The same, with the columns that somebody chose by hand; and the table, whether its header can be used or not.
///
/// # Errors
/// The file gives no rows.
pub fn read_people_file_as(
    bytes: &[u8],
    chosen: &Chosen,
) -> Result<(Sheet, Result<PeopleFile, HeadingError>), SheetError> {
    let (sheet, remarks) = find_table(bytes)?;
    let file = PeopleFile::of(sheet.clone(), remarks, chosen);
    Ok((sheet, file))
}

impl PeopleFile {
    fn of(sheet: Sheet, mut remarks: Vec<Remark>, chosen: &Chosen) -> Result<PeopleFile, HeadingError> {
        let headings = Headings::read_as(&sheet.header, chosen)?;
        let lines = first_lines(&sheet);
        remarks.extend(headings.unheaded().filter_map(|column| {
            let line = lines.get(column).copied().flatten()?;
            Some(Remark::Unheaded { column, line })
        }));
        Ok(PeopleFile { sheet, headings, remarks })
    }
}

/// Where text begins in each column of the header.
fn first_lines(sheet: &Sheet) -> Vec<Option<usize>> {
    let mut lines = vec![None; sheet.header.len()];
    for row in &sheet.rows {
        for (first, cell) in lines.iter_mut().zip(&row.cells) {
            if first.is_none() && !cell.is_empty() {
                *first = Some(row.line);
            }
        }
    }
    lines
}

/// The sheet of people, and what there is to say of the others. What is hidden is mostly old: it is taken only where no
/// visible sheet has addresses.
fn find_table(bytes: &[u8]) -> Result<(Sheet, Vec<Remark>), SheetError> {
    let mut sheets = read_sheets(bytes)?;
    let first = (0..sheets.len()).min_by_key(|at| (!has_email(&sheets[*at].header), sheets[*at].is_hidden));
    let table = sheets.remove(first.unwrap_or(0));
    let hidden = table.is_hidden.then(|| Remark::Hidden { name: table.name.clone() });
    let further = sheets
        .into_iter()
        .filter(|sheet| !sheet.is_hidden && has_email(&sheet.header) && !sheet.rows.is_empty())
        .map(|sheet| Remark::Further { name: sheet.name, rows: sheet.rows.len() });
    let remarks = hidden.into_iter().chain(further).collect();
    Ok((table, remarks))
}
