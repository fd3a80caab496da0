//! The rows of a people file, each read for itself. A row with any bad cell is left out whole.

use serde::Serialize;

use super::cells::{Vocabulary, fault_of, kind_of, language_of, name_of, unfailed, values, yes_or_no};
use super::fault::{Fault, Slip};
use super::grounds::ground_of;
use super::headings::{Column, Headings};
use crate::forum::{
    Cadence, EmailAddress, Facet, Language, OrganisationKind, Position, TermIx, UnionGround, is_slug,
};
use crate::intake::sheet::{Sheet, SheetRow};

/// A cell that cannot be used: its row was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CellError {
    /// The line of the file where the row starts, or its row number in a sheet.
    pub line: usize,
    /// The heading as the file gives it.
    pub column: String,
    /// What is wrong, and the remedy.
    pub error: String,
    /// Which slip it is.
    #[serde(skip)]
    pub slip: Slip,
}

impl CellError {
    /// In a line's column.
    pub(super) fn new(line: usize, column: String, fault: Fault) -> CellError {
        CellError { line, column, error: fault.sentence, slip: fault.slip }
    }
}

/// What a good row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileRow {
    pub line: usize,
    pub email: EmailAddress,
    pub name: Option<String>,
    pub organisation: Option<String>,
    pub org: Option<String>,
    pub kind: Option<OrganisationKind>,
    pub roles: Vec<TermIx>,
    pub groups: Vec<(TermIx, Position)>,
    pub represents: Vec<String>,
    /// On what ground it may be stored that they sit for the union that the row represents.
    pub union_ground: Option<UnionGround>,
    /// Whether the row admits; none: it does if it names no group.
    pub admitted: Option<bool>,
    pub sectors: Vec<TermIx>,
    pub language: Option<Language>,
    pub cadence: Option<Cadence>,
}

/// Every row, good or bad, in the file's order. One that holds no text, and whose other cells stand in columns that mean
/// nothing here, is blank: a formula may be filled down beyond the last person.
pub(super) fn read_rows(
    sheet: &Sheet,
    headings: &Headings,
    words: &Vocabulary<'_>,
) -> (Vec<FileRow>, Vec<CellError>) {
    let (mut rows, mut errors) = (Vec::with_capacity(sheet.rows.len()), Vec::new());
    let says_something =
        |row: &&SheetRow| row.has_text() || row.unwritten.keys().any(|at| headings.know(*at));
    for row in sheet.rows.iter().filter(says_something) {
        let mut cells = Cells { row, headings, errors: Vec::new() };
        let read = read_row(&mut cells, words);
        match read {
            Some(good) if cells.errors.is_empty() => rows.push(good),
            _ => errors.append(&mut cells.errors),
        }
    }
    (rows, errors)
}

fn read_row(cells: &mut Cells<'_>, words: &Vocabulary<'_>) -> Option<FileRow> {
    cells.refuse_surplus();
    let email = cells.parse(Column::Email, |text| {
        text.parse::<EmailAddress>().map_err(|e| Slip::Address(text.to_owned()).told(e.to_string()))
    });
    if cells.is_blank(Column::Email) {
        cells.fail(Column::Email, Slip::NoAddress.told("the address is missing; each row needs one"));
    }
    let org = cells.parse(Column::Org, |text| {
        if is_slug(text) {
            return Ok(text.to_owned());
        }
        Err(Fault::from(format!(
            "\"{text}\" is not a slug; use lower-case ASCII letters, digits and hyphens, such as nav"
        )))
    });
    let row = FileRow {
        line: cells.row.line,
        name: cells.parse(Column::Name, name_of),
        organisation: cells.parse(Column::Organisation, name_of),
        org,
        kind: cells.parse(Column::Kind, kind_of),
        roles: cells.parse_each(Column::Role, |text| words.term(Facet::Role, text)),
        groups: cells.parse_each(Column::Groups, |text| words.seat(text)),
        represents: cells.parse_each(Column::Represents, name_of),
        union_ground: cells.parse(Column::UnionGround, ground_of),
        admitted: cells.parse(Column::Admitted, yes_or_no),
        sectors: cells.parse_each(Column::Sectors, |text| words.term(Facet::Sector, text)),
        language: cells.parse(Column::Language, language_of),
        cadence: cells.parse(Column::Cadence, |text| words.cadence(text)),
        email: email?,
    };
    Some(row)
}

/// The cells of one row, and what is wrong with them.
struct Cells<'a> {
    row: &'a SheetRow,
    headings: &'a Headings,
    errors: Vec<CellError>,
}

impl<'a> Cells<'a> {
    fn is_blank(&self, column: Column) -> bool {
        self.headings.position(column).is_none_or(|at| self.row.is_blank(at))
    }

    /// The text of a cell; empty if nobody wrote it as text, which is an error.
    fn text(&mut self, column: Column) -> &'a str {
        let (row, Some(at)) = (self.row, self.headings.position(column)) else { return "" };
        let Some(unwritten) = row.unwritten.get(&at) else { return row.cell(at) };
        self.fail(column, fault_of(*unwritten, row.cell(at)));
        ""
    }

    fn fail(&mut self, column: Column, fault: Fault) {
        self.errors.push(CellError::new(self.row.line, self.headings.heading(column), fault));
    }

    /// The value of a cell; `None` if it is empty or bad.
    fn parse<T>(&mut self, column: Column, read: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        unfailed(text).and_then(read).map_err(|error| self.fail(column, error)).ok()
    }

    /// The values of a cell; each bad one is an error of its own.
    fn parse_each<T: PartialEq>(
        &mut self,
        column: Column,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Vec<T> {
        let read: Vec<Result<T, Fault>> = match values(self.text(column)) {
            Ok(values) => values.into_iter().map(|value| unfailed(value).and_then(&read)).collect(),
            Err(fault) => vec![Err(fault)],
        };
        let mut good = Vec::new();
        for value in read {
            match value {
                Ok(value) if good.contains(&value) => {}
                Ok(value) => good.push(value),
                Err(error) => self.fail(column, error),
            }
        }
        good
    }

    /// Text to the right of the header: most likely a separator inside an unquoted cell.
    fn refuse_surplus(&mut self) {
        let mut surplus = self.row.cells.iter().enumerate().skip(self.headings.len());
        if let Some((at, text)) = surplus.rfind(|(_, text)| !text.is_empty()) {
            let error = format!(
                "\"{text}\" stands in column {} of {}; put quotation marks around a cell that holds a separator",
                at + 1,
                self.headings.len()
            );
            let fault = Slip::Surplus(text.clone()).told(error);
            self.errors.push(CellError::new(self.row.line, format!("{}", at + 1), fault));
        }
    }
}
