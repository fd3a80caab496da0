//! Files as Excel and others write them.

use proptest::prelude::*;

use super::*;

fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let sheet = read_sheets(text.as_bytes()).unwrap().remove(0);
    sheet.rows.into_iter().map(|row| (row.line, row.cells)).collect()
}

fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
    (line, cells.iter().map(|&cell| cell.to_owned()).collect())
}

#[test]
fn comma_semicolon_and_tab_are_told_from_the_header() {
    for text in
        ["a,b\n1,x;y", "a;b\n1;\"x;y\"", "a\tb\n1\tx;y", "sep=;\na;b\n1;\"x;y\"", "\"a,c,d\";b\n1;\"x;y\""]
    {
        let line = if text.starts_with("sep") { 3 } else { 2 };
        assert_eq!(rows(text), [row(line, &["1", "x;y"])], "{text}");
    }
}

#[test]
fn lines_are_those_of_the_file_after_empty_lines_and_quoted_line_breaks() {
    let text = "\r\nepost;navn\r\n\r\na@x.test;\"Kari\r\nNes\"\r\n;;\r\nb@x.test;\"Per \"\"P\"\" Moe\"\r\n";
    assert_eq!(rows(text), [row(4, &["a@x.test", "Kari\nNes"]), row(7, &["b@x.test", "Per \"P\" Moe"])]);
}

#[test]
fn a_quotation_mark_inside_a_cell_is_text_and_one_never_closed_is_an_error() {
    assert_eq!(rows("a;b\n5\" rør;x"), [row(2, &["5\" rør", "x"])]);
    assert_eq!(read_sheets(b"a;b\n1;2\n3;\"x\n4;5"), Err(SheetError::OpenQuote { line: 3 }));
}

#[test]
fn every_encoding_that_excel_writes_gives_the_same_text() {
    let text = "epost;språk\nø@x.test;norsk – bokmål";
    let utf16 = |big: bool, mark: Option<u16>| -> Vec<u8> {
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let (windows, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!lossy);
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let (marks, orders) = ([Some(0xFEFF), None], [false, true]);
    let wide = orders.into_iter().flat_map(|big| marks.map(|mark| utf16(big, mark)));
    for bytes in [text.as_bytes().to_vec(), marked, windows.into_owned()].into_iter().chain(wide) {
        let sheet = read_sheets(&bytes).unwrap().remove(0);
        assert_eq!(sheet.header, ["epost", "språk"]);
        assert_eq!(sheet.rows[0].cells, ["ø@x.test", "norsk – bokmål"]);
    }
}

#[test]
fn a_capital_before_a_closing_mark_is_windows_1252_though_the_two_look_like_utf_8() {
    // C5 94, D8 BB, C5 85 and E5 94 85: each is a whole character of UTF-8 too, of no western language.
    let text = "epost;navn\na@x.test;”BLÅ” «Ø» RÅ… så”… Åse Bråten Øye";
    let (windows, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!lossy);
    assert_eq!(read_sheets(&windows).unwrap()[0].rows[0].cells[1], "”BLÅ” «Ø» RÅ… så”… Åse Bråten Øye");
}

#[test]
fn utf_8_with_bytes_astray_is_refused_with_the_line_of_the_first() {
    let astray = |bytes: &[u8]| read_sheets(bytes).unwrap_err().to_string();
    let mixed = "epost;navn\r\na@x.test;Åse\r\n".as_bytes();
    for (line, bytes) in [
        (3, [mixed, b"b@x.test;K\xE5re S\xE6ther \xD8ye"].concat()),
        (1, [b"epost;v\xE5r\n".as_slice(), mixed].concat()),
        (2, b"\xEF\xBB\xBFepost\rb@x.test;K\xE5re".to_vec()),
        (2, [b"epost;navn\na@x.test;\xFF".as_slice(), "Ђорђе Жика".as_bytes()].concat()),
    ] {
        assert!(astray(&bytes).starts_with(&format!("line {line} holds")), "{}", astray(&bytes));
    }
}

#[test]
fn what_is_no_table_is_refused() {
    assert_eq!(read_sheets(b""), Err(SheetError::Empty));
    assert_eq!(read_sheets(b" \n;;\n"), Err(SheetError::Empty));
    assert_eq!(read_sheets(b"a;b\0c"), Err(SheetError::NotText));
    assert_eq!(read_sheets(&[0xFF, 0xFE, 0x41]), Err(SheetError::NotText));
    assert_eq!(read_sheets(&[0xD0, 0xCF, 0x11, 0xE0, 1]), Err(SheetError::OldExcel));
    assert!(matches!(read_sheets(b"PK\x03\x04 and no more"), Err(SheetError::Workbook(_))));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, zipped: bool) {
        let head: &[u8] = if zipped { b"PK\x03\x04" } else { b"" };
        let _ = read_sheets(&[head, &bytes].concat());
    }

    #[test]
    fn what_is_written_quoted_is_read_back(
        cells in prop::collection::vec(prop::collection::vec("[a-zø;,\t\"\r\n ]{0,6}", 3), 1..6),
    ) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(";");
        let text = format!("a;b;c\n{}\n", cells.iter().map(line).collect::<Vec<_>>().join("\n"));
        let read: Vec<_> = rows(&text).into_iter().map(|(_, cells)| cells).collect();
        let tidy = |cell: &String| cell.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        let expected: Vec<Vec<_>> = cells
            .iter()
            .map(|row| row.iter().map(tidy).collect::<Vec<_>>())
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        prop_assert_eq!(read, expected);
    }
}
