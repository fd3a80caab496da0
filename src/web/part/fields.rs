//! What people write into fields: one line or several, never too long, never control characters or marks of direction.

use crate::forum::{plain_line, turns_direction};

/// One line, without control characters and space around; `None` if nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    Some(plain_line(text)).filter(|line| !line.is_empty())
}

/// Lines of text, without other control characters and space around; `None` if nothing is left.
pub(super) fn lines(text: &str) -> Option<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns_direction(*c)))
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether it is longer than a field takes.
pub(super) fn is_longer(text: Option<&String>, most_characters: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > most_characters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_stays_out_of_what_was_sent_in() {
        assert_eq!(one_line(" Kari\u{202e}\u{0} \n Nes\u{200f} ").as_deref(), Some("Kari Nes"));
        assert_eq!(one_line("\u{202e} \u{7}"), None);
        assert_eq!(lines("a\u{2066}\r\n\tb\u{7}\u{200e} ").as_deref(), Some("a\n\tb"));
    }
}
