//! Whether letters are signed, and whether DNS shows the keys that sign them (RFC 6376, 3.6).

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::dmarc::Dmarc;
use super::dns::{DnsError, Resolver};
use super::{Verdict, settings};
use crate::config::Config;
use crate::delivery::{DkimError, KeyError, PublishedKey, Signer, SigningKey, record_name};

/// Who signs, as the settings say.
#[derive(Debug)]
pub enum Signing {
    /// Nobody here.
    Nobody,
    /// Keys are named, but no sender's address that they could sign for.
    NoSender,
    /// The keys cannot be used: nothing is sent.
    Unusable(DkimError),
    /// Each letter, with each of these.
    Keys(Vec<OwnKey>),
}

impl Signing {
    /// A key that signs in vain: the record asks for a signature of the very `domain` (RFC 7489, 3.1.1), and no key makes
    /// one.
    pub fn find_unaligned(&self, domain: &str, dmarc: &Dmarc) -> Option<&OwnKey> {
        let (Dmarc::One { is_strict: true, .. }, Signing::Keys(keys)) = (dmarc, self) else { return None };
        keys.first().filter(|_| keys.iter().all(|key| key.domain != domain))
    }
}

/// A key that signs.
#[derive(Debug)]
pub struct OwnKey {
    /// The domain that it signs for.
    pub domain: String,
    /// Where its public half belongs in DNS.
    pub record_name: String,
    /// Its file, if others than its owner can read it.
    pub open_file: Option<PathBuf>,
    /// Its public half.
    pub public: Result<PublishedKey, KeyError>,
}

/// Reads the keys. Goes nowhere.
pub fn read_keys(config: &Config) -> Signing {
    if config.file.dkim.is_empty() {
        return Signing::Nobody;
    }
    let Some(from) = settings::sender_address(&config.file.sender) else { return Signing::NoSender };
    match Signer::load(config, from.domain()) {
        Ok(signer) => Signing::Keys(signer.keys().iter().map(read_key).collect()),
        Err(error) => Signing::Unusable(error),
    }
}

fn read_key(key: &SigningKey) -> OwnKey {
    let is_open = std::fs::metadata(&key.path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    OwnKey {
        domain: key.domain.clone(),
        record_name: record_name(&key.domain, &key.selector),
        open_file: is_open.then(|| key.path.clone()),
        public: PublishedKey::of(&key.key),
    }
}

/// What DNS shows of a key.
#[derive(Debug)]
pub enum Shown {
    /// The very key that signs.
    Same,
    /// It, marked as being tried out (`t=y`): receivers may treat letters as unsigned.
    Testing,
    /// No DKIM record: receivers cannot check the signature.
    Nothing,
    /// Several: receivers take any of them.
    Several,
    /// That it was revoked.
    Revoked,
    /// Another key.
    Other,
    /// Nobody could be asked.
    NotAsked(DnsError),
}

impl Shown {
    /// How it came out.
    pub fn verdict(&self) -> Verdict {
        match self {
            Shown::Same => Verdict::Ok,
            Shown::Testing | Shown::NotAsked(_) => Verdict::Warning,
            Shown::Nothing | Shown::Several | Shown::Revoked | Shown::Other => Verdict::Error,
        }
    }
}

/// Compares a key's public half with what DNS shows.
pub async fn compare(resolver: &Resolver, key: &OwnKey, ours: &PublishedKey) -> Shown {
    if let Err(why) = resolver.check(&key.domain) {
        return Shown::NotAsked(why);
    }
    match resolver.find_texts(&key.record_name).await {
        Ok(texts) => judge(ours, &texts),
        Err(why) => Shown::NotAsked(why),
    }
}

fn judge(ours: &PublishedKey, texts: &[String]) -> Shown {
    let published: Vec<PublishedKey> = texts.iter().filter_map(|text| PublishedKey::read(text)).collect();
    let [theirs] = &published[..] else {
        return if published.is_empty() { Shown::Nothing } else { Shown::Several };
    };
    if theirs.key.is_empty() {
        Shown::Revoked
    } else if (&theirs.algorithm, &theirs.key) != (&ours.algorithm, &ours.key) {
        Shown::Other
    } else if theirs.is_testing {
        Shown::Testing
    } else {
        Shown::Same
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{Algorithm, PrivateKey};

    #[test]
    fn the_published_key_is_compared_with_the_one_that_signs() {
        let made = || PublishedKey::of(&PrivateKey::generate(Algorithm::Ed25519).unwrap().0).unwrap();
        let (ours, other) = (made(), made());
        let result = |texts: &[String]| judge(&ours, texts).verdict();
        assert_eq!(result(&["v=spf1 -all".to_owned(), ours.value()]), Verdict::Ok);
        // The key itself may end in `k=`.
        assert_eq!(result(&[ours.value().replacen("k=", "t=y; k=", 1)]), Verdict::Warning);
        for wrong in
            [vec![], vec![other.value()], vec![ours.value(), other.value()], vec!["v=DKIM1; p=".into()]]
        {
            assert_eq!(result(&wrong), Verdict::Error, "{wrong:?}");
        }
    }
}
