//! Text that people wrote, without what nobody sees in it.

/// Whether a character turns the direction of writing, unseen, so that a line reads otherwise than it is.
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line: control characters and runs of blanks become one blank, and nothing turns the direction of writing.
pub fn plain_line(text: &str) -> String {
    let straight: String = text.chars().filter(|c| !turns_direction(*c)).collect();
    let words = straight.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The same; `None` if nothing is left.
pub fn find_line(text: &str) -> Option<String> {
    Some(plain_line(text)).filter(|line| !line.is_empty())
}

/// Lines of text, without other control characters, marks of direction and space around; `None` if nothing is left.
pub fn plain_lines(text: &str) -> Option<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns_direction(*c)))
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The same as [`plain_line`] without control characters at all, and of at most so many characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let shown: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    plain_line(&shown).chars().take(longest).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_of_plain_characters() {
        assert_eq!(
            one_line(" Bli\r\n med,\t\u{0}\u{7}\u{202e}<b>alle</b> \u{2029}", 99),
            "Bli med, <b>alle</b>"
        );
        assert_eq!(one_line("ti tegn her", 3), "ti", "no blank at a cut");
    }

    #[test]
    fn no_mark_of_direction_stays_in_a_line() {
        for mark in "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
            assert_eq!(plain_line(&format!("{mark}Kari{mark} {mark} Nes")), "Kari Nes", "{mark:?}");
        }
        assert_eq!(plain_line("Åse\u{7}Øye"), "Åse Øye");
    }

    #[test]
    fn what_nobody_sees_stays_out_of_what_was_sent_in() {
        assert_eq!(find_line(" Kari\u{202e}\u{0} \n Nes\u{200f} ").as_deref(), Some("Kari Nes"));
        assert_eq!(find_line("\u{202e} \u{7}"), None);
        assert_eq!(plain_lines("a\u{2066}\r\n\tb\u{7}\u{200e} ").as_deref(), Some("a\n\tb"));
        assert_eq!(plain_lines("\u{200e}\r\n"), None);
    }
}
