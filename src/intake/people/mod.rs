//! People files: what their columns mean, and what they make of a forum (DESIGN section 9).
//!
//! [`read_people_file`] finds the table; [`import_people`] reads rows against the forum's words, adds
//! up what they say of each person, compares it with what stands, and writes the difference in one
//! transaction. All that decides is pure; only the last step writes.

mod cells;
mod error;
mod fault;
mod file;
mod grounds;
mod headings;
mod import;
mod merge;
mod moved;
mod organisations;
mod plan;
mod rows;
mod shared;
mod sheet;
mod write;

pub use cells::cadence_of;
pub use error::ImportError;
pub use fault::{Fault, Slip};
pub use file::{PeopleFile, PeopleFileError, Remark, read_people_file, read_people_file_as};
pub use grounds::Groundless;
pub use headings::{Chosen, Column, HeadingError, Headings};
pub use import::{Import, ImportReport, ImportedPerson, import_people};
pub use moved::Moved;
pub use rows::CellError;
pub use shared::Shared;
pub use sheet::{SHEET, SheetOwn, SheetPerson, sheet_rows};

#[cfg(test)]
mod tests;
