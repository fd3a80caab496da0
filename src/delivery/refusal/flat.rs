//! Words as tables of phrases have them.

/// What a failure is told in stands at the front of its words.
const READ_WORDS: usize = 16 * 1024;

/// Whether words (flattened) hold one of a table's phrases.
pub fn says_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

/// Words as tables of phrases have them: lower case, in one line, with plain apostrophes.
pub fn flatten_words(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !flat.is_empty() {
            flat.push(' ');
        }
        flat.push_str(word);
    }
    flat.replace(['\u{2019}', '\u{2018}'], "'").to_lowercase()
}

/// Words (flattened) without those that only name somebody or something: addresses, of mail and of the web.
pub(super) fn without_addresses(text: &str) -> String {
    let text = text.replace(['<', '>'], " ");
    let says =
        |word: &&str| !word.contains('@') && !word.contains("://") && word.contains(char::is_alphanumeric);
    text.split(' ').filter(says).collect::<Vec<_>>().join(" ")
}

/// Words as tables of phrases have them, as far as they are read.
pub(super) fn flatten_front(text: &str) -> String {
    flatten_words(&text[..text.floor_char_boundary(READ_WORDS)])
}

/// A word without the signs around it.
pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}
