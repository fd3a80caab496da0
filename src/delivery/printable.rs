//! What others say, made fit for a line of ours.

use std::borrow::Cow;

/// The text with a space for each control character: a line stays one, PostgreSQL keeps no NUL, and a terminal
/// obeys the others.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    // Nearly all of it is plain, and that is seen faster than characters are read.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_spaces_and_all_else_stays() {
        assert_eq!(printable("2.0.0 ok ~"), "2.0.0 ok ~");
        assert_eq!(printable("a\r\nb\0\u{7f}\u{85}c"), "a  b   c");
        assert_eq!(printable("\u{e5}\u{a0}\t"), "\u{e5}\u{a0} ");
    }
}
