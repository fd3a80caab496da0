//! Comma-separated values that a spreadsheet opens as text: no cell is taken for a formula.

/// Cells that cannot be written: only for want of memory.
#[derive(Debug, thiserror::Error)]
#[error("a sheet of comma-separated values could not be written: {0}")]
pub struct CsvError(#[from] csv::Error);

/// A header and rows (RFC 4180), with a byte order mark, by which Excel tells UTF-8.
pub fn write<const N: usize>(
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

/// A cell that begins like a formula gets an apostrophe in front (OWASP, CSV injection). Spreadsheets
/// skip space in front of a formula, so that counts too.
fn tame(cell: &str) -> String {
    let first = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control()).chars().next();
    let starts_badly = cell.starts_with(['\t', '\r', '\n', '\0']);
    let formula = first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c));
    if starts_badly || formula { format!("'{cell}") } else { cell.to_owned() }
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
    fn quotes_commas_and_lines_stay_in_their_cell() {
        let rows = [["a,b".to_owned(), "say \"hei\"\nnå".to_owned()]];
        let text = write(&["x", "y"], rows.into_iter()).unwrap();
        assert_eq!(text, "\u{feff}x,y\r\n\"a,b\",\"say \"\"hei\"\"\nnå\"");
    }
}
