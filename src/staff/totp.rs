//! The second factor: six digits from an app (RFC 6238 over HMAC-SHA-1 and 30 seconds, which every app speaks), and
//! codes on paper for when the telephone is gone.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};

use crate::token::hash_of_secret;

/// Bytes of the secret (RFC 4226, section 4: 160 bits).
pub const SECRET_BYTES: usize = 20;
/// Random bytes of a recovery code.
pub const RECOVERY_BYTES: usize = 10;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
const STEP_SECONDS: i64 = 30;

/// RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code is `code` at `now`: this one, the one before or the one after, for clocks that differ (RFC 6238,
/// section 5.2). None if it is no step's, or one at or before `used`: a code is good once.
pub fn find_step(secret: &[u8], code: &str, now: DateTime<Utc>, used: Option<i64>) -> Option<i64> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let strange = code.chars().any(|c| !c.is_ascii_digit() && !c.is_whitespace());
    if strange || digits.len() != 6 {
        return None;
    }
    let step = now.timestamp().div_euclid(STEP_SECONDS);
    let good = |step: &i64| used.is_none_or(|used| *step > used) && code_of(secret, *step) == digits;
    [step, step - 1, step + 1].into_iter().find(good)
}

/// The code of a step (RFC 4226, section 5.3).
pub fn code_of(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0xf);
    let cut = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", cut % 1_000_000)
}

/// Bytes in Base32 without padding, as apps take a secret.
pub fn to_base32(bytes: &[u8]) -> String {
    let bit = |n: usize| bytes.get(n / 8).map_or(0, |byte| (byte >> (7 - n % 8)) & 1);
    let letters = (bytes.len() * 8).div_ceil(5);
    let letter = |n: usize| (0..5).fold(0, |value, k| value << 1 | usize::from(bit(n * 5 + k)));
    (0..letters).map(|n| char::from(BASE32[letter(n)])).collect()
}

/// The reverse; none if a character is none of Base32's.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::with_capacity(text.len() * 5);
    for letter in text.bytes() {
        let value = BASE32.iter().position(|own| *own == letter)?;
        bits.extend((0..5).rev().map(|k| (value >> k) & 1));
    }
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte: usize, bit| byte << 1 | bit);
    bits.chunks_exact(8).map(|eight| u8::try_from(byte(eight)).ok()).collect()
}

/// What the square that a telephone photographs says: the key URI that apps agree on.
pub fn key_uri(forum: &str, email: &str, secret: &str) -> String {
    let (forum, email) = (percent(forum), percent(email));
    format!("otpauth://totp/{forum}:{email}?secret={secret}&issuer={forum}&algorithm=SHA1&digits=6&period=30")
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A recovery code as it is shown: `ABCD-EFGH-IJKL-MNOP`, 80 random bits.
pub fn recovery_code(random: [u8; RECOVERY_BYTES]) -> String {
    let letters: Vec<char> = to_base32(&random).chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What is kept of a recovery code, however it is typed; none if it cannot be one.
pub fn recovery_hash(typed: &str) -> Option<String> {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_uppercase();
    (letters.len() == RECOVERY_BYTES * 8 / 5).then(|| hash_of_secret(&letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(secret, seconds / 30), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_once_and_half_a_minute_around() {
        let secret = [7; SECRET_BYTES];
        let now: DateTime<Utc> = "2027-03-08T08:00:10Z".parse().unwrap();
        let step = now.timestamp() / 30;
        for near in [step - 1, step, step + 1] {
            assert_eq!(find_step(&secret, &code_of(&secret, near), now, None), Some(near));
            assert_eq!(find_step(&secret, &code_of(&secret, near), now, Some(near)), None, "it was used");
        }
        for far in [step - 2, step + 2] {
            assert_eq!(find_step(&secret, &code_of(&secret, far), now, None), None);
        }
        let spaced = format!(" {} {} ", &code_of(&secret, step)[..3], &code_of(&secret, step)[3..]);
        assert_eq!(find_step(&secret, &spaced, now, None), Some(step));
        for wrong in ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥"] {
            assert_eq!(find_step(&secret, wrong, now, None), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_rfc() {
        for (plain, written) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(to_base32(plain.as_bytes()), written);
            assert_eq!(from_base32(written).unwrap(), plain.as_bytes());
        }
        assert_eq!(from_base32("m1"), None);
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = recovery_code([0xab; RECOVERY_BYTES]);
        assert_eq!((code.len(), code.matches('-').count()), (19, 3));
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), recovery_hash(&code));
        assert_eq!(recovery_hash("ABCD"), None);
    }

    #[test]
    fn the_square_names_forum_and_account() {
        let uri = key_uri("Forum Nord & Sør", "lise@forum.example", "ABC");
        assert!(uri.starts_with(
            "otpauth://totp/Forum%20Nord%20%26%20S%C3%B8r:lise%40forum.example?secret=ABC&issuer=Forum%20Nord"
        ));
    }
}
