//! Comma-separated values that a spreadsheet opens as text: no cell is taken for a formula.

/// Cells that cannot be written: only for want of memory.
#[derive(Debug, thiserror::Error)]
#[error("a sheet of comma-separated values could not be written: {0}")]
pub struct CsvError(#[from] csv::Error);

/// A header and rows (RFC 4180), with a byte order mark, by which Excel tells UTF-8.
pub fn write_csv<const N: usize>(
    header: &[&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<String, CsvError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| tame(cell)))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes).trim_end()))
}

/// Whether a spreadsheet takes the text for a formula (OWASP, CSV injection), apostrophes in front of it left out.
/// Spreadsheets skip space in front of a formula, so that counts too.
fn looks_like_formula(cell: &str) -> bool {
    let bare = cell.trim_start_matches('\'');
    let first = bare.trim_start_matches(|c: char| c.is_whitespace() || c.is_control()).chars().next();
    bare.starts_with(['\t', '\r', '\n', '\0']) || first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c))
}

/// What looks like a formula gets an apostrophe in front.
fn tame(cell: &str) -> String {
    if looks_like_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// What a cell said before it was tamed.
pub(super) fn untame(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+47 900 00 000", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\u{a0}=1", "＝1"] {
            assert_eq!(tame(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "Kari Nes", "a=b", "kari@example.test", "12"] {
            assert_eq!(tame(cell), cell);
        }
    }

    #[test]
    fn what_was_tamed_reads_as_it_was_written() {
        for cell in ["=1+1", "+kari@example.test", "'=1", "''-1", "' =1", "'Kari", "O'Hara", "-", "'", ""] {
            assert_eq!(untame(&tame(cell)), cell, "{cell:?}");
        }
    }

    #[test]
    fn quotes_commas_and_lines_stay_in_their_cell() {
        let rows = [["a,b".to_owned(), "say \"hei\"\nnå".to_owned()]];
        let text = write_csv(&["x", "y"], rows.into_iter()).unwrap();
        assert_eq!(text, "\u{feff}x,y\r\n\"a,b\",\"say \"\"hei\"\"\nnå\"");
    }
}
