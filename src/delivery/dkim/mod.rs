//! DKIM in process: a letter says which domain answers for it (RFC 6376, as RFC 8301 and RFC 8463 amend it).
//!
//! rsa-sha256 with at least 2048 bits and ed25519-sha256; header fields canonicalised relaxed, the body
//! simple. [`fields`] says what is signed; `docs/dkim.md` says it to operators.
//!
//! A signature is made when a letter is about to go, anew at each attempt, and is not kept: a retry is
//! byte-identical but for it. [`SignedLetters`] lays that around the assembly, so that neither worker
//! nor journal knows of it. What never comes in: reading of mail, verifying, DNS.

mod canonical;
mod fields;
mod key;
mod letters;
mod record;
mod sign;

pub use key::{Algorithm, KeyError, PrivateKey};
pub use letters::SignedLetters;
pub use record::{PublishedKey, find_dns_name, is_dns_name, record_name, split_strings};
pub use sign::{DkimError, SignError, Signer, SigningKey};
