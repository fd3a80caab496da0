//! Return paths that name the mail (VERP): a bounce to one tells which came back.
//!
//! `bounce+ID.TAG@DOMAIN`: ID is the letter's id in lower-case hex, behind an `n` that of a short mail; TAG 64 bits of
//! HMAC in hex, so that nobody can make up a bounce; DOMAIN is that of the sender's address. The local part has at most
//! 41 characters of the 64 that there may be (RFC 5321, 4.5.3.1.1).

use crate::ids::DeliveryId;
use crate::token::Keys;

/// A mail that a return path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentMail {
    /// A letter.
    Letter(DeliveryId),
    /// A short mail outside editions, by the number of its row.
    Notice(i64),
}

impl SentMail {
    /// What stands before the number, and the number.
    fn parts(self) -> (&'static str, i64) {
        match self {
            SentMail::Letter(letter) => ("", letter.0),
            SentMail::Notice(id) => (NOTICE, id),
        }
    }
}

/// No digit of a hexadecimal number.
const NOTICE: &str = "n";

/// Makes and reads return paths.
#[derive(Debug, Clone)]
pub struct ReturnPaths {
    keys: Keys,
    domain: String,
}

impl ReturnPaths {
    /// For the domain of the sender's address.
    pub fn new(keys: Keys, domain: impl Into<String>) -> ReturnPaths {
        ReturnPaths { keys, domain: domain.into() }
    }

    /// The return path of one mail.
    pub fn of(&self, mail: SentMail) -> String {
        let (kind, id) = mail.parts();
        format!("bounce+{kind}{id:x}.{}@{}", self.keys.return_tag(kind, id), self.domain)
    }

    /// The mail that a return path names, if its tag is good. Neither case nor domain counts: relays
    /// change the one, and the other may have been another when the mail went.
    pub fn read(&self, address: &str) -> Option<SentMail> {
        let address = address.trim().trim_matches(['<', '>']);
        let (local, _) = address.split_once('@')?;
        let local = local.to_ascii_lowercase();
        let (number, tag) = local.strip_prefix("bounce+")?.split_once('.')?;
        let (of, number): (fn(i64) -> SentMail, &str) = match number.strip_prefix(NOTICE) {
            Some(number) => (SentMail::Notice, number),
            None => (|id| SentMail::Letter(DeliveryId(id)), number),
        };
        let id = i64::from_str_radix(number, 16).ok().filter(|id| *id > 0)?;
        let mail = of(id);
        self.keys.checks_return_tag(mail.parts().0, id, tag).then_some(mail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: SentMail = SentMail::Letter(DeliveryId(4711));

    #[test]
    fn a_return_path_tells_its_letter_and_cannot_be_made_up() {
        let paths = ReturnPaths::new(Keys::new(vec![(1, [7; 32])]), "forum.example.test");
        let path = paths.of(LETTER);
        assert!(path.starts_with("bounce+1267.") && path.ends_with("@forum.example.test"), "{path}");
        assert_eq!(paths.read(&path.to_uppercase()), Some(LETTER));
        assert_eq!(paths.read(&path.replace("1267", "1268")), None);
        assert_eq!(paths.read("kari@example.test"), None);
        let later = ReturnPaths::new(Keys::new(vec![(1, [7; 32]), (2, [9; 32])]), "other.example.test");
        assert_eq!(later.read(&path), Some(LETTER), "an old key still checks");
    }

    #[test]
    fn a_short_mail_s_return_path_is_not_that_of_the_letter_with_its_number() {
        let paths = ReturnPaths::new(Keys::new(vec![(1, [7; 32])]), "forum.example.test");
        let path = paths.of(SentMail::Notice(4711));
        assert!(path.starts_with("bounce+n1267."), "{path}");
        assert_eq!(paths.read(&path.to_uppercase()), Some(SentMail::Notice(4711)));
        assert_eq!(paths.read(&path.replace("+n", "+")), None);
        assert_eq!(paths.read(&paths.of(LETTER).replace('+', "+n")), None);
    }
}
