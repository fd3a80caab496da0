//! Canonical forms (RFC 6376, 3.4): header fields relaxed, the body simple.

use memchr::{memchr, memmem};

/// A header field as it stands in a letter: both parts without the colon, the value without its last CRLF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'l> {
    pub name: &'l [u8],
    pub value: &'l [u8],
}

/// The header fields of a letter in order, and its body.
pub(super) fn take_apart(letter: &[u8]) -> (Vec<Field<'_>>, &[u8]) {
    let (head, body) = match memmem::find(letter, b"\r\n\r\n") {
        _ if letter.starts_with(b"\r\n") => (&letter[..0], &letter[2..]),
        Some(at) => (&letter[..at + 2], &letter[at + 4..]),
        None => (letter, &letter[letter.len()..]),
    };
    let mut fields = Vec::with_capacity(24);
    let mut rest = head;
    while !rest.is_empty() {
        let (field, after) = rest.split_at(end_of_field(rest));
        rest = after;
        if let Some(colon) = memchr(b':', field) {
            let value = field[colon + 1..].strip_suffix(b"\r\n").unwrap_or(&field[colon + 1..]);
            fields.push(Field { name: field[..colon].trim_ascii_end(), value });
        }
    }
    (fields, body)
}

/// Where the first field of `head` ends: behind the first CRLF that no white space follows.
fn end_of_field(head: &[u8]) -> usize {
    let mut breaks = memmem::find_iter(head, b"\r\n");
    breaks.find(|at| !matches!(head.get(at + 2), Some(b' ' | b'\t'))).map_or(head.len(), |at| at + 2)
}

/// RFC 6376, 3.4.2, without the CRLF at its end: the name in lower case, the value unfolded, each run of white
/// space one space, none around it.
pub(super) fn relax(field: Field<'_>, out: &mut Vec<u8>) {
    out.extend(field.name.iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let words = field.value.split(is_space).filter(|word| !word.is_empty());
    for (n, word) in words.enumerate() {
        if n > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// RFC 6376, 3.4.3: the body without the empty lines at its end; one CRLF always follows it.
pub(super) fn trim_body(body: &[u8]) -> &[u8] {
    let mut body = body;
    while let Some(shorter) = body.strip_suffix(b"\r\n") {
        body = shorter;
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaxed(letter: &str) -> Vec<String> {
        let one = |field: &Field<'_>| {
            let mut out = vec![];
            relax(*field, &mut out);
            String::from_utf8(out).unwrap()
        };
        take_apart(letter.as_bytes()).0.iter().map(one).collect()
    }

    /// The example of RFC 6376, 3.4.5.
    #[test]
    fn header_fields_are_relaxed_and_the_body_stays() {
        let letter = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        assert_eq!(relaxed(letter), ["a:X", "b:Y Z"]);
        assert_eq!(trim_body(take_apart(letter.as_bytes()).1), b" C \r\nD \t E");
    }

    #[test]
    fn a_letter_may_lack_a_body_or_a_head() {
        assert_eq!(take_apart(b"A: b\r\n").1, b"");
        assert_eq!(take_apart(b"A: b\r\n\r\n").1, b"");
        assert_eq!(take_apart(b"\r\nA: b\r\n"), (vec![], &b"A: b\r\n"[..]));
        assert_eq!(trim_body(b"\r\n\r\n"), b"");
    }
}
