//! Private keys: read from PEM, made new, and what they sign with.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use crate::config::Secret;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// rsa-sha256 (RFC 6376, 3.3.2): every verifier knows it.
    Rsa,
    /// ed25519-sha256 (RFC 8463): shorter and quicker; not yet known everywhere.
    Ed25519,
}

impl Algorithm {
    /// The value of `k=` in DNS.
    pub fn key_word(self) -> &'static str {
        match self {
            Algorithm::Rsa => "rsa",
            Algorithm::Ed25519 => "ed25519",
        }
    }

    /// The value of `a=` in a signature.
    pub(super) fn signature_word(self) -> &'static str {
        match self {
            Algorithm::Rsa => "rsa-sha256",
            Algorithm::Ed25519 => "ed25519-sha256",
        }
    }
}

/// Why a file holds no key to sign with. Never tells any of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PEM section that holds a private key.
    #[error(
        "it holds no private key in PEM (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY, without a passphrase); \
         make one with treff dkim generate"
    )]
    NoKey,
    /// RFC 8301, 3.2: verifiers may refuse less.
    #[error("its RSA key is shorter than 2048 bits; make a new one with treff dkim generate")]
    TooWeak,
    /// EC and others.
    #[error("its key is neither RSA nor Ed25519, the two that DKIM knows; make one with treff dkim generate")]
    OtherKind,
    /// The section cannot be read.
    #[error("its key is damaged; restore the file from a backup, or make a new key with treff dkim generate")]
    Damaged,
    /// The library could not make a key.
    #[error("the machine could not make a key")]
    NotMade,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A private key. Never shown.
pub struct PrivateKey(Pair);

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({})", self.algorithm().key_word())
    }
}

/// The object identifiers of PKCS#8 in DER: rsaEncryption (RFC 8017, A.1) and id-Ed25519 (RFC 8410, 3).
const RSA_OID: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const ED25519_OID: &[u8] = &[0x06, 3, 0x2b, 0x65, 0x70];
/// Within so many bytes PKCS#8 names its algorithm.
const OID_WITHIN: usize = 32;

impl PrivateKey {
    /// Reads the first private key of a PEM file: PKCS#1 (RSA), PKCS#8 of either kind and version.
    pub fn from_pem(pem: &[u8]) -> Result<PrivateKey, KeyError> {
        let pair = match PrivateKeyDer::from_pem_slice(pem).map_err(|_| KeyError::NoKey)? {
            PrivateKeyDer::Pkcs1(der) => read_rsa(RsaKeyPair::from_der(der.secret_pkcs1_der()))?,
            PrivateKeyDer::Pkcs8(der) => read_pkcs8(der.secret_pkcs8_der())?,
            _ => return Err(KeyError::OtherKind),
        };
        Ok(PrivateKey(pair))
    }

    /// A new key (RSA: 2048 bits, what one TXT record and every verifier takes), and its file in PEM.
    pub fn generate(algorithm: Algorithm) -> Result<(PrivateKey, Secret), KeyError> {
        let not_made = |_| KeyError::NotMade;
        let (pair, der): (Pair, Pkcs8V1Der<'static>) = match algorithm {
            Algorithm::Rsa => {
                let pair = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(not_made)?;
                let der = pair.as_der().map_err(not_made)?;
                (Pair::Rsa(Box::new(pair)), der)
            }
            Algorithm::Ed25519 => {
                let pair = Ed25519KeyPair::generate().map_err(not_made)?;
                let der = pair.as_der().map_err(not_made)?;
                (Pair::Ed25519(Box::new(pair)), der)
            }
        };
        Ok((PrivateKey(pair), Secret::new(write_pem(der.as_ref()))))
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Pair::Rsa(_) => Algorithm::Rsa,
            Pair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The public half as DNS shows it in `p=`, before Base64: SubjectPublicKeyInfo for RSA (RFC 6376,
    /// 3.6.1), the bare 32 bytes for Ed25519 (RFC 8463, 4.2).
    pub fn public_key(&self) -> Result<Vec<u8>, KeyError> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| KeyError::Damaged)?;
                Ok(der.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.public_key().as_ref().to_vec()),
        }
    }

    /// Signs a SHA-256 digest; `None` if the library fails.
    pub(super) fn sign(&self, digest: &Digest) -> Option<Vec<u8>> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463, 3: the digest is what PureEdDSA signs.
            Pair::Ed25519(pair) => Some(pair.try_sign(digest.as_ref()).ok()?.as_ref().to_vec()),
        }
    }
}

fn read_pkcs8(der: &[u8]) -> Result<Pair, KeyError> {
    let front = &der[..der.len().min(OID_WITHIN)];
    let names = |oid: &[u8]| memchr::memmem::find(front, oid).is_some();
    if names(RSA_OID) {
        read_rsa(RsaKeyPair::from_pkcs8(der))
    } else if names(ED25519_OID) {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyError::Damaged)?;
        Ok(Pair::Ed25519(Box::new(pair)))
    } else {
        Err(KeyError::OtherKind)
    }
}

fn read_rsa(read: Result<RsaKeyPair, aws_lc_rs::error::KeyRejected>) -> Result<Pair, KeyError> {
    match read {
        Ok(pair) => Ok(Pair::Rsa(Box::new(pair))),
        Err(why) if why.description_() == "TooSmall" => Err(KeyError::TooWeak),
        Err(_) => Err(KeyError::Damaged),
    }
}

/// RFC 7468: lines of 64 characters.
fn write_pem(pkcs8: &[u8]) -> String {
    let encoded = STANDARD.encode(pkcs8);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in encoded.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem + "-----END PRIVATE KEY-----\n"
}
