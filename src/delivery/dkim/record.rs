//! The public half of a key in DNS: `<selector>._domainkey.<domain>` TXT (RFC 6376, 3.6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{Algorithm, KeyError, PrivateKey};

/// The longest character string of a TXT record (RFC 1035, 3.3).
const STRING_MAX: usize = 255;

/// The name under which a key stands.
pub fn record_name(domain: &str, selector: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

/// A value as the character strings that a zone file wants.
pub fn split_strings(value: &str) -> Vec<&str> {
    let bounds = (0..value.len()).step_by(STRING_MAX);
    bounds.map(|from| &value[from..value.len().min(from + STRING_MAX)]).collect()
}

/// Whether a selector or a domain can stand in DNS: labels of ASCII letters, digits and inner hyphens (RFC 6376, 3.1).
pub fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.split('.').all(is_label)
}

/// A domain that can sign, in A-labels and lower case; a bare top-level name answers for nobody.
pub fn find_dns_name(written: &str) -> Option<String> {
    idna::domain_to_ascii(written).ok().filter(|domain| domain.contains('.') && is_dns_name(domain))
}

/// What a TXT record says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedKey {
    /// `k=`; without it `rsa`.
    pub algorithm: String,
    /// `p=`, decoded; empty once the key was revoked.
    pub key: Vec<u8>,
    /// `t=y`: the domain is trying DKIM out, and verifiers may treat its letters as unsigned.
    pub is_testing: bool,
}

impl PublishedKey {
    /// Of a private key.
    pub fn of(key: &PrivateKey) -> Result<PublishedKey, KeyError> {
        let algorithm = key.algorithm().key_word().to_owned();
        Ok(PublishedKey { algorithm, key: key.public_key()?, is_testing: false })
    }

    /// The value of the TXT record: ASCII, no quotes.
    pub fn value(&self) -> String {
        format!("v=DKIM1; k={}; p={}", self.algorithm, STANDARD.encode(&self.key))
    }

    /// Reads a TXT record; `None` if it is no DKIM record.
    pub fn read(value: &str) -> Option<PublishedKey> {
        let tag = |wanted: &str| {
            let tags = value.split(';').filter_map(|tag| tag.split_once('='));
            tags.map(|(name, value)| (name.trim(), value.trim())).find(|(name, _)| *name == wanted)
        };
        if tag("v").is_some_and(|(_, version)| version != "DKIM1") {
            return None;
        }
        let encoded: String = tag("p")?.1.split_ascii_whitespace().collect();
        Some(PublishedKey {
            algorithm: tag("k").map_or(Algorithm::Rsa.key_word(), |(_, word)| word).to_owned(),
            key: STANDARD.decode(encoded).ok()?,
            is_testing: tag("t").is_some_and(|(_, flags)| flags.split(':').any(|flag| flag.trim() == "y")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
            let (key, _) = PrivateKey::generate(algorithm).unwrap();
            let published = PublishedKey::of(&key).unwrap();
            assert_eq!(PublishedKey::read(&published.value()), Some(published.clone()));
            let strings = split_strings(&published.value()).join("");
            assert_eq!(strings, published.value());
        }
        assert_eq!(
            PublishedKey::of(&PrivateKey::generate(Algorithm::Ed25519).unwrap().0).unwrap().key.len(),
            32
        );
    }

    #[test]
    fn a_record_written_by_others_is_understood() {
        let read = |value| PublishedKey::read(value);
        let key = |algorithm: &str, is_testing| {
            Some(PublishedKey { algorithm: algorithm.to_owned(), key: vec![1, 2, 3], is_testing })
        };
        assert_eq!(read("p=AQID"), key("rsa", false));
        assert_eq!(read("v=DKIM1;k=ed25519 ;t=s:y; p=AQ ID"), key("ed25519", true));
        assert_eq!(read("v=DKIM1; p=").map(|k| k.key), Some(vec![]));
        assert_eq!(read("v=spf1 -all"), None);
        assert_eq!(read("v=DKIM2; p=AQID"), None);
    }

    #[test]
    fn a_selector_is_a_name_in_dns() {
        assert!(["t2026", "a.b-c", "1"].into_iter().all(is_dns_name));
        assert!(!["", "a b", "a;b", "-a", "a.", "æ", "a_b"].into_iter().any(is_dns_name));
    }
}
