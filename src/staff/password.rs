//! Passwords, as argon2id keeps them (RFC 9106; parameters as OWASP's cheat sheet on password storage gives them:
//! 19 MiB, two passes, one lane).

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The fewest characters of a password.
pub const LEAST_CHARACTERS: usize = 12;
/// The most: what is longer is no password.
const MOST_BYTES: usize = 512;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;

/// Fewer different characters are guessed, however many they are.
const LEAST_DIFFERENT: usize = 5;

/// Whether a text makes a password for the account of `email`: neither too short nor too long, of enough different characters,
/// and without what stands before the @ there.
pub fn is_password(password: &str, email: &str) -> bool {
    if password.chars().count() < LEAST_CHARACTERS || password.len() > MOST_BYTES {
        return false;
    }
    let folded = password.to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let different: std::collections::HashSet<char> = folded.chars().collect();
    let named = local.len() >= 4 && folded.contains(&local.to_lowercase());
    !named && different.len() >= LEAST_DIFFERENT
}

/// What is kept of a password, in the PHC string format: salt and hash, with the parameters that made it.
/// Takes some 20 ms and 19 MiB: call it where waiting blocks nobody.
///
/// # Errors
/// If there is no memory for it.
pub fn hash_password(password: &str, salt: [u8; 16]) -> Result<String, argon2::Error> {
    let hash = stretch(password, &salt)?;
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}"))
}

/// Whether a password is the one that was kept. Without one it takes just as long and is false, so that nobody learns
/// which addresses have an account.
///
/// # Errors
/// If there is no memory for it.
pub fn check_password(password: &str, kept: Option<&str>) -> Result<bool, argon2::Error> {
    let read = kept.and_then(read_kept);
    let (salt, hash) = read.as_ref().map_or((&[0; 16], &[0; HASH_BYTES]), |(salt, hash)| (salt, hash));
    // Too long for a password: the time that it takes is its length's, whoever's address stands beside it.
    let password = if password.len() > MOST_BYTES { "" } else { password };
    let same = is_same(&stretch(password, salt)?, hash);
    Ok(same && read.is_some())
}

fn stretch(password: &str, salt: &[u8; 16]) -> Result<[u8; HASH_BYTES], argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES))?;
    let mut hash = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        password.as_bytes(),
        salt,
        &mut hash,
    )?;
    Ok(hash)
}

fn read_kept(kept: &str) -> Option<([u8; 16], [u8; HASH_BYTES])> {
    let mut parts = kept.rsplit('$');
    let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?.try_into().ok()?;
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?.try_into().ok()?;
    Some((salt, hash))
}

/// Takes the same time wherever they differ.
fn is_same(a: &[u8; HASH_BYTES], b: &[u8; HASH_BYTES]) -> bool {
    a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let kept = hash_password("riktig hest batteri", [7; 16]).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(check_password("riktig hest batteri", Some(&kept)).unwrap());
        for other in ["riktig hest batterі", "", "riktig hest batteri "] {
            assert!(!check_password(other, Some(&kept)).unwrap(), "{other}");
        }
        assert_ne!(hash_password("riktig hest batteri", [8; 16]).unwrap(), kept);
    }

    #[test]
    fn without_an_account_nothing_is_right() {
        for kept in [None, Some(""), Some("$argon2id$v=19$m=19456,t=2,p=1$x$y")] {
            assert!(!check_password("riktig hest batteri", kept).unwrap());
            assert!(!check_password("", kept).unwrap());
        }
    }

    #[test]
    fn what_is_short_or_names_its_owner_is_none() {
        for none in ["elleve tegn", "aaaaaaaaaaaaaaa", "abcdabcdabcdabcd", "Lise sitt passord"] {
            assert!(!is_password(none, "lise@forum.example"), "{none}");
        }
        assert!(!is_password(&"fjellrev på tur ".repeat(40), "lise@forum.example"), "too long");
        for good in ["fjellrev på tur", "abcdeabcdeabcde"] {
            assert!(is_password(good, "lise@forum.example"), "{good}");
        }
    }
}
