//! What people write into fields: one line or several, never too long, never control characters.

/// One line, without control characters and space around; `None` if nothing is left.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Lines of text, without other control characters and space around; `None` if nothing is left.
pub(super) fn lines(text: &str) -> Option<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether it is longer than a field takes.
pub(super) fn is_longer(text: Option<&String>, most_characters: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > most_characters)
}
