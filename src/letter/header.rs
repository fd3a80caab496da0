//! Header fields (RFC 5322) and encoded words (RFC 2047). Whatever a name or a title holds, a header
//! stays one header that reads as it is: control characters become spaces and marks of direction go before anything
//! else happens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::forum::plain_line;

/// Where lines are folded (RFC 5322, 2.1.1).
const FOLD_AT: usize = 76;
/// UTF-8 bytes in one encoded word: 39 make 52 characters of Base64, 64 with `=?utf-8?B?...?=`, so that
/// the field's name fits before it in a line of 76 (RFC 2047, 2).
const WORD_BYTES: usize = 39;
/// The longest name in an address, in characters; longer ones are cut.
const NAME_MAX: usize = 120;

/// `name: value` with CRLF, folded at spaces where it is long. `value` is ASCII already.
pub(super) fn field(name: &str, value: &str) -> String {
    format!("{name}: {}\r\n", folded(name, value))
}

/// The value of the field `name`, folded at spaces.
pub(super) fn folded(name: &str, value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    let mut column = name.len() + 1;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            if column + 1 + word.len() > FOLD_AT {
                out.push_str("\r\n");
                column = 0;
            }
            out.push(' ');
        }
        out.push_str(word);
        column += 1 + word.len();
    }
    out
}

/// Unstructured text such as a subject: as it is if it is plain ASCII, else in encoded words.
pub(super) fn text(value: &str) -> String {
    let value = plain_line(value);
    let plain =
        value.is_ascii() && !value.contains("=?") && value.split(' ').all(|word| word.len() < FOLD_AT);
    if plain { value } else { encoded_words(&value) }
}

/// A mailbox, `Name <address>`: the name as atoms, quoted, or in encoded words, as it needs.
/// `address` must be free of control characters (an [`crate::forum::EmailAddress`] is).
pub(super) fn mailbox(name: &str, address: &str) -> String {
    let name: String = plain_line(name).chars().take(NAME_MAX).collect();
    let name = name.trim();
    if name.is_empty() {
        return address.to_owned();
    }
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~ ".contains(c);
    let short = name.split(' ').all(|word| word.len() < FOLD_AT / 2);
    let shown = if name.contains("=?") || !name.is_ascii() || !short {
        encoded_words(name)
    } else if name.chars().all(is_atom) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    };
    format!("{shown} <{address}>")
}

/// RFC 2047, 2 and 4.1: Base64 words of whole characters, parted by single spaces (readers drop them).
fn encoded_words(value: &str) -> String {
    let mut words = vec![];
    let mut word = String::new();
    for c in value.chars() {
        if word.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words.iter().map(|w| format!("=?utf-8?B?{}?=", STANDARD.encode(w))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_no_more_than_it_needs() {
        assert_eq!(mailbox("Kari Nes", "kari@example.test"), "Kari Nes <kari@example.test>");
        assert_eq!(mailbox("Nes, Kari", "kari@example.test"), "\"Nes, Kari\" <kari@example.test>");
        assert_eq!(mailbox("Kåre", "k@example.test"), "=?utf-8?B?S8OlcmU=?= <k@example.test>");
        assert_eq!(mailbox(" ", "k@example.test"), "k@example.test");
    }

    #[test]
    fn a_line_break_in_a_name_makes_no_header() {
        assert_eq!(
            mailbox("A\r\nBcc: b@example.test", "k@example.test"),
            "\"A Bcc: b@example.test\" <k@example.test>"
        );
        assert_eq!(text("A\r\n\r\nBody"), "A Body");
    }

    #[test]
    fn what_turns_the_direction_of_writing_reaches_no_header() {
        assert_eq!(mailbox("Kari\u{202e} Nes\u{2069}", "k@example.test"), "Kari Nes <k@example.test>");
        assert_eq!(text("\u{200f}Referat\u{202d}"), "Referat");
    }

    #[test]
    fn long_fields_are_folded_at_spaces() {
        let folded = field("Subject", &"ord ".repeat(40));
        assert!(folded.ends_with("\r\n"));
        assert!(folded.split("\r\n").all(|line| line.len() <= FOLD_AT), "{folded}");
    }
}
