//! Keys of a house, and tokens that it signs.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// One key of a house.
pub struct Signer {
    pub id: String,
    key: Key,
}

enum Key {
    Es(EcdsaKeyPair),
    Rs(Box<RsaKeyPair>),
    Ps(Box<RsaKeyPair>),
}

impl Signer {
    pub fn es256(id: &str) -> Signer {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Signer { id: id.to_owned(), key: Key::Es(key) }
    }

    pub fn rs256(id: &str) -> Signer {
        Signer { id: id.to_owned(), key: Key::Rs(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())) }
    }

    pub fn ps256(id: &str) -> Signer {
        Signer { id: id.to_owned(), key: Key::Ps(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())) }
    }

    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Es(_) => "ES256",
            Key::Rs(_) => "RS256",
            Key::Ps(_) => "PS256",
        }
    }

    /// As the house shows it (RFC 7517).
    pub fn public(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.key {
            Key::Es(key) => {
                let point = key.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig",
                       "x": text(&point[1..33]), "y": text(&point[33..65])})
            }
            Key::Rs(key) | Key::Ps(key) => {
                json!({"kty": "RSA", "kid": self.id, "use": "sig", "n": text(&self.modulus(key)), "e": "AQAB"})
            }
        }
    }

    /// The 256 bytes of the modulus in an RSAPublicKey of 2048 bits (RFC 8017, A.1.1).
    fn modulus(&self, key: &RsaKeyPair) -> Vec<u8> {
        key.public_key().as_ref()[9..265].to_vec()
    }

    /// What an attacker knows of the key: its public half, as a file holds it.
    pub fn public_bytes(&self) -> Vec<u8> {
        match &self.key {
            Key::Es(key) => key.public_key().as_der().unwrap().as_ref().to_vec(),
            Key::Rs(key) | Key::Ps(key) => key.public_key().as_ref().to_vec(),
        }
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({"alg": self.algorithm(), "kid": self.id}), claims)
    }

    /// The same under a header of one's own.
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let random = SystemRandom::new();
        let by_rsa = |key: &RsaKeyPair, how| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(how, &random, message.as_bytes(), &mut signature).unwrap();
            signature
        };
        let signature = match &self.key {
            Key::Es(key) => key.sign(&random, message.as_bytes()).unwrap().as_ref().to_vec(),
            Key::Rs(key) => by_rsa(key, &RSA_PKCS1_SHA256),
            Key::Ps(key) => by_rsa(key, &RSA_PSS_SHA256),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Header and claims, before they are signed.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}
