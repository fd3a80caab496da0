//! A house's keys (RFC 7517), and what they have signed (RFC 7515). Pure.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// How a token may be signed (RFC 7518, section 3.1). `none` and what is signed with a shared secret are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

impl Algorithm {
    pub(super) fn find(word: &str) -> Option<Algorithm> {
        match word {
            "RS256" => Some(Algorithm::Rs256),
            "PS256" => Some(Algorithm::Ps256),
            "ES256" => Some(Algorithm::Es256),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Ps256 => "PS256",
            Algorithm::Es256 => "ES256",
        }
    }
}

/// The keys of a house that may sign a token.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<Key>);

#[derive(Debug, Clone)]
pub(super) struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
}

impl Keys {
    /// Reads a set of keys. What is of another kind, or is for encrypting, is passed over.
    pub fn read(set: &Value) -> Keys {
        let keys = set.get("keys").and_then(Value::as_array);
        Keys(keys.into_iter().flatten().filter_map(Key::read).collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The key that a token's header names; without a name the only one that fits.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.0.iter().filter(|key| key.fits(algorithm));
        match id {
            Some(id) => fitting.find(|key| key.id.as_deref() == Some(id)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

impl Key {
    fn read(key: &Value) -> Option<Key> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        if text("use").is_some_and(|used| used != "sig") {
            return None;
        }
        let material = match text("kty")? {
            "RSA" => Material::Rsa { n: bytes("n")?, e: bytes("e")? },
            "EC" if text("crv") == Some("P-256") => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                (x.len() == 32 && y.len() == 32).then(|| Material::P256([&[4][..], &x, &y].concat()))?
            }
            _ => return None,
        };
        let own = |name: &str| text(name).map(str::to_owned);
        Some(Key { id: own("kid"), algorithm: own("alg"), material })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_its_kind = match self.material {
            Material::Rsa { .. } => algorithm != Algorithm::Es256,
            Material::P256(_) => algorithm == Algorithm::Es256,
        };
        is_its_kind && self.algorithm.as_deref().is_none_or(|own| own == algorithm.word())
    }

    /// Whether this key signed `message`. RSA keys of fewer than 2048 bits sign nothing.
    pub(super) fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let by_rsa = |how: &RsaParameters| match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n: n.as_slice(), e: e.as_slice() }
                .verify(how, message, signature)
                .is_ok(),
            Material::P256(_) => false,
        };
        match (algorithm, &self.material) {
            (Algorithm::Rs256, _) => by_rsa(&RSA_PKCS1_2048_8192_SHA256),
            (Algorithm::Ps256, _) => by_rsa(&RSA_PSS_2048_8192_SHA256),
            (Algorithm::Es256, Material::P256(point)) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            (Algorithm::Es256, Material::Rsa { .. }) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let point = URL_SAFE_NO_PAD.encode([1; 32]);
        let set = json!({"keys": [
            {"kty": "oct", "k": "AAAA", "kid": "shared"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "use": "enc"},
            {"kty": "EC", "crv": "P-384", "x": point, "y": point},
            {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": point},
            {"kty": "EC", "crv": "P-256", "x": point, "y": point, "kid": "e"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "r", "alg": "RS256"},
            {},
        ]});
        let keys = Keys::read(&set);
        assert_eq!(keys.count(), 2);
        assert!(keys.find(Some("e"), Algorithm::Es256).is_some());
        assert!(keys.find(Some("e"), Algorithm::Rs256).is_none(), "a key signs as its kind does");
        assert!(keys.find(Some("r"), Algorithm::Ps256).is_none(), "a key that names its way signs so alone");
        assert!(keys.find(None, Algorithm::Rs256).is_some());
        assert!(keys.find(Some("x"), Algorithm::Rs256).is_none());
        assert_eq!(Keys::read(&json!([])).count(), 0);
    }

    #[test]
    fn without_a_name_one_key_alone_is_certain() {
        let key = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
        assert!(Keys::read(&json!({"keys": [key, key]})).find(None, Algorithm::Rs256).is_none());
    }
}
