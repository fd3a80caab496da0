//! A file to attach: what it is called, what it is by its content, and whether it may come in. Pure: bytes in, a value out.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::forum::turns_direction;
use crate::store::NewAttachment;

/// The largest file, in bytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

/// The most files of an item.
pub const MAX_FILES: usize = 20;

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;

/// What is none of the known types: browsers save it and open nothing.
pub const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Beginnings that tell a type.
const SIGNATURES: [(&[u8], &str); 3] =
    [(b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")];

/// Parts of a zip that tell which office document it is (ECMA-376).
const OFFICE: [(&[u8], &str); 3] = [
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
];

/// The uncompressed first entry of an OpenDocument (ODF 1.3, part 2, 3.3).
const OPEN_DOCUMENTS: [&str; 2] =
    ["application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"];

/// A file as it is attached; the error says why it cannot be.
pub fn read_attachment(name: &str, bytes: Vec<u8>) -> Result<NewAttachment, String> {
    if bytes.is_empty() {
        return Err("the file is empty".to_owned());
    }
    if bytes.len() > MAX_BYTES {
        let tenths = (bytes.len() * 10).div_ceil(1 << 20);
        let most = MAX_BYTES >> 20;
        return Err(format!(
            "the file has {}.{} MB; at most {most} MB can be attached",
            tenths / 10,
            tenths % 10
        ));
    }
    let name = plain_name(name);
    Ok(NewAttachment {
        hash: hex::encode(Sha256::digest(&bytes)),
        media_type: media_type_of(&name, &bytes).to_owned(),
        name,
        bytes: Arc::from(bytes),
    })
}

/// The last part of a path, without what could deceive: control characters, what turns the direction of writing
/// or is not seen at all, what file systems take for more than a name. Never empty.
pub fn plain_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_unseen = |c: char| {
        turns_direction(c) || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
    };
    let kept: String = last
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(|c| if c.is_control() || "<>:\"|?*".contains(c) { ' ' } else { c })
        .collect();
    let name = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = shorten(name.trim_start_matches(['.', ' ']));
    if name.is_empty() { "vedlegg".to_owned() } else { name }
}

/// A name that is too long keeps its ending.
fn shorten(name: &str) -> String {
    let count = name.chars().count();
    if count <= LONGEST_NAME {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending: String = if ending.chars().count() <= 10 { ending.to_owned() } else { String::new() };
    let room = LONGEST_NAME - ending.chars().count() - 1;
    let stem: String = name.chars().take(room).collect();
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}

/// What the content is; its name only tells kinds of plain text apart.
fn media_type_of(name: &str, bytes: &[u8]) -> &'static str {
    if let Some((_, media_type)) = SIGNATURES.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return media_type;
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return "image/webp";
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return document_type_of(bytes);
    }
    text_type_of(name, bytes)
}

fn document_type_of(bytes: &[u8]) -> &'static str {
    let holds = |part: &[u8]| memchr::memmem::find(bytes, part).is_some();
    if bytes.get(30..38) == Some(b"mimetype") {
        let told = &bytes[38..];
        let is =
            |known: &&str| told.strip_prefix(known.as_bytes()).is_some_and(|rest| rest.starts_with(b"PK"));
        return OPEN_DOCUMENTS.into_iter().find(is).unwrap_or(UNKNOWN_TYPE);
    }
    // A document that carries a program is none of the safe ones.
    if !holds(b"[Content_Types].xml") || holds(b"vbaProject.bin") {
        return UNKNOWN_TYPE;
    }
    OFFICE.iter().find(|(part, _)| holds(part)).map_or(UNKNOWN_TYPE, |(_, media_type)| media_type)
}

fn text_type_of(name: &str, bytes: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let is_text = std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    match ending.as_str() {
        "ics" if is_text && bytes.starts_with(b"BEGIN:VCALENDAR") => "text/calendar",
        "csv" if is_text => "text/csv",
        "txt" if is_text => "text/plain",
        _ => UNKNOWN_TYPE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(name: &str, bytes: &[u8]) -> String {
        read_attachment(name, bytes.to_vec()).unwrap().media_type
    }

    #[test]
    fn a_file_is_what_its_content_says_whatever_it_is_called() {
        assert_eq!(type_of("bilde.png", b"%PDF-1.7 ..."), "application/pdf");
        assert_eq!(type_of("a.pdf", b"\x89PNG\r\n\x1a\n..."), "image/png");
        assert_eq!(type_of("a", b"\xff\xd8\xff\xe0"), "image/jpeg");
        assert_eq!(type_of("a", b"RIFF\x01\x02\x03\x04WEBPVP8 "), "image/webp");
        assert_eq!(type_of("side.pdf", b"<html><script>alert(1)</script>"), UNKNOWN_TYPE);
        assert_eq!(type_of("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), UNKNOWN_TYPE);
        assert_eq!(type_of("a.html", b"hei"), UNKNOWN_TYPE);
        assert_eq!(type_of("a.TXT", "hei på deg".as_bytes()), "text/plain");
        assert_eq!(type_of("a.txt", b"\xff\xfe\x00"), UNKNOWN_TYPE);
        assert_eq!(type_of("a.csv", b"a;b"), "text/csv");
        assert_eq!(type_of("a.ics", b"BEGIN:VCALENDAR\r\n"), "text/calendar");
        assert_eq!(type_of("a.ics", b"<html>"), UNKNOWN_TYPE);
    }

    #[test]
    fn office_documents_are_told_from_other_archives_and_from_programs() {
        let zip = |parts: &[&str]| format!("PK\x03\x04{}", parts.join("\0"));
        let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
        assert!(type_of("a", docx.as_bytes()).ends_with("wordprocessingml.document"));
        let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(type_of("a.docx", macros.as_bytes()), UNKNOWN_TYPE);
        assert_eq!(type_of("a.docx", zip(&["a.exe"]).as_bytes()), UNKNOWN_TYPE);
        let odt = format!("PK\x03\x04{}mimetype{}PK", "\0".repeat(26), OPEN_DOCUMENTS[0]);
        assert_eq!(type_of("a", odt.as_bytes()), OPEN_DOCUMENTS[0]);
        assert_eq!(type_of("a", odt.replace("text", "textx").as_bytes()), UNKNOWN_TYPE);
    }

    #[test]
    fn a_hostile_name_becomes_a_plain_one() {
        for (hostile, plain) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\referat.pdf", "referat.pdf"),
            ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
            ("faktura\u{202e}fdp.exe", "fakturafdp.exe"),
            ("\u{61c}fak\u{200b}tura\u{2066}.pdf", "faktura.pdf"),
            ("\"><script>.pdf", "script .pdf"),
            (".htaccess", "htaccess"),
            ("", "vedlegg"),
            ("...", "vedlegg"),
            ("Årsmøte  2027 – ærlig.pdf", "Årsmøte 2027 – ærlig.pdf"),
        ] {
            assert_eq!(plain_name(hostile), plain, "{hostile:?}");
        }
        let long = plain_name(&format!("{}.pdf", "å".repeat(500)));
        assert!(long.chars().count() <= LONGEST_NAME && long.ends_with("å.pdf"));
    }

    #[test]
    fn what_is_empty_or_too_large_stays_outside() {
        assert!(read_attachment("a", Vec::new()).is_err());
        assert!(read_attachment("a", vec![0; MAX_BYTES + 1]).unwrap_err().contains("20.1 MB; at most 20 MB"));
        assert!(read_attachment("a", vec![0; MAX_BYTES]).is_ok());
    }
}
