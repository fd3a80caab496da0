//! A small Excel workbook, written by hand: a zip archive (APPNOTE 6.3, stored, not compressed) of the parts that ECMA-376
//! asks of one.

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
/// Two styles of cells: the second shows a day.
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"#;

/// A sheet of a workbook.
pub struct Tab<'a> {
    pub name: &'a str,
    pub hidden: bool,
    /// A text that begins with # is the error that a formula left; one that begins with = is a formula whose value was not
    /// stored; `day 46450` is the day of that number.
    pub rows: &'a [&'a [&'a str]],
}

/// The workbook whose only sheet has these rows.
pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    workbook_of(&[Tab { name: "Ark1", hidden: false, rows }])
}

/// The same, with these of its cells merged, such as `C2:C4`.
pub fn merged_workbook(rows: &[&[&str]], merges: &[&str]) -> Vec<u8> {
    book(&[Tab { name: "Ark1", hidden: false, rows }], merges)
}

/// The workbook of these sheets.
pub fn workbook_of(tabs: &[Tab<'_>]) -> Vec<u8> {
    book(tabs, &[])
}

fn book(tabs: &[Tab<'_>], merges: &[&str]) -> Vec<u8> {
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), TYPES.to_owned()),
        ("_rels/.rels".to_owned(), ROOT.to_owned()),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
    ];
    let (mut listed, mut related) = (String::new(), String::new());
    for (at, tab) in (1..).zip(tabs) {
        let (name, state) = (tab.name, if tab.hidden { "hidden" } else { "visible" });
        listed
            .push_str(&format!("<sheet name=\"{name}\" sheetId=\"{at}\" state=\"{state}\" r:id=\"r{at}\"/>"));
        related.push_str(&format!("<Relationship Id=\"r{at}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>"));
        parts.push((format!("xl/worksheets/sheet{at}.xml"), sheet(tab.rows, merges)));
    }
    parts.push(("xl/workbook.xml".to_owned(), format!("<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>")));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{related}</Relationships>")));
    archive(&parts)
}

fn sheet(rows: &[&[&str]], merges: &[&str]) -> String {
    let mut text = r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#.to_owned();
    for (row, cells) in (1..).zip(rows) {
        text.push_str(&format!("<row r=\"{row}\">"));
        for (column, cell) in ('A'..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
            text.push_str(&match (cell.strip_prefix("day "), cell.strip_prefix('=')) {
                (Some(day), _) => format!("<c r=\"{column}{row}\" s=\"1\"><v>{day}</v></c>"),
                (_, Some(formula)) => format!("<c r=\"{column}{row}\"><f>{formula}</f><v></v></c>"),
                _ if cell.starts_with('#') => format!("<c r=\"{column}{row}\" t=\"e\"><v>{cell}</v></c>"),
                _ => format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
            });
        }
        text.push_str("</row>");
    }
    let merged: String = merges.iter().map(|cells| format!("<mergeCell ref=\"{cells}\"/>")).collect();
    let merged = if merges.is_empty() { merged } else { format!("<mergeCells>{merged}</mergeCells>") };
    format!("{text}</sheetData>{merged}</worksheet>")
}

fn archive(parts: &[(String, String)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let offset = u32::try_from(bytes.len()).expect("a small file");
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5c];
        fields.extend(sum(content.as_bytes()).to_le_bytes());
        let size = u32::try_from(content.len()).expect("a small file").to_le_bytes();
        fields.extend(size.iter().chain(&size));
        fields.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
        fields.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(name.as_bytes());
        bytes.extend(content.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(parts.len()).expect("few parts").to_le_bytes();
    let start = u32::try_from(bytes.len()).expect("a small file");
    let length = u32::try_from(directory.len()).expect("a small file");
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.iter().chain(&count));
    bytes.extend(length.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// CRC-32 as zip archives use it.
fn sum(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}
