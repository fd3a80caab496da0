//! Letters that say who answers for them.

mod command;
mod hostile;
mod proof;
mod sending;
mod spam;
mod verifier;

use std::path::Path;

use treff::config::{Config, ConfigFile, DkimKey, Overrides};
use treff::delivery::{DkimError, Signer};

/// An RSA key as OpenSSL writes PKCS#1 and PKCS#8, an Ed25519 key in both versions of PKCS#8.
pub const KEYS: [&str; 4] = ["rsa-pkcs1", "rsa-pkcs8", "ed25519-v1", "ed25519-v2"];

/// A key made for these tests alone.
pub fn pem(name: &str) -> &'static str {
    match name {
        "rsa-pkcs1" => include_str!("keys/rsa-pkcs1.pem"),
        "rsa-pkcs8" => include_str!("keys/rsa-pkcs8.pem"),
        "ed25519-v1" => include_str!("keys/ed25519-v1.pem"),
        "ed25519-v2" => include_str!("keys/ed25519-v2.pem"),
        other => panic!("no key {other}"),
    }
}

/// A configuration that signs for `domain` with the keys called `names`, laid into `folder`.
pub fn config(folder: &Path, domain: &str, names: &[&str]) -> Config {
    let keys = names.iter().map(|name| {
        std::fs::write(folder.join(format!("{name}.pem")), pem(name)).unwrap();
        DkimKey {
            domain: domain.to_owned(),
            selector: (*name).to_owned(),
            key_file: format!("{name}.pem").into(),
        }
    });
    let file = ConfigFile { dkim: keys.collect(), ..ConfigFile::default() };
    Config::resolve(folder.to_owned(), file, Overrides::default()).unwrap()
}

/// Who signs for `forum.example` with the keys called `names`.
pub fn signer(names: &[&str]) -> Signer {
    let folder = tempfile::tempdir().unwrap();
    Signer::load(&config(folder.path(), "forum.example", names), "forum.example").unwrap()
}

/// Why nobody can sign for `from` with one key of `domain` whose file holds `text`.
pub fn refusal(domain: &str, from: &str, text: &str) -> DkimError {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), domain, &["rsa-pkcs1"]);
    std::fs::write(folder.path().join("rsa-pkcs1.pem"), text).unwrap();
    Signer::load(&config, from).unwrap_err()
}
