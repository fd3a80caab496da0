//! lettre's own DKIM, with a key from a PKCS#8 file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Message;
use lettre::message::dkim::{DkimConfig, DkimSigningAlgorithm, DkimSigningKey};

/// Who signs, if anyone.
pub struct Signing(Option<DkimConfig>);

impl Signing {
    /// By the word of the command line.
    pub fn load(signature: &str, key: Option<&String>) -> Signing {
        if signature == "unsigned" {
            return Signing(None);
        }
        let pem = std::fs::read_to_string(key.expect("a key's path")).expect("a key");
        let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(lines).expect("base64");
        // lettre takes neither in PKCS#8; what it takes lies within, at a fixed place for keys of these sizes.
        let (key, algorithm) = match signature {
            "rsa" => {
                let body = STANDARD.encode(&der[26..]);
                let pem = format!(
                    "-----BEGIN RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----\n",
                    wrap(&body)
                );
                (pem, DkimSigningAlgorithm::Rsa)
            }
            _ => (STANDARD.encode(&der[16..48]), DkimSigningAlgorithm::Ed25519),
        };
        let key = DkimSigningKey::new(&key, algorithm).expect("a key for lettre");
        Signing(Some(DkimConfig::default_config("figures".into(), "forum.example.test".into(), key)))
    }

    /// Puts the signature in front.
    pub fn sign(&self, message: &mut Message) {
        if let Some(config) = &self.0 {
            message.sign(config);
        }
    }
}

fn wrap(text: &str) -> String {
    text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect()
}
