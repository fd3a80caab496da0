//! One browser on its way to another house and back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

/// What a browser takes along, all of it made from the secret in its cookie: another browser can use none of it, and who
/// reads the database finds none of it.
pub struct Errand {
    secret: String,
}

impl std::fmt::Debug for Errand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Errand(secret)")
    }
}

impl Errand {
    /// The errand of the browser whose cookie holds this secret of 256 random bits.
    pub fn of(secret: &str) -> Errand {
        Errand { secret: secret.to_owned() }
    }

    /// What the house gives back unchanged (RFC 6749, section 10.12).
    pub fn state(&self) -> String {
        self.derive(b"state")
    }

    /// What the house writes into its token (OpenID Connect Core 1.0, section 15.5.2).
    pub fn nonce(&self) -> String {
        self.derive(b"nonce")
    }

    /// What proves to the house that the code comes back from who asked for it (RFC 7636, section 4.1).
    pub fn verifier(&self) -> String {
        self.derive(b"verifier")
    }

    /// Its SHA-256, which goes first (RFC 7636, section 4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier().as_bytes()))
    }

    /// 43 characters of base64url, which say nothing of the secret nor of each other.
    fn derive(&self, what: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes keys of any length");
        mac.update(what);
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_takes_along_is_its_own_and_each_thing_another() {
        let (one, other) = (Errand::of("a"), Errand::of("b"));
        let all = [one.state(), one.nonce(), one.verifier(), one.challenge(), other.state(), other.nonce()];
        let different: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert!(all.iter().all(|text| text.len() == 43), "RFC 7636 asks for 43 characters at least");
        assert_eq!(one.state(), Errand::of("a").state());
        assert_eq!(format!("{one:?}"), "Errand(secret)");
    }
}
