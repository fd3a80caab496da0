//! Why a file gives no rows.

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
    /// A workbook that unpacks to more than we are willing to hold.
    #[error("the workbook has more than {0} cells; split it")]
    TooLarge(usize),
}
