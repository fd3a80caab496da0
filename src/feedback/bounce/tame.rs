//! The bytes of a mail before they are parsed: one kind of line end, and bounds on what parsing may cost. And a wall around
//! the parser.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Message, MessageParser};

/// A mail is read up to this size: what a report tells stands at its front.
pub(crate) const READ_BYTES: usize = 4 * 1024 * 1024;

/// A mail is read up to so many parts. Parsing costs parts times bytes at worst, and nesting is bounded with them.
pub(super) const READ_PARTS: usize = 200;

/// The mail with LF line ends, without a mailbox's `From ` line, cut to the bounds.
pub(super) fn tame(raw: &[u8]) -> Vec<u8> {
    tame_to(raw, READ_BYTES)
}

/// The same, of a mail that is read up to so many bytes.
pub(super) fn tame_to(raw: &[u8], at_most: usize) -> Vec<u8> {
    let raw = &raw[..raw.len().min(at_most)];
    let text = decode_wide(raw);
    let unified = unify_line_ends(skip_mailbox_line(text.as_deref().unwrap_or(raw)));
    let mut bytes = decode_head(fold_boundaries(unified));
    bytes.truncate(end_of_parts(&bytes));
    bytes
}

/// What `read` makes of the parsed mail; none if that fails. The parser, and what it decodes of a parsed mail when asked, are
/// another's code, and mail is anybody's: should either panic, the mail is one that nobody understands.
pub(super) fn with_message<T>(tamed: &[u8], read: impl FnOnce(&Message<'_>) -> T) -> Option<T> {
    let reading = || MessageParser::default().parse(tamed).map(|message| read(&message));
    // Nothing is shared that a panic could leave half done.
    catch_unwind(AssertUnwindSafe(reading)).unwrap_or_default()
}

/// UTF-16, as some programs save a mail, in UTF-8; none if it is anything else.
fn decode_wide(raw: &[u8]) -> Option<Vec<u8>> {
    let encoding = match raw {
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE,
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE,
        _ => return None,
    };
    Some(encoding.decode(raw).0.into_owned().into_bytes())
}

fn skip_mailbox_line(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let begins = raw.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(raw.len());
    let raw = &raw[begins..];
    if !raw.starts_with(b"From ") && !raw.starts_with(b">From ") {
        return raw;
    }
    let end = raw.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(raw.len());
    &raw[end..][raw[end..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count()..]
}

/// CRLF and a CR alone become LF.
fn unify_line_ends(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for (at, &byte) in raw.iter().enumerate() {
        match byte {
            b'\r' if raw.get(at + 1) == Some(&b'\n') => {}
            b'\r' => out.push(b'\n'),
            _ => out.push(byte),
        }
    }
    out
}

/// Some programs break the line before a boundary without the white space that folds it.
fn fold_boundaries(bytes: Vec<u8>) -> Vec<u8> {
    const BROKEN: &[u8] = b";\nboundary=";
    let mut found = memchr::memmem::find_iter(&bytes, BROKEN).peekable();
    if found.peek().is_none() {
        return bytes;
    }
    let mut out = Vec::with_capacity(bytes.len() + READ_PARTS);
    let mut from = 0;
    for at in found {
        out.extend_from_slice(&bytes[from..at + 2]);
        out.push(b' ');
        from = at + 2;
    }
    out.extend_from_slice(&bytes[from..]);
    out
}

/// Japanese in header fields as it was written before encoded words (RFC 1468; RFC 2047 came later): in UTF-8.
fn decode_head(bytes: Vec<u8>) -> Vec<u8> {
    const ESCAPES: [&[u8]; 2] = [b"\x1b$B", b"\x1b$@"];
    let end = memchr::memmem::find(&bytes, b"\n\n").unwrap_or(bytes.len());
    let (head, rest) = bytes.split_at(end);
    if !ESCAPES.iter().any(|escape| memchr::memmem::find(head, escape).is_some()) {
        return bytes;
    }
    [encoding_rs::ISO_2022_JP.decode(head).0.as_bytes(), rest].concat()
}

/// Where the part begins that is one too many.
fn end_of_parts(bytes: &[u8]) -> usize {
    const FIELD: &[u8] = b"content-type";
    let mut seen = 0;
    for at in memchr::memchr2_iter(b'c', b'C', bytes) {
        if bytes.get(at..at + FIELD.len()).is_some_and(|word| word.eq_ignore_ascii_case(FIELD)) {
            seen += 1;
            if seen > READ_PARTS {
                return at;
            }
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_becomes_one() {
        assert_eq!(tame(b"a\r\nb\rc\nd\r\r\n"), b"a\nb\nc\nd\n\n");
        assert_eq!(tame(b"\n From me\r\nTo: x\r\n"), b"To: x\n".to_vec());
        assert_eq!(tame(b"\xff\xfeT\0o\0:\0"), b"To:");
        let japanese = b"Subject: \x1b$B%a!<%k\x1b(B\n\n\x1b$B%a\x1b(B";
        assert_eq!(tame(japanese), "Subject: \u{30e1}\u{30fc}\u{30eb}\n\n\x1b$B%a\x1b(B".as_bytes());
        assert_eq!(tame(b""), b"");
    }

    #[test]
    fn a_panic_while_a_mail_is_parsed_or_read_ends_nothing_else() {
        let subject = |message: &Message<'_>| message.subject().map(str::to_owned);
        assert_eq!(with_message(b"Subject: a\n\nb\n", subject), Some(Some("a".to_owned())));
        let decode = |_: &Message<'_>| -> String { panic!("a decoder reads beyond the end") };
        assert_eq!(with_message(b"Subject: a\n\nb\n", decode), None);
    }

    #[test]
    fn a_mail_is_read_to_a_bounded_size_and_number_of_parts() {
        assert_eq!(tame(&vec![b'x'; READ_BYTES + 1]).len(), READ_BYTES);
        let many = b"Content-Type: message/rfc822\n\n".repeat(READ_PARTS + 5);
        assert_eq!(tame(&many), b"Content-Type: message/rfc822\n\n".repeat(READ_PARTS));
    }
}
