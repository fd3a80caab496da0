//! How long what people write into fields may be.

/// Whether it is longer than a field takes.
pub(super) fn is_longer(text: Option<&String>, most_characters: usize) -> bool {
    text.is_some_and(|text| text.chars().count() > most_characters)
}
