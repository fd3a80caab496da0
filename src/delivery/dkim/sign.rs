//! The `DKIM-Signature` field (RFC 6376, 3.5), and the keys that an installation signs with.

use std::fmt::Write as _;
use std::path::PathBuf;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use super::canonical::{Field, relax, take_apart, trim_body};
use super::fields::{Covered, choose_covered};
use super::key::{KeyError, PrivateKey};
use super::record::{find_dns_name, is_dns_name};
use crate::config::Config;

const NAME: &str = "DKIM-Signature";
/// Where its lines are folded (RFC 5322, 2.1.1).
const FOLD_AT: usize = 76;

/// Why letters cannot be signed as the configuration asks.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// The key's file cannot be read.
    #[error(
        "the key of [[dkim]] {selector}, {path}, cannot be read: {source}; correct key_file in treff.toml"
    )]
    File {
        /// Whose.
        selector: String,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds no key to sign with.
    #[error("the key of [[dkim]] {selector}, {path}, cannot be used: {source}")]
    Key {
        /// Whose.
        selector: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
    /// No receiver would count the signature for the sender (RFC 7489, 3.1.1).
    #[error(
        "[[dkim]] {selector} signs for {domain}, but letters come from {from}: DMARC wants that domain or one \
         above it; correct domain in [[dkim]], or address under [sender]"
    )]
    Unaligned {
        /// Whose.
        selector: String,
        /// What it would sign for.
        domain: String,
        /// The domain in From.
        from: String,
    },
    /// A name that cannot stand in DNS.
    #[error("[[dkim]] has the {what} \"{value}\", which is no name in DNS; write {remedy}")]
    Name {
        /// Domain or selector.
        what: &'static str,
        /// As written.
        value: String,
        /// What to write.
        remedy: &'static str,
    },
    /// The same key twice.
    #[error("[[dkim]] names {selector} of {domain} twice; take one away in treff.toml")]
    Twice {
        /// Whose.
        selector: String,
        /// For which domain.
        domain: String,
    },
}

/// Why one letter cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// RFC 6376, 5.4: From must be signed.
    #[error("it has no From, so no domain can answer for it")]
    NoFrom,
    /// The library failed.
    #[error("its DKIM signature could not be made")]
    Failed,
}

/// A key and the name under which its public half stands.
#[derive(Debug)]
pub struct SigningKey {
    /// In A-labels, lower case.
    pub domain: String,
    /// As configured.
    pub selector: String,
    /// What signs.
    pub key: PrivateKey,
    /// Where it came from.
    pub path: PathBuf,
}

/// Everyone who signs this installation's letters, in the configuration's order.
#[derive(Debug, Default)]
pub struct Signer {
    keys: Vec<SigningKey>,
}

impl Signer {
    /// Reads the keys that the configuration names, once; `from` is the domain in From. None named, nobody
    /// signs. The first that cannot be used is an error: letters that should be signed never go unsigned.
    pub fn load(config: &Config, from: &str) -> Result<Signer, DkimError> {
        let mut keys: Vec<SigningKey> = Vec::new();
        for written in &config.file.dkim {
            let domain = read_domain(&written.domain)?;
            let selector = written.selector.clone();
            if !is_dns_name(&selector) {
                let remedy = "letters, digits and hyphens, such as t2026";
                return Err(DkimError::Name { what: "selector", value: selector, remedy });
            }
            if keys.iter().any(|k| k.domain == domain && k.selector.eq_ignore_ascii_case(&selector)) {
                return Err(DkimError::Twice { selector, domain });
            }
            if !is_aligned(&domain, from) {
                return Err(DkimError::Unaligned { selector, domain, from: from.to_owned() });
            }
            let path = config.folder.join(&written.key_file);
            let pem = std::fs::read(&path).map_err(|source| DkimError::File {
                selector: selector.clone(),
                path: path.clone(),
                source,
            })?;
            let key = PrivateKey::from_pem(&pem).map_err(|source| DkimError::Key {
                selector: selector.clone(),
                path: path.clone(),
                source,
            })?;
            keys.push(SigningKey { domain, selector, key, path });
        }
        Ok(Signer { keys })
    }

