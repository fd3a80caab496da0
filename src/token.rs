//! Signed tokens: their one shape, how they are made and checked. What each opens is decided in `feedback::links`.
//!
//! A token is 32 bytes in base64url without padding: 43 characters, an alphabet that quoted-printable
//! leaves alone. Bytes 0: key id; 1: purpose; 2-3: version; 4-11: subject id; 12-31: the first 160
//! bits of HMAC-SHA-256 (RFC 2104, truncated as its section 5 allows) over the first 12.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// Characters of every token.
pub const TOKEN_LENGTH: usize = 43;

/// What a token is for; one made for one purpose is no good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Unsubscribe; the subject is a recipient, the version their [`birth_mark`]; never expires and is never revoked.
    Unsubscribe,
    /// What a letter's links open; the subject is a delivery; revoked by the recipient's token version.
    Letter,
    /// A link that is good once; the subject is its row, which says what it opens and until when.
    MailLink,
}

impl Purpose {
    fn byte(self) -> u8 {
        match self {
            Purpose::Unsubscribe => b'u',
            Purpose::Letter => b'l',
            Purpose::MailLink => b'm',
        }
    }
}

/// What a token says once its signature is found good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// What it is for.
    pub purpose: Purpose,
    /// The recipient's token version when it was made (modulo 65,536), or their [`birth_mark`]; of a link by mail its
    /// [`link_mark`]; 0 in tokens of before there were marks.
    pub version: u16,
    /// The recipient's, delivery's or link's id.
    pub subject: i64,
}

/// The signing keys, newest last. Old ones still check.
#[derive(Clone)]
pub struct Keys(Vec<(u8, [u8; 32])>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} kept secret)", self.0.len())
    }
}

impl Keys {
    /// Keys by id, newest last.
    ///
    /// # Panics
    /// If there is none: `init` makes the first.
    pub fn new(keys: Vec<(u8, [u8; 32])>) -> Keys {
        assert!(!keys.is_empty(), "a forum has at least one signing key");
        Keys(keys)
    }

    /// The id of the key that signs now.
    pub fn newest(&self) -> u8 {
        self.0.last().map_or(0, |(id, _)| *id)
    }

    /// The token for `claim`, signed by the key `key_id`; `None` if that key is gone.
    pub fn sign(&self, key_id: u8, claim: Claim) -> Option<String> {
        let (_, key) = self.0.iter().find(|(id, _)| *id == key_id)?;
        let mut bytes = [0u8; 32];
        bytes[0] = key_id;
        bytes[1] = claim.purpose.byte();
        bytes[2..4].copy_from_slice(&claim.version.to_be_bytes());
        bytes[4..12].copy_from_slice(&claim.subject.to_be_bytes());
        let tag = mac(key, &bytes[..12]).finalize().into_bytes();
        bytes[12..].copy_from_slice(&tag[..20]);
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a token claims, if it is whole, signed by a known key, and made for `purpose`.
    pub fn check(&self, purpose: Purpose, token: &str) -> Option<Claim> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (_, key) = self.0.iter().find(|(id, _)| *id == bytes[0])?;
        mac(key, &bytes[..12]).verify_truncated_left(&bytes[12..]).ok()?;
        (bytes[1] == purpose.byte()).then_some(Claim {
            purpose,
            version: u16::from_be_bytes([bytes[2], bytes[3]]),
            subject: i64::from_be_bytes(bytes[4..12].try_into().ok()?),
        })
    }

    /// A keyed hash of an address, in lower-case hex: tells an erased address again without keeping it.
    /// Made with the oldest key, which is never thrown away.
    pub fn address_hash(&self, address: &str) -> String {
        let mut hash = mac(&self.0[0].1, b"erased address\0");
        hash.update(address.as_bytes());
        hex::encode(hash.finalize().into_bytes())
    }

