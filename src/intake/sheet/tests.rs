//! Files as Excel and others write them, and as nobody does.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::unpacked::{refuse_beyond, refuse_bomb};
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
fn a_row_that_a_spreadsheet_kept_in_one_cell_is_read_as_it_was() {
    // Opened where `;` parts cells, each row lay in column A; saved again, those with quotation marks got some around them.
    let text = r#"email,name,org
a@x.test,Kari,nav
"b@x.test,""Retur, """"Per"""""",nav"
"Nes, Kari"
"c@x.test,""Li, Per"",nav,x"
"#;
    assert_eq!(
        rows(text),
        [
            row(2, &["a@x.test", "Kari", "nav"]),
            row(3, &["b@x.test", "Retur, \"Per\"", "nav"]),
            row(4, &["Nes, Kari"]),
            row(5, &["c@x.test,\"Li, Per\",nav,x"]),
        ]
    );
}

#[test]
fn a_header_that_a_spreadsheet_kept_in_one_cell_is_read_as_it_was_and_parts_the_rest() {
    let read = |text: &str| read_sheets(text.as_bytes()).unwrap().remove(0);
    // With quotation marks of its own it got some around it; the rows that have none lie there bare.
    let sheet = read("\"epost,\"\"navn\"\"\"\na@x.test,Kari\n\"b@x.test,\"\"Li, Per\"\"\"\n");
    assert_eq!(sheet.header, ["epost", "navn"]);
    assert_eq!(sheet.rows[0].cells, ["a@x.test", "Kari"]);
    assert_eq!(sheet.rows[1].cells, ["b@x.test", "Li, Per"]);
    // And where everything got some.
    let sheet = read("\"epost;\"\"navn, og mer\"\";sted\"\n\"a@x.test;Kari;Vik\"\n");
    assert_eq!(sheet.header, ["epost", "navn, og mer", "sted"]);
    assert_eq!(sheet.rows[0].cells, ["a@x.test", "Kari", "Vik"]);
    for one in ["epost\na@x.test\n", "\"epost\"\na@x.test\n", "\"\"\"epost, navn\"\"\"\na@x.test\n"] {
        let sheet = read(one);
        assert_eq!((sheet.header.len(), sheet.rows[0].cells.len()), (1, 1), "{one}");
    }
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

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one sheet whose cells share these texts.
fn sharing_workbook(texts: &str, rows: &str) -> Vec<u8> {
    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    packed(&[
        ("_rels/.rels", &relations("r1", "officeDocument", "xl/workbook.xml")),
        ("xl/_rels/workbook.xml.rels", &relations("r1", "worksheet", "worksheets/sheet1.xml")),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns:r=\"{RELATION}\"><sheets><sheet name=\"Ark\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        ("xl/sharedStrings.xml", &format!("<sst>{texts}</sst>")),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

fn too_large(sheet: &str, line: usize, most: Most) -> Result<Vec<Sheet>, SheetError> {
    Err(SheetError::TooLarge { place: Place { sheet: sheet.to_owned(), line }, most })
}

#[test]
fn a_text_that_cells_share_counts_for_each_of_them() {
    let text = |length: usize| format!("<si><t>{}</t></si>", "a".repeat(length));
    let row = |line: usize| format!("<row r=\"{line}\"><c r=\"A{line}\" t=\"s\"><v>0</v></c></row>");
    let rows: String = (1..=20).map(row).collect();
    assert_eq!(read_sheets(&sharing_workbook(&text(4 << 20), &rows)), too_large("Ark", 17, Most::Text));
    let small = read_sheets(&sharing_workbook(&text(4), &rows)).unwrap().remove(0);
    assert_eq!((small.name.as_str(), small.rows.len()), ("Ark", 19));
}

#[test]
fn a_workbook_that_unpacks_to_more_than_is_read_is_refused() {
    let mebibytes = |count: usize| " ".repeat(count << 20);
    let refused = Err(SheetError::Unpacked { all: 3, shared: 1 });
    let within =
        packed(&[("xl/sharedStrings.xml", &mebibytes(1)), ("xl/worksheets/sheet1.xml", &mebibytes(2))]);
    assert_eq!(refuse_beyond(&within, 3, 1), Ok(()));
    let shared = packed(&[("XL/SharedStrings.xml", &(mebibytes(1) + "."))]);
    assert_eq!(refuse_beyond(&shared, 3, 1), refused);
    let in_all = packed(&[("a", &mebibytes(2)), ("b", &(mebibytes(1) + "."))]);
    assert_eq!(refuse_beyond(&in_all, 3, 1), refused);
}

#[test]
fn shared_texts_that_claim_to_be_more_than_memory_holds_are_refused() {
    let sst = |inner: &str| packed(&[("xl/sharedStrings.xml", inner)]);
    assert_eq!(refuse_bomb(&sst("<sst count=\"9\" uniqueCount=\"9\"><si/></sst>")), Ok(()));
    for claim in
        ["<sst uniqueCount = '40000000000'>", "<sst uniqueCount=\"99999999999999999999999999\">", "<s\0"]
    {
        assert!(matches!(refuse_bomb(&sst(claim)), Err(SheetError::Workbook(_))), "{claim:?}");
    }
}

#[test]
fn a_file_wider_or_longer_than_any_list_of_people_is_refused_with_the_place() {
    let wide = |cells: usize| format!("epost\n{}a@x.test\n", ";".repeat(cells));
    assert_eq!(read_sheets(format!("epost;{}", wide(1000)).as_bytes()), too_large("", 2, Most::Columns));
    assert_eq!(read_sheets(wide(0).as_bytes()).unwrap()[0].rows.len(), 1);
    let blanks = format!("epost;navn\n{}{}\na@x.test\n", "\n".repeat(300_000), ";".repeat(5000));
    assert_eq!(
        read_sheets(blanks.as_bytes()).unwrap()[0].rows.len(),
        1,
        "what is empty is no row and no column"
    );
    let long = "x\n".repeat(250_001);
    assert_eq!(read_sheets(long.as_bytes()), too_large("", 250_001, Most::Rows));
    assert_eq!(
        read_sheets(long.as_bytes()).unwrap_err().to_string(),
        "line 250001: from here on the file holds more than 250000 rows; leave out what is no list of people, or split it"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>, zipped: bool) {
        let head: &[u8] = if zipped { b"PK\x03\x04" } else { b"" };
        let _ = read_sheets(&[head, &bytes].concat());
    }

    #[test]
    fn what_is_written_is_read_back_and_a_formula_nowhere(
        cells in prop::collection::vec(prop::array::uniform3("[a=+@'|;,\t\"\r\n -]{0,8}"), 1..6),
        separator in prop_oneof![Just(Separator::Comma), Just(Separator::Semicolon)],
    ) {
        let text = write_csv(&["a", "b", "c"], cells.iter().cloned(), separator).unwrap();
        for part in text.split([';', ',', '\t', '\r', '\n']) {
            let bare = part.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
            prop_assert!(!bare.starts_with(['=', '+', '@', '|', '-']), "{:?} in {:?}", part, text);
        }
        let read: Vec<_> = rows(&text).into_iter().map(|(_, cells)| cells).collect();
        let plain = |cell: &String| cell.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        let written: Vec<Vec<_>> = cells.iter().map(|row| row.iter().map(plain).collect()).collect();
        let has_text = |row: &Vec<String>| row.iter().any(|cell| !cell.is_empty());
        prop_assert_eq!(read, written.into_iter().filter(has_text).collect::<Vec<_>>());
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