    /// Whom it signs for.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The `DKIM-Signature` fields to put in front of `letter`, one for each key, CRLF at the end of each;
    /// `at` is the instant in `t=`. Lines in `letter` end with CRLF.
    pub fn sign(&self, letter: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, SignError> {
        if self.keys.is_empty() {
            return Ok(Vec::new());
        }
        let (fields, body) = take_apart(letter);
        if !fields.iter().any(|field| field.name.eq_ignore_ascii_case(b"From")) {
            return Err(SignError::NoFrom);
        }
        let covered = choose_covered(&fields);
        let mut head = Vec::with_capacity(4096);
        for field in &covered.fields {
            relax(*field, &mut head);
            head.extend_from_slice(b"\r\n");
        }
        let body_hash = hash_body(body);
        let mut out = Vec::with_capacity(1024 * self.keys.len());
        for key in &self.keys {
            key.sign(&covered, &head, &body_hash, at, &mut out).ok_or(SignError::Failed)?;
        }
        Ok(out)
    }
}

impl SigningKey {
    fn sign(
        &self,
        covered: &Covered<'_>,
        head: &[u8],
        body_hash: &str,
        at: DateTime<Utc>,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let unsigned = self.write_unsigned(covered, body_hash, at);
        let mut own = Vec::with_capacity(unsigned.len());
        let value = &unsigned.as_bytes()[NAME.len() + 1..];
        relax(Field { name: NAME.as_bytes(), value }, &mut own);
        let mut hash = Context::new(&SHA256);
        hash.update(head);
        hash.update(&own);
        let signature = STANDARD.encode(self.key.sign(&hash.finish())?);
        out.extend_from_slice(unsigned.as_bytes());
        let mut column = " b=".len();
        for piece in signature.as_bytes().chunks(FOLD_AT - column) {
            if column == 0 {
                out.extend_from_slice(b"\r\n ");
            }
            out.extend_from_slice(piece);
            column = 0;
        }
        out.extend_from_slice(b"\r\n");
        Some(())
    }

    /// The field with an empty `b=` at its end. It names the domain and nobody in it: no `i=`, no `z=`.
    fn write_unsigned(&self, covered: &Covered<'_>, body_hash: &str, at: DateTime<Utc>) -> String {
        let mut text = String::with_capacity(1024);
        // Writing into a text cannot fail.
        let _ = write!(
            text,
            "{NAME}: v=1; a={}; c=relaxed/simple; d={};\r\n s={}; t={};\r\n h=",
            self.key.algorithm().signature_word(),
            self.domain,
            self.selector,
            at.timestamp().max(0),
        );
        let mut column = " h=".len();
        for (n, name) in covered.names.iter().enumerate() {
            if n > 0 {
                text.push(':');
                column += 1;
            }
            if column + name.len() + 1 > FOLD_AT {
                text.push_str("\r\n ");
                column = 1;
            }
            text.push_str(name);
            column += name.len();
        }
        text.push_str(";\r\n bh=");
        text.push_str(body_hash);
        text.push_str(";\r\n b=");
        text
    }
}

/// One pass over the body.
fn hash_body(body: &[u8]) -> String {
    let mut hash = Context::new(&SHA256);
    hash.update(trim_body(body));
    hash.update(b"\r\n");
    STANDARD.encode(hash.finish())
}

fn read_domain(written: &str) -> Result<String, DkimError> {
    find_dns_name(written).ok_or_else(|| DkimError::Name {
        what: "domain",
        value: written.to_owned(),
        remedy: "the domain in From, such as forum.example",
    })
}

/// Relaxed alignment (RFC 7489, 3.1.1): the domain in From, or one above it.
fn is_aligned(domain: &str, from: &str) -> bool {
    let from = idna::domain_to_ascii(from).unwrap_or_else(|_| from.to_ascii_lowercase());
    from.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_above_the_sender_s_may_sign() {
        assert!(is_aligned("forum.example", "forum.example"));
        assert!(is_aligned("fylket.example", "brev.forum.fylket.example"));
        assert!(is_aligned("xn--fjs-1na.example", "fjøs.example"));
        assert!(!is_aligned("brev.forum.example", "forum.example"), "one below");
        assert!(!is_aligned("rum.example", "forum.example"));
        assert!(!is_aligned("other.example", "forum.example"));
    }

    #[test]
    fn a_domain_is_a_whole_name() {
        assert_eq!(read_domain("Fjøs.Example").unwrap(), "xn--fjs-1na.example");
        for wrong in ["", "no", "a b.example", "a;b.example", ".", "kari@forum.example"] {
            assert!(read_domain(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn the_body_s_hash_ends_with_one_line_break() {
        assert_eq!(hash_body(b""), hash_body(b"\r\n\r\n"));
        assert_eq!(hash_body(b"a"), hash_body(b"a\r\n\r\n"));
        assert_ne!(hash_body(b"a "), hash_body(b"a"));
        // RFC 6376, 3.4.3: the SHA-256 of an empty body.
        assert_eq!(hash_body(b""), "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=");
    }
}
