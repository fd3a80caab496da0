//! `[[dkim]]`: who signs letters.

use std::path::PathBuf;

use serde::Deserialize;

/// One key that signs letters. Several for one domain sign side by side (RSA and Ed25519).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DkimKey {
    /// The domain that answers for the letters: the one in From, or one above it.
    pub domain: String,
    /// Under which name the public key stands in DNS: `<selector>._domainkey.<domain>`.
    pub selector: String,
    /// The private key in PEM: PKCS#1 or PKCS#8.
    pub key_file: PathBuf,
}
