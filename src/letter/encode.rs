//! Quoted-printable (RFC 2045, 6.7), by table, with slots as atoms.

use super::piece::{SLOT, Slot};

/// The longest line in characters, without CRLF (RFC 2045, 6.7, rule 5).
const LINE_MAX: usize = 76;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a byte stands for itself anywhere in a line. Space and tab do, except at its end.
const LITERAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        table[byte as usize] = byte != b'=';
        byte += 1;
    }
    table[b'\t' as usize] = true;
    table
};

/// Encodes `text`, whose lines end with `\n`, onto `out`. The result ends with CRLF and has no line
/// over 76 characters once its slots are filled. Slots of unknown width get lines of their own by soft breaks.
///
/// A leading `.` and a leading `From ` are encoded, so that no relay on the way needs to touch the text.
pub(super) fn encode_lines(text: &str, out: &mut Vec<u8>) {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.is_empty() {
        return;
    }
    for line in text.split('\n') {
        encode_line(line, 0, out);
        out.extend_from_slice(b"\r\n");
    }
}

/// The same of HTML, without indents and empty lines, which cost bytes and show nothing.
pub(super) fn encode_html(html: &str, out: &mut Vec<u8>) {
    for line in html.lines().map(str::trim).filter(|line| !line.is_empty()) {
        encode_lines(line, out);
    }
}

/// Encodes one line without its end. `column` characters of the line are taken already.
fn encode_line(line: &str, mut column: usize, out: &mut Vec<u8>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == SLOT as u8 {
            let slot = bytes.get(at + 1).and_then(|letter| Slot::from_letter(*letter));
            column = place_slot(slot, &bytes[at..(at + 2).min(bytes.len())], column, out);
            at += 2;
            continue;
        }
        // A character is never torn apart by a soft break.
        let width = utf8_width(bytes[at]);
        let character = &bytes[at..(at + width).min(bytes.len())];
        at += width;
        let literal = width == 1 && is_literal(character[0], column, &bytes[at..], at == bytes.len());
        let encoded = if literal { 1 } else { 3 * character.len() };
        // One column stays free for the `=` of a soft break, even at the end: simpler, and never too long.
        if column + encoded > LINE_MAX - 1 {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        let starts_line = column == 0 && is_touched_by_relays(character[0], &bytes[at..]);
        if literal && !starts_line {
            out.push(character[0]);
            column += 1;
        } else {
            for byte in character {
                out.extend_from_slice(&[b'=', HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize]]);
            }
            column += 3 * character.len();
        }
    }
}

/// Writes a slot's mark so that its value fits the line; answers the column after it.
fn place_slot(slot: Option<Slot>, mark: &[u8], column: usize, out: &mut Vec<u8>) -> usize {
    match slot.and_then(Slot::width) {
        Some(width) => {
            let fits = column + width < LINE_MAX;
            if !fits {
                out.extend_from_slice(b"=\r\n");
            }
            out.extend_from_slice(mark);
            if fits { column + width } else { width }
        }
        None => {
            if column > 0 {
                out.extend_from_slice(b"=\r\n");
            }
            out.extend_from_slice(mark);
            out.extend_from_slice(b"=\r\n");
            0
        }
    }
}

fn is_literal(byte: u8, column: usize, rest: &[u8], last: bool) -> bool {
    LITERAL[byte as usize]
        && !(last && (byte == b' ' || byte == b'\t'))
        && !(column == 0 && is_touched_by_relays(byte, rest))
}

/// What relays and mailboxes alter at the start of a line: a dot (RFC 5321, 4.5.2) and `From ` (mbox).
fn is_touched_by_relays(byte: u8, rest: &[u8]) -> bool {
    byte == b'.' || (byte == b'F' && rest.starts_with(b"rom "))
}

fn utf8_width(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}

/// The value of a slot that stands on lines of its own: `text` in quoted-printable with soft breaks
/// inside and none at the end (the piece has it).
pub(super) fn encode_slot(text: &str, out: &mut Vec<u8>) {
    encode_line(text, 0, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = vec![];
        encode_lines(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn letters_of_other_alphabets_and_the_equals_sign_are_encoded() {
        assert_eq!(encoded("Læreplasser = bra\n"), "L=C3=A6replasser =3D bra\r\n");
    }

    #[test]
    fn a_space_at_the_end_of_a_line_is_encoded() {
        assert_eq!(encoded("a \nb\t"), "a=20\r\nb=09\r\n");
    }

    #[test]
    fn a_dot_and_a_from_at_the_start_of_a_line_are_encoded() {
        assert_eq!(encoded(".\nFrom us\nFrode"), "=2E\r\n=46rom us\r\nFrode\r\n");
    }

    #[test]
    fn no_line_is_longer_than_76_with_tokens_filled_in() {
        let link =
            format!("{}https://forum.example/l/{}/item/abc ", "æ".repeat(20), Slot::LetterToken.mark());
        let filled = encoded(&link.repeat(20))
            .replace(&Slot::LetterToken.mark(), &"t".repeat(crate::token::TOKEN_LENGTH));
        assert!(filled.split("\r\n").all(|line| line.len() <= LINE_MAX), "{filled}");
    }

    #[test]
    fn a_greeting_gets_lines_of_its_own() {
        assert_eq!(encoded("a \u{1}G, b"), "a =\r\n\u{1}G=\r\n, b\r\n");
    }
}
