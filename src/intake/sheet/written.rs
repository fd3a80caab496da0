//! Comma-separated values that a spreadsheet opens as text: no cell is taken for a formula, whatever it parts cells by.

use std::borrow::Cow;

use crate::forum::Language;

/// Cells that cannot be written: only for want of memory.
#[derive(Debug, thiserror::Error)]
#[error("a sheet of comma-separated values could not be written: {0}")]
pub struct CsvError(#[from] csv::Error);

/// What parts the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// As RFC 4180 has it.
    Comma,
    /// As Excel has it where the comma stands in decimals; there it leaves a row with commas in one column.
    Semicolon,
}

impl Separator {
    /// By which Excel parts cells for whoever reads this language.
    pub fn of(language: Language) -> Separator {
        match language {
            Language::Nb | Language::Nn => Separator::Semicolon,
            Language::En => Separator::Comma,
        }
    }

    fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
        }
    }
}

/// A header and rows (RFC 4180, but for the separator), with a byte order mark, by which Excel tells UTF-8.
pub fn write_csv<const N: usize>(
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
    separator: Separator,
) -> Result<String, CsvError> {
    let mut builder = csv::WriterBuilder::new();
    builder.terminator(csv::Terminator::CRLF).delimiter(separator.byte());
    let mut writer = builder.from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| tame(cell)))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes).trim_end()))
}

/// What parts cells and rows where a spreadsheet goes by another separator than the file, as a Norwegian one goes by `;`:
/// there a cell of ours may be several, and quotation marks within one part nothing off.
const PARTING: [char; 5] = [';', ',', '\t', '\r', '\n'];

/// Whether a spreadsheet takes the text for a formula (OWASP, CSV injection), apostrophes in front of it left out.
/// Spreadsheets skip space and a pair of quotation marks in front of a formula, so that counts too.
fn looks_like_formula(part: &str) -> bool {
    let is_skipped = |c: char| matches!(c, '\'' | '"') || c.is_whitespace() || c.is_control();
    part.trim_start_matches(is_skipped).starts_with(|c: char| "=+-@|%＝＋－＠".contains(c))
}

/// Every part of a cell that looks like a formula gets an apostrophe in front.
fn tame(cell: &str) -> String {
    let parts = cell.split_inclusive(PARTING);
    parts.flat_map(|part| [if looks_like_formula(part) { "'" } else { "" }, part]).collect()
}

/// What a cell said before it was tamed.
pub(super) fn untame(cell: &str) -> Cow<'_, str> {
    if !cell.contains('\'') {
        return Cow::Borrowed(cell);
    }
    let parts = cell.split_inclusive(PARTING);
    parts
        .map(|part| part.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(part))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+47 900 00 000", "-1", "@SUM(A1)", " =1", "\0=1", "\u{a0}=1", "＝1", "\"\"=1"]
        {
            assert_eq!(tame(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "Kari Nes", "a=b", "kari@example.test", "12"] {
            assert_eq!(tame(cell), cell);
        }
    }

    #[test]
    fn no_part_of_a_cell_is_a_formula_where_a_spreadsheet_parts_it() {
        for (cell, tamed) in [
            ("Kari;=cmd|' /C x'!A0", "Kari;'=cmd|' /C x'!A0"),
            ("Kari, @x\t-1", "Kari,' @x\t'-1"),
            ("\t=1\r\n+2", "\t'=1\r\n'+2"),
            ("Kari;\"=1;\"x", "Kari;'\"=1;\"x"),
            ("Kari Nes; Vik, a-b", "Kari Nes; Vik, a-b"),
        ] {
            assert_eq!(tame(cell), tamed, "{cell:?}");
        }
    }

    #[test]
    fn what_was_tamed_reads_as_it_was_written() {
        for cell in
            ["=1+1", "+kari@example.test", "'=1", "''-1", "' =1", "'Kari", "O'Hara", "-", "'", "", "a;'=b,-"]
        {
            assert_eq!(untame(&tame(cell)), cell, "{cell:?}");
        }
    }

    #[test]
    fn quotes_commas_and_lines_stay_in_their_cell() {
        let rows = [["a,b".to_owned(), "say \"hei\"\nnå".to_owned()]];
        let text = write_csv(&["x", "y"], rows.into_iter(), Separator::Comma).unwrap();
        assert_eq!(text, "\u{feff}x,y\r\n\"a,b\",\"say \"\"hei\"\"\nnå\"");
    }

    #[test]
    fn a_norwegian_excel_finds_semicolons() {
        let rows = || [["a,b".to_owned(), "c;d".to_owned()]].into_iter();
        for (language, text) in [
            (Language::Nb, "\u{feff}x;y\r\na,b;\"c;d\""),
            (Language::Nn, "\u{feff}x;y\r\na,b;\"c;d\""),
            (Language::En, "\u{feff}x,y\r\n\"a,b\",c;d"),
        ] {
            assert_eq!(write_csv(&["x", "y"], rows(), Separator::of(language)).unwrap(), text);
        }
    }
}
