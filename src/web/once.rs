//! Sending a page twice begins one thing: the page carries the public id of what it begins, made when it is opened, and the
//! database has each public id once. A page that is opened anew, or says no such id, begins another.

use serde::Deserialize;

use crate::clock::random_hex;

/// A form that is nothing but a button that begins something.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Begin {
    token: String,
}

impl Begin {
    /// The public id of what it begins.
    pub(super) fn token(&self) -> String {
        token_of(&self.token)
    }
}

/// The public id of something to be begun: 128 random bits in lower-case hex.
pub(super) fn new_token() -> String {
    random_hex::<16>()
}

/// What the page carried, as its form sent it back; a new one if that is none.
pub(super) fn token_of(sent: &str) -> String {
    let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
    if sent.len() == 32 && sent.bytes().all(is_hex) { sent.to_owned() } else { new_token() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_public_id_is_replaced_by_one() {
        let own = "0123456789abcdef0123456789abcdef";
        assert_eq!(token_of(own), own);
        for sent in [
            "",
            "0123",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123456789abcdef0123456789abcde/",
            "æøåæøåæøåæøåæøåæ",
        ] {
            let made = token_of(sent);
            assert_eq!((made.len(), token_of(&made)), (32, made.clone()), "{sent}");
        }
    }
}
