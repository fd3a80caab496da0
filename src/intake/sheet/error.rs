//! Why a file gives no rows.

use super::bounds::{Most, Place};

/// Why a file gives no rows at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Nothing but blanks.
    #[error("the file is empty; its first row must name the columns")]
    Empty,
    /// The old binary Excel format, or another that we do not read.
    #[error("this is an old Excel file (.xls); save it as .xlsx or as CSV and import that")]
    OldExcel,
    /// Neither text nor XLSX.
    #[error("the file is neither text nor XLSX; save it as .xlsx or as CSV and import that")]
    NotText,
    /// UTF-8 with bytes that are none.
    #[error(
        "line {line} holds a letter that is not UTF-8, as the rest of the file is: it may have broken off, or be put \
         together of two; fetch it again, or save it anew as .xlsx or as CSV in UTF-8"
    )]
    Astray {
        /// Where the first of them stands.
        line: usize,
    },
    /// A quote that swallows the rest of the file.
    #[error("line {line}: a quotation mark is opened here and never closed; close it or double it")]
    OpenQuote {
        /// Where it is opened.
        line: usize,
    },
    /// A workbook that cannot be read.
    #[error("the workbook cannot be read: {0}; open it, save it again as .xlsx, and import that")]
    Workbook(String),
    /// A workbook that unpacks to more than we are willing to read.
    #[error(
        "the workbook unpacks to more than {all} MiB, or to more than {shared} MiB of shared texts; copy the list of \
         people into a new one, in several parts if it is that long, and import those"
    )]
    Unpacked {
        /// Of all its parts, in MiB.
        all: u64,
        /// Of the texts that cells share, in MiB.
        shared: u64,
    },
    /// More than we are willing to hold.
    #[error(
        "{place}: from here on the file holds more than {most}; leave out what is no list of people, or split it"
    )]
    TooLarge {
        /// Up to where it was read.
        place: Place,
        /// Of what it holds too much.
        most: Most,
    },
}
