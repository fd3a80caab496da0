//! Return paths that name the delivery (VERP): a bounce to one tells which letter came back.
//!
//! `bounce+ID.TAG@DOMAIN`: ID is the delivery's id in lower-case hex, TAG 64 bits of HMAC in hex, so that
//! nobody can make up a bounce; DOMAIN is that of the sender's address. The local part has at most 40 characters.

use crate::ids::DeliveryId;
use crate::token::Keys;

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

    /// The return path of one letter.
    pub fn of(&self, letter: DeliveryId) -> String {
        format!("bounce+{:x}.{}@{}", letter.0, self.keys.return_tag(letter.0), self.domain)
    }

    /// The letter that a return path names, if its tag is good. Neither case nor domain counts: relays
    /// change the one, and the other may have been another when the letter went.
    pub fn read(&self, address: &str) -> Option<DeliveryId> {
        let address = address.trim().trim_matches(['<', '>']);
        let (local, _) = address.split_once('@')?;
        let local = local.to_ascii_lowercase();
        let (id, tag) = local.strip_prefix("bounce+")?.split_once('.')?;
        let id = i64::from_str_radix(id, 16).ok().filter(|id| *id > 0)?;
        self.keys.checks_return_tag(id, tag).then_some(DeliveryId(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_path_tells_its_letter_and_cannot_be_made_up() {
        let paths = ReturnPaths::new(Keys::new(vec![(1, [7; 32])]), "forum.example.test");
        let path = paths.of(DeliveryId(4711));
        assert!(path.starts_with("bounce+1267.") && path.ends_with("@forum.example.test"), "{path}");
        assert_eq!(paths.read(&path.to_uppercase()), Some(DeliveryId(4711)));
        assert_eq!(paths.read(&path.replace("1267", "1268")), None);
        assert_eq!(paths.read("kari@example.test"), None);
        let later = ReturnPaths::new(Keys::new(vec![(1, [7; 32]), (2, [9; 32])]), "other.example.test");
        assert_eq!(later.read(&path), Some(DeliveryId(4711)), "an old key still checks");
    }
}
