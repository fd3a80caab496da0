//! What the other side says may repeat what we told it: secrets are taken out before it is shown.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::printable::printable;

/// Characters of foreign text that an error keeps.
const KEPT_AT_MOST: usize = 300;

/// One line of `text`, at most 300 characters, without the `secrets`: neither plain nor in base64.
pub(crate) fn conceal(text: &str, secrets: &[&str]) -> String {
    let mut text = printable(text).into_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let spellings = [
            (*secret).to_owned(),
            STANDARD.encode(secret),
            STANDARD_NO_PAD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
        ];
        for spelling in spellings {
            text = text.replace(&spelling, "(secret)");
        }
    }
    match text.char_indices().nth(KEPT_AT_MOST) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_comes_back_is_not_shown() {
        let told = conceal("no \"hemmelig\"\r\nnor aGVtbWVsaWc=, aGVtbWVsaWc", &["hemmelig", ""]);
        assert_eq!(told, "no \"(secret)\"  nor (secret), (secret)");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(conceal(&"å".repeat(301), &[]), "å".repeat(300) + "...");
    }
}