    /// The secret of the cookie that a link's token opens from one page: 256 bits in base64url. `page` are 128 random bits
    /// that only that page carries and nothing keeps, so the page sent twice opens one device, and no other page that one.
    /// Made with the oldest key, which is never thrown away.
    pub fn page_secret(&self, link: &str, page: &str) -> String {
        let mut secret = mac(&self.0[0].1, b"opened from a page\0");
        for part in [link, "\0", page] {
            secret.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(secret.finalize().into_bytes())
    }

    /// The tag of a return path that names the mail `id` of that kind: 64 bits in lower-case hex, of the newest key.
    pub fn return_tag(&self, kind: &str, id: i64) -> String {
        self.0.last().map_or_else(String::new, |(_, key)| return_tag(key, kind, id))
    }

    /// Whether `tag` is one that any of the keys made for the mail `id` of that kind. Its case does not count: relays
    /// may change it.
    pub fn checks_return_tag(&self, kind: &str, id: i64, tag: &str) -> bool {
        self.0.iter().any(|(_, key)| return_tag(key, kind, id).eq_ignore_ascii_case(tag))
    }
}

/// 16 bits of a recipient's random public id, never 0. Numbers are given again once an older backup was put back: this tells
/// who had one before from who has it since. The empty row of who was erased or merged keeps it.
pub fn birth_mark(public_id: &str) -> u16 {
    let bits = public_id.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    bits.filter(|bits| *bits != 0).unwrap_or(1)
}

/// What tells a link by mail from one that had its number before an older backup was put back: from the microsecond in
/// which it was made, never 0.
pub fn link_mark(asked_at: DateTime<Utc>) -> u16 {
    let rest = asked_at.timestamp_micros().rem_euclid(i64::from(u16::MAX));
    u16::try_from(rest + 1).unwrap_or(1)
}

/// The secret that a device keeps in its cookie: 256 random bits in base64url.
pub fn device_secret(random: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// What is stored of a secret: SHA-256 in lower-case hex. It has 256 bits, so no salt and no stretching are needed.
pub fn hash_of_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

fn return_tag(key: &[u8; 32], kind: &str, id: i64) -> String {
    let mut tag = mac(key, b"return path\0");
    tag.update(kind.as_bytes());
    tag.update(&id.to_be_bytes());
    hex::encode(&tag.finalize().into_bytes()[..8])
}

fn mac(key: &[u8; 32], bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(vec![(1, [7; 32]), (2, [9; 32])])
    }

    #[test]
    fn a_token_says_what_it_was_made_for_and_nothing_else() {
        let claim = Claim { purpose: Purpose::Letter, version: 3, subject: 4711 };
        let token = keys().sign(1, claim).unwrap();
        assert_eq!(token.len(), TOKEN_LENGTH);
        assert_eq!(keys().check(Purpose::Letter, &token), Some(claim));
        assert_eq!(keys().check(Purpose::Unsubscribe, &token), None);
    }

    #[test]
    fn a_page_sent_twice_has_one_secret_and_no_other_page_or_link_has_it() {
        let secret = |link, page| keys().page_secret(link, page);
        assert_eq!(secret("link", "page"), secret("link", "page"));
        assert_eq!(secret("link", "page").len(), device_secret([0; 32]).len());
        for (link, page) in [("link", "other"), ("other", "page"), ("linkp", "age")] {
            assert_ne!(secret(link, page), secret("link", "page"), "{link} {page}");
        }
        let newer = Keys::new(vec![(1, [7; 32]), (2, [9; 32]), (3, [8; 32])]);
        assert_eq!(newer.page_secret("link", "page"), secret("link", "page"), "a new key changes nothing");
    }

    #[test]
    fn a_birth_mark_is_taken_from_the_public_id_and_never_0() {
        assert_eq!(birth_mark("c0ffee00000000000000000000000000"), 0xc0ff);
        assert_eq!(birth_mark("00000000000000000000000000000001"), 1);
        assert_eq!(birth_mark(""), 1);
    }

    #[test]
    fn links_of_different_instants_have_different_marks_and_none_is_0() {
        let mark = |micros| link_mark(DateTime::from_timestamp_micros(micros).unwrap());
        assert_eq!((mark(0), mark(1), mark(-1)), (1, 2, u16::MAX));
        assert_eq!(mark(65_535), 1);
    }

    #[test]
    fn a_token_with_any_bit_changed_is_refused() {
        let claim = Claim { purpose: Purpose::Unsubscribe, version: 0, subject: 1 };
        let token = keys().sign(2, claim).unwrap();
        for i in 0..256 {
            let mut bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(&token).unwrap().try_into().unwrap();
            bytes[i / 8] ^= 1 << (i % 8);
            assert_eq!(keys().check(Purpose::Unsubscribe, &URL_SAFE_NO_PAD.encode(bytes)), None);
        }
    }
}
